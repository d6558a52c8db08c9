//! Certificates: what is trusted, and what an error says.

use aadaccess::{ErrorKind, Request};
use aadaccess_test_support::{Endpoint, OTHER_ROOT, ServerCert, TempFile, TestCa};

use crate::common::{error, request, says, seconds, secure, timed, token};

#[test]
fn a_ca_file_makes_its_root_trusted() {
    let ca = TestCa::new();
    let endpoint = Endpoint::https(&ca).with_catalogue();
    let mut hosts = vec!["localhost", "127.0.0.1"];
    if endpoint.has_ipv6() {
        hosts.push("[::1]");
    }
    for host in hosts {
        let authority = format!("https://{host}:{}", endpoint.port());
        token(&secure(&endpoint, &ca, "contoso.example").authority(authority.as_str()));
    }
}

#[test]
fn a_certificate_s_problem_is_named() {
    let ca = TestCa::new();
    for (kind, words) in [
        (ServerCert::Expired, ["expired", "aadaccess test root"]),
        // Windows has one error for both ends of the time.
        #[cfg(not(windows))]
        (ServerCert::NotYetValid, ["not valid yet", "aadaccess test root"]),
        (ServerCert::WrongHost, ["another host", "localhost"]),
        (ServerCert::OtherIssuer, ["unknown issuer", OTHER_ROOT]),
    ] {
        let endpoint = Endpoint::https_with(&ca, kind);
        let (error, took) = timed(|| error(&secure(&endpoint, &ca, "a.example"), ErrorKind::Tls));
        let text = error.to_string();
        says(&text, &words);
        says(&text, &[&format!("localhost:{}", endpoint.port()), "operating system", "CA file"]);
        assert!(error.advice().is_some(), "{kind:?}");
        assert!(took < seconds(10));
        assert_eq!(endpoint.requests("a.example").len(), 0, "{kind:?}: the secret was sent");
    }
}

#[test]
fn without_the_ca_file_the_issuer_is_unknown_and_named() {
    let endpoint = Endpoint::https(&TestCa::new());
    let error = error(&request(&endpoint, "a.example"), ErrorKind::Tls);
    says(&error.to_string(), &["unknown issuer", "aadaccess test root", "operating system"]);
    assert!(!error.to_string().contains("CA file"), "{error}");
    says(error.advice().unwrap(), &["-CACertificatePath"]);
    assert_eq!(endpoint.count("a.example"), 0);
}

#[test]
fn the_host_is_checked_against_the_authority() {
    let ca = TestCa::new();
    let endpoint = Endpoint::https(&ca);
    let authority = format!("https://127.0.0.2:{}", endpoint.port());
    // Only Linux has the whole of 127.0.0.0/8 up, and even there nothing listens on this address.
    let outcome = secure(&endpoint, &ca, "a.example").authority(authority.as_str()).max_retries(0).timeout(seconds(5));
    assert!(matches!(outcome.acquire().unwrap_err().kind(), ErrorKind::Network | ErrorKind::Timeout));
    assert_eq!(endpoint.count("a.example"), 0);
}

#[test]
fn several_roots_in_one_file_are_all_trusted() {
    let (one, other) = (TestCa::new(), TestCa::named("another test root"));
    let both = TempFile::new("both", ".pem", format!("a comment\n{}\n{}", one.pem(), other.pem()).as_bytes());
    for ca in [&one, &other] {
        let endpoint = Endpoint::https(ca);
        token(&request(&endpoint, "a.example").ca_file(both.path().to_str().unwrap()));
    }
}

#[test]
fn the_ca_file_is_read_anew_at_each_call() {
    let (one, other) = (TestCa::new(), TestCa::new());
    let file = TempFile::new("changing", ".pem", one.pem().as_bytes());
    let endpoint = Endpoint::https(&other);
    let request = request(&endpoint, "a.example").ca_file(file.path().to_str().unwrap());
    error(&request, ErrorKind::Tls);
    std::fs::write(file.path(), other.pem()).unwrap();
    token(&request);
}

#[test]
fn a_server_without_tls_is_told_apart() {
    let endpoint = Endpoint::http();
    let request = Request::new()
        .tenant_id("a.example")
        .client_id("app")
        .client_secret("secret-value")
        .authority(format!("https://localhost:{}", endpoint.port()));
    let error = error(&request, ErrorKind::Tls);
    says(&error.to_string(), &["TLS", "localhost"]);
}

/// `SSL_CERT_FILE` stands in for the operating system's store, which a test can't write to.
#[cfg(all(unix, not(target_vendor = "apple")))]
#[test]
fn the_system_s_roots_and_the_ca_file_s_are_trusted_at_once() {
    const NAME: &str = "tls::the_system_s_roots_and_the_ca_file_s_are_trusted_at_once";
    use crate::child;
    use crate::common::path;

    if child::is_child() {
        return child::acquire();
    }
    let (system, extra) = (TestCa::named("the system's root"), TestCa::named("an extra root"));
    let ask = |endpoint: &Endpoint| {
        let authority = endpoint.authority();
        child::run(
            NAME,
            &[("SSL_CERT_FILE", path(&system)), (child::AUTHORITY, &authority), (child::CA_FILE, path(&extra))],
        )
    };
    for ca in [&system, &extra] {
        assert!(ask(&Endpoint::https(ca)).starts_with("token "), "{}", path(ca));
    }
    let neither = ask(&Endpoint::https(&TestCa::named("a third root")));
    says(&neither, &["Tls", "a third root"]);
}
