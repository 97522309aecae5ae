//! A bar on standard error for work that takes its time.

use std::{
    io::{self, IsTerminal},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

/// How many passwords pass between two looks at the clock.
const STRIDE: u64 = 1 << 10;
/// Shorter work shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// Shows how much is done, how fast and, where the total is known, how long still. Shows nothing where
/// standard error is not a terminal, or where results scroll by on the same one.
pub(super) struct Progress {
    calls: u64,
    done: u64,
    total: Option<u64>,
    template: &'static str,
    begun: Instant,
    quiet: bool,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Of so many passwords.
    pub(super) fn of_passwords(total: u64, prints: bool) -> Self {
        Self::new(Some(total), "{wide_bar} {human_pos}/{human_len} {per_sec}, {eta} left", prints)
    }

    /// Of so many bytes, or of nobody knows how many.
    pub(super) fn of_bytes(total: Option<u64>, prints: bool) -> Self {
        let template = match total {
            Some(_) => "{wide_bar} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left",
            None => "{spinner} {bytes} {bytes_per_sec}, {elapsed}",
        };
        Self::new(total, template, prints)
    }

    fn new(total: Option<u64>, template: &'static str, prints: bool) -> Self {
        let quiet = !io::stderr().is_terminal() || (prints && io::stdout().is_terminal());
        Self { calls: 0, done: 0, total, template, begun: Instant::now(), quiet, bar: None }
    }

    /// So much more, with one more password.
    pub(super) fn add(&mut self, amount: u64) {
        self.done += amount;
        self.calls += 1;
        if self.quiet || !self.calls.is_multiple_of(STRIDE) {
            return;
        }
        match &self.bar {
            Some(bar) => bar.set_position(self.done),
            None if self.begun.elapsed() > PATIENCE => self.bar = Some(self.show()),
            None => {}
        }
    }

    fn show(&self) -> ProgressBar {
        let bar = self.total.map_or_else(ProgressBar::no_length, ProgressBar::new);
        if let Ok(style) = ProgressStyle::with_template(self.template) {
            bar.set_style(style);
        }
        bar.with_elapsed(self.begun.elapsed()).with_position(self.done)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
