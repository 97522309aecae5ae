//! A worker: a thread that asks for phones, sends them, and reports what became of them.

use core::{any::Any, cell::Cell, iter, time::Duration};
use std::{
    boxed::Box,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    string::String,
    sync::mpsc::{self, Sender},
    thread, vec,
    vec::Vec,
};

use sip_password::{Client, api::lockout::LockoutEffect};

use crate::{
    fleet::{CallReport, Fleet, PhoneReport},
    journal::{Claim, Claimed},
    throttle::{Feedback, Permit, Throttle},
};

/// How long a worker that holds the only permit and found no phones leaves that permit to others.
const PROBE_RETRY: Duration = Duration::from_millis(50);

/// What a worker tells the journal writer.
pub(super) enum Message {
    /// The worker wants phones to send.
    Claim(ClaimRequest),
    /// The outcomes of phones that it sent.
    Outcomes(Vec<(Claim, PhoneReport)>),
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

    /// Sends these phones by one call. A call that is refused is halved until it has one phone.
    fn deliver(&self, permit: Permit<'_>, phones: &[Claimed]) {
        let report = self.send(phones);
        if phones.len() == 1 || !self.may_be_halved(&report) {
            permit.report(&report.feedback);
            return self.record(phones, report.phones);
        }
        // The refusal says nothing about the vendor: one of the phones may be the cause.
        drop(permit);
        let (first, second) = phones.split_at(phones.len() / 2);
        for half in [first, second] {
            match self.throttle.permit_with_phones() {
                Some(permit) => self.deliver(permit, half),
                // No document says that a call which was refused as a whole changed nothing.
                None => {
                    let reason = "refused together with other phones, and not sent alone yet";
                    let lockout = LockoutEffect::NotChecked;
                    let report = PhoneReport { lockout, ..PhoneReport::unknown(reason) };
                    self.record(half, vec![report; half.len()]);
                }
            }
        }
    }

    /// Whether the phones of a call are to be sent again, in smaller calls: not if that could lock their accounts.
    fn may_be_halved(&self, report: &CallReport) -> bool {
        let checked = |phone: &PhoneReport| phone.lockout != LockoutEffect::NotChecked;
        report.feedback == Feedback::Refused
            && !(self.fleet.locks_accounts() && report.phones.iter().any(checked))
    }

    /// If the fleet panics, the run ends, records what was sent, and panics then.
    fn send(&self, phones: &[Claimed]) -> CallReport {
        let send = || Claimed::with_all(phones, |phones| self.fleet.send(self.client, phones));
        catch_unwind(AssertUnwindSafe(send)).unwrap_or_else(|panic| {
            self.panic.set(Some(panic));
            let report = PhoneReport::unknown("the call ended in a panic");
            CallReport::all(phones.len(), report, Feedback::Stop(String::from("a call ended in a panic")))
        })
    }

    fn record(&self, phones: &[Claimed], reports: Vec<PhoneReport>) {
        let missing = || PhoneReport::unknown("the call's report does not have this phone");
        let reports = reports.into_iter().chain(iter::repeat_with(missing));
        let outcomes = phones.iter().map(|phone| phone.claim).zip(reports).collect();
        // The writer stays until the last worker is gone.
        let _ = self.messages.send(Message::Outcomes(outcomes));
    }
}
