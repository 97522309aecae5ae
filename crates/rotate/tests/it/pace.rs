//! How fast a run is, how it waits, and how many calls a failure costs.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use sip_password::Client;
use sip_password_rotate::{Limits, PhoneUpdate, RotationState, RunEnd, StopReason, run};

use crate::vendor::{Act, Setting, Vendor, counts, go, limits, number, open};

#[test]
fn a_wrong_key_costs_a_handful_of_phones() {
    for (act, most) in [(Act::Refuse, 5), (Act::FailCheck, 5), (Act::Stop, 1)] {
        let (_setting, mut journal) = Setting::planned(100);
        let script = move |_: &str, _: usize| act;
        let vendor = Vendor { batch: 20, ..Vendor::new(&script) };
        let ended = go(&mut journal, &vendor, 16);
        assert!(matches!(ended.stopped, Some(StopReason::Failing(_))), "{act:?}: {ended:?}");
        assert_eq!(vendor.calls(), most, "{act:?}");
        assert_eq!(journal.counts().of(RotationState::Planned), 100 - if act == Act::Stop { 0 } else { 5 });
    }
}

/// The outage ends during the run.
#[test]
fn an_outage_costs_a_handful_of_calls_and_no_phone() {
    let (_setting, mut journal) = Setting::planned(300);
    let calls = AtomicUsize::new(0);
    let script = |_: &str, _: usize| match calls.fetch_add(1, Ordering::SeqCst) {
        100..125 => Act::NotSent,
        _ => Act::Update,
    };
    let vendor = Vendor { takes: Duration::from_millis(1), ..Vendor::new(&script) };
    let begun = Instant::now();
    assert_eq!(go(&mut journal, &vendor, 16), RunEnd { stopped: None });
    assert_eq!(counts(journal.counts()), [0, 0, 0, 300, 0]);
    assert!(vendor.calls() <= 325);
    assert!(begun.elapsed() >= Duration::from_millis(500), "it paused");
}

#[test]
fn a_run_waits_as_long_as_the_vendor_asks() {
    let (_setting, mut journal) = Setting::planned(50);
    let wait = Duration::from_millis(700);
    let script = move |name: &str, call: usize| match (number(name), call) {
        (20, 1) => Act::WaitFor(wait),
        _ => Act::Update,
    };
    let vendor = Vendor { takes: Duration::from_millis(1), ..Vendor::new(&script) };
    assert_eq!(go(&mut journal, &vendor, 4), RunEnd { stopped: None });
    assert_eq!(counts(journal.counts()), [0, 0, 0, 50, 0]);
    let calls = vendor.calls.lock().expect("nobody panicked").clone();
    let pauses = calls.windows(2).map(|two| two[1].0 - two[0].0);
    assert!(pauses.max().expect("there are calls") >= wait * 9 / 10);

    // Longer than a run waits: another run resumes.
    let (_setting, mut journal) = Setting::planned(5);
    let vendor = Vendor::new(&|_, _| Act::WaitFor(Duration::from_secs(3600)));
    assert_eq!(
        go(&mut journal, &vendor, 1),
        RunEnd { stopped: Some(StopReason::VendorWait(Duration::from_secs(3600))) }
    );
    assert_eq!(counts(journal.counts()), [5, 0, 0, 0, 0]);
}

#[test]
fn the_rate_and_the_concurrency_are_kept() {
    let (_setting, mut journal) = Setting::planned(120);
    let vendor = Vendor { takes: Duration::from_millis(100), ..Vendor::new(&|_, _| Act::Update) };
    let limits = Limits { rate: "100/s".parse().ok(), ..limits(6) };
    let client = Client::builder().build();
    let mut seen = 0;
    run(&mut journal, &vendor, &client, &limits, &AtomicBool::new(false), |progress| {
        assert_eq!(progress.counts.total(), 120);
        seen += 1;
    })
    .expect("there is room");
    assert_eq!(vendor.most_at_once.load(Ordering::SeqCst), 6);
    assert!(seen >= 5, "progress is shown: {seen}");
    let calls = vendor.calls.lock().expect("nobody panicked").clone();
    for (place, (first, _)) in calls.iter().enumerate() {
        let within =
            calls[place..].iter().take_while(|(call, _)| *call - *first < Duration::from_millis(200));
        assert!(within.count() <= 22, "call {place}");
    }

    let (_setting, mut journal) = Setting::planned(40);
    let vendor = Vendor::new(&|_, _| Act::Update);
    let limits = Limits { rate: "20/s".parse().ok(), ..limits };
    let begun = Instant::now();
    run(&mut journal, &vendor, &client, &limits, &AtomicBool::new(false), |_| ()).expect("there is room");
    assert!((1900..3000).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
}

/// No worker waits for the rate after the last phone.
#[test]
fn a_run_ends_with_its_last_phone() {
    let (_setting, mut journal) = Setting::planned(2);
    let vendor = Vendor::new(&|_, _| Act::Update);
    let limits = Limits { rate: "1/2s".parse().ok(), ..limits(16) };
    let begun = Instant::now();
    let client = Client::builder().build();
    run(&mut journal, &vendor, &client, &limits, &AtomicBool::new(false), |_| ()).expect("there is room");
    assert_eq!(counts(journal.counts()), [0, 0, 0, 2, 0]);
    assert!(begun.elapsed() < Duration::from_secs(7), "{:?}", begun.elapsed());
}

/// A worker that waits for the rate when the vendor asks to wait, waits for the vendor too.
#[test]
fn no_call_is_made_while_the_vendor_asks_to_wait() {
    let wait = Duration::from_secs(2);
    let script = move |name: &str, call: usize| match (number(name), call) {
        (10, 1) => Act::WaitFor(wait),
        _ => Act::Update,
    };
    let (_setting, mut journal) = Setting::planned(20);
    let vendor = Vendor::new(&script);
    let limits = Limits { rate: "10/s".parse().ok(), ..limits(8) };
    let client = Client::builder().build();
    run(&mut journal, &vendor, &client, &limits, &AtomicBool::new(false), |_| ()).expect("there is room");
    let calls = vendor.calls.lock().expect("nobody panicked").clone();
    let early = calls[11..].iter().filter(|(call, _)| *call - calls[10].0 < wait * 9 / 10);
    assert_eq!(early.count(), 0);
}

/// Longer and longer pauses, as for a vendor that cannot be reached. The tests of the circuit breaker say where that ends.
#[test]
fn a_vendor_that_keeps_asking_to_wait_is_called_less_and_less() {
    let (_setting, mut journal) = Setting::planned(1000);
    let stop = AtomicBool::new(false);
    let calls = AtomicUsize::new(0);
    let arrives =
        |_: &[PhoneUpdate<'_>]| stop.store(calls.fetch_add(1, Ordering::SeqCst) == 3, Ordering::SeqCst);
    let vendor = Vendor { arrives: &arrives, ..Vendor::new(&|_, _| Act::WaitFor(Duration::from_millis(1))) };
    let begun = Instant::now();
    let client = Client::builder().build();
    run(&mut journal, &vendor, &client, &limits(16), &stop, |_| ()).expect("there is room");
    assert_eq!((vendor.calls(), journal.counts().of(RotationState::Planned)), (4, 1000));
    assert!(begun.elapsed() >= Duration::from_millis(500 + 1000 + 2000), "{:?}", begun.elapsed());
}

/// The rate holds over runs: each run makes one call, and the next one has to wait for its turn.
#[test]
fn the_rate_holds_over_runs() {
    let (setting, mut journal) = Setting::planned(20);
    let stop = AtomicBool::new(false);
    let arrives = |_: &[PhoneUpdate<'_>]| stop.store(true, Ordering::SeqCst);
    let vendor = Vendor { arrives: &arrives, ..Vendor::new(&|_, _| Act::Update) };
    let rate = Limits { rate: Some("5/s".parse().expect("it is a rate")), ..limits(4) };
    for _ in 0..6 {
        stop.store(false, Ordering::SeqCst);
        run(&mut journal, &vendor, &Client::builder().build(), &rate, &stop, |_| ()).expect("there is room");
        drop(journal);
        journal = open(&setting.path());
    }
    let calls = vendor.calls.lock().expect("nobody panicked").clone();
    assert_eq!(calls.len(), 6);
    // Five times 200 ms; a machine can be slow, and then one call comes late and the next one does not.
    let took = calls[5].0 - calls[0].0;
    assert!(took >= Duration::from_millis(700), "{took:?}");
}

/// What the vendor asked for holds over runs, and stops a run that would have to wait too long.
#[test]
fn a_wait_holds_over_runs() {
    for (wait, waits) in [(Duration::from_millis(900), true), (Duration::from_secs(3600), false)] {
        let (setting, mut journal) = Setting::planned(2);
        let stop = AtomicBool::new(false);
        let arrives = |_: &[PhoneUpdate<'_>]| stop.store(true, Ordering::SeqCst);
        let script = move |_: &str, _: usize| Act::WaitFor(wait);
        let vendor = Vendor { arrives: &arrives, ..Vendor::new(&script) };
        run(&mut journal, &vendor, &Client::builder().build(), &limits(1), &stop, |_| ())
            .expect("there is room");
        let begun = Instant::now();
        drop(journal);
        let mut journal = open(&setting.path());
        let vendor = Vendor::new(&|_, _| Act::Update);
        let ended = go(&mut journal, &vendor, 1);
        let calls = vendor.calls.lock().expect("nobody panicked").clone();
        if waits {
            assert_eq!(ended, RunEnd { stopped: None });
            assert!(calls[0].0 - begun >= wait * 8 / 10, "it waited {:?}", calls[0].0 - begun);
        } else {
            assert!(matches!(ended.stopped, Some(StopReason::VendorWait(_))), "{ended:?}");
            assert!(calls.is_empty());
        }
    }
}

/// No run waits for the rate after its last call.
#[test]
fn a_run_ends_with_its_last_call() {
    let (_setting, mut journal) = Setting::planned(3);
    let vendor = Vendor::new(&|_, _| Act::Update);
    let rate = Limits { rate: Some("1/2s".parse().expect("it is a rate")), ..limits(4) };
    let begun = Instant::now();
    run(&mut journal, &vendor, &Client::builder().build(), &rate, &AtomicBool::new(false), |_| ())
        .expect("there is room");
    assert_eq!(counts(journal.counts()), [0, 0, 0, 3, 0]);
    // Four seconds lie between three calls.
    assert!(begun.elapsed() < Duration::from_millis(5700), "{:?}", begun.elapsed());
}
