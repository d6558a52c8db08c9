//! Versions.

use libc::c_char;
use std::ffi::CStr;

/// The version of the ABI that this header describes. It changes only when an export or a number changes its meaning.
pub const AAD_ABI_VERSION: u32 = 1;

const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(version) => version,
    Err(_) => panic!("the version holds a NUL"),
};

/// The version of the library, such as "0.1.0".
///
/// Ownership: static, never freed. Threads: any. Never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn aad_version() -> *const c_char {
    VERSION.as_ptr()
}

/// The ABI version of the loaded library: compare it with AAD_ABI_VERSION before calling anything else.
///
/// Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn aad_abi_version() -> u32 {
    AAD_ABI_VERSION
}
