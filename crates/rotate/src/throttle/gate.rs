//! What a permit depends on.

use core::time::Duration;
use std::{format, string::String, time::Instant};

use sip_password::api::RetryAfter;

use super::{
    Feedback, Pace, Rate, StopReason,
    circuit_breaker::{Admission, CircuitBreaker},
    rate::RateLimiter,
};

/// The longest wait that a run grants a vendor.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// The longest wait that is kept for later runs. A vendor that asks for more has a clock that is wrong.
const LONGEST_KEPT_WAIT: Duration = RetryAfter::MAX;

/// What a permit depends on. Without a clock and without threads: each function is told the time.
pub(super) struct Gate {
    pub(super) limiter: Option<RateLimiter>,
    pub(super) breaker: CircuitBreaker,
    /// No call is made before: the vendor asked to wait, or the run pauses.
    pub(super) blocked_until: Instant,
    /// The vendor asked to wait until then.
    pub(super) wait_until: Option<Instant>,
    /// How many workers with phones wait for a permit.
    pub(super) waiting_with_phones: u32,
    pub(super) stopped: Option<StopReason>,
    /// No phone needs a call.
    pub(super) finished: bool,
    /// The vendor has answered a call, of this run or an earlier one.
    pub(super) answered: bool,
    pub(super) last_error: Option<String>,
}

/// What a worker that waits for a permit does next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It makes its call, as the only one if that is a probe.
    Call { probe: bool },
    /// It asks again at this time.
    At(Instant),
    /// It asks again when something has changed.
    AfterChange,
}

impl Gate {
    pub(super) fn new(rate: Option<Rate>, now: Instant) -> Self {
        Self {
            limiter: rate.map(|rate| RateLimiter::new(rate, now)),
            breaker: CircuitBreaker::new(now),
            blocked_until: now,
            wait_until: None,
            waiting_with_phones: 0,
            stopped: None,
            finished: false,
            answered: false,
            last_error: None,
        }
    }

    /// A call that is allowed is counted.
    pub(super) fn next(&mut self, has_phones: bool, now: Instant) -> Next {
        if self.blocked_until > now {
            return Next::At(self.blocked_until);
        }
        if !has_phones && self.waiting_with_phones > 0 && self.breaker.is_half_open() {
            return Next::AfterChange;
        }
        let probe = match self.breaker.admission(now) {
            Admission::NotBefore(time) => return Next::At(time),
            Admission::AfterProbe => return Next::AfterChange,
            Admission::Probe => true,
            Admission::Admit => false,
        };
        // The rate comes last: whoever waits for it must look at all else again.
        if let Some(Err(due)) = self.limiter.as_mut().map(|limiter| limiter.try_call(now)) {
            return Next::At(due);
        }
        if probe {
            self.breaker.start_probe();
        }
        Next::Call { probe }
    }

    pub(super) fn record(&mut self, feedback: &Feedback, probe: bool, now: Instant) {
        if let Feedback::Wait(wait) = feedback {
            self.wait_for_vendor(*wait, now);
        }
        match feedback {
            Feedback::Unreachable(reason) if !self.answered => {
                self.stop(StopReason::Failing(format!("{reason}. No call has ever got through")));
            }
            Feedback::Succeeded | Feedback::Refused | Feedback::Wait(_) => self.answered = true,
            Feedback::Unavailable | Feedback::Unreachable(_) | Feedback::Stop(_) => {}
        }
        if let Err(mut reason) = self.breaker.record(feedback, probe, now) {
            if let (Some(error), false) = (&self.last_error, matches!(feedback, Feedback::Stop(_))) {
                reason = format!("{reason}. The last error: {error}");
            }
            self.stop(StopReason::Failing(reason));
        }
    }

    pub(super) fn block_for(&mut self, wait: Duration, now: Instant) {
        if wait > LONGEST_WAIT {
            self.stop(StopReason::VendorWait(wait));
        }
        self.blocked_until = self.blocked_until.max(now + wait.min(LONGEST_WAIT));
    }

    /// Takes over what an earlier run left. A clock that was set back makes no wait longer than it could have been.
    pub(super) fn resume(&mut self, pace: Pace, clock: i64, now: Instant) {
        let left = |until: i64| Duration::from_millis(until.saturating_sub(clock).max(0).unsigned_abs());
        if let Some(limiter) = &mut self.limiter {
            limiter.delay(left(pace.next_call), now);
        }
        let wait = left(pace.wait_until).min(LONGEST_KEPT_WAIT);
        if !wait.is_zero() {
            self.wait_for_vendor(wait, now);
        }
    }

    pub(super) fn wait_for_vendor(&mut self, wait: Duration, now: Instant) {
        let until = now + wait.min(LONGEST_KEPT_WAIT);
        self.wait_until = Some(self.wait_until.map_or(until, |before| before.max(until)));
        self.block_for(wait, now);
    }

    pub(super) fn pace(&self, clock: i64, now: Instant) -> Pace {
        let at = |time: Instant| match time.checked_duration_since(now) {
            // Both were rounded down, by a millisecond at most each, and a later run must not be early.
            Some(left) if !left.is_zero() => {
                clock.saturating_add(i64::try_from(left.as_millis() + 2).unwrap_or(i64::MAX))
            }
            _ => 0,
        };
        Pace {
            next_call: self.limiter.as_ref().map_or(0, |limiter| at(limiter.due())),
            wait_until: self.wait_until.map_or(0, at),
        }
    }

    /// The first reason stays.
    pub(super) fn stop(&mut self, reason: StopReason) {
        self.stopped.get_or_insert(reason);
    }

    pub(super) fn pause(&self, now: Instant) -> Option<Duration> {
        let until = self.blocked_until.max(self.breaker.next_probe().unwrap_or(self.blocked_until));
        until.checked_duration_since(now).filter(|pause| !pause.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROBE: Next = Next::Call { probe: true };
    const CALL: Next = Next::Call { probe: false };

    fn rate(text: &str) -> Option<Rate> {
        Some(text.parse().expect("it is a rate"))
    }

    /// A gate whose circuit is closed.
    fn closed(rate: Option<Rate>, now: Instant) -> Gate {
        let mut gate = Gate::new(rate, now);
        assert_eq!(gate.next(false, now), PROBE);
        gate.record(&Feedback::Succeeded, true, now);
        gate
    }

    #[test]
    fn a_wait_for_the_vendor_takes_nothing_from_the_rate() {
        let now = Instant::now();
        let later = now + Duration::from_secs(3);
        let mut gate = closed(rate("1/s"), now);
        gate.record(&Feedback::Wait(Duration::from_secs(3)), false, now);
        assert_eq!(gate.next(false, now + Duration::from_secs(2)), Next::At(later));
        assert_eq!(gate.pause(now), Some(Duration::from_secs(3)));
        assert_eq!(gate.next(false, later), CALL);
        assert_eq!(gate.pause(later), None);
        assert!(matches!(gate.next(false, later), Next::At(_)), "one a second");
        // A shorter wait does not shorten a longer one.
        gate.block_for(Duration::from_secs(9), now);
        gate.block_for(Duration::from_secs(1), now);
        assert_eq!(gate.pause(now), Some(Duration::from_secs(9)));
    }

    #[test]
    fn a_probe_that_waits_for_the_rate_is_not_begun() {
        let now = Instant::now();
        let due = now + Duration::from_secs(1);
        let mut gate = Gate::new(rate("1/s"), now);
        assert_eq!(gate.next(false, now), PROBE);
        gate.breaker.cancel_probe(now);
        assert_eq!(gate.next(false, now), Next::At(due));
        assert_eq!(gate.next(false, due), PROBE);
        assert_eq!(gate.next(false, due), Next::AfterChange);
    }

    #[test]
    fn workers_with_phones_come_first_while_the_circuit_is_half_open() {
        let now = Instant::now();
        let mut gate = Gate::new(None, now);
        gate.waiting_with_phones = 1;
        assert_eq!(gate.next(false, now), Next::AfterChange);
        assert_eq!(gate.next(true, now), PROBE);
        gate.record(&Feedback::Succeeded, true, now);
        assert_eq!(gate.next(false, now), CALL);
    }

    #[test]
    fn a_wait_of_more_than_15_minutes_stops_the_run_and_the_first_reason_stays() {
        assert_eq!(LONGEST_WAIT.as_secs(), 900, "15 minutes");
        let now = Instant::now();
        let mut gate = closed(None, now);
        gate.block_for(LONGEST_WAIT, now);
        assert_eq!(gate.stopped, None);
        let wait = LONGEST_WAIT + Duration::from_secs(1);
        gate.record(&Feedback::Wait(wait), false, now);
        gate.record(&Feedback::Stop("too late".into()), false, now);
        assert_eq!(gate.stopped, Some(StopReason::VendorWait(wait)));
        // What a vendor may ask for has no limit.
        gate.block_for(Duration::MAX, now);
        assert_eq!(gate.pause(now), Some(LONGEST_WAIT));
    }

    #[test]
    fn a_pause_of_the_circuit_breaker_is_shown() {
        let now = Instant::now();
        let mut gate = Gate::new(None, now);
        assert_eq!((gate.next(false, now), gate.pause(now)), (PROBE, None));
        gate.record(&Feedback::Unavailable, true, now);
        let pause = gate.pause(now).expect("the probe failed");
        assert_eq!(gate.next(false, now), Next::At(now + pause));
    }
}
