//! A bar on standard error for work that takes its time.

use std::{
    io::{self, IsTerminal},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

/// How many passwords or bytes pass at least between two looks at the clock.
const STRIDE: u64 = 1 << 10;
/// Shorter work shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// Shows how much is done, how fast and, where the total is known, how long still. Shows nothing where
/// standard error is not a terminal, or where results scroll by on the same one.
pub(super) struct Progress {
    done: u64,
    /// How much was done at the last look at the clock.
    seen: u64,
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
        Self { done: 0, seen: 0, total, template, begun: Instant::now(), quiet, bar: None }
    }

    /// So much more.
    pub(super) fn add(&mut self, amount: u64) {
        self.done += amount;
        if self.quiet || self.done - self.seen < STRIDE {
            return;
        }
        self.seen = self.done;
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
