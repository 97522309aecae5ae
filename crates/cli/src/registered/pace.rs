//! The value of `--rate`: how far apart questions are.

use std::{
    str::FromStr,
    thread,
    time::{Duration, Instant},
};

/// The time from one question to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pace(Duration);

impl FromStr for Pace {
    type Err = &'static str;

    /// Reads `5/s`, `100/min` and `1000/h`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const ERROR: &str = "expected a number and a time, as in 5/s, 100/min or 1000/h";
        let (number, unit) = text.split_once('/').ok_or(ERROR)?;
        let seconds = match unit {
            "s" => 1,
            "min" => 60,
            "h" => 3600,
            _ => return Err(ERROR),
        };
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        let number: u32 = number.parse().ok().filter(|&number| is_number && number > 0).ok_or(ERROR)?;
        Ok(Self(Duration::from_secs(seconds) / number))
    }
}

/// Spaces questions evenly. A late one is followed by no burst.
pub(crate) struct Pacer {
    pace: Pace,
    due: Instant,
}

impl Pacer {
    /// The first question is due now.
    pub(crate) fn new(pace: Pace) -> Self {
        Self { pace, due: Instant::now() }
    }

    /// Waits until the next question is due.
    pub(crate) fn wait(&mut self) {
        thread::sleep(self.due.saturating_duration_since(Instant::now()));
        self.due = Instant::now() + self.pace.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates() {
        for (text, millis) in [("1/s", 1000), ("5/s", 200), ("100/min", 600), ("1000/h", 3600)] {
            assert_eq!(text.parse(), Ok(Pace(Duration::from_millis(millis))), "{text}");
        }
        for text in ["", "5", "/s", "0/s", "-1/s", "+1/s", "1.5/s", "5/", "5/x", "5/ s", "4294967296/s"] {
            assert!(text.parse::<Pace>().is_err(), "{text}");
        }
    }

    #[test]
    fn questions_are_spaced() {
        let begun = Instant::now();
        let mut pacer = Pacer::new(Pace(Duration::from_millis(20)));
        for _ in 0..4 {
            pacer.wait();
        }
        assert!(begun.elapsed() >= Duration::from_millis(60));
    }
}
