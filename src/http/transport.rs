//! Wrappers around ureq's connections: they notice how far an attempt got, let a cancelled call shut its socket down,
//! and wipe buffers that held a secret.

use super::attempt::{self, Stage, reached};
use std::fmt;
use std::io;
use std::sync::{Arc, Weak};
use ureq::Error;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, NextTimeout, ShutdownHandle, TcpConnector, Transport, time,
};
use zeroize::Zeroize;

/// ureq's TCP connector, with the new socket handed to the running attempt.
#[derive(Debug, Default)]
pub(super) struct WatchedTcp(TcpConnector);

impl<In: Transport> Connector<In> for WatchedTcp {
    type Out = <TcpConnector as Connector<In>>::Out;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        if chained.is_none() {
            reached(Stage::Connect);
        }
        let timeout = what_is_left(details);
        // ureq turns a remainder of zero into a second.
        if chained.is_none() && timeout.after.is_zero() {
            return Err(Error::Timeout(timeout.reason));
        }
        let register = details.register_shutdown.clone();
        let watched = ConnectionDetails {
            uri: details.uri,
            addrs: details.addrs.clone(),
            config: details.config,
            request_level: details.request_level,
            resolver: details.resolver,
            now: (details.current_time)(),
            timeout,
            current_time: details.current_time.clone(),
            run_connector: details.run_connector.clone(),
            register_shutdown: Arc::new(move |socket: Weak<dyn ShutdownHandle>| {
                let cancelled = attempt::with(|attempt| {
                    attempt.socket.replace(Some(socket.clone()));
                    attempt.watch(&socket)
                });
                if cancelled == Some(true) {
                    return Err(interrupted());
                }
                register(socket)
            }),
        };
        self.0.connect(&watched, chained)
    }
}

/// The timeout of a connection counts from its start: name resolution at the proxy and earlier steps have used some of it.
pub(super) fn what_is_left(details: &ConnectionDetails) -> NextTimeout {
    let mut timeout = details.timeout;
    if let (time::Duration::Exact(all), time::Instant::Exact(begun)) = (timeout.after, details.now) {
        timeout.after = all.saturating_sub(begun.elapsed()).into();
    }
    timeout
}

fn interrupted() -> Error {
    Error::Io(io::Error::new(io::ErrorKind::ConnectionAborted, "the call was cancelled"))
}

/// The last connector of the chain: puts [`Watched`] around the whole connection.
#[derive(Debug)]
pub(super) struct Watch {
    /// Connections of this agent go through a proxy; the one to the proxy itself is not the whole connection.
    pub(super) proxied: bool,
}

impl<In: Transport> Connector<In> for Watch {
    type Out = Watched<In>;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        let whole = details.config.proxy().is_some() == self.proxied;
        let socket = attempt::with(|attempt| {
            attempt.fresh.set(whole);
            attempt.stage.set(if whole { Stage::Send } else { Stage::Tunnel });
            attempt.socket.borrow().clone()
        });
        Ok(chained.map(|inner| Watched { inner, whole, socket: socket.flatten(), unwiped: 0 }))
    }
}

/// A whole connection, from the pool or new.
pub(super) struct Watched<T: Transport> {
    inner: T,
    whole: bool,
    socket: Option<Weak<dyn ShutdownHandle>>,
    /// Bytes read since the last wipe, which lie no further into the buffer than this.
    unwiped: usize,
}

impl<T: Transport> Watched<T> {
    fn wipe_input(&mut self) {
        let buffers = self.inner.buffers();
        if buffers.input().is_empty() {
            let buffer = buffers.input_append_buf();
            let used = self.unwiped.min(buffer.len());
            buffer[..used].zeroize();
            self.unwiped = 0;
        }
    }
}

impl<T: Transport> Transport for Watched<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let cancelled = attempt::with(|attempt| self.socket.as_ref().is_some_and(|socket| attempt.watch(socket)));
        if cancelled == Some(true) {
            return Err(interrupted());
        }
        if self.whole {
            // A connection from the pool: ureq looks the name up first even then, and connects no more.
            reached(Stage::Send);
        }
        let sent = self.inner.transmit_output(amount, timeout);
        self.inner.buffers().output()[..amount].zeroize();
        sent
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        // ureq grants a proxy that drips its answer to CONNECT the whole limit for each read.
        if attempt::is_overdue() {
            return Err(Error::Timeout(ureq::Timeout::Global));
        }
        let before = self.inner.buffers().input().len();
        let progress = self.inner.await_input(timeout)?;
        self.unwiped += self.inner.buffers().input().len().saturating_sub(before);
        if progress && self.whole {
            reached(Stage::Answer);
        }
        Ok(progress)
    }

    // ureq asks before a connection goes back to the pool: the answer with the token has been read by then.
    fn is_open(&mut self) -> bool {
        self.wipe_input();
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

// A connection that does not go back to the pool takes the answer with it.
impl<T: Transport> Drop for Watched<T> {
    fn drop(&mut self) {
        let buffers = self.inner.buffers();
        let unread = buffers.input().len();
        buffers.input_consume(unread);
        self.wipe_input();
    }
}

impl<T: Transport> fmt::Debug for Watched<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
