//! What a worker does next, without threads, a clock or a network.

use core::{iter, ops::Range};
use std::vec::Vec;

use super::{delivery::Delivery, worker::CallOutcome};
use crate::{
    fleet::{CallReport, PhoneReport},
    journal::{Claim, Claimed},
    throttle::Permit,
};

/// The work of one worker: it waits for a permit, asks for phones, sends them by one call or, if the vendor refuses that one, by smaller
/// ones, and reports what became of them.
pub(crate) struct Duty<'a> {
    max_batch: usize,
    locks_accounts: bool,
    permit: Option<Permit<'a>>,
    phones: Vec<Claimed>,
    delivery: Delivery,
    /// The phones of the call that is to be made, as indices.
    call: Range<usize>,
}

/// What the worker is to do.
pub(crate) enum Task {
    /// To wait for a permit.
    AwaitPermit { has_phones: bool },
    /// To ask for phones, at most this many. `probe`: it holds the only permit.
    AskForPhones { most: usize, probe: bool },
    /// To leave the only permit to others for a moment.
    Rest,
    /// To send these [`Duty::phones`] by one call.
    Send(Range<usize>),
    /// To wait until the journal has it that the vendor may have changed these phones, and when the next call may be made.
    Note(Vec<Claim>),
    /// To report what became of a call.
    Report(CallOutcome),
    /// The run is over.
    End,
}

/// What came of the last task.
pub(crate) enum Event<'a> {
    /// The worker begins.
    Begin,
    /// The permit; `None` if the run is over.
    Permit(Option<Permit<'a>>),
    /// The phones; none if it is to ask again, `None` if the run is over.
    Phones(Option<Vec<Claimed>>),
    /// It has rested.
    Rested,
    /// The call has ended.
    Called(CallReport),
    /// The journal has it; false if it cannot be written.
    Noted(bool),
    /// The outcome is on its way to the journal.
    Reported,
}

impl<'a> Duty<'a> {
    pub(crate) fn new(max_batch: usize, locks_accounts: bool) -> Self {
        let max_batch = max_batch.max(1);
        Self {
            max_batch,
            locks_accounts,
            permit: None,
            phones: Vec::new(),
            delivery: Delivery::new(0),
            call: 0..0,
        }
    }

    /// The phones that the worker holds.
    pub(crate) fn phones(&self) -> &[Claimed] {
        &self.phones
    }

    /// The next task, after the last one ended like this.
    pub(crate) fn next(&mut self, event: Event<'a>) -> Task {
        match event {
            Event::Begin | Event::Rested => Task::AwaitPermit { has_phones: false },
            Event::Permit(Some(permit)) => self.permitted(permit),
            Event::Permit(None) if self.phones.is_empty() => Task::End,
            Event::Permit(None) => {
                let reason = "refused together with other phones, and not sent alone yet";
                self.report(CallReport::not_sent(self.call.len(), reason))
            }
            Event::Phones(None) | Event::Noted(false) => Task::End,
            Event::Phones(Some(phones)) if phones.is_empty() => {
                // Another round begins, or other workers may hand phones back.
                match self.permit.take() {
                    Some(permit) if permit.is_probe() => Task::Rest,
                    _ => Task::AwaitPermit { has_phones: false },
                }
            }
            Event::Phones(Some(phones)) => {
                self.delivery = Delivery::new(phones.len());
                self.phones = phones;
                self.call = self.delivery.next_call().unwrap_or_default();
                Task::Send(self.call.clone())
            }
            Event::Called(report) => self.called(report),
            Event::Noted(true) if self.permit.is_some() => Task::Send(self.call.clone()),
            Event::Noted(true) | Event::Reported => self.next_call(),
        }
    }

    fn next_call(&mut self) -> Task {
        match self.delivery.next_call() {
            Some(call) => {
                self.call = call;
                Task::AwaitPermit { has_phones: true }
            }
            None => {
                self.phones.clear();
                Task::AwaitPermit { has_phones: false }
            }
        }
    }

    fn permitted(&mut self, permit: Permit<'a>) -> Task {
        let probe = permit.is_probe();
        self.permit = Some(permit);
        match self.phones.is_empty() {
            true => Task::AskForPhones { most: if probe { 1 } else { self.max_batch }, probe },
            // Claims are written after their permit. No claim follows this one, and a later run must know of the call.
            false => Task::Note(Vec::new()),
        }
    }

    fn called(&mut self, report: CallReport) -> Task {
        let permit = self.permit.take();
        if self.delivery.halve(&self.call, &report, self.locks_accounts) {
            // The refusal says nothing about the vendor: one of the phones may be the cause. So the permit is given back without a word.
            return Task::Note(self.claims().collect());
        }
        if let Some(permit) = permit {
            let mut reasons = report.phones.iter().map(|phone| phone.reason.as_str());
            permit.report(&report.feedback, reasons.find(|reason| !reason.is_empty()));
        }
        self.report(report)
    }

    fn report(&self, report: CallReport) -> Task {
        let missing = || PhoneReport::unknown("the call's report does not have this phone");
        let reports = report.phones.into_iter().chain(iter::repeat_with(missing));
        Task::Report(CallOutcome {
            phones: self.claims().zip(reports).collect(),
            unrequested: report.unrequested,
        })
    }

    /// The phones of the call.
    fn claims(&self) -> impl Iterator<Item = Claim> {
        self.phones[self.call.clone()].iter().map(|phone| phone.claim)
    }
}
