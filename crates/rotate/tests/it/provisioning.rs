//! Waves, handing passwords on, and what a registrar says.

use std::sync::atomic::AtomicBool;

use rusqlite::Connection;
use sip_password::{Client, HUAWEI, Keystream};
use sip_password_rotate::{
    Draft, Journal, JournalError, Key, Limits, Plan, Provisioning, RegisteredWith, RotationState, run,
};
use tempfile::{TempDir, tempdir};

use crate::vendor::{Act, Vendor, accounts, counts, go, limits, number};

/// A journal without a key, so that a test can change it, of phones `phone-0` and so on.
fn planned(vendor: &Vendor<'_>, phones: usize) -> (TempDir, Journal) {
    let directory = tempdir().expect("there is room");
    let path = directory.path().join("rotation.db");
    let accounts = accounts(phones);
    let plan = Plan { fleet: vendor, policy: &HUAWEI, length: 16, key: &Key::Plaintext, not_containing: &[] };
    let mut rng = Keystream::new(&sip_password::Seed::take(&mut [7; 32]));
    let draft = Draft::new(&path, &plan, accounts.as_bytes(), &mut rng).expect("the accounts are good");
    (directory, draft.commit(&Key::Plaintext).expect("there is room"))
}

fn wave(journal: &mut Journal, vendor: &Vendor<'_>, wave: u64) {
    let limits = Limits { wave: Some(wave), ..limits(3) };
    let stop = AtomicBool::new(false);
    let ended = run(journal, vendor, &Client::builder().build(), &limits, &stop, |_| ());
    assert_eq!(ended.expect("the journal can be written").stopped, None);
}

#[test]
fn a_wave_has_no_more_planned_phones_than_asked_for() {
    let vendor = Vendor::new(&|_, _| Act::Update);
    let (_directory, mut journal) = planned(&vendor, 10);
    for (size, sent) in [(0, 0), (4, 4), (1, 5), (9, 10)] {
        wave(&mut journal, &vendor, size);
        assert_eq!(vendor.calls(), sent, "a wave of {size}");
    }
}

/// A call that did not arrive leaves its phone as it was, and the wave goes on.
#[test]
fn a_phone_that_was_not_sent_is_none_of_the_wave() {
    let script = |name: &str, call| if number(name) == 0 && call == 1 { Act::NotSent } else { Act::Update };
    let vendor = Vendor::new(&script);
    let (_directory, mut journal) = planned(&vendor, 3);
    wave(&mut journal, &vendor, 1);
    assert_eq!((vendor.calls(), counts(journal.counts())), (2, [2, 0, 0, 1, 0]));
}

/// Phones in doubt are sent whatever the wave is, and planned ones are left.
#[test]
fn a_wave_of_none_settles_phones_in_doubt() {
    let script = |_: &str, call| if call == 1 { Act::UpdateInSilence } else { Act::Update };
    let vendor = Vendor::new(&script);
    let (_directory, mut journal) = planned(&vendor, 5);
    wave(&mut journal, &vendor, 2);
    assert_eq!(counts(journal.counts()), [3, 0, 0, 2, 0]);
    assert_eq!(
        (journal.to_settle().expect("it is whole"), journal.to_send(false).expect("it is whole")),
        (0, 3)
    );
}

#[test]
fn phones_are_handed_on_once_and_failures_are_kept() {
    let vendor = Vendor::new(&|name, _| if number(name) == 3 { Act::Refuse } else { Act::Update });
    let (directory, mut journal) = planned(&vendor, 6);
    go(&mut journal, &vendor, 2);
    assert_eq!(journal.unprovisioned(false).expect("it is whole"), 5);
    let mut told = Vec::new();
    let outcome = journal.provision(|phone, passwords| {
        assert_eq!(vendor.seen(phone.names[0]).password.as_deref(), Some(passwords.new));
        told.push(phone.line);
        match phone.line {
            3 => Provisioning::Failed("é".repeat(600)),
            6 => Provisioning::Stop,
            _ => Provisioning::Done,
        }
    });
    let outcome = outcome.expect("there is room");
    assert_eq!((outcome.done, outcome.failed, outcome.stopped), (2, 1, true));
    assert_eq!(told, [2, 3, 4, 6], "line 5 was refused");
    // Kept over a restart.
    drop(journal);
    let mut journal = Journal::open(&directory.path().join("rotation.db")).expect("it is whole");
    journal.unlock(&Key::Plaintext).expect("it has no key");
    let mut seen = Vec::new();
    let visited = journal.phones::<JournalError>(&RotationState::ALL, |phone| {
        seen.push((phone.line, phone.provisioned.is_some(), phone.provisioning.len()));
        Ok(())
    });
    visited.expect("it is whole");
    assert_eq!(seen[..3], [(2, true, 0), (3, false, 1024), (4, true, 0)]);
    let outcome = journal.provision(|phone, _| {
        assert!([3, 6, 7].contains(&phone.line));
        Provisioning::Done
    });
    assert_eq!(outcome.expect("there is room").done, 3);
    assert_eq!(journal.unprovisioned(false).expect("it is whole"), 0);
}

#[test]
fn files_that_were_written_and_exports_count_as_handed_on() {
    let vendor = Vendor::new(&|_, _| Act::Update);
    let (_directory, mut journal) = planned(&vendor, 4);
    wave(&mut journal, &vendor, 3);
    // Line 5 is planned, and 99 is nobody's.
    journal.mark_as_provisioned(vec![99, 5, 3]).expect("there is room");
    assert_eq!(journal.unprovisioned(false).expect("it is whole"), 2);
    journal.mark_exported().expect("there is room");
    assert_eq!([true, false].map(|exported| journal.unprovisioned(exported).expect("it is whole")), [0, 2]);
}

/// The phones' states after a registrar has said this of each, `age` milliseconds after their last calls.
fn asked(age: i64, replies: [RegisteredWith; 4]) -> [u64; 5] {
    let vendor = Vendor::new(&|_, _| Act::Update);
    let (directory, journal) = planned(&vendor, 4);
    drop(journal);
    let path = directory.path().join("rotation.db");
    // A call for each was made, and the vendor refused the last one after one without a reply.
    let unknown = "UPDATE phones SET state = 2, uncertain = 1, calls = 1, refused = id = 4, sent = (SELECT unixepoch() * 1000) - ?";
    Connection::open(&path).expect("it is SQLite's").execute(unknown, [age]).expect("it is SQL");
    let mut journal = Journal::open(&path).expect("it is whole");
    journal.unlock(&Key::Plaintext).expect("it has no key");
    let mut replies = replies.into_iter();
    journal.ask_registrar(&[RotationState::Unknown], false, |_, _| replies.next()).expect("there is room");
    assert_eq!(replies.next(), None, "each phone was asked about");
    // Nobody is asked about twice.
    let states = [RotationState::Unknown, RotationState::Confirmed];
    journal.ask_registrar(&states, false, |_, _| panic!("asked again")).expect("it is whole");
    counts(journal.counts())
}

#[test]
fn a_registrar_settles_what_is_unknown() {
    use RegisteredWith::{Neither, New, NotKnown, Old};
    const LATE: i64 = 5 * 60_000 + 60_000;
    assert_eq!(asked(LATE, [New; 4]), [0, 0, 0, 4, 0]);
    assert_eq!(asked(LATE, [Neither, NotKnown, New, NotKnown]), [0, 0, 3, 1, 0]);
    // The vendor refused the fourth one, which is not sent again.
    assert_eq!(asked(LATE, [Old, Old, New, Old]), [2, 0, 0, 1, 1]);
    // A call without a reply may still arrive.
    assert_eq!(asked(0, [Old, Old, New, Old]), [0, 0, 3, 1, 0]);
}
