//! When a request is sent again, when it isn't, and how long is waited.

use std::time::{Duration, SystemTime};

use aadaccess::{ErrorKind, WaitReason};
use aadaccess_test_support::{Endpoint, Received, Reply, ServerCert, TestCa, closed_port};
use serde_json::json;

use crate::common::{at_once, error, millis, request, says, seconds, secure, timed, token};

/// The times between the requests.
fn gaps(requests: &[Received]) -> Vec<Duration> {
    requests.windows(2).map(|pair| pair[1].at - pair[0].at).collect()
}

#[test]
fn passing_failures_are_tried_again() {
    at_once(["flaky.example", "die.example", "unavailable.example"], |tenant| {
        let endpoint = Endpoint::http().with_catalogue();
        token(&request(&endpoint, tenant));
        let requests = endpoint.requests(tenant);
        assert_eq!(requests.len(), 2, "{tenant}");
        assert!(gaps(&requests)[0] >= millis(450), "{tenant}: {:?}", gaps(&requests));
        assert_eq!(requests[0].raw_body, requests[1].raw_body);
        assert_eq!(requests[0].header("client-request-id"), requests[1].header("client-request-id"));
    });
    let endpoint = Endpoint::http();
    at_once([408, 429, 500, 502, 503, 504], |status| {
        let tenant = format!("s{status}.example");
        endpoint.script(&tenant, [Reply::status(status), Reply::token()]);
        token(&request(&endpoint, &tenant));
        assert_eq!(endpoint.count(&tenant), 2, "{status}");
    });
}

#[test]
fn two_retries_by_default_with_growing_waits() {
    let endpoint = Endpoint::http().with_catalogue();
    error(&request(&endpoint, "server-error.example"), ErrorKind::Server);
    let gaps = gaps(&endpoint.requests("server-error.example"));
    assert_eq!(gaps.len(), 2, "{gaps:?}");
    assert!(gaps[0] >= millis(450) && gaps[1] >= millis(900), "{gaps:?}");
    assert!(gaps[0] + gaps[1] < seconds(8), "{gaps:?}");
}

#[test]
fn the_limit_is_kept() {
    for (tenant, kind) in [
        ("server-error.example", ErrorKind::Server),
        ("throttled-always.example", ErrorKind::Throttled),
        ("die-always.example", ErrorKind::Network),
    ] {
        // One of its own: what a reused connection loses goes out again without being counted.
        let endpoint = Endpoint::http().with_catalogue();
        error(&request(&endpoint, tenant).max_retries(0), kind);
        assert_eq!(endpoint.count(tenant), 1, "{tenant}");
        error(&request(&endpoint, &format!("again.{tenant}")).max_retries(1), kind);
        assert_eq!(endpoint.count(&format!("again.{tenant}")), 2, "{tenant}");
    }
}

#[test]
fn refusals_are_final() {
    let endpoint = Endpoint::http();
    for status in [400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 425, 451] {
        let tenant = format!("s{status}.example");
        endpoint.script(&tenant, [Reply::status(status)]);
        let (_, took) = timed(|| error(&request(&endpoint, &tenant), ErrorKind::Http));
        assert!(took < seconds(5));
        assert_eq!(endpoint.count(&tenant), 1, "{status}");
    }
    endpoint.script("o.example", [Reply::aadsts(7000215)]);
    error(&request(&endpoint, "o.example"), ErrorKind::OAuth);
    assert_eq!(endpoint.count("o.example"), 1);
}

#[test]
fn retry_after_in_seconds_is_kept_and_never_undercut() {
    let endpoint = Endpoint::http().with_catalogue();
    token(&request(&endpoint, "throttled.example"));
    let gaps_429 = gaps(&endpoint.requests("throttled.example"));
    assert!(gaps_429.len() == 1 && gaps_429[0] >= millis(1000) && gaps_429[0] < seconds(5), "{gaps_429:?}");
    endpoint.script("s.example", [Reply::status(503).header("Retry-After", "2"), Reply::token()]);
    token(&request(&endpoint, "s.example"));
    let gaps = gaps(&endpoint.requests("s.example"));
    assert!(gaps[0] >= millis(2000) && gaps[0] < seconds(6), "{gaps:?}");
}

#[test]
fn retry_after_as_a_date_is_kept() {
    let endpoint = Endpoint::http();
    let at = httpdate::fmt_http_date(SystemTime::now() + seconds(3));
    endpoint.script("d.example", [Reply::status(429).header("Retry-After", &at), Reply::token()]);
    let dated = Reply::status(429)
        .header("Date", "Sun, 06 Nov 1994 08:49:35 GMT")
        .header("Retry-After", "Sunday, 06-Nov-94 08:49:37 GMT");
    endpoint.script("o.example", [dated, Reply::token()]);
    at_once([("d.example", 1900), ("o.example", 2000)], |(tenant, least)| {
        token(&request(&endpoint, tenant));
        let gaps = gaps(&endpoint.requests(tenant));
        assert!(gaps[0] >= millis(least) && gaps[0] < seconds(7), "{tenant}: {gaps:?}");
    });
}

#[test]
fn a_wait_that_does_not_fit_is_not_waited() {
    let endpoint = Endpoint::http().with_catalogue();
    let (error, took) = timed(|| error(&request(&endpoint, "throttled-long.example"), ErrorKind::Throttled));
    assert!(took < seconds(3), "{took:?}");
    says(&error.to_string(), &["3600 s"]);
    assert_eq!(error.details().retry_after, Some(seconds(3600)));
    assert_eq!(error.details().http_status, Some(429));
    assert_eq!(endpoint.count("throttled-long.example"), 1);
    for value in ["18446744073709551615", "99999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        endpoint.script("x.example", [Reply::status(503).header("Retry-After", value)]);
        let request = request(&endpoint, "x.example");
        let (_, took) = timed(|| crate::common::error(&request, ErrorKind::Server));
        assert!(took < seconds(3), "{value}: {took:?}");
        assert_eq!(endpoint.count("x.example"), 1);
    }
}

#[test]
fn a_retry_after_that_makes_no_sense_is_as_if_absent() {
    let endpoint = Endpoint::http();
    at_once(["-1", "soon", "", "1.5", "Sun, 06 Nov 1994 08:49:37 GMT"], |value| {
        let tenant = format!("t{}.example", value.len());
        endpoint.script(&tenant, [Reply::status(503).header("Retry-After", value), Reply::token()]);
        let (_, took) = timed(|| token(&request(&endpoint, &tenant)));
        assert!(took < seconds(3), "{value}: {took:?}");
    });
}

#[test]
fn pending_polls_at_the_interval_until_there_is_a_token() {
    let endpoint = Endpoint::http().with_catalogue();
    token(&request(&endpoint, "pending.example").max_retries(0));
    let gaps = gaps(&endpoint.requests("pending.example"));
    assert_eq!(gaps.len(), 2);
    assert!(gaps.iter().all(|gap| *gap >= millis(1000) && *gap < seconds(4)), "{gaps:?}");
}

#[test]
fn pending_without_an_interval_waits_five_seconds() {
    let endpoint = Endpoint::http();
    endpoint.script("p.example", [Reply::json(400, json!({"error": "authorization_pending"})), Reply::token()]);
    token(&request(&endpoint, "p.example"));
    let gaps = gaps(&endpoint.requests("p.example"));
    assert!(gaps[0] >= seconds(5) && gaps[0] < seconds(9), "{gaps:?}");
}

#[test]
fn slow_down_waits_five_seconds_more() {
    let endpoint = Endpoint::http().with_catalogue();
    token(&request(&endpoint, "slow-down.example"));
    let gaps = gaps(&endpoint.requests("slow-down.example"));
    assert!(gaps[0] >= seconds(6) && gaps[0] < seconds(10), "{gaps:?}");
}

#[test]
fn a_poll_that_the_deadline_ends_says_what_was_pending() {
    let endpoint = Endpoint::http().with_catalogue();
    let request = request(&endpoint, "forever-pending.example").timeout(millis(3500));
    let (error, took) = timed(|| error(&request, ErrorKind::AuthorizationPending));
    assert!(took <= seconds(5), "{took:?}");
    says(&error.to_string(), &["pending", "3.5 s"]);
    assert_eq!(error.details().oauth_error.as_deref(), Some("authorization_pending"));
    assert!(error.advice().is_some());
    assert!((2..=4).contains(&endpoint.count("forever-pending.example")));
}

#[test]
fn a_poll_that_hangs_until_the_deadline_says_what_was_pending() {
    let endpoint = Endpoint::http();
    endpoint.script("p.example", [Reply::aadsts(70016).member("interval", 1), Reply::silence()]);
    let request = request(&endpoint, "p.example").timeout(millis(2500));
    says(&error(&request, ErrorKind::AuthorizationPending).to_string(), &["pending"]);
    assert_eq!(endpoint.count("p.example"), 2);
}

#[test]
fn a_call_tells_what_it_waits_for() {
    let endpoint = Endpoint::http().with_catalogue();
    endpoint.script("r.example", [Reply::status(503).header("Retry-After", "2"), Reply::token()]);
    endpoint.script("t.example", [Reply::status(429).header("Retry-After", "2"), Reply::token()]);
    let cases = [
        ("r.example", WaitReason::Retry),
        ("t.example", WaitReason::Throttled),
        ("w.pending.example", WaitReason::AuthorizationPending),
    ];
    at_once(cases, |(tenant, expected)| {
        let call = request(&endpoint, tenant).start();
        assert!(aadaccess_test_support::wait_until(seconds(5), || call.waiting().is_some()));
        let (reason, left) = call.waiting().unwrap();
        assert_eq!(reason, expected);
        assert!(left <= seconds(2), "{left:?}");
        assert_eq!((call.attempts(), call.result().is_none()), (1, true));
        assert!(call.wait(Some(seconds(10))));
        assert!(call.result().unwrap().is_ok());
        assert_eq!(call.waiting(), None);
        assert!(call.waited() >= millis(1900) && call.duration() >= call.waited(), "{:?}", call.waited());
        assert_eq!(call.attempts(), endpoint.count(tenant) as u32);
    });
}

#[test]
fn no_connection_is_tried_again_and_explained() {
    let endpoint = Endpoint::http();
    let nobody = format!("http://127.0.0.1:{}", closed_port());
    let refused = request(&endpoint, "a.example").authority(nobody.as_str());
    let (error, took) = timed(|| error(&refused, ErrorKind::Network));
    says(&error.to_string(), &[nobody.trim_start_matches("http://")]);
    assert!(error.advice().is_some());
    assert!(took >= millis(1300), "only {took:?}: were there two retries?");
}

#[test]
fn certificates_and_wrong_arguments_are_never_retried() {
    let ca = TestCa::new();
    for kind in [ServerCert::Expired, ServerCert::WrongHost, ServerCert::OtherIssuer] {
        let endpoint = Endpoint::https_with(&ca, kind);
        let (_, took) = timed(|| error(&secure(&endpoint, &ca, "a.example"), ErrorKind::Tls));
        assert!(took < seconds(5));
        assert_eq!(endpoint.connections(), 1, "{kind:?}");
    }
}
