//! How many calls in how much time.

use core::{fmt, num::NonZeroU32, str::FromStr, time::Duration};

/// At most so many calls in so much time, evenly spaced: `100/min` is one every 0.6 s. What comes late is made up for, by at
/// most 20 ms.
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
    /// In seconds.
    per: NonZeroU32,
}

/// A text that is no [`Rate`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseRateError;

impl Rate {
    /// So many calls a minute.
    ///
    /// # Panics
    ///
    /// On zero; in a `const` it does not compile.
    pub const fn per_minute(calls: u32) -> Self {
        Self {
            calls: NonZeroU32::new(calls).expect("a rate is of one call or more"),
            per: NonZeroU32::new(60).expect("a minute is longer than nothing"),
        }
    }

    /// The time from one call to the next.
    pub const fn interval(self) -> Duration {
        let nanos = self.per.get() as u64 * 1_000_000_000 / self.calls.get() as u64;
        // Never none at all: a rate is a limit.
        Duration::from_nanos(if nanos == 0 { 1 } else { nanos })
    }
}

/// `100/min`, `10/s`, `1000/h`, and `50/10s`, fifty in ten seconds.
impl FromStr for Rate {
    type Err = ParseRateError;

    fn from_str(text: &str) -> Result<Self, ParseRateError> {
        let (calls, per) = text.split_once('/').ok_or(ParseRateError)?;
        let digits = per.bytes().take_while(u8::is_ascii_digit).count();
        let (times, unit) = per.split_at(digits);
        let times: u32 = if times.is_empty() { 1 } else { times.parse().map_err(|_| ParseRateError)? };
        let unit: u32 = match unit {
            "s" => 1,
            "min" => 60,
            "h" => 3600,
            _ => return Err(ParseRateError),
        };
        let calls = if calls.bytes().all(|byte| byte.is_ascii_digit()) { calls.parse().ok() } else { None };
        let per = times.checked_mul(unit).and_then(NonZeroU32::new);
        Ok(Self { calls: calls.ok_or(ParseRateError)?, per: per.ok_or(ParseRateError)? })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (times, unit) = match self.per.get() {
            per if per.is_multiple_of(3600) => (per / 3600, "h"),
            per if per.is_multiple_of(60) => (per / 60, "min"),
            per => (per, "s"),
        };
        write!(f, "{}/", self.calls)?;
        if times != 1 {
            write!(f, "{times}")?;
        }
        f.write_str(unit)
    }
}

impl fmt::Display for ParseRateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no rate; right is 100/min, 10/s, 1000/h or 50/10s")
    }
}

impl core::error::Error for ParseRateError {}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn texts() {
        for (text, millis) in
            [("100/min", 600), ("10/s", 100), ("50/10s", 200), ("3600/h", 1000), ("1/2min", 120_000)]
        {
            let rate: Rate = text.parse().expect("it is a rate");
            assert_eq!(rate.interval(), Duration::from_millis(millis), "{text}");
            assert_eq!(rate.to_string(), text);
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
}
