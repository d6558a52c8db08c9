//! TLS by rustls with ring, trusting what the operating system trusts and the certificates of an extra file.

use super::attempt::{Stage, reached};
use super::certificate::NamingVerifier;
use super::transport::what_is_left;
use once_cell::sync::OnceCell;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use std::fmt;
use std::io::{Read, Write};
use std::sync::Arc;
use ureq::Error;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport, TransportAdapter,
};

/// Wraps a connection in TLS where the URL is https.
pub(super) struct TlsConnector {
    extra_roots: Vec<CertificateDer<'static>>,
    /// Connections of this agent go through a proxy.
    proxied: bool,
    // Loading the operating system's roots takes milliseconds, and plain http needs none.
    config: OnceCell<Arc<ClientConfig>>,
}

impl TlsConnector {
    pub(super) fn new(extra_roots: Vec<CertificateDer<'static>>, proxied: bool) -> Self {
        TlsConnector { extra_roots, proxied, config: OnceCell::new() }
    }

    fn config(&self) -> Result<Arc<ClientConfig>, rustls::Error> {
        self.config
            .get_or_try_init(|| {
                let provider = Arc::new(rustls::crypto::ring::default_provider());
                let verifier = NamingVerifier::new(self.extra_roots.clone(), provider.clone())?;
                let config = ClientConfig::builder_with_provider(provider)
                    .with_safe_default_protocol_versions()?
                    .dangerous()
                    .with_custom_certificate_verifier(Arc::new(verifier))
                    .with_no_client_auth();
                Ok(Arc::new(config))
            })
            .cloned()
    }
}

impl<In: Transport> Connector<In> for TlsConnector {
    type Out = Either<In, TlsTransport>;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        let Some(transport) = chained else { return Ok(None) };
        if !details.needs_tls() || transport.is_tls() {
            return Ok(Some(Either::A(transport)));
        }
        let to_proxy = self.proxied && details.config.proxy().is_none();
        reached(if to_proxy { Stage::ProxyTls } else { Stage::Tls });
        let host = details.uri.host().unwrap_or_default();
        let name = ServerName::try_from(host.trim_start_matches('[').trim_end_matches(']'))
            .map_err(|_| Error::BadUri("the host is no server name".to_owned()))?
            .to_owned();
        let tls = |error: rustls::Error| Error::Other(Box::new(error));
        let mut connection = ClientConnection::new(self.config().map_err(tls)?, name).map_err(tls)?;
        let mut socket = TransportAdapter::new(transport.boxed(), details.current_time.clone());
        socket.set_timeout(what_is_left(details));
        while connection.is_handshaking() {
            connection.complete_io(&mut socket)?;
        }
        let config = details.config;
        let buffers = LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size());
        Ok(Some(Either::B(TlsTransport { buffers, stream: StreamOwned::new(connection, socket) })))
    }
}

impl fmt::Debug for TlsConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsConnector")
    }
}

/// A TLS connection.
pub(super) struct TlsTransport {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl Transport for TlsTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.stream.get_mut().set_timeout(timeout);
        let output = &self.buffers.output()[..amount];
        self.stream.write_all(output)?;
        self.stream.flush()?;
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.stream.get_mut().set_timeout(timeout);
        let input = self.buffers.input_append_buf();
        let amount = self.stream.read(input)?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.get_mut().get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

impl fmt::Debug for TlsTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TlsTransport").field(&self.stream.sock.inner()).finish()
    }
}
