//! The progress of a run, on standard error.

use std::time::{Duration, Instant};

use sip_password_rotate::{RotationState, RunProgress, StateCounts};

use super::interrupt::Interrupt;
use crate::progress::{StatusLine, time};

/// If standard error is no terminal, the time between two lines.
const INTERVAL: Duration = Duration::from_secs(60);

/// A line that is overwritten, on a terminal, or else a line once a minute. Ctrl-C is acknowledged too.
pub(super) struct ProgressReport<'a> {
    interrupt: &'a Interrupt,
    is_acknowledged: bool,
    line: Option<StatusLine>,
    begun: Instant,
    /// The phones that were done when the run began.
    done_before: u64,
    last_line: Instant,
}

impl<'a> ProgressReport<'a> {
    pub(super) fn new(counts: &StateCounts, interrupt: &'a Interrupt) -> Self {
        let begun = Instant::now();
        Self {
            interrupt,
            is_acknowledged: false,
            line: StatusLine::on_terminal(),
            begun,
            done_before: done(counts),
            last_line: begun,
        }
    }

    pub(super) fn show(&mut self, now: &RunProgress) {
        if !self.is_acknowledged && self.interrupt.is_set() {
            self.is_acknowledged = true;
            if let Some(line) = &mut self.line {
                line.clear();
            }
            crate::report("sip-password: stopping after the calls in flight; Ctrl-C again stops at once");
        }
        match &mut self.line {
            Some(line) => line.update(|| {
                // While the run pauses, nobody knows how long the rest takes.
                let left = match now.pause {
                    Some(_) => None,
                    None => time_left(self.begun.elapsed(), self.done_before, &now.counts),
                };
                let left = left.map(|left| format!("; {} left", time(left)));
                text(now) + &left.unwrap_or_default()
            }),
            None if self.last_line.elapsed() >= INTERVAL => {
                self.last_line = Instant::now();
                crate::report(&format!("sip-password: {}", text(now)));
            }
            None => {}
        }
    }
}

/// The time that the other phones take at the speed of this run so far.
fn time_left(elapsed: Duration, done_before: u64, counts: &StateCounts) -> Option<Duration> {
    let in_this_run = done(counts).saturating_sub(done_before);
    let left = counts.total().saturating_sub(done(counts)) as f64 / in_this_run as f64;
    Duration::try_from_secs_f64((elapsed.as_secs_f64() * left).ceil()).ok()
}

/// The number of phones that need no more calls.
fn done(counts: &StateCounts) -> u64 {
    counts.of(RotationState::Confirmed) + counts.of(RotationState::Refused)
}

fn text(now: &RunProgress) -> String {
    let of = |state| now.counts.of(state);
    let (refused, unknown) = (of(RotationState::Refused), of(RotationState::Unknown));
    let pause = now.pause.map(|pause| format!("; next call in {}", time(pause)));
    let error = now.last_error.as_ref().map(|error| format!("; the last error: {error}"));
    format!(
        "{} of {} done, {refused} refused, {unknown} unknown{}{}",
        done(&now.counts),
        now.counts.total(),
        pause.unwrap_or_default(),
        error.unwrap_or_default()
    )
}
