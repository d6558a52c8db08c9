//! One ureq agent for each transport setting: connections and TLS sessions are shared by calls and threads.

use super::USER_AGENT;
use super::proxy::Proxy;
use super::resolver::SystemResolver;
use super::tls::TlsConnector;
use super::transport::{Watch, WatchedTcp};
use crate::error::Error;
use crate::lock::lock;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;
use ureq::config::AutoHeaderValue;
use ureq::unversioned::transport::{ConnectProxyConnector, Connector};
use ureq::{Agent, ProxyProtocol};

/// One connect attempt, proxy and TLS handshake included.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
const IDLE: Duration = Duration::from_secs(60);
const IDLE_CONNECTIONS: usize = 16;
const LONGEST_HEAD: usize = 32 * 1024;
const INPUT_BUFFER: usize = 2 * LONGEST_HEAD;
const OUTPUT_BUFFER: usize = 16 * 1024;
/// Settings that are remembered; the longest unused is dropped for a new one.
const MOST_AGENTS: usize = 16;
const LARGEST_CA_FILE: u64 = 4 * 1024 * 1024;

/// What a connection depends on.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) proxy: Option<Proxy>,
}

/// The agents of this process, by CA file's content and proxy.
#[derive(Default)]
pub(crate) struct Agents(Mutex<Vec<Entry>>);

struct Entry {
    roots: Vec<CertificateDer<'static>>,
    proxy: Option<Proxy>,
    agent: Agent,
}

impl Agents {
    /// The agent for `transport`, made on first use.
    pub(crate) fn get(&self, transport: &Transport) -> Result<Agent, Error> {
        let roots = transport.ca_file.as_deref().map_or(Ok(Vec::new()), read_ca_file)?;
        let mut entries = lock(&self.0);
        let known = entries.iter().position(|entry| entry.roots == roots && entry.proxy == transport.proxy);
        let entry = match known {
            Some(index) => entries.remove(index),
            None => Entry {
                agent: new_agent(roots.clone(), transport.proxy.as_ref())?,
                roots,
                proxy: transport.proxy.clone(),
            },
        };
        let agent = entry.agent.clone();
        if entries.len() == MOST_AGENTS {
            entries.remove(0);
        }
        entries.push(entry);
        Ok(agent)
    }
}

fn new_agent(roots: Vec<CertificateDer<'static>>, proxy: Option<&Proxy>) -> Result<Agent, Error> {
    let config = Agent::config_builder()
        .proxy(proxy.map(ureq_proxy).transpose()?)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(USER_AGENT)
        .accept("application/json")
        .accept_encoding(AutoHeaderValue::None)
        .max_response_header_size(LONGEST_HEAD)
        .input_buffer_size(INPUT_BUFFER)
        .output_buffer_size(OUTPUT_BUFFER)
        .max_idle_connections(IDLE_CONNECTIONS)
        .max_idle_connections_per_host(IDLE_CONNECTIONS)
        .max_idle_age(IDLE)
        .timeout_connect(Some(CONNECT_TIMEOUT))
        .build();
    let connector =
        ().chain(ConnectProxyConnector::default())
            .chain(WatchedTcp::default())
            .chain(TlsConnector::new(roots, proxy.is_some()))
            .chain(Watch { proxied: proxy.is_some() });
    let resolver = SystemResolver { proxy: proxy.map(|p| format!("{}:{}", p.host, p.port)) };
    Ok(Agent::with_parts(config, connector, resolver))
}

fn ureq_proxy(proxy: &Proxy) -> Result<ureq::Proxy, Error> {
    let protocol = if proxy.tls { ProxyProtocol::Https } else { ProxyProtocol::Http };
    let mut builder = ureq::Proxy::builder(protocol).host(&proxy.host).port(proxy.port);
    if let Some(username) = &proxy.username {
        builder = builder.username(username.expose());
    }
    if let Some(password) = &proxy.password {
        builder = builder.password(password.expose());
    }
    builder.build().map_err(|_| Error::invalid("The proxy and its credentials make no proxy URL"))
}

fn read_ca_file(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let advice = "Give the path of a file with one or more PEM certificates (-----BEGIN CERTIFICATE-----)";
    let refuse = |what: String| Error::invalid(format!("The CA file {what}")).with_advice(advice);
    let mut pem = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LARGEST_CA_FILE + 1).read_to_end(&mut pem))
        .map_err(|error| refuse(format!("cannot be read: {error}")))?;
    if pem.len() as u64 > LARGEST_CA_FILE {
        return Err(refuse(format!("is larger than {LARGEST_CA_FILE} bytes")));
    }
    let roots: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|_| refuse("holds a broken PEM block".to_owned()))?;
    if roots.is_empty() {
        return Err(refuse("holds no PEM certificate".to_owned()));
    }
    for (index, root) in roots.iter().enumerate() {
        if rustls::RootCertStore::empty().add(root.clone()).is_err() {
            return Err(refuse(format!("holds a certificate that is no CA certificate (number {})", index + 1)));
        }
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    #[test]
    fn credentials_reach_ureq_as_they_are() {
        for (username, password) in [(r"DOMAIN\u:@/%", Some("p%25 ä")), ("", Some("only")), ("u", None), ("", Some(""))]
        {
            let proxy = Proxy {
                tls: false,
                host: "[::1]".to_owned(),
                port: 3128,
                username: Some(Secret::from(username)),
                password: password.map(Secret::from),
            };
            let proxy = ureq_proxy(&proxy).unwrap();
            assert_eq!((proxy.host(), proxy.port()), ("[::1]", 3128));
            assert_eq!((proxy.username(), proxy.password()), (Some(username), password));
        }
    }
}
