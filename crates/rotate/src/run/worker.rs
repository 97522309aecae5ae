//! A worker: a thread that asks for phones, sends them, and reports what became of them.

use core::{any::Any, cell::Cell, iter, time::Duration};
use std::{
    boxed::Box,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    string::String,
    sync::mpsc::{self, Sender},
    thread,
    vec::Vec,
};

use sip_password::Client;

use super::delivery::Delivery;
use crate::{
    fleet::{CallReport, Fleet, PhoneOutcome, PhoneReport, UnrequestedPhone},
    journal::{Claim, Claimed},
    throttle::{Feedback, Permit, Throttle},
};

/// How long a worker that holds the only permit and found no phones leaves that permit to others.
const PROBE_RETRY: Duration = Duration::from_millis(50);

/// What a worker tells the journal writer.
pub(super) enum Message {
    /// The worker wants phones to send.
    Claim(ClaimRequest),
    /// The vendor refused a call for these phones as a whole, and may have changed some of them. `done` tells when this is on disk.
    Doubt { claims: Vec<Claim>, done: Sender<()> },
    /// The outcome of a call that it made.
    Outcome(CallOutcome),
}

/// What became of the phones of one call.
pub(super) struct CallOutcome {
    pub(super) phones: Vec<(Claim, PhoneReport)>,
    pub(super) unrequested: Vec<UnrequestedPhone>,
}

impl CallOutcome {
    /// Whether the reply confirms each phone of the call with what was sent, and names no other.
    pub(super) fn is_proof(&self) -> bool {
        let confirmed = |(_, report): &(Claim, PhoneReport)| report.outcome == PhoneOutcome::Confirmed;
        self.unrequested.is_empty() && self.phones.iter().all(confirmed)
    }

    /// Whether the reply has a password that was not sent.
    pub(super) fn is_contradiction(&self) -> bool {
        !self.unrequested.is_empty() || self.phones.iter().any(|(_, report)| report.vendor_password.is_some())
    }
}

/// A worker's request for phones.
pub(super) struct ClaimRequest {
    /// The most phones that it takes.
    pub(super) most: usize,
    /// The worker holds the only permit: no other call is made meanwhile.
    pub(super) probe: bool,
    /// Receives the phones. An empty list means: ask again. A closed channel means: the run is over.
    pub(super) answer: Sender<Vec<Claimed>>,
}

pub(super) struct Worker<'a> {
    pub(super) fleet: &'a dyn Fleet,
    pub(super) client: &'a Client,
    pub(super) throttle: &'a Throttle<'a>,
    pub(super) messages: Sender<Message>,
    /// What the fleet panicked with.
    pub(super) panic: Cell<Option<Box<dyn Any + Send>>>,
}

impl Worker<'_> {
    pub(super) fn run(&self) {
        while let Some(permit) = self.throttle.permit() {
            let probe = permit.is_probe();
            let most = if probe { 1 } else { self.fleet.max_batch().max(1) };
            let (answer, claimed) = mpsc::channel();
            if self.messages.send(Message::Claim(ClaimRequest { most, probe, answer })).is_err() {
                return;
            }
            let Ok(claimed) = claimed.recv() else { return };
            if claimed.is_empty() {
                // Another round begins, or other workers may hand phones back.
                drop(permit);
                if probe {
                    thread::sleep(PROBE_RETRY);
                }
                continue;
            }
            self.deliver(permit, &claimed);
        }
        if let Some(panic) = self.panic.take() {
            resume_unwind(panic);
        }
    }

    /// Sends these phones by one call, or by smaller ones if the vendor refuses that one.
    fn deliver(&self, permit: Permit<'_>, phones: &[Claimed]) {
        let (mut permit, mut delivery) = (Some(permit), Delivery::new(phones.len()));
        while let Some(call) = delivery.next_call() {
            let held = &phones[call.clone()];
            let Some(permit) = permit.take().or_else(|| self.throttle.permit_with_phones()) else {
                let reason = "refused together with other phones, and not sent alone yet";
                self.record(held, CallReport::not_sent(held.len(), reason));
                continue;
            };
            let report = self.send(held);
            if !delivery.halve(&call, &report, self.fleet.locks_accounts()) {
                let reason =
                    report.phones.iter().map(|phone| phone.reason.as_str()).find(|reason| !reason.is_empty());
                permit.report(&report.feedback, reason);
                self.record(held, report);
                continue;
            }
            // The refusal says nothing about the vendor: one of the phones may be the cause.
            drop(permit);
            if !self.doubt(held) {
                return;
            }
        }
    }

    /// Returns when the journal has it that the vendor may have changed some of these phones; false if it cannot be written.
    fn doubt(&self, phones: &[Claimed]) -> bool {
        let claims = phones.iter().map(|phone| phone.claim).collect();
        let (done, is_done) = mpsc::channel();
        self.messages.send(Message::Doubt { claims, done }).is_ok() && is_done.recv().is_ok()
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

    fn record(&self, phones: &[Claimed], report: CallReport) {
        let missing = || PhoneReport::unknown("the call's report does not have this phone");
        let reports = report.phones.into_iter().chain(iter::repeat_with(missing));
        let phones = phones.iter().map(|phone| phone.claim).zip(reports).collect();
        // The writer stays until the last worker is gone.
        let _ = self.messages.send(Message::Outcome(CallOutcome { phones, unrequested: report.unrequested }));
    }
}
