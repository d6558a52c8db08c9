//! A process that forks while its threads ask for tokens: the child works, and the parent goes on.
#![cfg(unix)]

mod common;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use aadaccess::{Call, ErrorKind, Request};
use aadaccess_test_support::{Endpoint, TestCa};

use common::{request, seconds, secure, token};

/// Forks are made one at a time: a child of the one test must not hold the other's sockets open.
static ONE: Mutex<()> = Mutex::new(());

/// Runs `work` in a forked child; its exit code, or `None` when it had to be killed.
fn in_child(patience: Duration, work: impl FnOnce() -> i32) -> Option<i32> {
    // SAFETY: the child only calls the library, which promises to work after a fork, and ends with `_exit`.
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0, "no fork");
    if pid == 0 {
        let code = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or(99);
        // SAFETY: always.
        unsafe { libc::_exit(code) };
    }
    let start = Instant::now();
    let mut status = 0;
    loop {
        // SAFETY: `status` is valid, `pid` is our child.
        let ended = unsafe { libc::waitpid(pid, &raw mut status, libc::WNOHANG) };
        if ended == pid {
            return libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status));
        }
        if start.elapsed() > patience {
            // SAFETY: our child, not yet reaped.
            unsafe {
                libc::kill(pid, libc::SIGKILL);
                libc::waitpid(pid, &raw mut status, 0);
            }
            return None;
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// 0 when every one of these calls gives a token, else 1 and the kind's place.
fn tokens(requests: &[Request]) -> i32 {
    for request in requests {
        if let Err(error) = request.clone().timeout(seconds(15)).acquire() {
            eprintln!("in the child: {error:?}");
            return if error.kind() == ErrorKind::Timeout { 2 } else { 1 };
        }
    }
    0
}

#[test]
fn a_fork_while_threads_call_leaves_both_sides_working() {
    let _one = ONE.lock().unwrap();
    let ca = TestCa::new();
    let (tls, plain) = (Endpoint::https(&ca), Endpoint::http());
    let requests = [secure(&tls, &ca, "a.example"), request(&plain, "a.example")];
    let (stop, calls) = (AtomicBool::new(false), AtomicU64::new(0));
    let mut codes = Vec::new();
    thread::scope(|scope| {
        for request in requests.iter().cycle().take(6) {
            let (stop, calls) = (&stop, &calls);
            scope.spawn(move || {
                while !stop.load(SeqCst) {
                    token(request);
                    calls.fetch_add(1, SeqCst);
                }
            });
        }
        for _ in 0..12 {
            let before = calls.load(SeqCst);
            codes.push(in_child(seconds(20), || tokens(&requests)));
            let enough = aadaccess_test_support::wait_until(seconds(10), || calls.load(SeqCst) > before + 6);
            assert!(enough, "the parent's threads stand still");
        }
        stop.store(true, SeqCst);
    });
    assert_eq!(codes, [Some(0); 12]);
}

#[test]
fn the_parent_keeps_its_connections_and_the_child_makes_its_own() {
    let _one = ONE.lock().unwrap();
    let ca = TestCa::new();
    let endpoint = Endpoint::https(&ca);
    let request = secure(&endpoint, &ca, "a.example");
    token(&request);
    assert_eq!(endpoint.connections(), 1);
    assert_eq!(in_child(seconds(20), || tokens(&[request.clone(), request.clone()])), Some(0));
    assert_eq!(endpoint.connections(), 2, "the child made one connection of its own");
    for _ in 0..3 {
        token(&request);
    }
    assert_eq!(endpoint.connections(), 2, "the parent's connection still works");
    let on_first = endpoint.requests("a.example").iter().filter(|it| it.connection == 1).count();
    assert_eq!(on_first, 4);
}

#[test]
fn a_call_from_before_the_fork_is_nobody_s_in_the_child() {
    let _one = ONE.lock().unwrap();
    let endpoint = Endpoint::http().with_catalogue();
    let running = request(&endpoint, "slow.example").start();
    let finished = request(&endpoint, "contoso.example").start();
    finished.wait(None);
    assert!(endpoint.wait_for_requests("slow.example", 1, seconds(5)));
    let is_dead = |call: &Call| {
        !call.is_own() && call.wait(None) && call.result().is_none() && call.waiting().is_none() && {
            call.cancel();
            true
        }
    };
    let code = in_child(seconds(10), || i32::from(!(is_dead(&running) && is_dead(&finished))));
    assert_eq!(code, Some(0));
    assert!(running.wait(Some(seconds(10))) && running.result().unwrap().is_ok(), "the parent's call goes on");
    assert!(finished.result().unwrap().is_ok());
}

#[test]
fn a_grandchild_works_too() {
    let _one = ONE.lock().unwrap();
    let endpoint = Endpoint::http();
    let request = request(&endpoint, "a.example");
    token(&request);
    let code = in_child(seconds(30), || {
        let first = tokens(std::slice::from_ref(&request));
        let second = in_child(seconds(15), || tokens(std::slice::from_ref(&request)));
        let third = tokens(std::slice::from_ref(&request));
        first + second.unwrap_or(50) + third
    });
    assert_eq!(code, Some(0));
    assert_eq!(endpoint.count("a.example"), 4);
}

#[test]
fn dropping_an_old_call_in_the_child_does_not_wait() {
    let _one = ONE.lock().unwrap();
    let endpoint = Endpoint::http().with_catalogue();
    let mut call = Some(request(&endpoint, "hang.example").start());
    assert!(endpoint.wait_for_requests("hang.example", 1, seconds(5)));
    let code = in_child(seconds(10), || {
        drop(call.take());
        0
    });
    assert_eq!(code, Some(0));
    assert!(call.is_some() && call.unwrap().result().is_none(), "the parent's call is still running");
}
