//! A worker of a simulated process: what it waits for.

use std::{sync::mpsc::Receiver, vec::Vec};

use crate::{fleet::Fleet, journal::Claimed, run::duty::Duty, throttle::Waiting};

pub(super) struct Worker<'a> {
    pub(super) duty: Duty<'a>,
    pub(super) waiting: Option<Waiting<'a>>,
    /// When it looks next whether it may make a call, as a key of the queue.
    pub(super) next_poll: Option<(u64, u64)>,
    /// When its last call was allowed.
    pub(super) permitted: u64,
    /// Where the phones come that it asked for.
    pub(super) phones: Option<Receiver<Vec<Claimed>>>,
    /// Where it is told that the journal has its note.
    pub(super) noted: Option<Receiver<()>>,
    /// The phones of the call that is on its way, as indices.
    pub(super) call: Vec<usize>,
    /// Phones of which the answer on its way says that they have another password.
    pub(super) told: Vec<usize>,
    pub(super) has_ended: bool,
}

impl Worker<'_> {
    pub(super) fn new(fleet: &dyn Fleet) -> Self {
        Self {
            duty: Duty::new(fleet.max_batch(), fleet.locks_accounts()),
            waiting: None,
            next_poll: None,
            permitted: 0,
            phones: None,
            noted: None,
            call: Vec::new(),
            told: Vec::new(),
            has_ended: false,
        }
    }
}
