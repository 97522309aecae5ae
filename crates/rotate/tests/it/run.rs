//! What becomes of the phones of a run.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use sip_password::{Client, HUAWEI};
use sip_password_rotate::{PhoneUpdate, RotationState, RunEnd, StopReason, run};

use crate::vendor::{Act, Setting, Vendor, counts, go, limits, number, open, phones};

#[test]
fn every_phone_gets_its_own_password() {
    let (setting, mut journal) = Setting::planned(200);
    let vendor = Vendor::new(&|_, _| Act::Update);
    assert_eq!(go(&mut journal, &vendor, 8), RunEnd { stopped: None });
    assert_eq!(counts(journal.counts()), [0, 0, 0, 200, 0]);
    let mut passwords = Vec::new();
    for (name, _, password) in phones(&journal) {
        assert_eq!(vendor.seen(&name).password.as_deref(), Some(&*password));
        assert_eq!(vendor.seen(&name).calls, 1);
        assert!(HUAWEI.check(&password).is_ok() && password.len() == 16);
        passwords.push(password);
    }
    passwords.sort();
    passwords.dedup();
    assert_eq!(passwords.len(), 200);
    // There is nothing left to do, and no file but the journal.
    drop(journal);
    assert_eq!(setting.files(), 1);
    let mut journal = open(&setting.path());
    assert_eq!(go(&mut journal, &vendor, 8), RunEnd { stopped: None });
    assert_eq!(vendor.calls(), 200);
}

#[test]
fn after_a_lost_reply_the_same_password_is_sent_again() {
    let script = |name: &str, call: usize| match (number(name), call) {
        (0, 1) => Act::Silence,
        (1, 1) => Act::UpdateInSilence,
        (2, 1) => Act::NotSent,
        (3, 1..=3) => Act::NotSent,
        _ => Act::Update,
    };
    let (_setting, mut journal) = Setting::planned(40);
    let vendor = Vendor::new(&script);
    assert_eq!(go(&mut journal, &vendor, 4), RunEnd { stopped: None });
    assert_eq!(counts(journal.counts()), [0, 0, 0, 40, 0]);
    assert_eq!([0, 1, 2, 3, 4].map(|phone| vendor.seen(&format!("phone-{phone}")).calls), [2, 2, 2, 4, 1]);
    for (name, _, password) in phones(&journal) {
        assert_eq!(vendor.seen(&name).password, Some(password));
    }
}

#[test]
fn a_phone_that_an_earlier_call_may_have_changed_is_never_reported_refused() {
    let script = |name: &str, call: usize| match (number(name), call) {
        (0, 1) => Act::UpdateInSilence,
        (1, 1) => Act::Silence,
        (0 | 1, _) => Act::Refuse,
        (2, _) => Act::Refuse,
        // So that there is a third round.
        (3, 1 | 2) => Act::NotSent,
        _ => Act::Update,
    };
    let (_setting, mut journal) = Setting::planned(20);
    let vendor = Vendor::new(&script);
    assert_eq!(go(&mut journal, &vendor, 1), RunEnd { stopped: None });
    assert_eq!([0, 1, 2, 3].map(|phone| vendor.seen(&format!("phone-{phone}")).calls), [2, 2, 1, 3]);
    let states: Vec<RotationState> = phones(&journal).into_iter().map(|(_, state, _)| state).collect();
    assert_eq!(
        states[..4],
        [RotationState::Unknown, RotationState::Unknown, RotationState::Refused, RotationState::Confirmed]
    );
    // The password is shown if the state is unknown, and not if the vendor refused.
    let passwords: Vec<bool> =
        phones(&journal).into_iter().map(|(.., password)| password.is_empty()).collect();
    assert_eq!(passwords[..4], [false, false, true, false]);
}

#[test]
fn a_refused_batch_is_halved_until_the_bad_phone_is_alone() {
    let (_setting, mut journal) = Setting::planned(400);
    let bad = |name: &str| number(name) % 100 == 37;
    let script = move |name: &str, _: usize| if bad(name) { Act::Refuse } else { Act::Update };
    let vendor = Vendor { batch: 20, ..Vendor::new(&script) };
    assert_eq!(go(&mut journal, &vendor, 4), RunEnd { stopped: None });
    for (name, state, password) in phones(&journal) {
        // The vendor refused it together with others first, and may have changed it then.
        assert_eq!(
            state,
            if bad(&name) { RotationState::Unknown } else { RotationState::Confirmed },
            "{name}"
        );
        if state == RotationState::Confirmed {
            assert_eq!(vendor.seen(&name).password, Some(password));
        } else {
            assert!(!password.is_empty(), "the vendor may have set it");
        }
    }
    // 20 batches, those in which calls grow, and each bad phone halves its batch at most five times.
    assert!(vendor.calls() <= 20 + 40 + 4 * 2 * 5, "{}", vendor.calls());
}

#[test]
fn a_request_to_stop_waits_for_calls_in_flight() {
    let (setting, mut journal) = Setting::planned(100);
    let stop = AtomicBool::new(false);
    let arrives = |_: &[PhoneUpdate<'_>]| stop.store(true, Ordering::SeqCst);
    let vendor =
        Vendor { arrives: &arrives, takes: Duration::from_millis(200), ..Vendor::new(&|_, _| Act::Update) };
    let client = Client::builder().build();
    let ended = run(&mut journal, &vendor, &client, &limits(4), &stop, |_| ()).expect("there is room");
    assert_eq!(ended.stopped, Some(StopReason::Requested));
    assert_eq!(counts(journal.counts()), [99, 0, 0, 1, 0]);
    drop(journal);
    let mut journal = open(&setting.path());
    let vendor = Vendor::new(&|_, _| Act::Update);
    assert_eq!(go(&mut journal, &vendor, 4), RunEnd { stopped: None });
    assert_eq!(vendor.calls(), 99);
}

/// No document says that a call which was refused as a whole changed nothing.
#[test]
fn a_phone_that_was_refused_only_together_with_others_is_unknown() {
    let stop = AtomicBool::new(false);
    let script = |name: &str, _: usize| if number(name) == 14 { Act::Refuse } else { Act::Update };
    let arrives = |phones: &[PhoneUpdate<'_>]| stop.store(phones.len() > 4, Ordering::SeqCst);
    let (_setting, mut journal) = Setting::planned(15);
    let vendor = Vendor { batch: 8, arrives: &arrives, ..Vendor::new(&script) };
    let client = Client::builder().build();
    run(&mut journal, &vendor, &client, &limits(1), &stop, |_| ()).expect("there is room");
    assert_eq!(counts(journal.counts()), [0, 0, 8, 7, 0]);
}

#[test]
fn a_fleet_that_panics_ends_the_run_after_all_outcomes_are_recorded() {
    let arrives = |phones: &[PhoneUpdate<'_>]| assert_ne!(phones[0].names[0], "phone-30", "as it is to be");
    let (_setting, mut journal) = Setting::planned(60);
    let vendor = Vendor { arrives: &arrives, ..Vendor::new(&|_, _| Act::Update) };
    let ended = catch_unwind(AssertUnwindSafe(|| go(&mut journal, &vendor, 4)));
    assert!(ended.is_err());
    let states = phones(&journal);
    assert_eq!(states[30].1, RotationState::Unknown);
    assert!(states[..20].iter().all(|(_, state, _)| *state == RotationState::Confirmed));
    assert!(states.iter().all(|(_, state, _)| *state != RotationState::Sending));
}
