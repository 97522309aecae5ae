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
use self::circuit_breaker::{Admission, CircuitBreaker};
pub use self::rate::{ParseRateError, Rate};

/// The longest that a vendor may ask to wait for. One that asks for more is asked again by another run.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// How late a call may be and its time not be lost: so long a thread may take to wake up.
const LATE: Duration = Duration::from_millis(20);
/// How long at most it takes to see that somebody asked to stop.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// What a call says of the calls to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feedback {
    /// The vendor does what it is asked for.
    Succeeded,
    /// The vendor refused.
    Refused,
    /// The vendor cannot be reached or cannot answer.
    Unavailable,
    /// The vendor asks to wait.
    Wait(Duration),
    /// No call makes sense as long as this is so.
    Stop(String),
}

impl Feedback {
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
pub(crate) struct Throttle<'a> {
    limiter: Option<DefaultDirectRateLimiter>,
    stop_requested: &'a AtomicBool,
    shared: Mutex<Shared>,
    /// Something changed that somebody may be waiting for.
    changed: Condvar,
}

struct Shared {
    breaker: CircuitBreaker,
    /// No call before this time.
    blocked_until: Instant,
    /// How many wait for a turn who have phones already.
    waiting_with_phones: u32,
    stopped: Option<StopReason>,
    /// Nothing is left to be called for.
    finished: bool,
}

/// Why a run ended before every phone was done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopReason {
    /// Somebody asked for it.
    Requested,
    /// The vendor asks to wait for very long.
    VendorWait(Duration),
    /// No further call makes sense, since it would fail as well.
    Failing(
        /// Why.
        String,
    ),
}

/// `"stopped, as was asked for"`
impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Requested => f.write_str("stopped, as was asked for"),
            Self::VendorWait(wait) => write!(f, "the vendor asks to wait for {} s", wait.as_secs()),
            Self::Failing(why) => f.write_str(why),
        }
    }
}

/// The right to make one call.
pub(crate) struct Permit<'a> {
    throttle: &'a Throttle<'a>,
    /// No other call is made until this one is feedback of.
    probe: bool,
    reported: bool,
}

impl<'a> Throttle<'a> {
    pub(crate) fn new(rate: Option<Rate>, stop_requested: &'a AtomicBool) -> Self {
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
            stop_requested,
            shared: Mutex::new(Shared {
                breaker: CircuitBreaker::new(now),
                blocked_until: now,
                waiting_with_phones: 0,
                stopped: None,
                finished: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// Waits until a call may be made; `None` where none will be any more.
    pub(crate) fn permit(&'a self) -> Option<Permit<'a>> {
        self.wait_for_permit(false)
    }

    /// The same for somebody who has phones already, and so comes first where calls go one at a time.
    pub(crate) fn permit_with_phones(&'a self) -> Option<Permit<'a>> {
        self.shared().waiting_with_phones += 1;
        let turn = self.wait_for_permit(true);
        self.shared().waiting_with_phones -= 1;
        turn
    }

    fn wait_for_permit(&'a self, with_phones: bool) -> Option<Permit<'a>> {
        let mut shared = self.shared();
        let probe = loop {
            if self.has_ended(&mut shared) {
                return None;
            }
            let now = Instant::now();
            let until = match shared.blocked_until.checked_duration_since(now) {
                Some(wait) if !wait.is_zero() => wait,
                _ if !with_phones && shared.waiting_with_phones > 0 && shared.breaker.is_half_open() => {
                    POLL_INTERVAL
                }
                _ => match shared.breaker.admission(now) {
                    Admission::NotBefore(at) => at - now,
                    Admission::Wait => POLL_INTERVAL,
                    // The rate comes last: who waits for it must look at all else again.
                    admission => match self.wait_for_rate() {
                        Some(wait) => wait,
                        None => break admission == Admission::Probe,
                    },
                },
            };
            shared = self.wait(shared, until);
        };
        if probe {
            shared.breaker.start_probe();
        }
        drop(shared);
        Some(Permit { throttle: self, probe, reported: false })
    }

    /// Takes a call from what the rate allows; or how long it is until it allows one.
    fn wait_for_rate(&self) -> Option<Duration> {
        let not_yet = self.limiter.as_ref()?.check().err()?;
        Some(not_yet.wait_time_from(DefaultClock::default().now()))
    }

    /// Whether no call is wanted any more; that somebody asked to stop is noted.
    fn has_ended(&self, shared: &mut Shared) -> bool {
        if self.stop_requested.load(Ordering::Relaxed) {
            shared.stopped.get_or_insert(StopReason::Requested);
        }
        shared.stopped.is_some() || shared.finished
    }

    /// No call for so long from now on.
    pub(crate) fn block_for(&self, wait: Duration) {
        let mut shared = self.shared();
        if wait > LONGEST_WAIT {
            shared.stopped.get_or_insert(StopReason::VendorWait(wait));
        }
        shared.blocked_until = shared.blocked_until.max(Instant::now() + wait.min(LONGEST_WAIT));
        self.changed.notify_all();
    }

    /// No call any more.
    pub(crate) fn stop(&self, why: StopReason) {
        self.shared().stopped.get_or_insert(why);
        self.changed.notify_all();
    }

    /// Nothing is left to be called for: who waits for a turn need not wait any longer.
    pub(crate) fn finish(&self) {
        self.shared().finished = true;
        self.changed.notify_all();
    }

    /// Why no call is made any more, if so.
    pub(crate) fn stopped(&self) -> Option<StopReason> {
        let mut shared = self.shared();
        self.has_ended(&mut shared);
        shared.stopped.clone()
    }

    /// How long it is until the next call, where that is because the vendor asks to wait or fails.
    pub(crate) fn pause(&self) -> Option<Duration> {
        let (shared, now) = (self.shared(), Instant::now());
        let until = shared.blocked_until.max(shared.breaker.next_probe().unwrap_or(shared.blocked_until));
        until.checked_duration_since(now).filter(|pause| !pause.is_zero())
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        // Each change is one step, so what a thread that panicked left is whole.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'b>(&'b self, shared: MutexGuard<'b, Shared>, time: Duration) -> MutexGuard<'b, Shared> {
        let waited = self.changed.wait_timeout(shared, time.min(POLL_INTERVAL));
        waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl Permit<'_> {
    /// Whether the vendor is being tried out: a call that costs as little as possible is right.
    pub(crate) const fn is_probe(&self) -> bool {
        self.probe
    }

    /// What became of the call.
    pub(crate) fn report(mut self, feedback: &Feedback) {
        self.reported = true;
        if let Feedback::Wait(wait) = feedback {
            self.throttle.block_for(*wait);
        }
        let mut shared = self.throttle.shared();
        if let Err(why) = shared.breaker.record(feedback, self.probe, Instant::now()) {
            shared.stopped.get_or_insert(StopReason::Failing(why));
        }
        self.throttle.changed.notify_all();
    }
}

/// A call that was not made, or that ended in a panic.
impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.probe && !self.reported {
            self.throttle.shared().breaker.cancel_probe(Instant::now());
            self.throttle.changed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_for_the_rate_notes_that_somebody_asked_to_stop() {
        let stop = AtomicBool::new(false);
        let throttle = Throttle::new(Some("1/h".parse().expect("it is a rate")), &stop);
        throttle.permit().expect("the first need not wait").report(&Feedback::Succeeded);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| throttle.permit().is_none());
            std::thread::sleep(2 * POLL_INTERVAL);
            stop.store(true, Ordering::Relaxed);
            assert!(waiting.join().expect("it does not panic"));
        });
        assert_eq!(throttle.stopped(), Some(StopReason::Requested));
    }
}
