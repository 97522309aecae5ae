//! The columns of the accounts file that are no business of the vendor.

use std::{fs, string::String};

use sip_password_rotate::{Journal, JournalError, RotationState};

use crate::vendor::{Act, Setting, Vendor, go, key, open};

/// With the phone's name and its account's password between other columns, two of which have the same name.
const ACCOUNTS: &str = "mac, note ,name,secret,note\n\
    00:aa,\"a \"\"b\"\", c\",phone-1,not-real-phone-1,\n\
    00:ab, outer spaces ,phone-2,not-real-phone-2,\"two\r\nlines\"\n\
    ,,phone-3,not-real-phone-3,\u{1f}\n";

const EXPECTED: [[&str; 4]; 3] = [
    ["00:aa", "a \"b\", c", "phone-1", ""],
    ["00:ab", " outer spaces ", "phone-2", "two\r\nlines"],
    ["", "", "phone-3", "\u{1f}"],
];

/// The rows of the accounts file as the journal has them.
fn rows(journal: &Journal) -> Vec<(Vec<String>, bool)> {
    let mut rows = Vec::new();
    let visited = journal.passwords::<JournalError>(&RotationState::ALL, |phone, _| {
        rows.push((phone.fields.iter().copied().map(String::from).collect(), phone.damaged));
        Ok(())
    });
    visited.expect("it is readable");
    rows
}

#[test]
fn every_column_is_kept_in_its_place() {
    let setting = Setting::new();
    let mut journal = setting.draft(ACCOUNTS).expect("they are good").commit(&key()).expect("there is room");
    let check = |journal: &Journal| {
        assert_eq!(journal.accounts_columns(), ["mac", "note", "name", "note"]);
        let found = rows(journal);
        assert_eq!(found.len(), EXPECTED.len());
        for ((fields, damaged), expected) in found.iter().zip(EXPECTED) {
            assert!(!damaged);
            assert_eq!(*fields, expected);
        }
    };
    check(&journal);
    go(&mut journal, &Vendor::new(&|_, _| Act::Update), 2);
    journal.mark_exported().expect("there is room");
    assert_eq!(journal.forget().expect("there is room"), (3, 0));
    check(&journal);
    drop(journal);
    check(&open(&setting.path()));
}

/// They are nobody's business but the owner's, and without the key they are not there.
#[test]
fn other_columns_are_encrypted() {
    let setting = Setting::new();
    drop(setting.draft(ACCOUNTS).expect("they are good").commit(&key()).expect("there is room"));
    let file = fs::read(setting.path()).expect("it is there");
    let has = |text: &str| file.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(has("phone-2") && !has("00:ab") && !has("outer spaces") && !has("lines"));

    let journal = Journal::open(&setting.path()).expect("it is a journal");
    let mut names = Vec::new();
    let visited = journal.phones::<JournalError>(&RotationState::ALL, |phone| {
        names.push(phone.fields.join("|"));
        Ok(())
    });
    visited.expect("it is readable");
    assert_eq!(names, ["||phone-1|", "||phone-2|", "||phone-3|"]);
}

/// The password of a phone whose other columns are damaged is there all the same.
#[test]
fn a_damaged_field_costs_no_password() {
    let setting = Setting::new();
    let mut journal = setting.draft(ACCOUNTS).expect("they are good").commit(&key()).expect("there is room");
    go(&mut journal, &Vendor::new(&|_, _| Act::Update), 1);
    drop(journal);
    let connection = rusqlite::Connection::open(setting.path()).expect("it is a database");
    let edited =
        "UPDATE phones SET other_fields = (SELECT other_fields FROM phones WHERE id = 1) WHERE id = 2";
    assert_eq!(connection.execute(edited, []).expect("it can be written"), 1);
    drop(connection);

    let journal = open(&setting.path());
    let mut passwords = 0;
    let visited = journal.passwords::<JournalError>(&RotationState::ALL, |phone, found| {
        passwords += usize::from(found.new.len() == 16);
        if phone.names == ["phone-2"] {
            assert!(phone.damaged);
            assert_eq!(phone.fields, ["", "", "phone-2", ""]);
        } else {
            assert!(!phone.damaged && phone.fields[1] != " outer spaces ");
        }
        Ok(())
    });
    visited.expect("it is readable");
    assert_eq!(passwords, 3);
}

/// A file may have no other columns, and another file may have more when the rotation goes on: the journal's stay.
#[test]
fn a_journal_keeps_the_columns_that_it_was_planned_with() {
    let (setting, journal) = Setting::planned(2);
    assert_eq!(journal.accounts_columns(), ["name"]);
    let more = "name,secret,mac\nphone-0,not-real-phone-0,00:aa\nphone-1,not-real-phone-1,00:ab\n";
    let vendor = Vendor::new(&|_, _| Act::Update);
    journal.check_accounts(&vendor, more.as_bytes()).expect("they are the same phones");
    assert_eq!(rows(&journal)[0].0, ["phone-0"]);
    drop((setting, journal));
}

/// What is exported is known of each phone.
#[test]
fn phones_know_whether_they_were_exported() {
    let (_setting, mut journal) = Setting::planned(2);
    go(&mut journal, &Vendor::new(&|phone, _| if phone == "phone-0" { Act::Update } else { Act::Refuse }), 1);
    journal.mark_exported().expect("there is room");
    let mut exported = Vec::new();
    let visited = journal.phones::<JournalError>(&RotationState::ALL, |phone| {
        exported.push(phone.exported);
        Ok(())
    });
    visited.expect("it is readable");
    assert_eq!(exported, [true, false]);
}
