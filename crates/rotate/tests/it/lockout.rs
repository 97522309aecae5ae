//! No account is locked: not by many runs, crashes, or calls with several phones.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sip_password_rotate::{PhoneUpdate, RunEnd};

use crate::vendor::{Act, Setting, Vendor, counts, go, number, open};

/// Two checks that may have failed, or one that did, are the last: over any number of runs.
#[test]
fn no_number_of_runs_locks_an_account() {
    let script = |name: &str, _: usize| match number(name) {
        0 => Act::FailCheck,
        1 => Act::FailCheckInSilence,
        2 => Act::Silence,
        _ => Act::Update,
    };
    let (setting, mut journal) = Setting::planned(40);
    let vendor = Vendor::new(&script);
    for _ in 0..4 {
        assert_eq!(go(&mut journal, &vendor, 4), RunEnd { stopped: None });
        journal.retry_refused().expect("there is room");
        drop(journal);
        journal = open(&setting.path());
    }
    assert_eq!([0, 1, 2, 3].map(|phone| vendor.seen(&format!("phone-{phone}")).calls), [1, 2, 2, 1]);
    assert_eq!(counts(journal.counts()), [0, 0, 2, 37, 1]);
}

/// The process ends while a call is in flight: it may have been a failed check.
#[test]
fn a_crash_counts_as_a_check_that_may_have_failed() {
    let (setting, mut journal) = Setting::planned(1);
    for crash in 1..=3 {
        let copy = setting.directory.path().join(format!("crash-{crash}"));
        let with = |path: &Path, end| PathBuf::from(format!("{}{end}", path.display()));
        let look = |_: &[PhoneUpdate<'_>]| {
            for end in ["", "-wal"] {
                fs::copy(with(&setting.path(), end), with(&copy, end)).expect("there is room");
            }
        };
        let silent = Vendor { arrives: &look, ..Vendor::new(&|_, _| Act::FailCheckInSilence) };
        go(&mut journal, &silent, 1);
        assert_eq!(silent.calls(), [2, 0, 0][crash - 1], "after {} crashes", crash - 1);
        if crash == 1 {
            // The copy was made at the second call, so two checks may have failed.
            journal = open(&copy);
        }
    }
}

#[test]
fn refused_phones_are_sent_again_unless_that_could_lock_their_accounts() {
    let (_setting, mut journal) = Setting::planned(3);
    let refusing = Vendor::new(&|name, _| if number(name) == 0 { Act::FailCheck } else { Act::Refuse });
    go(&mut journal, &refusing, 1);
    assert_eq!(counts(journal.counts()), [0, 0, 0, 0, 3]);
    assert_eq!(journal.retry_refused().expect("there is room"), 2);
    let vendor = Vendor::new(&|_, _| Act::Update);
    go(&mut journal, &vendor, 1);
    assert_eq!(counts(journal.counts()), [0, 0, 0, 2, 1]);
    assert_eq!(vendor.seen("phone-0").calls, 0);
}

/// Halving a refused call would check the account's password again and again.
#[test]
fn a_batch_that_may_have_failed_a_check_is_not_halved() {
    for act in [Act::FailCheck, Act::FailCheckInSilence] {
        let script = move |name: &str, _: usize| if number(name) == 8 { act } else { Act::Update };
        let (_setting, mut journal) = Setting::planned(40);
        let vendor = Vendor { batch: 16, ..Vendor::new(&script) };
        assert_eq!(go(&mut journal, &vendor, 1), RunEnd { stopped: None });
        let most = (0..40).map(|phone| vendor.seen(&format!("phone-{phone}")).checks).max();
        assert!(most <= Some(2), "{act:?}: {most:?} failed checks in a row");
    }
}
