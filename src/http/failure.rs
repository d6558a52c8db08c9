//! What went wrong before a whole answer was there: the kind, and the sentence.

use super::agent::CONNECT_TIMEOUT;
use super::answer::BodyError;
use super::attempt::{Attempt, Stage};
use crate::error::{Error, ErrorDetails, ErrorKind};
use crate::redact::escape;
use crate::request::Plan;
use rustls::{AlertDescription, CertificateError};
use std::io;

/// A failed attempt.
pub(crate) struct Failure {
    pub(crate) error: Error,
    /// Not one byte of the answer had come, and the cause may pass: the request may be sent again.
    pub(crate) may_retry: bool,
    /// It happened on a connection that an earlier request had used.
    pub(crate) reused: bool,
}

impl Failure {
    pub(super) fn of_request(error: ureq::Error, attempt: &Attempt, plan: &Plan) -> Self {
        let (stage, reused) = (attempt.stage.get(), !attempt.fresh.get() && attempt.stage.get() >= Stage::Send);
        let may_retry = stage < Stage::Answer;
        let issuer = attempt.refused_issuer.take();
        let error = match error {
            // The limit of one connect attempt, not the call's deadline: the next attempt may do better.
            ureq::Error::Timeout(ureq::Timeout::Connect) => {
                let problem = format!("it took longer than {} s", CONNECT_TIMEOUT.as_secs());
                return Failure { error: network(&problem, stage, plan), may_retry, reused };
            }
            ureq::Error::Timeout(_) => timeout(stage, plan),
            ureq::Error::ConnectProxyFailed(reason) => proxy_refused(&reason, plan),
            ureq::Error::Other(inner) => match inner.downcast::<rustls::Error>() {
                Ok(error) => tls(&error, issuer, plan),
                Err(_) => Error::new(ErrorKind::Internal, "The HTTP client failed in an unknown way"),
            },
            ureq::Error::Io(error) => match tls_cause(&error) {
                Some(cause) => tls(cause, issuer, plan),
                None => return Failure { error: network(&error.to_string(), stage, plan), may_retry, reused },
            },
            ureq::Error::HostNotFound => {
                return Failure { error: network("no usable address", stage, plan), may_retry, reused };
            }
            ureq::Error::ConnectionFailed => {
                return Failure { error: network("no connection", stage, plan), may_retry, reused };
            }
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
                ureq::Error::Io(error) => network(&error.to_string(), Stage::Answer, plan),
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

/// The party at the other end while the connection is being made.
fn peer(plan: &Plan) -> String {
    match &plan.transport.proxy {
        Some(proxy) => format!("the proxy {}:{}", proxy.host, proxy.port),
        None => plan.endpoint.host.clone(),
    }
}

fn timeout(stage: Stage, plan: &Plan) -> Error {
    let doing = match stage {
        Stage::Resolve => format!("looking up {}", peer(plan)),
        Stage::Connect => format!("connecting to {}", peer(plan)),
        Stage::Tls => format!("the TLS handshake with {}", plan.endpoint.host),
        Stage::Send | Stage::Answer => format!("waiting for the answer of {}", plan.endpoint.host),
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
        Stage::Tls => (
            format!("The connection to {} broke in the TLS handshake", plan.endpoint.host),
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
    Error::new(ErrorKind::Protocol, format!("The answer of {} cannot be used: {problem}", plan.endpoint.host))
        .with_advice("Check that the authority is right, and that no proxy or sign-in page answers in its place")
}

fn proxy_refused(reason: &str, plan: &Plan) -> Error {
    // ureq's reason reads "proxy server responded 407/407" or tells of silence.
    let status: Option<u16> = reason.split([' ', '/']).find_map(|word| word.parse().ok());
    let (peer, host) = (peer(plan), &plan.endpoint.host);
    match status {
        Some(407) => Error::new(ErrorKind::Proxy, format!("{peer} wants other credentials (407) to connect to {host}"))
            .with_advice(
                "Give the proxy's user name and password; Basic authentication is spoken, Negotiate and NTLM are not",
            ),
        Some(status) => Error::new(ErrorKind::Proxy, format!("{peer} refused to connect to {host} (HTTP {status})"))
            .with_advice("Ask the proxy's administrator to allow this host"),
        None => {
            Error::new(ErrorKind::Proxy, format!("{peer} closed the connection without an answer to CONNECT {host}"))
                .with_advice("Check that this address is an HTTP proxy")
        }
    }
}

fn tls_cause(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

fn tls(error: &rustls::Error, issuer: Option<String>, plan: &Plan) -> Error {
    let host = &plan.endpoint.host;
    let issued = issuer.map_or_else(String::new, |name| format!(" (issued by {name})"));
    let (problem, advice) = match error {
        rustls::Error::InvalidCertificate(problem) => certificate(problem, &issued, plan),
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
    Error::new(ErrorKind::Tls, format!("TLS with {host} failed: {problem}; trusted are {}", trust_store(plan)))
        .with_advice(advice)
}

fn trust_store(plan: &Plan) -> &'static str {
    match plan.transport.ca_file {
        Some(_) => "the operating system's certificates and those of the CA file",
        None => "the operating system's certificates",
    }
}

fn certificate(problem: &CertificateError, issued: &str, plan: &Plan) -> (String, &'static str) {
    match problem {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => (
            format!("the server's certificate has expired{issued}"),
            "Check this machine's clock; else the server's owner must renew it",
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            (format!("the server's certificate is not valid yet{issued}"), "Check this machine's clock")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
            format!("the server's certificate is for another host than {}{issued}", plan.endpoint.bare_host),
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
            format!(
                "the server's certificate is refused: {}{issued}",
                escape(&format!("{other:?}")).chars().take(200).collect::<String>()
            ),
            "Check for a proxy that inspects TLS connections",
        ),
    }
}
