//! A bar on standard error for work that takes its time.

use std::{
    io::{self, IsTerminal},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

/// How many passwords pass between two looks at the clock.
const STRIDE: u64 = 1 << 12;
/// Shorter work shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// Counts passwords, and shows how many, how fast and, where the total is known, how long still. Shows
/// nothing where standard error is not a terminal, or results scroll by on the same one.
pub(super) struct Progress {
    done: u64,
    total: Option<u64>,
    begun: Instant,
    quiet: bool,
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(super) fn new(total: Option<u64>, prints: bool) -> Self {
        let quiet = !io::stderr().is_terminal() || (prints && io::stdout().is_terminal());
        Self { done: 0, total, begun: Instant::now(), quiet, bar: None }
    }

    /// One more.
    pub(super) fn tick(&mut self) {
        self.done += 1;
        if self.quiet || !self.done.is_multiple_of(STRIDE) {
            return;
        }
        match &self.bar {
            Some(bar) => bar.set_position(self.done),
            None if self.begun.elapsed() > PATIENCE => self.bar = Some(self.show()),
            None => {}
        }
    }

    fn show(&self) -> ProgressBar {
        let (bar, template) = match self.total {
            Some(total) => {
                (ProgressBar::new(total), "{wide_bar} {human_pos}/{human_len} {per_sec}, {eta} left")
            }
            None => (ProgressBar::no_length(), "{spinner} {human_pos} passwords, {per_sec}, {elapsed}"),
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
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
