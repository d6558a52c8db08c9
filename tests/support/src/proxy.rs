//! An HTTP proxy for `CONNECT`, on the loopback interface.

use std::collections::HashMap;
use std::io::{self, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};

use crate::received::Received;
use crate::wait_until;

/// One request to the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connect {
    /// `CONNECT`, or what else was tried.
    pub method: String,
    /// `login.test.example:443`.
    pub target: String,
    /// User name and password of `Proxy-Authorization: Basic`, decoded.
    pub credentials: Option<String>,
    /// Names as they were spelled, in their order.
    pub headers: Vec<(String, String)>,
}

/// The proxy. It stops when it is dropped. Where no route was given, it answers 502.
pub struct Proxy {
    shared: Arc<Shared>,
    address: SocketAddr,
    acceptor: Option<thread::JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    routes: HashMap<String, SocketAddr>,
    everywhere: Option<SocketAddr>,
    credentials: Option<String>,
    refusal: Option<u16>,
    silent: bool,
    hangs_up: bool,
    connects: Vec<Connect>,
    open: Vec<TcpStream>,
}

impl Proxy {
    /// Starts one on `127.0.0.1`.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("bound");
        let shared = Arc::new(Shared::default());
        let acceptor = {
            let shared = shared.clone();
            Some(thread::spawn(move || accept(&shared, &listener)))
        };
        Self { shared, address, acceptor }
    }

    /// Leads `CONNECT target` (`host:port`) to this address.
    pub fn route(self, target: &str, address: SocketAddr) -> Self {
        self.shared.state().routes.insert(target.to_owned(), address);
        self
    }

    /// Leads every other target to this address.
    pub fn route_all(self, address: SocketAddr) -> Self {
        self.shared.state().everywhere = Some(address);
        self
    }

    /// Demands Basic credentials; without the right ones the answer is 407.
    pub fn credentials(self, user: &str, password: &str) -> Self {
        self.shared.state().credentials = Some(format!("{user}:{password}"));
        self
    }

    /// Refuses every request with this status.
    pub fn refuse(self, status: u16) -> Self {
        self.shared.state().refusal = Some(status);
        self
    }

    /// Never answers.
    pub fn silent(self) -> Self {
        self.shared.state().silent = true;
        self
    }

    /// Closes the connection in place of an answer.
    pub fn hang_up(self) -> Self {
        self.shared.state().hangs_up = true;
        self
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it was asked, oldest first.
    pub fn connects(&self) -> Vec<Connect> {
        self.shared.state().connects.clone()
    }

    /// Waits until it was asked so often; false when `patience` runs out.
    pub fn wait_for_connects(&self, count: usize, patience: Duration) -> bool {
        wait_until(patience, || self.shared.state().connects.len() >= count)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
        for socket in &self.shared.state().open {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn accept(shared: &Arc<Shared>, listener: &TcpListener) {
    for socket in listener.incoming() {
        if shared.stop.load(Ordering::SeqCst) {
            return;
        }
        let Ok(socket) = socket else { continue };
        let shared = shared.clone();
        thread::spawn(move || {
            // A broken connection is what some tests are about; nobody else needs to know.
            let _ = serve(&shared, socket);
        });
    }
}

fn serve(shared: &Shared, socket: TcpStream) -> io::Result<()> {
    socket.set_nodelay(true)?;
    shared.state().open.push(socket.try_clone()?);
    let mut client = BufReader::new(socket);
    while let Some(request) = Received::read(&mut client, || ())? {
        match decide(shared, &request) {
            Decision::Tunnel(address) => match TcpStream::connect(address) {
                Ok(server) => return tunnel(shared, client, server),
                Err(_) => respond(client.get_mut(), 502, "")?,
            },
            Decision::Refuse(status, header) => respond(client.get_mut(), status, header)?,
            Decision::HangUp => return client.get_mut().shutdown(Shutdown::Both),
            Decision::Ignore => while client.read(&mut [0; 1024])? > 0 {},
        }
    }
    Ok(())
}

enum Decision {
    Tunnel(SocketAddr),
    Refuse(u16, &'static str),
    Ignore,
    HangUp,
}

fn decide(shared: &Shared, request: &Received) -> Decision {
    let credentials = request
        .header("Proxy-Authorization")
        .and_then(|value| value.strip_prefix("Basic "))
        .and_then(|base64| BASE64_STANDARD.decode(base64).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let mut state = shared.state();
    state.connects.push(Connect {
        method: request.method.clone(),
        target: request.path.clone(),
        credentials: credentials.clone(),
        headers: request.headers.clone(),
    });
    if state.hangs_up {
        return Decision::HangUp;
    }
    if state.silent {
        return Decision::Ignore;
    }
    if state.credentials.is_some() && state.credentials != credentials {
        let challenge = "Proxy-Authenticate: Basic realm=\"aadaccess tests\"\r\n";
        return Decision::Refuse(407, challenge);
    }
    if let Some(status) = state.refusal {
        return Decision::Refuse(status, "");
    }
    if request.method != "CONNECT" {
        return Decision::Refuse(405, "Allow: CONNECT\r\n");
    }
    match state.routes.get(&request.path).or(state.everywhere.as_ref()) {
        Some(address) => Decision::Tunnel(*address),
        None => Decision::Refuse(502, ""),
    }
}

fn respond(client: &mut TcpStream, status: u16, header: &str) -> io::Result<()> {
    let answer = format!("HTTP/1.1 {status} Proxy says no\r\n{header}Content-Length: 0\r\n\r\n");
    client.write_all(answer.as_bytes())
}

fn tunnel(shared: &Shared, client: BufReader<TcpStream>, server: TcpStream) -> io::Result<()> {
    server.set_nodelay(true)?;
    shared.state().open.push(server.try_clone()?);
    let early = client.buffer().to_vec();
    let client = client.into_inner();
    (&client).write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    (&server).write_all(&early)?;
    let pump = |mut from: &TcpStream, mut to: &TcpStream| {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    };
    thread::scope(|scope| {
        scope.spawn(|| pump(&server, &client));
        pump(&client, &server);
    });
    Ok(())
}
