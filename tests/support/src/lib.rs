//! The scripted loopback token endpoint that tests, benches and the quickstart share: real sockets,
//! real TLS with an authority made at run time, and no code of the library under test.
//!
//! ```no_run
//! use aadaccess_test_support::{Endpoint, Reply, TestCa};
//!
//! let ca = TestCa::new();
//! let endpoint = Endpoint::https(&ca).with_catalogue();
//! endpoint.script("mine.example", [Reply::status(503), Reply::token()]);
//! // ... point the library at endpoint.authority() with ca.pem_file() as extra CA file ...
//! assert_eq!(endpoint.requests("mine.example")[0].field("client_id"), Some("app-1"));
//! ```
//!
#![doc = include_str!("../CATALOGUE.md")]
#![deny(missing_docs, unsafe_code)]

mod ca;
mod catalogue;
mod endpoint;
mod errors;
mod install;
mod proxy;
mod received;
mod reply;
mod serve;
mod stream;
mod temp;
mod tools;

pub use ca::{OTHER_ROOT, SERVER_NAMES, ServerCert, TestCa};
pub use catalogue::{CLAIMS, GOOD_SECRETS};
pub use endpoint::{Endpoint, REMEMBERED, closed_port, silent_listener, wait_until};
pub use errors::{CORRELATION_ID, TIMESTAMP, TRACE_ID};
pub use install::{install_module, refresh};
pub use proxy::{Connect, Proxy};
pub use received::Received;
pub use reply::Reply;
pub use temp::{TempFile, temp_path};
pub use tools::{built_library, find_on_path, tool_or_skip};
