//! The library through its Rust interface, against a real endpoint on the loopback interface.

#[path = "../common/mod.rs"]
mod common;

mod answers;
mod bad_input;
mod calls;
mod child;
mod deadline;
mod errors;
mod grants;
mod proxy;
mod proxy_environment;
mod redaction;
mod retries;
mod tls;
