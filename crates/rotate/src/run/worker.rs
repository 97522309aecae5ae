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
    fleet::{Fleet, Sent, Verdict},
    journal::{Claim, Claimed},
    throttle::{Heard, Pace, Turn},
};

/// How long a worker that has nothing to do, and was the only one that could, leaves that to others.
const MOMENT: Duration = Duration::from_millis(50);

/// What a worker asks of the clerk.
pub(super) enum Order {
    /// Phones to send.
    Claim(Wish),
    /// What became of phones.
    Record(Vec<(Claim, Verdict)>),
}

/// A worker's wish for phones.
pub(super) struct Wish {
    /// At most so many.
    pub(super) most: usize,
    /// Nobody else may call meanwhile.
    pub(super) alone: bool,
    /// Where they are waited for. None of them, and it is to be wished again; no answer, and there are none any more.
    pub(super) answer: Sender<Vec<Claimed>>,
}

pub(super) struct Worker<'a> {
    pub(super) fleet: &'a dyn Fleet,
    pub(super) client: &'a Client,
    pub(super) pace: &'a Pace<'a>,
    pub(super) orders: Sender<Order>,
    pub(super) panic: Cell<Option<Box<dyn Any + Send>>>,
}

impl Worker<'_> {
    pub(super) fn run(&self) {
        while let Some(turn) = self.pace.turn() {
            let alone = turn.is_alone();
            let most = if alone { 1 } else { self.fleet.batch().max(1) };
            let (answer, claimed) = mpsc::channel();
            if self.orders.send(Order::Claim(Wish { most, alone, answer })).is_err() {
                return;
            }
            let Ok(claimed) = claimed.recv() else { return };
            if claimed.is_empty() {
                // Another round begins; or there may be phones again when those of others are back.
                drop(turn);
                if alone {
                    thread::sleep(MOMENT);
                }
                continue;
            }
            self.deliver(turn, &claimed);
        }
        if let Some(panic) = self.panic.take() {
            resume_unwind(panic);
        }
    }

    /// Sends these phones by one call; one that is refused is halved, until what is refused is one phone.
    fn deliver(&self, turn: Turn<'_>, phones: &[Claimed]) {
        let sent = self.send(phones);
        if phones.len() == 1 || sent.heard != Heard::Refused {
            turn.heard(&sent.heard);
            return self.record(phones, sent.verdicts);
        }
        // It says nothing of the vendor: one of the phones can be the cause.
        drop(turn);
        let (first, second) = phones.split_at(phones.len() / 2);
        for half in [first, second] {
            match self.pace.turn_with_phones() {
                Some(turn) => self.deliver(turn, half),
                // That nothing was changed of a call that was refused as a whole, no document says.
                None => {
                    let verdict =
                        Verdict::unknown("refused together with other phones, and not tried alone yet");
                    self.record(half, vec![verdict; half.len()]);
                }
            }
        }
    }

    /// A fleet that panics ends the run, with what was sent written down, and then the caller.
    fn send(&self, phones: &[Claimed]) -> Sent {
        let send = || Claimed::with_all(phones, |phones| self.fleet.send(self.client, phones));
        catch_unwind(AssertUnwindSafe(send)).unwrap_or_else(|panic| {
            self.panic.set(Some(panic));
            let verdicts = vec![Verdict::unheard("the call ended in a panic"); phones.len()];
            Sent { verdicts, heard: Heard::Stop("a call ended in a panic".into()) }
        })
    }

    fn record(&self, phones: &[Claimed], verdicts: Vec<Verdict>) {
        let told = verdicts.into_iter().map(Some).chain(core::iter::repeat(None));
        let verdict =
            |told: Option<Verdict>| told.unwrap_or_else(|| Verdict::unheard("nothing was said of it"));
        let records = phones.iter().zip(told).map(|(phone, told)| (phone.claim, verdict(told)));
        // The clerk stays until the last worker has gone.
        let _ = self.orders.send(Order::Record(records.collect()));
    }
}
