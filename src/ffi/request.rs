//! `aad_request`: what to ask.

use super::status::{AAD_INTERNAL, AAD_INVALID_ARGUMENT, AAD_OK};
use super::{status, text};
use crate::error::{Error, ErrorKind};
use crate::request::{Request, check_retries, check_timeout};
use crate::secret::Secret;
use libc::c_char;
use std::ptr;
use std::time::Duration;

/// Text. The tenant: a GUID, a domain name, or common, organizations, consumers. Required.
pub const AAD_OPTION_TENANT_ID: i32 = 1;
/// Text. The application (client) id. Required with a client secret; Entra demands it with a refresh token, too.
pub const AAD_OPTION_CLIENT_ID: i32 = 2;
/// Text, secret. The client secret's value, not its id.
pub const AAD_OPTION_CLIENT_SECRET: i32 = 3;
/// Text, secret. A refresh token; it wins over a client secret.
pub const AAD_OPTION_REFRESH_TOKEN: i32 = 4;
/// Text. Default: https://graph.microsoft.com/.default
pub const AAD_OPTION_SCOPE: i32 = 5;
/// Text. The authority's base URL: https, or http to a loopback address. Default: https://login.microsoftonline.com
pub const AAD_OPTION_AUTHORITY: i32 = 6;
/// Text. The path of a PEM file of CA certificates that are trusted beside the operating system's. Default: none.
pub const AAD_OPTION_CA_FILE: i32 = 7;
/// Text, secret. The proxy, http://[USER:PASSWORD@]HOST:PORT; an empty text: none. Default: the environment's
/// HTTPS_PROXY, https_proxy, ALL_PROXY or all_proxy, but for the hosts of NO_PROXY.
pub const AAD_OPTION_PROXY: i32 = 8;
/// Text. The proxy's user name, sent as given. Default: the URL's.
pub const AAD_OPTION_PROXY_USERNAME: i32 = 9;
/// Text, secret. The proxy's password, sent as given. Default: the URL's.
pub const AAD_OPTION_PROXY_PASSWORD: i32 = 10;
/// Text. Hosts that are asked directly, in the form of the NO_PROXY variable. Default: that variable when the proxy
/// comes from the environment, else none.
pub const AAD_OPTION_NO_PROXY: i32 = 11;
/// Text. What follows the library's own User-Agent. Default: nothing.
pub const AAD_OPTION_USER_AGENT_SUFFIX: i32 = 12;
/// Number. Milliseconds for the whole call, 1 to 86400000. Default: 100000.
pub const AAD_OPTION_TIMEOUT_MS: i32 = 64;
/// Number. How often a request is sent again after a passing failure, 0 to 10. Default: 2.
pub const AAD_OPTION_MAX_RETRIES: i32 = 65;

/// What to ask. Made by aad_request_new, freed by aad_request_free; used by one thread at a time.
#[derive(Default)]
pub struct AadRequest {
    pub(super) request: Request,
    pub(super) failure: Option<Error>,
}

/// Makes an empty request.
///
/// Ownership: the caller frees it with aad_request_free. Threads: any. NULL only when the library is defective.
#[unsafe(no_mangle)]
pub extern "C" fn aad_request_new() -> *mut AadRequest {
    guarded!(ptr::null_mut(), Box::into_raw(Box::default()))
}

/// Frees a request and wipes its secrets; the calls begun with it go on.
///
/// NULL: nothing happens. Ownership: the request is gone; freeing it twice is undefined. Threads: no other may use it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aad_request_free(request: *mut AadRequest) {
    guarded!((), {
        if !request.is_null() {
            // SAFETY: it came from `aad_request_new`, and the caller gives it back.
            drop(unsafe { Box::from_raw(request) });
        }
    })
}

/// Sets a text option: `length` bytes of UTF-8 at `text`, or AAD_NUL_TERMINATED.
///
/// NULL as request: AAD_INVALID_ARGUMENT. NULL as text: the same, but with length 0 it is an empty text.
/// Ownership: the text is copied. Threads: one at a time.
/// Statuses: AAD_OK; AAD_INVALID_ARGUMENT when the text is no UTF-8, holds a NUL or is longer than 1 MiB;
/// AAD_UNSUPPORTED for an option that this version does not know or that is a number. The request keeps its first
/// failure, and the calls begun with it fail with that. Whether the value itself is allowed, the call says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aad_request_set_text(
    request: *mut AadRequest,
    option: i32,
    text: *const c_char,
    length: usize,
) -> i32 {
    guarded!(AAD_INTERNAL, {
        // SAFETY: NULL, or made by `aad_request_new` and used by this thread alone.
        let Some(request) = (unsafe { request.as_mut() }) else { return AAD_INVALID_ARGUMENT };
        // SAFETY: what the caller says of `text` and `length`.
        let outcome = request.set_text(option, |field| unsafe { text::read_utf8(field, text, length) });
        request.keep(outcome)
    })
}

/// Sets a text option as aad_request_set_text does, from UTF-16 in this machine's byte order: wchar_t on Windows, the
/// strings of .NET, Java and JavaScript. Their owner needs no copy of a secret in another encoding.
///
/// `length` counts code units (16 bits each), or is AAD_NUL_TERMINATED. NULL, ownership, threads and statuses: as there;
/// AAD_INVALID_ARGUMENT when half of a surrogate pair stands alone, the text holds a NUL or is longer than 1 MiB as UTF-8,
/// or its address is odd.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aad_request_set_text_utf16(
    request: *mut AadRequest,
    option: i32,
    text: *const u16,
    length: usize,
) -> i32 {
    guarded!(AAD_INTERNAL, {
        // SAFETY: NULL, or made by `aad_request_new` and used by this thread alone.
        let Some(request) = (unsafe { request.as_mut() }) else { return AAD_INVALID_ARGUMENT };
        // SAFETY: what the caller says of `text` and `length`.
        let outcome = request.set_text(option, |field| unsafe { text::read_utf16(field, text, length) });
        request.keep(outcome)
    })
}

/// Sets a number option.
///
/// NULL: AAD_INVALID_ARGUMENT. Ownership: nothing is kept. Threads: one at a time.
/// Statuses: AAD_OK; AAD_INVALID_ARGUMENT outside the option's range; AAD_UNSUPPORTED for an option that this version does
/// not know or that is a text. The request keeps its first failure, and the calls begun with it fail with that.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aad_request_set_int(request: *mut AadRequest, option: i32, value: i64) -> i32 {
    guarded!(AAD_INTERNAL, {
        // SAFETY: NULL, or made by `aad_request_new` and used by this thread alone.
        let Some(request) = (unsafe { request.as_mut() }) else { return AAD_INVALID_ARGUMENT };
        let outcome = request.set_int(option, value);
        request.keep(outcome)
    })
}

type TextSetter = fn(Request, Secret) -> Request;

const TEXT_OPTIONS: &[(i32, &str, TextSetter)] = &[
    (AAD_OPTION_TENANT_ID, "tenant id", Request::tenant_id),
    (AAD_OPTION_CLIENT_ID, "client id", Request::client_id),
    (AAD_OPTION_CLIENT_SECRET, "client secret", Request::client_secret),
    (AAD_OPTION_REFRESH_TOKEN, "refresh token", Request::refresh_token),
    (AAD_OPTION_SCOPE, "scope", Request::scope),
    (AAD_OPTION_AUTHORITY, "authority", Request::authority),
    (AAD_OPTION_CA_FILE, "CA file's path", Request::ca_file),
    (AAD_OPTION_PROXY, "proxy", Request::proxy),
    (AAD_OPTION_PROXY_USERNAME, "proxy user name", Request::proxy_username),
    (AAD_OPTION_PROXY_PASSWORD, "proxy password", Request::proxy_password),
    (AAD_OPTION_NO_PROXY, "no-proxy list", Request::no_proxy),
    (AAD_OPTION_USER_AGENT_SUFFIX, "user agent suffix", Request::user_agent_suffix),
];

impl AadRequest {
    /// `read` gets the option's name for its refusals.
    pub(super) fn set_text(
        &mut self,
        option: i32,
        read: impl FnOnce(&str) -> Result<Secret, Error>,
    ) -> Result<(), Error> {
        let Some((_, field, set)) = TEXT_OPTIONS.iter().find(|(number, ..)| *number == option) else {
            return Err(unsupported(option));
        };
        let value = read(field)?;
        self.request = set(std::mem::take(&mut self.request), value);
        Ok(())
    }

    fn set_int(&mut self, option: i32, value: i64) -> Result<(), Error> {
        let request = std::mem::take(&mut self.request);
        let (request, outcome) = match option {
            AAD_OPTION_TIMEOUT_MS => {
                let timeout = Duration::from_millis(u64::try_from(value).unwrap_or(0));
                (request.timeout(timeout), check_timeout(timeout))
            }
            AAD_OPTION_MAX_RETRIES => {
                let retries = u32::try_from(value).unwrap_or(u32::MAX);
                (request.max_retries(retries), check_retries(retries))
            }
            _ => (request, Err(unsupported(option))),
        };
        self.request = request;
        outcome
    }

    pub(super) fn keep(&mut self, outcome: Result<(), Error>) -> i32 {
        match outcome {
            Ok(()) => AAD_OK,
            Err(error) => {
                let status = status::of(error.kind());
                self.failure.get_or_insert(error);
                status
            }
        }
    }
}

fn unsupported(option: i32) -> Error {
    Error::new(ErrorKind::Unsupported, format!("This version does not know an option {option} of that type"))
        .with_advice("Use a library as new as the header or the binding")
}
