//! When to stop asking: an outage of the vendor, or a wrong key, costs a handful of calls and not the fleet.

use core::time::Duration;
use std::{string::String, time::Instant};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use super::Feedback;

/// Half-open at first: one call at a time, until one succeeds. Then closed: all calls may go. It opens when most of the last calls
/// failed, and is half-open again after a pause.
///
/// Without a clock: each function is told the time.
pub(super) struct CircuitBreaker {
    circuit: Circuit,
    /// How many probes the vendor refused since the circuit was last closed.
    refusals: u32,
    /// How many probes had no answer, or were asked to come again later, since then.
    outages: u32,
    /// The last [`WINDOW`] calls, the latest in the lowest bit: 1 is a failure.
    recent: u32,
    pauses: ExponentialBackoff,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Circuit {
    /// Every call may go.
    Closed,
    /// One call may go, from this time on.
    HalfOpen(Instant),
    /// One call is in flight, and no other may go.
    Probing,
}

/// Whether a call may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// It may.
    Admit,
    /// It may, as the only one until its feedback is there.
    Probe,
    /// Not before this time.
    NotBefore(Instant),
    /// Not before the feedback of the probe in flight.
    AfterProbe,
}

/// How many of the last calls decide whether the circuit opens.
const WINDOW: u32 = 10;
/// With more failures than this among them it opens.
const MAX_FAILURES: u32 = WINDOW / 2;
/// After this many refusals of one probe after another a person must look: the next one would be refused as well.
const MAX_REFUSALS: u32 = 5;
/// After this many probes without an answer it is no short outage. With the pauses between them, that takes two to five minutes.
const MAX_OUTAGES: u32 = 10;
/// The pauses between probes double from the one to the other, and jitter adds up to as much again.
const SHORTEST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Longer and longer pauses, with jitter and without an end.
pub(crate) fn pauses() -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(SHORTEST_PAUSE)
        .with_max_delay(LONGEST_PAUSE)
        .with_factor(2.0)
        .with_jitter()
        .without_max_times()
        .build()
}

impl CircuitBreaker {
    /// Half-open.
    pub(super) fn new(now: Instant) -> Self {
        Self { circuit: Circuit::HalfOpen(now), refusals: 0, outages: 0, recent: 0, pauses: pauses() }
    }

    /// Whether a call may go. For an [`Admission::Probe`], the caller then calls [`start_probe`](Self::start_probe), and ends it by
    /// [`record`](Self::record) or [`cancel_probe`](Self::cancel_probe).
    pub(super) fn admission(&self, now: Instant) -> Admission {
        match self.circuit {
            Circuit::Closed => Admission::Admit,
            Circuit::Probing => Admission::AfterProbe,
            Circuit::HalfOpen(at) if at > now => Admission::NotBefore(at),
            Circuit::HalfOpen(_) => Admission::Probe,
        }
    }

    /// The only call goes.
    pub(super) fn start_probe(&mut self) {
        self.circuit = Circuit::Probing;
    }

    /// The only call was not made.
    pub(super) fn cancel_probe(&mut self, now: Instant) {
        if self.circuit == Circuit::Probing {
            self.circuit = Circuit::HalfOpen(now);
        }
    }

    /// Whether calls go one at a time.
    pub(super) fn is_half_open(&self) -> bool {
        self.circuit != Circuit::Closed
    }

    /// When the next probe may go, if the circuit waits for that.
    pub(super) const fn next_probe(&self) -> Option<Instant> {
        match self.circuit {
            Circuit::HalfOpen(at) => Some(at),
            Circuit::Closed | Circuit::Probing => None,
        }
    }

    /// Takes a call's feedback; `probe` says that it was the only one.
    ///
    /// # Errors
    ///
    /// Why no call should follow.
    pub(super) fn record(&mut self, feedback: &Feedback, probe: bool, now: Instant) -> Result<(), String> {
        if let Feedback::Stop(reason) = feedback {
            return Err(reason.clone());
        }
        let failed = *feedback != Feedback::Succeeded;
        self.recent = (self.recent << 1 | u32::from(failed)) & ((1 << WINDOW) - 1);
        if !failed {
            if probe {
                *self = Self { circuit: Circuit::Closed, ..Self::new(now) };
            }
            return Ok(());
        }
        let opens = self.circuit == Circuit::Closed && self.recent.count_ones() > MAX_FAILURES;
        if !(probe || opens) {
            return Ok(());
        }
        match feedback {
            Feedback::Refused => self.refusals += 1,
            _ => self.outages += 1,
        }
        if self.refusals >= MAX_REFUSALS {
            return Err("the vendor refuses one call after another; the reasons are in the journal".into());
        }
        if self.outages >= MAX_OUTAGES {
            return Err(
                "the vendor cannot be reached, fails or asks to wait, call after call; try again later"
                    .into(),
            );
        }
        self.circuit = Circuit::HalfOpen(now + self.pauses.next().unwrap_or(LONGEST_PAUSE));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    /// A breaker whose circuit is closed.
    fn closed(now: Instant) -> CircuitBreaker {
        let mut breaker = CircuitBreaker::new(now);
        assert_eq!(admit(&mut breaker, now), Admission::Probe);
        assert_eq!(breaker.record(&Feedback::Succeeded, true, now), Ok(()));
        assert_eq!(admit(&mut breaker, now), Admission::Admit);
        assert!(!breaker.is_half_open());
        breaker
    }

    fn admit(breaker: &mut CircuitBreaker, now: Instant) -> Admission {
        let admission = breaker.admission(now);
        if admission == Admission::Probe {
            breaker.start_probe();
        }
        admission
    }

    /// Sends one probe after another until the breaker says stop: the pauses before the probes, and its reason.
    fn until_stopped(
        breaker: &mut CircuitBreaker,
        feedback: &Feedback,
        mut now: Instant,
    ) -> (Vec<Duration>, String) {
        let mut waits = Vec::new();
        loop {
            let begun = now;
            loop {
                match admit(breaker, now) {
                    Admission::Probe => break,
                    Admission::NotBefore(at) => {
                        assert_eq!(breaker.next_probe(), Some(at));
                        now = at;
                    }
                    other => panic!("{other:?} while half-open"),
                }
            }
            assert_eq!(breaker.next_probe(), None);
            waits.push(now - begun);
            assert_eq!(admit(breaker, now), Admission::AfterProbe, "only one");
            if let Err(reason) = breaker.record(feedback, true, now) {
                return (waits, reason);
            }
        }
    }

    #[test]
    fn one_call_at_a_time_goes_until_one_succeeds() {
        let now = Instant::now();
        let mut breaker = CircuitBreaker::new(now);
        assert_eq!(admit(&mut breaker, now), Admission::Probe);
        assert!(breaker.is_half_open());
        for _ in 0..100 {
            assert_eq!(admit(&mut breaker, now), Admission::AfterProbe);
        }
        breaker.cancel_probe(now);
        assert_eq!(breaker.next_probe(), Some(now));
        assert_eq!(admit(&mut breaker, now), Admission::Probe);
        assert_eq!(breaker.record(&Feedback::Succeeded, true, now), Ok(()));
        assert_eq!(breaker.next_probe(), None);
        for _ in 0..100 {
            assert_eq!(admit(&mut breaker, now), Admission::Admit);
        }
        // There is no probe to cancel.
        breaker.cancel_probe(now);
        assert_eq!(admit(&mut breaker, now), Admission::Admit);
    }

    #[test]
    fn a_wrong_key_costs_five_calls_and_an_outage_ten() {
        for (feedback, calls) in [
            (Feedback::Refused, 5),
            (Feedback::Unavailable, 10),
            (Feedback::Wait(Duration::from_secs(1)), 10),
        ] {
            let now = Instant::now();
            let (waits, reason) = until_stopped(&mut CircuitBreaker::new(now), &feedback, now);
            assert_eq!(waits.len(), calls, "{reason}");
            let mut least = Duration::ZERO;
            for wait in &waits {
                // Jitter at most doubles what doubles anyway.
                assert!(*wait >= least && *wait <= 2 * least, "{waits:?}");
                least = (2 * least).clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
            }
        }
    }

    #[test]
    fn it_opens_when_most_calls_fail_and_not_before() {
        let now = Instant::now();
        let mut breaker = closed(now);
        // Every second call fails, for ever.
        for _ in 0..100 {
            assert_eq!(breaker.record(&Feedback::Unavailable, false, now), Ok(()));
            assert_eq!(breaker.record(&Feedback::Succeeded, false, now), Ok(()));
            assert_eq!(admit(&mut breaker, now), Admission::Admit);
        }
        let mut breaker = closed(now);
        for _ in 0..MAX_FAILURES {
            assert_eq!(breaker.record(&Feedback::Unavailable, false, now), Ok(()));
            assert_eq!(admit(&mut breaker, now), Admission::Admit);
        }
        assert_eq!(breaker.record(&Feedback::Unavailable, false, now), Ok(()));
        let Admission::NotBefore(at) = admit(&mut breaker, now) else { panic!("it is open") };
        assert!(at >= now + SHORTEST_PAUSE);
        // The calls in flight fail as well, which is no further reason.
        for _ in 0..100 {
            assert_eq!(breaker.record(&Feedback::Unavailable, false, now), Ok(()));
        }
        assert_eq!((breaker.refusals, breaker.outages), (0, 1));
        // Nor does the success of one of them close it.
        assert_eq!(breaker.record(&Feedback::Succeeded, false, now), Ok(()));
        assert_eq!(admit(&mut breaker, now), Admission::NotBefore(at));
        assert_eq!(admit(&mut breaker, at), Admission::Probe);
        assert_eq!(breaker.record(&Feedback::Succeeded, true, at), Ok(()));
        assert_eq!(admit(&mut breaker, at), Admission::Admit);
        // And the failures are forgotten.
        assert_eq!(breaker.record(&Feedback::Unavailable, false, at), Ok(()));
        assert_eq!(admit(&mut breaker, at), Admission::Admit);
    }

    /// Failures that are longer ago than the window do not count.
    #[test]
    fn it_looks_at_the_last_ten_calls() {
        let now = Instant::now();
        let mut breaker = closed(now);
        for _ in 0..MAX_FAILURES {
            assert_eq!(breaker.record(&Feedback::Unavailable, false, now), Ok(()));
        }
        for _ in 0..WINDOW - MAX_FAILURES {
            assert_eq!(breaker.record(&Feedback::Succeeded, false, now), Ok(()));
        }
        // Each pushes an old failure out of the window.
        for _ in 0..MAX_FAILURES {
            assert_eq!(breaker.record(&Feedback::Unavailable, false, now), Ok(()));
            assert_eq!(admit(&mut breaker, now), Admission::Admit);
        }
        assert_eq!(breaker.record(&Feedback::Unavailable, false, now), Ok(()));
        assert!(matches!(admit(&mut breaker, now), Admission::NotBefore(_)));
    }

    #[test]
    fn refusals_and_outages_are_counted_apart() {
        let mut now = Instant::now();
        let mut breaker = CircuitBreaker::new(now);
        let kinds =
            [Feedback::Unavailable, Feedback::Refused, Feedback::Unavailable, Feedback::Wait(Duration::ZERO)];
        for feedback in kinds.iter().cycle().take(20) {
            while let Admission::NotBefore(at) = breaker.admission(now) {
                now = at;
            }
            assert_eq!(admit(&mut breaker, now), Admission::Probe);
            if let Err(reason) = breaker.record(feedback, true, now) {
                assert!(reason.contains("asks to wait"), "{reason}");
                assert_eq!((breaker.refusals, breaker.outages), (3, MAX_OUTAGES));
                return;
            }
        }
        panic!("it never stops");
    }

    #[test]
    fn feedback_that_says_stop_stops_at_once() {
        let now = Instant::now();
        let stop = Feedback::Stop("the key is wrong".into());
        assert_eq!(closed(now).record(&stop, false, now), Err("the key is wrong".into()));
    }
}
