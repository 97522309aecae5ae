//! NXCloud: several phones a call, all or none of which the vendor takes.

use std::{
    collections::BTreeSet,
    thread,
    time::{Duration, Instant},
};

use fake_vendors::Vendor;

use crate::rotate::{
    setting::{Setting, made},
    shared,
};

#[test]
fn unknown_phones_among_many() {
    let _turn = shared();
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
fn as_many_a_call_as_told() {
    let _turn = shared();
    for batch in [1, 7, 20] {
        let phones = made(Vendor::NxCloud, 100);
        let setting = Setting::with(Vendor::NxCloud, &phones, Vec::new());
        let ended = setting.rotate(&["--batch", &batch.to_string()]);
        setting.all_confirmed(&ended, &phones);
        let log = setting.vendors.log();
        // The first call tries the vendor out, with one phone.
        assert_eq!(log.len(), 1 + (phones.len() - 1).div_ceil(batch));
        assert!(log.iter().all(|entry| entry.accounts.len() <= batch));
    }
    let setting = Setting::new(Vendor::NxCloud, 2);
    setting.refused(&setting.rotate(&["--batch", "0"]), &["--batch"]);
}

/// Phones of a refused call are tried by smaller ones while the vendor is being tried out, and others have nothing to do:
/// who may call next is then none of those.
#[test]
fn halves_while_others_wait() {
    let _turn = shared();
    let mut phones = made(Vendor::NxCloud, 221);
    let mut doomed = BTreeSet::new();
    // The first goes alone, then come calls of twenty: one that is refused, for seven phones in it, and ten whose
    // replies are late. Six refusals make a pause, after which calls go one at a time.
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

/// A reply that confirms some phones and says nothing, or something else, of another.
#[test]
fn rows_that_do_not_fit() {
    let _turn = shared();
    for kind in ["row-missing@1-4", "row-other@1-4"] {
        let phones = made(Vendor::NxCloud, 100);
        let fault = kind.parse().expect("it is written as the fake server says");
        let setting = Setting::with(Vendor::NxCloud, &phones, vec![fault]);
        setting.all_confirmed(&setting.rotate(&[]), &phones);
    }
}
