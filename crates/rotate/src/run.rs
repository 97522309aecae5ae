//! A run: workers that send, and one writer that writes everything down.

mod worker;
mod writer;

use core::{cell::Cell, num::NonZeroUsize, time::Duration};
use std::{
    sync::{atomic::AtomicBool, mpsc},
    thread,
    vec::Vec,
};

use sip_password::Client;

use self::{
    worker::Worker,
    writer::{JournalWriter, Round},
};
use crate::{
    error::JournalError,
    fleet::Fleet,
    journal::{Journal, StateCounts},
    throttle::{Rate, StopReason, Throttle},
};

/// How fast a run may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// At most so many calls in so much time; as fast as it goes where it is none.
    pub rate: Option<Rate>,
    /// At most so many calls at once.
    pub concurrency: NonZeroUsize,
}

/// How far a run is.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RunProgress {
    /// How many phones are in each state.
    pub counts: StateCounts,
    /// How long it is until the next call, where the vendor asks to wait or fails.
    pub pause: Option<Duration>,
}

/// How a run ended. What became of each phone, the journal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunEnd {
    /// Why it ended before it had done what it can, if so. Another run goes on.
    pub stopped: Option<StopReason>,
}

/// Sends every password of the journal that is not confirmed or refused yet.
///
/// Each call is written down before it is made, and what became of it after. A phone of which nobody knows is sent the same
/// password again, in a further round after all others; an account that a failed check more could lock is left probe. It
/// ends when nothing is left to be done, when four rounds did not help, when `stop` is set, or when no further call makes
/// sense; calls that are under way then are waited for and written down.
///
/// `observe` is called on this thread, several times a second. Memory does not grow with the fleet.
///
/// # Errors
///
/// [`JournalError`]: nothing was sent that was not written down before. What became of the last calls may not be written
/// down; their phones are of those of which nobody knows, when the journal is opened again.
///
/// # Panics
///
/// Where `fleet` does, after all other calls that were under way are written down.
pub fn run(
    journal: &mut Journal,
    fleet: &dyn Fleet,
    client: &Client,
    limits: &Limits,
    stop: &AtomicBool,
    mut observe: impl FnMut(&RunProgress),
) -> Result<RunEnd, JournalError> {
    journal.check_fleet(fleet)?;
    let throttle = Throttle::new(limits.rate, stop);
    let (messages, inbox) = mpsc::channel();
    let mut writer = JournalWriter {
        journal,
        fleet,
        throttle: &throttle,
        round: Round::default(),
        waiting: Vec::new(),
        unrecorded: Vec::new(),
        in_flight: 0,
    };
    let ended = thread::scope(|scope| {
        for _ in 0..limits.concurrency.get() {
            let messages = messages.clone();
            scope.spawn(|| {
                Worker { fleet, client, throttle: &throttle, messages, panic: Cell::new(None) }.run()
            });
        }
        drop(messages);
        writer.run(&inbox, &mut observe)
    });
    ended.map(|()| RunEnd { stopped: throttle.stopped() })
}
