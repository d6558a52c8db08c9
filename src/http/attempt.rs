//! How far one attempt got, kept for the thread that makes it while ureq runs, and the means to interrupt it.

use crate::lock::lock;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
use std::sync::{Arc, Mutex, Weak};
use std::time::Instant;
use ureq::unversioned::transport::ShutdownHandle;

/// Where an attempt stands; errors are worded by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Resolve,
    Connect,
    /// The TLS handshake with the proxy itself.
    ProxyTls,
    /// The proxy has been asked to connect.
    Tunnel,
    Tls,
    Send,
    Answer,
}

/// One attempt, as the connectors and the transport see it go by.
pub(super) struct Attempt {
    pub(super) stage: Cell<Stage>,
    /// A connector ran: the connection is a new one, not one from the pool.
    pub(super) fresh: Cell<bool>,
    /// The name of the certificate authority that was not trusted.
    pub(super) refused_issuer: RefCell<Option<String>>,
    pub(super) socket: RefCell<Option<Weak<dyn ShutdownHandle>>>,
    deadline: Instant,
    interrupt: Arc<Interrupt>,
}

thread_local! {
    static CURRENT: RefCell<Option<Rc<Attempt>>> = const { RefCell::new(None) };
}

impl Attempt {
    /// Starts an attempt on this thread; it ends when the returned value is dropped.
    pub(super) fn begin(interrupt: Arc<Interrupt>, deadline: Instant) -> Running {
        let attempt = Rc::new(Attempt {
            stage: Cell::new(Stage::Send),
            fresh: Cell::new(false),
            refused_issuer: RefCell::new(None),
            socket: RefCell::new(None),
            deadline,
            interrupt,
        });
        CURRENT.set(Some(attempt.clone()));
        Running(attempt)
    }

    /// Lets a cancelled call shut `socket` down. Answers whether the call was cancelled already.
    pub(super) fn watch(&self, socket: &Weak<dyn ShutdownHandle>) -> bool {
        self.interrupt.arm(socket.clone())
    }
}

/// Whether the running attempt's deadline is over.
pub(super) fn is_overdue() -> bool {
    with(|attempt| Instant::now() >= attempt.deadline) == Some(true)
}

/// Does something with this thread's attempt, if there is one.
pub(super) fn with<T>(f: impl FnOnce(&Attempt) -> T) -> Option<T> {
    CURRENT.with_borrow(|current| current.clone()).map(|attempt| f(&attempt))
}

pub(super) fn reached(stage: Stage) {
    with(|attempt| attempt.stage.set(stage));
}

/// An attempt in progress; see [`Attempt::begin`].
pub(super) struct Running(Rc<Attempt>);

impl std::ops::Deref for Running {
    type Target = Attempt;
    fn deref(&self) -> &Attempt {
        &self.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The connection goes back to the pool: another call's by now, perhaps.
        self.0.interrupt.disarm();
        CURRENT.set(None);
    }
}

/// Shuts down the socket that a call is using, from another thread.
#[derive(Default)]
pub(crate) struct Interrupt(Mutex<State>);

#[derive(Default)]
enum State {
    #[default]
    Idle,
    Armed(Weak<dyn ShutdownHandle>),
    Fired,
}

impl Interrupt {
    /// Shuts the socket down now, and every socket that is armed later as soon as it is.
    pub(crate) fn fire(&self) {
        if let State::Armed(socket) = self.replace(|_| State::Fired) {
            shutdown(&socket);
        }
    }

    fn arm(&self, socket: Weak<dyn ShutdownHandle>) -> bool {
        let fired = matches!(
            self.replace(|state| match state {
                State::Fired => State::Fired,
                _ => State::Armed(socket.clone()),
            }),
            State::Fired
        );
        if fired {
            shutdown(&socket);
        }
        fired
    }

    fn disarm(&self) {
        self.replace(|state| match state {
            State::Fired => State::Fired,
            _ => State::Idle,
        });
    }

    fn replace(&self, next: impl FnOnce(&State) -> State) -> State {
        let mut state = lock(&self.0);
        let next = next(&state);
        std::mem::replace(&mut *state, next)
    }
}

fn shutdown(socket: &Weak<dyn ShutdownHandle>) {
    if let Some(socket) = socket.upgrade() {
        socket.shutdown();
    }
}

impl fmt::Debug for Interrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Interrupt")
    }
}
