//! From a checked request to a token: attempts, retries, polls, and the deadline over all of them.

use crate::control::{Control, WaitReason};
use crate::error::{Error, ErrorKind};
use crate::http::{self, Failure};
use crate::outcome::{self, Refusal};
use crate::process::Process;
use crate::request::Plan;
use crate::retry::{Next, Schedule, jitter};
use crate::token::Token;
use std::time::{Duration, SystemTime};

/// Gets a token, or says why there is none. Runs on a worker; whoever waits keeps the deadline as well.
pub(crate) fn acquire(plan: &Plan, control: &Control) -> Result<Token, Error> {
    let agent = Process::current().agents.get(&plan.transport)?;
    let request_id = new_request_id()?;
    let mut schedule = Schedule::new(plan.max_retries);
    loop {
        if control.remaining().is_zero() {
            return Err(timed_out(&plan.endpoint.host, plan.timeout, control));
        }
        let refusal = match attempt(&agent, plan, &request_id, control) {
            Ok(token) => return Ok(token),
            Err(refusal) => refusal,
        };
        if refusal.error.kind() == ErrorKind::Timeout {
            return Err(match control.pending() {
                Some(error) => pending(error, plan.timeout),
                None => explained(refusal.error, plan.timeout),
            });
        }
        control.set_pending(matches!(refusal.next, Next::Poll { .. }).then(|| refusal.error.clone()));
        let Some((reason, wait)) = schedule.wait(refusal.next, jitter()) else {
            return Err(refusal.error);
        };
        if wait >= control.remaining() {
            return Err(no_time_for(wait, refusal, plan, control));
        }
        control.pause(reason, wait);
        if control.is_stopped() {
            return Err(cancelled());
        }
    }
}

/// One attempt. Where a connection that was used before turns out dead, the request goes out once more on a new one.
fn attempt(agent: &http::Agent, plan: &Plan, request_id: &str, control: &Control) -> Result<Token, Refusal> {
    let post = |fresh: bool| {
        control.count_attempt();
        let sent = SystemTime::now();
        http::post(agent, plan, request_id, fresh, control.remaining(), &control.interrupt)
            .map(|answer| (answer, sent))
            .map_err(|failure| failure.with_request_id(request_id))
    };
    let dead_connection = |failure: &Failure| {
        failure.reused && failure.may_retry && failure.error.kind() == ErrorKind::Network && !control.is_stopped()
    };
    let answered = match post(false) {
        Err(failure) if dead_connection(&failure) => post(true),
        answered => answered,
    };
    match answered {
        Ok((answer, sent)) => outcome::read(&answer, plan, sent, request_id),
        Err(failure) => {
            let again = Next::Retry { reason: WaitReason::Retry, after: None };
            Err(Refusal { next: if failure.may_retry { again } else { Next::GiveUp }, error: failure.error })
        }
    }
}

/// The error of a call whose deadline ended: what was pending, or that the time was up.
pub(crate) fn timed_out(host: &str, timeout: Duration, control: &Control) -> Error {
    match control.pending() {
        Some(error) => pending(error, timeout),
        None => {
            explained(Error::new(ErrorKind::Timeout, format!("The time was up before {host} had answered")), timeout)
        }
    }
}

fn pending(error: Error, timeout: Duration) -> Error {
    error
        .because(&format!("the authorization was still pending when the timeout of {} ended", seconds(timeout)))
        .with_advice("Complete the authorization, or give the call more time")
}

fn no_time_for(wait: Duration, refusal: Refusal, plan: &Plan, control: &Control) -> Error {
    let (wait, left) = (seconds(wait), seconds(control.remaining()));
    match refusal.next {
        Next::Poll { .. } => pending(refusal.error, plan.timeout),
        Next::Retry { after: Some(_), .. } => {
            refusal.error.because(&format!("the server asks to wait {wait}, and {left} are left of the timeout"))
        }
        _ => refusal.error.because(&format!("no time was left for another attempt ({left} of the timeout)")),
    }
}

/// Adds the length of the timeout to an error that it caused.
fn explained(error: Error, timeout: Duration) -> Error {
    error
        .because(&format!("the timeout of the call is {}", seconds(timeout)))
        .with_advice("Check the network and whether a proxy is needed, or give the call more time")
}

pub(crate) fn cancelled() -> Error {
    Error::new(ErrorKind::Cancelled, "The call was cancelled")
}

fn seconds(duration: Duration) -> String {
    if duration.subsec_millis() == 0 {
        return format!("{} s", duration.as_secs());
    }
    format!("{:.1} s", duration.as_secs_f64())
}

/// A random GUID (RFC 9562, version 4).
fn new_request_id() -> Result<String, Error> {
    let mut bytes = [0; 16];
    getrandom::getrandom(&mut bytes)
        .map_err(|error| Error::new(ErrorKind::Internal, format!("No random numbers from the system: {error}")))?;
    let mut number = u128::from_be_bytes(bytes);
    number = number & !(0xf << 76) | (0x4 << 76);
    number = number & !(0x3 << 62) | (0x2 << 62);
    let hex = format!("{number:032x}");
    Ok(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::is_guid;

    #[test]
    fn request_ids_are_random_guids_of_version_4() {
        let (one, other) = (new_request_id().unwrap(), new_request_id().unwrap());
        assert_ne!(one, other);
        for id in [one, other] {
            assert!(is_guid(&id), "{id}");
            assert!(id.as_bytes()[14] == b'4' && b"89ab".contains(&id.as_bytes()[19]), "{id}");
        }
    }
}
