//! A process: the real journal writer and the real decisions of workers. Each gets to run when chance lets it.

use core::{mem, time::Duration};
use std::{
    collections::{BTreeMap, BTreeSet},
    format,
    path::PathBuf,
    string::String,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
        mpsc::{self, Receiver, TryRecvError},
    },
    vec::Vec,
};

use sip_password::api::{RetryAfter, lockout::LockoutEffect};

use super::worker::Worker;
use super::world::{Faults, Twin, World, fleet, nanos};
use crate::{
    error::JournalError,
    fleet::{CallReport, PhoneOutcome},
    journal::{Claim, RotationState},
    run::{
        self,
        duty::{Event, Task},
        worker::{ClaimRequest, Message, PROBE_RETRY},
        writer::JournalWriter,
    },
    throttle::{Feedback, POLL_INTERVAL, Pace, Throttle, Turn},
    vendor_model::{Answer, Call},
};

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// It did all that it could.
    Done,
    /// There may be more to do.
    Early,
}

/// No process is that long: it never ends.
const MOST_STEPS: u32 = 100_000;

/// Runs a process to its end, which may be a kill.
pub(super) fn run(world: &mut World) -> Result<Ended, String> {
    let mut journal = world.open()?;
    world.check(&journal, &|_| false)?;
    journal.reopen_phones().map_err(|error| format!("a run cannot begin: {error}"))?;
    let (stop, clock, fleet) = (AtomicBool::new(false), Arc::clone(&world.clock), fleet(world.vendor));
    let throttle = match world.twin {
        Twin::ForgetsPace => Throttle::new(world.rate, &stop, Pace::default(), true, &*clock),
        _ => run::throttle(&journal, world.rate, &stop, &*clock),
    };
    let steps_left = Arc::new(AtomicU32::new(0));
    journal.fail_at_zero(Arc::clone(&steps_left));
    let Faults { kill, disk, stop: stops, .. } = world.faults;
    let kill_after = world.happens(kill).then(|| world.rng.u32(..80));
    let disk_fails_after = world.happens(disk).then(|| world.rng.u32(..12));
    let wave = world.wave.unwrap_or(u64::MAX);
    let mut planned = BTreeSet::new();
    let visited = journal.phones::<JournalError>(&[RotationState::Planned], |phone| {
        planned.insert(phone.line as usize - 2);
        Ok(())
    });
    visited.map_err(|error| format!("the phones cannot be read: {error}"))?;
    let mut process = Process {
        workers: (0..world.workers).map(|_| Worker::new(&*fleet)).collect(),
        world,
        planned,
        sent: BTreeSet::new(),
        throttle: &throttle,
        stop: &stop,
        writer: JournalWriter::new(&mut journal, &*fleet, &throttle, wave),
        inbox: Vec::new(),
        queue: BTreeMap::new(),
        scheduled: 0,
        unwritten: Vec::new(),
        steps_left,
        disk_fails_after,
        before_last_write: None,
    };
    if process.world.happens(stops) {
        let after = process.world.rng.u64(..20_000);
        process.after(Duration::from_millis(after), Happening::StopRequest);
    }
    match process.live(kill_after)? {
        true => {
            process.kill();
            Ok(Ended::Early)
        }
        false => process.end(),
    }
}

/// What happens at a moment.
enum Happening {
    /// The worker asks whether it may make a call.
    Poll(usize),
    /// The worker has rested.
    Rested(usize),
    /// The worker's call reaches the vendor.
    Arrives(usize),
    /// The worker has the vendor's answer.
    Answered(usize, Answer),
    /// The journal writer gets to run.
    Write,
    /// A person wants the run to stop.
    StopRequest,
}

struct Process<'a> {
    world: &'a mut World,
    /// The phones that were planned when the process began, as indices, and those of them that it has sent and that may have arrived.
    planned: BTreeSet<usize>,
    sent: BTreeSet<usize>,
    throttle: &'a Throttle<'a>,
    stop: &'a AtomicBool,
    writer: JournalWriter<'a>,
    workers: Vec<Worker<'a>>,
    /// What the writer has not read yet.
    inbox: Vec<Message>,
    /// What will happen, by its time; of two things at the same time, what was scheduled first.
    queue: BTreeMap<(u64, u64), Happening>,
    scheduled: u64,
    /// Phones of which a reply said that they have another password, which is not on the disk yet.
    unwritten: Vec<usize>,
    /// SQLite fails when this goes from 1 to 0.
    steps_left: Arc<AtomicU32>,
    /// The number of writes until the disk fails for the first time; then it fails often.
    disk_fails_after: Option<u32>,
    before_last_write: Option<PathBuf>,
}

impl<'a> Process<'a> {
    /// Lets everything happen until the last worker has ended; true if the process is killed before.
    fn live(&mut self, kill_after: Option<u32>) -> Result<bool, String> {
        for worker in 0..self.workers.len() {
            self.step(worker, Event::Begin)?;
        }
        for step in 0.. {
            if self.workers.iter().all(|worker| worker.has_ended) {
                break;
            }
            if kill_after.is_some_and(|after| step >= after) && self.everything_told_is_written() {
                return Ok(true);
            }
            let Some(((at, _), happening)) = self.queue.pop_first() else {
                return Err("nothing happens any more, and workers wait".into());
            };
            if step == MOST_STEPS {
                return Err("the run does not end".into());
            }
            self.world.go_to(at);
            self.happen(happening)?;
        }
        Ok(false)
    }

    fn everything_told_is_written(&self) -> bool {
        self.unwritten.is_empty() && self.workers.iter().all(|worker| worker.told.is_empty())
    }

    fn happen(&mut self, happening: Happening) -> Result<(), String> {
        match happening {
            Happening::Poll(worker) => self.poll(worker),
            Happening::Rested(worker) => self.step(worker, Event::Rested),
            Happening::Arrives(worker) => self.arrives(worker),
            Happening::Answered(worker, answer) => self.answered(worker, &answer),
            Happening::Write => self.write(),
            Happening::StopRequest => {
                self.world.note(|| "a person asks it to stop".into());
                self.stop.store(true, Ordering::Relaxed);
                self.notify();
                self.soon(Happening::Write);
                Ok(())
            }
        }
    }

    /// Tells the worker how its task ended, and does what it does next.
    fn step(&mut self, at: usize, mut event: Event<'a>) -> Result<(), String> {
        loop {
            let worker = &mut self.workers[at];
            match worker.duty.next(event) {
                Task::AwaitPermit { has_phones } => {
                    worker.waiting = Some(self.throttle.wait(has_phones));
                    self.poll_soon(at);
                }
                Task::AskForPhones { most, probe } => {
                    let (answer, phones) = mpsc::channel();
                    worker.phones = Some(phones);
                    self.tell(Message::Claim(ClaimRequest { most, probe, answer }));
                }
                Task::Rest => self.after(PROBE_RETRY, Happening::Rested(at)),
                Task::Send(call) => {
                    let phones = worker.duty.phones()[call].iter();
                    worker.call = phones.map(|phone| phone.claim.id() as usize - 1).collect();
                    let (call, permitted) = (worker.call.clone(), worker.permitted);
                    self.sent.extend(call.iter().filter(|phone| self.planned.contains(phone)));
                    if self.world.wave.is_some_and(|wave| self.sent.len() as u64 > wave) {
                        return Err(format!(
                            "planned phones {:?} were sent, which is more than the wave",
                            self.sent
                        ));
                    }
                    self.world.call(permitted)?;
                    self.world.note(|| format!("worker {at} sends {call:?}"));
                    self.slowly(Happening::Arrives(at));
                }
                Task::Note(doubted) if self.world.twin.skips(&doubted) => {
                    event = Event::Noted(true);
                    continue;
                }
                Task::Note(doubted) => {
                    let (done, noted) = mpsc::channel();
                    worker.noted = Some(noted);
                    self.tell(Message::Note { doubted, done });
                }
                Task::Report(outcome) => {
                    self.tell(Message::Outcome(outcome));
                    event = Event::Reported;
                    continue;
                }
                Task::End => worker.has_ended = true,
            }
            return Ok(());
        }
    }

    fn poll(&mut self, at: usize) -> Result<(), String> {
        self.workers[at].next_poll = None;
        let Some(waiting) = &self.workers[at].waiting else { return Ok(()) };
        let permit = match waiting.poll() {
            Turn::Permit(permit) => {
                self.world.permit()?;
                self.workers[at].permitted = self.world.clock.now();
                Some(permit)
            }
            Turn::Over => None,
            Turn::At(time) => {
                let (time, now) = (self.world.clock.nanos(time), self.world.clock.now());
                if time <= now {
                    return Err(format!("worker {at} waits for a time that has come: it would spin"));
                }
                self.poll_at(time, at);
                return Ok(());
            }
            Turn::AfterChange => {
                self.poll_at(self.world.clock.now() + nanos(POLL_INTERVAL), at);
                return Ok(());
            }
        };
        self.workers[at].waiting = None;
        self.step(at, Event::Permit(permit))
    }

    fn arrives(&mut self, at: usize) -> Result<(), String> {
        let called = self.workers[at].call.clone();
        let mut answer = self.world.vendor_acts(&called);
        let told: Vec<_> = (0..self.world.devices.len()).filter(|&phone| answer.tells_of(phone)).collect();
        if told.is_empty() && self.world.happens(self.world.faults.network) {
            answer = Answer::Lost;
        }
        self.world.note(|| format!("the vendor has the call of worker {at}: {answer:?}"));
        self.workers[at].told = told;
        self.check()?;
        self.slowly(Happening::Answered(at, answer));
        Ok(())
    }

    fn answered(&mut self, at: usize, answer: &Answer) -> Result<(), String> {
        let called = mem::take(&mut self.workers[at].call);
        let call = Call { called: &called, new: &self.world.new };
        let mut report = self.world.vendor.report(&call, answer).stopped_if_contradicted();
        if matches!(answer, Answer::Reply { status: 429 | 503, .. })
            && report.feedback == Feedback::Unavailable
            && self.world.rng.bool()
        {
            let wait = Duration::from_millis([3_000, 60_000, 1_200_000][self.world.rng.usize(..3)]);
            report.feedback = Feedback::Wait(wait);
            let until = self.world.clock.now() + nanos(wait.min(RetryAfter::MAX));
            self.world.wait_until = self.world.wait_until.max(until);
        }
        self.world.twin.spoil(&mut report, answer);
        self.world.note(|| format!("worker {at} hears: {:?}", report.phones));
        for (&phone, report) in called.iter().zip(&report.phones) {
            if report.outcome == PhoneOutcome::NotSent {
                self.sent.remove(&phone);
            }
        }
        let told = mem::take(&mut self.workers[at].told);
        self.unwritten.extend(told);
        self.step(at, Event::Called(report))?;
        self.notify();
        Ok(())
    }

    fn write(&mut self) -> Result<(), String> {
        if self.world.twin == Twin::WritesLate {
            self.before_last_write = Some(self.world.copy_journal());
        }
        self.disk_may_fail();
        let messages = mem::take(&mut self.inbox);
        let is_written = !messages.is_empty();
        let failed = self.writer.has_failed();
        self.writer.work(messages.into_iter());
        self.steps_left.store(0, Ordering::Relaxed);
        if self.writer.has_failed() {
            if !failed {
                self.world.counts.disk_faults += 1;
                self.world.note(|| "the disk fails".into());
            }
        } else if is_written {
            self.unwritten.clear();
            self.world.kept_wait = self.world.wait_until;
        }
        self.check()?;
        self.deliver()?;
        self.notify();
        Ok(())
    }

    /// Workers get what they wait for.
    fn deliver(&mut self) -> Result<(), String> {
        for at in 0..self.workers.len() {
            let worker = &mut self.workers[at];
            match worker.phones.as_ref().map(Receiver::try_recv) {
                Some(Err(TryRecvError::Empty)) | None => {}
                Some(phones) => {
                    worker.phones = None;
                    self.step(at, Event::Phones(phones.ok()))?;
                    continue;
                }
            }
            match worker.noted.as_ref().map(Receiver::try_recv) {
                Some(Err(TryRecvError::Empty)) | None => {}
                Some(noted) => {
                    worker.noted = None;
                    self.step(at, Event::Noted(noted.is_ok()))?;
                }
            }
        }
        Ok(())
    }

    fn disk_may_fail(&mut self) {
        match &mut self.disk_fails_after {
            Some(0) if self.world.rng.u8(..4) > 0 => {
                self.steps_left.store(self.world.rng.u32(1..400), Ordering::Relaxed);
            }
            Some(0) | None => {}
            Some(writes) => *writes -= 1,
        }
    }

    fn check(&self) -> Result<(), String> {
        let told = |phone: usize| {
            self.unwritten.contains(&phone) || self.workers.iter().any(|worker| worker.told.contains(&phone))
        };
        self.world.check(self.writer.journal(), &told)
    }

    /// The process is gone. Its calls may still arrive.
    fn kill(mut self) {
        self.world.counts.kills += 1;
        self.world.note(|| "the process is killed".into());
        for happening in mem::take(&mut self.queue).into_values() {
            if let Happening::Arrives(worker) = happening
                && self.world.rng.bool()
            {
                self.workers[worker].call.iter().for_each(|&phone| self.world.arrives_later(phone));
            }
        }
        self.world.path = match self.before_last_write.take() {
            Some(copy) => copy,
            None => self.world.copy_journal(),
        };
        self.world.wait_until = self.world.kept_wait;
    }

    /// The last worker has ended.
    fn end(mut self) -> Result<Ended, String> {
        // What the last worker sent is read before its absence is noticed.
        if !self.inbox.is_empty() {
            self.write()?;
        }
        self.disk_may_fail();
        let ended = self.writer.end();
        self.steps_left.store(0, Ordering::Relaxed);
        let stopped = self.throttle.stopped();
        self.world.note(|| format!("the run ends: {ended:?}, {stopped:?}"));
        if ended.is_err() {
            // That is beyond it: the only place where the password could be kept cannot be written.
            self.unwritten.iter().for_each(|&phone| self.world.excused[phone] = true);
        }
        self.unwritten.clear();
        self.check()?;
        let (said, counted) = (self.writer.journal().counts(), self.writer.journal().recount());
        if said != counted {
            return Err(format!("the run says {said:?}, and the journal has {counted:?}"));
        }
        if ended.is_err() {
            self.world.wait_until = self.world.kept_wait;
        }
        self.world.kept_wait = self.world.wait_until;
        Ok(if ended.is_ok() && stopped.is_none() && self.world.wave.is_none() {
            Ended::Done
        } else {
            Ended::Early
        })
    }

    /// All workers that wait for a permit look again.
    fn notify(&mut self) {
        for at in 0..self.workers.len() {
            if self.workers[at].waiting.is_some() {
                self.poll_soon(at);
            }
        }
    }

    fn poll_soon(&mut self, at: usize) {
        let micros = self.world.rng.u64(..3_000);
        self.poll_at(self.world.clock.now() + nanos(Duration::from_micros(micros)), at);
    }

    /// A thread waits once: the earlier time counts.
    fn poll_at(&mut self, time: u64, at: usize) {
        if let Some(next) = self.workers[at].next_poll {
            if next.0 <= time {
                return;
            }
            self.queue.remove(&next);
        }
        self.at(time, Happening::Poll(at));
        self.workers[at].next_poll = Some((time, self.scheduled));
    }

    /// The writer has something to read.
    fn tell(&mut self, message: Message) {
        self.inbox.push(message);
        self.soon(Happening::Write);
    }

    fn soon(&mut self, happening: Happening) {
        let micros = self.world.rng.u64(..3_000);
        self.after(Duration::from_micros(micros), happening);
    }

    /// After a network's delay: mostly short, sometimes as long as a client waits.
    fn slowly(&mut self, happening: Happening) {
        let most = if self.world.happens(90) { 300 } else { 30_000 };
        let millis = self.world.rng.u64(..most);
        self.after(Duration::from_millis(millis), happening);
    }

    fn after(&mut self, time: Duration, happening: Happening) {
        self.at(self.world.clock.now() + nanos(time), happening);
    }

    fn at(&mut self, time: u64, happening: Happening) {
        self.scheduled += 1;
        self.queue.insert((time, self.scheduled), happening);
    }
}

impl Twin {
    /// Whether a broken twin does not write this note.
    fn skips(self, doubted: &[Claim]) -> bool {
        match self {
            Self::SkipsDoubt => !doubted.is_empty(),
            Self::SkipsPace => doubted.is_empty(),
            _ => false,
        }
    }

    /// What a broken twin makes of a report.
    fn spoil(self, report: &mut CallReport, answer: &Answer) {
        match self {
            Self::DropsVendorsPassword => {
                report.unrequested.clear();
                report.phones.iter_mut().for_each(|phone| phone.vendor_password = None);
            }
            Self::IgnoresChecks => {
                report.phones.iter_mut().for_each(|phone| phone.lockout = LockoutEffect::NotChecked);
            }
            Self::TakesSilenceForNo if *answer == Answer::Lost => {
                report.phones.iter_mut().for_each(|phone| phone.outcome = PhoneOutcome::Refused);
            }
            _ => {}
        }
    }
}
