//! What the tests of the Rust interface share.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::fmt::Debug;
use std::time::{Duration, Instant};

use aadaccess::{Error, ErrorKind, Request, Token};
use aadaccess_test_support::{Endpoint, Reply, TestCa};

pub const CLIENT_ID: &str = "00001111-aaaa-2222-bbbb-3333cccc4444";
pub const SECRET: &str = "s3cret-value-1";

/// The four values for the client credentials grant, sent to this endpoint.
pub fn request(endpoint: &Endpoint, tenant: &str) -> Request {
    refresh(endpoint, tenant).client_id(CLIENT_ID).client_secret(SECRET)
}

/// Tenant and authority only.
pub fn refresh(endpoint: &Endpoint, tenant: &str) -> Request {
    Request::new().tenant_id(tenant).authority(endpoint.authority())
}

/// The same over https, with the test root as CA file.
pub fn secure(endpoint: &Endpoint, ca: &TestCa, tenant: &str) -> Request {
    request(endpoint, tenant).ca_file(path(ca))
}

pub fn path(ca: &TestCa) -> &str {
    ca.pem_file().to_str().expect("a path in UTF-8")
}

/// Gets the token.
#[track_caller]
pub fn token(request: &Request) -> Token {
    match request.acquire() {
        Ok(token) => token,
        Err(error) => panic!("no token: {error:?}"),
    }
}

/// Gets an error of this kind.
#[track_caller]
pub fn error(request: &Request, kind: ErrorKind) -> Error {
    match request.acquire() {
        Ok(token) => panic!("a token in place of {kind:?}: {token:?}"),
        Err(error) if error.kind() == kind => error,
        Err(error) => panic!("another kind than {kind:?}: {error:?}"),
    }
}

/// What one scripted reply leads to, without a retry.
pub fn answered(reply: Reply) -> Result<Token, Error> {
    let endpoint = Endpoint::http();
    endpoint.default_reply(reply);
    request(&endpoint, "one.example").max_retries(0).timeout(seconds(20)).acquire()
}

/// The error of this kind that one scripted reply leads to, without a retry.
#[track_caller]
pub fn refused(reply: Reply, kind: ErrorKind) -> Error {
    match answered(reply) {
        Ok(token) => panic!("a token in place of {kind:?}: {token:?}"),
        Err(error) if error.kind() == kind => error,
        Err(error) => panic!("another kind than {kind:?}: {error:?}"),
    }
}

pub fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

pub fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// The result and how long it took.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

/// Does the work for all items at once: tests that mostly wait wait together.
pub fn at_once<T: Send>(items: impl IntoIterator<Item = T>, work: impl Fn(T) + Sync) {
    let work = &work;
    std::thread::scope(|scope| {
        for item in items {
            scope.spawn(move || work(item));
        }
    });
}

/// Each of these words stands in the text.
#[track_caller]
pub fn says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "{word:?} is not in {text:?}");
    }
}

/// The error's sentence, advice and details, as one text.
pub fn everything(error: &Error) -> String {
    format!("{error} {error:?} {:?} {:?}", error.advice(), error.details())
}

/// None of these values is shown by `Display` or `Debug`.
#[track_caller]
pub fn hides(shown: &impl Debug, secrets: &[&str]) {
    let text = format!("{shown:?} {shown:#?}");
    for secret in secrets {
        assert!(!text.contains(secret), "{secret:?} is in {text:?}");
    }
}
