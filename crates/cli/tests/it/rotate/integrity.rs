//! A journal that somebody else changed: what the command says, and what it does not do.

use std::fs;

use fake_vendors::Vendor;
use rusqlite::Connection;

use crate::rotate::setting::{Ended, Setting, made};

const STATUS: [&str; 3] = ["status", "--journal", "journal"];

fn with_key(setting: &Setting, arguments: &[&str]) -> Ended {
    setting.run(&mut setting.bare(&[arguments, &["--key-file", "key"]].concat()))
}

fn rotated(vendor: Vendor) -> Setting {
    let phones = made(vendor, 10);
    let setting = Setting::with(vendor, &phones, Vec::new());
    setting.all_confirmed(&setting.rotate(&[]), &phones);
    setting
}

fn edit(setting: &Setting, sql: &str) {
    Connection::open(setting.path("journal")).expect("it is SQLite's").execute_batch(sql).expect(sql);
}

/// The other phones are exported, and the changed one is named.
#[test]
fn a_row_that_was_edited_is_named_and_all_others_are_exported() {
    for vendor in Vendor::ALL {
        let setting = rotated(vendor);
        edit(&setting, "UPDATE phones SET state = 0, sent = NULL WHERE id = 4");
        // Without the key it looks like a phone that was not sent.
        assert_eq!(setting.status()["planned"], 1);
        let ended = with_key(&setting, &STATUS);
        assert_eq!(ended.status, Some(3), "{}", ended.all());
        assert!(ended.stdout.contains("the row of 1 phone was changed"), "{}", ended.stdout);
        let summary = setting.status_with(&["--key-file", "key"]);
        assert_eq!((&summary["integrity"], &summary["unknown"]), (&"damaged rows".into(), &1.into()));
        let calls = setting.vendors.log().len();
        assert_eq!(setting.rotate(&[]).status, Some(3));
        assert_eq!(setting.vendors.log().len(), calls, "it is not sent again");
        let ended = setting.export(&["--force"]);
        assert_eq!(ended.status, Some(3), "{}", ended.all());
        assert!(ended.stderr.contains("was changed"), "{}", ended.stderr);
        let (rows, on_phones) = (setting.exported(), setting.on_phones());
        assert_eq!(rows.iter().filter(|row| row.state == "confirmed").count(), 9);
        // What can be decrypted is right.
        assert!(rows.iter().all(|row| on_phones.get(&row.name) == Some(&row.password)));
        let ended = with_key(&setting, &["forget", "--journal", "journal"]);
        assert!(ended.stderr.contains(" 9 passwords forgotten"), "{}", ended.stderr);
        fs::remove_file(setting.path("export.csv")).expect("it is ours");
        assert_eq!(setting.export(&[]).status, Some(3));
        assert_eq!(setting.exported().iter().filter(|row| !row.password.is_empty()).count(), 1, "it is kept");
    }
}

#[test]
fn nothing_is_sent_from_a_journal_that_was_edited_as_a_whole() {
    for vendor in Vendor::ALL {
        let setting = rotated(vendor);
        edit(&setting, "DELETE FROM phones WHERE id = 4");
        setting.status();
        let calls = setting.vendors.log().len();
        let before = fs::read(setting.path("journal")).expect("it is there");
        for ended in [
            setting.run(&mut setting.keyless(&["--key-file", "key"])),
            with_key(&setting, &["forget", "--journal", "journal"]),
        ] {
            ended.failed(&["edited by somebody else", "expected 10 phones, found 9"]);
        }
        let ended = with_key(&setting, &STATUS);
        assert_eq!(ended.status, Some(2), "{}", ended.all());
        assert!(ended.stdout.contains("somebody changed the journal"), "{}", ended.stdout);
        assert_eq!(setting.vendors.log().len(), calls);
        fs::remove_file(setting.path("export.csv")).expect("it is ours");
        let ended = setting.export(&[]);
        assert_eq!(ended.status, Some(3), "{}", ended.all());
        let on_phones = setting.on_phones();
        assert_eq!(setting.exported().len(), 9);
        assert!(setting.exported().iter().all(|row| on_phones.get(&row.name) == Some(&row.password)));
        // It may be the only copy.
        setting.export(&["--force"]).failed(&["export.csv"]);
        assert!(fs::read(setting.path("journal")).expect("it is there") == before);
    }
}

#[test]
fn an_older_copy_is_noticed() {
    for vendor in Vendor::ALL {
        let phones = made(vendor, 10);
        let setting = Setting::with(vendor, &phones, Vec::new());
        let alone: &[&str] = if vendor == Vendor::NxCloud { &["--batch", "1"] } else { &[] };
        setting.rotate(&[&["--rate", "1000/s"], alone].concat());
        let older = fs::read(setting.path("journal")).expect("it is there");
        setting.export(&["--force"]);
        setting.write("journal", &older);
        assert_eq!(setting.status()["confirmed"], 10, "nobody can tell");
        for ended in [setting.rotate(&[]), with_key(&setting, &["forget", "--journal", "journal"])] {
            ended.failed(&["an older copy of it", "accept the older one (--accept-older-copy)"]);
        }
        let ended = with_key(&setting, &STATUS);
        assert_eq!(ended.status, Some(2), "{}", ended.all());
        assert!(ended.stdout.contains("is an older copy"), "{}", ended.stdout);
        fs::remove_file(setting.path("export.csv")).expect("it is ours");
        assert_eq!(setting.export(&[]).status, Some(3));
        // Only for this once: a dry run changes nothing.
        let ended = setting.rotate(&["--accept-older-copy", "--dry-run"]);
        assert_eq!(ended.status, Some(0), "{}", ended.all());
        setting.rotate(&[]).failed(&["an older copy of it"]);
        setting.all_confirmed(&setting.rotate(&["--accept-older-copy"]), &phones);
        setting.all_confirmed(&setting.rotate(&[]), &phones);
    }
}

/// What somebody else wrote into a journal moves no cursor, hides nothing and fills no screen.
#[test]
fn nothing_raw_of_a_journal_is_printed() {
    const TRICKS: &str = "\u{1b}]0;x\u{7}\u{1b}[2J\u{9b}2J\u{202e}\u{200b}\u{2028}\r\n";
    let vendor = Vendor::Exotel;
    let setting = rotated(vendor);
    let long = "x".repeat(1 << 20);
    for (table, columns) in [
        ("journal", &["vendor", "tenant", "columns", "alphabet", "policy", "protection"][..]),
        ("phones", &["name", "reason"]),
    ] {
        let whole = fs::read(setting.path("journal")).expect("it is there");
        for column in columns {
            for text in [TRICKS, &long] {
                setting.write("journal", &whole);
                let file = Connection::open(setting.path("journal")).expect("it is SQLite's");
                let update = if table == "phones" {
                    format!("UPDATE phones SET {column} = ?, state = 2, refused = 1 WHERE id = 4")
                } else {
                    format!("UPDATE journal SET {column} = ?")
                };
                file.execute(&update, [text]).expect("there is room");
                drop(file);
                let json = [&STATUS[..], &["--format", "json"]].concat();
                for ended in [
                    setting.run(&mut setting.bare(&STATUS)),
                    setting.run(&mut setting.bare(&json)),
                    with_key(&setting, &STATUS),
                    with_key(&setting, &json),
                    setting.rotate(&["--format", "text"]),
                    setting.rotate(&["--format", "text", "--exclude", "0"]),
                    setting.export(&["--force"]),
                ] {
                    let all = ended.all();
                    let is_raw = |char: char| {
                        char.is_control() && char != '\n' || TRICKS[1..].contains(char) && !char.is_ascii()
                    };
                    assert!(!all.contains(is_raw) && !all.contains(TRICKS), "{column}: {all:?}");
                    assert!(all.len() < 100_000, "{column}: {} bytes", all.len());
                }
            }
        }
        setting.write("journal", &whole);
    }
}

/// Without a directory for anchors, the rotation works and says what it lacks.
#[test]
fn without_a_home_there_is_no_anchor() {
    let phones = made(Vendor::Exotel, 3);
    let setting = Setting::with(Vendor::Exotel, &phones, Vec::new());
    let ended = setting.run(setting.command(&[]).env_remove("XDG_STATE_HOME"));
    assert_eq!(ended.status, Some(0), "{}", ended.all());
    let unnoticed = "an older copy of the journal would not be noticed";
    assert!(ended.all().contains("XDG_STATE_HOME or HOME, found none; an older copy"), "{}", ended.all());
    // A file is in the place of the directory.
    let ended = setting.run(setting.command(&[]).env("XDG_STATE_HOME", setting.path("journal")));
    assert_eq!(ended.status, Some(0), "{}", ended.all());
    assert!(ended.all().contains(&format!("cannot be read or written; {unnoticed}")), "{}", ended.all());
    assert!(!setting.path("state").exists());
    let ended = setting.run(setting.command(&[]).env_remove("XDG_STATE_HOME").env("HOME", setting.path("")));
    assert_eq!(ended.status, Some(0), "{}", ended.all());
    assert!(!ended.all().contains(unnoticed), "{}", ended.all());
    let anchors = fs::read_dir(setting.path(".local/state/sip-password")).expect("it is there");
    assert_eq!(anchors.count(), 1);
}
