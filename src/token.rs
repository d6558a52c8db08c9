//! The token: value, type, lifetime, header text.

use crate::error::{Error, ErrorKind};
use crate::redact::Redactor;
use crate::secret::Secret;
use crate::wire::Answer;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use zeroize::Zeroizing;

/// Longer lifetimes are taken for this one; Entra's longest is 28 hours.
const LONGEST_LIFETIME: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// An access token, as the server issued it. `Debug` shows neither the token nor the header.
#[derive(Clone)]
pub struct Token {
    header: Secret,
    refresh_token: Option<Secret>,
    scope: Option<String>,
    expires_on: Option<SystemTime>,
    correlation_id: String,
}

const TOKEN_TYPE: &str = "Bearer";

impl Token {
    /// The value of the `Authorization` header: `Bearer <access token>`.
    pub fn authorization_header(&self) -> &str {
        self.header.expose()
    }

    /// The access token. It is opaque: neither its length nor its form is promised.
    pub fn access_token(&self) -> &str {
        &self.header.expose()[TOKEN_TYPE.len() + 1..]
    }

    /// Always `Bearer`, in this spelling; no other type is accepted.
    pub fn token_type(&self) -> &str {
        TOKEN_TYPE
    }

    /// The refresh token that replaces the one sent, where the server issued one; otherwise the old one stays good.
    pub fn refresh_token(&self) -> Option<&str> {
        self.refresh_token.as_ref().map(Secret::expose)
    }

    /// The scope that the server says it granted.
    pub fn scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }

    /// When the token expires, by this machine's clock; `None` when the server did not say so in a usable way.
    pub fn expires_on(&self) -> Option<SystemTime> {
        self.expires_on
    }

    /// The same in whole seconds since 1970-01-01 UTC.
    pub fn expires_on_unix_s(&self) -> Option<i64> {
        let since = self.expires_on?.duration_since(UNIX_EPOCH).ok()?;
        i64::try_from(since.as_secs()).ok()
    }

    /// The id under which Microsoft's support finds this request.
    pub fn correlation_id(&self) -> &str {
        &self.correlation_id
    }

    /// Builds the token from a successful answer to a request sent at `sent`.
    ///
    /// # Errors
    /// What is wrong with it: `access_token` must be `b64token` characters (RFC 6750, section 2.1), so that no header
    /// can be injected.
    pub(crate) fn from_answer(
        answer: &Answer<'_>,
        sent: SystemTime,
        correlation_id: &str,
        redactor: &Redactor,
    ) -> Result<Self, Error> {
        let refuse = |what: &str| Err(Error::new(ErrorKind::Protocol, what));
        let Some(access_token) = answer.access_token() else {
            return refuse("it holds no access token");
        };
        if !is_b64token(access_token.expose()) {
            return refuse("its access token has characters that no Authorization header may carry");
        }
        if answer.token_type().is_some_and(|t| !t.eq_ignore_ascii_case(TOKEN_TYPE)) {
            return refuse("its token type is not Bearer");
        }
        let refresh_token = answer.refresh_token();
        if refresh_token.as_ref().is_some_and(|t| !t.expose().bytes().all(|b| (0x20..0x7f).contains(&b))) {
            return refuse("its refresh token has characters that are not printable");
        }
        let mut header = Zeroizing::new(String::with_capacity(TOKEN_TYPE.len() + 1 + access_token.expose().len()));
        header.push_str(TOKEN_TYPE);
        header.push(' ');
        header.push_str(access_token.expose());
        Ok(Token {
            header: Secret::from(std::mem::take(&mut *header)),
            refresh_token,
            scope: answer.scope().map(|scope| redactor.clean(&scope)),
            expires_on: answer
                .expires_in()
                .and_then(|s| sent.checked_add(Duration::from_secs(s).min(LONGEST_LIFETIME))),
            correlation_id: correlation_id.to_owned(),
        })
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("token_type", &TOKEN_TYPE)
            .field("scope", &self.scope)
            .field("expires_on_unix_s", &self.expires_on_unix_s())
            .field("correlation_id", &self.correlation_id)
            .finish_non_exhaustive()
    }
}

/// `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`
fn is_b64token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty() && body.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~+/".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(json: &str) -> Result<Token, Error> {
        let answer = Answer::parse(json.as_bytes()).unwrap();
        Token::from_answer(&answer, UNIX_EPOCH, "id", &Redactor::new(&[]))
    }

    #[test]
    fn a_token_needs_no_more_than_its_value() {
        let token = token(r#"{"access_token":"aA0-._~+/=="}"#).unwrap();
        assert_eq!(token.authorization_header(), "Bearer aA0-._~+/==");
        assert_eq!(token.access_token(), "aA0-._~+/==");
        assert_eq!((token.expires_on_unix_s(), token.refresh_token(), token.scope()), (None, None, None));
    }

    #[test]
    fn what_could_inject_a_header_is_refused() {
        for value in ["", "a b", "a\\r\\nX: y", "=", "a=b", "ä", "a\\u0000"] {
            let json = format!("{{\"access_token\":\"{value}\"}}");
            assert_eq!(token(&json).unwrap_err().kind(), ErrorKind::Protocol, "{value}");
        }
        assert!(token(r#"{"access_token":"a","token_type":"mac"}"#).is_err());
        assert!(token(r#"{"access_token":"a","token_type":"bEARER"}"#).is_ok());
        assert!(token(r#"{"access_token":"a","refresh_token":"b\n"}"#).is_err());
    }

    #[test]
    fn absurd_lifetimes_are_clamped() {
        let expiry = |json| token(json).unwrap().expires_on_unix_s();
        assert_eq!(expiry(r#"{"access_token":"a","expires_in":"3599"}"#), Some(3599));
        assert_eq!(expiry(r#"{"access_token":"a","expires_in":1e308}"#), Some(315_360_000));
        assert_eq!(expiry(r#"{"access_token":"a","expires_in":-1}"#), None);
    }

    #[test]
    fn debug_output_shows_no_token() {
        let shown = format!("{:?}", token(r#"{"access_token":"tok-1234","refresh_token":"ref-1234"}"#).unwrap());
        assert!(!shown.contains("1234"), "{shown}");
    }
}
