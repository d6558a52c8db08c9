//! Connections and TLS sessions are used again, across calls and threads, and dead ones do no harm.
//! A program of its own: other tests would push connections out of the pool.

mod common;

use std::sync::Barrier;
use std::thread;

use aadaccess::{ErrorKind, Request};
use aadaccess_test_support::{Endpoint, Proxy, Reply, TestCa, wait_until};

use common::{error, millis, request, seconds, secure, timed, token};

#[test]
fn calls_after_each_other_share_one_connection() {
    let ca = TestCa::new();
    let tls = Endpoint::https(&ca);
    let plain = Endpoint::http();
    for _ in 0..10 {
        token(&secure(&tls, &ca, "a.example"));
        token(&request(&plain, "a.example"));
    }
    assert_eq!((tls.connections(), plain.connections()), (1, 1));
    thread::scope(|scope| {
        scope.spawn(|| token(&secure(&tls, &ca, "b.example")));
    });
    assert_eq!(tls.connections(), 1);
    assert_eq!(tls.requests("b.example")[0].nth_on_connection, 11);
}

#[test]
fn refusals_keep_the_connection() {
    let endpoint = Endpoint::http().with_catalogue();
    for tenant in ["unknown.example", "conditional.example", "empty.example", "html-error.example", "redirect.example"]
    {
        assert!(request(&endpoint, tenant).max_retries(0).acquire().is_err());
    }
    assert_eq!(endpoint.connections(), 1);
}

#[test]
fn threads_at_once_need_no_more_connections_than_threads() {
    let ca = TestCa::new();
    let endpoint = Endpoint::https(&ca);
    let (start, threads) = (Barrier::new(8), 8);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                start.wait();
                for _ in 0..20 {
                    token(&secure(&endpoint, &ca, "a.example"));
                }
            });
        }
    });
    assert_eq!(endpoint.count("a.example"), 160);
    assert!(endpoint.connections() <= threads, "{} connections", endpoint.connections());
}

/// Gets a token without the wait that comes before a retry.
fn at_once_token(request: &Request) {
    let call = request.start();
    assert!(call.wait(None));
    assert!(call.result().unwrap().is_ok(), "{:?}", call.result());
    assert_eq!(call.waited(), millis(0));
}

#[test]
fn a_closed_idle_connection_is_replaced_without_a_failure() {
    let ca = TestCa::new();
    for endpoint in [Endpoint::http(), Endpoint::https(&ca)] {
        let request = secure(&endpoint, &ca, "a.example").max_retries(0);
        for round in 1..=5 {
            at_once_token(&request);
            assert_eq!(endpoint.connections(), round);
            assert!(wait_until(seconds(5), || endpoint.close_idle() == 1));
            assert!(wait_until(seconds(5), || endpoint.open_connections() == 0));
        }
    }
}

#[test]
fn a_request_that_a_reused_connection_loses_goes_out_again_at_once() {
    let ca = TestCa::new();
    for endpoint in [Endpoint::http(), Endpoint::https(&ca)] {
        let request = secure(&endpoint, &ca, "a.example").max_retries(0);
        token(&request);
        endpoint.kill_reused(1);
        at_once_token(&request);
        let seen: Vec<_> =
            endpoint.requests("a.example").iter().map(|it| (it.connection, it.nth_on_connection)).collect();
        assert_eq!(seen, [(1, 1), (1, 2), (2, 1)]);
    }
}

#[test]
fn the_second_try_goes_to_a_fresh_connection_not_to_another_old_one() {
    let endpoint = Endpoint::http();
    let open = |count: usize| {
        endpoint.default_reply(Reply::token().delay(millis(300)));
        thread::scope(|scope| {
            for _ in 0..count {
                scope.spawn(|| token(&request(&endpoint, "a.example")));
            }
        });
        endpoint.default_reply(Reply::token());
    };
    open(4);
    assert_eq!(endpoint.connections(), 4);
    endpoint.kill_reused(4);
    token(&request(&endpoint, "b.example").max_retries(0));
    let seen: Vec<_> = endpoint.requests("b.example").iter().map(|it| it.nth_on_connection).collect();
    assert_eq!(seen, [2, 1], "reused, then fresh");
    endpoint.kill_reused(0);
}

#[test]
fn a_fresh_connection_that_fails_too_is_a_failure() {
    let endpoint = Endpoint::http();
    endpoint.script("a.example", [Reply::token(), Reply::die()]);
    let request = request(&endpoint, "a.example").max_retries(0);
    token(&request);
    endpoint.kill_reused(1);
    error(&request, ErrorKind::Network);
    assert_eq!(endpoint.count("a.example"), 3);
    // On a fresh connection, without a retry, there is no second try.
    let other = Endpoint::http();
    other.script("a.example", [Reply::die()]);
    error(&common::request(&other, "a.example").max_retries(0), ErrorKind::Network);
    assert_eq!(other.count("a.example"), 1);
}

#[test]
fn a_timeout_on_a_reused_connection_says_what_it_waited_for() {
    let endpoint = Endpoint::http();
    endpoint.script("a.example", [Reply::token(), Reply::silence()]);
    let request = request(&endpoint, "a.example").timeout(millis(800));
    token(&request);
    let error = error(&request, ErrorKind::Timeout);
    common::says(&error.to_string(), &["waiting for the answer"]);
}

#[test]
fn tls_sessions_are_resumed() {
    let ca = TestCa::new();
    let endpoint = Endpoint::https(&ca);
    for _ in 0..3 {
        token(&secure(&endpoint, &ca, "a.example"));
        assert!(wait_until(seconds(5), || endpoint.close_idle() == 1));
        assert!(wait_until(seconds(5), || endpoint.open_connections() == 0));
    }
    let resumed: Vec<_> = endpoint.requests("a.example").iter().map(|it| it.tls_resumed).collect();
    assert_eq!(resumed, [Some(false), Some(true), Some(true)]);
}

#[test]
fn settings_that_trust_or_reach_others_share_no_connection() {
    let (one, other) = (TestCa::new(), TestCa::new());
    let endpoint = Endpoint::https(&one);
    token(&secure(&endpoint, &one, "a.example"));
    error(&secure(&endpoint, &other, "a.example"), ErrorKind::Tls);
    error(&request(&endpoint, "a.example"), ErrorKind::Tls);
    assert_eq!(endpoint.count("a.example"), 1);

    let target = "login.test.example:443";
    let proxy = Proxy::new().route(target, endpoint.address()).credentials("user", "password-1");
    let through = secure(&endpoint, &one, "b.example").authority("https://login.test.example").proxy(proxy.url());
    let good = through.clone().proxy_username("user").proxy_password("password-1");
    token(&good);
    token(&good);
    assert_eq!(proxy.connects().len(), 1, "the tunnel is used again");
    error(&through.clone(), ErrorKind::Proxy);
    error(&through.proxy_username("user").proxy_password("password-2"), ErrorKind::Proxy);
    assert_eq!(endpoint.count("b.example"), 2);
}

#[test]
fn many_settings_do_not_pile_up_connections() {
    let endpoint = Endpoint::http();
    for port in 1..=40 {
        // Plain http goes to no proxy, yet the setting makes a transport of its own.
        token(&request(&endpoint, "a.example").proxy(format!("http://127.0.0.1:{port}")));
    }
    assert!(endpoint.open_connections() <= 17, "{} are open", endpoint.open_connections());
}

#[test]
fn a_slow_call_holds_up_nobody() {
    let endpoint = Endpoint::http().with_catalogue();
    let hanging: Vec<_> = (0..20).map(|_| request(&endpoint, "hang.example").start()).collect();
    assert!(endpoint.wait_for_requests("hang.example", 20, seconds(10)));
    let (_, took) = timed(|| token(&request(&endpoint, "contoso.example")));
    assert!(took < seconds(2), "{took:?}");
    drop(hanging);
    assert!(wait_until(seconds(5), || endpoint.open_connections() <= 1));
}
