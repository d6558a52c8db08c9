//! Authority and tenant to the checked URL of the token endpoint.

use crate::error::Error;
use crate::field::{check_characters, check_length, refusal};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where tokens come from when nothing else is said: the global cloud (Microsoft: "National clouds").
pub(crate) const DEFAULT_AUTHORITY: &str = "https://login.microsoftonline.com";

pub(crate) const SWAPPED: &str = "Check that the values are in their places: arguments may be swapped (tenant id, client id, client secret, refresh token)";

const TENANT_RULE: &str = "a GUID, a domain name such as contoso.onmicrosoft.com, or common, organizations, consumers";
const AUTHORITY_RULE: &str = "https://HOST or https://HOST:PORT, and http:// for a loopback address only";

/// The token endpoint of one tenant.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    /// The whole URL.
    pub(crate) url: String,
    /// Host, and port where it is not the scheme's own: what texts for people name.
    pub(crate) host: String,
    /// Plain http, to a loopback address.
    pub(crate) plain_http: bool,
    /// The host is a loopback address or `localhost`.
    pub(crate) loopback: bool,
    /// The host alone, without brackets, for the proxy rules.
    pub(crate) bare_host: String,
    /// The port, the scheme's own included.
    pub(crate) port: u16,
}

impl Endpoint {
    pub(crate) fn new(authority: &str, tenant_id: &str) -> Result<Self, Error> {
        check_tenant(tenant_id).map_err(|error| error.with_advice(SWAPPED))?;
        let base = BaseUrl::parse("authority", authority, AUTHORITY_RULE)?;
        let plain_http = base.scheme == "http";
        let loopback = base.host == "localhost" || base.ip.is_some_and(|ip| ip.is_loopback());
        if plain_http && !loopback {
            return Err(refusal(
                "authority",
                authority,
                "uses http to a host that is no loopback address",
                AUTHORITY_RULE,
            ));
        }
        Ok(Endpoint {
            url: format!("{}://{}/{tenant_id}/oauth2/v2.0/token", base.scheme, base.host_and_port()),
            host: base.host_and_port(),
            plain_http,
            loopback,
            port: base.port(),
            bare_host: base.host,
        })
    }
}

fn check_tenant(tenant_id: &str) -> Result<(), Error> {
    const FIELD: &str = "tenant id";
    check_length(FIELD, tenant_id, 253)?;
    check_characters(FIELD, tenant_id, |c| c.is_ascii_alphanumeric() || c == '-' || c == '.', TENANT_RULE)?;
    let well_known = ["common", "organizations", "consumers"].iter().any(|name| tenant_id.eq_ignore_ascii_case(name));
    if well_known || is_guid(tenant_id) || (tenant_id.contains('.') && is_domain_name(tenant_id)) {
        return Ok(());
    }
    Err(refusal(FIELD, tenant_id, "is none of these", TENANT_RULE))
}

/// 8-4-4-4-12 hexadecimal digits.
pub(crate) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

fn is_domain_name(text: &str) -> bool {
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    text.len() <= 253
        && text.split('.').all(label)
        // A last label that a resolver could read as a number makes the whole name an address ("127.1", "0x7f.1").
        && !last.bytes().all(|b| b.is_ascii_digit())
        && !last.to_ascii_lowercase().starts_with("0x")
}

/// `scheme://host[:port][/]` and nothing else; user info only where `parse_with_user_info` is called.
pub(crate) struct BaseUrl {
    pub(crate) scheme: &'static str,
    pub(crate) host: String,
    pub(crate) ip: Option<IpAddr>,
    explicit_port: Option<u16>,
}

impl BaseUrl {
    pub(crate) fn parse(field: &str, text: &str, rule: &str) -> Result<Self, Error> {
        let refuse = |what: &str| refusal(field, text, what, rule);
        check_length(field, text, 2_048)?;
        check_characters(field, text, |c| c.is_ascii_graphic() && !matches!(c, '\\' | '"' | '<' | '>'), rule)?;
        let (scheme, rest) = text.split_once("://").ok_or_else(|| refuse("has no scheme"))?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "https" => "https",
            "http" => "http",
            _ => return Err(refuse("has another scheme")),
        };
        for (mark, what) in [('@', "holds user info"), ('?', "holds a query"), ('#', "holds a fragment")] {
            if rest.contains(mark) {
                return Err(refuse(what));
            }
        }
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains('/') {
            return Err(refuse("holds a path"));
        }
        let (host, port) = split_port(rest).ok_or_else(|| refuse("has a bad port"))?;
        let (host, ip) = check_host(host).ok_or_else(|| refuse("has a bad host"))?;
        Ok(BaseUrl { scheme, host, ip, explicit_port: port })
    }

    fn default_port(&self) -> u16 {
        if self.scheme == "https" { 443 } else { 80 }
    }

    pub(crate) fn port(&self) -> u16 {
        self.explicit_port.unwrap_or(self.default_port())
    }

    /// The host with brackets where it is an IPv6 address.
    pub(crate) fn bracketed(&self) -> String {
        match self.ip {
            Some(IpAddr::V6(ip)) => format!("[{ip}]"),
            _ => self.host.clone(),
        }
    }

    fn host_and_port(&self) -> String {
        match self.explicit_port {
            Some(port) if port != self.default_port() => format!("{}:{port}", self.bracketed()),
            _ => self.bracketed(),
        }
    }
}

/// `None` for a port outside 1 to 65535 or that is no number.
fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    let end_of_host = text.rfind(']').map_or(0, |i| i + 1);
    match text[end_of_host..].find(':') {
        None => Some((text, None)),
        Some(colon) => {
            let (host, port) = (&text[..end_of_host + colon], &text[end_of_host + colon + 1..]);
            let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
            let port = digits.then(|| port.parse().ok()).flatten().filter(|&p| p != 0)?;
            Some((host, Some(port)))
        }
    }
}

fn check_host(host: &str) -> Option<(String, Option<IpAddr>)> {
    if let Some(inner) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        let ip: Ipv6Addr = inner.parse().ok()?;
        return Some((ip.to_string(), Some(IpAddr::V6(ip))));
    }
    if let Ok(ip) = host.parse::<Ipv4Addr>() {
        return Some((ip.to_string(), Some(IpAddr::V4(ip))));
    }
    is_domain_name(host).then(|| (host.to_ascii_lowercase(), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "contoso.onmicrosoft.com";

    #[test]
    fn builds_the_url_of_the_token_endpoint() {
        let url = |authority| Endpoint::new(authority, TENANT).unwrap().url;
        assert_eq!(
            url("https://login.microsoftonline.com"),
            "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token"
        );
        assert_eq!(
            url("HTTPS://Login.Example:443/"),
            "https://login.example/contoso.onmicrosoft.com/oauth2/v2.0/token"
        );
        assert_eq!(url("http://[::1]:8080"), "http://[::1]:8080/contoso.onmicrosoft.com/oauth2/v2.0/token");
        assert_eq!(url("http://127.9.9.9:1"), "http://127.9.9.9:1/contoso.onmicrosoft.com/oauth2/v2.0/token");
    }

    #[test]
    fn takes_guids_domain_names_and_the_three_words() {
        for tenant in ["common", "Organizations", "consumers", "a.b", "72f988bf-86f1-41af-91ab-2d7cd011db47"] {
            Endpoint::new(DEFAULT_AUTHORITY, tenant).unwrap();
        }
    }

    #[test]
    fn refuses_other_tenants_without_repeating_them() {
        let long = "a.".repeat(50_000);
        for tenant in [
            "",
            " ",
            "../../x",
            "a/b",
            "x?y",
            "x#z",
            "a@b",
            "%2e%2e",
            "a b.c",
            "a.b\r\n",
            "tenänt.com",
            "fabrikam",
            "a..b",
            "-a.b",
            "a.b.",
            "secret~with.dots",
            &long,
        ] {
            let error = Endpoint::new(DEFAULT_AUTHORITY, tenant).unwrap_err();
            assert!(error.to_string().contains("tenant id"), "{error}");
            assert!(tenant.trim().len() < 3 || !error.to_string().contains(tenant), "{error}");
        }
    }

    #[test]
    fn refuses_authorities_that_could_send_a_secret_elsewhere() {
        for authority in [
            "https://user:hunter22@login.example",
            "https://login.example/?x",
            "https://login.example/#x",
            "https://login.example/path",
            "ftp://login.example",
            "login.example",
            "https://",
            "https://login.example:0",
            "https://login.example:99999",
            "https://login.example:",
            "https://login.example:+1",
            "http://login.example",
            "http://localhost.evil.com",
            "http://0.0.0.0",
            "http://127.1",
            "http://0x7f.1",
            "http://0x7f000001",
            "http://2130706433",
            "http://[::ffff:127.0.0.1]",
            "http://[::]",
            "https://lögin.example",
            "https://a b",
            "https://login.example\\@evil.example",
            "https://login.example.",
            "https://[::1%25lo]",
            "https://[::1]x:1",
        ] {
            let error = Endpoint::new(authority, TENANT).unwrap_err();
            assert!(error.to_string().contains("authority"), "{authority}: {error}");
            assert!(!error.to_string().contains("hunter22"), "{error}");
        }
    }
}
