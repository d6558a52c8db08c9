//! One POST of a form.

use super::answer::HttpAnswer;
use super::attempt::{Attempt, Interrupt};
use super::failure::Failure;
use crate::request::Plan;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Sends the plan's form once and reads the whole answer, within `remaining`; with `fresh`, on a new connection.
pub(crate) fn post(
    agent: &ureq::Agent,
    plan: &Plan,
    request_id: &str,
    fresh: bool,
    remaining: Duration,
    interrupt: &Arc<Interrupt>,
) -> Result<HttpAnswer, Failure> {
    let deadline = Instant::now() + remaining;
    let attempt = Attempt::begin(interrupt.clone(), deadline);
    let mut config = agent.post(&plan.endpoint.url).config().timeout_global(Some(remaining));
    if fresh {
        config = config.max_idle_age(Duration::ZERO);
    }
    config
        .build()
        .header("User-Agent", &plan.user_agent)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("client-request-id", request_id)
        .header("return-client-request-id", "true")
        .send(plan.form.as_bytes())
        .map_err(|error| Failure::of_request(error, &attempt, plan, deadline))
        .and_then(|response| {
            let status = response.status().as_u16();
            HttpAnswer::read(response).map_err(|error| Failure::of_body(error, status, plan))
        })
}
