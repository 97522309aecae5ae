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
    RunProgress,
    worker::{ClaimRequest, Message},
};
use crate::{
    error::JournalError,
    fleet::{Fleet, PhoneOutcome, PhoneReport},
    journal::{Claim, Claimed, Journal},
    throttle::{StopReason, Throttle, pauses},
};

/// So many rounds in which no phone came to its end, and the rest is left for another run.
const MAX_IDLE_ROUNDS: u32 = 4;

/// How often at least `observe` is called, if only to see how long a pause still is.
const OBSERVE_INTERVAL: Duration = Duration::from_millis(200);

/// Writes down what the workers do, several steps of them at once.
pub(super) struct JournalWriter<'a> {
    pub(super) journal: &'a mut Journal,
    pub(super) fleet: &'a dyn Fleet,
    pub(super) throttle: &'a Throttle<'a>,
    pub(super) round: Round,
    /// Who wants phones; kept while there are none, and some may come back.
    pub(super) waiting: Vec<ClaimRequest>,
    /// What became of phones, and is not written down yet.
    pub(super) unrecorded: Vec<(Claim, PhoneReport)>,
    /// How many phones are being sent.
    pub(super) in_flight: usize,
}

/// Once through the journal.
pub(super) struct Round {
    /// The last phone that was taken.
    after: i64,
    /// Only those that were never sent, or also those of which nobody knows.
    unknown_too: bool,
    /// Phones that came to their end in it.
    ended: u64,
    /// How many rounds before it, one after another, had none.
    idle_rounds: u32,
    pauses: ExponentialBackoff,
}

impl Default for Round {
    fn default() -> Self {
        Self { after: 0, unknown_too: false, ended: 0, idle_rounds: 0, pauses: pauses() }
    }
}

/// Phones for the workers that asked for them.
type Answers = Vec<(Sender<Vec<Claimed>>, Vec<Claimed>)>;

impl JournalWriter<'_> {
    pub(super) fn run(
        &mut self,
        inbox: &Receiver<Message>,
        observe: &mut impl FnMut(&RunProgress),
    ) -> Result<(), JournalError> {
        let mut failed = None;
        let mut shown = Instant::now();
        loop {
            match inbox.recv_timeout(OBSERVE_INTERVAL) {
                Ok(message) => {
                    self.take(message);
                    inbox.try_iter().for_each(|message| self.take(message));
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
                        self.throttle
                            .stop(StopReason::Failing(String::from("the journal cannot be written")));
                        failed = Some(error);
                    }
                }
            }
            if failed.is_some() {
                // Who gets no answer ends.
                self.waiting.clear();
            }
            if shown.elapsed() >= OBSERVE_INTERVAL {
                shown = Instant::now();
                observe(&RunProgress { counts: self.journal.counts(), pause: self.throttle.pause() });
            }
        }
        // Once more: of what is under way when a disk is full, all that can be written down should be.
        let last = self.write_records();
        observe(&RunProgress { counts: self.journal.counts(), pause: None });
        match failed {
            Some(JournalError::Gone { .. }) => {
                Err(JournalError::Gone { restored: last.and_then(|()| self.journal.restore()).is_ok() })
            }
            Some(error) => Err(error),
            None => last,
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Claim(request) => self.waiting.push(request),
            Message::Outcomes(records) => self.unrecorded.extend(records),
        }
    }

    /// Writes what became of phones, and marks the next ones; on disk when it returns.
    fn write(&mut self) -> Result<Answers, JournalError> {
        if self.unrecorded.is_empty() && self.waiting.is_empty() {
            return Ok(Vec::new());
        }
        self.journal.is_in_place()?;
        let (fleet, waiting, unrecorded) = (self.fleet, &self.waiting, &self.unrecorded);
        let round = &mut self.round;
        let stopped = self.throttle.stopped().is_some();
        let mut after = round.after;
        let claims = self.journal.step(|journal| {
            for (claim, report) in unrecorded {
                journal.record(*claim, report)?;
            }
            let mut claims = Vec::with_capacity(waiting.len());
            for request in waiting {
                let most = if stopped { 0 } else { request.most };
                let claimed = journal.claim(fleet, after, round.unknown_too, most)?;
                after = claimed.last().map_or(after, |last| last.claim.id);
                claims.push(claimed);
            }
            Ok(claims)
        })?;
        round.after = after;
        let ended = |(_, report): &&(Claim, PhoneReport)| {
            matches!(report.outcome, PhoneOutcome::Confirmed | PhoneOutcome::Refused)
        };
        round.ended += self.unrecorded.iter().filter(ended).count() as u64;
        self.in_flight -= self.unrecorded.len();
        self.unrecorded.clear();
        let mut answers = Vec::with_capacity(self.waiting.len());
        for (request, claimed) in mem::take(&mut self.waiting).into_iter().zip(claims) {
            self.in_flight += claimed.len();
            match claimed.is_empty() {
                true => self.waiting.push(request),
                false => answers.push((request.answer, claimed)),
            }
        }
        if stopped {
            self.waiting.clear();
        } else if self.in_flight == 0 && !self.waiting.is_empty() {
            self.next_round(&mut answers)?;
        } else {
            // The right to be the only one to call goes back: who halves a call that was refused may be waiting for it.
            let probe = self.waiting.extract_if(.., |request| request.probe);
            answers.extend(probe.map(|request| (request.answer, Vec::new())));
        }
        Ok(answers)
    }

    /// Nothing is under way, and somebody wants more.
    fn next_round(&mut self, answers: &mut Answers) -> Result<(), JournalError> {
        let first = !self.round.unknown_too;
        self.round.idle_rounds = if first || self.round.ended > 0 { 0 } else { self.round.idle_rounds + 1 };
        let left = self.journal.has_claimable()?;
        if !left || self.round.idle_rounds >= MAX_IDLE_ROUNDS {
            // Who gets no answer ends.
            self.waiting.clear();
            self.throttle.finish();
            return Ok(());
        }
        let nothing_was_sent = first && self.round.after == 0;
        if !nothing_was_sent {
            self.throttle.block_for(self.round.pauses.next().unwrap_or(OBSERVE_INTERVAL));
        }
        if self.round.ended > 0 {
            self.round.pauses = pauses();
        }
        self.round.after = 0;
        self.round.unknown_too = true;
        self.round.ended = 0;
        // They take a turn again, and so wait.
        answers.extend(self.waiting.drain(..).map(|request| (request.answer, Vec::new())));
        Ok(())
    }

    fn write_records(&mut self) -> Result<(), JournalError> {
        if self.unrecorded.is_empty() {
            return Ok(());
        }
        let unrecorded = mem::take(&mut self.unrecorded);
        self.journal
            .step(|journal| unrecorded.iter().try_for_each(|(claim, report)| journal.record(*claim, report)))
    }
}
