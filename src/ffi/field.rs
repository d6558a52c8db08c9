//! The fields of a call.

use super::text::Text;
use crate::call::Call;
use crate::error::{Error, ErrorDetails};
use crate::token::Token;
use once_cell::race::OnceBox;
use std::time::Duration;

/// Text, secret. The value of the Authorization header: "Bearer eyJ0...".
pub const AAD_FIELD_HEADER: i32 = 1;
/// Text, secret. The access token. It is opaque.
pub const AAD_FIELD_ACCESS_TOKEN: i32 = 2;
/// Text. "Bearer".
pub const AAD_FIELD_TOKEN_TYPE: i32 = 3;
/// Text, secret. The refresh token that replaces the one sent; absent when the old one stays good.
pub const AAD_FIELD_REFRESH_TOKEN: i32 = 4;
/// Text. The scope that the server says it granted.
pub const AAD_FIELD_SCOPE: i32 = 5;
/// Text. Why there is no token: one sentence, at most 1,000 characters, without any secret.
pub const AAD_FIELD_ERROR_TEXT: i32 = 6;
/// Text. What to do about it; absent when there is nothing to say.
pub const AAD_FIELD_ERROR_ADVICE: i32 = 7;
/// Text. The server's error answer as JSON, each string redacted; at most 64 KiB, else reduced to error, codes and ids.
pub const AAD_FIELD_ERROR_JSON: i32 = 8;
/// Text. The OAuth error code, such as invalid_client (RFC 6749, section 5.2).
pub const AAD_FIELD_OAUTH_ERROR: i32 = 9;
/// Text. Entra's suberror.
pub const AAD_FIELD_OAUTH_SUBERROR: i32 = 10;
/// Text. The error_description, whole.
pub const AAD_FIELD_OAUTH_DESCRIPTION: i32 = 11;
/// Text. The AADSTS numbers, with commas between: "7000215".
pub const AAD_FIELD_ERROR_CODES: i32 = 12;
/// Text. The id under which Microsoft's support finds the request; of a success, too.
pub const AAD_FIELD_CORRELATION_ID: i32 = 13;
/// Text. Entra's trace_id.
pub const AAD_FIELD_TRACE_ID: i32 = 14;
/// Text. The server's timestamp of an error.
pub const AAD_FIELD_TIMESTAMP: i32 = 15;
/// Text. The claims challenge of Conditional Access, never cut.
pub const AAD_FIELD_CLAIMS: i32 = 16;
/// Text. The host that was asked, with its port where that is not the scheme's own.
pub const AAD_FIELD_HOST: i32 = 17;
/// Text. client_credentials or refresh_token.
pub const AAD_FIELD_GRANT: i32 = 18;
/// Number. When the token expires, in seconds since 1970-01-01 UTC by this machine's clock; -1: unknown.
pub const AAD_FIELD_EXPIRES_ON_UNIX_S: i32 = 64;
/// Number. The HTTP status of the last answer of a failed call.
pub const AAD_FIELD_HTTP_STATUS: i32 = 65;
/// Number. Seconds that the server asks to wait (Retry-After).
pub const AAD_FIELD_RETRY_AFTER_S: i32 = 66;
/// Number, also while the call is running. Attempts made so far.
pub const AAD_FIELD_ATTEMPTS: i32 = 67;
/// Number, also while the call is running. What it waits for now: 0 nothing, 1 to retry after a failure, 2 to retry after
/// being throttled, 3 to ask again for a pending authorization.
pub const AAD_FIELD_WAIT_REASON: i32 = 68;
/// Number, also while the call is running. Milliseconds that are left of the present wait; 0 when it is not waiting.
pub const AAD_FIELD_WAIT_REMAINING_MS: i32 = 69;
/// Number, also while the call is running. Milliseconds waited between requests so far.
pub const AAD_FIELD_WAITED_MS: i32 = 70;
/// Number, also while the call is running. Milliseconds since the call was begun; of a finished one, what it took.
pub const AAD_FIELD_DURATION_MS: i32 = 71;

/// The texts of a finished call by number; made when the first is asked for.
pub(super) struct Texts(Vec<(i32, Text)>);

impl Texts {
    pub(super) fn new(call: &Call, result: &Result<Token, Error>) -> Self {
        let mut texts = Texts(Vec::with_capacity(12));
        texts.add(AAD_FIELD_HOST, call.host());
        texts.add(AAD_FIELD_GRANT, call.grant());
        match result {
            Ok(token) => texts.add_token(token),
            Err(error) => texts.add_error(error),
        }
        texts
    }

    fn of_error(error: &Error) -> Box<Self> {
        let mut texts = Texts(Vec::new());
        texts.add_error(error);
        Box::new(texts)
    }

    fn add(&mut self, field: i32, text: Option<&str>) {
        if let Some(text) = text {
            self.0.push((field, Text::new(text)));
        }
    }

    fn add_token(&mut self, token: &Token) {
        self.add(AAD_FIELD_HEADER, Some(token.authorization_header()));
        self.add(AAD_FIELD_ACCESS_TOKEN, Some(token.access_token()));
        self.add(AAD_FIELD_TOKEN_TYPE, Some(token.token_type()));
        self.add(AAD_FIELD_REFRESH_TOKEN, token.refresh_token());
        self.add(AAD_FIELD_SCOPE, token.scope());
        self.add(AAD_FIELD_CORRELATION_ID, Some(token.correlation_id()));
    }

    fn add_error(&mut self, error: &Error) {
        let details: &ErrorDetails = error.details();
        let codes: Vec<String> = details.error_codes.iter().map(u64::to_string).collect();
        self.add(AAD_FIELD_ERROR_TEXT, Some(&error.to_string()));
        self.add(AAD_FIELD_ERROR_ADVICE, error.advice());
        self.add(AAD_FIELD_ERROR_JSON, details.json.as_deref());
        self.add(AAD_FIELD_OAUTH_ERROR, details.oauth_error.as_deref());
        self.add(AAD_FIELD_OAUTH_SUBERROR, details.suberror.as_deref());
        self.add(AAD_FIELD_OAUTH_DESCRIPTION, details.error_description.as_deref());
        self.add(AAD_FIELD_ERROR_CODES, (!codes.is_empty()).then(|| codes.join(",")).as_deref());
        self.add(AAD_FIELD_CORRELATION_ID, details.correlation_id.as_deref());
        self.add(AAD_FIELD_TRACE_ID, details.trace_id.as_deref());
        self.add(AAD_FIELD_TIMESTAMP, details.timestamp.as_deref());
        self.add(AAD_FIELD_CLAIMS, details.claims.as_deref());
    }

    pub(super) fn get(&self, field: i32) -> Option<&Text> {
        self.0.iter().find(|(number, _)| *number == field).map(|(_, text)| text)
    }
}

/// The texts of a call of the parent, in a forked child. Lock-free, for a lock may have been held at the fork.
pub(super) fn in_forked_child() -> &'static Texts {
    static TEXTS: OnceBox<Texts> = OnceBox::new();
    TEXTS.get_or_init(|| Texts::of_error(&crate::call::in_child()))
}

/// The texts of the static call.
pub(super) fn without_call() -> &'static Texts {
    static TEXTS: OnceBox<Texts> = OnceBox::new();
    TEXTS.get_or_init(|| Texts::of_error(&crate::call::defect()))
}

pub(super) fn int(call: &Call, field: i32) -> Option<i64> {
    let millis = |duration: Duration| i64::try_from(duration.as_millis()).ok();
    match field {
        _ if !call.is_own() => None,
        AAD_FIELD_ATTEMPTS => Some(call.attempts().into()),
        AAD_FIELD_WAIT_REASON => Some(call.waiting().map_or(0, |(reason, _)| reason as i64)),
        AAD_FIELD_WAIT_REMAINING_MS => millis(call.waiting().map_or(Duration::ZERO, |(_, left)| left)),
        AAD_FIELD_WAITED_MS => millis(call.waited()),
        AAD_FIELD_DURATION_MS => millis(call.duration()),
        _ => match (field, call.result()?) {
            (AAD_FIELD_EXPIRES_ON_UNIX_S, Ok(token)) => token.expires_on_unix_s(),
            (AAD_FIELD_HTTP_STATUS, Err(error)) => error.details().http_status.map(i64::from),
            (AAD_FIELD_RETRY_AFTER_S, Err(error)) => i64::try_from(error.details().retry_after?.as_secs()).ok(),
            _ => None,
        },
    }
}
