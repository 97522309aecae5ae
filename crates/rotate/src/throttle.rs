//! When the next call may be made: not faster than the rate, not while the vendor asks to wait, not into an outage.

use core::{fmt, num::NonZeroU32, time::Duration};
use std::{
    string::String,
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Instant, SystemTime},
};

use governor::{
    DefaultDirectRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

use sip_password::api::{Failure, FailureKind};

mod circuit_breaker;
mod rate;

pub(crate) use self::circuit_breaker::pauses;
use self::circuit_breaker::{Admission, Breaker};
pub use self::rate::{BadRate, Rate};

/// The longest that a vendor may ask to wait for. One that asks for more is asked again by another run.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// How late a call may be and its time not be lost: so long a thread may take to wake up.
const LATE: Duration = Duration::from_millis(20);
/// How long at most it takes to see that somebody asked to stop.
const GLANCE: Duration = Duration::from_millis(50);

/// What a call says of the calls to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The vendor does what it is asked for.
    Done,
    /// The vendor refused.
    Refused,
    /// The vendor cannot be reached or cannot answer.
    Trouble,
    /// The vendor asks to wait.
    Wait(Duration),
    /// No call makes sense as long as this is so.
    Stop(String),
}

impl Heard {
    /// Where the vendor asks to wait.
    pub(crate) fn wait(failure: &Failure) -> Option<Self> {
        match failure.kind() {
            FailureKind::RateLimited { retry_after } | FailureKind::Unavailable { retry_after } => {
                retry_after.map(|wait| Self::Wait(wait.wait(SystemTime::now())))
            }
            _ => None,
        }
    }
}

/// What all workers of a run keep to.
pub(crate) struct Pace<'a> {
    limiter: Option<DefaultDirectRateLimiter>,
    asked_to_stop: &'a AtomicBool,
    shared: Mutex<Shared>,
    /// Something changed that somebody may be waiting for.
    changed: Condvar,
}

struct Shared {
    breaker: Breaker,
    /// No call before this time.
    hold: Instant,
    /// How many wait for a turn who have phones already.
    with_phones: u32,
    stopped: Option<Stopped>,
    /// Nothing is left to be called for.
    done: bool,
}

/// Why a run ended before every phone was done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stopped {
    /// Somebody asked for it.
    Asked,
    /// The vendor asks to wait for very long.
    Wait(Duration),
    /// No further call makes sense, since it would fail as well.
    Failing(
        /// Why.
        String,
    ),
}

/// `"stopped, as was asked for"`
impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked => f.write_str("stopped, as was asked for"),
            Self::Wait(wait) => write!(f, "the vendor asks to wait for {} s", wait.as_secs()),
            Self::Failing(why) => f.write_str(why),
        }
    }
}

/// The right to make one call.
pub(crate) struct Turn<'a> {
    pace: &'a Pace<'a>,
    /// No other call is made until this one is heard of.
    alone: bool,
    heard: bool,
}

impl<'a> Pace<'a> {
    pub(crate) fn new(rate: Option<Rate>, asked_to_stop: &'a AtomicBool) -> Self {
        let quota = rate.and_then(|rate| {
            let late = u32::try_from(LATE.as_nanos() / rate.interval().as_nanos()).unwrap_or(u32::MAX);
            Some(
                Quota::with_period(rate.interval())?
                    .allow_burst(NonZeroU32::new(late).unwrap_or(NonZeroU32::MIN)),
            )
        });
        let now = Instant::now();
        Self {
            limiter: quota.map(RateLimiter::direct),
            asked_to_stop,
            shared: Mutex::new(Shared {
                breaker: Breaker::new(now),
                hold: now,
                with_phones: 0,
                stopped: None,
                done: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// Waits until a call may be made; `None` where none will be any more.
    pub(crate) fn turn(&'a self) -> Option<Turn<'a>> {
        self.turn_of(false)
    }

    /// The same for somebody who has phones already, and so comes first where calls go one at a time.
    pub(crate) fn turn_with_phones(&'a self) -> Option<Turn<'a>> {
        self.shared().with_phones += 1;
        let turn = self.turn_of(true);
        self.shared().with_phones -= 1;
        turn
    }

    fn turn_of(&'a self, with_phones: bool) -> Option<Turn<'a>> {
        let mut shared = self.shared();
        let alone = loop {
            if self.is_over(&mut shared) {
                return None;
            }
            let now = Instant::now();
            let until = match shared.hold.checked_duration_since(now) {
                Some(wait) if !wait.is_zero() => wait,
                _ if !with_phones && shared.with_phones > 0 && shared.breaker.is_trying() => GLANCE,
                _ => match shared.breaker.admission(now) {
                    Admission::NotBefore(at) => at - now,
                    Admission::Later => GLANCE,
                    // The rate comes last: who waits for it must look at all else again.
                    admission => match self.beyond_rate() {
                        Some(wait) => wait,
                        None => break admission == Admission::Alone,
                    },
                },
            };
            shared = self.wait(shared, until);
        };
        if alone {
            shared.breaker.begin();
        }
        drop(shared);
        Some(Turn { pace: self, alone, heard: false })
    }

    /// Takes a call from what the rate allows; or how long it is until it allows one.
    fn beyond_rate(&self) -> Option<Duration> {
        let not_yet = self.limiter.as_ref()?.check().err()?;
        Some(not_yet.wait_time_from(DefaultClock::default().now()))
    }

    /// Whether no call is wanted any more; that somebody asked to stop is noted.
    fn is_over(&self, shared: &mut Shared) -> bool {
        if self.asked_to_stop.load(Ordering::Relaxed) {
            shared.stopped.get_or_insert(Stopped::Asked);
        }
        shared.stopped.is_some() || shared.done
    }

    /// No call for so long from now on.
    pub(crate) fn hold(&self, wait: Duration) {
        let mut shared = self.shared();
        if wait > LONGEST_WAIT {
            shared.stopped.get_or_insert(Stopped::Wait(wait));
        }
        shared.hold = shared.hold.max(Instant::now() + wait.min(LONGEST_WAIT));
        self.changed.notify_all();
    }

    /// No call any more.
    pub(crate) fn stop(&self, why: Stopped) {
        self.shared().stopped.get_or_insert(why);
        self.changed.notify_all();
    }

    /// Nothing is left to be called for: who waits for a turn need not wait any longer.
    pub(crate) fn done(&self) {
        self.shared().done = true;
        self.changed.notify_all();
    }

    /// Why no call is made any more, if so.
    pub(crate) fn stopped(&self) -> Option<Stopped> {
        let mut shared = self.shared();
        self.is_over(&mut shared);
        shared.stopped.clone()
    }

    /// How long it is until the next call, where that is because the vendor asks to wait or fails.
    pub(crate) fn pause(&self) -> Option<Duration> {
        let (shared, now) = (self.shared(), Instant::now());
        let until = shared.hold.max(shared.breaker.opens().unwrap_or(shared.hold));
        until.checked_duration_since(now).filter(|pause| !pause.is_zero())
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        // Each change is one step, so what a thread that panicked left is whole.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'b>(&'b self, shared: MutexGuard<'b, Shared>, time: Duration) -> MutexGuard<'b, Shared> {
        let waited = self.changed.wait_timeout(shared, time.min(GLANCE));
        waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl Turn<'_> {
    /// Whether the vendor is being tried out: a call that costs as little as possible is right.
    pub(crate) const fn is_alone(&self) -> bool {
        self.alone
    }

    /// What became of the call.
    pub(crate) fn heard(mut self, heard: &Heard) {
        self.heard = true;
        if let Heard::Wait(wait) = heard {
            self.pace.hold(*wait);
        }
        let mut shared = self.pace.shared();
        if let Err(why) = shared.breaker.heard(heard, self.alone, Instant::now()) {
            shared.stopped.get_or_insert(Stopped::Failing(why));
        }
        self.pace.changed.notify_all();
    }
}

/// A call that was not made, or that ended in a panic.
impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if self.alone && !self.heard {
            self.pace.shared().breaker.unused(Instant::now());
            self.pace.changed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_for_the_rate_notes_that_somebody_asked_to_stop() {
        let stop = AtomicBool::new(false);
        let pace = Pace::new(Some("1/h".parse().expect("it is a rate")), &stop);
        pace.turn().expect("the first need not wait").heard(&Heard::Done);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| pace.turn().is_none());
            std::thread::sleep(2 * GLANCE);
            stop.store(true, Ordering::Relaxed);
            assert!(waiting.join().expect("it does not panic"));
        });
        assert_eq!(pace.stopped(), Some(Stopped::Asked));
    }
}
