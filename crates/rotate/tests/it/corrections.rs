//! Account passwords that are corrected after the vendor has refused them.

use std::sync::Mutex;

use sip_password_rotate::{Correction, Journal, JournalError, PhoneUpdate, PlanError};

use crate::vendor::{Act, Setting, Vendor, counts, go, number, open, phones};

/// Phones 0 and 1 fail the check of their account passwords, the others are updated.
fn refused() -> (Setting, Journal) {
    let (setting, mut journal) = Setting::planned(4);
    let script = |name: &str, _: usize| if number(name) < 2 { Act::FailCheck } else { Act::Update };
    go(&mut journal, &Vendor::new(&script), 1);
    assert_eq!(counts(journal.counts()), [0, 0, 0, 2, 2]);
    (setting, journal)
}

fn correct(journal: &mut Journal, rows: &str) -> Result<Correction, (PlanError, Vec<String>)> {
    let (vendor, mut wrong) = (Vendor::new(&|_, _| Act::Update), Vec::new());
    let accounts = format!("name,secret\n{rows}");
    let corrected =
        journal.correct_accounts(&vendor, accounts.as_bytes(), |error| wrong.push(error.to_string()));
    corrected.map_err(|error| (error, wrong))
}

/// Corrected, unchanged and not refused phones, those at risk, and those that would be sent.
fn numbers(correction: Correction) -> [u64; 5] {
    let Correction { corrected, unchanged, not_refused, at_risk, to_send, .. } = correction;
    [corrected, unchanged, not_refused, at_risk, to_send]
}

const ONE: &str = "phone-1,not-real-phone-1-corrected\n";

#[test]
fn a_corrected_password_is_sent_once_more() {
    let (setting, mut journal) = refused();
    assert_eq!(journal.to_send(true).expect("it is whole"), 0);
    assert_eq!(journal.at_risk().expect("it is whole"), 2);
    let before = phones(&journal);
    // In another order, and with phones that are not refused.
    let rows = format!("phone-3,whatever\n{ONE}phone-0,not-real-phone-0\n");
    assert_eq!(numbers(correct(&mut journal, &rows).expect("it is right")), [1, 1, 1, 0, 1]);
    assert_eq!(phones(&journal), before, "the new passwords stay");
    assert_eq!(journal.retry_refused().expect("there is room"), 1);
    drop(journal);

    let mut journal = open(&setting.path());
    let passwords = Mutex::new(Vec::new());
    let look = |phones: &[PhoneUpdate<'_>]| {
        let sent = phones.iter().map(|phone| phone.account_password.to_owned());
        passwords.lock().expect("nobody panicked").extend(sent);
    };
    let vendor = Vendor { arrives: &look, ..Vendor::new(&|_, _| Act::Update) };
    go(&mut journal, &vendor, 1);
    assert_eq!(*passwords.lock().expect("nobody panicked"), ["not-real-phone-1-corrected"]);
    assert_eq!(counts(journal.counts()), [0, 0, 0, 3, 1]);
}

/// The vendor's count goes on: the third failed check would lock the account.
#[test]
fn a_second_correction_is_sent_no_more() {
    for act in [Act::FailCheck, Act::FailCheckInSilence] {
        let (_setting, mut journal) = refused();
        correct(&mut journal, ONE).expect("it is right");
        journal.retry_refused().expect("there is room");
        let script = |_: &str, _: usize| act;
        let vendor = Vendor::new(&script);
        go(&mut journal, &vendor, 1);
        assert_eq!(vendor.seen("phone-1").calls, 1, "{act:?}");
        let rows = "phone-1,not-real-phone-1\nphone-0,not-real-phone-0\n";
        let correction = correct(&mut journal, rows);
        match act {
            Act::FailCheck => {
                assert_eq!(numbers(correction.expect("it is right")), [1, 1, 0, 1, 0]);
            }
            // It is unknown, and not refused.
            _ => assert!(matches!(correction, Err((PlanError::WrongRows { wrong: 1, right: 1 }, _)))),
        }
        journal.retry_refused().expect("there is room");
        go(&mut journal, &vendor, 1);
        assert_eq!(vendor.calls(), 1, "{act:?}");
    }
}

#[test]
fn a_wrong_row_changes_nothing_and_each_is_named() {
    let (setting, mut journal) = refused();
    let rows = format!("{ONE}ghost-1,x\nphone-0,\nghost-2,x\nphone-1,x\n");
    let (error, wrong) = correct(&mut journal, &rows).expect_err("it is wrong");
    assert_eq!(error.to_string(), "4 rows are wrong, and 1 right");
    let said = [
        "line 3: ghost-1 is not in the journal; remove the row, or plan a new journal for that phone",
        "line 4: secret: ",
        "line 5: ghost-2 is not in the journal; ",
        "line 6: phone-1 is in line 2 already; ",
    ];
    assert_eq!(wrong.len(), said.len());
    for (wrong, said) in wrong.iter().zip(said) {
        assert!(wrong.starts_with(said), "{wrong}");
    }
    assert!(matches!(correct(&mut journal, ""), Err((PlanError::Accounts(_), _))));
    assert_eq!(journal.to_send(true).expect("it is whole"), 0);
    // A check changes nothing either.
    let vendor = Vendor::new(&|_, _| Act::Update);
    let accounts = format!("name,secret\n{ONE}");
    let checked = journal.check_correction(&vendor, accounts.as_bytes(), |error| panic!("{error}"));
    assert_eq!(numbers(checked.expect("it is right")), [1, 0, 0, 0, 1]);
    assert_eq!(journal.retry_refused().expect("there is room"), 0);
    assert_eq!(counts(journal.counts()), [0, 0, 0, 2, 2]);
    drop(journal);

    let mut reader = Journal::open_to_read(&setting.path()).expect("it is a journal");
    reader.unlock(&crate::vendor::key()).expect("it is its key");
    let error = correct(&mut reader, ONE).expect_err("it is only read").0;
    assert!(matches!(error, PlanError::Journal(JournalError::ReadOnly)));
    let mut locked = Journal::open(&setting.path()).expect("nobody writes it");
    let error = correct(&mut locked, ONE).expect_err("there is no key").0;
    assert!(matches!(error, PlanError::Journal(JournalError::WrongKey)));
}

/// A phone that is not refused keeps its account password, and another one in the file is an error: it would be sent the old one.
#[test]
fn phones_that_are_not_refused_are_left_alone() {
    let (_setting, mut journal) = Setting::planned(2);
    let same = "phone-0,not-real-phone-0\n";
    assert_eq!(numbers(correct(&mut journal, same).expect("it is right")), [0, 0, 1, 0, 2]);
    let (_, wrong) = correct(&mut journal, ONE).expect_err("it is planned");
    assert_eq!(
        wrong,
        ["line 2: the account password differs from the one in the journal, and only those of refused \
          phones are corrected: phone-1 is planned"]
    );
}
