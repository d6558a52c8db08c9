//! What the endpoint was sent.

use std::io::{self, BufRead, Read, Write};
use std::time::Instant;

use serde_json::{Value, json};

const MAX_HEAD: usize = 256 * 1024;
const MAX_BODY: usize = 64 * 1024 * 1024;

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    /// `POST`.
    pub method: String,
    /// The request target as it stood in the request line.
    pub path: String,
    /// The first segment of the path.
    pub tenant: String,
    /// Names as they were spelled, in their order.
    pub headers: Vec<(String, String)>,
    /// The decoded form, in its order.
    pub form: Vec<(String, String)>,
    /// The body's bytes.
    pub raw_body: Vec<u8>,
    /// Which connection it came on; the first is 1.
    pub connection: u64,
    /// Its place on that connection; 1 is the first request.
    pub nth_on_connection: u64,
    /// Over TLS: was the session resumed?
    pub tls_resumed: Option<bool>,
    /// When the whole request had been read.
    pub at: Instant,
}

impl Received {
    /// The first header of this name, without regard to case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter();
        found.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The first form field of this name.
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut found = self.form.iter();
        found.find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "method": self.method, "path": self.path, "headers": self.headers, "form": self.form,
            "connection": self.connection, "nth_on_connection": self.nth_on_connection,
            "tls_resumed": self.tls_resumed,
        })
    }

    /// Reads one request. `None`: the other side closed in place of sending one.
    pub(crate) fn read<S: Read + Write>(
        stream: &mut io::BufReader<S>,
        started: impl FnOnce(),
    ) -> io::Result<Option<Self>> {
        let mut limited = stream.by_ref().take(MAX_HEAD as u64);
        if limited.fill_buf()?.is_empty() {
            return Ok(None);
        }
        started();
        let first = line(&mut limited)?;
        let mut words = first.split(' ');
        let (Some(method), Some(path), Some(_version)) = (words.next(), words.next(), words.next()) else {
            return Err(malformed("request line"));
        };
        let tenant = path.trim_start_matches('/').split(['/', '?']).next();
        let mut received = Self {
            method: method.to_owned(),
            path: path.to_owned(),
            tenant: tenant.unwrap_or_default().to_owned(),
            headers: Vec::new(),
            form: Vec::new(),
            raw_body: Vec::new(),
            connection: 0,
            nth_on_connection: 0,
            tls_resumed: None,
            at: Instant::now(),
        };
        loop {
            let header = line(&mut limited)?;
            if header.is_empty() {
                break;
            }
            let (name, value) = header.split_once(':').ok_or_else(|| malformed("header"))?;
            let pair = (name.to_owned(), value.trim().to_owned());
            received.headers.push(pair);
        }
        if received.header("Transfer-Encoding").is_some() {
            return Err(malformed("Transfer-Encoding: a Content-Length is expected"));
        }
        let length = match received.header("Content-Length") {
            Some(text) => text.parse().map_err(|_| malformed("Content-Length"))?,
            None => 0,
        };
        if length > MAX_BODY {
            return Err(malformed("Content-Length"));
        }
        if received.header("Expect").is_some() {
            stream.get_mut().write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
            stream.get_mut().flush()?;
        }
        received.raw_body = vec![0; length];
        stream.read_exact(&mut received.raw_body)?;
        let form = form_urlencoded::parse(&received.raw_body);
        received.form = form.into_owned().collect();
        received.at = Instant::now();
        Ok(Some(received))
    }
}

/// One line without its CR LF.
fn line(stream: &mut impl BufRead) -> io::Result<String> {
    let mut bytes = Vec::new();
    stream.read_until(b'\n', &mut bytes)?;
    if !bytes.ends_with(b"\r\n") {
        return Err(malformed("line"));
    }
    bytes.truncate(bytes.len() - 2);
    String::from_utf8(bytes).map_err(|_| malformed("line"))
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("malformed {what}"))
}
