//! A name lookup that hangs: this program brings its own `getaddrinfo`, which the standard library then calls.
//! Linux only: there the program's symbol goes before the C library's.
#![cfg(target_os = "linux")]

mod common;

use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use aadaccess::{ErrorKind, Request};
use aadaccess_test_support::{Endpoint, wait_until};

use common::{error, millis, request, says, seconds, timed, token};

static HANGING: AtomicUsize = AtomicUsize::new(0);

type Lookup = unsafe extern "C" fn(*const c_char, *const c_char, *const c_void, *mut *mut c_void) -> c_int;

fn system_lookup() -> Lookup {
    static FOUND: OnceLock<Lookup> = OnceLock::new();
    *FOUND.get_or_init(|| {
        // SAFETY: the name is NUL-terminated, and what the C library has under it is of this type.
        unsafe {
            let symbol = libc::dlsym(libc::RTLD_NEXT, c"getaddrinfo".as_ptr());
            assert!(!symbol.is_null());
            std::mem::transmute::<*mut c_void, Lookup>(symbol)
        }
    })
}

/// Names that begin with `hang.` are looked up for four seconds, in vain.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn getaddrinfo(
    name: *const c_char,
    service: *const c_char,
    hints: *const c_void,
    result: *mut *mut c_void,
) -> c_int {
    // SAFETY: whoever calls gives a NUL-terminated name or none.
    let hangs = !name.is_null() && unsafe { CStr::from_ptr(name) }.to_bytes().starts_with(b"hang.");
    if hangs {
        HANGING.fetch_add(1, Ordering::SeqCst);
        thread::sleep(seconds(4));
        HANGING.fetch_sub(1, Ordering::SeqCst);
        return libc::EAI_AGAIN;
    }
    // SAFETY: the arguments are the caller's.
    unsafe { system_lookup()(name, service, hints, result) }
}

fn hanging() -> Request {
    Request::new()
        .tenant_id("a.example")
        .client_id("app")
        .client_secret("secret-value")
        .authority("https://hang.test.example")
        .proxy("")
}

#[test]
fn a_hanging_lookup_ends_at_the_deadline_and_holds_up_nobody() {
    let endpoint = Endpoint::http();
    let waiting: Vec<_> = (0..4).map(|_| hanging().timeout(millis(1500)).start()).collect();
    assert!(wait_until(seconds(5), || HANGING.load(Ordering::SeqCst) >= 4), "the lookup never came here");
    let (_, took) = timed(|| token(&request(&endpoint, "a.example")));
    assert!(took < seconds(1), "{took:?}");
    for call in waiting {
        assert!(call.wait(Some(seconds(3))));
        let error = call.result().unwrap().as_ref().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
        says(&error.to_string(), &["hang.test.example", "1.5 s"]);
        assert!(call.duration() >= millis(1450) && call.duration() < seconds(4), "{:?}", call.duration());
    }
}

#[test]
fn a_blocking_call_returns_at_its_deadline_too() {
    let (_, took) = timed(|| error(&hanging().timeout(millis(700)), ErrorKind::Timeout));
    assert!(took >= millis(650) && took < seconds(3), "{took:?}");
}

#[test]
fn cancelling_and_dropping_do_not_wait_for_the_lookup() {
    let call = hanging().start();
    thread::sleep(millis(300));
    let (_, took) = timed(|| {
        call.cancel();
        call.wait(None);
    });
    assert!(took < seconds(1), "{took:?}");
    assert_eq!(call.result().unwrap().as_ref().unwrap_err().kind(), ErrorKind::Cancelled);
    let other = hanging().start();
    thread::sleep(millis(300));
    let (_, took) = timed(|| drop(other));
    assert!(took < seconds(1), "{took:?}");
}

#[test]
fn a_hanging_proxy_name_ends_in_time_and_is_named() {
    let request = hanging().authority("https://login.test.example").proxy("http://hang.proxy.example:8080");
    let (error, took) = timed(|| error(&request.timeout(millis(900)), ErrorKind::Timeout));
    assert!(took < seconds(3), "{took:?}");
    says(&error.to_string(), &["0.9 s"]);
}
