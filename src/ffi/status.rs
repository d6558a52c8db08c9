//! Statuses: one number for each kind of failure, never used again for another.

use crate::error::ErrorKind;
use libc::c_char;

/// The call has a token.
pub const AAD_OK: i32 = 0;
/// The call is not finished yet.
pub const AAD_RUNNING: i32 = 1;
/// A value of the request is missing or not allowed; nothing was sent.
pub const AAD_INVALID_ARGUMENT: i32 = -1;
/// The server refused the request with an OAuth error (RFC 6749, section 5.2).
pub const AAD_OAUTH: i32 = -2;
/// The server wants a person to sign in, consent or answer a challenge.
pub const AAD_INTERACTION_REQUIRED: i32 = -3;
/// The deadline ended while the server still answered `authorization_pending` or `slow_down`. Final.
pub const AAD_AUTHORIZATION_PENDING: i32 = -4;
/// The server answered 429, and its wait does not fit or the retries are used up.
pub const AAD_THROTTLED: i32 = -5;
/// The server answered 5xx, 408 or `temporarily_unavailable`, and the retries are used up.
pub const AAD_SERVER: i32 = -6;
/// A 4xx answer without an OAuth error.
pub const AAD_HTTP: i32 = -7;
/// The answer is no token answer: not JSON, too large, encoded, or with a token that fits no header.
pub const AAD_PROTOCOL: i32 = -8;
/// The server answered 3xx; redirects are never followed.
pub const AAD_REDIRECT: i32 = -9;
/// No connection, a name that does not resolve, or a connection that broke.
pub const AAD_NETWORK: i32 = -10;
/// The proxy refused CONNECT, or wants other credentials (407).
pub const AAD_PROXY: i32 = -11;
/// The TLS handshake failed; the server's certificate is not trusted, for example.
pub const AAD_TLS: i32 = -12;
/// The deadline of the call ended.
pub const AAD_TIMEOUT: i32 = -13;
/// The call was cancelled.
pub const AAD_CANCELLED: i32 = -14;
/// An option that this version does not know.
pub const AAD_UNSUPPORTED: i32 = -15;
/// A defect of this library or a failure of the system; also a call that was begun before a fork, in the child.
pub const AAD_INTERNAL: i32 = -16;

pub(super) fn of(kind: ErrorKind) -> i32 {
    match kind {
        ErrorKind::InvalidArgument => AAD_INVALID_ARGUMENT,
        ErrorKind::OAuth => AAD_OAUTH,
        ErrorKind::InteractionRequired => AAD_INTERACTION_REQUIRED,
        ErrorKind::AuthorizationPending => AAD_AUTHORIZATION_PENDING,
        ErrorKind::Throttled => AAD_THROTTLED,
        ErrorKind::Server => AAD_SERVER,
        ErrorKind::Http => AAD_HTTP,
        ErrorKind::Protocol => AAD_PROTOCOL,
        ErrorKind::Redirect => AAD_REDIRECT,
        ErrorKind::Network => AAD_NETWORK,
        ErrorKind::Proxy => AAD_PROXY,
        ErrorKind::Tls => AAD_TLS,
        ErrorKind::Timeout => AAD_TIMEOUT,
        ErrorKind::Cancelled => AAD_CANCELLED,
        ErrorKind::Unsupported => AAD_UNSUPPORTED,
        ErrorKind::Internal => AAD_INTERNAL,
    }
}

/// The status in words: "ok", "running", "invalid argument" and so on.
///
/// An unknown number: "unknown status". Ownership: static, never freed. Threads: any. Never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn aad_status_text(status: i32) -> *const c_char {
    let text = match status {
        AAD_OK => c"ok",
        AAD_RUNNING => c"running",
        AAD_INVALID_ARGUMENT => c"invalid argument",
        AAD_OAUTH => c"oauth",
        AAD_INTERACTION_REQUIRED => c"interaction required",
        AAD_AUTHORIZATION_PENDING => c"authorization pending",
        AAD_THROTTLED => c"throttled",
        AAD_SERVER => c"server",
        AAD_HTTP => c"http",
        AAD_PROTOCOL => c"protocol",
        AAD_REDIRECT => c"redirect",
        AAD_NETWORK => c"network",
        AAD_PROXY => c"proxy",
        AAD_TLS => c"tls",
        AAD_TIMEOUT => c"timeout",
        AAD_CANCELLED => c"cancelled",
        AAD_UNSUPPORTED => c"unsupported",
        AAD_INTERNAL => c"internal",
        _ => c"unknown status",
    };
    text.as_ptr()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CStr;

    #[test]
    fn each_status_has_the_words_of_its_kind() {
        for kind in [
            ErrorKind::InvalidArgument,
            ErrorKind::OAuth,
            ErrorKind::InteractionRequired,
            ErrorKind::AuthorizationPending,
            ErrorKind::Throttled,
            ErrorKind::Server,
            ErrorKind::Http,
            ErrorKind::Protocol,
            ErrorKind::Redirect,
            ErrorKind::Network,
            ErrorKind::Proxy,
            ErrorKind::Tls,
            ErrorKind::Timeout,
            ErrorKind::Cancelled,
            ErrorKind::Unsupported,
            ErrorKind::Internal,
        ] {
            // SAFETY: a static text.
            let text = unsafe { CStr::from_ptr(aad_status_text(of(kind))) };
            assert_eq!(text.to_str(), Ok(kind.text()));
        }
    }
}
