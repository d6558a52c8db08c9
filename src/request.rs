//! What to ask: the fields, their defaults, ranges and rules.

use crate::endpoint::{DEFAULT_AUTHORITY, Endpoint, SWAPPED, is_guid};
use crate::error::Error;
use crate::field::{LONGEST_TEXT, check_characters, check_length, refusal};
use crate::http::{ProxySettings, Transport};
use crate::redact::Redactor;
use crate::secret::Secret;
use std::time::Duration;
use zeroize::Zeroizing;

const DEFAULT_SCOPE: &str = "https://graph.microsoft.com/.default";
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(100);
const LONGEST_TIMEOUT: Duration = Duration::from_secs(24 * 3600);
const DEFAULT_RETRIES: u32 = 2;
const MOST_RETRIES: u32 = 10;

/// A token request. Nothing is checked before it is started, and nothing is sent when a check fails.
///
/// With a tenant id and a refresh token it asks for the `refresh_token` grant (RFC 6749, section 6), with the client id
/// and secret sent along where given; else, with tenant id, client id and client secret, for `client_credentials`
/// (section 4.4). Any text may turn out to be a secret in the wrong place, so every one is kept as a [`Secret`], and
/// `Debug` prints none.
#[derive(Clone, Debug, Default)]
pub struct Request {
    tenant_id: Option<Secret>,
    client_id: Option<Secret>,
    client_secret: Option<Secret>,
    refresh_token: Option<Secret>,
    scope: Option<Secret>,
    authority: Option<Secret>,
    ca_file: Option<Secret>,
    proxy: ProxySettings,
    user_agent_suffix: Option<Secret>,
    timeout: Option<Duration>,
    max_retries: Option<u32>,
}

impl Request {
    /// An empty request; a tenant id and the values of one grant are needed.
    pub fn new() -> Self {
        Self::default()
    }

    /// The tenant: a GUID, a domain name, or `common`, `organizations`, `consumers`. Required.
    pub fn tenant_id(mut self, value: impl Into<Secret>) -> Self {
        self.tenant_id = Some(value.into());
        self
    }

    /// The application (client) id. Required with a client secret; with a refresh token Entra demands it too.
    pub fn client_id(mut self, value: impl Into<Secret>) -> Self {
        self.client_id = Some(value.into());
        self
    }

    /// The client secret's value, at most 1 MiB. Sent bit for bit, encoded once.
    pub fn client_secret(mut self, value: impl Into<Secret>) -> Self {
        self.client_secret = Some(value.into());
        self
    }

    /// A refresh token, at most 1 MiB. It wins over a client secret.
    pub fn refresh_token(mut self, value: impl Into<Secret>) -> Self {
        self.refresh_token = Some(value.into());
        self
    }

    /// The scope. Default: `https://graph.microsoft.com/.default`.
    pub fn scope(mut self, value: impl Into<Secret>) -> Self {
        self.scope = Some(value.into());
        self
    }

    /// The authority's base URL: `https://HOST[:PORT]`, or `http://` to a loopback address.
    /// Default: `https://login.microsoftonline.com`.
    pub fn authority(mut self, value: impl Into<Secret>) -> Self {
        self.authority = Some(value.into());
        self
    }

    /// A file of PEM certificates that are trusted beside the operating system's. Read anew at each call.
    /// Default: none.
    pub fn ca_file(mut self, path: impl Into<Secret>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// The proxy's URL, `http://[USER:PASSWORD@]HOST:PORT`; an empty one means no proxy. Default: the environment's
    /// `HTTPS_PROXY`, `https_proxy`, `ALL_PROXY` or `all_proxy`, but for the hosts of `NO_PROXY`.
    pub fn proxy(mut self, url: impl Into<Secret>) -> Self {
        self.proxy.url = Some(url.into());
        self
    }

    /// The proxy's user name, sent as given (RFC 7617); it wins over the URL's. Default: the URL's.
    pub fn proxy_username(mut self, value: impl Into<Secret>) -> Self {
        self.proxy.username = Some(value.into());
        self
    }

    /// The proxy's password, sent as given; it wins over the URL's. Default: the URL's.
    pub fn proxy_password(mut self, value: impl Into<Secret>) -> Self {
        self.proxy.password = Some(value.into());
        self
    }

    /// The hosts that are asked directly, in the form of the `NO_PROXY` variable. Default: the variable when the proxy
    /// comes from the environment, else none.
    pub fn no_proxy(mut self, list: impl Into<Secret>) -> Self {
        self.proxy.no_proxy = Some(list.into());
        self
    }

    /// Text behind the library's own `User-Agent`: printable ASCII, at most 256 characters. Default: none.
    pub fn user_agent_suffix(mut self, value: impl Into<Secret>) -> Self {
        self.user_agent_suffix = Some(value.into());
        self
    }

    /// The time for the whole call, from name resolution to the last retry: 1 ms to 24 h. Default: 100 s.
    pub fn timeout(mut self, value: Duration) -> Self {
        self.timeout = Some(value);
        self
    }

    /// How often a request is sent again after a passing failure: 0 to 10 times. Default: 2.
    pub fn max_retries(mut self, value: u32) -> Self {
        self.max_retries = Some(value);
        self
    }

    /// Checks everything and decides what will be sent.
    pub(crate) fn plan(&self) -> Result<Plan, Error> {
        let timeout = self.timeout.unwrap_or(DEFAULT_TIMEOUT);
        let max_retries = self.max_retries.unwrap_or(DEFAULT_RETRIES);
        check_timeout(timeout)?;
        check_retries(max_retries)?;
        let Some(tenant_id) = &self.tenant_id else { return Err(self.not_enough()) };
        let grant = match (&self.refresh_token, &self.client_id, &self.client_secret) {
            (Some(_), _, _) => Grant::RefreshToken,
            (None, Some(_), Some(_)) => Grant::ClientCredentials,
            _ => return Err(self.not_enough()),
        };
        let authority = self.authority.as_ref().map_or(DEFAULT_AUTHORITY, Secret::expose);
        let endpoint = Endpoint::new(authority, tenant_id.expose())?;
        self.check_fields()?;
        let proxy = self.proxy.choose(&endpoint, |name| std::env::var_os(name))?;
        let user_agent = user_agent(self.user_agent_suffix.as_ref().map(Secret::expose))?;
        let proxy_password = proxy.as_ref().and_then(|p| p.password.clone());
        Ok(Plan {
            form: self.form(grant),
            grant,
            transport: Transport { ca_file: self.ca_file.as_ref().map(|p| p.expose().into()), proxy },
            endpoint,
            timeout,
            max_retries,
            user_agent,
            secret_is_guid: self.client_secret.as_ref().is_some_and(|s| is_guid(s.expose())),
            secrets: [&self.client_secret, &self.refresh_token, &proxy_password]
                .into_iter()
                .flatten()
                .cloned()
                .collect(),
        })
    }

    fn not_enough(&self) -> Error {
        let missing: Vec<&str> = [
            ("a tenant id", self.tenant_id.is_none()),
            ("a client id", self.client_id.is_none() && self.refresh_token.is_none()),
            ("a client secret or a refresh token", self.client_secret.is_none() && self.refresh_token.is_none()),
        ]
        .iter()
        .filter_map(|(name, missing)| missing.then_some(*name))
        .collect();
        Error::invalid(format!("Not enough information provided: {} is missing", missing.join(", ")))
            .with_advice("Give tenant id, client id and client secret, or tenant id and refresh token")
    }

    fn check_fields(&self) -> Result<(), Error> {
        if let Some(id) = &self.client_id {
            check_client_id(id.expose()).map_err(|error| error.with_advice(SWAPPED))?;
        }
        check_secret("client secret", self.client_secret.as_ref())?;
        check_secret("refresh token", self.refresh_token.as_ref())?;
        if let Some(scope) = &self.scope {
            const RULE: &str = "printable ASCII characters but quotes and backslashes (RFC 6749, section 3.3)";
            check_length("scope", scope.expose(), 16 * 1024)?;
            check_characters("scope", scope.expose(), |c| matches!(c, ' '..='~') && c != '"' && c != '\\', RULE)?;
            if scope.expose().trim().is_empty() {
                return Err(refusal("scope", scope.expose(), "has blanks only", RULE));
            }
        }
        if let Some(path) = &self.ca_file {
            check_length("CA file's path", path.expose(), 32 * 1024)?;
            check_characters("CA file's path", path.expose(), |c| c != '\0', "a path without NUL")?;
        }
        for (field, value) in [("proxy user name", &self.proxy.username), ("proxy password", &self.proxy.password)] {
            if let Some(value) = value {
                check_characters(field, value.expose(), |c| !c.is_control(), "no control characters")?;
            }
        }
        Ok(())
    }

    /// The body, in a buffer that never grows, so that no copy of a secret is left behind.
    fn form(&self, grant: Grant) -> Zeroizing<String> {
        let scope = self.scope.as_ref().map_or(DEFAULT_SCOPE, Secret::expose);
        let fields = [
            ("grant_type", Some(grant.as_str())),
            ("client_id", self.client_id.as_ref().map(Secret::expose)),
            ("scope", Some(scope)),
            ("client_secret", self.client_secret.as_ref().map(Secret::expose)),
            ("refresh_token", self.refresh_token.as_ref().filter(|_| grant == Grant::RefreshToken).map(Secret::expose)),
        ];
        let longest = fields.iter().map(|(name, value)| name.len() + 2 + 3 * value.map_or(0, str::len)).sum();
        let mut form = form_urlencoded::Serializer::new(String::with_capacity(longest));
        for (name, value) in fields {
            if let Some(value) = value {
                form.append_pair(name, value);
            }
        }
        Zeroizing::new(form.finish())
    }
}

/// A checked request: everything `acquire` needs and nothing it must check again.
pub(crate) struct Plan {
    pub(crate) endpoint: Endpoint,
    pub(crate) grant: Grant,
    pub(crate) form: Zeroizing<String>,
    pub(crate) transport: Transport,
    pub(crate) timeout: Duration,
    pub(crate) max_retries: u32,
    pub(crate) user_agent: String,
    pub(crate) secret_is_guid: bool,
    secrets: Vec<Secret>,
}

impl Plan {
    pub(crate) fn redactor(&self) -> Redactor {
        Redactor::new(&self.secrets)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grant {
    ClientCredentials,
    RefreshToken,
}

impl Grant {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Grant::ClientCredentials => "client_credentials",
            Grant::RefreshToken => "refresh_token",
        }
    }
}

pub(crate) fn check_timeout(timeout: Duration) -> Result<(), Error> {
    if (Duration::from_millis(1)..=LONGEST_TIMEOUT).contains(&timeout) {
        return Ok(());
    }
    Err(Error::invalid("The timeout is outside its range: 1 to 86400000 milliseconds are allowed"))
}

pub(crate) fn check_retries(retries: u32) -> Result<(), Error> {
    if retries <= MOST_RETRIES {
        return Ok(());
    }
    Err(Error::invalid(format!("The retry limit is outside its range: 0 to {MOST_RETRIES} are allowed")))
}

fn check_client_id(client_id: &str) -> Result<(), Error> {
    const RULE: &str = "the application's GUID, or ASCII letters, digits and - . _ : / @";
    check_length("client id", client_id, 256)?;
    check_characters("client id", client_id, |c| c.is_ascii_alphanumeric() || "-._:/@".contains(c), RULE)
}

fn check_secret(field: &str, secret: Option<&Secret>) -> Result<(), Error> {
    let Some(secret) = secret.map(Secret::expose) else { return Ok(()) };
    check_length(field, secret, LONGEST_TEXT)?;
    if secret.trim().is_empty() {
        return Err(Error::invalid(format!("The {field} has blanks only")));
    }
    check_characters(field, secret, |c| c != '\0', "text without NUL")
}

fn user_agent(suffix: Option<&str>) -> Result<String, Error> {
    let own = crate::http::USER_AGENT;
    let Some(suffix) = suffix else { return Ok(own.to_owned()) };
    check_length("user agent suffix", suffix, 256)?;
    check_characters("user agent suffix", suffix, |c| matches!(c, ' '..='~'), "printable ASCII characters")?;
    Ok(format!("{own} {}", suffix.trim()).trim_end().to_owned())
}
