//! The C ABI: the only unsafe code, and no decision of its own. One file for each C type.
//!
//! Every exported body runs inside [`guarded!`]: a panic never crosses into the caller. What a pointer must be is said
//! in the header's opening comment (`cbindgen.toml`) and checked as far as a pointer can be.

#![allow(unsafe_code)]

/// Runs an exported body; a panic becomes `$on_panic`.
macro_rules! guarded {
    ($on_panic:expr, $body:expr) => {
        match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| $body)) {
            Ok(value) => value,
            Err(_) => $on_panic,
        }
    };
}

mod call;
mod field;
mod pin;
mod request;
mod signals;
mod status;
mod text;
mod version;
