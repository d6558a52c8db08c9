//! One deadline over everything: whatever hangs ends in `timeout`, near the time that was given.

use aadaccess::{ErrorKind, Request};
use aadaccess_test_support::{Endpoint, Proxy, Reply, TestCa, silent_listener, wait_until};

use crate::common::{at_once, error, millis, path, request, says, seconds, secure, timed, token};

/// The busy machine's share on top of the 0.2 s promised.
const SLACK: u64 = 2000;

#[track_caller]
fn ends_in_time(request: &Request, timeout: u64, words: &[&str]) {
    let request = request.clone().timeout(millis(timeout));
    let (error, took) = timed(|| error(&request, ErrorKind::Timeout));
    assert!(took >= millis(timeout - 50), "only {took:?}: {error}");
    assert!(took < millis(timeout + SLACK), "{took:?}: {error}");
    says(&error.to_string(), words);
    assert!(error.advice().is_some());
}

/// Has the system's certificates read, which takes its time on a busy machine.
fn warm_up(endpoint: &Endpoint, ca: &TestCa) {
    token(&secure(endpoint, ca, "contoso.example"));
}

#[test]
fn whatever_the_server_does_instead_of_answering() {
    let ca = TestCa::new();
    let plain = Endpoint::http().with_catalogue();
    let tls = Endpoint::https(&ca).with_catalogue();
    token(&request(&plain, "contoso.example"));
    warm_up(&tls, &ca);
    at_once(["hang.example", "slow.example", "drip.example", "drip-head.example", "continue.example"], |tenant| {
        ends_in_time(&request(&plain, tenant), 1200, &["127.0.0.1", "1.2 s"]);
        ends_in_time(&secure(&tls, &ca, tenant), 1200, &["localhost", "1.2 s"]);
        assert_eq!((plain.count(tenant), tls.count(tenant)), (1, 1), "{tenant}");
    });
}

#[test]
fn a_connection_without_a_handshake() {
    let ca = TestCa::new();
    let listener = silent_listener();
    let authority = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let request = Request::new()
        .tenant_id("a.example")
        .client_id("app")
        .client_secret("secret-value")
        .ca_file(path(&ca))
        .authority(authority.as_str());
    warm_up(&Endpoint::https(&ca), &ca);
    ends_in_time(&request, 1000, &["TLS", "localhost", "1 s"]);
}

#[test]
fn a_proxy_that_never_answers() {
    let proxy = Proxy::new().silent();
    let request = Request::new()
        .tenant_id("a.example")
        .client_id("app")
        .client_secret("secret-value")
        .authority("https://login.test.example")
        .proxy(proxy.url());
    ends_in_time(&request, 2000, &["2 s"]);
    assert_eq!(proxy.connects().len(), 1);
}

#[test]
fn a_body_that_stops_halfway() {
    let endpoint = Endpoint::http();
    let stalled = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"access_";
    let reply = Reply::raw(stalled).drip(millis(1));
    endpoint.script("a.example", [reply.clone()]);
    // The raw answer ends the connection; one that stays open must be cut by the deadline.
    let broken = request(&endpoint, "a.example").acquire().unwrap_err();
    assert!(matches!(broken.kind(), ErrorKind::Network | ErrorKind::Protocol), "{broken:?}");
    endpoint.script("b.example", [Reply::json_text("{").endless().drip(millis(50))]);
    ends_in_time(&request(&endpoint, "b.example"), 1000, &[]);
    endpoint.script("c.example", [Reply::json_text("{").endless().chunked().drip(millis(5))]);
    ends_in_time(&request(&endpoint, "c.example"), 1000, &[]);
}

#[test]
fn the_shortest_timeout_ends_at_once() {
    let endpoint = Endpoint::http().with_catalogue();
    let (_, took) = timed(|| {
        for _ in 0..20 {
            error(&request(&endpoint, "hang.example").timeout(millis(1)), ErrorKind::Timeout);
        }
    });
    assert!(took < seconds(10), "{took:?}: a remainder of nothing must not become a second");
}

#[test]
fn retries_share_the_deadline() {
    let endpoint = Endpoint::http().with_catalogue();
    let attempts = request(&endpoint, "server-error.example").max_retries(10).timeout(millis(2500));
    let (error_at_end, took) = timed(|| attempts.acquire().unwrap_err());
    assert!(matches!(error_at_end.kind(), ErrorKind::Server | ErrorKind::Timeout), "{error_at_end:?}");
    assert!(took < millis(2500 + SLACK), "{took:?}");
    assert!((2..=4).contains(&endpoint.count("server-error.example")));
    endpoint.script("slow.test", [Reply::status(503).delay(millis(600)), Reply::silence()]);
    let request = request(&endpoint, "slow.test").timeout(millis(2200));
    ends_in_time(&request, 2200, &[]);
    assert_eq!(endpoint.count("slow.test"), 2);
}

#[test]
fn what_answers_in_time_is_not_cut() {
    let endpoint = Endpoint::http().with_catalogue();
    let (_, took) = timed(|| token(&request(&endpoint, "slow.example").timeout(seconds(20))));
    assert!(took >= seconds(3));
    endpoint.script("drip.test", [Reply::token().drip_all(millis(4))]);
    token(&request(&endpoint, "drip.test").timeout(seconds(30)));
}

#[test]
fn a_timed_out_connection_is_closed_and_not_used_again() {
    let endpoint = Endpoint::http();
    endpoint.script("a.example", [Reply::silence(), Reply::token()]);
    let request = request(&endpoint, "a.example").timeout(millis(500));
    error(&request, ErrorKind::Timeout);
    assert!(wait_until(seconds(5), || endpoint.open_connections() == 0), "the connection is still open");
    token(&request.timeout(seconds(10)));
    assert_eq!(endpoint.connections(), 2);
}
