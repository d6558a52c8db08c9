//! What went wrong: a kind, one sentence for people, and the parts of the server's answer.

use std::fmt;
use std::time::Duration;

/// The kind of a failure. The numbers of the C ABI's statuses are in `ffi::status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value of the request is missing or not allowed; nothing was sent.
    InvalidArgument,
    /// The server refused the request with an OAuth error (RFC 6749, section 5.2).
    OAuth,
    /// The server wants a person to sign in, consent or answer a challenge; no unattended call can.
    InteractionRequired,
    /// The deadline ended while the server still answered `authorization_pending` or `slow_down`.
    AuthorizationPending,
    /// The server answered 429 and the wait it asks for does not fit, or the retries are used up.
    Throttled,
    /// The server answered 5xx or 408, or `temporarily_unavailable`, and the retries are used up.
    Server,
    /// A 4xx answer without an OAuth error.
    Http,
    /// The answer is no token answer: not JSON, too large, encoded, or with a token that cannot go into a header.
    Protocol,
    /// The server answered 3xx; redirects are never followed.
    Redirect,
    /// No connection, a name that does not resolve, or a connection that broke.
    Network,
    /// The proxy refused to connect, or wants other credentials (407).
    Proxy,
    /// The TLS handshake failed; the server's certificate is not trusted, for example.
    Tls,
    /// The deadline of the call ended.
    Timeout,
    /// The caller cancelled the call.
    Cancelled,
    /// An option or a combination that this version does not know.
    Unsupported,
    /// A defect of this library, or of the system: no thread could be started, for example.
    Internal,
}

impl ErrorKind {
    /// The kind in words, as `aad_status_text` gives it: "invalid argument", "timeout".
    pub fn text(self) -> &'static str {
        match self {
            ErrorKind::InvalidArgument => "invalid argument",
            ErrorKind::OAuth => "oauth",
            ErrorKind::InteractionRequired => "interaction required",
            ErrorKind::AuthorizationPending => "authorization pending",
            ErrorKind::Throttled => "throttled",
            ErrorKind::Server => "server",
            ErrorKind::Http => "http",
            ErrorKind::Protocol => "protocol",
            ErrorKind::Redirect => "redirect",
            ErrorKind::Network => "network",
            ErrorKind::Proxy => "proxy",
            ErrorKind::Tls => "tls",
            ErrorKind::Timeout => "timeout",
            ErrorKind::Cancelled => "cancelled",
            ErrorKind::Unsupported => "unsupported",
            ErrorKind::Internal => "internal",
        }
    }
}

/// The parts of a refused request, as far as the server gave them. All text is escaped and redacted.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ErrorDetails {
    /// The HTTP status of the last answer.
    pub http_status: Option<u16>,
    /// The OAuth error code, `invalid_client` for example (RFC 6749, section 5.2).
    pub oauth_error: Option<String>,
    /// Entra's `suberror`.
    pub suberror: Option<String>,
    /// The `error_description`, whole.
    pub error_description: Option<String>,
    /// The AADSTS numbers (`error_codes`).
    pub error_codes: Vec<u64>,
    /// The id under which Microsoft's support finds this request.
    pub correlation_id: Option<String>,
    /// Entra's `trace_id`.
    pub trace_id: Option<String>,
    /// The server's `timestamp`.
    pub timestamp: Option<String>,
    /// The claims challenge of Conditional Access, never shortened.
    pub claims: Option<String>,
    /// How long the server asks to wait (`Retry-After`).
    pub retry_after: Option<Duration>,
    /// The whole error answer as JSON, each string redacted; at most 64 KiB, else reduced to error, codes and ids.
    pub json: Option<String>,
}

/// Why no token was received.
///
/// `Display` gives one sentence for people, at most 1,000 characters; [`advice`](Error::advice) says what to do.
/// Neither holds a secret of the request.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    advice: Option<String>,
    details: ErrorDetails,
}

/// The longest sentence for people, in characters.
const LONGEST_MESSAGE: usize = 1_000;

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Box::new(Inner {
            kind,
            message: shortened(message.into()),
            advice: None,
            details: ErrorDetails::default(),
        }))
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::InvalidArgument, message)
    }

    /// An answer that is no token answer; `answer` names whose it is.
    pub(crate) fn unusable_answer(answer: &str, problem: &str) -> Self {
        Error::new(ErrorKind::Protocol, format!("The answer of {answer} cannot be used: {problem}"))
            .with_advice("Check that the authority is right, and that no proxy or sign-in page answers in its place")
    }

    pub(crate) fn with_advice(mut self, advice: impl Into<String>) -> Self {
        self.0.advice = Some(advice.into());
        self
    }

    pub(crate) fn with_details(mut self, details: ErrorDetails) -> Self {
        self.0.details = details;
        self
    }

    /// Adds a clause to the sentence, such as why no further attempt was made. A long sentence is cut before it.
    pub(crate) fn because(mut self, clause: &str) -> Self {
        let room = LONGEST_MESSAGE.saturating_sub(clause.chars().count() + 2);
        let message = std::mem::take(&mut self.0.message);
        self.0.message = shortened(format!("{}; {clause}", cut(message, room)));
        self
    }

    /// The kind, for programs.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What to do about it, where there is something to say.
    pub fn advice(&self) -> Option<&str> {
        self.0.advice.as_deref()
    }

    /// The parts of the server's answer.
    pub fn details(&self) -> &ErrorDetails {
        &self.0.details
    }
}

fn shortened(message: String) -> String {
    cut(message, LONGEST_MESSAGE)
}

fn cut(message: String, longest: usize) -> String {
    match message.char_indices().nth(longest) {
        None => message,
        Some(_) => message.chars().take(longest.saturating_sub(3)).chain("...".chars()).collect(),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("advice", &self.0.advice)
            .field("details", &self.0.details)
            .finish()
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_cut_at_a_thousand_characters() {
        let exact = Error::invalid("é".repeat(1_000));
        assert_eq!(exact.to_string().chars().count(), 1_000);
        let long = Error::invalid("é".repeat(1_001)).to_string();
        assert_eq!(long.chars().count(), 1_000);
        assert!(long.ends_with("é..."));
        let explained = Error::invalid(long).because("the reason").to_string();
        assert_eq!(explained.chars().count(), 1_000);
        assert!(explained.ends_with("é...; the reason"), "{explained}");
    }
}
