//! A proxy that the environment names; each case in a process of its own.

use aadaccess_test_support::{Endpoint, Proxy, TestCa};

use crate::child::{self, AUTHORITY, CA_FILE, PROXY};
use crate::common::{path, says};

const HOST: &str = "https://login.test.example";

/// The child's outcome and how often the proxy was asked. `@` in a value stands for the proxy's URL.
#[track_caller]
fn ask(test: &str, authority: Option<&str>, environment: &[(&str, &str)]) -> (String, usize) {
    let ca = TestCa::new();
    let endpoint = Endpoint::https(&ca);
    let proxy = Proxy::new().route("login.test.example:443", endpoint.address());
    let own = endpoint.authority();
    let values: Vec<(&str, String)> =
        environment.iter().map(|(name, value)| (*name, value.replace('@', &proxy.url()))).collect();
    let mut all = vec![(AUTHORITY, authority.unwrap_or(&own)), (CA_FILE, path(&ca))];
    all.extend(values.iter().map(|(name, value)| (*name, value.as_str())));
    let outcome = child::run(&format!("proxy_environment::{test}"), &all);
    (outcome, proxy.connects().len())
}

#[test]
fn four_variables_name_it_in_their_order() {
    if child::is_child() {
        return child::acquire();
    }
    const TEST: &str = "four_variables_name_it_in_their_order";
    let broken = "http://127.0.0.1:0";
    let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    // Windows knows no case in the names of variables.
    let names: &[&str] = if cfg!(windows) { &["HTTPS_PROXY", "ALL_PROXY"] } else { &names };
    for (index, name) in names.iter().enumerate() {
        let mut environment = vec![(*name, "@")];
        environment.extend(names[index + 1..].iter().map(|later| (*later, broken)));
        environment.extend(names[..index].iter().map(|earlier| (*earlier, "")));
        let (outcome, connects) = ask(TEST, Some(HOST), &environment);
        assert!(outcome.starts_with("token "), "{name}: {outcome}");
        assert_eq!(connects, 1, "{name}");
    }
    let (outcome, connects) = ask(TEST, Some(HOST), &[("HTTP_PROXY", "@"), ("http_proxy", "@")]);
    assert!(outcome.starts_with("Network"), "{outcome}");
    assert_eq!(connects, 0);
}

#[test]
fn a_bad_value_is_an_invalid_argument_that_names_the_variable() {
    if child::is_child() {
        return child::acquire();
    }
    for (name, value) in [("HTTPS_PROXY", "http://user:Zq9xW7vK@:0"), ("ALL_PROXY", "socks5://127.0.0.1:1080")] {
        let (outcome, _) =
            ask("a_bad_value_is_an_invalid_argument_that_names_the_variable", Some(HOST), &[(name, value)]);
        says(&outcome, &["InvalidArgument", name]);
        assert!(!outcome.contains("Zq9xW7vK"), "{outcome}");
    }
}

#[test]
fn the_setting_wins_and_an_empty_one_switches_it_off() {
    if child::is_child() {
        return child::acquire();
    }
    const TEST: &str = "the_setting_wins_and_an_empty_one_switches_it_off";
    let (outcome, connects) = ask(TEST, Some(HOST), &[("HTTPS_PROXY", "http://127.0.0.1:0"), (PROXY, "@")]);
    assert!(outcome.starts_with("token ") && connects == 1, "{outcome}");
    let (outcome, connects) = ask(TEST, Some(HOST), &[("NO_PROXY", "*"), (PROXY, "@")]);
    assert!(outcome.starts_with("token ") && connects == 1, "NO_PROXY belongs to the environment's proxy: {outcome}");
    let (outcome, connects) = ask(TEST, Some(HOST), &[("HTTPS_PROXY", "@"), ("ALL_PROXY", "@"), (PROXY, "")]);
    assert!(outcome.starts_with("Network") && connects == 0, "{outcome}");
}

#[test]
fn no_proxy_of_the_environment_is_heeded() {
    if child::is_child() {
        return child::acquire();
    }
    const TEST: &str = "no_proxy_of_the_environment_is_heeded";
    for (name, list, proxied) in [
        ("NO_PROXY", "*", false),
        ("NO_PROXY", ".test.example", false),
        ("no_proxy", "other.example,test.example", false),
        ("NO_PROXY", "other.example", true),
    ] {
        let (outcome, connects) = ask(TEST, Some(HOST), &[("HTTPS_PROXY", "@"), (name, list)]);
        assert_eq!(connects, usize::from(proxied), "{name}={list}: {outcome}");
        assert_eq!(outcome.starts_with("token "), proxied, "{name}={list}: {outcome}");
    }
}

#[test]
fn loopback_is_asked_directly_whatever_the_environment_says() {
    if child::is_child() {
        return child::acquire();
    }
    const TEST: &str = "loopback_is_asked_directly_whatever_the_environment_says";
    let (outcome, connects) = ask(TEST, None, &[("HTTPS_PROXY", "@"), ("ALL_PROXY", "@")]);
    assert!(outcome.starts_with("token ") && connects == 0, "{outcome}");
    let plain = Endpoint::http();
    let (outcome, connects) = ask(TEST, Some(&plain.authority()), &[("ALL_PROXY", "@"), ("HTTP_PROXY", "@")]);
    assert!(outcome.starts_with("token ") && connects == 0, "{outcome}");
}
