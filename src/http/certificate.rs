//! The operating system's certificate check, with the name of a refused issuer kept for the error's text.

use super::attempt;
use crate::redact::escape;
use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode, Reader, SliceReader, Tag, Tagged};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;
use std::sync::Arc;

#[derive(Debug)]
pub(super) struct NamingVerifier(Verifier);

impl NamingVerifier {
    pub(super) fn new(extra_roots: Vec<CertificateDer<'static>>, provider: Arc<CryptoProvider>) -> Result<Self, Error> {
        let verifier = if extra_roots.is_empty() {
            Verifier::new(provider)?
        } else {
            Verifier::new_with_extra_roots(extra_roots, provider)?
        };
        Ok(NamingVerifier(verifier))
    }
}

impl ServerCertVerifier for NamingVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now).map_err(|error| {
            let unknown = Error::InvalidCertificate(CertificateError::UnknownIssuer);
            let error = if leads_nowhere(&error) { unknown } else { error };
            // Who is unknown is the one above the last certificate; whatever else is wrong, the server's own is meant.
            let named = match error {
                Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
                    intermediates.last().unwrap_or(end_entity)
                }
                _ => end_entity,
            };
            attempt::with(|attempt| attempt.refused_issuer.replace(issuer(named)));
            error
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// Windows' word for a chain that ends at no root, which is what an unknown issuer comes to where the server sends its
/// own certificate alone: CERT_E_CHAINING, known by its number, for the text is in the system's language.
fn leads_nowhere(error: &Error) -> bool {
    let Error::InvalidCertificate(CertificateError::Other(reason)) = error else { return false };
    cfg!(windows) && reason.to_string().ends_with("(os error -2146762486)")
}

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const LONGEST_NAME: usize = 100;

/// The issuer of a certificate (RFC 5280, section 4.1): its common name, and its organization in parentheses.
fn issuer(certificate: &[u8]) -> Option<String> {
    let tbs = fields(AnyRef::from_der(certificate).ok()?).next()?;
    let mut fields_of_tbs = fields(tbs).skip_while(|field| !matches!(field.tag(), Tag::Integer));
    let (_serial, _algorithm, issuer) = (fields_of_tbs.next()?, fields_of_tbs.next()?, fields_of_tbs.next()?);
    let attribute = |wanted: ObjectIdentifier| {
        fields(issuer).flat_map(fields).find_map(|pair| {
            let mut pair = fields(pair);
            let oid: ObjectIdentifier = pair.next()?.decode_as().ok()?;
            let value = pair.next()?;
            (oid == wanted)
                .then(|| escape(&String::from_utf8_lossy(value.value())).chars().take(LONGEST_NAME).collect())
        })
    };
    let (name, organization): (Option<String>, Option<String>) = (attribute(COMMON_NAME), attribute(ORGANIZATION));
    match (name, organization) {
        (Some(name), Some(organization)) => Some(format!("{name} ({organization})")),
        (name, organization) => name.or(organization),
    }
}

/// The elements of a constructed value; ends at the first that is broken.
fn fields(constructed: AnyRef<'_>) -> impl Iterator<Item = AnyRef<'_>> {
    let mut reader = SliceReader::new(constructed.value()).ok();
    std::iter::from_fn(move || {
        let reader = reader.as_mut()?;
        if reader.is_finished() { None } else { AnyRef::decode(reader).ok() }
    })
}
