//! The endpoint: what tests start, script and ask.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustls::ServerConfig;

use crate::ca::{ServerCert, TestCa};
use crate::catalogue::{self, Ask};
use crate::received::Received;
use crate::reply::Reply;
use crate::serve;

/// So many requests and tokens are remembered for each tenant; older ones are forgotten.
pub const REMEMBERED: usize = 10_000;

/// A token endpoint on the loopback interface. It stops when it is dropped.
///
/// The answer is chosen by the tenant in the path `/{tenant}/oauth2/v2.0/token`: the tenant's own
/// script, else the [catalogue](crate#the-catalogue) when it is switched on, else the default reply
/// (at first: a token).
pub struct Endpoint {
    pub(crate) shared: Arc<Shared>,
    acceptors: Vec<thread::JoinHandle<()>>,
}

pub(crate) struct Shared {
    pub tls: Option<Arc<ServerConfig>>,
    pub addresses: Vec<SocketAddr>,
    pub stop: AtomicBool,
    pub connections: AtomicU64,
    pub kill_reused: AtomicUsize,
    pub catalogue: AtomicBool,
    pub elsewhere: OnceLock<Endpoint>,
    pub state: Mutex<State>,
}

#[derive(Default)]
pub(crate) struct State {
    pub tenants: HashMap<String, Tenant>,
    pub default: Option<Reply>,
    pub open: HashMap<u64, Open>,
    pub issued: VecDeque<String>,
}

#[derive(Default)]
pub(crate) struct Tenant {
    pub script: Vec<Reply>,
    pub count: usize,
    pub answered: usize,
    pub requests: VecDeque<Received>,
}

/// A connection that is open now.
pub(crate) struct Open {
    pub socket: TcpStream,
    pub idle: bool,
}

impl Endpoint {
    /// Starts one that speaks plain http on `127.0.0.1` and `::1`.
    pub fn http() -> Self {
        Self::start(None)
    }

    /// Starts one that speaks https with a good certificate of this authority.
    pub fn https(ca: &TestCa) -> Self {
        Self::https_with(ca, ServerCert::Good)
    }

    /// Starts one that speaks https with a certificate of this kind.
    pub fn https_with(ca: &TestCa, certificate: ServerCert) -> Self {
        Self::start(Some(ca.server_config(certificate)))
    }

    fn start(tls: Option<Arc<ServerConfig>>) -> Self {
        let listeners = listen().expect("a free port on the loopback interface");
        let addresses = listeners.iter().map(|it| it.local_addr().expect("bound"));
        let shared = Arc::new(Shared {
            tls,
            addresses: addresses.collect(),
            stop: AtomicBool::new(false),
            connections: AtomicU64::new(0),
            kill_reused: AtomicUsize::new(0),
            catalogue: AtomicBool::new(false),
            elsewhere: OnceLock::new(),
            state: Mutex::default(),
        });
        let accept = |listener| {
            let shared = shared.clone();
            thread::spawn(move || serve::accept(&shared, &listener))
        };
        let acceptors = listeners.into_iter().map(accept).collect();
        Self { shared, acceptors }
    }

    /// Answers the tenants of the [catalogue](crate#the-catalogue).
    pub fn with_catalogue(self) -> Self {
        let _ = self.shared.elsewhere.set(Endpoint::http());
        self.shared.catalogue.store(true, Ordering::SeqCst);
        self
    }

    /// `http://127.0.0.1:PORT` or `https://localhost:PORT`.
    pub fn authority(&self) -> String {
        match self.shared.tls {
            None => format!("http://127.0.0.1:{}", self.port()),
            Some(_) => format!("https://localhost:{}", self.port()),
        }
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.address().port()
    }

    /// The IPv4 address and port.
    pub fn address(&self) -> SocketAddr {
        self.shared.addresses[0]
    }

    /// Does it listen on `::1`, too?
    pub fn has_ipv6(&self) -> bool {
        self.shared.addresses.len() > 1
    }

    /// Gives a tenant its replies, used in their order; the last one repeats.
    ///
    /// # Panics
    /// Without a reply.
    pub fn script(&self, tenant: &str, replies: impl IntoIterator<Item = Reply>) {
        let script: Vec<Reply> = replies.into_iter().collect();
        assert!(!script.is_empty(), "a script needs a reply");
        let entry = Tenant { script, ..Tenant::default() };
        self.shared.state().tenants.insert(tenant.to_owned(), entry);
    }

    /// Sets what every other tenant gets.
    pub fn default_reply(&self, reply: Reply) {
        self.shared.state().default = Some(reply);
    }

    /// The requests for this tenant, oldest first.
    pub fn requests(&self, tenant: &str) -> Vec<Received> {
        let state = self.shared.state();
        let found = state.tenants.get(tenant);
        found.map_or_else(Vec::new, |it| it.requests.iter().cloned().collect())
    }

    /// How many requests came for this tenant.
    pub fn count(&self, tenant: &str) -> usize {
        let state = self.shared.state();
        state.tenants.get(tenant).map_or(0, |it| it.count)
    }

    /// Waits until this many requests have come for the tenant; false when `patience` runs out.
    pub fn wait_for_requests(&self, tenant: &str, count: usize, patience: Duration) -> bool {
        wait_until(patience, || self.count(tenant) >= count)
    }

    /// Forgets the tenant's requests and begins its script anew.
    pub fn clear(&self, tenant: &str) {
        self.shared.clear(tenant);
    }

    /// The access tokens handed out, oldest first.
    pub fn issued(&self) -> Vec<String> {
        self.shared.state().issued.iter().cloned().collect()
    }

    /// How many connections were accepted so far.
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// How many connections are open now.
    pub fn open_connections(&self) -> usize {
        self.shared.state().open.len()
    }

    /// Closes the connections that wait for a next request; says how many.
    pub fn close_idle(&self) -> usize {
        let state = self.shared.state();
        let idle: Vec<&Open> = state.open.values().filter(|open| open.idle).collect();
        for open in &idle {
            let _ = open.socket.shutdown(Shutdown::Both);
        }
        idle.len()
    }

    /// The next `count` requests that come on a reused connection are recorded, and the connection
    /// is closed without a byte of an answer.
    pub fn kill_reused(&self, count: usize) {
        self.shared.kill_reused.store(count, Ordering::SeqCst);
    }

    /// The plain http endpoint that the catalogue's `redirect.example` points to.
    ///
    /// # Panics
    /// Without [`Endpoint::with_catalogue`].
    pub fn elsewhere(&self) -> &Endpoint {
        let elsewhere = self.shared.elsewhere.get();
        elsewhere.expect("with_catalogue() makes it")
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        for address in &self.shared.addresses {
            let _ = TcpStream::connect_timeout(address, Duration::from_secs(1));
        }
        for acceptor in self.acceptors.drain(..) {
            let _ = acceptor.join();
        }
        for open in self.shared.state().open.values() {
            let _ = open.socket.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    /// The state; a thread that panicked with it in hand left it whole.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    pub fn clear(&self, tenant: &str) {
        if let Some(tenant) = self.state().tenants.get_mut(tenant) {
            tenant.count = 0;
            tenant.answered = 0;
            tenant.requests.clear();
        }
    }

    pub fn record(&self, request: &Received) {
        let mut state = self.state();
        let tenant = state.tenants.entry(request.tenant.clone()).or_default();
        tenant.count += 1;
        remember(&mut tenant.requests, request.clone());
    }

    /// Chooses the answer to a recorded request.
    pub fn answer(&self, request: &Received) -> Reply {
        let mut state = self.state();
        let default = state.default.clone();
        let tenant = state.tenants.entry(request.tenant.clone()).or_default();
        let nth = tenant.answered;
        tenant.answered += 1;
        if !tenant.script.is_empty() {
            return tenant.script[nth.min(tenant.script.len() - 1)].clone();
        }
        drop(state);
        let mut reply = None;
        if self.catalogue.load(Ordering::SeqCst) {
            let elsewhere = self.elsewhere.get().map_or(0, Endpoint::port);
            reply = catalogue::answer(&Ask { request, nth, elsewhere });
        }
        reply.or(default).unwrap_or_else(Reply::token)
    }
}

pub(crate) fn remember<T>(all: &mut VecDeque<T>, new: T) {
    if all.len() == REMEMBERED {
        all.pop_front();
    }
    all.push_back(new);
}

/// Asks every 5 ms until the answer is yes; false when `patience` runs out.
pub fn wait_until(patience: Duration, condition: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while !condition() {
        if start.elapsed() > patience {
            return false;
        }
        thread::sleep(Duration::from_millis(5));
    }
    true
}

/// One port on both loopback addresses, so that `localhost` reaches it at once whichever it means.
fn listen() -> io::Result<Vec<TcpListener>> {
    let mut attempts = 0;
    loop {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = first.local_addr()?.port();
        match TcpListener::bind((Ipv6Addr::LOCALHOST, port)) {
            Ok(second) => return Ok(vec![first, second]),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && attempts < 20 => {
                attempts += 1;
            }
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            // A machine without IPv6.
            Err(_) => return Ok(vec![first]),
        }
    }
}

/// A loopback address where connections are made but nothing is ever said, not even TLS.
pub fn silent_listener() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port")
}

/// A loopback port where nobody listens: a low one, for the system hands those out to nobody.
///
/// # Panics
/// When somebody listens on each of the ports 1 to 99.
pub fn closed_port() -> u16 {
    let refuses = |port: &u16| {
        let tried = TcpStream::connect((Ipv4Addr::LOCALHOST, *port));
        tried.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
    };
    (1..100).find(refuses).expect("a low port where nobody listens")
}
