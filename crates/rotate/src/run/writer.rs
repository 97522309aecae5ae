//! The journal writer: the one thread that has the journal.

use core::{iter, mem, time::Duration};
use std::{
    string::String,
    sync::mpsc::{self, Receiver, Sender},
    time::Instant,
    vec::Vec,
};

use backon::ExponentialBackoff;

use super::{
    RunProgress,
    batches::Batches,
    worker::{CallOutcome, ClaimRequest, Message},
};
use crate::{
    error::JournalError,
    fleet::{Fleet, PhoneOutcome},
    journal::{Claim, Claimed, Journal, Progress, RotationState, Wanted},
    throttle::{Pace, StopReason, Throttle, pauses},
};

/// After this many rounds in a row in which no phone came to its end, the rest is left to another run.
const MAX_IDLE_ROUNDS: u32 = 4;
/// The longest time between two calls of `observe`, so that a pause can be seen to get shorter.
const OBSERVE_INTERVAL: Duration = Duration::from_millis(200);

/// Answers the workers' requests for phones and records their outcomes, many of them in one transaction.
pub(crate) struct JournalWriter<'a> {
    journal: &'a mut Journal,
    fleet: &'a dyn Fleet,
    throttle: &'a Throttle<'a>,
    round: Round,
    /// Requests without an answer yet: there are no phones, and some may come back.
    waiting: Vec<ClaimRequest>,
    /// Outcomes of calls that are not in the journal yet.
    unrecorded: Vec<CallOutcome>,
    /// Phones in doubt that are not in the journal as such yet, and who waits for that.
    notes: Vec<(Vec<Claim>, Sender<()>)>,
    batches: Batches,
    /// The run leaves so many phones planned: those beyond its wave.
    least_planned: u64,
    /// The number of phones that workers hold.
    in_flight: usize,
    /// Why the journal could not be written. Nothing is claimed any more.
    failed: Option<JournalError>,
}

/// One pass through the journal.
struct Round {
    /// The last phone that was claimed.
    after: i64,
    /// The first round takes planned phones only; later ones take those whose state is unknown, too.
    unknown_too: bool,
    /// How many phones came to their end in this round.
    ended: u64,
    /// How many rounds in a row, before this one, brought no phone to its end.
    idle_rounds: u32,
    pauses: ExponentialBackoff,
}

/// Phones for the workers that asked for them.
type Answers = Vec<(Sender<Vec<Claimed>>, Vec<Claimed>)>;

impl<'a> JournalWriter<'a> {
    /// `wave`: the most planned phones that are sent. One that was not sent after all is none of them.
    pub(crate) fn new(
        journal: &'a mut Journal,
        fleet: &'a dyn Fleet,
        throttle: &'a Throttle<'a>,
        wave: u64,
    ) -> Self {
        let round = Round { after: 0, unknown_too: false, ended: 0, idle_rounds: 0, pauses: pauses() };
        let batches = Batches::new(journal.progress().proven);
        let least_planned = planned(journal).saturating_sub(wave);
        Self {
            journal,
            fleet,
            throttle,
            round,
            waiting: Vec::new(),
            unrecorded: Vec::new(),
            notes: Vec::new(),
            batches,
            least_planned,
            in_flight: 0,
            failed: None,
        }
    }

    /// Works until the last worker is gone.
    pub(super) fn run(
        &mut self,
        inbox: &Receiver<Message>,
        observe: &mut impl FnMut(&RunProgress),
    ) -> Result<(), JournalError> {
        let mut observed = Instant::now();
        loop {
            match inbox.recv_timeout(OBSERVE_INTERVAL) {
                Ok(message) => self.work(iter::once(message).chain(inbox.try_iter())),
                Err(mpsc::RecvTimeoutError::Timeout) => self.work(iter::empty()),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
            if observed.elapsed() >= OBSERVE_INTERVAL {
                observed = Instant::now();
                observe(&RunProgress {
                    counts: self.journal.counts(),
                    pause: self.throttle.pause(),
                    last_error: self.throttle.last_error(),
                });
            }
        }
        let ended = self.end();
        observe(&RunProgress { counts: self.journal.counts(), pause: None, last_error: None });
        ended
    }

    /// Takes these messages, writes what follows to the disk, and answers then.
    pub(crate) fn work(&mut self, messages: impl Iterator<Item = Message>) {
        messages.for_each(|message| self.take(message));
        if self.failed.is_none() {
            match self.write() {
                Ok(answers) => answer(answers),
                Err(error) => {
                    let reason = String::from("the journal cannot be written");
                    self.throttle.stop(StopReason::Failing(reason));
                    self.failed = Some(error);
                }
            }
        }
        if self.failed.is_some() {
            // A worker without an answer ends.
            self.waiting.clear();
            self.notes.clear();
        }
    }

    #[cfg(test)]
    pub(crate) const fn journal(&self) -> &Journal {
        self.journal
    }

    #[cfg(test)]
    pub(crate) const fn has_failed(&self) -> bool {
        self.failed.is_some()
    }

    /// The last worker is gone.
    pub(crate) fn end(&mut self) -> Result<(), JournalError> {
        // Once more: if the disk was full, there may be room now for the outcomes of the last calls.
        let last = self.record_all();
        match self.failed.take() {
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
            Message::Note { doubted, done } => {
                self.batches.refused(&doubted);
                self.notes.push((doubted, done));
            }
            Message::Outcome(outcome) => {
                let claims: Vec<_> = outcome.phones.iter().map(|(claim, _)| *claim).collect();
                self.batches.ended(&claims);
                if outcome.is_contradiction() {
                    self.batches.contradicted();
                } else if outcome.is_proof() {
                    self.batches.confirmed(&claims);
                }
                self.unrecorded.push(outcome);
            }
        }
    }

    /// Records outcomes and claims phones, in one transaction that is on disk when it returns.
    fn write(&mut self) -> Result<Answers, JournalError> {
        if self.unrecorded.is_empty() && self.waiting.is_empty() && self.notes.is_empty() {
            return Ok(Vec::new());
        }
        self.journal.check_in_place()?;
        let stopped = self.throttle.stopped().is_some();
        let claims = self.record_and_claim(stopped)?;
        for (_, done) in self.notes.drain(..) {
            // A worker that does not wait any more is gone.
            let _ = done.send(());
        }
        for (_, report) in self.unrecorded.drain(..).flat_map(|call| call.phones) {
            self.in_flight -= 1;
            self.round.ended +=
                u64::from(matches!(report.outcome, PhoneOutcome::Confirmed | PhoneOutcome::Refused));
        }
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
        } else if self.in_flight == 0
            && !self.journal.has_claimable(planned(self.journal) > self.least_planned)?
        {
            // Nobody need wait until the rate allows a call that is not made.
            self.finish();
        } else if self.in_flight == 0 && !self.waiting.is_empty() {
            self.next_round(&mut answers);
        } else {
            // The only permit goes back: a worker that halves a refused call may be waiting for it.
            let probes = self.waiting.extract_if(.., |request| request.probe);
            answers.extend(probes.map(|request| (request.answer, Vec::new())));
        }
        Ok(answers)
    }

    /// The phones for each request that waits, in the same order; none if the run is to stop.
    fn record_and_claim(&mut self, stopped: bool) -> Result<Vec<Vec<Claimed>>, JournalError> {
        let (fleet, waiting, batches) = (self.fleet, &self.waiting, &mut self.batches);
        let (unrecorded, notes) = (&self.unrecorded, &self.notes);
        let unknown_too = self.round.unknown_too;
        let (mut after, least_planned) = (self.round.after, self.least_planned);
        let progress = progress(batches, self.throttle);
        let claims = self.journal.step(|journal| {
            notes.iter().try_for_each(|(doubted, _)| journal.doubt(doubted))?;
            unrecorded.iter().try_for_each(|call| record(journal, call))?;
            journal.set_progress(progress);
            let mut claims = Vec::with_capacity(waiting.len());
            for request in waiting {
                let most = if stopped { 0 } else { batches.next_size(request.most) };
                let wanted = Wanted { planned: planned(journal).saturating_sub(least_planned), unknown_too };
                let claimed = journal.claim(fleet, after, wanted, most)?;
                batches.claimed(&claimed);
                after = claimed.last().map_or(after, |last| last.claim.id());
                claims.push(claimed);
            }
            Ok(claims)
        })?;
        self.round.after = after;
        Ok(claims)
    }

    /// No phone needs a call, or only planned ones do that this run leaves to another.
    fn finish(&mut self) {
        // A worker without an answer ends.
        self.waiting.clear();
        self.throttle.finish();
    }

    /// Begins another pass: no phone is in flight, and workers want more.
    fn next_round(&mut self, answers: &mut Answers) {
        let round = &mut self.round;
        let first = !round.unknown_too;
        round.idle_rounds = if first || round.ended > 0 { 0 } else { round.idle_rounds + 1 };
        if round.idle_rounds >= MAX_IDLE_ROUNDS {
            return self.finish();
        }
        let nothing_was_sent = first && round.after == 0;
        if !nothing_was_sent {
            self.throttle.block_for(round.pauses.next().unwrap_or(OBSERVE_INTERVAL));
        }
        if round.ended > 0 {
            round.pauses = pauses();
        }
        round.after = 0;
        round.unknown_too = true;
        round.ended = 0;
        // The workers ask for a permit again, and so wait for the pause to end.
        answers.extend(self.waiting.drain(..).map(|request| (request.answer, Vec::new())));
    }

    fn record_all(&mut self) -> Result<(), JournalError> {
        if self.unrecorded.is_empty() {
            return Ok(());
        }
        let unrecorded = mem::take(&mut self.unrecorded);
        let progress = progress(&self.batches, self.throttle);
        self.journal.step(|journal| {
            unrecorded.iter().try_for_each(|call| record(journal, call))?;
            journal.set_progress(progress);
            Ok(())
        })
    }
}

/// The number of planned phones.
fn planned(journal: &Journal) -> u64 {
    journal.counts().of(RotationState::Planned)
}

/// What the calls so far have shown, and when the next one may be made.
fn progress(batches: &Batches, throttle: &Throttle<'_>) -> Progress {
    let Pace { next_call, wait_until } = throttle.pace();
    Progress { proven: batches.proven(), next_call, wait_until }
}

/// Records the outcome of a call.
fn record(journal: &mut Journal, call: &CallOutcome) -> Result<(), JournalError> {
    call.phones.iter().try_for_each(|(claim, report)| journal.record(*claim, report))?;
    journal.record_unrequested(&call.unrequested)
}

/// Hands phones to the workers that asked for them.
fn answer(answers: Answers) {
    for (answer, claimed) in answers {
        // A worker that does not wait for its answer any more is gone, and so is the run.
        let _ = answer.send(claimed);
    }
}
