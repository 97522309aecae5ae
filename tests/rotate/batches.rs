//! NXCloud: several phones a call, all or none of which the vendor takes.

use std::collections::BTreeSet;

use stand_in::Vendor;

use crate::{
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

/// A reply that confirms some phones and says nothing, or something else, of another.
#[test]
fn rows_that_do_not_fit() {
    let _turn = shared();
    for kind in ["row-missing@1-4", "row-other@1-4"] {
        let phones = made(Vendor::NxCloud, 100);
        let fault = kind.parse().expect("it is written as the stand-in says");
        let setting = Setting::with(Vendor::NxCloud, &phones, vec![fault]);
        setting.all_confirmed(&setting.rotate(&[]), &phones);
    }
}
