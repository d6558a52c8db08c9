//! No secret of the request comes back in an error, however the server spells it.

use aadaccess::{Error, ErrorKind};
use aadaccess_test_support::{Endpoint, Reply};
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine};
use serde_json::{Value, json};

use crate::common::{error, everything, refresh, request, says};

const LONG: &str = r#"p&q=r+s%t "u' v/\~é"#;

fn form_encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Everything that a caller could print of the error, with the JSON's texts unescaped.
fn all(error: &Error) -> String {
    let json = error.details().json.as_deref().unwrap_or("null");
    let value: Value = serde_json::from_str(json).unwrap();
    let mut texts = vec![everything(error)];
    collect(&value, &mut texts);
    texts.join("\n")
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            texts.push(name.clone());
            collect(value, texts);
        }),
        _ => {}
    }
}

fn echo(secret: &str, description: &str) -> Error {
    let endpoint = Endpoint::http();
    let reply = Reply::aadsts(7000215)
        .member("error_description", description)
        .member("suberror", description)
        .member("trace_id", description)
        .member("claims", description)
        .member("nested", json!([{"deep": description}, [description]]))
        .member(description, description);
    endpoint.default_reply(reply);
    error(&request(&endpoint, "a.example").client_secret(secret), ErrorKind::OAuth)
}

#[test]
fn the_server_s_echo_of_secret_and_refresh_token_is_redacted() {
    let endpoint = Endpoint::http().with_catalogue();
    let token = "0.AXoA~refresh+token/value==";
    let request = request(&endpoint, "echo-secret.example").client_secret(LONG).refresh_token(token);
    let error = error(&request, ErrorKind::OAuth);
    let shown = all(&error);
    says(&shown, &["[redacted]", "the server repeats"]);
    for secret in [LONG, token] {
        for spelling in [secret.to_owned(), form_encoded(secret), BASE64_STANDARD.encode(secret)] {
            assert!(!shown.contains(&spelling), "{spelling} is in {shown}");
        }
    }
}

#[test]
fn every_spelling_is_redacted_in_every_text() {
    let quoted = json!(LONG).to_string();
    let spellings = [
        LONG.to_owned(),
        form_encoded(LONG),
        form_encoded(LONG).to_lowercase(),
        form_encoded(LONG).replace('+', "%20"),
        quoted.trim_matches('"').to_owned(),
        BASE64_STANDARD.encode(LONG),
        BASE64_URL_SAFE_NO_PAD.encode(LONG),
    ];
    for spelling in &spellings {
        let error = echo(LONG, &format!("before {spelling} after"));
        let shown = all(&error);
        assert!(!shown.contains(spelling.as_str()), "{spelling} is in {shown}");
        let details = error.details();
        for text in [&details.error_description, &details.suberror, &details.trace_id, &details.claims] {
            // The padding of base64 may stay.
            let text = text.as_deref().unwrap_or_default().replace('=', "");
            assert_eq!(text, "before [redacted] after", "{spelling}");
        }
        says(&error.to_string(), &["before [redacted]"]);
    }
}

#[test]
fn a_secret_across_a_line_or_at_the_cut_is_not_half_shown() {
    let secret = "first-line\r\nsecond-line-of-the-secret";
    let shown = all(&echo(secret, &format!("x {secret} y")));
    assert!(!shown.contains("first-line") && !shown.contains("second-line"), "{shown}");
    let secret = "0123456789abcdefghijklmnopqrstuvwxyz";
    for padding in (850..1000).step_by(7) {
        let error = echo(secret, &format!("{}{secret}", "x".repeat(padding)));
        assert!(!error.to_string().contains("01234"), "{padding}: {error}");
    }
}

#[test]
fn a_text_with_a_short_secret_is_withheld_and_the_error_code_is_not() {
    for secret in ["hunter2", "abc", "x", "7"] {
        let error = echo(secret, &format!("the secret {secret} is wrong"));
        let details = error.details();
        assert_eq!(details.oauth_error.as_deref(), Some("invalid_client"));
        assert!(!details.error_description.as_deref().unwrap().contains("the secret"), "{details:?}");
        assert!(!error.to_string().contains("the secret"), "{error}");
        let json: Value = serde_json::from_str(details.json.as_deref().unwrap()).unwrap();
        assert!(!json["error_description"].as_str().unwrap().contains("the secret"), "{json}");
        assert_eq!(json["error"], "invalid_client");
    }
    let harmless = echo("hunter2", "nothing to see");
    assert_eq!(harmless.details().error_description.as_deref(), Some("nothing to see"));
}

#[test]
fn a_location_a_header_and_an_unknown_error_code_are_redacted() {
    let endpoint = Endpoint::http();
    let secret = "secret-value-in-a-host";
    let location = format!("https://{secret}.example/x");
    endpoint.script("a.example", [Reply::status(302).header("Location", &location)]);
    endpoint.script("b.example", [Reply::json(400, json!({"error": secret}))]);
    endpoint.script("c.example", [Reply::status(503).header("client-request-id", secret)]);
    for (tenant, kind) in
        [("a.example", ErrorKind::Redirect), ("b.example", ErrorKind::OAuth), ("c.example", ErrorKind::Server)]
    {
        let error = error(&request(&endpoint, tenant).client_secret(secret).max_retries(0), kind);
        assert!(!all(&error).contains(secret), "{}", all(&error));
    }
}

#[test]
fn a_token_s_scope_and_id_do_not_carry_the_secret_out() {
    let endpoint = Endpoint::http();
    let secret = "secret-value-in-scope";
    endpoint.default_reply(Reply::token().member("scope", format!("a {secret}")).member("correlation_id", secret));
    let token = request(&endpoint, "a.example").client_secret(secret).acquire().unwrap();
    assert_eq!(token.scope(), Some("a [redacted]"));
    assert!(!token.correlation_id().contains(secret));
}

#[test]
fn a_refresh_token_is_redacted_where_it_is_the_only_secret() {
    let endpoint = Endpoint::http().with_catalogue();
    let token = "refresh-token-of-some-length";
    let error = error(&refresh(&endpoint, "echo-secret.example").refresh_token(token), ErrorKind::OAuth);
    let shown = all(&error);
    assert!(!shown.contains(token) && !shown.contains(&BASE64_STANDARD.encode(token)), "{shown}");
}
