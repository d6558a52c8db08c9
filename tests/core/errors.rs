//! Refusals: kind, sentence, advice and parts.

use aadaccess::ErrorKind;
use aadaccess_test_support::{CLAIMS, Endpoint, Reply, TIMESTAMP, TRACE_ID};
use serde_json::{Value, json};

use crate::common::{error, hides, refresh, refused, request, says, secure};

#[test]
fn a_wrong_secret_is_explained_with_every_part() {
    let endpoint = Endpoint::http().with_catalogue();
    let request = request(&endpoint, "contoso.example").client_secret("wrong-secret-1");
    let error = error(&request, ErrorKind::OAuth);
    let host = endpoint.authority().replace("http://", "");
    says(
        &error.to_string(),
        &["client_credentials", &host, "401", "invalid_client", "AADSTS7000215", "Invalid client secret"],
    );
    says(error.advice().unwrap(), &["value", "ID"]);
    let details = error.details();
    assert_eq!(details.http_status, Some(401));
    assert_eq!(details.oauth_error.as_deref(), Some("invalid_client"));
    assert_eq!(details.error_codes, [7000215]);
    assert_eq!(details.trace_id.as_deref(), Some(TRACE_ID));
    assert_eq!(details.timestamp.as_deref(), Some(TIMESTAMP));
    let sent = &endpoint.requests("contoso.example")[0];
    assert_eq!(details.correlation_id.as_deref(), sent.header("client-request-id"));
    let description = details.error_description.as_deref().unwrap();
    says(description, &["AADSTS7000215: ", TRACE_ID, r"\r\n"]);
    assert_eq!((details.suberror.as_deref(), details.claims.as_deref(), details.retry_after), (None, None, None));
    let json: Value = serde_json::from_str(details.json.as_deref().unwrap()).unwrap();
    assert_eq!((&json["error"], &json["error_codes"]), (&json!("invalid_client"), &json!([7000215])));
    assert!(json["error_description"].as_str().unwrap().contains("\r\nTrace ID: "));
    assert!(json["error_uri"].is_string());
    assert_eq!(endpoint.count("contoso.example"), 1);
    hides(&error, &["wrong-secret-1"]);
}

#[test]
fn each_known_code_has_an_advice() {
    let endpoint = Endpoint::http().with_catalogue();
    let advice = |code: u32, kind| {
        let error = error(&request(&endpoint, &format!("aadsts-{code}.example")), kind);
        assert_eq!(error.details().error_codes, [u64::from(code)]);
        says(&error.to_string(), &[&format!("AADSTS{code}")]);
        error.advice().unwrap_or_else(|| panic!("no advice for {code}")).to_lowercase()
    };
    for (code, word) in [
        (7000215, "value"),
        (7000222, "expired"),
        (700016, "tenant"),
        (700027, "certificate"),
        (700024, "clock"),
        (90002, "tenant"),
        (70011, "/.default"),
        (500011, "resource"),
        (70008, "sign in"),
        (700082, "sign in"),
        (50173, "revoked"),
        (50196, "loop"),
        (700025, "secret"),
        (7000218, "secret"),
        (900144, "client id"),
    ] {
        says(&advice(code, ErrorKind::OAuth), &[word]);
    }
    says(&advice(53003, ErrorKind::InteractionRequired), &["conditional access"]);
}

#[test]
fn a_guid_as_secret_gets_the_hint_that_it_may_be_the_id() {
    let endpoint = Endpoint::http().with_catalogue();
    let guid = "0f1e2d3c-aaaa-4bbb-8ccc-123456789abc";
    let request = request(&endpoint, "contoso.example").client_secret(guid);
    let error = error(&request, ErrorKind::OAuth);
    says(error.advice().unwrap(), &["GUID", "ID", "value"]);
    hides(&error, &[guid]);
}

#[test]
fn interaction_is_a_kind_of_its_own_with_whole_claims() {
    let endpoint = Endpoint::http().with_catalogue();
    let first = error(&request(&endpoint, "interaction.example"), ErrorKind::InteractionRequired);
    assert_eq!(first.details().suberror.as_deref(), Some("basic_action"));
    assert_eq!(first.details().claims.as_deref(), Some(CLAIMS));
    let blocked = error(&request(&endpoint, "conditional.example"), ErrorKind::InteractionRequired);
    assert_eq!(blocked.details().claims.as_deref(), Some(CLAIMS));
    assert_eq!(endpoint.count("interaction.example"), 1);
}

#[test]
fn a_refused_refresh_token_says_what_to_do() {
    let endpoint = Endpoint::http().with_catalogue();
    let request = refresh(&endpoint, "contoso.example").refresh_token("old-refresh-token");
    let error = error(&request, ErrorKind::OAuth);
    says(&error.to_string(), &["refresh_token", "invalid_grant", "AADSTS70008", "400"]);
    assert!(error.advice().is_some());
    hides(&error, &["old-refresh-token"]);
}

#[test]
fn an_error_object_with_status_200_is_an_oauth_error() {
    let endpoint = Endpoint::http().with_catalogue();
    let error = error(&request(&endpoint, "error200.example"), ErrorKind::OAuth);
    assert_eq!((error.details().http_status, &error.details().error_codes[..]), (Some(200), &[7000215][..]));
}

#[test]
fn answers_without_an_oauth_error_have_kinds_by_their_status() {
    let server = "127.0.0.1";
    for (reply, kind, status) in [
        (Reply::status(400), ErrorKind::Http, 400),
        (Reply::html(403), ErrorKind::Http, 403),
        (Reply::html(404), ErrorKind::Http, 404),
        (Reply::json(400, json!({"message": "no"})), ErrorKind::Http, 400),
        (Reply::json(400, json!({"error": {"code": "x"}})), ErrorKind::Http, 400),
        (Reply::status(429), ErrorKind::Throttled, 429),
        (Reply::status(408), ErrorKind::Server, 408),
        (Reply::status(500), ErrorKind::Server, 500),
        (Reply::html(502), ErrorKind::Server, 502),
        (Reply::html(503), ErrorKind::Server, 503),
        (Reply::status(599), ErrorKind::Server, 599),
    ] {
        let error = refused(reply, kind);
        assert_eq!(error.details().http_status, Some(status));
        says(&error.to_string(), &[server, &status.to_string()]);
        assert!(error.advice().is_some(), "{status}");
        assert_eq!(error.details().oauth_error, None);
        assert!(error.details().correlation_id.is_some(), "{status}");
    }
}

#[test]
fn device_answers_that_end_it_are_final() {
    let endpoint = Endpoint::http().with_catalogue();
    for (tenant, code) in [("expired-token.example", "expired_token"), ("declined.example", "authorization_declined")] {
        let error = error(&request(&endpoint, tenant), ErrorKind::OAuth);
        assert_eq!(error.details().oauth_error.as_deref(), Some(code));
        assert!(error.advice().is_some());
        assert_eq!(endpoint.count(tenant), 1);
    }
}

#[test]
fn redirects_are_not_followed_and_named() {
    let endpoint = Endpoint::http().with_catalogue();
    let elsewhere = endpoint.elsewhere().port();
    let found = error(&request(&endpoint, "redirect.example"), ErrorKind::Redirect);
    says(&found.to_string(), &["307", &format!("localhost:{elsewhere}")]);
    assert_eq!(found.details().http_status, Some(307));
    let target = format!("http://localhost:{elsewhere}/path?code=Zq9xW7vK");
    for status in [301, 302, 303, 307, 308] {
        endpoint.script("a.example", [Reply::status(status).header("Location", &target)]);
        let error = error(&request(&endpoint, "a.example"), ErrorKind::Redirect);
        says(&error.to_string(), &[&status.to_string(), "localhost"]);
        hides(&error, &["Zq9xW7vK"]);
        assert_eq!(endpoint.count("a.example"), 1);
    }
    for location in ["", "/other/path", "::::", "http://"] {
        refused(Reply::status(302).header("Location", location), ErrorKind::Redirect);
    }
    refused(Reply::status(302), ErrorKind::Redirect);
    refused(Reply::status(304), ErrorKind::Redirect);
    let token = json!({"access_token": "abc", "token_type": "Bearer"});
    refused(Reply::json(307, token).header("Location", &target), ErrorKind::Redirect);
    assert_eq!(endpoint.elsewhere().connections(), 0);
}

#[test]
fn control_characters_from_the_server_are_escaped() {
    let endpoint = Endpoint::http().with_catalogue();
    let error = error(&request(&endpoint, "control-characters.example"), ErrorKind::OAuth);
    let description = error.details().error_description.as_deref().unwrap();
    for text in [error.to_string().as_str(), description] {
        assert!(!text.contains(char::is_control), "{text:?}");
    }
    says(description, &["[31mred", r"\r\n"]);
    let strange = Reply::aadsts(90002)
        .member("suberror", "a\u{1b}b")
        .member("trace_id", "a\nb")
        .member("correlation_id", "a\u{202e}b")
        .member("timestamp", "a\rb");
    let error = refused(strange, ErrorKind::OAuth);
    let details = error.details();
    for text in [&details.suberror, &details.trace_id, &details.correlation_id, &details.timestamp] {
        let text = text.as_deref().unwrap();
        assert!(!text.contains(char::is_control) && !text.contains('\u{202e}'), "{text:?}");
    }
}

#[test]
fn the_sentence_is_cut_the_json_and_the_claims_are_not() {
    let long = "x".repeat(20_000);
    let claims = format!(r#"{{"access_token":{{"y":"{}"}}}}"#, "z".repeat(30_000));
    let reply = Reply::aadsts(53003).member("error_description", long.as_str()).member("claims", claims.as_str());
    let error = refused(reply, ErrorKind::InteractionRequired);
    assert!(error.to_string().chars().count() <= 1000);
    assert_eq!(error.details().claims.as_deref(), Some(claims.as_str()));
    let json: Value = serde_json::from_str(error.details().json.as_deref().unwrap()).unwrap();
    assert_eq!((&json["error_description"], &json["claims"]), (&json!(long), &json!(claims)));
}

#[test]
fn json_beyond_64_kib_is_reduced_to_error_codes_and_ids() {
    let claims = "c".repeat(100_000);
    let reply = Reply::aadsts(53003).member("padding", "x".repeat(70_000)).member("claims", claims.as_str());
    let error = refused(reply, ErrorKind::InteractionRequired);
    assert_eq!(error.details().claims.as_deref(), Some(claims.as_str()));
    let text = error.details().json.as_deref().unwrap();
    assert!(text.len() <= 64 * 1024);
    let json: Value = serde_json::from_str(text).unwrap();
    assert_eq!((&json["error"], &json["error_codes"]), (&json!("interaction_required"), &json!([53003])));
    assert_eq!(json["trace_id"], TRACE_ID);
    assert!(json["correlation_id"].is_string() && json.get("padding").is_none());
}

#[test]
fn members_of_an_unexpected_type_do_no_harm() {
    let reply = Reply::json(
        401,
        json!({"error": "invalid_client", "error_description": 17, "error_codes": "7000215", "trace_id": {}, "claims": {"a": 1}}),
    );
    let error = refused(reply, ErrorKind::OAuth);
    assert_eq!(error.details().oauth_error.as_deref(), Some("invalid_client"));
    let strings = refused(Reply::aadsts(7000215).member("error_codes", json!(["7000215", 1])), ErrorKind::OAuth);
    assert_eq!(strings.details().error_codes, [7000215, 1]);
}

#[test]
fn errors_over_tls_name_the_host_and_port() {
    let ca = aadaccess_test_support::TestCa::new();
    let endpoint = Endpoint::https(&ca).with_catalogue();
    let error = error(&secure(&endpoint, &ca, "unknown.example"), ErrorKind::OAuth);
    says(&error.to_string(), &[&format!("localhost:{}", endpoint.port()), "AADSTS90002"]);
}
