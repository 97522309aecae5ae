//! How far a run is, on standard error.

use std::{
    io::{self, IsTerminal},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use sip_password_rotate::{RotationState, RunProgress, StateCounts};

use super::{interrupt::Interrupt, summary};

/// Where nobody looks at a terminal, a line at most so often.
const LINE: Duration = Duration::from_secs(60);

/// A bar on a terminal, and a line now and then elsewhere. It says too that somebody asked to stop.
pub(super) struct RunBar<'a> {
    interrupt: &'a Interrupt,
    /// Whether that was said.
    told: bool,
    bar: Option<ProgressBar>,
    /// When the last line was.
    last: Instant,
}

impl<'a> RunBar<'a> {
    pub(super) fn new(counts: &StateCounts, interrupt: &'a Interrupt) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(counts.total()).with_position(done(counts));
            if let Ok(style) =
                ProgressStyle::with_template("{wide_bar} {human_pos}/{human_len} {msg}, {eta} left")
            {
                bar.set_style(style);
            }
            // What earlier runs did says nothing of the speed of this one.
            bar.reset_eta();
            bar
        });
        Self { interrupt, told: false, bar, last: Instant::now() }
    }

    pub(super) fn show(&mut self, now: &RunProgress) {
        if !self.told && self.interrupt.is_set() {
            self.told = true;
            let what = "sip-password: stopping: calls under way end first; Ctrl-C again ends at once";
            match &self.bar {
                Some(bar) => bar.suspend(|| crate::say(what)),
                None => crate::say(what),
            }
        }
        match &self.bar {
            Some(bar) => {
                bar.set_position(done(&now.counts));
                bar.set_message(message(now));
            }
            None if self.last.elapsed() >= LINE => {
                self.last = Instant::now();
                let (done, total) = (done(&now.counts), now.counts.total());
                crate::say(&format!("sip-password: {done} of {total}: {}", message(now)));
            }
            None => {}
        }
    }
}

/// How many phones came to their end.
fn done(counts: &StateCounts) -> u64 {
    counts.of(RotationState::Confirmed) + counts.of(RotationState::Refused)
}

fn message(now: &RunProgress) -> String {
    let of = |state| now.counts.of(state);
    let (confirmed, refused, unknown) =
        (of(RotationState::Confirmed), of(RotationState::Refused), of(RotationState::Unknown));
    let pause = now.pause.map(|pause| format!("; the next call in {}", summary::time(pause)));
    format!("{confirmed} confirmed, {refused} refused, {unknown} unknown{}", pause.unwrap_or_default())
}

impl Drop for RunBar<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
