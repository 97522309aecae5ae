//! When the next call may be made: no faster than the rate, not while the vendor asks to wait, and not into an outage.

mod circuit_breaker;
mod clock;
mod gate;
mod pace;
mod rate;

use core::{fmt, time::Duration};
use std::{
    string::String,
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Instant, SystemTime},
};

use sip_password::api::{Failure, FailureKind};

use self::gate::{Gate, Next};
pub use self::rate::{ParseRateError, Rate};
pub(crate) use self::{
    circuit_breaker::pauses,
    clock::{Clock, SystemClock, unix_millis},
    pace::Pace,
};

/// What one call says about the calls to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feedback {
    /// The vendor did what it was asked.
    Succeeded,
    /// The vendor refused the call. After five refusals in a row the run stops.
    Refused,
    /// The vendor failed, or did not reply. After ten such calls in a row, with longer and longer pauses, the run stops.
    Unavailable,
    /// The vendor cannot be reached, for this reason: an unknown host, a refused connection, a certificate that is not trusted. The run
    /// stops if no call has ever been answered, since the cause is probably the address or this machine; later, it is an outage like
    /// [`Unavailable`](Self::Unavailable).
    Unreachable(String),
    /// The vendor asks to wait this long. A run waits at most 15 minutes, and stops if it is asked for more.
    Wait(Duration),
    /// No call can succeed until a person removes this cause, a wrong key for example. The run stops.
    Stop(String),
}

impl Feedback {
    /// [`Feedback::Wait`] if the failure says how long to wait, from now on.
    pub fn wait_of(failure: &Failure) -> Option<Self> {
        match failure.kind() {
            FailureKind::RateLimited { retry_after } | FailureKind::Unavailable { retry_after } => {
                retry_after.map(|wait| Self::Wait(wait.wait(SystemTime::now())))
            }
            _ => None,
        }
    }
}

/// Why a run stopped before every phone was done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopReason {
    /// The caller asked the run to stop.
    Requested,
    /// The vendor asks to wait this long, which is more than a run waits.
    VendorWait(Duration),
    /// No further call makes sense: it would fail as well.
    Failing(
        /// Why.
        String,
    ),
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Requested => f.write_str("stopped on request"),
            Self::VendorWait(wait) => {
                write!(f, "the vendor asks to wait for {} s; start again after that", wait.as_secs())
            }
            Self::Failing(reason) => f.write_str(reason),
        }
    }
}

/// How long it takes at most until a waiting thread sees that the run is to stop.
pub(crate) const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Hands out the permits for calls to all workers of a run.
pub(crate) struct Throttle<'a> {
    clock: &'a dyn Clock,
    stop_requested: &'a AtomicBool,
    gate: Mutex<Gate>,
    /// Signalled whenever the gate changes.
    changed: Condvar,
}

/// A worker that waits for a permit.
pub(crate) struct Waiting<'a> {
    throttle: &'a Throttle<'a>,
    has_phones: bool,
}

/// What a worker that waits for a permit gets.
pub(crate) enum Turn<'a> {
    /// It may make its call.
    Permit(Permit<'a>),
    /// It asks again at this time.
    At(Instant),
    /// It asks again when something has changed.
    AfterChange,
    /// No call may ever be made: the run is over.
    Over,
}

/// The permission to make one call.
pub(crate) struct Permit<'a> {
    throttle: &'a Throttle<'a>,
    /// No other call is made before this one's feedback is there.
    probe: bool,
    reported: bool,
}

impl<'a> Throttle<'a> {
    /// `pace` is that of an earlier run, and `answered` says whether the vendor has ever answered.
    pub(crate) fn new(
        rate: Option<Rate>,
        stop_requested: &'a AtomicBool,
        pace: Pace,
        answered: bool,
        clock: &'a dyn Clock,
    ) -> Self {
        let now = clock.instant();
        let mut gate = Gate { answered, ..Gate::new(rate, now) };
        gate.resume(pace, clock.unix_millis(), now);
        Self { clock, stop_requested, gate: Mutex::new(gate), changed: Condvar::new() }
    }

    /// When the next call may be made, for a later run.
    pub(crate) fn pace(&self) -> Pace {
        self.gate().pace(self.clock.unix_millis(), self.clock.instant())
    }

    /// Waits until a call may be made. `None` means that none ever may: the run is over.
    pub(crate) fn permit(&'a self, has_phones: bool) -> Option<Permit<'a>> {
        let waiting = self.wait(has_phones);
        let mut gate = self.gate();
        loop {
            let wait = match waiting.turn(&mut gate) {
                Turn::Permit(permit) => {
                    drop(gate);
                    return Some(permit);
                }
                Turn::Over => {
                    drop(gate);
                    return None;
                }
                Turn::At(time) => time.saturating_duration_since(self.clock.instant()),
                Turn::AfterChange => POLL_INTERVAL,
            };
            let waited = self.changed.wait_timeout(gate, wait.min(POLL_INTERVAL));
            gate = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Begins to wait for a permit. A worker that holds phones already comes first while calls go one at a time.
    pub(crate) fn wait(&'a self, has_phones: bool) -> Waiting<'a> {
        self.gate().waiting_with_phones += u32::from(has_phones);
        Waiting { throttle: self, has_phones }
    }

    /// Whether the run is over; takes note of a request to stop.
    fn has_ended(&self, gate: &mut Gate) -> bool {
        if self.stop_requested.load(Ordering::Relaxed) {
            gate.stop(StopReason::Requested);
        }
        gate.stopped.is_some() || gate.finished
    }

    /// Allows no call for this long from now on.
    pub(crate) fn block_for(&self, wait: Duration) {
        self.gate().block_for(wait, self.clock.instant());
        self.changed.notify_all();
    }

    /// Allows no further call.
    pub(crate) fn stop(&self, reason: StopReason) {
        self.gate().stop(reason);
        self.changed.notify_all();
    }

    /// Allows no further call, since no phone needs one: whoever waits for a permit need not wait any longer.
    pub(crate) fn finish(&self) {
        self.gate().finished = true;
        self.changed.notify_all();
    }

    /// Why no further call is allowed, if there is a reason.
    pub(crate) fn stopped(&self) -> Option<StopReason> {
        let mut gate = self.gate();
        self.has_ended(&mut gate);
        gate.stopped.clone()
    }

    /// Why the last call that failed did, unless one succeeded since.
    pub(crate) fn last_error(&self) -> Option<String> {
        self.gate().last_error.clone()
    }

    /// How long no call is made because the vendor asks to wait or fails.
    pub(crate) fn pause(&self) -> Option<Duration> {
        self.gate().pause(self.clock.instant())
    }

    /// A thread that panicked left no half-made change: each change is one step.
    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Waiting<'a> {
    /// Whether a call may be made now.
    #[cfg(test)]
    pub(crate) fn poll(&self) -> Turn<'a> {
        self.turn(&mut self.throttle.gate())
    }

    fn turn(&self, gate: &mut Gate) -> Turn<'a> {
        let throttle = self.throttle;
        if throttle.has_ended(gate) {
            return Turn::Over;
        }
        match gate.next(self.has_phones, throttle.clock.instant()) {
            Next::Call { probe } => Turn::Permit(Permit { throttle, probe, reported: false }),
            Next::At(time) => Turn::At(time),
            Next::AfterChange => Turn::AfterChange,
        }
    }
}

/// It waits no longer.
impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.throttle.gate().waiting_with_phones -= u32::from(self.has_phones);
    }
}

impl Permit<'_> {
    /// Whether calls go one at a time: then a call should cost as little as possible.
    pub(crate) const fn is_probe(&self) -> bool {
        self.probe
    }

    /// Ends the call, which had this feedback, with a reason unless it succeeded.
    pub(crate) fn report(mut self, feedback: &Feedback, reason: Option<&str>) {
        self.reported = true;
        let mut gate = self.throttle.gate();
        gate.last_error = reason.filter(|_| *feedback != Feedback::Succeeded).map(String::from);
        gate.record(feedback, self.probe, self.throttle.clock.instant());
        drop(gate);
        self.throttle.changed.notify_all();
    }
}

/// A call that was not made, or that ended in a panic.
impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.probe && !self.reported {
            self.throttle.gate().breaker.cancel_probe(self.throttle.clock.instant());
            self.throttle.changed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(text: &str) -> Option<Rate> {
        Some(text.parse().expect("it is a rate"))
    }

    #[test]
    fn a_permit_that_is_dropped_lets_another_call_go() {
        let stop = AtomicBool::new(false);
        let throttle = Throttle::new(None, &stop, Pace::default(), false, &SystemClock);
        drop(throttle.permit(false).expect("the first one waits for nobody"));
        let permit = throttle.permit(false).expect("nobody has the probe");
        assert!(permit.is_probe());
        permit.report(&Feedback::Succeeded, None);
        let (first, second) = (throttle.permit(false), throttle.permit(true));
        assert!(first.is_some_and(|permit| !permit.is_probe()) && second.is_some());
        assert_eq!(throttle.gate().waiting_with_phones, 0);
        throttle.finish();
        assert!(throttle.permit(false).is_none() && throttle.stopped().is_none());
    }

    #[test]
    fn a_permit_that_is_no_probe_does_not_end_the_probe_of_another() {
        let stop = AtomicBool::new(false);
        let throttle = Throttle::new(None, &stop, Pace::default(), false, &SystemClock);
        throttle.permit(false).expect("the first one waits for nobody").report(&Feedback::Succeeded, None);
        let other = throttle.permit(false).expect("the circuit is closed");
        throttle.gate().breaker.start_probe();
        drop(other);
        assert_eq!(throttle.gate().next(false, Instant::now()), Next::AfterChange, "the probe is in flight");
    }

    #[test]
    fn a_throttle_that_is_blocked_or_stopped_says_so() {
        let stop = AtomicBool::new(false);
        let throttle = Throttle::new(None, &stop, Pace::default(), false, &SystemClock);
        assert_eq!(throttle.pause(), None);
        throttle.block_for(Duration::from_secs(60));
        let pause = throttle.pause().expect("it is blocked");
        assert!((Duration::from_secs(50)..=Duration::from_secs(60)).contains(&pause), "{pause:?}");
        let failing = StopReason::Failing("the journal cannot be written".into());
        throttle.stop(failing.clone());
        assert_eq!(throttle.stopped(), Some(failing));
        assert!(throttle.permit(false).is_none());
    }

    #[test]
    fn a_worker_that_waits_for_the_rate_sees_a_request_to_stop() {
        let stop = AtomicBool::new(false);
        let throttle = Throttle::new(rate("1/h"), &stop, Pace::default(), false, &SystemClock);
        throttle.permit(false).expect("the first one waits for nobody").report(&Feedback::Succeeded, None);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| throttle.permit(false).is_none());
            std::thread::sleep(2 * POLL_INTERVAL);
            stop.store(true, Ordering::Relaxed);
            assert!(waiting.join().expect("it does not panic"));
        });
        assert_eq!(throttle.stopped(), Some(StopReason::Requested));
    }

    #[test]
    fn a_reason_to_stop_says_what_to_do() {
        use std::string::ToString;

        for (reason, words) in [
            (StopReason::Requested, "stopped on request"),
            (
                StopReason::VendorWait(Duration::from_secs(901)),
                "the vendor asks to wait for 901 s; start again after that",
            ),
            (StopReason::Failing("the key is wrong".into()), "the key is wrong"),
        ] {
            assert_eq!(reason.to_string(), words);
        }
    }

    #[test]
    fn a_failure_says_how_long_to_wait_if_the_vendor_did() {
        use crate::fleet::replies;
        use sip_password::http::{HeaderMap, HeaderValue, StatusCode, header::RETRY_AFTER};

        let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static("7"))]);
        let wait = |status, headers: &HeaderMap| {
            Feedback::wait_of(replies::exotel(status, headers, b"").failure().expect("it is a failure"))
        };
        let seven = Some(Feedback::Wait(Duration::from_secs(7)));
        assert_eq!(wait(StatusCode::TOO_MANY_REQUESTS, &headers), seven);
        assert_eq!(wait(StatusCode::SERVICE_UNAVAILABLE, &headers), seven);
        assert_eq!(wait(StatusCode::SERVICE_UNAVAILABLE, &HeaderMap::new()), None);
        assert_eq!(wait(StatusCode::FORBIDDEN, &headers), None);
    }
}
