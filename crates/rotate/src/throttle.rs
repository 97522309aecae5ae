//! When the next call may be made: no faster than the rate, not while the vendor asks to wait, and not into an outage.

mod circuit_breaker;
mod rate;

use core::{fmt, time::Duration};
use std::{
    string::String,
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use sip_password::api::{Failure, FailureKind};

pub(crate) use self::circuit_breaker::pauses;
pub use self::rate::{ParseRateError, Rate};
use self::{
    circuit_breaker::{Admission, CircuitBreaker},
    rate::RateLimiter,
};

/// What one call says about the calls to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feedback {
    /// The vendor did what it was asked.
    Succeeded,
    /// The vendor refused the call. After five refusals in a row the run stops.
    Refused,
    /// The vendor cannot be reached, or failed. After ten such calls in a row, with longer and longer pauses, the run stops.
    Unavailable,
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

/// When the next call may be made, in milliseconds since 1970: what one run leaves for the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pace {
    /// The rate allows no call before.
    pub(crate) next_call: i64,
    /// The vendor asked to wait until then.
    pub(crate) wait_until: i64,
}

/// The longest wait that a run grants a vendor.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// The longest wait that is kept for later runs. A vendor that asks for more has a clock that is wrong.
const LONGEST_KEPT_WAIT: Duration = Duration::from_secs(24 * 60 * 60);
/// How long it takes at most until a waiting thread sees that the run is to stop.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Hands out the permits for calls to all workers of a run.
pub(crate) struct Throttle<'a> {
    stop_requested: &'a AtomicBool,
    gate: Mutex<Gate>,
    /// Signalled whenever the gate changes.
    changed: Condvar,
}

/// The permission to make one call.
pub(crate) struct Permit<'a> {
    throttle: &'a Throttle<'a>,
    /// No other call is made before this one's feedback is there.
    probe: bool,
    reported: bool,
}

impl<'a> Throttle<'a> {
    /// `pace` is that of an earlier run.
    pub(crate) fn new(rate: Option<Rate>, stop_requested: &'a AtomicBool, pace: Pace) -> Self {
        let (now, clock) = (Instant::now(), unix_millis());
        let mut gate = Gate::new(rate, now);
        gate.resume(pace, clock, now);
        Self { stop_requested, gate: Mutex::new(gate), changed: Condvar::new() }
    }

    /// When the next call may be made, for a later run.
    pub(crate) fn pace(&self) -> Pace {
        self.gate().pace(unix_millis(), Instant::now())
    }

    /// Waits until a call may be made. `None` means that none ever may: the run is over.
    pub(crate) fn permit(&'a self) -> Option<Permit<'a>> {
        self.wait_for_permit(false)
    }

    /// The same for a worker that holds phones already; it comes first while calls go one at a time.
    pub(crate) fn permit_with_phones(&'a self) -> Option<Permit<'a>> {
        self.gate().waiting_with_phones += 1;
        let permit = self.wait_for_permit(true);
        self.gate().waiting_with_phones -= 1;
        permit
    }

    fn wait_for_permit(&'a self, has_phones: bool) -> Option<Permit<'a>> {
        let mut gate = self.gate();
        loop {
            if self.has_ended(&mut gate) {
                return None;
            }
            let now = Instant::now();
            let wait = match gate.next(has_phones, now) {
                Next::Call { probe } => return Some(Permit { throttle: self, probe, reported: false }),
                Next::At(time) => time - now,
                Next::AfterChange => POLL_INTERVAL,
            };
            let waited = self.changed.wait_timeout(gate, wait.min(POLL_INTERVAL));
            gate = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
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
        self.gate().block_for(wait, Instant::now());
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

    /// How long no call is made because the vendor asks to wait or fails.
    pub(crate) fn pause(&self) -> Option<Duration> {
        self.gate().pause(Instant::now())
    }

    /// A thread that panicked left no half-made change: each change is one step.
    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit<'_> {
    /// Whether calls go one at a time: then a call should cost as little as possible.
    pub(crate) const fn is_probe(&self) -> bool {
        self.probe
    }

    /// Ends the call, which had this feedback.
    pub(crate) fn report(mut self, feedback: &Feedback) {
        self.reported = true;
        self.throttle.gate().record(feedback, self.probe, Instant::now());
        self.throttle.changed.notify_all();
    }
}

/// A call that was not made, or that ended in a panic.
impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.probe && !self.reported {
            self.throttle.gate().breaker.cancel_probe(Instant::now());
            self.throttle.changed.notify_all();
        }
    }
}

/// What a permit depends on. Without a clock and without threads: each function is told the time.
struct Gate {
    limiter: Option<RateLimiter>,
    breaker: CircuitBreaker,
    /// No call is made before: the vendor asked to wait, or the run pauses.
    blocked_until: Instant,
    /// The vendor asked to wait until then.
    wait_until: Option<Instant>,
    /// How many workers with phones wait for a permit.
    waiting_with_phones: u32,
    stopped: Option<StopReason>,
    /// No phone needs a call.
    finished: bool,
}

/// What a worker that waits for a permit does next.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// It makes its call, as the only one if that is a probe.
    Call { probe: bool },
    /// It asks again at this time.
    At(Instant),
    /// It asks again when something has changed.
    AfterChange,
}

impl Gate {
    fn new(rate: Option<Rate>, now: Instant) -> Self {
        Self {
            limiter: rate.map(|rate| RateLimiter::new(rate, now)),
            breaker: CircuitBreaker::new(now),
            blocked_until: now,
            wait_until: None,
            waiting_with_phones: 0,
            stopped: None,
            finished: false,
        }
    }

    /// A call that is allowed is counted.
    fn next(&mut self, has_phones: bool, now: Instant) -> Next {
        if self.blocked_until > now {
            return Next::At(self.blocked_until);
        }
        if !has_phones && self.waiting_with_phones > 0 && self.breaker.is_half_open() {
            return Next::AfterChange;
        }
        let probe = match self.breaker.admission(now) {
            Admission::NotBefore(time) => return Next::At(time),
            Admission::AfterProbe => return Next::AfterChange,
            Admission::Probe => true,
            Admission::Admit => false,
        };
        // The rate comes last: whoever waits for it must look at all else again.
        if let Some(Err(due)) = self.limiter.as_mut().map(|limiter| limiter.try_call(now)) {
            return Next::At(due);
        }
        if probe {
            self.breaker.start_probe();
        }
        Next::Call { probe }
    }

    fn record(&mut self, feedback: &Feedback, probe: bool, now: Instant) {
        if let Feedback::Wait(wait) = feedback {
            self.wait_for_vendor(*wait, now);
        }
        if let Err(reason) = self.breaker.record(feedback, probe, now) {
            self.stop(StopReason::Failing(reason));
        }
    }

    fn block_for(&mut self, wait: Duration, now: Instant) {
        if wait > LONGEST_WAIT {
            self.stop(StopReason::VendorWait(wait));
        }
        self.blocked_until = self.blocked_until.max(now + wait.min(LONGEST_WAIT));
    }

    /// Takes over what an earlier run left. A clock that was set back makes no wait longer than it could have been.
    fn resume(&mut self, pace: Pace, clock: i64, now: Instant) {
        let left = |until: i64| Duration::from_millis(until.saturating_sub(clock).max(0).unsigned_abs());
        if let Some(limiter) = &mut self.limiter {
            limiter.delay(left(pace.next_call), now);
        }
        let wait = left(pace.wait_until).min(LONGEST_KEPT_WAIT);
        if !wait.is_zero() {
            self.wait_for_vendor(wait, now);
        }
    }

    fn wait_for_vendor(&mut self, wait: Duration, now: Instant) {
        let until = now + wait.min(LONGEST_KEPT_WAIT);
        self.wait_until = Some(self.wait_until.map_or(until, |before| before.max(until)));
        self.block_for(wait, now);
    }

    fn pace(&self, clock: i64, now: Instant) -> Pace {
        let at = |time: Instant| match time.checked_duration_since(now) {
            // Rounded up: a later run must not be early.
            Some(left) if !left.is_zero() => {
                clock.saturating_add(i64::try_from(left.as_millis() + 1).unwrap_or(i64::MAX))
            }
            _ => 0,
        };
        Pace {
            next_call: self.limiter.as_ref().map_or(0, |limiter| at(limiter.due())),
            wait_until: self.wait_until.map_or(0, at),
        }
    }

    /// The first reason stays.
    fn stop(&mut self, reason: StopReason) {
        self.stopped.get_or_insert(reason);
    }

    fn pause(&self, now: Instant) -> Option<Duration> {
        let until = self.blocked_until.max(self.breaker.next_probe().unwrap_or(self.blocked_until));
        until.checked_duration_since(now).filter(|pause| !pause.is_zero())
    }
}

/// Milliseconds since 1970.
pub(crate) fn unix_millis() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROBE: Next = Next::Call { probe: true };
    const CALL: Next = Next::Call { probe: false };

    fn rate(text: &str) -> Option<Rate> {
        Some(text.parse().expect("it is a rate"))
    }

    /// A gate whose circuit is closed.
    fn closed(rate: Option<Rate>, now: Instant) -> Gate {
        let mut gate = Gate::new(rate, now);
        assert_eq!(gate.next(false, now), PROBE);
        gate.record(&Feedback::Succeeded, true, now);
        gate
    }

    #[test]
    fn a_wait_for_the_vendor_takes_nothing_from_the_rate() {
        let now = Instant::now();
        let later = now + Duration::from_secs(3);
        let mut gate = closed(rate("1/s"), now);
        gate.record(&Feedback::Wait(Duration::from_secs(3)), false, now);
        assert_eq!(gate.next(false, now + Duration::from_secs(2)), Next::At(later));
        assert_eq!(gate.pause(now), Some(Duration::from_secs(3)));
        assert_eq!(gate.next(false, later), CALL);
        assert_eq!(gate.pause(later), None);
        assert!(matches!(gate.next(false, later), Next::At(_)), "one a second");
        // A shorter wait does not shorten a longer one.
        gate.block_for(Duration::from_secs(9), now);
        gate.block_for(Duration::from_secs(1), now);
        assert_eq!(gate.pause(now), Some(Duration::from_secs(9)));
    }

    #[test]
    fn a_probe_that_waits_for_the_rate_is_not_begun() {
        let now = Instant::now();
        let due = now + Duration::from_secs(1);
        let mut gate = Gate::new(rate("1/s"), now);
        assert_eq!(gate.next(false, now), PROBE);
        gate.breaker.cancel_probe(now);
        assert_eq!(gate.next(false, now), Next::At(due));
        assert_eq!(gate.next(false, due), PROBE);
        assert_eq!(gate.next(false, due), Next::AfterChange);
    }

    #[test]
    fn workers_with_phones_come_first_while_the_circuit_is_half_open() {
        let now = Instant::now();
        let mut gate = Gate::new(None, now);
        gate.waiting_with_phones = 1;
        assert_eq!(gate.next(false, now), Next::AfterChange);
        assert_eq!(gate.next(true, now), PROBE);
        gate.record(&Feedback::Succeeded, true, now);
        assert_eq!(gate.next(false, now), CALL);
    }

    #[test]
    fn a_wait_of_more_than_15_minutes_stops_the_run_and_the_first_reason_stays() {
        let now = Instant::now();
        let mut gate = closed(None, now);
        gate.block_for(LONGEST_WAIT, now);
        assert_eq!(gate.stopped, None);
        let wait = LONGEST_WAIT + Duration::from_secs(1);
        gate.record(&Feedback::Wait(wait), false, now);
        gate.record(&Feedback::Stop("too late".into()), false, now);
        assert_eq!(gate.stopped, Some(StopReason::VendorWait(wait)));
        // What a vendor may ask for has no limit.
        gate.block_for(Duration::MAX, now);
        assert_eq!(gate.pause(now), Some(LONGEST_WAIT));
    }

    #[test]
    fn a_pause_of_the_circuit_breaker_is_shown() {
        let now = Instant::now();
        let mut gate = Gate::new(None, now);
        assert_eq!((gate.next(false, now), gate.pause(now)), (PROBE, None));
        gate.record(&Feedback::Unavailable, true, now);
        let pause = gate.pause(now).expect("the probe failed");
        assert_eq!(gate.next(false, now), Next::At(now + pause));
    }

    #[test]
    fn a_permit_that_is_dropped_lets_another_call_go() {
        let stop = AtomicBool::new(false);
        let throttle = Throttle::new(None, &stop, Pace::default());
        drop(throttle.permit().expect("the first one waits for nobody"));
        let permit = throttle.permit().expect("nobody has the probe");
        assert!(permit.is_probe());
        permit.report(&Feedback::Succeeded);
        let (first, second) = (throttle.permit(), throttle.permit_with_phones());
        assert!(first.is_some_and(|permit| !permit.is_probe()) && second.is_some());
        assert_eq!(throttle.gate().waiting_with_phones, 0);
        throttle.finish();
        assert!(throttle.permit().is_none() && throttle.stopped().is_none());
    }

    #[test]
    fn a_permit_that_is_no_probe_does_not_end_the_probe_of_another() {
        let stop = AtomicBool::new(false);
        let throttle = Throttle::new(None, &stop, Pace::default());
        throttle.permit().expect("the first one waits for nobody").report(&Feedback::Succeeded);
        let other = throttle.permit().expect("the circuit is closed");
        throttle.gate().breaker.start_probe();
        drop(other);
        assert_eq!(throttle.gate().next(false, Instant::now()), Next::AfterChange, "the probe is in flight");
    }

    #[test]
    fn a_throttle_that_is_blocked_or_stopped_says_so() {
        let stop = AtomicBool::new(false);
        let throttle = Throttle::new(None, &stop, Pace::default());
        assert_eq!(throttle.pause(), None);
        throttle.block_for(Duration::from_secs(60));
        let pause = throttle.pause().expect("it is blocked");
        assert!((Duration::from_secs(50)..=Duration::from_secs(60)).contains(&pause), "{pause:?}");
        let failing = StopReason::Failing("the journal cannot be written".into());
        throttle.stop(failing.clone());
        assert_eq!(throttle.stopped(), Some(failing));
        assert!(throttle.permit().is_none());
    }

    #[test]
    fn a_worker_that_waits_for_the_rate_sees_a_request_to_stop() {
        let stop = AtomicBool::new(false);
        let throttle = Throttle::new(rate("1/h"), &stop, Pace::default());
        throttle.permit().expect("the first one waits for nobody").report(&Feedback::Succeeded);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| throttle.permit().is_none());
            std::thread::sleep(2 * POLL_INTERVAL);
            stop.store(true, Ordering::Relaxed);
            assert!(waiting.join().expect("it does not panic"));
        });
        assert_eq!(throttle.stopped(), Some(StopReason::Requested));
    }

    #[test]
    fn a_reason_to_stop_says_what_to_do() {
        use std::string::ToString;

        assert_eq!(LONGEST_WAIT.as_secs(), 900, "15 minutes");
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
        use sip_password::{
            EXOTEL,
            api::Secret,
            exotel,
            http::{HeaderMap, HeaderValue, StatusCode, header::RETRY_AFTER},
        };

        let call = exotel::UpdatePassword {
            base: &exotel::SINGAPORE,
            api_key: Secret::new("not-a-real-key"),
            api_token: Secret::new("not-a-real-token"),
            account_sid: "acme1",
            user_uuid: "user",
            device_id: "device",
            new_password: EXOTEL.check("Not_a_real_1").expect("it is compliant").into(),
        };
        let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static("7"))]);
        let wait = |status, headers: &HeaderMap| {
            Feedback::wait_of(call.outcome(status, headers, b"").failure().expect("it is a failure"))
        };
        let seven = Some(Feedback::Wait(Duration::from_secs(7)));
        assert_eq!(wait(StatusCode::TOO_MANY_REQUESTS, &headers), seven);
        assert_eq!(wait(StatusCode::SERVICE_UNAVAILABLE, &headers), seven);
        assert_eq!(wait(StatusCode::SERVICE_UNAVAILABLE, &HeaderMap::new()), None);
        assert_eq!(wait(StatusCode::FORBIDDEN, &headers), None);
    }
}
