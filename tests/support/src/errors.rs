//! Error answers as Entra ID writes them.

use serde_json::json;

use crate::reply::Reply;

/// The `correlation_id` of an error when the request had no `client-request-id`.
pub const CORRELATION_ID: &str = "c0ffee00-1111-4222-8333-444455556666";
/// The `trace_id` of every error.
pub const TRACE_ID: &str = "7ace1d00-aaaa-4bbb-8ccc-ddddeeeeffff";
/// The `timestamp` of every error.
pub const TIMESTAMP: &str = "2026-01-02 03:04:05Z";

/// AADSTS number, HTTP status, `error`, and what the description says.
#[rustfmt::skip]
pub(crate) const KNOWN: [(u32, u16, &str, &str); 21] = [
    (50011, 400, "invalid_request", "The redirect URI specified in the request does not match."),
    (50173, 400, "invalid_grant", "The provided grant has expired due to it being revoked, a fresh auth token is needed."),
    (50196, 400, "invalid_grant", "The server terminated an operation because it encountered a client request loop."),
    (53003, 400, "interaction_required", "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance."),
    (65001, 400, "invalid_grant", "The user or administrator has not consented to use the application."),
    (70008, 400, "invalid_grant", "The provided authorization code or refresh token has expired due to inactivity."),
    (70011, 400, "invalid_scope", "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid."),
    (70016, 400, "authorization_pending", "OAuth 2.0 device flow error. Authorization is pending. Continue polling."),
    (70020, 400, "expired_token", "The provided value for the input parameter 'device_code' is not valid. This device code has expired."),
    (90002, 400, "invalid_request", "Tenant not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud."),
    (90033, 503, "temporarily_unavailable", "A transient error has occurred. Please try again."),
    (500011, 400, "invalid_resource", "The resource principal was not found in the tenant."),
    (700016, 400, "unauthorized_client", "Application was not found in the directory. This can happen if the application has not been installed by the administrator of the tenant."),
    (700024, 401, "invalid_client", "Client assertion is not within its valid time range."),
    (700025, 401, "invalid_client", "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."),
    (700027, 401, "invalid_client", "Client assertion failed signature validation."),
    (700082, 400, "invalid_grant", "The refresh token has expired due to inactivity."),
    (900144, 400, "invalid_request", "The request body must contain the following parameter: 'client_id'."),
    (7000215, 401, "invalid_client", "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to the app."),
    (7000218, 401, "invalid_client", "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."),
    (7000222, 401, "invalid_client", "The provided client secret keys for the app are expired."),
];

impl Reply {
    /// Entra's answer with this AADSTS number.
    ///
    /// # Panics
    /// When the number is not among the known ones.
    pub fn aadsts(code: u32) -> Self {
        let reply = Self::known(code);
        reply.unwrap_or_else(|| panic!("AADSTS{code} is not in the table of errors"))
    }

    pub(crate) fn known(code: u32) -> Option<Self> {
        let mut known = KNOWN.iter();
        let found = known.find(|(number, ..)| *number == code)?;
        Some(Self::error(found.1, found.2, code, found.3))
    }

    /// The whole error JSON of Entra: `error`, a description that begins `AADSTS<code>: ` and has
    /// CR LF in it, `error_codes`, the ids, `timestamp` and `error_uri`. The correlation id is the
    /// request's `client-request-id` when it has one, else [`CORRELATION_ID`].
    pub fn error(status: u16, error: &str, code: u32, text: &str) -> Self {
        let description = format!(
            "AADSTS{code}: {text}\r\nTrace ID: {TRACE_ID}\r\nCorrelation ID: {{correlation_id}}\r\nTimestamp: {TIMESTAMP}"
        );
        let body = json!({
            "error": error,
            "error_description": description,
            "error_codes": [code],
            "timestamp": TIMESTAMP,
            "trace_id": TRACE_ID,
            "correlation_id": "{correlation_id}",
            "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
        });
        Self::json(status, body)
    }
}
