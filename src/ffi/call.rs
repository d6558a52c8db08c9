//! `aad_call`: one attempt. It owns its result and its error.

use super::request::{
    AAD_OPTION_CLIENT_ID, AAD_OPTION_CLIENT_SECRET, AAD_OPTION_REFRESH_TOKEN, AAD_OPTION_TENANT_ID, AadRequest,
};
use super::status::{self, AAD_INTERNAL, AAD_INVALID_ARGUMENT, AAD_OK, AAD_RUNNING};
use super::text::{AAD_NUL_TERMINATED, Text, read_utf8};
use super::{field, pin, signals};
use crate::call::Call;
use crate::error::Error;
use libc::c_char;
use std::ptr;
use std::sync::OnceLock;
use std::time::Duration;

/// As timeout_ms of aad_call_wait: wait until the call is finished, which its own timeout brings about.
pub const AAD_WAIT_FOREVER: u32 = u32::MAX;

/// One attempt and its outcome. Freed by aad_call_free; everything else may be called by several threads at once.
pub struct AadCall {
    /// None in the static call that stands for one that could not be made.
    pub(super) call: Option<Call>,
    texts: OnceLock<field::Texts>,
}

static UNMADE: AadCall = AadCall { call: None, texts: OnceLock::new() };

fn into_pointer(call: Call) -> *mut AadCall {
    Box::into_raw(Box::new(AadCall { call: Some(call), texts: OnceLock::new() }))
}

/// The static call: valid to read and to free, never written.
fn unmade() -> *mut AadCall {
    ptr::from_ref(&UNMADE).cast_mut()
}

/// Starts a call on another thread and returns at once.
///
/// NULL: a finished call with AAD_INVALID_ARGUMENT. Ownership: the request is copied; the caller frees the call with
/// aad_call_free. Threads: any, but not beside a setter of the same request. Never NULL: what fails before the start is a
/// finished call with its status and text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aad_call_begin(request: *const AadRequest) -> *mut AadCall {
    guarded!(unmade(), {
        // SAFETY: NULL, or made by `aad_request_new` and not written now.
        into_pointer(begin(unsafe { request.as_ref() }))
    })
}

/// Starts a call and waits until it is finished: aad_call_begin and aad_call_wait in one.
///
/// NULL, ownership, threads: as aad_call_begin. Never NULL, never running.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aad_call_run(request: *const AadRequest) -> *mut AadCall {
    guarded!(unmade(), {
        // SAFETY: NULL, or made by `aad_request_new` and not written now.
        let call = begin(unsafe { request.as_ref() });
        call.wait(None);
        into_pointer(call)
    })
}

/// Gets a token with the default settings and waits for it: tenant id and refresh token, or tenant id, client id and
/// client secret, each NUL-terminated UTF-8.
///
/// NULL: that value is not given. Ownership: the texts are copied; the caller frees the call with aad_call_free.
/// Threads: any. Never NULL, never running. AAD_FIELD_HEADER of the call is the value of the Authorization header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aad_access_header(
    tenant_id: *const c_char,
    client_id: *const c_char,
    client_secret: *const c_char,
    refresh_token: *const c_char,
) -> *mut AadCall {
    guarded!(unmade(), {
        let mut request = AadRequest::default();
        for (option, text) in [
            (AAD_OPTION_TENANT_ID, tenant_id),
            (AAD_OPTION_CLIENT_ID, client_id),
            (AAD_OPTION_CLIENT_SECRET, client_secret),
            (AAD_OPTION_REFRESH_TOKEN, refresh_token),
        ] {
            if !text.is_null() {
                // SAFETY: the caller says that a NUL ends each text.
                let outcome = request.set_text(option, |field| unsafe { read_utf8(field, text, AAD_NUL_TERMINATED) });
                request.keep(outcome);
            }
        }
        let call = begin(Some(&request));
        call.wait(None);
        into_pointer(call)
    })
}

fn begin(request: Option<&AadRequest>) -> Call {
    pin::pin();
    match request {
        None => Call::failed(Error::invalid("The request is NULL")),
        Some(AadRequest { failure: Some(error), .. }) => Call::failed(error.clone()),
        Some(AadRequest { request, .. }) => signals::blocked(|| request.start()),
    }
}

/// Waits until the call is finished, at most timeout_ms milliseconds: 0 only looks, AAD_WAIT_FOREVER waits to the end.
///
/// NULL: AAD_INVALID_ARGUMENT. Ownership: unchanged. Threads: any number at once, beside every function but aad_call_free.
/// Statuses: AAD_RUNNING when the wait ended first, else the call's final status.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aad_call_wait(call: *const AadCall, timeout_ms: u32) -> i32 {
    guarded!(AAD_INTERNAL, {
        // SAFETY: NULL, or made by this library and not freed.
        let Some(call) = (unsafe { call.as_ref() }) else { return AAD_INVALID_ARGUMENT };
        if let Some(call) = &call.call {
            call.wait((timeout_ms != AAD_WAIT_FOREVER).then(|| Duration::from_millis(timeout_ms.into())));
        }
        call.status()
    })
}

/// Ends a running call with AAD_CANCELLED; a finished one stays as it is. Returns at once.
///
/// NULL: AAD_INVALID_ARGUMENT. Ownership: unchanged. Threads: any, beside every function but aad_call_free.
/// Statuses: the call's final status.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aad_call_cancel(call: *mut AadCall) -> i32 {
    guarded!(AAD_INTERNAL, {
        // SAFETY: NULL, or made by this library and not freed.
        let Some(call) = (unsafe { call.as_ref() }) else { return AAD_INVALID_ARGUMENT };
        if let Some(call) = &call.call {
            call.cancel();
        }
        call.status()
    })
}

/// Frees a call and wipes its token; a running one is cancelled first. Returns at once.
///
/// NULL: nothing happens. Ownership: the call and all texts read from it are gone; freeing it twice is undefined.
/// Threads: no other may use the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aad_call_free(call: *mut AadCall) {
    guarded!((), {
        if !call.is_null() && !ptr::eq(call, &UNMADE) {
            // SAFETY: it came from `into_pointer`, and the caller gives it back.
            drop(unsafe { Box::from_raw(call) });
        }
    })
}

/// How the call stands.
///
/// NULL: AAD_INVALID_ARGUMENT. Ownership: unchanged. Threads: any number at once.
/// Statuses: AAD_OK, AAD_RUNNING, or why there is no token. In a forked child a call of the parent is AAD_INTERNAL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aad_call_status(call: *const AadCall) -> i32 {
    guarded!(AAD_INTERNAL, {
        // SAFETY: NULL, or made by this library and not freed.
        unsafe { call.as_ref() }.map_or(AAD_INVALID_ARGUMENT, AadCall::status)
    })
}

/// A text of a finished call, NUL-terminated UTF-8; its length without the NUL goes to `length` unless that is NULL.
///
/// NULL as call: NULL. Ownership: borrowed, valid until the call is freed. Threads: any number at once.
/// NULL when the field is absent, unknown or a number, or while the call is running; `length` is not written then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aad_call_text(call: *const AadCall, field: i32, length: *mut usize) -> *const c_char {
    guarded!(ptr::null(), {
        // SAFETY: NULL, or made by this library and not freed.
        let Some(call) = (unsafe { call.as_ref() }) else { return ptr::null() };
        let Some(text) = call.text(field) else { return ptr::null() };
        if !length.is_null() {
            // SAFETY: the caller says that it can be written.
            unsafe { length.write(text.len()) };
        }
        text.as_ptr()
    })
}

/// A number of a call.
///
/// NULL: -1. Ownership: nothing. Threads: any number at once. -1 when the field is absent, unknown or a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aad_call_int(call: *const AadCall, field: i32) -> i64 {
    guarded!(-1, {
        // SAFETY: NULL, or made by this library and not freed.
        let call = unsafe { call.as_ref() }.and_then(|call| call.call.as_ref());
        call.and_then(|call| field::int(call, field)).unwrap_or(-1)
    })
}

impl AadCall {
    fn status(&self) -> i32 {
        match &self.call {
            Some(call) if call.is_own() => match call.result() {
                None => AAD_RUNNING,
                Some(Ok(_)) => AAD_OK,
                Some(Err(error)) => status::of(error.kind()),
            },
            _ => AAD_INTERNAL,
        }
    }

    fn text(&self, number: i32) -> Option<&Text> {
        match &self.call {
            Some(call) if call.is_own() => {
                let result = call.result()?;
                self.texts.get_or_init(|| field::Texts::new(call, result)).get(number)
            }
            Some(_) => field::in_forked_child().get(number),
            None => field::without_call().get(number),
        }
    }
}
