//! What went wrong before a whole answer was there: the kind, and the sentence.

use super::agent::CONNECT_TIMEOUT;
use super::answer::BodyError;
use super::attempt::{Attempt, Stage};
use crate::error::{Error, ErrorDetails, ErrorKind};
use crate::redact::escape;
use crate::request::Plan;
use rustls::{AlertDescription, CertificateError};
use std::io;
use std::time::{Duration, Instant};

/// ureq shares what is left of the deadline among a host's addresses in whole milliseconds, and may end before it by so much.
const ROUNDING: Duration = Duration::from_millis(20);

/// A failed attempt.
pub(crate) struct Failure {
    pub(crate) error: Error,
    /// Not one byte of the answer had come, and the cause may pass: the request may be sent again.
    pub(crate) may_retry: bool,
    /// It happened on a connection that an earlier request had used.
    pub(crate) reused: bool,
}

impl Failure {
    pub(super) fn of_request(error: ureq::Error, attempt: &Attempt, plan: &Plan, deadline: Instant) -> Self {
        let (stage, reused) = (attempt.stage.get(), !attempt.fresh.get() && attempt.stage.get() >= Stage::Send);
        let may_retry = stage < Stage::Answer;
        let issuer = attempt.refused_issuer.take();
        let error = match error {
            // The limit of one connect attempt, not the call's deadline: the next attempt may do better.
            ureq::Error::Timeout(ureq::Timeout::Connect) if Instant::now() + ROUNDING < deadline => {
                let problem = format!("it took longer than {} s", CONNECT_TIMEOUT.as_secs());
                return Failure { error: network(&problem, stage, plan), may_retry, reused };
            }
            ureq::Error::Timeout(_) => timeout(stage, plan),
            ureq::Error::ConnectProxyFailed(reason) => proxy_refused(&reason, plan),
            ureq::Error::Other(inner) => match inner.downcast::<rustls::Error>() {
                Ok(error) => tls(&error, issuer, stage, plan),
                Err(_) => Error::new(ErrorKind::Internal, "The HTTP client failed in an unknown way"),
            },
            ureq::Error::Io(error) => match tls_cause(&error) {
                Some(cause) => tls(cause, issuer, stage, plan),
                None => return Failure { error: network(&problem(&error), stage, plan), may_retry, reused },
            },
            ureq::Error::HostNotFound => {
                return Failure { error: network("no usable address", stage, plan), may_retry, reused };
            }
            ureq::Error::ConnectionFailed => {
                return Failure { error: network("no connection", stage, plan), may_retry, reused };
            }
            ureq::Error::Http(_) | ureq::Error::Protocol(_) if stage == Stage::Tunnel => no_http_proxy(plan),
            ureq::Error::LargeResponseHeader(..) => protocol("its head is larger than 32 KiB", plan),
            ureq::Error::BodyStalled => protocol("its body ends too early", plan),
            ureq::Error::Http(_) | ureq::Error::Protocol(_) => protocol("it is not HTTP/1.1 as RFC 9112 has it", plan),
            _ => Error::new(ErrorKind::Internal, "The HTTP client failed in an unknown way"),
        };
        Failure { error, may_retry: false, reused: false }
    }

    pub(super) fn of_body(error: BodyError, status: u16, plan: &Plan) -> Self {
        let error = match error {
            BodyError::TooLarge => protocol("it is larger than 1 MiB", plan),
            BodyError::Io(error) => match ureq::Error::from(error) {
                ureq::Error::Timeout(_) => timeout(Stage::Answer, plan),
                ureq::Error::Io(error) => network(&problem(&error), Stage::Answer, plan),
                _ => protocol("its body is not framed as RFC 9112 has it", plan),
            },
        };
        let details = ErrorDetails { http_status: Some(status), ..ErrorDetails::default() };
        Failure { error: error.with_details(details), may_retry: false, reused: false }
    }

    /// Names the id that the server may have logged although its answer never came.
    pub(crate) fn with_request_id(mut self, request_id: &str) -> Self {
        let details = self.error.details().clone();
        let correlation_id = Some(request_id.to_owned());
        self.error = self.error.with_details(ErrorDetails { correlation_id, ..details });
        self
    }
}

/// What broke a connection. For a close the words of ureq and rustls mean nothing to people.
fn problem(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "the other end closed it".to_owned(),
        _ => error.to_string(),
    }
}

/// The party at the other end while the connection is being made.
fn peer(plan: &Plan) -> String {
    match &plan.transport.proxy {
        Some(proxy) => format!("the proxy {}:{}", proxy.host, proxy.port),
        None => plan.endpoint.host.clone(),
    }
}

fn timeout(stage: Stage, plan: &Plan) -> Error {
    let host = &plan.endpoint.host;
    let doing = match stage {
        Stage::Resolve => format!("looking up {}", peer(plan)),
        Stage::Connect => format!("connecting to {}", peer(plan)),
        Stage::ProxyTls => format!("the TLS handshake with {}", peer(plan)),
        Stage::Tunnel => format!("waiting for {} to connect to {host}", peer(plan)),
        Stage::Tls => format!("the TLS handshake with {host}"),
        Stage::Send | Stage::Answer => format!("waiting for the answer of {host}"),
    };
    Error::new(ErrorKind::Timeout, format!("The time was up while {doing}"))
}

fn network(problem: &str, stage: Stage, plan: &Plan) -> Error {
    let (what, advice) = match stage {
        Stage::Resolve => (
            format!("The name of {} could not be resolved", peer(plan)),
            "Check the name, this machine's DNS, and whether a proxy is needed",
        ),
        Stage::Connect => (
            format!("No connection to {}", peer(plan)),
            "Check the network, the firewall, and whether a proxy is needed",
        ),
        Stage::Tunnel => (
            format!("The connection to {} broke before it led to {}", peer(plan), plan.endpoint.host),
            "Check that this address is an HTTP proxy",
        ),
        Stage::ProxyTls | Stage::Tls => (
            format!("The connection to {} broke in the TLS handshake", tls_peer(stage, plan).0),
            "Check for a firewall or proxy that ends TLS connections",
        ),
        Stage::Send => (
            format!("The connection to {} broke before it answered", plan.endpoint.host),
            "Try again; if it stays, check firewalls and proxies between here and there",
        ),
        Stage::Answer => (
            format!("The connection to {} broke in the middle of its answer", plan.endpoint.host),
            "Try again; if it stays, check firewalls and proxies between here and there",
        ),
    };
    Error::new(ErrorKind::Network, format!("{what}: {}", escape(problem))).with_advice(advice)
}

fn protocol(problem: &str, plan: &Plan) -> Error {
    Error::unusable_answer(&plan.endpoint.host, problem)
}

fn proxy_refused(reason: &str, plan: &Plan) -> Error {
    // ureq's reason reads "proxy server responded 407/407" or tells of silence.
    let status: Option<u16> = reason.split([' ', '/']).find_map(|word| word.parse().ok());
    match status {
        Some(407) => proxy_error(
            |host| match plan.transport.proxy.as_ref().and_then(|proxy| proxy.username.as_ref()) {
                Some(_) => format!("wants other credentials (407) to connect to {host}"),
                None => format!("wants credentials (407) to connect to {host}"),
            },
            "Give the proxy's user name and password; Basic authentication is spoken, Negotiate and NTLM are not",
            plan,
        ),
        Some(status) => proxy_error(
            |host| format!("refused to connect to {host} (HTTP {status})"),
            "Ask the proxy's administrator to allow this host",
            plan,
        ),
        None => proxy_error(
            |host| format!("closed the connection without an answer to CONNECT {host}"),
            "Check that this address is an HTTP proxy",
            plan,
        ),
    }
}

fn no_http_proxy(plan: &Plan) -> Error {
    let what = |host: &str| format!("does not answer in HTTP when asked to connect to {host}");
    proxy_error(what, "Check that this address is an HTTP proxy", plan)
}

fn proxy_error(what: impl Fn(&str) -> String, advice: &str, plan: &Plan) -> Error {
    let peer = peer(plan).replacen("the", "The", 1);
    Error::new(ErrorKind::Proxy, format!("{peer} {}", what(&plan.endpoint.host))).with_advice(advice)
}

fn tls_cause(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

/// The party of a TLS handshake, and its host alone.
fn tls_peer(stage: Stage, plan: &Plan) -> (String, &str) {
    match &plan.transport.proxy {
        Some(proxy) if stage == Stage::ProxyTls => (peer(plan), &proxy.host),
        _ => (plan.endpoint.host.clone(), &plan.endpoint.bare_host),
    }
}

fn tls(error: &rustls::Error, issuer: Option<String>, stage: Stage, plan: &Plan) -> Error {
    let (peer, host) = tls_peer(stage, plan);
    let issued = issuer.map_or_else(String::new, |name| format!(" (issued by {name})"));
    let (problem, advice) = match error {
        rustls::Error::InvalidCertificate(problem) => certificate(problem, &issued, host),
        rustls::Error::AlertReceived(AlertDescription::CertificateRequired) => (
            "the server wants a client certificate".to_owned(),
            "Client certificates are not supported: check the authority",
        ),
        rustls::Error::InvalidMessage(_) => (
            "the server does not answer in TLS".to_owned(),
            "Check that the port is one for https, and that no proxy answers in the server's place",
        ),
        other => (escape(&other.to_string()), "Check for a proxy that inspects TLS connections"),
    };
    Error::new(ErrorKind::Tls, format!("TLS with {peer} failed: {problem}; trusted are {}", trust_store(plan)))
        .with_advice(advice)
}

fn trust_store(plan: &Plan) -> &'static str {
    match plan.transport.ca_file {
        Some(_) => "the operating system's certificates and those of the CA file",
        None => "the operating system's certificates",
    }
}

fn certificate(problem: &CertificateError, issued: &str, host: &str) -> (String, &'static str) {
    match problem {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => (
            format!("the server's certificate has expired{issued}"),
            "Check this machine's clock; else the server's owner must renew it",
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            (format!("the server's certificate is not valid yet{issued}"), "Check this machine's clock")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
            format!("the server's certificate is for another host than {host}{issued}"),
            "Check the authority's host name, and for a proxy that inspects TLS connections",
        ),
        CertificateError::UnknownIssuer => (
            format!("the server's certificate comes from an unknown issuer{issued}"),
            "Where a proxy inspects TLS, install its CA certificate in the operating system or name it as CA file (-CACertificatePath in PowerShell)",
        ),
        CertificateError::Revoked => {
            (format!("the server's certificate is revoked{issued}"), "Do not go on: ask the server's owner")
        }
        other => (
            format!("the server's certificate is refused: {}{issued}", said_of(other)),
            "Check for a proxy that inspects TLS connections",
        ),
    }
}

/// What the operating system says, or the name that rustls has for it.
fn said_of(problem: &CertificateError) -> String {
    let said = match problem {
        CertificateError::Other(reason) => reason.to_string(),
        other => format!("{other:?}"),
    };
    escape(&said).chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Request;
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    /// The error of a call through a proxy that answers with these bytes and hangs up.
    fn through_proxy(scheme: &str, answer: &'static [u8]) -> Error {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let proxy = thread::spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            // A CONNECT comes in several writes, a ClientHello in one.
            while !request.ends_with(b"\r\n\r\n") && request.first() != Some(&0x16) {
                let mut buffer = [0; 4096];
                let read = connection.read(&mut buffer).unwrap();
                request.extend_from_slice(&buffer[..read]);
            }
            connection.write_all(answer).unwrap();
        });
        let error = Request::new()
            .tenant_id("a.example")
            .client_id("app")
            .client_secret("secret-value")
            .authority("https://login.test.example")
            .proxy(format!("{scheme}://{address}"))
            .max_retries(0)
            .acquire()
            .unwrap_err();
        proxy.join().unwrap();
        assert!(error.to_string().contains(&format!("he proxy {address}")), "{error}");
        error
    }

    #[test]
    fn what_speaks_no_http_is_called_no_proxy() {
        for answer in [b"SSH-2.0-OpenSSH_9.6\r\n".as_slice(), b"HTTP/1.1 abc\r\n\r\n"] {
            let error = through_proxy("http", answer);
            assert_eq!(error.kind(), ErrorKind::Proxy, "{error}");
            assert!(error.to_string().starts_with("The proxy"), "{error}");
        }
    }

    #[test]
    fn tls_with_the_proxy_is_told_apart_from_tls_through_it() {
        let error = through_proxy("https", b"HTTP/1.1 400 Bad Request\r\n\r\n");
        assert_eq!(error.kind(), ErrorKind::Tls, "{error}");
        assert!(!error.to_string().contains("login.test.example"), "{error}");
    }
}
