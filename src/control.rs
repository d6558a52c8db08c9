//! What a running attempt and those who wait for it share: the deadline, the stop, and how things stand.

use crate::error::Error;
use crate::http::Interrupt;
use crate::lock::lock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Why a call is waiting between two requests. The numbers are those of the C ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitReason {
    /// A failure that may pass: no connection, a 5xx answer.
    Retry = 1,
    /// The server asked to slow down (429).
    Throttled = 2,
    /// The server answered `authorization_pending` or `slow_down`.
    AuthorizationPending = 3,
}

pub(crate) struct Control {
    begun: Instant,
    deadline: Instant,
    pub(crate) interrupt: Arc<Interrupt>,
    stopped: Mutex<bool>,
    wake: Condvar,
    attempts: AtomicU32,
    waited_ms: AtomicU64,
    wait: Mutex<Option<(WaitReason, Instant)>>,
    pending: Mutex<Option<Error>>,
}

impl Control {
    pub(crate) fn new(begun: Instant, timeout: Duration) -> Self {
        Control {
            begun,
            deadline: begun + timeout,
            interrupt: Arc::default(),
            stopped: Mutex::new(false),
            wake: Condvar::new(),
            attempts: AtomicU32::new(0),
            waited_ms: AtomicU64::new(0),
            wait: Mutex::new(None),
            pending: Mutex::new(None),
        }
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.deadline
    }

    pub(crate) fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Ends the attempt as soon as may be: wakes it from a wait, shuts its socket down.
    pub(crate) fn stop(&self) {
        *lock(&self.stopped) = true;
        self.wake.notify_all();
        self.interrupt.fire();
    }

    pub(crate) fn is_stopped(&self) -> bool {
        *lock(&self.stopped)
    }

    /// Waits for `duration`; ends early when the call is stopped.
    pub(crate) fn pause(&self, reason: WaitReason, duration: Duration) {
        let start = Instant::now();
        let end = start + duration;
        *lock(&self.wait) = Some((reason, end));
        let mut stopped = lock(&self.stopped);
        while !*stopped {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            stopped = self.wake.wait_timeout(stopped, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(stopped);
        *lock(&self.wait) = None;
        self.waited_ms.fetch_add(millis(start.elapsed()), Relaxed);
    }

    pub(crate) fn count_attempt(&self) {
        self.attempts.fetch_add(1, Relaxed);
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.load(Relaxed)
    }

    pub(crate) fn waited(&self) -> Duration {
        Duration::from_millis(self.waited_ms.load(Relaxed))
    }

    /// What is being waited for, and how long yet.
    pub(crate) fn waiting(&self) -> Option<(WaitReason, Duration)> {
        lock(&self.wait).map(|(reason, end)| (reason, end.saturating_duration_since(Instant::now())))
    }

    /// Keeps the server's last word while it is that the authorization is pending.
    pub(crate) fn set_pending(&self, error: Option<Error>) {
        *lock(&self.pending) = error;
    }

    pub(crate) fn pending(&self) -> Option<Error> {
        lock(&self.pending).clone()
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
