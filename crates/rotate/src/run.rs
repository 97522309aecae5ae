//! A run: workers that send, and one clerk that writes everything down.

use core::{any::Any, cell::Cell, mem, num::NonZeroUsize, time::Duration};
use std::{
    boxed::Box,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    string::String,
    sync::{
        atomic::AtomicBool,
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::Instant,
    vec,
    vec::Vec,
};

use backon::ExponentialBackoff;

use super::{
    breaker::pauses,
    error::JournalError,
    fleet::{Fate, Fleet, Heard, Sent, Verdict},
    journal::{Claim, Claimed, Counts, Journal},
    pace::{Pace, Stopped, Turn},
    rate::Rate,
};
use sip_password::Client;

/// How fast a run may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// At most so many calls in so much time; as fast as it goes where it is none.
    pub rate: Option<Rate>,
    /// At most so many calls at once.
    pub concurrency: NonZeroUsize,
}

/// How far a run is.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Progress {
    /// How many phones are in each state.
    pub counts: Counts,
    /// How long it is until the next call, where the vendor asks to wait or fails.
    pub pause: Option<Duration>,
}

/// How a run ended. What became of each phone, the journal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Why it ended before it had done what it can, if so. Another run goes on.
    pub stopped: Option<Stopped>,
}

/// So many rounds in which no phone came to its end, and the rest is left for another run.
const FRUITLESS: u32 = 4;
/// How long a worker that has nothing to do, and was the only one that could, leaves that to others.
const MOMENT: Duration = Duration::from_millis(50);
/// How often at least `observe` is called, if only to see how long a pause still is.
const GLANCE: Duration = Duration::from_millis(200);

/// Sends every password of the journal that is not confirmed or refused yet.
///
/// Each call is written down before it is made, and what became of it after. A phone of which nobody knows is sent the same
/// password again, in a further round after all others; an account that a failed check more could lock is left alone. It
/// ends when nothing is left to be done, when four rounds did not help, when `stop` is set, or when no further call makes
/// sense; calls that are under way then are waited for and written down.
///
/// `observe` is called on this thread, several times a second. Memory does not grow with the fleet.
///
/// # Errors
///
/// [`JournalError`]: nothing was sent that was not written down before. What became of the last calls may not be written
/// down; their phones are of those of which nobody knows, when the journal is opened again.
///
/// # Panics
///
/// Where `fleet` does, after all other calls that were under way are written down.
pub fn run(
    journal: &mut Journal,
    fleet: &dyn Fleet,
    client: &Client,
    limits: &Limits,
    stop: &AtomicBool,
    mut observe: impl FnMut(&Progress),
) -> Result<Ended, JournalError> {
    journal.is_of(fleet)?;
    let pace = Pace::new(limits.rate, stop);
    let (orders, inbox) = mpsc::channel();
    let mut clerk = Clerk {
        journal,
        fleet,
        pace: &pace,
        round: Round::default(),
        waiting: Vec::new(),
        unwritten: Vec::new(),
        under_way: 0,
    };
    let ended = thread::scope(|scope| {
        for _ in 0..limits.concurrency.get() {
            let orders = orders.clone();
            scope.spawn(|| Worker { fleet, client, pace: &pace, orders, panic: Cell::new(None) }.run());
        }
        drop(orders);
        clerk.run(&inbox, &mut observe)
    });
    ended.map(|()| Ended { stopped: pace.stopped() })
}

/// What a worker asks of the clerk.
enum Order {
    /// Phones to send.
    Claim(Wish),
    /// What became of phones.
    Record(Vec<(Claim, Verdict)>),
}

/// A worker's wish for phones.
struct Wish {
    /// At most so many.
    most: usize,
    /// Nobody else may call meanwhile.
    alone: bool,
    /// Where they are waited for. None of them, and it is to be wished again; no answer, and there are none any more.
    answer: Sender<Vec<Claimed>>,
}

struct Worker<'a> {
    fleet: &'a dyn Fleet,
    client: &'a Client,
    pace: &'a Pace<'a>,
    orders: Sender<Order>,
    panic: Cell<Option<Box<dyn Any + Send>>>,
}

impl Worker<'_> {
    fn run(&self) {
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

/// Writes down what the workers do, several steps of them at once.
struct Clerk<'a> {
    journal: &'a mut Journal,
    fleet: &'a dyn Fleet,
    pace: &'a Pace<'a>,
    round: Round,
    /// Who wants phones; kept while there are none, and some may come back.
    waiting: Vec<Wish>,
    /// What became of phones, and is not written down yet.
    unwritten: Vec<(Claim, Verdict)>,
    /// How many phones are being sent.
    under_way: usize,
}

/// Once through the journal.
struct Round {
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
    fn run(
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
