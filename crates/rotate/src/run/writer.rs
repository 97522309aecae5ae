//! Who writes: the one thread that has the journal.

use core::{mem, time::Duration};
use std::{
    string::String,
    sync::mpsc::{self, Receiver, Sender},
    time::Instant,
    vec::Vec,
};

use backon::ExponentialBackoff;

use super::{
    Progress,
    worker::{Order, Wish},
};
use crate::{
    error::JournalError,
    fleet::{Fate, Fleet, Verdict},
    journal::{Claim, Claimed, Journal},
    throttle::{Pace, Stopped, pauses},
};

/// So many rounds in which no phone came to its end, and the rest is left for another run.
const FRUITLESS: u32 = 4;

/// How often at least `observe` is called, if only to see how long a pause still is.
const GLANCE: Duration = Duration::from_millis(200);

/// Writes down what the workers do, several steps of them at once.
pub(super) struct Clerk<'a> {
    pub(super) journal: &'a mut Journal,
    pub(super) fleet: &'a dyn Fleet,
    pub(super) pace: &'a Pace<'a>,
    pub(super) round: Round,
    /// Who wants phones; kept while there are none, and some may come back.
    pub(super) waiting: Vec<Wish>,
    /// What became of phones, and is not written down yet.
    pub(super) unwritten: Vec<(Claim, Verdict)>,
    /// How many phones are being sent.
    pub(super) under_way: usize,
}

/// Once through the journal.
pub(super) struct Round {
    /// The last phone that was taken.
    after: i64,
    /// Only those that were never sent, or also those of which nobody knows.
    unknown_too: bool,
    /// Phones that came to their end in it.
    fruits: u64,
    /// How many rounds before it, one after another, had none.
    fruitless: u32,
    pauses: ExponentialBackoff,
}

impl Default for Round {
    fn default() -> Self {
        Self { after: 0, unknown_too: false, fruits: 0, fruitless: 0, pauses: pauses() }
    }
}

/// Phones for the workers that asked for them.
type Answers = Vec<(Sender<Vec<Claimed>>, Vec<Claimed>)>;

impl Clerk<'_> {
    pub(super) fn run(
        &mut self,
        inbox: &Receiver<Order>,
        observe: &mut impl FnMut(&Progress),
    ) -> Result<(), JournalError> {
        let mut failed = None;
        let mut shown = Instant::now();
        loop {
            match inbox.recv_timeout(GLANCE) {
                Ok(order) => {
                    self.take(order);
                    inbox.try_iter().for_each(|order| self.take(order));
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
            if failed.is_none() {
                match self.write() {
                    Ok(answers) => {
                        for (answer, claimed) in answers {
                            // A worker waits for it, or the whole run is over.
                            let _ = answer.send(claimed);
                        }
                    }
                    Err(error) => {
                        self.pace.stop(Stopped::Failing(String::from("the journal cannot be written")));
                        failed = Some(error);
                    }
                }
            }
            if failed.is_some() {
                // Who gets no answer ends.
                self.waiting.clear();
            }
            if shown.elapsed() >= GLANCE {
                shown = Instant::now();
                observe(&Progress { counts: self.journal.counts(), pause: self.pace.pause() });
            }
        }
        // Once more: of what is under way when a disk is full, all that can be written down should be.
        let last = self.write_records();
        observe(&Progress { counts: self.journal.counts(), pause: None });
        match failed {
            Some(JournalError::Gone { .. }) => {
                Err(JournalError::Gone { restored: last.and_then(|()| self.journal.restore()).is_ok() })
            }
            Some(error) => Err(error),
            None => last,
        }
    }

    fn take(&mut self, order: Order) {
        match order {
            Order::Claim(wish) => self.waiting.push(wish),
            Order::Record(records) => self.unwritten.extend(records),
        }
    }

    /// Writes what became of phones, and marks the next ones; on disk when it returns.
    fn write(&mut self) -> Result<Answers, JournalError> {
        if self.unwritten.is_empty() && self.waiting.is_empty() {
            return Ok(Vec::new());
        }
        self.journal.is_in_place()?;
        let (fleet, waiting, unwritten) = (self.fleet, &self.waiting, &self.unwritten);
        let round = &mut self.round;
        let stopped = self.pace.stopped().is_some();
        let mut after = round.after;
        let claims = self.journal.step(|journal| {
            for (claim, verdict) in unwritten {
                journal.record(*claim, verdict)?;
            }
            let mut claims = Vec::with_capacity(waiting.len());
            for wish in waiting {
                let most = if stopped { 0 } else { wish.most };
                let claimed = journal.claim(fleet, after, round.unknown_too, most)?;
                after = claimed.last().map_or(after, |last| last.claim.id);
                claims.push(claimed);
            }
            Ok(claims)
        })?;
        round.after = after;
        let ended =
            |(_, verdict): &&(Claim, Verdict)| matches!(verdict.fate, Fate::Confirmed | Fate::Refused);
        round.fruits += self.unwritten.iter().filter(ended).count() as u64;
        self.under_way -= self.unwritten.len();
        self.unwritten.clear();
        let mut answers = Vec::with_capacity(self.waiting.len());
        for (wish, claimed) in mem::take(&mut self.waiting).into_iter().zip(claims) {
            self.under_way += claimed.len();
            match claimed.is_empty() {
                true => self.waiting.push(wish),
                false => answers.push((wish.answer, claimed)),
            }
        }
        if stopped {
            self.waiting.clear();
        } else if self.under_way == 0 && !self.waiting.is_empty() {
            self.next_round(&mut answers)?;
        } else {
            // The right to be the only one to call goes back: who halves a call that was refused may be waiting for it.
            let alone = self.waiting.extract_if(.., |wish| wish.alone);
            answers.extend(alone.map(|wish| (wish.answer, Vec::new())));
        }
        Ok(answers)
    }

    /// Nothing is under way, and somebody wants more.
    fn next_round(&mut self, answers: &mut Answers) -> Result<(), JournalError> {
        let first = !self.round.unknown_too;
        self.round.fruitless = if first || self.round.fruits > 0 { 0 } else { self.round.fruitless + 1 };
        let left = self.journal.has_claimable()?;
        if !left || self.round.fruitless >= FRUITLESS {
            // Who gets no answer ends.
            self.waiting.clear();
            self.pace.done();
            return Ok(());
        }
        let nothing_was_sent = first && self.round.after == 0;
        if !nothing_was_sent {
            self.pace.hold(self.round.pauses.next().unwrap_or(GLANCE));
        }
        if self.round.fruits > 0 {
            self.round.pauses = pauses();
        }
        self.round.after = 0;
        self.round.unknown_too = true;
        self.round.fruits = 0;
        // They take a turn again, and so wait.
        answers.extend(self.waiting.drain(..).map(|wish| (wish.answer, Vec::new())));
        Ok(())
    }

    fn write_records(&mut self) -> Result<(), JournalError> {
        if self.unwritten.is_empty() {
            return Ok(());
        }
        let unwritten = mem::take(&mut self.unwritten);
        self.journal
            .step(|journal| unwritten.iter().try_for_each(|(claim, verdict)| journal.record(*claim, verdict)))
    }
}
