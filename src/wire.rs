//! The shapes of the token endpoint's answers (RFC 6749, sections 5.1 and 5.2; Microsoft: "Microsoft identity platform
//! and the OAuth 2.0 client credentials flow"). The only file that knows how members are spelled.
//!
//! Members are kept as raw JSON and read leniently, one by one: a member of an unexpected type counts as absent and
//! never breaks the answer. A member that comes twice does.

use crate::secret::Secret;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Deeper nesting is refused: no token answer has any.
const DEEPEST: usize = 32;

/// Members of both kinds of answer; which kind it is, the caller decides.
#[derive(Deserialize)]
pub(crate) struct Answer<'a> {
    #[serde(borrow, default)]
    access_token: Option<&'a RawValue>,
    #[serde(borrow, default)]
    token_type: Option<&'a RawValue>,
    #[serde(borrow, default)]
    expires_in: Option<&'a RawValue>,
    #[serde(borrow, default)]
    refresh_token: Option<&'a RawValue>,
    #[serde(borrow, default)]
    scope: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error_description: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error_codes: Option<&'a RawValue>,
    #[serde(borrow, default)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow, default)]
    trace_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    correlation_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    suberror: Option<&'a RawValue>,
    #[serde(borrow, default)]
    claims: Option<&'a RawValue>,
    #[serde(borrow, default)]
    interval: Option<&'a RawValue>,
}

impl<'a> Answer<'a> {
    /// Reads a JSON object; the error says what is wrong with it without repeating any of it.
    pub(crate) fn parse(body: &'a [u8]) -> Result<Self, String> {
        let body = without_byte_order_mark(body);
        if body.iter().find(|b| !b.is_ascii_whitespace()) != Some(&b'{') {
            return Err("it is no JSON object".to_owned());
        }
        if depth(body) > DEEPEST {
            return Err("its JSON is nested too deeply".to_owned());
        }
        serde_json::from_slice(body).map_err(|error| {
            let what = match error.classify() {
                serde_json::error::Category::Eof => "its JSON ends too early",
                serde_json::error::Category::Data => "a member of its JSON comes twice",
                _ => "its JSON is broken",
            };
            format!("{what} (line {}, column {})", error.line(), error.column())
        })
    }

    pub(crate) fn access_token(&self) -> Option<Secret> {
        text(self.access_token).filter(|t| !t.is_empty()).map(Secret::from)
    }

    pub(crate) fn refresh_token(&self) -> Option<Secret> {
        text(self.refresh_token).filter(|t| !t.is_empty()).map(Secret::from)
    }

    pub(crate) fn token_type(&self) -> Option<String> {
        text(self.token_type).filter(|t| !t.is_empty())
    }

    pub(crate) fn scope(&self) -> Option<String> {
        text(self.scope)
    }

    /// Seconds; `None` when absent, negative or no number.
    pub(crate) fn expires_in(&self) -> Option<u64> {
        seconds(self.expires_in)
    }

    /// Seconds between polls.
    pub(crate) fn interval(&self) -> Option<u64> {
        seconds(self.interval)
    }

    pub(crate) fn error(&self) -> Option<String> {
        text(self.error).filter(|t| !t.is_empty())
    }

    pub(crate) fn error_description(&self) -> Option<String> {
        text(self.error_description)
    }

    pub(crate) fn error_codes(&self) -> Vec<u64> {
        let raw: Vec<&RawValue> = self.error_codes.and_then(|v| serde_json::from_str(v.get()).ok()).unwrap_or_default();
        raw.into_iter().filter_map(|code| seconds(Some(code))).collect()
    }

    pub(crate) fn timestamp(&self) -> Option<String> {
        text(self.timestamp)
    }

    pub(crate) fn trace_id(&self) -> Option<String> {
        text(self.trace_id)
    }

    pub(crate) fn correlation_id(&self) -> Option<String> {
        text(self.correlation_id).filter(|t| !t.is_empty())
    }

    pub(crate) fn suberror(&self) -> Option<String> {
        text(self.suberror).filter(|t| !t.is_empty())
    }

    /// The claims challenge: JSON inside a string as Entra sends it, or an object as some gateways rewrite it.
    pub(crate) fn claims(&self) -> Option<String> {
        text(self.claims).or_else(|| self.claims.map(|raw| raw.get().to_owned()))
    }
}

pub(crate) fn without_byte_order_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

fn text(raw: Option<&RawValue>) -> Option<String> {
    serde_json::from_str(raw?.get()).ok()
}

/// A whole number of seconds from a JSON number or from a string that holds one; fractions are dropped, what is too
/// large is clamped.
fn seconds(raw: Option<&RawValue>) -> Option<u64> {
    let text = text(raw).or_else(|| raw.map(|r| r.get().to_owned()))?;
    let text = text.trim();
    if let Ok(whole) = text.parse::<u64>() {
        return Some(whole);
    }
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    text.parse::<f64>().ok().filter(|n| *n >= 0.0).map(|n| n as u64)
}

fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for &byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expires_in(json: &str) -> Option<u64> {
        Answer::parse(format!("{{\"expires_in\":{json}}}").as_bytes()).unwrap().expires_in()
    }

    #[test]
    fn lifetimes_come_as_numbers_or_strings_and_absurd_ones_break_nothing() {
        assert_eq!(expires_in("3599"), Some(3599));
        assert_eq!(expires_in("\"3599\""), Some(3599));
        assert_eq!(expires_in("3599.9"), Some(3599));
        assert_eq!(expires_in("9223372036854775808"), Some(1 << 63));
        assert_eq!(expires_in("1e308"), Some(u64::MAX));
        assert_eq!(expires_in("1e999"), Some(u64::MAX));
        for absurd in ["-1", "\"soon\"", "null", "[1]", "{}", "true", "\"\"", "\"inf\""] {
            assert_eq!(expires_in(absurd), None, "{absurd}");
        }
    }

    #[test]
    fn members_of_unexpected_types_count_as_absent() {
        let answer =
            Answer::parse(br#" {"error":7,"error_codes":["7000215",70011,"x"],"access_token":[],"x":{"y":1e999}}"#)
                .unwrap();
        assert_eq!(answer.error(), None);
        assert!(answer.access_token().is_none());
        assert_eq!(answer.error_codes(), [7000215, 70011]);
    }

    #[test]
    fn what_is_no_object_is_refused_without_being_repeated() {
        let deep = format!("{{\"a\":{}", "[".repeat(200_000));
        for body in ["", "[]", "<html>", "\"s\"", "{\"a\":", "{'a':1}", "{\"error\":1,\"error\":2}", &deep, "\u{0}"] {
            let problem = Answer::parse(body.as_bytes()).err().expect(body);
            assert!(problem.starts_with("it") || problem.starts_with("a member"), "{problem}");
        }
        assert!(Answer::parse(b"\xef\xbb\xbf{}").is_ok());
    }
}
