//! Which proxy a request goes through: the one that was set, else the environment's.
//!
//! Never for a loopback address and never for plain http, which goes to loopback addresses only.

use crate::endpoint::{BaseUrl, Endpoint};
use crate::error::Error;
use crate::field::{check_length, refusal};
use crate::secret::Secret;
use percent_encoding::percent_decode_str;
use std::ffi::OsString;
use std::net::IpAddr;

const RULE: &str =
    "http://HOST:PORT or https://HOST:PORT, with USER:PASSWORD@ (percent-encoded) before the host where needed";
const VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
const NO_PROXY_VARIABLES: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// What the caller set. Nothing set: the environment decides. An empty `url`: no proxy, whatever the environment says.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProxySettings {
    pub(crate) url: Option<Secret>,
    pub(crate) username: Option<Secret>,
    pub(crate) password: Option<Secret>,
    pub(crate) no_proxy: Option<Secret>,
}

/// An HTTP proxy that is asked to CONNECT (RFC 9110, section 9.3.6), with its Basic credentials.
#[derive(Clone, Debug)]
pub(crate) struct Proxy {
    pub(crate) tls: bool,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) username: Option<Secret>,
    pub(crate) password: Option<Secret>,
}

impl PartialEq for Proxy {
    fn eq(&self, other: &Self) -> bool {
        let same = |one: &Option<Secret>, other: &Option<Secret>| {
            one.as_ref().map(Secret::expose) == other.as_ref().map(Secret::expose)
        };
        (self.tls, &self.host, self.port) == (other.tls, &other.host, other.port)
            && same(&self.username, &other.username)
            && same(&self.password, &other.password)
    }
}

impl ProxySettings {
    /// The proxy for `endpoint`, or none.
    pub(crate) fn choose(
        &self,
        endpoint: &Endpoint,
        environment: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Option<Proxy>, Error> {
        let direct = endpoint.plain_http || endpoint.loopback;
        let from_environment = |names: &[&'static str]| {
            names
                .iter()
                .find_map(|name| environment(name).filter(|value| !value.is_empty()).map(|value| (*name, value)))
        };
        let mut proxy = match &self.url {
            Some(url) if url.expose().is_empty() => return Ok(None),
            Some(url) => parse("proxy", url.expose())?,
            None if direct => return Ok(None),
            None => match from_environment(&VARIABLES) {
                None => return Ok(None),
                Some((name, value)) => {
                    let field = format!("proxy in the environment variable {name}");
                    let value = Secret::from(
                        value.into_string().map_err(|_| Error::invalid(format!("The {field} is not UTF-8")))?,
                    );
                    parse(&field, value.expose())?
                }
            },
        };
        let no_proxy = match (&self.no_proxy, &self.url) {
            (Some(list), _) => list.expose().to_owned(),
            (None, Some(_)) => String::new(),
            (None, None) => from_environment(&NO_PROXY_VARIABLES)
                .map_or_else(String::new, |(_, v)| v.to_string_lossy().into_owned()),
        };
        if direct || bypassed(&no_proxy, &endpoint.bare_host, endpoint.port) {
            return Ok(None);
        }
        if self.username.is_some() {
            proxy.username.clone_from(&self.username);
            // The URL's password belongs to the URL's user.
            proxy.password.clone_from(&self.password);
        } else if self.password.is_some() {
            proxy.password.clone_from(&self.password);
            proxy.username.get_or_insert_with(|| Secret::from(""));
        }
        Ok(Some(proxy))
    }
}

fn parse(field: &str, url: &str) -> Result<Proxy, Error> {
    check_length(field, url, 8_192)?;
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let (user_info, host) = match rest.rsplit_once('@') {
        Some((user_info, host)) => (Some(user_info), host),
        None => (None, rest),
    };
    if user_info.is_some_and(|text| text.contains(['/', '?', '#'])) {
        return Err(refusal(field, host, "has / ? or # before its last @, which must be percent-encoded there", RULE));
    }
    // Refusals speak of the URL without its credentials: not even their length is told.
    let base = BaseUrl::parse(field, &format!("{scheme}://{host}"), RULE)?;
    let (username, password) = match user_info {
        None => (None, None),
        Some(user_info) => {
            let (username, password) = match user_info.split_once(':') {
                Some((username, password)) => (username, Some(password)),
                None => (user_info, None),
            };
            let decode = |text: &str| {
                percent_decode_str(text)
                    .decode_utf8()
                    .map(|decoded| Secret::from(decoded.into_owned()))
                    .map_err(|_| refusal(field, host, "has credentials that are not UTF-8", RULE))
            };
            (Some(decode(username)?), password.map(decode).transpose()?)
        }
    };
    Ok(Proxy { tls: base.scheme == "https", port: base.port(), host: base.bracketed(), username, password })
}

/// Whether the list of a `NO_PROXY` variable names `host`: `*`, a host (its subdomains too), `.suffix` (subdomains
/// alone), an IP literal, each with a port where the rule is for that port alone.
fn bypassed(list: &str, host: &str, port: u16) -> bool {
    let ip: Option<IpAddr> = host.parse().ok();
    list.split([',', ' ', '\t']).filter(|entry| !entry.is_empty()).any(|entry| {
        if entry == "*" {
            return true;
        }
        if let Ok(address) = entry.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            return ip == Some(address);
        }
        let (name, for_port) = match entry.rsplit_once(':') {
            Some((name, digits)) => match digits.parse::<u16>() {
                Ok(number) => (name, Some(number)),
                Err(_) => return false,
            },
            None => (entry, None),
        };
        if for_port.is_some_and(|wanted| wanted != port) {
            return false;
        }
        if let Ok(address) = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            return ip == Some(address);
        }
        let name = name.trim_start_matches('*').to_ascii_lowercase();
        match name.strip_prefix('.') {
            Some(suffix) => is_below(host, suffix),
            None => host == name || (ip.is_none() && is_below(host, &name)),
        }
    })
}

fn is_below(host: &str, domain: &str) -> bool {
    !domain.is_empty() && host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint() -> Endpoint {
        Endpoint::new("https://login.example.com", "a.b").unwrap()
    }

    fn from_environment(variables: &[(&str, &str)]) -> Result<Option<Proxy>, Error> {
        ProxySettings::default().choose(&endpoint(), |name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn the_environment_is_read_in_order_and_a_bad_value_is_refused() {
        let host = |variables| from_environment(variables).unwrap().map(|p| p.host);
        assert_eq!(host(&[]), None);
        assert_eq!(host(&[("ALL_PROXY", "a:1"), ("https_proxy", "b:1"), ("HTTPS_PROXY", "")]).as_deref(), Some("b"));
        let error = from_environment(&[("HTTPS_PROXY", "socks5://u:hunter22@x")]).unwrap_err().to_string();
        assert!(error.contains("HTTPS_PROXY") && !error.contains("hunter22"), "{error}");
        from_environment(&[("HTTPS_PROXY", "http://proxy.example:1/x@other.example")]).unwrap_err();
    }

    #[test]
    fn credentials_are_decoded_once_and_settings_win_as_given() {
        let mut settings = ProxySettings {
            url: Some("http://DOMAIN%5Cu%3A%40%2F%25:p%2525@proxy.example:3128/".into()),
            ..Default::default()
        };
        let exposed = |settings: &ProxySettings| {
            let proxy = settings.choose(&endpoint(), |_| None).unwrap().unwrap();
            (proxy.username.unwrap().expose().to_owned(), proxy.password.map(|p| p.expose().to_owned()))
        };
        assert_eq!(exposed(&settings), (r"DOMAIN\u:@/%".to_owned(), Some("p%25".to_owned())));
        settings.username = Some("%41".into());
        assert_eq!(exposed(&settings), ("%41".to_owned(), None));
        settings.username = None;
        settings.password = Some("%42".into());
        assert_eq!(exposed(&settings), (r"DOMAIN\u:@/%".to_owned(), Some("%42".to_owned())));
        settings.url = Some("http://proxy.example:3128".into());
        assert_eq!(exposed(&settings), (String::new(), Some("%42".to_owned())));
    }

    #[test]
    fn no_proxy_names_hosts_suffixes_ports_and_addresses() {
        for (list, host, yes) in [
            ("*", "a.example", true),
            ("x, example.com", "login.example.com", true),
            ("example.com", "example.com", true),
            ("example.com", "badexample.com", false),
            (".example.com", "login.example.com", true),
            ("*.example.com", "login.example.com", true),
            (".example.com", "example.com", false),
            ("EXAMPLE.com:443", "login.example.com", true),
            ("example.com:8443", "login.example.com", false),
            ("10.0.0.1", "10.0.0.1", true),
            ("10.0.0.1:443", "10.0.0.1", true),
            ("[fd00::1]:443", "fd00::1", true),
            ("fd00::1", "fd00::1", true),
            ("0.0.1", "10.0.0.1", false),
            (",,", "a.example", false),
        ] {
            assert_eq!(bypassed(list, host, 443), yes, "{list} {host}");
        }
    }

    #[test]
    fn loopback_addresses_are_asked_directly() {
        let local = Endpoint::new("https://localhost:8443", "a.b").unwrap();
        let settings = ProxySettings { url: Some("http://proxy.example:1".into()), ..Default::default() };
        assert!(settings.choose(&local, |_| None).unwrap().is_none());
    }
}
