//! `--window`: the hours in which calls are made.

use std::{
    str::FromStr,
    time::{Duration, SystemTime},
};

use jiff::{Timestamp, ToSpan, Zoned, civil::Time, tz::TimeZone};

/// From one time of the day to another, perhaps of the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    from: Time,
    to: Time,
}

impl FromStr for Window {
    type Err = &'static str;

    /// Reads `22:00-04:00`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const ERROR: &str = "expected two times of the day, as in 22:00-04:00";
        let (from, to) = text.split_once('-').ok_or(ERROR)?;
        let window = Self { from: time(from).ok_or(ERROR)?, to: time(to).ok_or(ERROR)? };
        if window.from == window.to {
            return Err("expected two different times of the day, as in 22:00-04:00, found one twice");
        }
        Ok(window)
    }
}

/// A time of the day, in hours and minutes.
fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str| match text.as_bytes() {
        [b'0'..=b'9', b'0'..=b'9'] => text.parse().ok(),
        _ => None,
    };
    Time::new(number(hour)?, number(minute)?, 0, 0).ok()
}

impl Window {
    fn contains(self, time: Time) -> bool {
        match self.from < self.to {
            true => self.from <= time && time < self.to,
            false => self.from <= time || time < self.to,
        }
    }

    /// How long it is open a day, where the clock is not changed.
    pub(super) fn length(self) -> Duration {
        let seconds = |time: Time| 3600 * i64::from(time.hour()) + 60 * i64::from(time.minute());
        let length = (seconds(self.to) - seconds(self.from)).rem_euclid(24 * 3600);
        Duration::from_secs(length.unsigned_abs())
    }

    /// The hours of this window in a time zone.
    pub(super) const fn in_zone(self, zone: TimeZone) -> WindowIn {
        WindowIn { window: self, zone }
    }
}

/// The hours of a window in a time zone.
#[derive(Debug)]
pub(super) struct WindowIn {
    window: Window,
    zone: TimeZone,
}

impl WindowIn {
    fn begin_after(&self, now: &Zoned) -> Option<Zoned> {
        // Where the clock goes forward over the time at which the window begins, it begins an hour later.
        let begin =
            |day: jiff::civil::Date| day.to_datetime(self.window.from).to_zoned(self.zone.clone()).ok();
        let today = begin(now.date()).filter(|begin| begin > now);
        today.or_else(|| begin(now.date().checked_add(1.day()).ok()?))
    }
}

impl WindowIn {
    /// The time until the window is open, at this time; `None` if it is.
    pub(super) fn closed_for(&self, now: SystemTime) -> Option<Duration> {
        // A clock outside the years of the calendar is wrong, and waiting would not help.
        let local = Timestamp::try_from(now).ok()?.to_zoned(self.zone.clone());
        if self.window.contains(local.time()) {
            return None;
        }
        let begin = self.begin_after(&local)?;
        SystemTime::from(begin.timestamp()).duration_since(now).ok()
    }
}

/// A time zone of this name.
pub(super) fn zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name).map_err(|_| {
        String::from("expected the name of a time zone of this machine, such as Asia/Singapore or UTC")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(window: &str, zone: &str, now: &str) -> String {
        let window: Window = window.parse().expect("it is a window");
        let hours = window.in_zone(super::zone(zone).expect("it is a zone"));
        let now: Timestamp = now.parse().expect("it is a time");
        let next = SystemTime::from(now) + hours.closed_for(now.into()).unwrap_or_default();
        Timestamp::try_from(next).expect("it is near").to_string()
    }

    #[test]
    fn windows() {
        for text in ["22:00-04:00", "00:00-23:59", "09:30-17:05"] {
            assert!(text.parse::<Window>().is_ok(), "{text}");
        }
        for text in [
            "",
            "22-04",
            "22:00",
            "22:00-22:00",
            "24:00-04:00",
            "22:60-04:00",
            "2:00-4:00",
            "22:00-04:00-",
            "+1:00-04:00",
        ] {
            assert!(text.parse::<Window>().is_err(), "{text}");
        }
    }

    #[test]
    fn in_a_window_at_once_and_else_when_it_begins() {
        let night = "22:00-04:00";
        for now in ["2026-03-01T22:00:00Z", "2026-03-01T03:59:59Z", "2026-03-01T00:00:00Z"] {
            assert_eq!(next(night, "UTC", now), now);
        }
        assert_eq!(next(night, "UTC", "2026-03-01T04:00:00Z"), "2026-03-01T22:00:00Z");
        assert_eq!(next(night, "UTC", "2026-03-01T21:59:59Z"), "2026-03-01T22:00:00Z");
        assert_eq!(next("09:00-17:00", "UTC", "2026-03-01T17:00:00Z"), "2026-03-02T09:00:00Z");
        assert_eq!(next("09:00-17:00", "UTC", "2026-03-01T16:59:59Z"), "2026-03-01T16:59:59Z");
        // Eight hours ahead.
        assert_eq!(next(night, "Asia/Singapore", "2026-03-01T12:00:00Z"), "2026-03-01T14:00:00Z");
    }

    /// In Berlin there is no 02:30 on 29 March 2026, and there are two on 25 October.
    #[test]
    fn where_the_clock_is_changed() {
        assert_eq!(next("02:30-03:30", "Europe/Berlin", "2026-03-29T00:00:00Z"), "2026-03-29T01:30:00Z");
        assert_eq!(next("02:30-03:30", "Europe/Berlin", "2026-10-25T00:15:00Z"), "2026-10-25T00:30:00Z");
        assert_eq!(next("02:00-03:00", "Europe/Berlin", "2026-10-25T01:30:00Z"), "2026-10-25T01:30:00Z");
    }

    #[test]
    fn zones_have_names() {
        assert!(zone("Nowhere/Nothing").is_err());
    }
}
