//! A run: workers send, and one journal writer records.

mod batches;
pub(crate) mod delivery;
pub(crate) mod duty;
pub(crate) mod worker;
pub(crate) mod writer;

use core::{cell::Cell, num::NonZeroUsize, time::Duration};
use std::{
    string::String,
    sync::{atomic::AtomicBool, mpsc},
    thread,
};

use sip_password::Client;

use self::{worker::Worker, writer::JournalWriter};
use crate::{
    error::JournalError,
    fleet::Fleet,
    journal::{Journal, RotationState, StateCounts},
    throttle::{Clock, Rate, StopReason, SystemClock, Throttle},
};

/// How fast a run may be, and how far it goes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The highest rate of calls; `None` sends as fast as the vendor replies.
    pub rate: Option<Rate>,
    /// The most calls in flight at a time.
    pub concurrency: NonZeroUsize,
    /// A wave: the most planned phones that are sent, not counting those of which no call arrived; `None` for all. Phones whose state is
    /// unknown are sent in any case.
    pub wave: Option<u64>,
}

/// How far a run is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RunProgress {
    /// The number of phones in each state.
    pub counts: StateCounts,
    /// The time until the next call, while the vendor asks to wait or fails.
    pub pause: Option<Duration>,
    /// Why the last call that failed did, unless one succeeded since.
    pub last_error: Option<String>,
}

/// How a run ended. The journal has what became of each phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunEnd {
    /// Why the run ended before it had done all that it could; another run resumes there. `None`: no further run can do more, but with
    /// [`Limits::wave`] the next wave.
    pub stopped: Option<StopReason>,
}

/// Sends every password of the journal that is neither confirmed nor refused.
///
/// The journal records each call before it is made, and its outcome after. A phone whose state is unknown is sent the same password
/// again, in a later round, after all others; an account that one more failed check could lock is left alone. The run ends when
/// nothing is left to send, when the wave is sent, when four rounds in a row brought no phone to its end, when `stop` is set, or when no further call
/// makes sense. Calls in flight are always waited for and recorded. The rate, and what the vendor asked to wait, hold over runs.
///
/// Calls `observe` on this thread, several times a second. Memory does not grow with the fleet.
///
/// # Errors
///
/// [`JournalError`]; among others, what [`Journal::check_integrity`] returns. No call was made that is not in the journal. The outcomes of the last calls may be missing there; when the journal
/// is opened again, their phones are unknown.
///
/// # Panics
///
/// If `fleet` does; all other calls in flight are recorded first.
pub fn run(
    journal: &mut Journal,
    fleet: &dyn Fleet,
    client: &Client,
    limits: &Limits,
    stop: &AtomicBool,
    mut observe: impl FnMut(&RunProgress),
) -> Result<RunEnd, JournalError> {
    journal.check_integrity()?;
    journal.check_fleet(fleet)?;
    journal.reopen_phones()?;
    let throttle = throttle(journal, limits.rate, stop, &SystemClock);
    let (messages, inbox) = mpsc::channel();
    let ended = thread::scope(|scope| {
        for _ in 0..limits.concurrency.get() {
            let messages = messages.clone();
            let throttle = &throttle;
            scope.spawn(move || Worker { fleet, client, throttle, messages, panic: Cell::new(None) }.run());
        }
        // The writer ends when the last worker is gone.
        drop(messages);
        JournalWriter::new(journal, fleet, &throttle, limits.wave.unwrap_or(u64::MAX))
            .run(&inbox, &mut observe)
    });
    ended.map(|()| RunEnd { stopped: throttle.stopped() })
}

/// A throttle that goes on where the journal's last run stopped.
pub(crate) fn throttle<'a>(
    journal: &Journal,
    rate: Option<Rate>,
    stop: &'a AtomicBool,
    clock: &'a dyn Clock,
) -> Throttle<'a> {
    let counts = journal.counts();
    let answered = counts.of(RotationState::Confirmed) + counts.of(RotationState::Refused) > 0;
    Throttle::new(rate, stop, journal.progress().pace(), answered, clock)
}
