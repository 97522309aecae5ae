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
    assert_eq!(ended.status, Some(1), "{}", ended.all());
    setting.settled(&ended, &phones, &doomed);
    let calls = setting.vendors.log().len();
    assert!((50..200).contains(&calls), "{calls} calls");
}

#[test]
fn a_call_has_as_many_phones_as_the_option_says() {
    for batch in [1, 7, 20] {
        let phones = made(Vendor::NxCloud, 100);
        let setting = Setting::with(Vendor::NxCloud, &phones, Vec::new());
        let ended = setting.rotate(&["--batch", &batch.to_string()]);
        setting.all_confirmed(&ended, &phones);
        let log = setting.vendors.log();
        // The first call is a probe, with one phone.
        assert_eq!(log.len(), 1 + (phones.len() - 1).div_ceil(batch));
        assert!(log.iter().all(|entry| entry.accounts.len() <= batch));
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

/// A reply confirms some phones, and lacks another or has another password for it.
#[test]
fn a_reply_that_confirms_a_part_leaves_the_rest_unknown() {
    for kind in ["row-missing@1-4", "row-other@1-4"] {
        let phones = made(Vendor::NxCloud, 100);
        let fault = kind.parse().expect("the fake servers have such a value");
        let setting = Setting::with(Vendor::NxCloud, &phones, vec![fault]);
        setting.all_confirmed(&setting.rotate(&[]), &phones);
    }
}
