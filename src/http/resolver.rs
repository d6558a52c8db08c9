//! Name resolution on the calling worker: the waiter keeps the deadline, so no further thread is needed.

use super::attempt::{Stage, reached};
use std::net::ToSocketAddrs;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// ureq keeps no more addresses than these of one host.
const MOST_ADDRESSES: usize = 16;

/// The operating system's resolver.
#[derive(Debug)]
pub(super) struct SystemResolver {
    /// The proxy's scheme, host and port: what is plain http to it need not be loopback.
    pub(super) proxy: Option<String>,
}

impl Resolver for SystemResolver {
    fn resolve(&self, uri: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        reached(Stage::Resolve);
        let bad = || ureq::Error::BadUri("no host to resolve".to_owned());
        let host = uri.host().ok_or_else(bad)?;
        let plain_http = uri.scheme_str() == Some("http");
        let port = uri.port_u16().unwrap_or(if plain_http { 80 } else { 443 });
        let is_proxy = self.proxy.as_deref() == Some(&format!("{host}:{port}"));
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let mut addresses = self.empty();
        (bare, port)
            .to_socket_addrs()?
            // A hosts file may send "localhost" elsewhere; a secret in plain http must not follow.
            .filter(|address| !plain_http || is_proxy || address.ip().is_loopback())
            .take(MOST_ADDRESSES)
            .for_each(|address| addresses.push(address));
        if addresses.is_empty() { Err(ureq::Error::HostNotFound) } else { Ok(addresses) }
    }
}
