//! A call that runs on its own: waiting, cancelling, dropping, several threads at once.

use std::thread;

use aadaccess::{ErrorKind, Request};
use aadaccess_test_support::{Endpoint, Reply, wait_until};

use crate::common::{millis, request, seconds, timed, token};

#[test]
fn starting_returns_at_once_and_waiting_in_slices_ends() {
    let endpoint = Endpoint::http();
    endpoint.default_reply(Reply::token().delay(millis(1500)));
    let (call, took) = timed(|| request(&endpoint, "a.example").start());
    assert!(took < seconds(1), "{took:?}");
    assert!(!call.wait(Some(millis(0))));
    assert!(call.result().is_none());
    let mut slices = 0;
    while !call.wait(Some(millis(100))) {
        slices += 1;
        assert!(slices < 100);
    }
    assert!(slices >= 4, "{slices}");
    assert!(call.result().unwrap().is_ok());
    assert!(call.wait(Some(millis(0))) && call.wait(None));
    assert_eq!((call.grant(), call.attempts()), (Some("client_credentials"), 1));
    assert_eq!(call.host(), Some(endpoint.authority().trim_start_matches("http://")));
}

#[test]
fn what_is_refused_before_the_start_is_a_finished_call() {
    let call = Request::new().tenant_id("../x").client_id("a").client_secret("b").start();
    assert!(call.wait(Some(millis(0))));
    let error = call.result().unwrap().as_ref().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!((call.host(), call.grant(), call.attempts()), (None, None, 0));
}

#[test]
fn cancelling_ends_every_state_at_once() {
    let endpoint = Endpoint::http().with_catalogue();
    for tenant in ["hang.example", "drip.example", "continue.example", "endless.example", "throttled-always.example"] {
        let call = request(&endpoint, tenant).max_retries(10).start();
        assert!(endpoint.wait_for_requests(tenant, 1, seconds(5)), "{tenant}");
        thread::sleep(millis(50));
        if call.result().is_some() {
            continue; // endless.example may have been refused already.
        }
        let (_, took) = timed(|| {
            call.cancel();
            assert!(call.wait(None));
        });
        assert!(took < seconds(1), "{tenant}: {took:?}");
        assert_eq!(call.result().unwrap().as_ref().unwrap_err().kind(), ErrorKind::Cancelled, "{tenant}");
        call.cancel();
    }
    // The connection of the call that was waiting after its 429 may be kept for the next one.
    assert!(wait_until(seconds(5), || endpoint.open_connections() <= 1), "a cancelled call holds its connection");
    let (before, _) = (endpoint.count("throttled-always.example"), thread::sleep(millis(1200)));
    assert_eq!(endpoint.count("throttled-always.example"), before, "a cancelled call goes on");
}

#[test]
fn cancelling_a_finished_call_changes_nothing() {
    let endpoint = Endpoint::http();
    let call = request(&endpoint, "a.example").start();
    call.wait(None);
    call.cancel();
    assert!(call.result().unwrap().is_ok());
}

#[test]
fn dropping_a_running_call_never_waits_and_ends_it() {
    let endpoint = Endpoint::http().with_catalogue();
    let call = request(&endpoint, "hang.example").start();
    assert!(endpoint.wait_for_requests("hang.example", 1, seconds(5)));
    let (_, took) = timed(|| drop(call));
    assert!(took < seconds(1), "{took:?}");
    assert!(wait_until(seconds(5), || endpoint.open_connections() == 0), "the worker goes on");
}

#[test]
fn several_threads_wait_for_and_cancel_one_call() {
    let endpoint = Endpoint::http().with_catalogue();
    for _ in 0..10 {
        let call = request(&endpoint, "hang.example").start();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert!(call.wait(Some(seconds(10)))));
                scope.spawn(|| {
                    let _ = (call.result().is_some(), call.attempts(), call.waiting(), call.duration());
                });
            }
            for _ in 0..2 {
                scope.spawn(|| call.cancel());
            }
        });
        assert_eq!(call.result().unwrap().as_ref().unwrap_err().kind(), ErrorKind::Cancelled);
    }
}

#[test]
fn a_request_can_be_changed_and_dropped_while_its_call_runs() {
    let endpoint = Endpoint::http();
    endpoint.default_reply(Reply::token().delay(millis(300)));
    let first = request(&endpoint, "a.example");
    let call = first.start();
    drop(first.client_secret("another-secret"));
    assert!(call.wait(None) && call.result().unwrap().is_ok());
    assert_eq!(endpoint.requests("a.example")[0].field("client_secret"), Some(crate::common::SECRET));
}

#[test]
fn many_threads_get_their_own_tokens() {
    let endpoint = Endpoint::http();
    let (endpoint, tokens) = (&endpoint, std::sync::Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for thread in 0..32 {
            let tokens = &tokens;
            scope.spawn(move || {
                for _ in 0..5 {
                    let token = token(&request(endpoint, &format!("t{thread}.example")));
                    tokens.lock().unwrap().push(token.access_token().to_owned());
                }
            });
        }
    });
    let mut tokens = tokens.into_inner().unwrap();
    tokens.sort_unstable();
    tokens.dedup();
    assert_eq!(tokens.len(), 160);
}
