//! A certificate authority made at run time, and the server certificates it issues.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::temp::TempFile;

const DAY: u64 = 24 * 60 * 60;

/// The names in a good server certificate.
pub const SERVER_NAMES: [&str; 5] =
    ["localhost", "127.0.0.1", "::1", "login.test.example", "login.microsoftonline.com"];

/// The common name of the root that [`ServerCert::OtherIssuer`] is issued by.
pub const OTHER_ROOT: &str = "a root nobody trusts";

/// What certificate an https endpoint shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerCert {
    /// Issued by the given [`TestCa`] for [`SERVER_NAMES`], valid for a year.
    Good,
    /// The same, but it ran out a day ago.
    Expired,
    /// The same, but valid from tomorrow on.
    NotYetValid,
    /// The same, but for `elsewhere.test.example` only.
    WrongHost,
    /// For the right names, but issued by [`OTHER_ROOT`], which signed nothing else.
    OtherIssuer,
}

/// A test root: CN `aadaccess test root`, O `aadaccess tests`, made anew each time.
pub struct TestCa {
    issuer: Issuer<'static, KeyPair>,
    root: Certificate,
    file: TempFile,
}

impl TestCa {
    /// Makes the root.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Self::named("aadaccess test root")
    }

    /// Makes a root with another common name.
    pub fn named(common_name: &str) -> Self {
        let key = KeyPair::generate().expect("a root key");
        let mut params = CertificateParams::default();
        params.distinguished_name = name(common_name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages =
            vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
        set_validity(&mut params, -1, 3650);
        let root = signed_in_full(|| params.self_signed(&key).expect("a root certificate"));
        let file = TempFile::new("root", ".pem", root.pem().as_bytes());
        let issuer = Issuer::new(params, key);
        Self { issuer, root, file }
    }

    /// The root as PEM text.
    pub fn pem(&self) -> String {
        self.root.pem()
    }

    /// The root as DER bytes.
    pub fn der(&self) -> &[u8] {
        self.root.der()
    }

    /// A file with the root as PEM; it is removed when the `TestCa` is dropped.
    pub fn pem_file(&self) -> &Path {
        self.file.path()
    }

    /// A TLS server configuration with a certificate of this kind.
    pub fn server_config(&self, kind: ServerCert) -> Arc<ServerConfig> {
        if kind == ServerCert::OtherIssuer {
            return TestCa::named(OTHER_ROOT).server_config(ServerCert::Good);
        }
        let names: &[&str] = match kind {
            ServerCert::WrongHost => &["elsewhere.test.example"],
            _ => &SERVER_NAMES,
        };
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(names).expect("valid names");
        params.distinguished_name = name("aadaccess test server");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        match kind {
            ServerCert::Expired => set_validity(&mut params, -30, -1),
            ServerCert::NotYetValid => set_validity(&mut params, 1, 30),
            _ => set_validity(&mut params, -1, 365),
        }
        let key = KeyPair::generate().expect("a server key");
        let certificate = signed_in_full(|| params.signed_by(&key, &self.issuer).expect("a certificate"));
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .expect("TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.into()], key)
            .expect("key and certificate fit");
        Arc::new(config)
    }
}

/// Signs anew until both numbers of the signature have their full 32 bytes: Wine 8, in which the Windows library is
/// tested, finds the one in 128 wrong that has a shorter one.
fn signed_in_full(sign: impl Fn() -> Certificate) -> Certificate {
    let full = |it: &Certificate| {
        let der = it.der();
        // SEQUENCE, INTEGER r, INTEGER s: the end of the certificate.
        (70..=72).any(|length| {
            let signature = &der[der.len() - length..];
            let r = usize::from(signature[3]);
            signature[0] == 0x30
                && usize::from(signature[1]) == length - 2
                && is_full(r, signature[4])
                && 6 + r + usize::from(signature[5 + r]) == length
                && is_full(signature[5 + r].into(), signature[6 + r])
        })
    };
    std::iter::repeat_with(sign).find(full).expect("it has no end")
}

/// Whether an INTEGER has 32 bytes, with a zero before them where the first would make it negative.
fn is_full(length: usize, first: u8) -> bool {
    length == 33 || (length == 32 && first != 0)
}

fn name(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name.push(DnType::OrganizationName, "aadaccess tests");
    name
}

/// Sets the period of validity, in days from now.
fn set_validity(params: &mut CertificateParams, from_days: i64, to_days: i64) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
    let at = |days: i64| {
        let distance = Duration::from_secs(days.unsigned_abs() * DAY);
        let instant = if days < 0 { now - distance } else { now + distance };
        date_time_ymd(1970, 1, 1) + Duration::from_secs(instant.as_secs())
    };
    params.not_before = at(from_days);
    params.not_after = at(to_days);
}
