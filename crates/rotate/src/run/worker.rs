//! Who sends: a thread that takes phones and hands back what became of them.

use core::{any::Any, cell::Cell, time::Duration};
use std::{
    boxed::Box,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::mpsc::{self, Sender},
    thread, vec,
    vec::Vec,
};

use sip_password::Client;

use crate::{
    fleet::{CallReport, Fleet, PhoneReport},
    journal::{Claim, Claimed},
    throttle::{Feedback, Permit, Throttle},
};

/// How long a worker that has nothing to do, and was the only one that could, leaves that to others.
const PROBE_RETRY: Duration = Duration::from_millis(50);

/// What a worker asks of the writer.
pub(super) enum Message {
    /// Phones to send.
    Claim(ClaimRequest),
    /// What became of phones.
    Outcomes(Vec<(Claim, PhoneReport)>),
}

/// A worker's request for phones.
pub(super) struct ClaimRequest {
    /// At most so many.
    pub(super) most: usize,
    /// Nobody else may call meanwhile.
    pub(super) probe: bool,
    /// Where they are waited for. None of them, and it is to be wished again; no answer, and there are none any more.
    pub(super) answer: Sender<Vec<Claimed>>,
}

pub(super) struct Worker<'a> {
    pub(super) fleet: &'a dyn Fleet,
    pub(super) client: &'a Client,
    pub(super) throttle: &'a Throttle<'a>,
    pub(super) messages: Sender<Message>,
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
                // Another round begins; or there may be phones again when those of others are back.
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

    /// Sends these phones by one call; one that is refused is halved, until what is refused is one phone.
    fn deliver(&self, permit: Permit<'_>, phones: &[Claimed]) {
        let sent = self.send(phones);
        if phones.len() == 1 || sent.feedback != Feedback::Refused {
            permit.report(&sent.feedback);
            return self.record(phones, sent.phones);
        }
        // It says nothing of the vendor: one of the phones can be the cause.
        drop(permit);
        let (first, second) = phones.split_at(phones.len() / 2);
        for half in [first, second] {
            match self.throttle.permit_with_phones() {
                Some(permit) => self.deliver(permit, half),
                // That nothing was changed of a call that was refused as a whole, no document says.
                None => {
                    let report =
                        PhoneReport::unknown("refused together with other phones, and not tried probe yet");
                    self.record(half, vec![report; half.len()]);
                }
            }
        }
    }

    /// A fleet that panics ends the run, with what was sent written down, and then the caller.
    fn send(&self, phones: &[Claimed]) -> CallReport {
        let send = || Claimed::with_all(phones, |phones| self.fleet.send(self.client, phones));
        catch_unwind(AssertUnwindSafe(send)).unwrap_or_else(|panic| {
            self.panic.set(Some(panic));
            let phones = vec![PhoneReport::unheard("the call ended in a panic"); phones.len()];
            CallReport { phones, feedback: Feedback::Stop("a call ended in a panic".into()) }
        })
    }

    fn record(&self, phones: &[Claimed], reports: Vec<PhoneReport>) {
        let told = reports.into_iter().map(Some).chain(core::iter::repeat(None));
        let report = |told: Option<PhoneReport>| {
            told.unwrap_or_else(|| PhoneReport::unheard("nothing was said of it"))
        };
        let records = phones.iter().zip(told).map(|(phone, told)| (phone.claim, report(told)));
        // The writer stays until the last worker has gone.
        let _ = self.messages.send(Message::Outcomes(records.collect()));
    }
}
