//! When a request is sent again, and when not.

use crate::control::WaitReason;
use std::time::{Duration, SystemTime};

/// What a refused or failed attempt allows next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nothing: the answer is final.
    GiveUp,
    /// The same again, not before `after` where the server named a time.
    Retry { reason: WaitReason, after: Option<Duration> },
    /// The same again as often as the deadline allows, at the server's interval (RFC 8628, section 3.5).
    Poll { interval: Option<Duration>, slow_down: bool },
}

const FIRST_DELAY: Duration = Duration::from_millis(500);
const DEFAULT_INTERVAL: Duration = Duration::from_secs(5);
const SLOWER: Duration = Duration::from_secs(5);

/// The retries and polls of one call.
pub(crate) struct Schedule {
    retries_left: u32,
    delay: Duration,
    slower: Duration,
}

impl Schedule {
    pub(crate) fn new(max_retries: u32) -> Self {
        Schedule { retries_left: max_retries, delay: FIRST_DELAY, slower: Duration::ZERO }
    }

    /// How long to wait before the next attempt; `None` when there is none. `jitter` is from 0 to 1.
    pub(crate) fn wait(&mut self, next: Next, jitter: f64) -> Option<(WaitReason, Duration)> {
        match next {
            Next::GiveUp => None,
            Next::Poll { interval, slow_down } => {
                if slow_down {
                    self.slower += SLOWER;
                }
                let interval = interval.filter(|i| !i.is_zero()).unwrap_or(DEFAULT_INTERVAL);
                Some((WaitReason::AuthorizationPending, interval.saturating_add(self.slower)))
            }
            Next::Retry { reason, after } => {
                self.retries_left = self.retries_left.checked_sub(1)?;
                let delay = self.delay.mul_f64(1.0 + jitter / 2.0);
                self.delay *= 2;
                // A Retry-After of 0, or a date that has passed, is no reason to hammer the server.
                Some((reason, after.filter(|after| !after.is_zero()).unwrap_or(delay)))
            }
        }
    }
}

/// A number from 0 to 1 that differs between processes started at the same moment.
pub(crate) fn jitter() -> f64 {
    let mut bytes = [0; 4];
    match getrandom::getrandom(&mut bytes) {
        Ok(()) => f64::from(u32::from_ne_bytes(bytes)) / f64::from(u32::MAX),
        Err(_) => 0.5,
    }
}

/// Reads a `Retry-After` header (RFC 9110, section 10.2.3): seconds, or a date that is compared with the answer's own
/// `Date`, so that this machine's clock does not matter.
pub(crate) fn parse_retry_after(value: &str, date: Option<&str>) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let at = httpdate::parse_http_date(value).ok()?;
    let now = date.and_then(|d| httpdate::parse_http_date(d).ok()).unwrap_or_else(SystemTime::now);
    let left = at.duration_since(now).unwrap_or_default();
    Some(Duration::from_secs(left.as_secs() + u64::from(left.subsec_nanos() > 0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY: Next = Next::Retry { reason: WaitReason::Retry, after: None };

    #[test]
    fn retries_are_counted_and_their_waits_double() {
        let mut schedule = Schedule::new(3);
        let mut waits = |jitter| schedule.wait(RETRY, jitter).map(|(_, wait)| wait.as_millis());
        assert_eq!([waits(0.0), waits(1.0), waits(0.0), waits(0.0)], [Some(500), Some(1500), Some(2000), None]);
    }

    #[test]
    fn the_server_s_time_is_never_undercut() {
        let after = Some(Duration::from_secs(7));
        let next = Next::Retry { reason: WaitReason::Throttled, after };
        assert_eq!(Schedule::new(1).wait(next, 0.9), Some((WaitReason::Throttled, Duration::from_secs(7))));
        assert_eq!(Schedule::new(0).wait(next, 0.0), None);
        let at_once = Next::Retry { reason: WaitReason::Retry, after: Some(Duration::ZERO) };
        assert_eq!(Schedule::new(1).wait(at_once, 0.0), Some((WaitReason::Retry, FIRST_DELAY)));
    }

    #[test]
    fn each_slow_down_adds_five_seconds_for_good() {
        let mut schedule = Schedule::new(0);
        let mut poll = |interval: Option<u64>, slow_down| {
            let next = Next::Poll { interval: interval.map(Duration::from_secs), slow_down };
            schedule.wait(next, 0.0).unwrap().1.as_secs()
        };
        assert_eq!([poll(None, false), poll(Some(1), false), poll(Some(0), true), poll(Some(1), true)], [5, 1, 10, 11]);
    }

    #[test]
    fn retry_after_comes_in_seconds_and_in_dates() {
        let date = Some("Sun, 06 Nov 1994 08:49:30 GMT");
        let seconds = |value| parse_retry_after(value, date).map(|d| d.as_secs());
        assert_eq!(seconds("60"), Some(60));
        assert_eq!(seconds("99999999999999999999"), Some(u64::MAX));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:37 GMT"), Some(7));
        assert_eq!(seconds("Sunday, 06-Nov-94 08:49:37 GMT"), Some(7));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:00 GMT"), Some(0));
        for bad in ["", "-1", "soon", "1.5"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
