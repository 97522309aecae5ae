//! Results: summaries, exports, and what is forgotten.

use std::{collections::BTreeSet, fs};

use fake_vendors::{Account, Vendor};

use crate::{
    common::private,
    rotate::setting::{Ended, Setting, columns, fault, made, mixed, policy},
};

/// A rotation with confirmed, refused and, at Huawei, unknown phones.
fn rotated(vendor: Vendor) -> (Setting, Ended, Vec<Account>, BTreeSet<String>) {
    let (phones, doomed) = mixed(vendor, 30);
    let faults = if vendor == Vendor::Huawei { fault("lose-reply@account=agent-2") } else { Vec::new() };
    let setting = Setting::with(vendor, &phones, faults);
    // A phone that is refused together with others is unknown.
    let alone: &[&str] = if vendor == Vendor::NxCloud { &["--batch", "1"] } else { &[] };
    let ended = setting.rotate(alone);
    (setting, ended, phones, doomed)
}

#[test]
fn the_summary_has_every_phone_that_is_not_confirmed() {
    for vendor in Vendor::ALL {
        let (setting, ended, phones, doomed) = rotated(vendor);
        setting.settled(&ended, &phones, &doomed);
        let mut summary = ended.summary();
        // They are exported since.
        assert_eq!(summary["not_handed_on"], summary["confirmed"]);
        summary["not_handed_on"] = 0.into();
        let unknown = usize::from(vendor == Vendor::Huawei);
        assert_eq!((&summary["refused"], &summary["unknown"]), (&doomed.len().into(), &unknown.into()));
        assert!(summary["stopped"].is_null(), "{summary}");
        // Phones that are left alone do not count: another run would do nothing.
        assert_eq!(summary["to_send"], 0, "{summary}");
        assert_eq!(summary["integrity"], "intact");
        assert_eq!(setting.status_with(&["--key-file", "key"]), summary);
        let mut keyless = setting.status();
        keyless["integrity"] = "intact".into();
        assert_eq!(keyless, summary);
        // The same as text.
        for ended in [
            setting.rotate(&["--format", "text"]),
            setting.run(&mut setting.bare(&["status", "--journal", "journal"])),
        ] {
            assert_eq!(ended.status, Some(if unknown == 0 { 1 } else { 3 }), "{}", ended.all());
            for one in summary["not_confirmed"].as_array().expect("it is a list") {
                for said in columns(vendor).iter().chain(&["reason", "state"]) {
                    let said = one[said].as_str().expect("it is a text");
                    assert!(ended.stdout.contains(said), "{said:?} in {}", ended.stdout);
                }
            }
            assert!(!ended.stdout.contains("agent-1 "), "{}", ended.stdout);
        }
    }
}

#[test]
fn an_export_has_every_phone_and_overwrites_nothing() {
    for vendor in Vendor::ALL {
        let (setting, _, phones, doomed) = rotated(vendor);
        for (only, count) in [
            ("confirmed", phones.len() - doomed.len() - usize::from(vendor == Vendor::Huawei)),
            ("refused", doomed.len()),
            ("unknown", usize::from(vendor == Vendor::Huawei)),
        ] {
            assert_eq!(setting.export(&["--only", only, "--force"]).status, Some(0));
            let rows = setting.exported();
            assert_eq!(rows.len(), count, "{vendor}, {only}");
            assert!(
                rows.iter().all(|row| row.state == only && row.password.is_empty() == (only == "refused"))
            );
        }
        setting.export(&["--only", "nothing", "--force"]).failed(&["--only"]);
        // An existing file may be the only copy of a password.
        setting.write("export.csv", "a file of somebody's\n");
        setting.export(&[]).failed(&["export.csv"]);
        assert_eq!(fs::read(setting.path("export.csv")).expect("it is there"), b"a file of somebody's\n");
        assert_eq!(setting.export(&["--force"]).status, Some(0));
        private(&setting.path("export.csv"));
        assert_eq!(setting.exported().len(), phones.len());
        // If the file cannot be written, nothing is left behind, and nothing counts as exported.
        let usual = ["export", "--journal", "journal", "--output", "no-such/export.csv", "--key-file", "key"];
        setting.run(&mut setting.bare(&usual)).failed(&["no-such"]);
        assert!(!setting.files().iter().any(|name| name.contains(".sip-password-")));
    }
}

fn forget(setting: &Setting) -> Ended {
    forget_with(setting, &["--key-file", "key"])
}

fn forget_with(setting: &Setting, key: &[&str]) -> Ended {
    let ended = setting.run(&mut setting.bare(&[&["forget", "--journal", "journal"], key].concat()));
    assert_eq!(ended.status, Some(0), "{}", ended.all());
    ended
}

#[test]
fn only_exported_passwords_are_forgotten() {
    for vendor in Vendor::ALL {
        let (phones, doomed) = mixed(vendor, 30);
        let faults = if vendor == Vendor::Huawei { fault("lose-reply@account=agent-2") } else { Vec::new() };
        let setting = Setting::with(vendor, &phones, faults);
        let plaintext = ["--accounts", "accounts.csv", "--plaintext"];
        let ended = setting.run(&mut setting.keyless(&plaintext));
        let mut summary = ended.summary();
        let export = |arguments: &[&str]| {
            let usual = ["export", "--journal", "journal", "--output", "export.csv", "--force"];
            let ended = setting.run(&mut setting.bare(&[&usual, arguments].concat()));
            assert_eq!(ended.status, Some(0), "{}", ended.all());
            setting.exported()
        };
        // A password that was not exported is kept.
        forget_with(&setting, &[]);
        assert!(setting.on_phones().values().all(|password| setting.journal_has(password)));
        // So is one that was not in the export.
        assert!(export(&["--only", "refused"]).iter().all(|row| row.password.is_empty()));
        forget_with(&setting, &[]);
        assert!(setting.on_phones().values().all(|password| setting.journal_has(password)));

        let rows = export(&[]);
        forget_with(&setting, &[]);
        for row in rows.iter().filter(|row| !row.password.is_empty()) {
            assert_eq!(setting.journal_has(&row.password), row.state == "unknown", "{}", row.name);
        }
        // The exported file may be the only copy now.
        let usual = ["export", "--journal", "journal", "--output", "export.csv", "--force"];
        setting.run(&mut setting.bare(&usual)).failed(&["export.csv"]);
        assert_eq!(setting.exported().len(), rows.len());
        fs::remove_file(setting.path("export.csv")).expect("it is ours");
        let again = export(&[]);
        assert_eq!(again.len(), rows.len());
        for (row, again) in rows.iter().zip(&again) {
            assert_eq!((&row.name, &row.state, row.calls), (&again.name, &again.state, again.calls));
            assert_eq!((&row.changed, &row.reason), (&again.changed, &again.reason));
            let kept = if row.state == "unknown" { &*row.password } else { "" };
            assert_eq!(again.password, kept, "{}", row.name);
        }
        summary["not_handed_on"] = 0.into();
        assert_eq!(setting.status(), summary);
        // A confirmed phone is not sent again after its password was forgotten.
        let on_phones = setting.on_phones();
        let ended = setting.run(&mut setting.keyless(&plaintext));
        assert_eq!(ended.summary()["confirmed"], summary["confirmed"]);
        assert_eq!(setting.on_phones(), on_phones);
        assert!(doomed.iter().all(|name| !on_phones.contains_key(name)));
    }
}

/// Whatever an export overwrites, each confirmed phone's password is still in the journal or in a file.
#[test]
fn an_export_never_overwrites_the_only_copy() {
    for vendor in Vendor::ALL {
        let (setting, ..) = rotated(vendor);
        assert_eq!(setting.export(&[]).status, Some(0));
        // The file is overwritten before the journal forgets,
        assert_eq!(setting.export(&["--only", "refused", "--force"]).status, Some(0));
        let kept = forget(&setting);
        assert!(kept.stderr.contains(" 0 passwords forgotten"), "{}", kept.stderr);
        assert_eq!(setting.export(&["--force"]).status, Some(0));
        let on_phones = setting.on_phones();
        for row in setting.exported().iter().filter(|row| row.state == "confirmed") {
            assert_eq!(on_phones.get(&row.name), Some(&row.password));
        }
        // or would be, after that.
        forget(&setting);
        let file = fs::read(setting.path("export.csv")).expect("it is there");
        for only in [&[][..], &["--only", "refused"], &["--only", "unknown"], &["--only", "confirmed"]] {
            setting.export(&[&["--force"], only].concat()).failed(&["forgotten", "export.csv"]);
            assert_eq!(fs::read(setting.path("export.csv")).expect("it is there"), file);
        }
    }
}

/// An export does not overwrite the files that it reads.
#[test]
fn an_export_does_not_overwrite_its_sources() {
    for vendor in Vendor::ALL {
        let setting = Setting::new(vendor, 5);
        assert_eq!(setting.rotate(&[]).status, Some(0));
        setting.write("secrets.env", "NOTHING=of-no-worth\n");
        std::os::unix::fs::symlink("key", setting.path("link")).expect("there is room");
        for source in ["journal", "./journal", "key", "link", "secrets.env"] {
            let content = fs::read(setting.path(source)).expect("it is there");
            let usual = ["export", "--journal", "journal", "--output", source, "--force"];
            let keys = ["--key-file", "key", "--secrets", "secrets.env"];
            setting.run(&mut setting.bare(&[&usual[..], &keys].concat())).failed(&["--output", source]);
            assert_eq!(fs::read(setting.path(source)).expect("it is there"), content);
        }
        // SQLite would take these for its side files, and remove them.
        let files = setting.files();
        for log in ["journal-wal", "./journal-shm", "journal-journal"] {
            let usual = ["export", "--journal", "journal", "--key-file", "key", "--force", "--output", log];
            setting.run(&mut setting.bare(&usual)).failed(&["--output", log]);
            assert_eq!(setting.files(), files);
        }
    }
}

/// Each piece of advice can be followed, and helps.
#[test]
fn advice_can_be_followed() {
    for vendor in Vendor::ALL {
        let setting = Setting::new(vendor, 5);
        let advised = || setting.run(&mut setting.bare(&["status", "--journal", "journal"])).stderr;
        let ended = setting.rotate(&[]);
        for advised in [ended.stderr, advised()] {
            assert!(advised.contains("rotate export") && advised.contains("key"), "{advised}");
        }
        assert_eq!(setting.export(&[]).status, Some(0));
        forget(&setting);
        assert_eq!(advised(), "");
    }
}

/// The command warns if others can read a journal.
#[test]
fn a_journal_that_others_can_read_is_reported() {
    for vendor in Vendor::ALL {
        let phones = made(vendor, 5);
        let setting = Setting::with(vendor, &phones, Vec::new());
        let told = |ended: &Ended, file: &str| {
            assert_eq!(ended.status, Some(0), "{}", ended.all());
            ended.stderr.lines().filter(|line| line.contains(file) && line.contains("chmod 600")).count()
        };
        assert_eq!(told(&setting.rotate(&[]), "journal"), 0);
        setting.mode("journal", 0o604);
        for ended in [
            setting.rotate(&[]),
            setting.rotate(&["--dry-run"]),
            setting.run(&mut setting.bare(&["status", "--journal", "journal"])),
            setting.export(&[]),
            forget(&setting),
        ] {
            assert_eq!(told(&ended, "journal"), 1, "{}", ended.stderr);
        }
    }
}

#[test]
fn a_dry_run_sends_and_keeps_nothing() {
    for vendor in Vendor::ALL {
        let setting = Setting::new(vendor, 30);
        let files = setting.files();
        let ended = setting.rotate(&["--dry-run"]);
        assert_eq!(ended.status, Some(0), "{}", ended.all());
        assert_eq!(ended.summary()["to_send"], 30);
        assert_eq!(setting.files(), files);
        assert_eq!(setting.vendors.connections(), 0);
        setting.write("accounts.csv", "nothing\n");
        setting.refused(&setting.rotate(&["--dry-run"]), &["accounts.csv"]);
        assert_eq!(setting.files(), files);
    }
}

#[test]
fn the_length_and_excluded_characters_are_kept() {
    for (vendor, length) in [(Vendor::Huawei, 8), (Vendor::Exotel, 64), (Vendor::NxCloud, 32)] {
        let phones = made(vendor, 50);
        let setting = Setting::with(vendor, &phones, Vec::new());
        let excluded = "0O1lIabcdefghijkmnopqrstuvwyz!@#$%^&*";
        let ended = setting.rotate(&["--length", &length.to_string(), "--exclude", excluded]);
        setting.all_confirmed(&ended, &phones);
        for password in setting.on_phones().values() {
            assert_eq!(password.len(), length);
            assert!(!password.contains(|char| excluded.contains(char)));
        }
        let setting = Setting::new(vendor, 2);
        setting.refused(&setting.rotate(&["--length", "7"]), &["found 7"]);
        setting.refused(&setting.rotate(&["--exclude", "\u{e9}"]), &["--exclude"]);
        assert!(setting.journal_files().is_empty());
        let setting = Setting::new(vendor, 50);
        setting.rotate(&[]);
        assert!(
            setting
                .on_phones()
                .values()
                .all(|password| password.len() == usize::from(policy(vendor).rules().default_length()))
        );
    }
}

/// The alphabet of `--safe-for csv` is Huawei's own, and only the first character is another.
#[test]
fn a_journal_knows_what_no_password_begins_with() {
    let phones = made(Vendor::Huawei, 50);
    let setting = Setting::with(Vendor::Huawei, &phones, Vec::new());
    setting.all_confirmed(&setting.rotate(&["--safe-for", "csv"]), &phones);
    assert!(!setting.on_phones().values().any(|password| password.starts_with(['+', '@'])));
    let other = "was planned with passwords of other characters: ";
    setting.rotate(&["--safe-for", "asterisk"]).failed(&[other, ", and none of these as the first: +@"]);
    let same = setting.rotate(&["--safe-for", "csv"]);
    assert!(!same.stderr.contains("was planned with"), "{}", same.stderr);
    let setting = Setting::with(Vendor::Huawei, &phones, Vec::new());
    setting.all_confirmed(&setting.rotate(&[]), &phones);
    setting.rotate(&["--safe-for", "csv"]).failed(&[other]);
}

/// A tenant's own policy in place of the vendor's.
#[test]
fn a_tenants_own_policy_is_kept() {
    for vendor in Vendor::ALL {
        let phones = made(vendor, 50);
        let setting = Setting::with(vendor, &phones, Vec::new());
        let class = "[[class]]\nname = \"digits\"\ncharacters = \"0-9\"\nminimum = 5\n\
                     [[class]]\nname = \"letters\"\ncharacters = \"a-f\"\nminimum = 1\n\
                     [[class]]\nname = \"capitals\"\ncharacters = \"A-F\"\nminimum = 1\n";
        setting.write("own.toml", format!("min_length = 8\nmax_length = 11\n{class}"));
        let ended = setting.rotate(&["--policy-file", "own.toml", "--bits", "30", "--safe-for", "keypad"]);
        setting.all_confirmed(&ended, &phones);
        // The journal is for this policy only.
        let without = setting.rotate(&["--dry-run"]);
        assert!(without.stderr.contains("or that policy (--policy-file)"), "{}", without.stderr);
        for password in setting.on_phones().values() {
            assert!(password.chars().filter(char::is_ascii_digit).count() >= 5 && password.len() < 12);
        }
    }
}

/// Secrets come from a file or the environment, and never from an argument.
#[test]
fn the_tenants_secrets_come_from_a_file_too() {
    for vendor in Vendor::ALL {
        let phones = made(vendor, 5);
        let setting = Setting::with(vendor, &phones, Vec::new());
        let secrets = crate::common::secrets(vendor);
        let mut command = setting.command(&[]);
        for (name, _) in secrets {
            command.env_remove(name);
        }
        setting.refused(&setting.run(&mut command), &[secrets[0].0]);
        assert!(setting.journal_files().is_empty());
        setting.write("secrets.env", secrets.map(|(name, secret)| format!("{name}={secret}\n")).concat());
        let ended = setting.run(command.args(["--secrets", "secrets.env"]));
        setting.all_confirmed(&ended, &phones);
    }
}

/// `--not-containing` and `--accepted-by` say which passwords are made; a rotation that is resumed may repeat them, and not others.
#[test]
fn passwords_without_the_words_of_their_rows() {
    for vendor in Vendor::ALL {
        let phones = made(vendor, 20);
        let setting = Setting::with(vendor, &phones, Vec::new());
        let column = columns(vendor)[0];
        let unknown = setting.rotate(&["--not-containing", "no-such-column"]);
        setting.refused(&unknown, &["no column no-such-column, whose words the passwords may not contain"]);
        let karel = setting.rotate(&["--accepted-by", "karel"]);
        setting.refused(&karel, &["--accepted-by: ", "and karel"]);

        let asked = ["--not-containing", column, "--accepted-by", "twilio"];
        let ended = setting.rotate(&asked);
        setting.settled(&ended, &phones, &BTreeSet::new());
        let again = setting.rotate(&asked);
        assert_eq!(again.status, Some(0), "{}", again.all());
        assert_eq!(setting.rotate(&["--accepted-by", "twilio"]).status, Some(0));
        setting.rotate(&[&asked[..], &["--not-containing", "other"]].concat()).failed(&[
            "--not-containing: the journal",
            "was planned with other columns: ",
            column,
        ]);
        setting.rotate(&[]).failed(&["policy"]);
    }
}
