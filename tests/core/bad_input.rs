//! Values that are refused: the text names the field and the rule and never the value, and nothing is sent.

use aadaccess::{Error, ErrorKind, Request};
use aadaccess_test_support::{Endpoint, TempFile};

use crate::common::{error, everything, millis, refresh, request, says, seconds};

/// A value long and strange enough that it can't stand in a text by chance.
const MARK: &str = "Zq9xW7vK";

/// Each of `values` is refused when `set` puts it into a good request.
#[track_caller]
fn refuses(field: &str, values: &[&str], set: impl Fn(Request, &str) -> Request) -> Vec<Error> {
    let endpoint = Endpoint::http();
    let refused = values.iter().map(|value| {
        let error = error(&set(request(&endpoint, "contoso.example"), value), ErrorKind::InvalidArgument);
        says(&error.to_string(), &[field]);
        let shown = everything(&error);
        assert!(!shown.contains(MARK), "{shown}");
        assert!(value.trim().len() < 9 || !shown.contains(value.trim()), "{shown}");
        assert!(error.to_string().chars().count() <= 1000, "{error}");
        error
    });
    let errors = refused.collect();
    assert_eq!(endpoint.connections(), 0);
    errors
}

#[test]
fn tenants_that_are_no_guid_domain_or_known_word() {
    let long = format!("{MARK}.").repeat(11_112);
    let errors = refuses(
        "tenant id",
        &[
            "",
            " ",
            "\t",
            "../../x",
            "..",
            "a/b",
            "a\\b",
            "x?y",
            "x#z",
            "a@b",
            "a@b.example",
            "%2e%2e",
            "a%2fb.example",
            " a.example",
            "a.example ",
            "a .example",
            "a.example\r\nX: y",
            "a.example\0",
            "a.example\u{7f}",
            "ä.example",
            "\u{ff0e}\u{ff0e}",
            "a..b",
            ".a.b",
            "a.b.",
            "-a.example",
            "a-.example",
            "Zq9xW7vK",
            "everyone",
            "72f988bf-86f1-41af-91ab-2d7cd011db4",
            "{72f988bf-86f1-41af-91ab-2d7cd011db47}",
            "a.example:443",
            "//evil.example",
            "https://evil.example",
            &long,
        ],
        |request, value| request.tenant_id(value),
    );
    for error in &errors[1..errors.len() - 1] {
        says(&error.to_string(), &["GUID", "domain", "common"]);
    }
}

#[test]
fn missing_and_blank_values() {
    for (field, set) in [
        ("client id", Request::client_id as fn(Request, &'static str) -> Request),
        ("client secret", Request::client_secret),
        ("scope", Request::scope),
        ("authority", Request::authority),
        ("CA file", Request::ca_file),
        ("user agent suffix", Request::user_agent_suffix),
    ] {
        refuses(field, &[""], |request, _| set(request, ""));
        if !["CA file", "user agent suffix"].contains(&field) {
            refuses(field, &[" ", "   ", "\t"], |request, value| match value {
                " " => set(request, " "),
                "   " => set(request, "   "),
                _ => set(request, "\t"),
            });
        }
    }
    let endpoint = Endpoint::http();
    for value in ["", " ", "\r\n", "\u{a0}\u{2003}"] {
        let error = error(&refresh(&endpoint, "a.example").refresh_token(value), ErrorKind::InvalidArgument);
        says(&error.to_string(), &["refresh token"]);
    }
    assert_eq!(endpoint.connections(), 0);
}

#[test]
fn authorities_that_could_send_a_secret_elsewhere() {
    refuses(
        "authority",
        &[
            "https://user:Zq9xW7vK@login.example",
            "https://Zq9xW7vK@login.example",
            "https://login.example/?x=Zq9xW7vK",
            "https://login.example?x",
            "https://login.example/#Zq9xW7vK",
            "https://login.example/Zq9xW7vK",
            "https://login.example/tenant/oauth2",
            "https://login.example//",
            "ftp://login.example",
            "file:///etc/passwd",
            "javascript:alert",
            "login.microsoftonline.com",
            "//login.example",
            "https:login.example",
            "https://",
            "https:///",
            "https://login.example:0",
            "https://login.example:99999",
            "https://login.example:",
            "https://login.example:+443",
            "https://login.example:4 43",
            "https://login.example:443:443",
            "http://login.microsoftonline.com",
            "http://localhost.evil.com",
            "http://evil.localhost.example",
            "http://0.0.0.0",
            "http://127.1",
            "http://0x7f.1",
            "http://0x7f000001",
            "http://2130706433",
            "http://017700000001",
            "http://[::ffff:127.0.0.1]",
            "http://[::]",
            "http://[::2]",
            "http://128.0.0.1",
            "http://127.0.0.1.evil.com",
            "http://localhost@evil.com",
            "http://127.0.0.1:80@evil.com",
            "https://login.example\\@evil.com",
            "https://lögin.example",
            "https://login.example%2fevil",
            "https://login .example",
            " https://login.example",
            "https://login.example\r\nHost: evil",
            "https://login.example\0",
            "https://[::1",
            "https://::1",
            "https://[fe80::1%25lo]",
        ],
        |request, value| request.authority(value),
    );
}

#[test]
fn loopback_addresses_of_every_kind_are_good_for_plain_http() {
    let endpoint = Endpoint::http();
    let port = endpoint.port();
    let mut hosts = vec!["127.0.0.1", "localhost", "LocalHost"];
    if endpoint.has_ipv6() {
        hosts.push("[::1]");
    }
    for host in hosts {
        request(&endpoint, "a.example").authority(format!("http://{host}:{port}")).acquire().unwrap();
    }
}

#[test]
fn control_characters_in_client_id_and_scope() {
    let values =
        ["Zq9x\r\nW7vK", "Zq9xW7vK\n", "Zq9xW7vK\0", "\u{7f}Zq9xW7vK", "Zq9x\u{1b}W7vK", "Zq9xW7vKä", "Zq9x\u{85}"];
    let errors = refuses("client id", &values, |request, value| request.client_id(value));
    says(&errors[0].to_string(), &["position 5", "control"]);
    refuses("scope", &values, |request, value| request.scope(value));
}

#[test]
fn what_is_too_long() {
    let text = MARK.repeat(1024 * 1024 / 8);
    let longer = format!("{text}x");
    refuses("client secret", &[&longer], |request, value| request.client_secret(value));
    refuses("refresh token", &[&longer], |request, value| request.refresh_token(value));
    refuses("tenant id", &[&text[..100_000]], |request, value| request.tenant_id(value));
    refuses("client id", &[&text[..100_000]], |request, value| request.client_id(value));
    refuses("authority", &[&format!("https://{}.example", &text[..100_000])], |request, value| {
        request.authority(value)
    });
    refuses("scope", &[&longer], |request, value| request.scope(value));
    refuses("user agent suffix", &[&text[..257]], |request, value| request.user_agent_suffix(value));
}

#[test]
fn numbers_outside_their_range() {
    let endpoint = Endpoint::http();
    for (request, words) in [
        (request(&endpoint, "a.example").timeout(millis(0)), ["timeout", "86400000"]),
        (request(&endpoint, "a.example").timeout(seconds(86_401)), ["timeout", "86400000"]),
        (request(&endpoint, "a.example").timeout(std::time::Duration::MAX), ["timeout", "86400000"]),
        (request(&endpoint, "a.example").max_retries(11), ["retry", "10"]),
        (request(&endpoint, "a.example").max_retries(u32::MAX), ["retry", "10"]),
    ] {
        says(&error(&request, ErrorKind::InvalidArgument).to_string(), &words);
    }
    assert_eq!(endpoint.connections(), 0);
}

#[test]
fn swapped_arguments_get_a_hint_and_stay_unseen() {
    let secret = "Zq9xW7vK~Q8.abcdefghijklmnopqrstuvwxyz0123";
    let refresh_token = "0.AXoAZq9xW7vK_-abc.AgABAwEAAAD~9xW7vK";
    for value in [secret, refresh_token] {
        for error in refuses("tenant id", &[value], |request, value| request.tenant_id(value))
            .into_iter()
            .chain(refuses("client id", &[value], |request, value| request.client_id(value)))
        {
            says(error.advice().unwrap(), &["swapped"]);
        }
    }
}

#[test]
fn ca_files_that_cannot_be_used() {
    let garbage = TempFile::new("garbage", ".pem", b"no certificate here");
    let broken =
        TempFile::new("broken", ".pem", b"-----BEGIN CERTIFICATE-----\nMIIBZq9xW7vK\n-----END CERTIFICATE-----\n");
    let empty = TempFile::new("empty", ".pem", b"");
    let folder = std::env::temp_dir();
    let names = [garbage.path(), broken.path(), empty.path(), &folder].map(|path| path.to_str().unwrap().to_owned());
    let values: Vec<&str> = names.iter().map(String::as_str).chain(["/no/such/Zq9xW7vK.pem", "a\0b"]).collect();
    for error in refuses("CA file", &values, |request, value| request.ca_file(value)) {
        assert!(error.to_string().len() < 400, "{error}");
    }
}

#[test]
fn a_user_agent_suffix_cannot_add_a_header() {
    let values = ["x\r\nX-Injected: Zq9xW7vK", "x\ny", "ä", "a\0b"];
    refuses("user agent suffix", &values, |request, value| request.user_agent_suffix(value));
}
