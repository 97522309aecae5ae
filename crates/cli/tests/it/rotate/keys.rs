//! The keys that encrypt the journal's secrets.

use std::process::Command;

use fake_vendors::Vendor;

use crate::rotate::setting::{KEY, Setting, made};

const PASSPHRASE: (&str, &str) = ("ROTATION_PASSPHRASE", "a fake passphrase of-no-worth");
/// [`KEY`] in hexadecimal.
fn hex() -> String {
    KEY.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// `rotate export` without a key.
fn export(setting: &Setting, arguments: &[&str]) -> Command {
    let usual = ["export", "--journal", "journal", "--output", "export.csv", "--force"];
    setting.bare(&[&usual, arguments].concat())
}

const ACCOUNTS: [&str; 2] = ["--accounts", "accounts.csv"];

/// The same 32 bytes are the same key, from a file or from a variable.
#[test]
fn a_key_from_any_source_opens_the_journal() {
    for vendor in Vendor::ALL {
        let phones = made(vendor, 10);
        let setting = Setting::with(vendor, &phones, Vec::new());
        setting.write("secrets.env", format!("ROTATION_KEY={}\n", hex()));
        let mut by_environment = setting.keyless(&ACCOUNTS);
        let ended = setting.run(by_environment.env("ROTATION_KEY", hex()));
        setting.all_confirmed(&ended, &phones);
        assert!(!ended.all().contains(&hex()));
        for ended in [
            setting.rotate(&[]),
            setting.run(&mut setting.keyless(&["--secrets", "secrets.env"])),
            setting.run(setting.keyless(&[]).env("ROTATION_KEY", hex().to_uppercase())),
        ] {
            setting.all_confirmed(&ended, &phones);
        }
        for command in [
            &mut export(&setting, &["--key-file", "key"]),
            &mut export(&setting, &["--secrets", "secrets.env"]),
            export(&setting, &[]).env("ROTATION_KEY", hex()),
        ] {
            assert_eq!(setting.run(command).status, Some(0));
            assert!(setting.exported().iter().all(|row| !row.password.is_empty()));
        }
        let log = setting.vendors.log();
        assert_eq!(log.iter().map(|entry| entry.accounts.len()).sum::<usize>(), phones.len());
    }
}

#[test]
fn a_passphrase_opens_the_journal() {
    for vendor in Vendor::ALL {
        let phones = made(vendor, 10);
        let setting = Setting::with(vendor, &phones, Vec::new());
        let (name, passphrase) = PASSPHRASE;
        let ended = setting.run(setting.keyless(&ACCOUNTS).env(name, passphrase));
        assert_eq!(ended.status, Some(0), "{}", ended.all());
        let calls = setting.vendors.log().len();
        setting.status();
        let ended = setting.run(setting.keyless(&[]).env(name, passphrase));
        assert_eq!(ended.status, Some(0), "{}", ended.all());
        setting.write("secrets.env", format!("{name}='{passphrase}'\n"));
        let ended = setting.run(&mut export(&setting, &["--secrets", "secrets.env"]));
        assert_eq!(ended.status, Some(0), "{}", ended.all());
        let on_phones = setting.on_phones();
        assert!(setting.exported().iter().all(|row| on_phones.get(&row.name) == Some(&row.password)));
        assert!(on_phones.values().all(|password| !setting.journal_has(password)));
        // Neither another passphrase nor a key opens the journal.
        let ended = setting.run(setting.keyless(&[]).env(name, "another, of-no-worth"));
        ended.failed(&["key"]);
        setting.rotate(&[]).failed(&["passphrase"]);
        assert_eq!(setting.vendors.log().len(), calls);
    }
}

#[test]
fn wrong_keys_are_refused() {
    for vendor in Vendor::ALL {
        let setting = Setting::new(vendor, 10);
        // No key, and no terminal to ask for one.
        setting.refused(&setting.run(&mut setting.keyless(&ACCOUNTS)), &["key"]);
        for (name, content) in [("short", &KEY[1..]), ("empty", ""), ("long", &format!("{KEY}-"))] {
            setting.write(name, content);
            let ended = setting.run(&mut setting.keyless(&[&ACCOUNTS[..], &["--key-file", name]].concat()));
            setting.refused(&ended, &["32 bytes"]);
        }
        for wrong in [&hex()[2..], &hex().replace('6', "g"), ""] {
            let ended = setting.run(setting.keyless(&ACCOUNTS).env("ROTATION_KEY", wrong));
            setting.refused(&ended, &["ROTATION_KEY"]);
            assert!(wrong.is_empty() || !ended.all().contains(wrong));
        }
        // A key file that others can read.
        setting.mode("key", 0o644);
        setting.refused(&setting.rotate(&[]), &["key"]);
        setting.mode("key", 0o600);
        // Several keys at once.
        let (name, passphrase) = PASSPHRASE;
        for ended in [
            setting.rotate(&["--plaintext"]),
            setting.run(setting.command(&[]).env(name, passphrase)),
            setting.run(setting.keyless(&[&ACCOUNTS[..], &["--plaintext"]].concat()).env(name, passphrase)),
            setting.run(setting.keyless(&ACCOUNTS).env(name, passphrase).env("ROTATION_KEY", hex())),
        ] {
            setting.refused(&ended, &[]);
        }
        assert_eq!(setting.journal_files().len(), 0);

        setting.rotate(&[]);
        let calls = setting.vendors.log().len();
        setting.write("other", KEY.to_uppercase());
        let other = |command: &mut Command| setting.run(command.args(["--key-file", "other"]));
        other(&mut setting.keyless(&[])).failed(&["key"]);
        other(&mut export(&setting, &[])).failed(&["key"]);
        setting.run(&mut setting.keyless(&[])).failed(&["key"]);
        setting.run(&mut export(&setting, &[])).failed(&["key"]);
        setting.run(&mut setting.keyless(&["--plaintext"])).failed(&[]);
        assert!(!setting.path("export.csv").exists());
        assert_eq!(setting.vendors.log().len(), calls);
    }
}

/// With `--plaintext`, other programs can read the passwords; only the owner can read the file.
#[test]
fn a_plaintext_journal_needs_no_key() {
    for vendor in Vendor::ALL {
        let phones = made(vendor, 10);
        let setting = Setting::with(vendor, &phones, Vec::new());
        let ended = setting.run(&mut setting.keyless(&[&ACCOUNTS[..], &["--plaintext"]].concat()));
        assert_eq!(ended.status, Some(0), "{}", ended.all());
        assert!(setting.on_phones().values().all(|password| setting.journal_has(password)));
        setting.journal_files().iter().for_each(|path| crate::common::private(path));
        // The journal records that it is not encrypted; who would be asked for a key otherwise notices it.
        setting.run(&mut setting.keyless(&[])).failed(&["--plaintext"]);
        let ended = setting.run(&mut setting.keyless(&["--plaintext"]));
        assert_eq!(ended.status, Some(0), "{}", ended.all());
        let ended = setting.run(&mut export(&setting, &[]));
        assert_eq!(ended.status, Some(0), "{}", ended.all());
        let on_phones = setting.on_phones();
        assert!(setting.exported().iter().all(|row| on_phones.get(&row.name) == Some(&row.password)));
        setting.rotate(&[]).failed(&[]);
    }
}

/// A new journal is not encrypted with a key that is soon guessed.
#[test]
fn weak_keys_are_refused() {
    let setting = Setting::new(Vendor::NxCloud, 1);
    for (name, value) in [
        ("ROTATION_PASSPHRASE", "1234567"),
        ("ROTATION_PASSPHRASE", "Password"),
        ("ROTATION_PASSPHRASE", "aaaaaaaaaaaaaaa"),
        ("ROTATION_KEY", &"ab".repeat(32)),
    ] {
        for dry_run in [&[][..], &["--dry-run"]] {
            let ended = setting.run(setting.keyless(&[&ACCOUNTS[..], dry_run].concat()).env(name, value));
            setting.refused(&ended, &["is weak"]);
            assert!(!ended.all().contains(value), "{}", ended.all());
        }
    }
    setting.write("zeros", [0; 32]);
    let with_zeros = [&ACCOUNTS[..], &["--key-file", "zeros"]].concat();
    setting.refused(&setting.run(&mut setting.keyless(&with_zeros)), &["the key is weak"]);
    assert!(setting.journal_files().is_empty());
}

/// A key without other programs, which not every system has.
#[test]
fn keygen_makes_a_key() {
    let phones = made(Vendor::NxCloud, 3);
    let setting = Setting::with(Vendor::NxCloud, &phones, Vec::new());
    let keygen = || setting.run(&mut setting.bare(&["keygen", "new.key"]));
    let ended = keygen();
    assert_eq!((ended.status, ended.all()), (Some(0), String::new()));
    crate::common::private(&setting.path("new.key"));
    let key = std::fs::read(setting.path("new.key")).expect("it is there");
    assert_eq!(key.len(), 32);
    keygen().failed(&["exists, and may be the only copy of a key"]);
    assert_eq!(std::fs::read(setting.path("new.key")).expect("it is there"), key);
    let ended = setting.run(&mut setting.keyless(&[&ACCOUNTS[..], &["--key-file", "new.key"]].concat()));
    assert_eq!(ended.status, Some(0), "{}", ended.all());
}
