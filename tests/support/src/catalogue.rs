//! The scenarios that a tenant's name chooses; `CATALOGUE.md` is their documentation.

use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::json;

use crate::received::Received;
use crate::reply::Reply;

/// What a scenario may look at.
pub(crate) struct Ask<'a> {
    pub request: &'a Received,
    /// How many requests this tenant's name had before.
    pub nth: usize,
    /// The port of the endpoint that `redirect.example` points to.
    pub elsewhere: u16,
}

pub(crate) type Scenario = fn(&Ask) -> Reply;

const MILLISECONDS_100: Duration = Duration::from_millis(100);

#[rustfmt::skip]
pub(crate) const SCENARIOS: &[(&str, Scenario)] = &[
    ("contoso.example", |ask| check(ask.request, Rules::default())),
    ("needs-client.example", |ask| check(ask.request, Rules { client_id: true, ..Rules::default() })),
    ("confidential.example", |ask| check(ask.request, Rules { secret: true, ..Rules::default() })),
    ("no-refresh.example", |ask| check(ask.request, Rules { rotates: false, ..Rules::default() })),
    ("unknown.example", |_| Reply::aadsts(90002)),
    ("throttled.example", |ask| once(ask, || throttled().header("Retry-After", "1"))),
    ("throttled-long.example", |_| throttled().header("Retry-After", "3600")),
    ("throttled-always.example", |_| throttled()),
    ("pending.example", |ask| if ask.nth < 2 { pending() } else { Reply::token() }),
    ("forever-pending.example", |_| pending()),
    ("slow-down.example", |ask| once(ask, || device("slow_down").member("interval", 1))),
    ("expired-token.example", |_| Reply::aadsts(70020)),
    ("declined.example", |_| device("authorization_declined")),
    ("server-error.example", |_| Reply::status(503)),
    ("flaky.example", |ask| once(ask, || Reply::status(503))),
    ("unavailable.example", |ask| once(ask, || Reply::error(400, "temporarily_unavailable", 90033, "A transient error has occurred."))),
    ("die.example", |ask| once(ask, Reply::die)),
    ("die-always.example", |_| Reply::die()),
    ("die-in-body.example", |_| Reply::token().token_length(1000).die_in_body(500)),
    ("interaction.example", |_| interaction(50076).member("suberror", "basic_action")),
    ("conditional.example", |_| Reply::aadsts(53003).member("claims", CLAIMS)),
    ("echo-secret.example", |ask| echo(ask.request)),
    ("control-characters.example", |_| Reply::aadsts(90002).member("error_description", "AADSTS90002: a \u{1b}[31mred\u{1b}[0m \u{7} bell\r\nand a line.")),
    ("html.example", |_| Reply::html(200)),
    ("html-error.example", |_| Reply::html(502)),
    ("forbidden.example", |_| Reply::html(403)),
    ("empty.example", |_| Reply::status(400)),
    ("empty-ok.example", |_| Reply::status(200)),
    ("broken.example", |_| Reply::json_text(r#"{"token_type":"Bearer","access_token":"test-token-br"#)),
    ("error200.example", |_| Reply { status: 200, ..Reply::aadsts(7000215) }),
    ("deep.example", |_| Reply::json_text("[".repeat(100_000) + &"]".repeat(100_000))),
    ("big.example", |_| big()),
    ("big-chunked.example", |_| big().chunked()),
    ("endless.example", |_| Reply::json_text(r#"{"padding":""#).endless()),
    ("gzip.example", |_| Reply::token().header("Content-Encoding", "gzip")),
    ("redirect.example", |ask| Reply::status(307).header("Location", &format!("http://localhost:{}/landing", ask.elsewhere))),
    ("hang.example", |_| Reply::silence()),
    ("slow.example", |_| Reply::token().delay(Duration::from_secs(3))),
    ("drip.example", |_| Reply::json_text(r#"{"padding":""#).endless().drip(MILLISECONDS_100)),
    ("drip-head.example", |_| Reply::json_text(r#"{"padding":""#).endless().drip_all(MILLISECONDS_100)),
    ("continue.example", |_| Reply::endless_continue()),
    ("endless-head.example", |_| Reply::endless_head()),
    ("no-token.example", |_| Reply::json(200, json!({"token_type": "Bearer", "expires_in": 3599}))),
    ("no-token-type.example", |_| Reply::token().without("token_type")),
    ("lower-bearer.example", |_| Reply::token().member("token_type", "bearer")),
    ("mac.example", |_| Reply::token().member("token_type", "mac")),
    ("crlf.example", |_| Reply::token().member("access_token", "test-token\r\nX-Injected: yes")),
    ("long-life.example", |_| Reply::token().member("expires_in", "86399")),
    ("weird-expiry.example", |_| Reply::token().member("expires_in", 1e308)),
    ("no-expiry.example", |_| Reply::token().without("expires_in").without("ext_expires_in")),
    ("long-token.example", |_| Reply::token().token_length(3000)),
];

/// What this tenant gets, or the scenario that is left when leading labels are taken off.
pub(crate) fn answer(ask: &Ask) -> Option<Reply> {
    let mut rest = ask.request.tenant.as_str();
    loop {
        if let Some((_, scenario)) = SCENARIOS.iter().find(|(name, _)| *name == rest) {
            return Some(scenario(ask));
        }
        let number =
            rest.strip_prefix("aadsts-").and_then(|it| it.strip_suffix(".example")).and_then(|it| it.parse().ok());
        if let Some(reply) = number.and_then(Reply::known) {
            return Some(reply);
        }
        rest = rest.split_once('.')?.1;
    }
}

/// The claims challenge of `interaction.example` and `conditional.example`.
pub const CLAIMS: &str =
    r#"{"access_token":{"capolids":{"essential":true,"values":["c1a1a1a1-0000-4000-8000-000000000001"]}}}"#;

fn once(ask: &Ask, reply: impl Fn() -> Reply) -> Reply {
    if ask.nth == 0 { reply() } else { Reply::token() }
}

fn throttled() -> Reply {
    Reply::error(429, "temporarily_unavailable", 90055, "There are too many requests.")
}

fn device(error: &str) -> Reply {
    Reply::error(400, error, 70016, "OAuth 2.0 device flow error.")
}

fn pending() -> Reply {
    Reply::aadsts(70016).member("interval", 1)
}

fn interaction(code: u32) -> Reply {
    let text = "Due to a configuration change made by your administrator you must use multi-factor authentication.";
    Reply::error(400, "interaction_required", code, text).member("claims", CLAIMS)
}

fn big() -> Reply {
    Reply::token().member("padding", "x".repeat(1536 * 1024))
}

fn echo(request: &Received) -> Reply {
    let mut text = String::from("the server repeats");
    for name in ["client_secret", "refresh_token"] {
        let Some(value) = request.field(name) else {
            continue;
        };
        let encoded: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
        let base64 = BASE64_STANDARD.encode(value);
        text += &format!(" {name} '{value}' form '{encoded}' base64 '{base64}'");
    }
    Reply::error(400, "invalid_request", 90014, &text)
}

/// How strict a tenant is with a refresh.
struct Rules {
    client_id: bool,
    secret: bool,
    rotates: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self { client_id: false, secret: false, rotates: true }
    }
}

/// The client secrets that `contoso.example` and its like accept, beside `s3cret-long-...`.
pub const GOOD_SECRETS: [&str; 3] = ["s3cret-value-1", r#"p&q=r+s%t "u' v"#, "s\u{e9}cret \u{1f511}"];

fn check(request: &Received, rules: Rules) -> Reply {
    let form = request.header("Content-Type").unwrap_or_default();
    if request.method != "POST" || !form.starts_with("application/x-www-form-urlencoded") {
        return Reply::aadsts(900144);
    }
    let given = |name| request.field(name).filter(|value| !value.is_empty());
    let wrong_secret = match given("client_secret") {
        Some(secret) => !GOOD_SECRETS.contains(&secret) && !secret.starts_with("s3cret-long-"),
        None => false,
    };
    match given("grant_type") {
        Some("client_credentials") => match (given("client_id"), given("client_secret")) {
            (None, _) => Reply::aadsts(900144),
            (Some("unknown-app"), _) => Reply::aadsts(700016),
            (_, None) => Reply::aadsts(7000218),
            _ if !given("scope").is_some_and(|it| it.ends_with("/.default")) => Reply::aadsts(70011),
            _ if wrong_secret => Reply::aadsts(7000215),
            _ => Reply::token(),
        },
        Some("refresh_token") if rules.client_id && given("client_id").is_none() => Reply::aadsts(900144),
        Some("refresh_token") if rules.secret && given("client_secret").is_none() => Reply::aadsts(7000218),
        Some("refresh_token") if wrong_secret => Reply::aadsts(7000215),
        Some("refresh_token") => {
            let next = match given("refresh_token") {
                Some("refresh-token-1") => "refresh-token-2",
                Some("refresh-token-2") => "refresh-token-1",
                _ => return Reply::aadsts(70008),
            };
            let scope = given("scope").unwrap_or("https://graph.microsoft.com/.default").to_owned();
            let reply = Reply::token().member("scope", scope);
            if rules.rotates { reply.member("refresh_token", next) } else { reply }
        }
        Some(_) => Reply::error(400, "unsupported_grant_type", 70003, "The app returned an unsupported grant type."),
        None => Reply::error(
            400,
            "invalid_request",
            900144,
            "The request body must contain the following parameter: 'grant_type'.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_names_each_scenario_once() {
        let text = include_str!("../CATALOGUE.md");
        let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
        let rows: Vec<&str> = rows.filter_map(|row| row.split('`').next()).collect();
        let documented: BTreeSet<&str> = rows.iter().copied().collect();
        assert_eq!(documented.len(), rows.len());
        let mut scripted: BTreeSet<&str> = SCENARIOS.iter().map(|(name, _)| *name).collect();
        scripted.insert("aadsts-NUMBER.example");
        assert_eq!(documented, scripted);
    }

    #[test]
    fn every_documented_number_is_known() {
        let text = include_str!("../CATALOGUE.md");
        let list = text.split("The numbers of `aadsts-NUMBER.example`:").nth(1).unwrap();
        let list = list.split("\n\n").next().unwrap();
        let numbers = list.split(|it: char| !it.is_ascii_digit()).filter(|it| !it.is_empty());
        let numbers: Vec<u32> = numbers.map(|it| it.parse().unwrap()).collect();
        assert_eq!(numbers.len(), crate::errors::KNOWN.len());
        assert!(numbers.into_iter().all(|it| Reply::known(it).is_some()));
    }
}
