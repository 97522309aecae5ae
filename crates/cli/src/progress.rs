//! Progress on standard error, for work that takes its time.

use std::{
    io::{self, IsTerminal, Write},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

/// How many passwords or bytes pass between two looks at the clock.
const STRIDE: u64 = 1 << 10;
/// The time between two updates. Work that is done sooner shows nothing.
const INTERVAL: Duration = Duration::from_millis(500);
/// How long a wait lasts before something is said about it.
const PATIENCE: Duration = Duration::from_secs(2);
/// The most characters that are shown: a line that wraps could not be overwritten.
const MAX_WIDTH: usize = 79;

/// One line of a terminal, which is overwritten each time, and removed at the end.
pub(super) struct StatusLine {
    /// The number of characters on the terminal.
    width: usize,
    updated: Instant,
}

impl StatusLine {
    /// `None` if standard error is not a terminal.
    pub(super) fn on_terminal() -> Option<Self> {
        io::stderr().is_terminal().then_some(Self { width: 0, updated: Instant::now() })
    }

    /// The same; `None` also if results scroll by on the same terminal.
    #[cfg(feature = "registered")]
    pub(super) fn beside_results() -> Option<Self> {
        if io::stdout().is_terminal() { None } else { Self::on_terminal() }
    }

    /// Shows a text in place of the last one, unless that one is recent.
    pub(super) fn update(&mut self, text: impl FnOnce() -> String) {
        if self.updated.elapsed() >= INTERVAL {
            self.updated = Instant::now();
            self.draw(&text());
        }
    }

    /// Removes the text, so that a message can stand in its place.
    pub(super) fn clear(&mut self) {
        if self.width > 0 {
            self.draw("");
        }
    }

    fn draw(&mut self, text: &str) {
        let width = text.chars().count().min(MAX_WIDTH);
        let surplus = self.width.saturating_sub(width);
        let mut stderr = io::stderr().lock();
        // If the line cannot be written, nobody misses it.
        let _ = write!(stderr, "\r{text:.MAX_WIDTH$}{:surplus$}\r", "").and_then(|()| stderr.flush());
        self.width = width;
    }
}

/// Asks a question, on standard error: its answer is read from a terminal.
pub(super) fn ask_on_terminal(question: &str) {
    let mut stderr = io::stderr().lock();
    // Whoever cannot see the question can still answer it.
    let _ = stderr.write_all(question.as_bytes()).and_then(|()| stderr.flush());
}

/// Removes what a [`StatusLine`] of another thread may show.
pub(super) fn clear_line() {
    if io::stderr().is_terminal() {
        let _ = write!(io::stderr().lock(), "\r{:MAX_WIDTH$}\r", "");
    }
}

impl Drop for StatusLine {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Does something that may take long, and says meanwhile what is being waited for: on a terminal with the time so far, elsewhere once.
pub(super) fn while_waiting<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let (working, has_ended) = mpsc::channel::<()>();
    let say = move || {
        let begun = Instant::now();
        let mut line = StatusLine::on_terminal();
        let mut is_said = false;
        while has_ended.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
            if begun.elapsed() < PATIENCE {
                continue;
            }
            match &mut line {
                Some(line) => line.update(|| format!("{what}: {}", time(begun.elapsed()))),
                None if !is_said => super::report(&format!("sip-password: {what}")),
                None => {}
            }
            is_said = true;
        }
    };
    thread::scope(|scope| {
        // Without a thread, nothing is said.
        let _ = thread::Builder::new().spawn_scoped(scope, say);
        let result = work();
        drop(working);
        result
    })
}

/// How much is done, how fast and, if the total is known, how long the rest takes.
///
/// Nothing is shown if standard error is not a terminal, or if results scroll by on the same terminal.
pub(super) struct Progress {
    unit: Unit,
    done: u64,
    total: Option<u64>,
    begun: Instant,
    /// What was done at the last look at the clock.
    seen: u64,
    line: Option<StatusLine>,
}

#[derive(Clone, Copy)]
enum Unit {
    Passwords,
    Bytes,
}

impl Progress {
    /// `prints`: whether the results go to standard output.
    pub(super) fn of_passwords(total: u64, prints: bool) -> Self {
        Self::new(Unit::Passwords, Some(total), prints)
    }

    /// `total`: `None` if it is unknown. `prints`: whether the results go to standard output.
    pub(super) fn of_bytes(total: Option<u64>, prints: bool) -> Self {
        Self::new(Unit::Bytes, total, prints)
    }

    fn new(unit: Unit, total: Option<u64>, prints: bool) -> Self {
        let scrolls = prints && io::stdout().is_terminal();
        let line = if scrolls { None } else { StatusLine::on_terminal() };
        Self { unit, done: 0, total, begun: Instant::now(), seen: 0, line }
    }

    /// Adds this many passwords or bytes to what is done.
    pub(super) fn add(&mut self, amount: u64) {
        self.done += amount;
        let Some(line) = &mut self.line else { return };
        if self.done - self.seen < STRIDE {
            return;
        }
        self.seen = self.done;
        line.update(|| text(self.unit, self.done, self.total, self.begun.elapsed()));
    }
}

fn text(unit: Unit, done: u64, total: Option<u64>, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64();
    let speed = if seconds > 0.0 { done as f64 / seconds } else { 0.0 };
    let Some(total) = total.filter(|&total| total > 0) else {
        return format!("{}, {}/s", unit.show(done), unit.show_speed(speed as u64));
    };
    let left = total.saturating_sub(done) as f64 / speed;
    let left = Duration::try_from_secs_f64(left.ceil()).map_or_else(|_| "?".into(), time);
    let percent = 100 * u128::from(done) / u128::from(total);
    format!(
        "{} of {} ({percent} %), {}/s, {left} left",
        unit.show(done),
        unit.show(total),
        unit.show_speed(speed as u64)
    )
}

impl Unit {
    fn show(self, amount: u64) -> String {
        match self {
            Self::Passwords => grouped(amount),
            Self::Bytes => format!("{:.1} MB", amount as f64 / 1e6),
        }
    }

    /// Without decimals, which would change with every update.
    fn show_speed(self, speed: u64) -> String {
        match self {
            Self::Passwords => grouped(speed),
            Self::Bytes if speed < 10_000_000 => format!("{} kB", grouped(speed / 1_000)),
            Self::Bytes => format!("{} MB", grouped(speed / 1_000_000)),
        }
    }
}

/// A number with a comma between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A time in days, hours, minutes and seconds. A part of a second counts as one.
pub(super) fn time(time: Duration) -> String {
    let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3_600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count} {unit}"));
    let text = parts.collect::<Vec<_>>().join(" ");
    if text.is_empty() { "0 s".into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (millis, expected) in [
            (0, "0 s"),
            (1, "1 s"),
            (1000, "1 s"),
            (59_001, "1 min"),
            (5_999_400, "1 h 40 min"),
            (90_061_000, "1 d 1 h 1 min 1 s"),
        ] {
            assert_eq!(time(Duration::from_millis(millis)), expected);
        }
    }

    #[test]
    fn numbers_in_groups() {
        for (number, expected) in
            [(0, "0"), (999, "999"), (1_000, "1,000"), (123_456, "123,456"), (1_234_567, "1,234,567")]
        {
            assert_eq!(grouped(number), expected);
        }
    }

    #[test]
    fn lines() {
        let second = Duration::from_secs(1);
        for (unit, done, total, expected) in [
            (Unit::Passwords, 1_000, Some(4_000), "1,000 of 4,000 (25 %), 1,000/s, 3 s left"),
            (Unit::Passwords, 4_000, Some(4_000), "4,000 of 4,000 (100 %), 4,000/s, 0 s left"),
            (Unit::Bytes, 2_500_000, Some(5_000_000), "2.5 MB of 5.0 MB (50 %), 2,500 kB/s, 1 s left"),
            (Unit::Bytes, 2_500_000, None, "2.5 MB, 2,500 kB/s"),
            // A file that grows while it is read.
            (Unit::Bytes, 2_000_000, Some(1_000_000), "2.0 MB of 1.0 MB (200 %), 2,000 kB/s, 0 s left"),
            (Unit::Bytes, 123_456_789, None, "123.5 MB, 123 MB/s"),
        ] {
            assert_eq!(text(unit, done, total, second), expected);
        }
        assert!(text(Unit::Passwords, 0, Some(1), Duration::ZERO).ends_with("? left"));
    }
}
