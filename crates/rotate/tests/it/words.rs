//! Passwords without the words of their rows.

use sip_password::{CharSet, HUAWEI, Policy};
use sip_password_rotate::{Integrity, PlanError};

use crate::vendor::{Act, Setting, Vendor, go, key, open, phones};

/// Accounts whose words are a letter and a digit: by chance, one password in three contains such a letter, one in five the digit.
fn accounts(phones: usize) -> String {
    let row = |phone| {
        let letter = char::from(b'a' + (phone % 26) as u8);
        format!("{letter},phone-{phone},not-real-phone-{phone},{}\n", phone % 10)
    };
    let rows: String = (0..phones).map(row).collect();
    format!("user,name,secret,extension\n{rows},phone-x,not-real-phone-x,\n")
}

#[test]
fn no_password_contains_a_word_of_its_row() {
    const PHONES: usize = 520;
    let containing = |columns: &[&str]| {
        let setting = Setting::new();
        let draft =
            setting.draft_without(&accounts(PHONES), &HUAWEI, columns).expect("the accounts are good");
        let mut journal = draft.commit(&key()).expect("there is room");
        go(&mut journal, &Vendor::new(&|_, _| Act::Update), 4);
        assert!(journal.not_containing().eq(columns.iter().copied()));
        let found = phones(&journal);
        assert_eq!(found.len(), PHONES + 1);
        let mut letters = 0;
        let mut digits = 0;
        for (phone, (_, _, password)) in found.iter().take(PHONES).enumerate() {
            assert!(HUAWEI.check(password).is_ok() && password.len() == 16);
            let letter = char::from(b'a' + (phone % 26) as u8);
            letters += usize::from(password.contains([letter, letter.to_ascii_uppercase()]));
            digits += usize::from(password.contains(char::from(b'0' + (phone % 10) as u8)));
        }
        (letters, digits)
    };
    let (letters, digits) = containing(&[]);
    assert!(letters > PHONES / 4 && digits > PHONES / 8, "{letters} {digits}");
    let (letters, digits) = containing(&["user"]);
    assert!(letters == 0 && digits > PHONES / 8, "{letters} {digits}");
    assert_eq!(containing(&["extension", "user"]), (0, 0));
}

/// Spaces around a word are none of its own.
#[test]
fn words_are_trimmed() {
    let setting = Setting::new();
    let text: String = (0..200).map(|phone| format!(" e ,phone-{phone},not-real-phone-{phone}\n")).collect();
    let text = format!("user,name,secret\n{text}");
    let draft = setting.draft_without(&text, &HUAWEI, &["user"]).expect("they are good");
    let mut journal = draft.commit(&key()).expect("there is room");
    go(&mut journal, &Vendor::new(&|_, _| Act::Update), 4);
    assert!(phones(&journal).iter().all(|(_, _, password)| !password.contains(['e', 'E'])));
}

/// The journal has the columns, under its MAC, beside the policy of the fleet.
#[test]
fn the_journal_knows_the_columns() {
    let setting = Setting::new();
    let draft = setting.draft_without(&accounts(3), &HUAWEI, &["user", "extension"]).expect("they are good");
    drop(draft.commit(&key()).expect("there is room"));
    let journal = open(&setting.path());
    assert!(journal.not_containing().eq(["user", "extension"]));
    let vendor = Vendor::new(&|_, _| Act::Update);
    journal.check_fleet(&vendor).expect("it is the same fleet");
    journal.check_accounts(&vendor, accounts(3).as_bytes()).expect("they are the same accounts");
    drop(journal);

    let connection = rusqlite::Connection::open(setting.path()).expect("it is a database");
    let edited = "UPDATE journal SET not_containing = 'user'";
    assert_eq!(connection.execute(edited, []).expect("it can be written"), 1);
    drop(connection);
    assert_eq!(open(&setting.path()).integrity(), Integrity::Edited);
}

#[test]
fn wrong_columns_and_words() {
    let refused = |text: &str, policy: &Policy, columns: &[&str]| {
        let setting = Setting::new();
        let Err(PlanError::Accounts(error)) = setting.draft_without(text, policy, columns).map(drop) else {
            panic!("{columns:?}")
        };
        assert_eq!(setting.files(), 0);
        error.to_string()
    };
    let accounts = accounts(2);
    let broken = accounts.replacen("extension", "\"ext\nension\"", 1);
    assert_eq!(
        refused(&broken, &HUAWEI, &["ext\nension"]),
        "line 1: no column ext\\u{a}ension, whose words the passwords may not contain"
    );
    assert_eq!(
        refused(&accounts, &HUAWEI, &["user", "usr"]),
        "line 1: no column usr, whose words the passwords may not contain"
    );
    assert_eq!(
        refused(&accounts.replace("extension", "user"), &HUAWEI, &["user"]),
        "line 1: the header has the column user twice; keep one"
    );
    assert_eq!(
        refused("user,name,secret\n\"a\nb\",x,y\n", &HUAWEI, &["user"]),
        "line 2: a field of the row that begins here contains a line break; is a quote not closed?"
    );
    // Each password has all three characters.
    let three = HUAWEI.excluding(CharSet::PRINTABLE.difference(CharSet::of("aB1"))).expect("three are left");
    assert_eq!(
        refused("user,name,secret\nb,x,y\n", &three, &["user"]),
        "line 2: expected words that leave passwords, found 1000 passwords one after another that contain a word of the row"
    );
}
