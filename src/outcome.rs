//! What an HTTP answer means: a token, or an error and what may be done next.

use crate::advice;
use crate::control::WaitReason;
use crate::error::{Error, ErrorDetails, ErrorKind};
use crate::http::{HttpAnswer, Location};
use crate::redact::{Redactor, escape};
use crate::request::Plan;
use crate::retry::{Next, parse_retry_after};
use crate::token::Token;
use crate::wire::Answer;
use serde_json::{Map, Value};
use std::time::{Duration, SystemTime};

/// An attempt without a token.
pub(crate) struct Refusal {
    pub(crate) error: Error,
    pub(crate) next: Next,
}

/// Reads the answer to a request that was sent at `sent` with `request_id`.
pub(crate) fn read(http: &HttpAnswer, plan: &Plan, sent: SystemTime, request_id: &str) -> Result<Token, Refusal> {
    let reader = Reader { http, plan, redactor: plan.redactor(), request_id };
    if (300..400).contains(&http.status) {
        return Err(reader.redirect());
    }
    if http.content_encoding() {
        return Err(reader.unusable("it has a Content-Encoding that was not asked for"));
    }
    let success = (200..300).contains(&http.status);
    match Answer::parse(&http.body) {
        Ok(answer) => match answer.error() {
            Some(error) if !success || answer.access_token().is_none() => Err(reader.refused(&answer, &error)),
            _ if success => {
                let id = reader.correlation_id(&answer);
                Token::from_answer(&answer, sent, &id, &reader.redactor)
                    .map_err(|error| reader.unusable(&error.to_string()))
            }
            _ => Err(reader.without_oauth_error()),
        },
        Err(problem) if success => Err(reader.unusable(&problem)),
        Err(_) => Err(reader.without_oauth_error()),
    }
}

struct Reader<'a> {
    http: &'a HttpAnswer,
    plan: &'a Plan,
    redactor: Redactor,
    request_id: &'a str,
}

impl Reader<'_> {
    fn host(&self) -> &str {
        &self.plan.endpoint.host
    }

    fn request(&self) -> String {
        format!("The token request ({}) to {}", self.plan.grant.as_str(), self.host())
    }

    fn retry_after(&self) -> Option<Duration> {
        parse_retry_after(self.http.retry_after()?, self.http.date())
    }

    fn details(&self) -> ErrorDetails {
        ErrorDetails {
            http_status: Some(self.http.status),
            correlation_id: Some(self.redactor.clean(self.http.request_id().unwrap_or(self.request_id))),
            retry_after: self.retry_after(),
            ..ErrorDetails::default()
        }
    }

    fn correlation_id(&self, answer: &Answer<'_>) -> String {
        let from_answer = answer.correlation_id();
        self.redactor.clean(from_answer.as_deref().or(self.http.request_id()).unwrap_or(self.request_id))
    }

    fn redirect(&self) -> Refusal {
        let target = match self.http.location() {
            Location::Host(host) => format!("a redirect to the host {}", self.redactor.clean(&host)),
            Location::SameHost => "a redirect to another path of this host".to_owned(),
            Location::Unusable => "a redirect without a usable Location".to_owned(),
        };
        let message = format!(
            "{} was answered with {target} (HTTP {}); nothing was sent there",
            self.request(),
            self.http.status
        );
        let error = Error::new(ErrorKind::Redirect, message)
            .with_advice("Redirects are never followed, for the secret would go along: set the authority of your cloud, and check for a sign-in page of your network")
            .with_details(self.details());
        Refusal { error, next: Next::GiveUp }
    }

    fn unusable(&self, problem: &str) -> Refusal {
        let answer = format!("{} (HTTP {})", self.host(), self.http.status);
        let error = Error::unusable_answer(&answer, problem).with_details(self.details());
        Refusal { error, next: Next::GiveUp }
    }

    fn without_oauth_error(&self) -> Refusal {
        let status = self.http.status;
        let message = format!("{} was answered with HTTP {status} and no OAuth error", self.request());
        let (kind, next, advice) = match status {
            429 => (
                ErrorKind::Throttled,
                self.again(WaitReason::Throttled),
                "Call less often, and keep the token until it expires",
            ),
            408 | 500..=599 => {
                (ErrorKind::Server, self.again(WaitReason::Retry), "Try again later; see the service's health page")
            }
            _ => (
                ErrorKind::Http,
                Next::GiveUp,
                "Check the authority, and whether a proxy or firewall answers in the server's place",
            ),
        };
        Refusal { error: Error::new(kind, message).with_advice(advice).with_details(self.details()), next }
    }

    fn again(&self, reason: WaitReason) -> Next {
        Next::Retry { reason, after: self.retry_after() }
    }

    fn refused(&self, answer: &Answer<'_>, error: &str) -> Refusal {
        let status = self.http.status;
        let (kind, next) = match (error, status) {
            ("authorization_pending" | "slow_down", _) => (
                ErrorKind::AuthorizationPending,
                Next::Poll { interval: answer.interval().map(Duration::from_secs), slow_down: error == "slow_down" },
            ),
            (_, 429) => (ErrorKind::Throttled, self.again(WaitReason::Throttled)),
            ("temporarily_unavailable", _) | (_, 408 | 500..=599) => (ErrorKind::Server, self.again(WaitReason::Retry)),
            ("interaction_required" | "consent_required" | "login_required", _) => {
                (ErrorKind::InteractionRequired, Next::GiveUp)
            }
            _ => (ErrorKind::OAuth, Next::GiveUp),
        };
        let details = self.oauth_details(answer, error);
        let code = details.oauth_error.as_deref().unwrap_or_default();
        let description = answer.error_description();
        let mut message = format!("{} was refused with HTTP {status}, {code}", self.request());
        if let Some(number) = details.error_codes.first().map(|code| format!("AADSTS{code}"))
            && !description.as_ref().is_some_and(|text| text.starts_with(&number))
        {
            message.push_str(&format!(" ({number})"));
        }
        if let Some(description) = description {
            // Cut after the redaction: a secret may go over the end of a line.
            let description = self.redactor.redact(&description);
            message.push_str(": ");
            message.push_str(&escape(description.split(['\r', '\n']).next().unwrap_or_default()));
        }
        let mut refusal = Error::new(kind, message);
        if let Some(advice) = self.advice(error, &details.error_codes) {
            refusal = refusal.with_advice(advice);
        }
        Refusal { error: refusal.with_details(details), next }
    }

    fn advice(&self, error: &str, codes: &[u64]) -> Option<String> {
        let advice = advice::for_codes(codes).or_else(|| advice::for_oauth_error(error))?;
        if error == "invalid_client" && self.plan.secret_is_guid {
            return Some(format!(
                "{advice}. The secret given looks like a GUID: it may be the secret's ID, and the secret's value is needed"
            ));
        }
        Some(advice.to_owned())
    }

    fn oauth_details(&self, answer: &Answer<'_>, error: &str) -> ErrorDetails {
        let clean = |text: Option<String>| text.map(|t| self.redactor.clean(&t));
        let mut details = ErrorDetails {
            oauth_error: Some(self.redactor.clean_error_code(error)),
            suberror: clean(answer.suberror()),
            error_description: clean(answer.error_description()),
            error_codes: answer.error_codes(),
            correlation_id: Some(self.correlation_id(answer)),
            trace_id: clean(answer.trace_id()),
            timestamp: clean(answer.timestamp()),
            claims: answer.claims().map(|claims| self.redactor.clean_json_text(&claims)),
            ..self.details()
        };
        details.json = Some(self.redactor.clean_json(&self.http.body).unwrap_or_else(|| reduced(&details)));
        details
    }
}

/// The error, its codes and its ids: what is left of an answer too large to be handed out whole.
fn reduced(details: &ErrorDetails) -> String {
    let mut members = Map::new();
    let texts = [
        ("error", &details.oauth_error),
        ("suberror", &details.suberror),
        ("timestamp", &details.timestamp),
        ("trace_id", &details.trace_id),
        ("correlation_id", &details.correlation_id),
    ];
    for (name, text) in texts {
        if let Some(text) = text.as_ref().filter(|text| text.len() <= 1_000) {
            members.insert(name.to_owned(), Value::from(text.as_str()));
        }
    }
    members.insert(
        "error_codes".to_owned(),
        Value::from(details.error_codes.iter().take(100).copied().collect::<Vec<_>>()),
    );
    Value::Object(members).to_string()
}
