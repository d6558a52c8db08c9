//! The endpoint's threads: accepting, reading requests, writing answers.

use std::io::{self, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::endpoint::{Open, Shared, remember};
use crate::errors::CORRELATION_ID;
use crate::received::Received;
use crate::reply::{Body, Drip, Fault, Reply};
use crate::stream::Stream;

pub(crate) fn accept(shared: &Arc<Shared>, listener: &TcpListener) {
    for socket in listener.incoming() {
        if shared.stopped() {
            return;
        }
        let Ok(socket) = socket else {
            // Out of file descriptors, say: tests that open many shall not end in a busy loop.
            thread::sleep(Duration::from_millis(10));
            continue;
        };
        let id = shared.connections.fetch_add(1, Ordering::SeqCst) + 1;
        let shared = shared.clone();
        thread::spawn(move || {
            // A broken connection is what some tests are about; nobody else needs to know.
            let _ = serve(&shared, socket, id);
            shared.state().open.remove(&id);
        });
    }
}

fn serve(shared: &Shared, socket: TcpStream, id: u64) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let open = Open { socket: socket.try_clone()?, idle: false };
    shared.state().open.insert(id, open);
    let mut stream = BufReader::new(Stream::new(socket, shared.tls.as_ref())?);
    let set_idle = |idle| {
        if let Some(open) = shared.state().open.get_mut(&id) {
            open.idle = idle;
        }
    };
    for nth in 1.. {
        let mut request = match Received::read(&mut stream, || set_idle(false)) {
            Ok(Some(request)) => request,
            Ok(None) => break,
            Err(error) => {
                if error.kind() == io::ErrorKind::InvalidData && shared.tls.is_none() {
                    // A client that speaks TLS to this port, say.
                    stream.get_mut().write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")?;
                }
                return Err(error);
            }
        };
        request.connection = id;
        request.nth_on_connection = nth;
        request.tls_resumed = stream.get_ref().resumed();
        let output = stream.get_mut();
        let goes_on = match control(shared, &request) {
            Some(reply) => send(shared, output, &request, &reply)?,
            None => {
                shared.record(&request);
                if nth > 1 && spend(shared) {
                    output.die();
                    break;
                }
                let reply = shared.answer(&request);
                // Before the answer: a test may close the idle ones as soon as it has it.
                set_idle(reply.is_prompt());
                send(shared, output, &request, &reply)?
            }
        };
        if !goes_on || shared.stopped() {
            break;
        }
        set_idle(true);
    }
    Ok(())
}

/// Takes one from the number of reused connections to kill.
fn spend(shared: &Shared) -> bool {
    let one_less = |left: usize| left.checked_sub(1);
    let left = &shared.kill_reused;
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok()
}

/// Requests of test programs for the record: `GET` and `DELETE /_requests/{tenant}`.
fn control(shared: &Shared, request: &Received) -> Option<Reply> {
    let tenant = request.path.strip_prefix("/_requests/")?;
    match request.method.as_str() {
        "GET" => {
            let elsewhere = shared.elsewhere.get().map_or(0, |it| it.connections());
            let state = shared.state();
            let found = state.tenants.get(tenant);
            let requests = found.map_or_else(Vec::new, |it| it.requests.iter().map(Received::to_json).collect());
            let answer = json!({
                "count": found.map_or(0, |it| it.count), "requests": requests,
                "issued": state.issued, "elsewhere": elsewhere,
            });
            Some(Reply::json(200, answer))
        }
        "DELETE" => {
            shared.clear(tenant);
            Some(Reply::status(204))
        }
        _ => Some(Reply::status(405).header("Allow", "GET, DELETE")),
    }
}

/// Writes the answer. False: the connection is over.
fn send(shared: &Shared, out: &mut Stream, request: &Received, reply: &Reply) -> io::Result<bool> {
    if !pause(shared, reply.delay) {
        return Ok(false);
    }
    match &reply.fault {
        Fault::Die => out.die(),
        Fault::Silence => while out.read(&mut [0; 1024])? > 0 {},
        Fault::EndlessContinue => {
            while pause(shared, Duration::from_millis(20)) {
                write(shared, out, b"HTTP/1.1 100 Continue\r\n\r\n", None)?;
            }
        }
        Fault::EndlessHead => {
            write(shared, out, b"HTTP/1.1 200 OK\r\n", None)?;
            for n in 0u64.. {
                let line = format!("X-Padding-{n}: {}\r\n", "x".repeat(64));
                write(shared, out, line.as_bytes(), None)?;
            }
        }
        Fault::Raw(bytes) => {
            write(shared, out, bytes, reply.drip)?;
            out.close();
        }
        Fault::DieInBody(after) => {
            let (head, mut body) = render(shared, request, reply);
            body.truncate(*after);
            write(shared, out, &[head, body].concat(), None)?;
            out.die();
        }
        Fault::None => return send_whole(shared, out, request, reply),
    }
    Ok(false)
}

fn send_whole(shared: &Shared, out: &mut Stream, request: &Received, reply: &Reply) -> io::Result<bool> {
    let (head, body) = render(shared, request, reply);
    match reply.drip {
        None => write(shared, out, &[head, body].concat(), None)?,
        Some(drip) => {
            write(shared, out, &head, reply.drip.filter(|it| it.head_too))?;
            write(shared, out, &body, Some(drip))?;
        }
    }
    if reply.endless {
        let length = if reply.drip.is_some() { 1 } else { 16 * 1024 };
        let mut more = "x".repeat(length);
        if reply.chunked {
            more = format!("{length:x}\r\n{more}\r\n");
        }
        loop {
            write(shared, out, more.as_bytes(), reply.drip)?;
        }
    }
    if reply.close {
        out.close();
    }
    Ok(!reply.close)
}

/// Head and body as bytes.
fn render(shared: &Shared, request: &Received, reply: &Reply) -> (Vec<u8>, Vec<u8>) {
    let id = request.header("client-request-id").unwrap_or(CORRELATION_ID);
    let entra = !matches!(reply.body, Body::Bytes(_));
    let mut body = match &reply.body {
        Body::Bytes(bytes) => bytes.clone(),
        Body::Json(members) => Value::Object(members.clone()).to_string().into_bytes(),
        Body::Token(members, length) => {
            let mut members = members.clone();
            if !members.contains_key("access_token") {
                let token = fresh_token(*length);
                remember(&mut shared.state().issued, token.clone());
                members.insert("access_token".to_owned(), token.into());
            }
            Value::Object(members).to_string().into_bytes()
        }
    };
    if entra {
        let text = String::from_utf8(body).expect("JSON is UTF-8");
        body = text.replace("{correlation_id}", id).into_bytes();
    }
    let mut head = format!("HTTP/1.1 {} {}\r\n", reply.status, reason(reply.status));
    for (name, value) in &reply.headers {
        head += &format!("{name}: {value}\r\n");
    }
    if entra && request.header("return-client-request-id") == Some("true") {
        head += &format!("client-request-id: {id}\r\n");
    }
    let bodiless = reply.status == 204 || reply.status == 304;
    if reply.chunked {
        head += "Transfer-Encoding: chunked\r\n";
        body = chunks(&body, !reply.endless);
    } else if !reply.endless && !bodiless {
        let length = reply.claimed_length.unwrap_or(body.len() as u64);
        head += &format!("Content-Length: {length}\r\n");
    }
    if reply.close {
        head += "Connection: close\r\n";
    }
    (format!("{head}\r\n").into_bytes(), body)
}

fn chunks(body: &[u8], ends: bool) -> Vec<u8> {
    let mut all = Vec::new();
    for chunk in body.chunks(1000) {
        all.extend(format!("{:x}\r\n", chunk.len()).bytes());
        all.extend(chunk);
        all.extend(b"\r\n");
    }
    if ends {
        all.extend(b"0\r\n\r\n");
    }
    all
}

/// No two in one process are alike; all characters are those of `b64token`.
fn fresh_token(length: usize) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut token = format!("test-token-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    const FILLER: &str = ".eyJ0eXAiOiJKV1QiLCJub25jZSI6Ik-_~+/";
    let missing = length.saturating_sub(token.len());
    token.extend(FILLER.chars().cycle().take(missing));
    token
}

fn write(shared: &Shared, out: &mut Stream, bytes: &[u8], drip: Option<Drip>) -> io::Result<()> {
    let Some(drip) = drip else {
        if shared.stopped() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        out.write_all(bytes)?;
        return out.flush();
    };
    for byte in bytes {
        if !pause(shared, drip.pause) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        out.write_all(&[*byte])?;
        out.flush()?;
    }
    Ok(())
}

/// Sleeps; false when the endpoint was stopped meanwhile.
fn pause(shared: &Shared, time: Duration) -> bool {
    let end = Instant::now() + time;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() || shared.stopped() {
            return !shared.stopped();
        }
        thread::sleep(left.min(Duration::from_millis(50)));
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}
