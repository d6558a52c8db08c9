//! One attempt on a worker, and those who wait for it.

use crate::acquire::{acquire, cancelled, timed_out};
use crate::control::{Control, WaitReason};
use crate::error::{Error, ErrorKind};
use crate::lock::lock;
use crate::process::Process;
use crate::request::{Plan, Request};
use crate::token::Token;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// The worker ends at the deadline by itself and knows better what it was doing; only when it is stuck, in the resolver
/// or in the system's certificate check, those who wait end the call.
const GRACE: Duration = Duration::from_millis(100);

/// A running or finished request. Several threads may use it at once. Dropping it cancels it and never waits.
pub struct Call(Arc<Shared>);

struct Shared {
    pid: u32,
    control: Control,
    /// What is being asked; `None` when the request was refused before. The plan and its secrets are the worker's alone:
    /// they are wiped when it is done, however long the call is kept.
    asked: Option<Asked>,
    outcome: OnceLock<Result<Token, Error>>,
    took: OnceLock<Duration>,
    finished: Mutex<bool>,
    wake: Condvar,
}

struct Asked {
    host: String,
    grant: &'static str,
    timeout: Duration,
}

impl Request {
    /// Gets a token and blocks until it is there, or until it is clear that there will be none.
    ///
    /// # Errors
    /// See [`ErrorKind`].
    pub fn acquire(&self) -> Result<Token, Error> {
        let call = self.start();
        call.wait(None);
        match call.result() {
            Some(result) => result.clone(),
            None => Err(in_child()),
        }
    }

    /// Starts the request on another thread and returns at once. What is wrong with the request itself is the outcome of
    /// the returned call, which is then already finished.
    pub fn start(&self) -> Call {
        let begun = Instant::now();
        let plan = match self.plan() {
            Ok(plan) => plan,
            Err(error) => return Call::failed(error),
        };
        let asked = Asked { host: plan.endpoint.host.clone(), grant: plan.grant.as_str(), timeout: plan.timeout };
        let shared = Arc::new(Shared::new(begun, plan.timeout, Some(asked)));
        let worker = shared.clone();
        if let Err(error) = Process::current().workers.run(move || worker.work(&plan)) {
            shared.finish(Err(Error::new(ErrorKind::Internal, format!("No thread could be started: {error}"))));
        }
        Call(shared)
    }
}

impl Shared {
    fn new(begun: Instant, timeout: Duration, asked: Option<Asked>) -> Self {
        Shared {
            pid: std::process::id(),
            control: Control::new(begun, timeout),
            asked,
            outcome: OnceLock::new(),
            took: OnceLock::new(),
            finished: Mutex::new(false),
            wake: Condvar::new(),
        }
    }

    fn work(&self, plan: &Plan) {
        let outcome = catch_unwind(AssertUnwindSafe(|| acquire(plan, &self.control))).unwrap_or_else(|_| Err(defect()));
        self.finish(outcome);
    }

    /// The first outcome stays; a later one is wiped and forgotten.
    fn finish(&self, outcome: Result<Token, Error>) {
        let _ = self.took.set(self.control.elapsed());
        let _ = self.outcome.set(outcome);
        *lock(&self.finished) = true;
        self.wake.notify_all();
    }

    fn end_when_overdue(&self) {
        if self.outcome.get().is_none()
            && Instant::now() >= self.control.deadline() + GRACE
            && let Some(asked) = &self.asked
        {
            self.finish(Err(timed_out(&asked.host, asked.timeout, &self.control)));
            self.control.stop();
        }
    }
}

pub(crate) fn in_child() -> Error {
    Error::new(ErrorKind::Internal, "The call was begun before this process was forked: begin a new one")
}

/// What is said where not even an error could be made.
pub(crate) fn defect() -> Error {
    Error::new(ErrorKind::Internal, "A defect of this library stopped the call")
}

impl Call {
    /// A call that is finished before it began.
    pub(crate) fn failed(error: Error) -> Self {
        let shared = Shared::new(Instant::now(), Duration::ZERO, None);
        shared.finish(Err(error));
        Call(Arc::new(shared))
    }

    /// Whether this process began the call. After a fork the child has no thread that works on it.
    pub fn is_own(&self) -> bool {
        self.0.pid == std::process::id()
    }

    /// Waits until the call is finished, or for `timeout`; answers whether it is finished. `None` waits to the end, which
    /// the deadline brings about.
    pub fn wait(&self, timeout: Option<Duration>) -> bool {
        if !self.is_own() {
            return true;
        }
        let until = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let overdue = self.0.control.deadline() + GRACE;
        let mut finished = lock(&self.0.finished);
        while !*finished {
            let now = Instant::now();
            if now >= overdue {
                drop(finished);
                self.0.end_when_overdue();
                return true;
            }
            if until.is_some_and(|until| now >= until) {
                return false;
            }
            let left = until.map_or(overdue, |until| until.min(overdue)) - now;
            finished = self.0.wake.wait_timeout(finished, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// The token or the error; `None` while the call is running, and in a forked child.
    pub fn result(&self) -> Option<&Result<Token, Error>> {
        if !self.is_own() {
            return None;
        }
        self.0.end_when_overdue();
        self.0.outcome.get()
    }

    /// Ends the call with [`ErrorKind::Cancelled`] unless it is finished. Returns at once; the worker follows.
    pub fn cancel(&self) {
        if self.is_own() && self.0.outcome.get().is_none() {
            self.0.finish(Err(cancelled()));
            self.0.control.stop();
        }
    }

    /// The host, and port where it is not 443, that the call asks; `None` when the request was refused before.
    pub fn host(&self) -> Option<&str> {
        self.0.asked.as_ref().map(|asked| asked.host.as_str())
    }

    /// The grant: `client_credentials` or `refresh_token`; `None` when the request was refused before.
    pub fn grant(&self) -> Option<&'static str> {
        self.0.asked.as_ref().map(|asked| asked.grant)
    }

    /// How many attempts were made so far.
    pub fn attempts(&self) -> u32 {
        self.0.control.attempts()
    }

    /// How long the call has waited between requests, finished waits only.
    pub fn waited(&self) -> Duration {
        self.0.control.waited()
    }

    /// Why the call is waiting between two requests at this moment, and how long yet.
    pub fn waiting(&self) -> Option<(WaitReason, Duration)> {
        if self.is_own() && self.0.outcome.get().is_none() { self.0.control.waiting() } else { None }
    }

    /// The time since the call was begun, or what it took.
    pub fn duration(&self) -> Duration {
        self.0.took.get().copied().unwrap_or_else(|| self.0.control.elapsed())
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("host", &self.host()).field("grant", &self.grant()).finish_non_exhaustive()
    }
}
