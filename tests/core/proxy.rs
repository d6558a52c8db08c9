//! A proxy that is given as a setting.

use aadaccess::{ErrorKind, Request};
use aadaccess_test_support::{Endpoint, Proxy, TestCa, closed_port};

use crate::common::{at_once, error, everything, path, request, says, seconds, secure, timed, token};

const TARGET: &str = "login.test.example:443";
const USER: &str = r"DOMAIN\u";
const PASSWORD: &str = ":@/%";

struct Setup {
    ca: TestCa,
    endpoint: Endpoint,
}

fn setup() -> Setup {
    let ca = TestCa::new();
    let endpoint = Endpoint::https(&ca);
    Setup { ca, endpoint }
}

impl Setup {
    /// The host resolves nowhere but at the proxy.
    fn request(&self) -> Request {
        secure(&self.endpoint, &self.ca, "a.example").authority("https://login.test.example")
    }

    fn proxy(&self) -> Proxy {
        Proxy::new().route(TARGET, self.endpoint.address())
    }
}

#[test]
fn https_goes_through_connect_and_the_proxy_sees_no_secret() {
    let setup = setup();
    let proxy = setup.proxy();
    token(&setup.request().proxy(proxy.url()));
    let connects = proxy.connects();
    assert_eq!(connects.len(), 1, "{connects:?}");
    assert_eq!((connects[0].method.as_str(), connects[0].target.as_str()), ("CONNECT", TARGET));
    assert_eq!(connects[0].credentials, None);
    assert!(!format!("{connects:?}").contains("s3cret"), "{connects:?}");
    let request = &setup.endpoint.requests("a.example")[0];
    assert_eq!(
        (request.path.as_str(), request.header("Host")),
        ("/a.example/oauth2/v2.0/token", Some("login.test.example"))
    );
    assert_eq!(request.header("Proxy-Authorization"), None);
}

#[test]
fn a_port_of_the_authority_is_kept() {
    let setup = setup();
    let proxy = Proxy::new().route("login.test.example:8443", setup.endpoint.address());
    token(&setup.request().authority("https://login.test.example:8443").proxy(proxy.url()));
    assert_eq!(proxy.connects()[0].target, "login.test.example:8443");
}

#[test]
fn credentials_arrive_as_given_from_the_url_and_from_settings() {
    let setup = setup();
    let expected = format!("{USER}:{PASSWORD}");
    let proxy = || setup.proxy().credentials(USER, PASSWORD);
    let in_url = |proxy: &Proxy, user_info: &str| proxy.url().replace("http://", &format!("http://{user_info}@"));
    for (name, user_info) in [("percent-encoded", "DOMAIN%5Cu:%3A%40%2F%25"), ("lower case", "DOMAIN%5cu:%3a%40%2f%25")]
    {
        let proxy = proxy();
        token(&setup.request().proxy(in_url(&proxy, user_info)));
        assert_eq!(proxy.connects().last().unwrap().credentials.as_deref(), Some(expected.as_str()), "{name}");
    }
    let settings = proxy();
    token(&setup.request().proxy(settings.url()).proxy_username(USER).proxy_password(PASSWORD));
    assert_eq!(settings.connects().last().unwrap().credentials.as_deref(), Some(expected.as_str()));
    let both = proxy();
    token(&setup.request().proxy(in_url(&both, "other:wrong")).proxy_username(USER).proxy_password(PASSWORD));
    assert_eq!(both.connects().last().unwrap().credentials.as_deref(), Some(expected.as_str()));
}

#[test]
fn settings_are_not_decoded_and_may_hold_any_character() {
    let setup = setup();
    for (user, password) in [
        ("a%20b", "c%2Fd"),
        ("\u{fc}ser", "p\u{e4}ss \u{1f511}"),
        ("a b", " "),
        ("x", "a:b:c"),
        ("u", "#?[]@!$&'()*+,;="),
    ] {
        let proxy = setup.proxy().credentials(user, password);
        token(&setup.request().proxy(proxy.url()).proxy_username(user).proxy_password(password));
    }
}

#[test]
fn wrong_credentials_are_a_proxy_error_told_once_without_the_password() {
    let setup = setup();
    let proxy = setup.proxy().credentials(USER, PASSWORD);
    for request in [
        setup.request().proxy(proxy.url()),
        setup.request().proxy(proxy.url()).proxy_username("somebody").proxy_password("wrong-password-1"),
        setup.request().proxy(proxy.url().replace("http://", "http://somebody:wrong-password-1@")),
    ] {
        let before = proxy.connects().len();
        let error = error(&request, ErrorKind::Proxy);
        says(&error.to_string(), &["407", "login.test.example", &proxy.address().to_string()]);
        assert!(error.advice().is_some());
        assert!(!everything(&error).contains("wrong-password-1"), "{error:?}");
        assert_eq!(proxy.connects().len(), before + 1, "it was tried again");
    }
    assert_eq!(setup.endpoint.connections(), 0);
}

#[test]
fn a_refusal_is_a_proxy_error_with_its_status_and_not_retried() {
    let setup = setup();
    for status in [400, 403, 404, 429, 500, 502, 503, 504] {
        let proxy = setup.proxy().refuse(status);
        let error = error(&setup.request().proxy(proxy.url()), ErrorKind::Proxy);
        says(&error.to_string(), &[&status.to_string(), "login.test.example"]);
        assert_eq!(proxy.connects().len(), 1, "{status} was retried");
    }
}

#[test]
fn a_proxy_that_hangs_up_or_is_not_there_is_an_error_that_names_it() {
    let setup = setup();
    let proxy = setup.proxy().hang_up();
    let failed = setup.request().proxy(proxy.url()).acquire().unwrap_err();
    assert!(matches!(failed.kind(), ErrorKind::Proxy | ErrorKind::Network), "{failed:?}");
    says(&failed.to_string(), &[&proxy.address().to_string()]);
    let nobody = format!("127.0.0.1:{}", closed_port());
    let missing = error(&setup.request().proxy(format!("http://{nobody}")), ErrorKind::Network);
    says(&missing.to_string(), &["proxy", &nobody]);
    let unknown = setup.request().proxy("http://no-such-proxy.invalid:8080").max_retries(0);
    says(&error(&unknown, ErrorKind::Network).to_string(), &["no-such-proxy.invalid"]);
}

#[test]
fn tls_is_checked_through_a_proxy_too() {
    let setup = setup();
    let proxy = Proxy::new().route_all(setup.endpoint.address());
    let request = setup.request().authority("https://login.other.example").proxy(proxy.url());
    says(&error(&request, ErrorKind::Tls).to_string(), &["another host", "login.other.example"]);
    assert_eq!((proxy.connects().len(), setup.endpoint.count("a.example")), (1, 0));
}

#[test]
fn loopback_and_plain_http_never_go_to_a_proxy() {
    let setup = setup();
    let proxy = Proxy::new().refuse(500);
    let plain = Endpoint::http();
    token(&request(&plain, "a.example").proxy(proxy.url()));
    for host in ["localhost", "127.0.0.1"] {
        let authority = format!("https://{host}:{}", setup.endpoint.port());
        token(&setup.request().authority(authority.as_str()).proxy(proxy.url()));
    }
    assert_eq!(proxy.connects(), []);
}

#[test]
fn hosts_in_the_list_are_asked_directly() {
    let setup = setup();
    let went_to_the_proxy = |list: &str| {
        let proxy = setup.proxy();
        let outcome = setup.request().proxy(proxy.url()).no_proxy(list).max_retries(0).timeout(seconds(10)).acquire();
        let asked = !proxy.connects().is_empty();
        assert_eq!(outcome.is_ok(), asked, "{list}: {outcome:?}");
        asked
    };
    for list in [
        "*",
        "login.test.example",
        "LOGIN.Test.Example",
        "test.example",
        "example",
        ".example",
        ".test.example",
        "other.example,login.test.example",
        "other.example, login.test.example",
        "login.test.example:443",
        ".example:443",
    ] {
        assert!(!went_to_the_proxy(list), "{list}");
    }
    for list in [
        "login.test.example:8443",
        "est.example",
        "login",
        "ogin.test.example",
        "login.test.example.com",
        "a.login.test.example",
        ".login.test.example",
        "127.0.0.1",
        "::1",
        ",,",
        "example.com",
        "test.example:80",
        "xexample",
    ] {
        assert!(went_to_the_proxy(list), "{list}");
    }
}

#[test]
fn address_literals_in_the_list() {
    let ca = TestCa::new();
    let setup = setup();
    // Nothing answers at these addresses (RFC 5737, RFC 3849): a short timeout tells that they were asked directly.
    let cases = [
        ("https://192.0.2.7", "192.0.2.7:443", "192.0.2.7", true),
        ("https://192.0.2.7", "192.0.2.7:443", "192.0.2.7:443", true),
        ("https://192.0.2.7", "192.0.2.7:443", "192.0.2.8", false),
        ("https://[2001:db8::7]", "[2001:db8::7]:443", "2001:db8::7", true),
        ("https://[2001:db8::7]", "[2001:db8::7]:443", "[2001:db8::7]:443", true),
        ("https://[2001:db8::7]", "[2001:db8::7]:443", "[2001:0db8:0:0::7]", true),
        ("https://[2001:db8::7]", "[2001:db8::7]:443", "[2001:db8::7]:444", false),
    ];
    at_once(cases, |(authority, target, list, direct)| {
        let proxy = Proxy::new().route(target, setup.endpoint.address());
        let request = setup.request().ca_file(path(&ca)).authority(authority).proxy(proxy.url()).no_proxy(list);
        let outcome = request.max_retries(0).timeout(seconds(1)).acquire().unwrap_err();
        let targets: Vec<String> = proxy.connects().into_iter().map(|connect| connect.target).collect();
        match direct {
            true => assert!(targets.is_empty(), "{authority} {list}: {targets:?}"),
            // It got as far as the certificate, which is not for an address.
            false => {
                assert_eq!((targets, outcome.kind()), (vec![target.to_owned()], ErrorKind::Tls), "{authority} {list}")
            }
        }
    });
}

#[test]
fn a_bad_proxy_is_an_invalid_argument_without_its_password() {
    let setup = setup();
    for url in [
        "ftp://proxy.example:8080",
        "socks5://proxy.example:1080",
        "http://",
        "http://:8080",
        "http://proxy.example:0",
        "http://proxy.example:99999",
        "http://proxy.example:x",
        "http://proxy.example/path",
        "http://proxy.example?x",
        "http://user:Zq9xW7vK@",
        "http://user:Zq9xW7vK@proxy.example:0",
        "http://user:Zq9xW7vK@proxy.example/path",
        "http://user:Zq9%ffxW7vK@proxy.example",
        "user:Zq9xW7vK@proxy.example:99999",
        "http://pro xy.example",
        "http://pröxy.example",
        "http://proxy.example\r\nX: y",
        " ",
        "http://[::1",
        "//proxy.example",
    ] {
        let (error, took) = timed(|| error(&setup.request().proxy(url), ErrorKind::InvalidArgument));
        says(&error.to_string(), &["proxy"]);
        assert!(!everything(&error).contains("Zq9"), "{url}: {error:?}");
        assert!(took < seconds(2));
    }
    for request in [setup.request().proxy_username("a\r\nb"), setup.request().proxy_password("a\0b")] {
        let request = request.proxy("http://127.0.0.1:9");
        says(&error(&request, ErrorKind::InvalidArgument).to_string(), &["proxy"]);
    }
    assert_eq!(setup.endpoint.connections(), 0);
}
