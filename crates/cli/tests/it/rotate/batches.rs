//! NXCloud: several phones in a call, which the vendor accepts or refuses as a whole.

use std::{
    collections::BTreeSet,
    thread,
    time::{Duration, Instant},
};

use fake_vendors::Vendor;

use crate::rotate::setting::{Setting, made};

#[test]
fn a_batch_with_an_unknown_phone_is_halved() {
    let mut phones = made(Vendor::NxCloud, 1_000);
    let mut doomed = BTreeSet::new();
    for place in [0, 17, 18, 500, 999] {
        phones[place].account = format!("ghost-{place}");
        doomed.insert(phones[place].account.clone());
    }
    let setting = Setting::with(Vendor::NxCloud, &phones, Vec::new());
    let ended = setting.rotate(&["--batch", "20"]);
    // The vendor refused each of the five together with others, and may have changed it then.
    assert_eq!(ended.status, Some(3), "{}", ended.all());
    setting.settled(&ended, &phones, &doomed);
    let calls = setting.vendors.log().len();
    assert!((50..200).contains(&calls), "{calls} calls");
}

#[test]
fn a_call_has_as_many_phones_as_the_option_says() {
    for batch in [1, 7, 20] {
        let phones = made(Vendor::NxCloud, 100);
        let setting = Setting::with(Vendor::NxCloud, &phones, Vec::new());
        let ended = setting.rotate(&["--batch", &batch.to_string(), "--concurrency", "1"]);
        setting.all_confirmed(&ended, &phones);
        let log = setting.vendors.log();
        // They begin with one phone, and grow to twice as many with each that is confirmed.
        assert!(log.len() >= phones.len().div_ceil(batch));
        assert!(log.iter().all(|entry| entry.accounts.len() <= batch));
        assert_eq!(log.iter().map(|entry| entry.accounts.len()).max(), Some(batch));
    }
    let setting = Setting::new(Vendor::NxCloud, 2);
    setting.refused(&setting.rotate(&["--batch", "0"]), &["--batch"]);
}

/// While the circuit breaker is half-open, the worker that halves a refused call gets the permits, and idle workers do not.
#[test]
fn the_halves_of_a_call_come_before_idle_workers() {
    let mut phones = made(Vendor::NxCloud, 221);
    let mut doomed = BTreeSet::new();
    // After the probe come calls with twenty phones: one is refused because of seven phones in it, and ten have late replies. Six
    // refusals open the circuit breaker; after its pause, calls go one at a time.
    for phone in &mut phones[1..8] {
        phone.account = phone.account.replace("agent", "ghost");
        doomed.insert(phone.account.clone());
    }
    let late =
        |n| format!("stall=reply/300ms@account=agent-{}", 22 + 20 * n).parse().expect("it is written so");
    let setting = Setting::with(Vendor::NxCloud, &phones, (0..10).map(late).collect());
    let mut child = setting.command(&[]).spawn().expect("it starts");
    let start = Instant::now();
    while child.try_wait().expect("it is ours").is_none() {
        if start.elapsed() > Duration::from_secs(30) {
            child.kill().expect("it is ours");
            panic!("it hangs: {}", setting.ended(child).all());
        }
        thread::sleep(Duration::from_millis(20));
    }
    setting.settled(&setting.ended(child), &phones, &doomed);
}

/// A reply confirms some phones, and lacks another.
#[test]
fn a_reply_that_confirms_a_part_leaves_the_rest_unknown() {
    let phones = made(Vendor::NxCloud, 100);
    let fault = "row-missing@1-4".parse().expect("the fake servers have such a value");
    let setting = Setting::with(Vendor::NxCloud, &phones, vec![fault]);
    setting.all_confirmed(&setting.rotate(&[]), &phones);
}

/// A reply with another password ends the run, and what it says is exported. The next run sends the phone again.
#[test]
fn a_reply_with_another_password_stops_the_run_and_is_exported() {
    let phones = made(Vendor::NxCloud, 100);
    let fault = "row-other@3".parse().expect("the fake servers have such a value");
    let setting = Setting::with(Vendor::NxCloud, &phones, vec![fault]);
    let ended = setting.rotate(&[]);
    assert_eq!(ended.status, Some(3), "{}", ended.all());
    assert!(ended.stderr.contains("stopped early: the vendor reports another password"), "{}", ended.stderr);
    assert_eq!(setting.export(&[]).status, Some(0));
    let rows = setting.exported();
    let kept: Vec<_> = rows.iter().filter(|row| !row.vendor_password.is_empty()).collect();
    assert!(
        !kept.is_empty()
            && kept.iter().all(|row| row.state == "unknown" && row.vendor_password == "fakeOtherPassword1")
    );
    assert!(!ended.all().contains("fakeOtherPassword1"));
    setting.all_confirmed(&setting.rotate(&[]), &phones);
}
