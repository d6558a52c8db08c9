//! Answers with status 200 of every legal and illegal shape.

use std::time::{SystemTime, UNIX_EPOCH};

use aadaccess::{ErrorKind, Token};
use aadaccess_test_support::{Endpoint, Reply};
use serde_json::json;

use crate::common::{answered, error, everything, hides, millis, refused, request, says, seconds, timed, token};

const MEBIBYTE: usize = 1024 * 1024;

fn good(reply: Reply) -> Token {
    answered(reply).unwrap_or_else(|error| panic!("no token: {error:?}"))
}

#[test]
fn the_token_type_is_bearer_however_it_is_spelled() {
    for spelling in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        let token = good(Reply::token().member("token_type", spelling));
        assert_eq!(token.token_type(), "Bearer");
        assert!(token.authorization_header().starts_with("Bearer test-token-"));
    }
    for reply in [Reply::token().without("token_type"), Reply::token().member("token_type", json!(null))] {
        assert!(good(reply).authorization_header().starts_with("Bearer test-token-"));
    }
    for other in ["mac", "pop", "Bearer ", " Bearer", "Bearer\r\nX: y", "Bear\u{17f}er"] {
        refused(Reply::token().member("token_type", other), ErrorKind::Protocol);
    }
}

#[test]
fn an_access_token_that_cannot_stand_in_a_header_is_refused() {
    for value in [
        "secret-tok\r\nX-Injected: yes",
        "secret-tok\n",
        "\rsecret-tok",
        "secret tok",
        " secret-tok",
        "secret-tok\t",
        "secret-tok\0",
        "secret-tok,x",
        "secret-tok\"",
        "secret-toké",
        "secret-tok\u{7f}",
        "=secret-tok",
        "sec=ret-tok",
        "",
        "==",
        "\u{feff}secret-tok",
    ] {
        let error = refused(Reply::token().member("access_token", value), ErrorKind::Protocol);
        assert!(!everything(&error).contains("secret-tok"), "{error}");
    }
    for value in [json!(null), json!(17), json!(true), json!(["a"]), json!({"a": 1})] {
        refused(Reply::token().member("access_token", value), ErrorKind::Protocol);
    }
    for value in ["a", "aZ09-._~+/==", "eyJ0.eyJ1.sig-_", &"x".repeat(100_000)] {
        assert_eq!(good(Reply::token().member("access_token", value)).access_token(), value);
    }
}

#[test]
fn a_refresh_token_must_be_printable() {
    for value in ["secret-ref\r\n", "secret-ref\0", "secret-ref\u{7f}", "secret-refé"] {
        let error = refused(Reply::token().member("refresh_token", value), ErrorKind::Protocol);
        assert!(!everything(&error).contains("secret-ref"), "{error}");
    }
    let token = good(Reply::token().member("refresh_token", "0.AX~!\"$%&/()=? x"));
    assert_eq!(token.refresh_token(), Some("0.AX~!\"$%&/()=? x"));
}

#[test]
fn no_lifetime_breaks_a_token() {
    let lifetime = |text: &str| {
        let reply = Reply::json_text(format!(r#"{{"access_token":"t","token_type":"Bearer","expires_in":{text}}}"#));
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
        good(reply).expires_on_unix_s().map(|at| at - now)
    };
    for (text, expected) in
        [("3599", 3599), ("\"3599\"", 3599), ("3599.9", 3599), ("86399", 86_399), ("0", 0), ("\"86399\"", 86_399)]
    {
        let got = lifetime(text).unwrap_or_else(|| panic!("no expiry for {text}"));
        assert!((expected - 1..expected + 30).contains(&got), "{text}: {got}");
    }
    for text in ["-1", "null", "true", "\"soon\"", "\"\"", "[]", "{}", "\"-5\""] {
        assert_eq!(lifetime(text), None, "{text}");
    }
    // Unknown or cut short, but never in the past and never an error.
    for text in
        ["9223372036854775808", "18446744073709551616", "1e308", "\"1e308\"", "1e999", "123456789012345678901234567890"]
    {
        assert!(lifetime(text).is_none_or(|got| got > 0), "{text}");
    }
    assert_eq!(good(Reply::token().without("expires_in").without("ext_expires_in")).expires_on(), None);
}

#[test]
fn unknown_members_and_other_spellings_of_json_do_no_harm() {
    let text = "\u{feff} \r\n\t{ \"x\" : [1, 2.5e3, {\"y\": null}], \"\\u0061ccess_token\" : \"a\\u0062c\", \"scope\": \"a\\r\\nb\",\n\"expires_in\":\"60\" } \n";
    let token = good(Reply::json_text(text));
    assert_eq!(token.access_token(), "abc");
    assert!(!token.scope().unwrap_or_default().contains('\n'));
    let plain = Reply::status(200).header("Content-Type", "text/plain").body(r#"{"access_token":"abc"}"#);
    assert_eq!(good(plain).access_token(), "abc");
    assert_eq!(good(Reply::status(200).body(r#"{"access_token":"abc"}"#)).access_token(), "abc");
    let created = Reply::json(201, json!({"access_token": "abc"}));
    assert_eq!(good(created).access_token(), "abc");
}

#[test]
fn a_member_that_comes_twice_is_refused_and_said_so() {
    let reply = Reply::json_text(r#"{"access_token":"one-token","access_token":"two-token"}"#);
    let error = refused(reply, ErrorKind::Protocol);
    says(&error.to_string(), &["twice"]);
    hides(&error, &["one-token", "two-token"]);
}

#[test]
fn what_is_no_token_answer_is_a_protocol_error() {
    let endpoint = Endpoint::http().with_catalogue();
    for tenant in [
        "html.example",
        "empty-ok.example",
        "broken.example",
        "no-token.example",
        "mac.example",
        "crlf.example",
        "deep.example",
    ] {
        let error = error(&request(&endpoint, tenant), ErrorKind::Protocol);
        says(&error.to_string(), &["127.0.0.1", "200"]);
        assert_eq!(error.details().http_status, Some(200), "{tenant}");
        assert!(error.advice().is_some(), "{tenant}");
        assert_eq!(endpoint.count(tenant), 1, "{tenant} was retried");
    }
    for text in [
        "null",
        "true",
        "17",
        "\"text\"",
        "[]",
        "[{\"access_token\":\"abc\"}]",
        "{}",
        "{\"access_token\":\"abc\"",
        "\u{0}",
    ] {
        refused(Reply::json_text(text), ErrorKind::Protocol);
    }
    refused(Reply::json_text(b"{\"access_token\":\"\xff\xfe\"}".as_slice()), ErrorKind::Protocol);
    refused(Reply::status(204), ErrorKind::Protocol);
}

#[test]
fn deep_nesting_is_refused_without_a_stack_overflow() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
        let depth = 900_000 / (open.len() + close.len());
        let nested = format!("{}1{}", open.repeat(depth), close.repeat(depth));
        refused(Reply::json_text(format!("{{\"access_token\":\"abc\",\"x\":{nested}}}")), ErrorKind::Protocol);
        let unfinished = format!("{{\"error\":\"invalid_client\",\"x\":{}", open.repeat(depth));
        let error = answered(Reply::json_text(unfinished)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol);
    }
}

#[test]
fn an_answer_may_have_one_mebibyte_and_no_more() {
    let sized = |size: usize| {
        let (head, tail) = (r#"{"access_token":"abc","padding":""#, "\"}");
        Reply::json_text(format!("{head}{}{tail}", "x".repeat(size - head.len() - tail.len())))
    };
    assert_eq!(good(sized(MEBIBYTE)).access_token(), "abc");
    assert_eq!(good(sized(MEBIBYTE).chunked()).access_token(), "abc");
    for reply in [sized(MEBIBYTE + 1), sized(MEBIBYTE + 1).chunked(), sized(3 * MEBIBYTE)] {
        says(&refused(reply, ErrorKind::Protocol).to_string(), &["1 MiB"]);
    }
    let endpoint = Endpoint::http().with_catalogue();
    for tenant in ["big.example", "big-chunked.example", "endless.example"] {
        says(&error(&request(&endpoint, tenant), ErrorKind::Protocol).to_string(), &["1 MiB"]);
        assert_eq!(endpoint.count(tenant), 1);
    }
}

#[test]
fn a_content_length_beyond_the_limit_is_not_waited_for() {
    let reply = Reply::json_text("{").content_length(u64::MAX / 2);
    let (error, took) = timed(|| answered(reply).unwrap_err());
    assert!(matches!(error.kind(), ErrorKind::Protocol | ErrorKind::Network), "{error:?}");
    assert!(took < seconds(10), "{took:?}");
}

#[test]
fn an_encoded_answer_is_a_protocol_error() {
    for encoding in ["gzip", "br", "deflate", "zstd", "gzip, br"] {
        let error = refused(Reply::token().header("Content-Encoding", encoding), ErrorKind::Protocol);
        says(&error.to_string(), &["Content-Encoding"]);
    }
    good(Reply::token().header("Content-Encoding", "identity"));
}

#[test]
fn every_framing_of_a_body_is_read() {
    good(Reply::token().chunked());
    good(Reply::token().close());
    good(Reply::token().token_length(20_000).chunked().close());
    good(Reply::token().drip(millis(1)));
    let until_end = "HTTP/1.1 200 OK\r\n\r\n{\"access_token\":\"abc\"}";
    assert_eq!(good(Reply::raw(until_end)).access_token(), "abc");
    let after_continue = format!("HTTP/1.1 100 Continue\r\n\r\n{until_end}");
    assert_eq!(good(Reply::raw(after_continue)).access_token(), "abc");
}

#[test]
fn a_body_that_breaks_off_is_an_error_and_not_sent_again() {
    let endpoint = Endpoint::http();
    endpoint.script("a.example", [Reply::token().token_length(2000).die_in_body(1000), Reply::token()]);
    let outcome = request(&endpoint, "a.example").acquire().unwrap_err();
    assert!(matches!(outcome.kind(), ErrorKind::Network | ErrorKind::Protocol), "{outcome:?}");
    assert_eq!(endpoint.count("a.example"), 1);
    hides(&outcome, &["test-token"]);
    let short = Reply::json_text(r#"{"access_token":"abc"}"#).content_length(100);
    let outcome = answered(short).unwrap_err();
    assert!(matches!(outcome.kind(), ErrorKind::Network | ErrorKind::Protocol), "{outcome:?}");
    let truncated = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n16\r\n{\"access_token\":\"abc\"}\r\n";
    assert!(answered(Reply::raw(truncated)).is_err());
}

#[test]
fn what_is_no_http_is_a_protocol_error() {
    for text in [
        "nonsense\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/9.9 200 OK\r\n\r\n{}",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\n{}   ",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}",
    ] {
        let error = answered(Reply::raw(text)).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Protocol | ErrorKind::Network), "{text:?}: {error:?}");
    }
    refused(Reply::endless_head(), ErrorKind::Protocol);
}

#[test]
fn long_tokens_arrive_whole() {
    let endpoint = Endpoint::http().with_catalogue();
    let token = token(&request(&endpoint, "long-token.example"));
    assert_eq!(token.access_token(), endpoint.issued()[0]);
    assert_eq!(token.access_token().len(), 3000);
}
