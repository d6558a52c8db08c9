//! Makes text from the server fit to be shown: secrets of this request are replaced, control characters escaped.

use crate::secret::Secret;
use crate::wire::without_byte_order_mark;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value;
use std::fmt::Write;
use zeroize::Zeroizing;

const REDACTED: &str = "[redacted]";
const WITHHELD: &str = "[withheld: the text repeats a secret of fewer than 8 characters]";
/// Shorter secrets occur in ordinary words: replacing them would tell where, so the whole text is withheld.
const SHORT: usize = 8;
const LONGEST_JSON: usize = 64 * 1024;

/// The marks that an encoder leaves as they are, and what it makes of a blank: in a form (WHATWG URL), in .NET's
/// HttpUtility, in a URI (RFC 3986).
const ENCODERS: &[(&str, &str)] = &[("*-._", "+"), ("*-._", "%20"), ("!*()-._", "+"), ("-._~", "%20")];

/// The error codes of OAuth and Entra, which are shown whatever the secret is.
const KNOWN_ERRORS: &[&str] = &[
    "access_denied",
    "authorization_declined",
    "authorization_pending",
    "bad_verification_code",
    "consent_required",
    "expired_token",
    "interaction_required",
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_resource",
    "invalid_scope",
    "login_required",
    "server_error",
    "slow_down",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
];

/// The spellings of a request's secrets that must not be shown.
pub(crate) struct Redactor {
    long: Vec<Zeroizing<String>>,
    short: Vec<Zeroizing<String>>,
}

impl Redactor {
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut redactor = Redactor { long: Vec::new(), short: Vec::new() };
        for secret in secrets {
            let secret = secret.expose();
            let into = if secret.chars().count() < SHORT { &mut redactor.short } else { &mut redactor.long };
            into.extend(spellings(secret).into_iter().filter(|spelling| !spelling.is_empty()));
        }
        redactor
    }

    /// `text` without secrets and without control characters.
    pub(crate) fn clean(&self, text: &str) -> String {
        escape(&self.redact(text))
    }

    /// An OAuth error code: the registered ones pass, whatever the secret is.
    pub(crate) fn clean_error_code(&self, code: &str) -> String {
        if KNOWN_ERRORS.contains(&code) { code.to_owned() } else { self.clean(code) }
    }

    /// `text` without secrets.
    pub(crate) fn redact(&self, text: &str) -> String {
        if self.short.iter().any(|secret| text.contains(secret.as_str())) {
            return WITHHELD.to_owned();
        }
        // All are found in the text as it came: replaced one by one, a secret that overlaps another would show its rest.
        let mut found: Vec<(usize, usize)> = self
            .long
            .iter()
            .flat_map(|secret| text.match_indices(secret.as_str()))
            .map(|(start, secret)| (start, start + secret.len()))
            .collect();
        found.sort_unstable();
        let mut clean = String::with_capacity(text.len());
        let mut done = 0;
        for (start, end) in found {
            if start >= done {
                clean.push_str(&text[done..start]);
                clean.push_str(REDACTED);
            }
            done = done.max(end);
        }
        clean.push_str(&text[done..]);
        clean
    }

    /// `body` as JSON with each string redacted; `None` where it is no JSON or longer than 64 KiB.
    pub(crate) fn clean_json(&self, body: &[u8]) -> Option<String> {
        let value: Value = serde_json::from_slice(without_byte_order_mark(body)).ok()?;
        let text = escape_in_json(&serde_json::to_string(&self.clean_value(None, value)).ok()?);
        (text.len() <= LONGEST_JSON).then_some(text)
    }

    /// Text that is JSON itself: its line breaks and tabs stay, so that it still can be read as such.
    pub(crate) fn clean_json_text(&self, json: &str) -> String {
        escape_in_json(&self.redact(json))
    }

    fn clean_value(&self, name: Option<&str>, value: Value) -> Value {
        match value {
            Value::String(text) if name == Some("error") => Value::String(self.clean_error_code(&text)),
            Value::String(text) => Value::String(self.redact(&text)),
            Value::Array(items) => Value::Array(items.into_iter().map(|item| self.clean_value(None, item)).collect()),
            Value::Object(members) => Value::Object(
                members
                    .into_iter()
                    .map(|(name, value)| {
                        let value = self.clean_value(Some(&name), value);
                        (self.redact(&name), value)
                    })
                    .collect(),
            ),
            Value::Number(number) => match self.redact(&number.to_string()) {
                text if text == number.to_string() => Value::Number(number),
                text => Value::String(text),
            },
            other => other,
        }
    }
}

/// Raw, form- and percent-encoded with either case of digits, JSON-escaped, base64 and base64url (which match with
/// padding too).
fn spellings(secret: &str) -> Vec<Zeroizing<String>> {
    let quoted = Zeroizing::new(serde_json::to_string(secret).unwrap_or_default());
    let mut all = vec![
        Zeroizing::new(secret.to_owned()),
        Zeroizing::new(quoted.trim_matches('"').replace('/', "\\/")),
        Zeroizing::new(quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned()),
        Zeroizing::new(STANDARD_NO_PAD.encode(secret)),
        Zeroizing::new(URL_SAFE_NO_PAD.encode(secret)),
    ];
    let plain_everywhere = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    let encoders: &[(&str, &str)] = match secret.bytes().all(plain_everywhere) {
        true => &[],
        false => ENCODERS,
    };
    for (plain, blank) in encoders {
        for digits in [b"0123456789ABCDEF", b"0123456789abcdef"] {
            all.push(percent_encoded(secret, plain, blank, digits));
        }
    }
    all.sort_by(|a, b| a.as_str().cmp(b));
    all.dedup_by(|a, b| a.as_str() == b.as_str());
    all
}

fn percent_encoded(secret: &str, plain: &str, blank: &str, digits: &[u8; 16]) -> Zeroizing<String> {
    // A buffer that never grows, so that no copy is left behind.
    let mut encoded = Zeroizing::new(String::with_capacity(3 * secret.len()));
    for byte in secret.bytes() {
        if byte == b' ' {
            encoded.push_str(blank);
        } else if byte.is_ascii_alphanumeric() || plain.as_bytes().contains(&byte) {
            encoded.push(byte.into());
        } else {
            encoded.push('%');
            encoded.push(digits[usize::from(byte >> 4)].into());
            encoded.push(digits[usize::from(byte & 0xf)].into());
        }
    }
    encoded
}

/// Escapes control characters, line and paragraph separators, and the marks that change a line's direction.
pub(crate) fn escape(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\r' => shown.push_str("\\r"),
            '\n' => shown.push_str("\\n"),
            '\t' => shown.push_str("\\t"),
            c if changes_the_display(c) => {
                let _ = write!(shown, "\\u{{{:x}}}", c as u32);
            }
            c => shown.push(c),
        }
    }
    shown
}

fn changes_the_display(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The same for JSON, where such characters stand in strings only and serde_json escapes none beyond U+001F.
fn escape_in_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        if changes_the_display(c) {
            let _ = write!(shown, "\\u{:04x}", c as u32);
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "pä ss\"wo/rd+1";

    fn redactor(secrets: &[&str]) -> Redactor {
        let secrets: Vec<Secret> = secrets.iter().map(|&s| Secret::from(s)).collect();
        Redactor::new(&secrets)
    }

    #[test]
    fn every_spelling_of_a_secret_is_replaced() {
        let redactor = redactor(&[SECRET]);
        for spelling in [
            SECRET,
            "p%C3%A4+ss%22wo%2Frd%2B1",
            "p%c3%a4+ss%22wo%2frd%2b1",
            "p%C3%A4%20ss%22wo%2Frd%2B1",
            "p%c3%a4%20ss%22wo%2frd%2b1",
            "pä ss\\\"wo/rd+1",
            "pä ss\\\"wo\\/rd+1",
            &STANDARD_NO_PAD.encode(SECRET),
            &URL_SAFE_NO_PAD.encode(SECRET),
        ] {
            assert_eq!(redactor.clean(&format!("a {spelling} b")), "a [redacted] b", "{spelling}");
        }
    }

    #[test]
    fn marks_that_encoders_treat_differently_hide_no_secret() {
        let redactor = redactor(&["a~b+c*d!e(f)g"]);
        for spelling in ["a%7Eb%2Bc*d%21e%28f%29g", "a%7eb%2bc*d!e(f)g", "a~b%2Bc%2Ad%21e%28f%29g"] {
            assert_eq!(redactor.clean(spelling), REDACTED, "{spelling}");
        }
    }

    #[test]
    fn secrets_that_overlap_show_no_rest() {
        let redactor = redactor(&["abcdefgh1234", "1234ijklmnop", "ijklmnop"]);
        assert_eq!(redactor.clean("<abcdefgh1234ijklmnop>"), "<[redacted]>");
        assert_eq!(redactor.clean("abcdefgh1234, ijklmnop"), "[redacted], [redacted]");
    }

    #[test]
    fn a_text_that_holds_a_short_secret_is_withheld_but_not_a_known_error_code() {
        let redactor = redactor(&["client"]);
        assert_eq!(redactor.clean("the client is wrong"), WITHHELD);
        assert_eq!(redactor.clean("another text"), "another text");
        assert_eq!(redactor.clean_error_code("invalid_client"), "invalid_client");
        assert_eq!(redactor.clean_error_code("my_client"), WITHHELD);
    }

    #[test]
    fn json_stays_json_and_loses_its_secrets() {
        let body = br#"{"error":"invalid_client","s3cret-value":["xs3cret-valuey",1,null],"n":12345678}"#;
        let cleaned = redactor(&["s3cret-value", "12345678"]).clean_json(body).unwrap();
        let value: Value = serde_json::from_str(&cleaned).unwrap();
        assert_eq!(value["error"], "invalid_client");
        assert_eq!(value[REDACTED][0], "x[redacted]y");
        assert_eq!(value["n"], REDACTED);
        assert_eq!(redactor(&[]).clean_json(b"<html>"), None);
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(LONGEST_JSON));
        assert_eq!(redactor(&[]).clean_json(long.as_bytes()), None);
    }

    #[test]
    fn json_moves_no_cursor_and_may_begin_with_a_byte_order_mark() {
        let cleaned = redactor(&[]).clean_json("\u{feff}{\"a\":\"\u{9b}2J\u{7f}\u{202e}\\n\"}".as_bytes()).unwrap();
        assert_eq!(cleaned, r#"{"a":"\u009b2J\u007f\u202e\n"}"#);
        assert_eq!(serde_json::from_str::<Value>(&cleaned).unwrap()["a"], "\u{9b}2J\u{7f}\u{202e}\n");
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(redactor(&[]).clean("a\r\n\tb\u{1b}[31m\u{202e}c"), "a\\r\\n\\tb\\u{1b}[31m\\u{202e}c");
    }
}
