//! What is sent for each grant, and what a good answer gives.

use std::time::{SystemTime, UNIX_EPOCH};

use aadaccess::{ErrorKind, Request};
use aadaccess_test_support::{Endpoint, GOOD_SECRETS, Received, Reply};

use crate::common::{CLIENT_ID, SECRET, error, hides, refresh, request, says, token};

const GRAPH: &str = "https://graph.microsoft.com/.default";

fn sent(endpoint: &Endpoint, tenant: &str) -> Received {
    let requests = endpoint.requests(tenant);
    assert_eq!(requests.len(), 1, "{requests:?}");
    requests.into_iter().next().unwrap()
}

fn sorted(request: &Received) -> Vec<(&str, &str)> {
    let mut form: Vec<_> = request.form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    form.sort_unstable();
    form
}

#[test]
fn client_credentials_send_four_fields_and_give_a_bearer_token() {
    let endpoint = Endpoint::http().with_catalogue();
    let before = SystemTime::now();
    let token = token(&request(&endpoint, "contoso.example"));
    let sent = sent(&endpoint, "contoso.example");
    assert_eq!((sent.method.as_str(), sent.path.as_str()), ("POST", "/contoso.example/oauth2/v2.0/token"));
    assert_eq!(
        sorted(&sent),
        [("client_id", CLIENT_ID), ("client_secret", SECRET), ("grant_type", "client_credentials"), ("scope", GRAPH)]
    );
    assert_eq!(sent.header("Content-Type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(token.access_token(), endpoint.issued()[0]);
    assert_eq!(token.authorization_header(), format!("Bearer {}", endpoint.issued()[0]));
    assert_eq!((token.token_type(), token.refresh_token()), ("Bearer", None));
    let lifetime = token.expires_on().unwrap().duration_since(before).unwrap().as_secs();
    assert!((3590..3630).contains(&lifetime), "{lifetime}");
    let unix = token.expires_on().unwrap().duration_since(UNIX_EPOCH).unwrap().as_secs();
    assert_eq!(token.expires_on_unix_s(), Some(unix as i64));
}

#[test]
fn a_request_names_itself_and_asks_for_plain_json() {
    let endpoint = Endpoint::http();
    let token = token(&request(&endpoint, "a.example").user_agent_suffix("nightly-report/7"));
    let sent = sent(&endpoint, "a.example");
    let id = sent.header("client-request-id").unwrap();
    assert_eq!((id.len(), id.split('-').count()), (36, 5), "{id}");
    assert_eq!(sent.header("return-client-request-id"), Some("true"));
    assert_eq!(token.correlation_id(), id);
    let agent = sent.header("User-Agent").unwrap();
    assert!(agent.starts_with("aadaccess/") && agent.ends_with(" nightly-report/7"), "{agent}");
    assert_eq!(sent.header("Accept"), Some("application/json"));
    assert_eq!(sent.header("Accept-Encoding"), None);
    assert_eq!(sent.header("Host"), Some(endpoint.authority().trim_start_matches("http://")));
}

#[test]
fn every_request_has_an_id_of_its_own() {
    let endpoint = Endpoint::http();
    let request = request(&endpoint, "a.example");
    assert_ne!(token(&request).correlation_id(), token(&request).correlation_id());
}

#[test]
fn a_refresh_needs_tenant_and_token_only() {
    let endpoint = Endpoint::http().with_catalogue();
    let token = token(&refresh(&endpoint, "contoso.example").refresh_token("refresh-token-1"));
    let sent = sent(&endpoint, "contoso.example");
    assert_eq!(
        sorted(&sent),
        [("grant_type", "refresh_token"), ("refresh_token", "refresh-token-1"), ("scope", GRAPH)]
    );
    assert_eq!(token.refresh_token(), Some("refresh-token-2"));
    assert_eq!(token.scope(), Some(GRAPH));
}

#[test]
fn a_refresh_sends_client_id_and_secret_along_and_wins_over_the_secret() {
    let endpoint = Endpoint::http().with_catalogue();
    for tenant in ["needs-client.example", "confidential.example"] {
        token(&request(&endpoint, tenant).refresh_token("refresh-token-1"));
        let sent = sent(&endpoint, tenant);
        assert_eq!(
            sorted(&sent),
            [
                ("client_id", CLIENT_ID),
                ("client_secret", SECRET),
                ("grant_type", "refresh_token"),
                ("refresh_token", "refresh-token-1"),
                ("scope", GRAPH),
            ]
        );
    }
}

#[test]
fn without_a_client_id_the_refused_refresh_says_to_add_it() {
    let endpoint = Endpoint::http().with_catalogue();
    let request = refresh(&endpoint, "needs-client.example").refresh_token("refresh-token-1");
    let error = error(&request, ErrorKind::OAuth);
    assert_eq!(error.details().error_codes, [900144]);
    says(error.advice().unwrap(), &["-clientid"]);
    assert_eq!(endpoint.count("needs-client.example"), 1);
}

#[test]
fn where_no_refresh_token_comes_back_none_is_handed_out() {
    let endpoint = Endpoint::http().with_catalogue();
    let token = token(&refresh(&endpoint, "no-refresh.example").refresh_token("refresh-token-1"));
    assert_eq!(token.refresh_token(), None);
}

#[test]
fn scope_and_authority_with_a_slash_are_taken_as_given() {
    let endpoint = Endpoint::http();
    let scope = "https://vault.azure.net/.default";
    token(&request(&endpoint, "a.example").scope(scope).authority(endpoint.authority() + "/"));
    let sent = sent(&endpoint, "a.example");
    assert_eq!((sent.field("scope"), sent.path.as_str()), (Some(scope), "/a.example/oauth2/v2.0/token"));
}

#[test]
fn tenants_may_be_guids_domains_and_the_three_words() {
    let endpoint = Endpoint::http();
    for tenant in
        ["72f988bf-86f1-41af-91ab-2d7cd011db47", "contoso.onmicrosoft.com", "common", "organizations", "consumers"]
    {
        token(&request(&endpoint, tenant));
        assert_eq!(endpoint.count(tenant), 1);
    }
}

#[test]
fn a_secret_arrives_bit_for_bit_and_encoded_once() {
    let endpoint = Endpoint::http();
    let everything: String = ('\u{1}'..='\u{7f}').chain("äé€\u{1f511}\u{10ffff}".chars()).collect();
    let long = everything.repeat(64 * 1024 / everything.len() + 1);
    assert!(long.len() > 64 * 1024);
    let mebibyte = "%".repeat(1024 * 1024);
    let mut secrets =
        vec!["a&b=c+d%e\"f'g h", "%2B%26", " leads and trails ", "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}"];
    secrets.extend(GOOD_SECRETS);
    secrets.extend([everything.as_str(), &long, &mebibyte]);
    for (index, secret) in secrets.into_iter().enumerate() {
        let tenant = format!("t{index}.example");
        token(&request(&endpoint, &tenant).client_secret(secret));
        let sent = sent(&endpoint, &tenant);
        assert!(sent.field("client_secret") == Some(secret), "secret {index}");
        let encoded: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let body = String::from_utf8(sent.raw_body).unwrap();
        assert!(body.split('&').any(|field| field == format!("client_secret={encoded}")), "secret {index}");
    }
}

#[test]
fn a_refresh_token_arrives_bit_for_bit() {
    let endpoint = Endpoint::http();
    let value = "0.AX0A+/=~&%25 \"'\u{e9}".repeat(200);
    token(&refresh(&endpoint, "a.example").refresh_token(value.as_str()));
    assert_eq!(sent(&endpoint, "a.example").field("refresh_token"), Some(value.as_str()));
}

#[test]
fn nothing_prints_a_secret_or_a_token() {
    let endpoint = Endpoint::http();
    endpoint.default_reply(Reply::token().member("refresh_token", "rotated-token-9"));
    let request = request(&endpoint, "a.example")
        .refresh_token("refresh-token-1")
        .proxy_username("proxy-user-1")
        .proxy_password("proxy-password-1");
    hides(&request, &[SECRET, "refresh-token-1", "proxy-user-1", "proxy-password-1", CLIENT_ID, "a.example"]);
    let call = request.start();
    call.wait(None);
    hides(&call, &[SECRET, "refresh-token-1", "test-token"]);
    let token = token(&request);
    hides(&token, &["test-token", "rotated-token-9"]);
    hides(&call.result(), &["test-token", "rotated-token-9"]);
}

#[test]
fn an_empty_request_says_what_is_missing() {
    let complete = |request: Request| error(&request, ErrorKind::InvalidArgument).to_string();
    says(&complete(Request::new()), &["tenant id", "client id", "client secret or a refresh token"]);
    says(&complete(Request::new().tenant_id("a.example")), &["client id", "client secret or a refresh token"]);
    says(&complete(Request::new().tenant_id("a.example").client_id(CLIENT_ID)), &["client secret or a refresh token"]);
    says(&complete(Request::new().tenant_id("a.example").client_secret(SECRET)), &["client id"]);
    says(&complete(Request::new().client_id(CLIENT_ID).client_secret(SECRET)), &["tenant id"]);
    says(&complete(Request::new().refresh_token("refresh-token-1")), &["tenant id"]);
}
