//! When to stop asking: a vendor's outage, or a wrong key, costs a handful of calls and not the fleet.

use core::time::Duration;
use std::{string::String, time::Instant};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use super::Feedback;

/// Lets calls through, one at a time until one succeeds, then all; pauses when most of the last calls failed, and then
/// begins with one at a time again.
///
/// It has no clock of its own: each function is told the time.
pub(crate) struct CircuitBreaker {
    state: Circuit,
    /// How many were refused since the last that succeeded, while calls go one at a time.
    refusals: u32,
    /// And how many had no answer, or were to come again later.
    outages: u32,
    /// The last calls, the latest in the lowest bit: 1 is a failure.
    recent: u32,
    pauses: ExponentialBackoff,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Circuit {
    /// All may call.
    Closed,
    /// One may call, from this time on.
    HalfOpen(Instant),
    /// One is calling.
    Probing,
}

/// Whether a call may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// It may.
    Admit,
    /// It may; no other will until it is known what became of it.
    Probe,
    /// Not before this time.
    NotBefore(Instant),
    /// Not before the one is back.
    Wait,
}

/// How many calls are looked at.
const WINDOW: u32 = 10;
/// More failures than this among them are most.
const MAX_FAILURES: u32 = WINDOW / 2;
/// So many refused one after another, and a person should look: the next would be refused as well.
const MAX_REFUSALS: u32 = 5;
/// So many without an answer, and it is no short outage. With the pauses between them some five minutes.
const MAX_OUTAGES: u32 = 10;
/// The pauses between them, which double, with as much again by chance.
const SHORTEST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Longer and longer pauses, with jitter, without an end.
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
    /// One at a time, to begin with.
    pub(crate) fn new(now: Instant) -> Self {
        Self { state: Circuit::HalfOpen(now), refusals: 0, outages: 0, recent: 0, pauses: pauses() }
    }

    /// Whether a call may be made. Who makes one where it is [`Admission::Probe`] must [`start_probe`](Self::start_probe) it, and say
    /// what became of it, by [`record`](Self::record) or [`cancel_probe`](Self::cancel_probe).
    pub(crate) fn admission(&self, now: Instant) -> Admission {
        match self.state {
            Circuit::Closed => Admission::Admit,
            Circuit::Probing => Admission::Wait,
            Circuit::HalfOpen(at) if at > now => Admission::NotBefore(at),
            Circuit::HalfOpen(_) => Admission::Probe,
        }
    }

    /// Somebody makes a call alone.
    pub(crate) fn start_probe(&mut self) {
        self.state = Circuit::Probing;
    }

    /// Whether calls go one at a time.
    pub(crate) fn is_half_open(&self) -> bool {
        self.state != Circuit::Closed
    }

    /// When the next call may be made, where it may not be now.
    pub(crate) const fn next_probe(&self) -> Option<Instant> {
        match self.state {
            Circuit::HalfOpen(at) => Some(at),
            Circuit::Closed | Circuit::Probing => None,
        }
    }

    /// The call that had the right was not made.
    pub(crate) fn cancel_probe(&mut self, now: Instant) {
        if self.state == Circuit::Probing {
            self.state = Circuit::HalfOpen(now);
        }
    }

    /// What became of a call. An error says why none should follow.
    pub(crate) fn record(&mut self, feedback: &Feedback, probe: bool, now: Instant) -> Result<(), String> {
        if let Feedback::Stop(why) = feedback {
            return Err(why.clone());
        }
        let failed = *feedback != Feedback::Succeeded;
        self.recent = (self.recent << 1 | u32::from(failed)) & ((1 << WINDOW) - 1);
        if !failed {
            if probe {
                *self = Self { state: Circuit::Closed, ..Self::new(now) };
            }
            return Ok(());
        }
        let trips = self.state == Circuit::Closed && self.recent.count_ones() > MAX_FAILURES;
        if !(probe || trips) {
            return Ok(());
        }
        match feedback {
            Feedback::Refused => self.refusals += 1,
            _ => self.outages += 1,
        }
        if self.refusals >= MAX_REFUSALS {
            return Err("the vendor refuses one call after another".into());
        }
        if self.outages >= MAX_OUTAGES {
            return Err("the vendor cannot be reached, fails or asks to wait, call after call".into());
        }
        self.state = Circuit::HalfOpen(now + self.pauses.next().unwrap_or(LONGEST_PAUSE));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    /// A breaker that is closed.
    fn closed(now: Instant) -> CircuitBreaker {
        let mut breaker = CircuitBreaker::new(now);
        assert_eq!(admit(&mut breaker, now), Admission::Probe);
        assert_eq!(breaker.record(&Feedback::Succeeded, true, now), Ok(()));
        assert_eq!(admit(&mut breaker, now), Admission::Admit);
        breaker
    }

    fn admit(breaker: &mut CircuitBreaker, now: Instant) -> Admission {
        let admission = breaker.admission(now);
        if admission == Admission::Probe {
            breaker.start_probe();
        }
        admission
    }

    /// The calls that go through one at a time until it stops, with the pauses before them.
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
                    Admission::NotBefore(at) => now = at,
                    other => panic!("{other:?} one at a time"),
                }
            }
            waits.push(now - begun);
            assert_eq!(admit(breaker, now), Admission::Wait, "only one");
            if let Err(why) = breaker.record(feedback, true, now) {
                return (waits, why);
            }
        }
    }

    #[test]
    fn one_at_a_time_until_one_succeeds() {
        let now = Instant::now();
        let mut breaker = CircuitBreaker::new(now);
        assert_eq!(admit(&mut breaker, now), Admission::Probe);
        for _ in 0..100 {
            assert_eq!(admit(&mut breaker, now), Admission::Wait);
        }
        breaker.cancel_probe(now);
        assert_eq!(admit(&mut breaker, now), Admission::Probe);
        assert_eq!(breaker.record(&Feedback::Succeeded, true, now), Ok(()));
        for _ in 0..100 {
            assert_eq!(admit(&mut breaker, now), Admission::Admit);
        }
    }

    #[test]
    fn a_wrong_key_costs_five_calls_and_an_outage_ten() {
        for (feedback, calls) in [
            (Feedback::Refused, 5),
            (Feedback::Unavailable, 10),
            (Feedback::Wait(Duration::from_secs(1)), 10),
        ] {
            let now = Instant::now();
            let (waits, why) = until_stopped(&mut CircuitBreaker::new(now), &feedback, now);
            assert_eq!(waits.len(), calls, "{why}");
            let mut least = Duration::ZERO;
            for wait in &waits {
                // Jitter at most doubles what doubles anyway.
                assert!(*wait >= least && *wait <= 2 * least, "{waits:?}");
                least = (2 * least).clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
            }
        }
    }

    #[test]
    fn it_trips_when_most_calls_fail_and_not_before() {
        let now = Instant::now();
        let mut breaker = closed(now);
        // Every second one fails, for ever.
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
        // Those that were under way fail as well: they are no further reason.
        for _ in 0..100 {
            assert_eq!(breaker.record(&Feedback::Unavailable, false, now), Ok(()));
        }
        assert_eq!(admit(&mut breaker, at), Admission::Probe);
        assert_eq!(breaker.record(&Feedback::Succeeded, true, at), Ok(()));
        assert_eq!(admit(&mut breaker, at), Admission::Admit);
        // And what was is forgotten.
        assert_eq!(breaker.record(&Feedback::Unavailable, false, at), Ok(()));
        assert_eq!(admit(&mut breaker, at), Admission::Admit);
    }

    #[test]
    fn refusals_and_troubles_are_counted_apart() {
        let mut now = Instant::now();
        let mut breaker = CircuitBreaker::new(now);
        let kinds =
            [Feedback::Unavailable, Feedback::Refused, Feedback::Unavailable, Feedback::Wait(Duration::ZERO)];
        for feedback in kinds.iter().cycle().take(20) {
            while let Admission::NotBefore(at) = breaker.admission(now) {
                now = at;
            }
            assert_eq!(admit(&mut breaker, now), Admission::Probe);
            if let Err(why) = breaker.record(feedback, true, now) {
                assert!(why.contains("asks to wait"), "{why}");
                assert_eq!((breaker.refusals, breaker.outages), (3, MAX_OUTAGES));
                return;
            }
        }
        panic!("it goes on for ever");
    }

    #[test]
    fn what_makes_no_sense_stops_at_once() {
        let now = Instant::now();
        let stop = Feedback::Stop("the key is wrong".into());
        assert_eq!(closed(now).record(&stop, false, now), Err("the key is wrong".into()));
    }
}
