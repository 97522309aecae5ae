//! When to stop asking: a vendor's outage, or a wrong key, costs a handful of calls and not the fleet.

use core::time::Duration;
use std::{string::String, time::Instant};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use super::Heard;

/// Lets calls through, one at a time until one succeeds, then all; pauses when most of the last calls failed, and then
/// begins with one at a time again.
///
/// It has no clock of its own: each function is told the time.
pub(crate) struct Breaker {
    state: State,
    /// How many were refused since the last that succeeded, while calls go one at a time.
    refusals: u32,
    /// And how many had no answer, or were to come again later.
    troubles: u32,
    /// The last calls, the latest in the lowest bit: 1 is a failure.
    last: u32,
    pauses: ExponentialBackoff,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// All may call.
    Closed,
    /// One may call, from this time on.
    Trying(Instant),
    /// One is calling.
    Tried,
}

/// Whether a call may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// It may.
    Go,
    /// It may; no other will until it is known what became of it.
    Alone,
    /// Not before this time.
    NotBefore(Instant),
    /// Not before the one is back.
    Later,
}

/// How many calls are looked at.
const WINDOW: u32 = 10;
/// More failures than this among them are most.
const MOST: u32 = WINDOW / 2;
/// So many refused one after another, and a person should look: the next would be refused as well.
const REFUSALS: u32 = 5;
/// So many without an answer, and it is no short outage. With the pauses between them some five minutes.
const OUTAGE: u32 = 10;
/// The pauses between them, which double, with as much again by chance.
const SHORTEST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);

/// Longer and longer pauses, with jitter, without an end.
pub(crate) fn pauses() -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(SHORTEST)
        .with_max_delay(LONGEST)
        .with_factor(2.0)
        .with_jitter()
        .without_max_times()
        .build()
}

impl Breaker {
    /// One at a time, to begin with.
    pub(crate) fn new(now: Instant) -> Self {
        Self { state: State::Trying(now), refusals: 0, troubles: 0, last: 0, pauses: pauses() }
    }

    /// Whether a call may be made. Who makes one where it is [`Admission::Alone`] must [`begin`](Self::begin) it, and say
    /// what became of it, by [`heard`](Self::heard) or [`unused`](Self::unused).
    pub(crate) fn admission(&self, now: Instant) -> Admission {
        match self.state {
            State::Closed => Admission::Go,
            State::Tried => Admission::Later,
            State::Trying(at) if at > now => Admission::NotBefore(at),
            State::Trying(_) => Admission::Alone,
        }
    }

    /// Somebody makes a call alone.
    pub(crate) fn begin(&mut self) {
        self.state = State::Tried;
    }

    /// Whether calls go one at a time.
    pub(crate) fn is_trying(&self) -> bool {
        self.state != State::Closed
    }

    /// When the next call may be made, where it may not be now.
    pub(crate) const fn opens(&self) -> Option<Instant> {
        match self.state {
            State::Trying(at) => Some(at),
            State::Closed | State::Tried => None,
        }
    }

    /// The call that had the right was not made.
    pub(crate) fn unused(&mut self, now: Instant) {
        if self.state == State::Tried {
            self.state = State::Trying(now);
        }
    }

    /// What became of a call. An error says why none should follow.
    pub(crate) fn heard(&mut self, heard: &Heard, alone: bool, now: Instant) -> Result<(), String> {
        if let Heard::Stop(why) = heard {
            return Err(why.clone());
        }
        let failed = *heard != Heard::Done;
        self.last = (self.last << 1 | u32::from(failed)) & ((1 << WINDOW) - 1);
        if !failed {
            if alone {
                *self = Self { state: State::Closed, ..Self::new(now) };
            }
            return Ok(());
        }
        let trips = self.state == State::Closed && self.last.count_ones() > MOST;
        if !(alone || trips) {
            return Ok(());
        }
        match heard {
            Heard::Refused => self.refusals += 1,
            _ => self.troubles += 1,
        }
        if self.refusals >= REFUSALS {
            return Err("the vendor refuses one call after another".into());
        }
        if self.troubles >= OUTAGE {
            return Err("the vendor cannot be reached, fails or asks to wait, call after call".into());
        }
        self.state = State::Trying(now + self.pauses.next().unwrap_or(LONGEST));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    /// A breaker that is closed.
    fn closed(now: Instant) -> Breaker {
        let mut breaker = Breaker::new(now);
        assert_eq!(admit(&mut breaker, now), Admission::Alone);
        assert_eq!(breaker.heard(&Heard::Done, true, now), Ok(()));
        assert_eq!(admit(&mut breaker, now), Admission::Go);
        breaker
    }

    fn admit(breaker: &mut Breaker, now: Instant) -> Admission {
        let admission = breaker.admission(now);
        if admission == Admission::Alone {
            breaker.begin();
        }
        admission
    }

    /// The calls that go through one at a time until it stops, with the pauses before them.
    fn until_stopped(breaker: &mut Breaker, heard: &Heard, mut now: Instant) -> (Vec<Duration>, String) {
        let mut waits = Vec::new();
        loop {
            let begun = now;
            loop {
                match admit(breaker, now) {
                    Admission::Alone => break,
                    Admission::NotBefore(at) => now = at,
                    other => panic!("{other:?} one at a time"),
                }
            }
            waits.push(now - begun);
            assert_eq!(admit(breaker, now), Admission::Later, "only one");
            if let Err(why) = breaker.heard(heard, true, now) {
                return (waits, why);
            }
        }
    }

    #[test]
    fn one_at_a_time_until_one_succeeds() {
        let now = Instant::now();
        let mut breaker = Breaker::new(now);
        assert_eq!(admit(&mut breaker, now), Admission::Alone);
        for _ in 0..100 {
            assert_eq!(admit(&mut breaker, now), Admission::Later);
        }
        breaker.unused(now);
        assert_eq!(admit(&mut breaker, now), Admission::Alone);
        assert_eq!(breaker.heard(&Heard::Done, true, now), Ok(()));
        for _ in 0..100 {
            assert_eq!(admit(&mut breaker, now), Admission::Go);
        }
    }

    #[test]
    fn a_wrong_key_costs_five_calls_and_an_outage_ten() {
        for (heard, calls) in
            [(Heard::Refused, 5), (Heard::Trouble, 10), (Heard::Wait(Duration::from_secs(1)), 10)]
        {
            let now = Instant::now();
            let (waits, why) = until_stopped(&mut Breaker::new(now), &heard, now);
            assert_eq!(waits.len(), calls, "{why}");
            let mut least = Duration::ZERO;
            for wait in &waits {
                // Jitter at most doubles what doubles anyway.
                assert!(*wait >= least && *wait <= 2 * least, "{waits:?}");
                least = (2 * least).clamp(SHORTEST, LONGEST);
            }
        }
    }

    #[test]
    fn it_trips_when_most_calls_fail_and_not_before() {
        let now = Instant::now();
        let mut breaker = closed(now);
        // Every second one fails, for ever.
        for _ in 0..100 {
            assert_eq!(breaker.heard(&Heard::Trouble, false, now), Ok(()));
            assert_eq!(breaker.heard(&Heard::Done, false, now), Ok(()));
            assert_eq!(admit(&mut breaker, now), Admission::Go);
        }
        let mut breaker = closed(now);
        for _ in 0..MOST {
            assert_eq!(breaker.heard(&Heard::Trouble, false, now), Ok(()));
            assert_eq!(admit(&mut breaker, now), Admission::Go);
        }
        assert_eq!(breaker.heard(&Heard::Trouble, false, now), Ok(()));
        let Admission::NotBefore(at) = admit(&mut breaker, now) else { panic!("it is open") };
        assert!(at >= now + SHORTEST);
        // Those that were under way fail as well: they are no further reason.
        for _ in 0..100 {
            assert_eq!(breaker.heard(&Heard::Trouble, false, now), Ok(()));
        }
        assert_eq!(admit(&mut breaker, at), Admission::Alone);
        assert_eq!(breaker.heard(&Heard::Done, true, at), Ok(()));
        assert_eq!(admit(&mut breaker, at), Admission::Go);
        // And what was is forgotten.
        assert_eq!(breaker.heard(&Heard::Trouble, false, at), Ok(()));
        assert_eq!(admit(&mut breaker, at), Admission::Go);
    }

    #[test]
    fn refusals_and_troubles_are_counted_apart() {
        let mut now = Instant::now();
        let mut breaker = Breaker::new(now);
        let kinds = [Heard::Trouble, Heard::Refused, Heard::Trouble, Heard::Wait(Duration::ZERO)];
        for heard in kinds.iter().cycle().take(20) {
            while let Admission::NotBefore(at) = breaker.admission(now) {
                now = at;
            }
            assert_eq!(admit(&mut breaker, now), Admission::Alone);
            if let Err(why) = breaker.heard(heard, true, now) {
                assert!(why.contains("asks to wait"), "{why}");
                assert_eq!((breaker.refusals, breaker.troubles), (3, OUTAGE));
                return;
            }
        }
        panic!("it goes on for ever");
    }

    #[test]
    fn what_makes_no_sense_stops_at_once() {
        let now = Instant::now();
        let stop = Heard::Stop("the key is wrong".into());
        assert_eq!(closed(now).heard(&stop, false, now), Err("the key is wrong".into()));
    }
}
