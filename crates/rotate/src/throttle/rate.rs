//! At most this many calls in this much time.

use core::{fmt, num::NonZeroU32, str::FromStr, time::Duration};
use std::time::Instant;

/// At most this many calls in this much time, evenly spaced: `100/min` allows one call every 0.6 s.
///
/// A call that is up to 20 ms late does not delay those after it: a thread can take that long to wake up.
///
/// ```
/// use std::time::Duration;
/// use sip_password_rotate::Rate;
///
/// let rate: Rate = "100/min".parse()?;
/// assert_eq!(rate.interval(), Duration::from_millis(600));
/// assert_eq!("50/10s".parse::<Rate>()?.to_string(), "50/10s");
/// # Ok::<(), sip_password_rotate::ParseRateError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    calls: NonZeroU32,
    seconds: NonZeroU32,
}

/// Why a text is not a [`Rate`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseRateError;

impl Rate {
    /// This many calls a minute.
    ///
    /// # Panics
    ///
    /// If `calls` is zero; in a `const`, that does not compile.
    pub const fn per_minute(calls: u32) -> Self {
        Self {
            calls: NonZeroU32::new(calls).expect("a rate allows at least one call"),
            seconds: NonZeroU32::new(60).expect("a minute has 60 seconds"),
        }
    }

    /// The time from one call to the next, rounded down to a nanosecond, and at least one.
    pub const fn interval(self) -> Duration {
        let nanos = self.seconds.get() as u64 * 1_000_000_000 / self.calls.get() as u64;
        Duration::from_nanos(if nanos == 0 { 1 } else { nanos })
    }
}

/// Reads `100/min`, `10/s`, `1000/h`, and `50/10s` (fifty calls in ten seconds); the unit may be written out, or be `m` or `sec`.
impl FromStr for Rate {
    type Err = ParseRateError;

    fn from_str(text: &str) -> Result<Self, ParseRateError> {
        let (calls, time) = text.split_once('/').ok_or(ParseRateError)?;
        let digits = time.bytes().take_while(u8::is_ascii_digit).count();
        let (count, unit) = time.split_at(digits);
        let count: u32 = if count.is_empty() { 1 } else { count.parse().map_err(|_| ParseRateError)? };
        let unit: u32 = match unit {
            "s" | "sec" | "second" | "seconds" => 1,
            "m" | "min" | "minute" | "minutes" => 60,
            "h" | "hour" | "hours" => 3600,
            _ => return Err(ParseRateError),
        };
        let calls = if calls.bytes().all(|byte| byte.is_ascii_digit()) { calls.parse().ok() } else { None };
        let seconds = count.checked_mul(unit).and_then(NonZeroU32::new);
        Ok(Self { calls: calls.ok_or(ParseRateError)?, seconds: seconds.ok_or(ParseRateError)? })
    }
}

/// Writes what [`FromStr`] reads.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, unit) = match self.seconds.get() {
            seconds if seconds.is_multiple_of(3600) => (seconds / 3600, "h"),
            seconds if seconds.is_multiple_of(60) => (seconds / 60, "min"),
            seconds => (seconds, "s"),
        };
        write!(f, "{}/", self.calls)?;
        if count != 1 {
            write!(f, "{count}")?;
        }
        f.write_str(unit)
    }
}

impl fmt::Display for ParseRateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a rate; write a number of calls and a time, as in 100/min, 10/s, 1000/h or 50/10s")
    }
}

impl core::error::Error for ParseRateError {}

/// How late a call may be without delaying those after it: a thread can take that long to wake up.
pub(super) const TOLERANCE: Duration = Duration::from_millis(20);

/// Spaces calls evenly: the generic cell rate algorithm (ITU-T I.371), with [`TOLERANCE`] as its limit. Without a clock: each call
/// says what time it is.
///
/// In any stretch of time there are at most `(stretch + TOLERANCE) / interval + 1` calls.
pub(super) struct RateLimiter {
    interval: Duration,
    /// When the next call is due: the algorithm's theoretical arrival time, less the tolerance.
    due: Instant,
}

impl RateLimiter {
    /// The first call is due `now`.
    pub(super) const fn new(rate: Rate, now: Instant) -> Self {
        Self { interval: rate.interval(), due: now }
    }

    /// The first call is due this much later, but no later than after a whole interval.
    pub(super) fn delay(&mut self, left: Duration, now: Instant) {
        self.due = self.due.max(now + left.min(self.interval));
    }

    /// When the next call is due.
    pub(super) const fn due(&self) -> Instant {
        self.due
    }

    /// Counts a call that is made now.
    ///
    /// # Errors
    ///
    /// The time at which a call may be made, if that is later.
    pub(super) fn try_call(&mut self, now: Instant) -> Result<(), Instant> {
        if now < self.due {
            return Err(self.due);
        }
        let lost = (now - self.due).saturating_sub(TOLERANCE);
        self.due += lost + self.interval;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{string::ToString, vec::Vec};

    use sip_password::{Keystream, rand_core::Rng};

    use super::*;

    #[test]
    fn parses_and_prints_every_form() {
        for (text, millis) in
            [("100/min", 600), ("10/s", 100), ("50/10s", 200), ("3600/h", 1000), ("1/2min", 120_000)]
        {
            let rate: Rate = text.parse().expect("it is a rate");
            assert_eq!(rate.interval(), Duration::from_millis(millis), "{text}");
            assert_eq!(rate.to_string(), text);
        }
        for (text, printed) in [
            ("100/minute", "100/min"),
            ("100/hour", "100/h"),
            ("5/m", "5/min"),
            ("5/second", "5/s"),
            ("5/sec", "5/s"),
            ("50/10seconds", "50/10s"),
            ("7/2hours", "7/2h"),
            ("7/5minutes", "7/5min"),
        ] {
            let rate: Rate = text.parse().expect("it is a rate");
            assert_eq!(rate.to_string(), printed, "{text}");
        }
        assert_eq!("4294967295/s".parse::<Rate>().map(Rate::interval), Ok(Duration::from_nanos(1)));
        for text in [
            "",
            "/",
            "100",
            "0/s",
            "-1/s",
            "+1/s",
            "1/0s",
            "1/day",
            "/s",
            "1/",
            "1/ s",
            "1/s ",
            "4294967296/s",
            "1/4294967295h",
        ] {
            assert_eq!(text.parse::<Rate>(), Err(ParseRateError), "{text}");
        }
    }

    /// Remembers every call, and compares a new one with each of them.
    struct Reference {
        interval: Duration,
        start: Instant,
        calls: Vec<Instant>,
    }

    impl Reference {
        /// "Evenly spaced": from the start on, n calls take n intervals; and from any call on, n intervals less the 20 ms that a call
        /// may be late.
        fn try_call(&mut self, now: Instant) -> bool {
            let count = u32::try_from(self.calls.len()).expect("there are few calls");
            let since_start = now >= self.start + self.interval * count;
            let since_each = (0..count)
                .zip(&self.calls)
                .all(|(place, call)| now + TOLERANCE >= *call + self.interval * (count - place));
            let allowed = since_start && since_each;
            if allowed {
                self.calls.push(now);
            }
            allowed
        }
    }

    #[test]
    fn agrees_with_the_reference_whenever_calls_arrive() {
        let mut rng = Keystream::new(&sip_password::Seed::take(&mut [7; 32]));
        for text in ["1/s", "20/s", "50/s", "51/s", "100/s", "1000/s", "7/3s"] {
            let rate: Rate = text.parse().expect("it is a rate");
            let start = Instant::now();
            for typical in [1, 5, 19, 20, 21, 50, 400] {
                let mut limiter = RateLimiter::new(rate, start);
                let mut reference = Reference { interval: rate.interval(), start, calls: Vec::new() };
                let mut now = start;
                for call in 0..150 {
                    let was_due = limiter.due;
                    let found = limiter.try_call(now);
                    assert_eq!(found.is_ok(), reference.try_call(now), "{text}, call {call}");
                    match found {
                        // Half of them come at the very time, and the others whenever they like.
                        Err(due) if rng.next_u32().is_multiple_of(2) => now = due,
                        Err(due) => assert_eq!(due, was_due),
                        Ok(()) => {}
                    }
                    now += Duration::from_micros(u64::from(rng.next_u32()) % (typical * 2000));
                }
            }
        }
    }

    #[test]
    fn a_call_up_to_20_ms_late_does_not_delay_the_next() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut limiter = RateLimiter::new("10/s".parse().expect("it is a rate"), start);
        assert_eq!(limiter.try_call(at(0)), Ok(()));
        assert_eq!(limiter.try_call(at(99)), Err(at(100)));
        assert_eq!(limiter.try_call(at(120)), Ok(()), "20 ms late");
        assert_eq!(limiter.try_call(at(199)), Err(at(200)));
        assert_eq!(limiter.try_call(at(221)), Ok(()), "21 ms late");
        assert_eq!(limiter.try_call(at(300)), Err(at(301)));
        // After a long rest, no burst follows.
        assert_eq!(limiter.try_call(at(10_000)), Ok(()));
        assert_eq!(limiter.try_call(at(10_000)), Err(at(10_080)));
    }
}
