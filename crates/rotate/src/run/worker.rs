//! A worker: a thread that asks for phones, sends them, and reports what became of them.

use core::{any::Any, cell::Cell, time::Duration};
use std::{
    boxed::Box,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    string::String,
    sync::mpsc::{self, Sender},
    thread,
    vec::Vec,
};

use sip_password::Client;

use super::duty::{Duty, Event, Task};
use crate::{
    fleet::{CallReport, Fleet, PhoneOutcome, PhoneReport, UnrequestedPhone},
    journal::{Claim, Claimed},
    throttle::{Feedback, Throttle},
};

/// How long a worker that holds the only permit and found no phones leaves that permit to others.
pub(crate) const PROBE_RETRY: Duration = Duration::from_millis(50);

/// What a worker tells the journal writer.
pub(crate) enum Message {
    /// The worker wants phones to send.
    Claim(ClaimRequest),
    /// The vendor refused a call for these phones as a whole, and may have changed some of them. `done` tells when this is on disk, with
    /// the time of the next call. There may be no such phones.
    Note { doubted: Vec<Claim>, done: Sender<()> },
    /// The outcome of a call that it made.
    Outcome(CallOutcome),
}

/// What became of the phones of one call.
pub(crate) struct CallOutcome {
    pub(crate) phones: Vec<(Claim, PhoneReport)>,
    pub(crate) unrequested: Vec<UnrequestedPhone>,
}

impl CallOutcome {
    /// Whether the reply confirms each phone of the call with what was sent, and names no other.
    pub(crate) fn is_proof(&self) -> bool {
        let confirmed = |(_, report): &(Claim, PhoneReport)| report.outcome == PhoneOutcome::Confirmed;
        self.unrequested.is_empty() && self.phones.iter().all(confirmed)
    }

    /// Whether the reply has a password that was not sent.
    pub(crate) fn is_contradiction(&self) -> bool {
        !self.unrequested.is_empty() || self.phones.iter().any(|(_, report)| report.vendor_password.is_some())
    }
}

/// A worker's request for phones.
pub(crate) struct ClaimRequest {
    /// The most phones that it takes.
    pub(crate) most: usize,
    /// The worker holds the only permit: no other call is made meanwhile.
    pub(crate) probe: bool,
    /// Receives the phones. An empty list means: ask again. A closed channel means: the run is over.
    pub(crate) answer: Sender<Vec<Claimed>>,
}

pub(super) struct Worker<'a> {
    pub(crate) fleet: &'a dyn Fleet,
    pub(crate) client: &'a Client,
    pub(crate) throttle: &'a Throttle<'a>,
    pub(crate) messages: Sender<Message>,
    /// What the fleet panicked with.
    pub(crate) panic: Cell<Option<Box<dyn Any + Send>>>,
}

impl Worker<'_> {
    /// Works until the run is over.
    pub(crate) fn run(&self) {
        let mut duty = Duty::new(self.fleet.max_batch(), self.fleet.locks_accounts());
        let mut event = Event::Begin;
        loop {
            event = match duty.next(event) {
                Task::AwaitPermit { has_phones } => Event::Permit(self.throttle.permit(has_phones)),
                Task::AskForPhones { most, probe } => Event::Phones(self.claim(most, probe)),
                Task::Rest => {
                    thread::sleep(PROBE_RETRY);
                    Event::Rested
                }
                Task::Send(call) => Event::Called(self.send(&duty.phones()[call])),
                Task::Note(doubted) => Event::Noted(self.note(doubted)),
                Task::Report(outcome) => {
                    // The writer stays until the last worker is gone.
                    let _ = self.messages.send(Message::Outcome(outcome));
                    Event::Reported
                }
                Task::End => break,
            }
        }
        if let Some(panic) = self.panic.take() {
            resume_unwind(panic);
        }
    }

    fn claim(&self, most: usize, probe: bool) -> Option<Vec<Claimed>> {
        let (answer, claimed) = mpsc::channel();
        self.messages.send(Message::Claim(ClaimRequest { most, probe, answer })).ok()?;
        claimed.recv().ok()
    }

    /// If the fleet panics, the run ends, records what was sent, and panics then.
    fn send(&self, phones: &[Claimed]) -> CallReport {
        let send = || Claimed::with_all(phones, |phones| self.fleet.send(self.client, phones));
        let report = catch_unwind(AssertUnwindSafe(send)).unwrap_or_else(|panic| {
            self.panic.set(Some(panic));
            let report = PhoneReport::unknown("the call ended in a panic");
            CallReport::all(phones.len(), report, Feedback::Stop(String::from("a call ended in a panic")))
        });
        report.stopped_if_contradicted()
    }

    /// Returns when the journal has it that the vendor may have changed these phones, and when the next call may be made; false if it
    /// cannot be written.
    fn note(&self, doubted: Vec<Claim>) -> bool {
        let (done, is_done) = mpsc::channel();
        self.messages.send(Message::Note { doubted, done }).is_ok() && is_done.recv().is_ok()
    }
}
