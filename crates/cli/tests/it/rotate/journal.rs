//! What can be wrong with a journal: a full disk, read-only, removed, damaged, in use, of another rotation.

use std::{
    fs,
    os::unix::{fs::chown, process::CommandExt},
    process::Command,
    thread,
    time::Duration,
};

use fake_vendors::{Account, Vendor};

use crate::{
    common::private,
    rotate::{
        setting::{Ended, Setting, fault, made, mixed},
        stops::{calls, updates},
    },
};

/// A rotation that was interrupted: some phones have new passwords, and no call was made for others.
fn begun(vendor: Vendor, phones: &[Account]) -> Setting {
    let setting = Setting::with(vendor, phones, Vec::new());
    let mut pace = vec!["--rate", "100/s", "--concurrency", "4"];
    if vendor == Vendor::NxCloud {
        pace.extend(["--batch", "1"]);
    }
    let mut child = setting.command(&pace).spawn().expect("it starts");
    calls(&setting, 20);
    child.kill().expect("it is ours");
    setting.ended(child);
    let status = setting.status();
    assert!(status["planned"] != 0 && status["confirmed"] != 0, "{status}");
    setting
}

/// Runs the command with a limit of this many blocks of 512 bytes for each file that it writes.
fn on_a_full_disk(setting: &Setting, blocks: u32) -> Ended {
    let command = setting.command(&[]);
    let mut limited = Command::new("/bin/sh");
    setting.prepare(&mut limited);
    limited.args(["-c", r#"trap "" XFSZ; ulimit -f "$1" && shift && exec "$@""#, "sh", &blocks.to_string()]);
    limited.arg(command.get_program()).args(command.get_args());
    limited.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    setting.run(&mut limited)
}

/// Whenever the disk becomes full, the run ends before it sends a password that is not on disk.
#[test]
fn a_full_disk_ends_the_run_before_a_call_that_is_not_recorded() {
    let (mut while_planning, mut at_work) = (0, 0);
    for blocks in [0, 1, 8, 24, 64, 128, 192, 256, 384, 512, 1024, 2048, 4096] {
        let vendor = Vendor::ALL[blocks as usize % 3];
        let (phones, doomed) = mixed(vendor, 1_000);
        let setting = Setting::with(vendor, &phones, Vec::new());
        let ended = on_a_full_disk(&setting, blocks);
        if ended.status == Some(2) {
            assert!(ended.stderr.contains("journal"), "{}", ended.stderr);
            if setting.path("journal").exists() {
                assert_eq!(setting.status()["phones"], phones.len());
                at_work += 1;
            } else {
                setting.refused(&ended, &[]);
                assert_eq!(setting.journal_files(), [""; 0].map(|name| setting.path(name)));
                while_planning += 1;
            }
        }
        setting.settled(&setting.rotate(&[]), &phones, &doomed);
    }
    assert!(while_planning >= 2, "{while_planning} limits met it while it planned");
    assert!(at_work >= 2, "{at_work} limits met it at work");
}

/// Runs as a user other than root, whom permissions do not stop.
#[test]
fn a_read_only_journal_is_refused() {
    const NOBODY: u32 = 65534;
    for vendor in Vendor::ALL {
        let setting = begun(vendor, &made(vendor, 100));
        setting.mode("journal", 0o400);
        let before = (setting.on_phones(), setting.vendors.log().len());
        // The program may be in a directory that only root can enter.
        fs::copy(env!("CARGO_BIN_EXE_sip-password"), setting.path("program")).expect("there is room");
        setting.mode("program", 0o700);
        let ours = setting.command(&[]);
        let mut command = Command::new(setting.path("program"));
        setting.prepare(&mut command).args(ours.get_args());
        command.envs(ours.get_envs().filter_map(|(name, value)| Some((name, value?))));
        if chown(setting.path("key"), Some(NOBODY), None).is_ok() {
            for name in setting.files() {
                chown(setting.path(&name), Some(NOBODY), None).expect("we are root");
            }
            chown(setting.path(""), Some(NOBODY), None).expect("we are root");
            command.uid(NOBODY);
        }
        let ended = setting.run(&mut command);
        ended.failed(&["journal"]);
        assert_eq!((setting.on_phones(), setting.vendors.log().len()), before);
    }
}

/// The run notices a removed journal before it sends the next password.
#[test]
fn a_journal_that_is_removed_during_a_run_ends_it() {
    for vendor in Vendor::ALL {
        let phones = made(vendor, 1_000);
        let setting = Setting::with(vendor, &phones, Vec::new());
        let mut arguments = vec!["--rate", "200/s", "--concurrency", "4"];
        if vendor == Vendor::NxCloud {
            arguments.extend(["--batch", "1"]);
        }
        let child = setting.command(&arguments).spawn().expect("it starts");
        calls(&setting, 50);
        for path in setting.journal_files() {
            // The command may have written the journal back already.
            let _ = fs::remove_file(path);
        }
        let at = updates(&setting);
        let ended = setting.ended(child);
        ended.failed(&["journal"]);
        let after = updates(&setting) - at;
        // The calls in flight, and those that were made meanwhile.
        assert!(after <= 12, "{vendor}: {after} calls without a journal");
        // The journal's content is in its place again.
        assert_eq!(setting.status()["phones"], phones.len());
        setting.all_confirmed(&setting.rotate(&[]), &phones);
    }
}

fn damages(whole: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = whole.to_vec();
        change(&mut bytes);
        bytes
    };
    let len = whole.len();
    vec![
        ("header", with(&|bytes| bytes[..64].fill(0xA5))),
        ("another header", with(&|bytes| bytes[18..24].fill(0))),
        (
            "middle",
            with(&|bytes| {
                for page in bytes.chunks_mut(4096).skip(1) {
                    let middle = page.len() / 2;
                    page[middle..].fill(0xA5);
                }
            }),
        ),
        // More than one page: the last one may be empty, and to lose it does no harm.
        ("truncated in a page", with(&|bytes| bytes.truncate(len - 5_000))),
        ("truncated to a half", with(&|bytes| bytes.truncate(len / 2 / 4096 * 4096))),
        ("text", b"This is not a journal.\n".to_vec()),
        ("long text", b"This is not a journal.\n".repeat(1_000)),
        ("empty", Vec::new()),
    ]
}

#[test]
fn a_damaged_journal_is_refused_or_read_right() {
    for vendor in Vendor::ALL {
        let phones = made(vendor, 300);
        let setting = begun(vendor, &phones);
        // SQLite moves the content of the side files into the journal.
        setting.rotate(&["--dry-run"]);
        let ended = setting.rotate(&["--rate", "none"]);
        setting.all_confirmed(&ended, &phones);
        let whole = fs::read(setting.path("journal")).expect("it is there");
        let before = (setting.on_phones(), setting.vendors.log().len());
        for (what, bytes) in damages(&whole) {
            for path in setting.journal_files() {
                fs::remove_file(path).expect("it is ours");
            }
            setting.write("journal", &bytes);
            let ended = setting.rotate(&[]);
            assert_eq!(ended.status, Some(2), "{vendor}, {what}: {}", ended.all());
            assert!(ended.stderr.contains("journal"), "{}", ended.stderr);
            let ended = setting.export(&["--force"]);
            assert_eq!(ended.status, Some(2), "{vendor}, {what}: {}", ended.all());
            assert_eq!((setting.on_phones(), setting.vendors.log().len()), before, "{what}");
            assert!(fs::read(setting.path("journal")).expect("it is there") == bytes, "{what} was changed");
        }
        setting.write("journal", &whole);
        setting.all_confirmed(&setting.rotate(&[]), &phones);
    }
}

/// Another program's file is not changed.
#[test]
fn another_programs_database_is_refused_and_not_changed() {
    let setting = Setting::new(Vendor::Exotel, 2);
    let other = rusqlite::Connection::open(setting.path("journal")).expect("there is room");
    other.execute_batch("CREATE TABLE phones (name TEXT)").expect("it is ours");
    other.close().expect("it is written");
    let before = fs::read(setting.path("journal")).expect("it is there");
    setting.refused(&setting.rotate(&[]), &["journal"]);
    setting.refused(&setting.run(&mut setting.bare(&["status", "--journal", "journal"])), &["journal"]);
    assert!(fs::read(setting.path("journal")).expect("it is there") == before, "it was changed");
}

#[test]
fn a_journal_in_use_can_be_read_and_not_written() {
    for vendor in Vendor::ALL {
        let phones = made(vendor, 40);
        let setting = Setting::with(vendor, &phones, fault("stall=reply/100ms"));
        let mut arguments = vec!["--concurrency", "2"];
        if vendor == Vendor::NxCloud {
            arguments.extend(["--batch", "1"]);
        }
        let child = setting.command(&arguments).spawn().expect("it starts");
        calls(&setting, 5);
        for ended in [
            setting.rotate(&[]),
            setting.run(&mut setting.bare(&["forget", "--journal", "journal", "--key-file", "key"])),
        ] {
            ended.failed(&["journal"]);
        }
        // To look costs the rotation nothing.
        let ended = setting.run(&mut setting.bare(&["status", "--journal", "journal", "--format", "json"]));
        assert_eq!(ended.status, Some(3), "{}", ended.all());
        assert!(ended.summary()["confirmed"].as_u64() >= Some(1), "{}", ended.all());
        let ended = setting.export(&[]);
        assert_eq!(ended.status, Some(0), "{}", ended.all());
        assert!(ended.stderr.contains("A rotation is running"), "{}", ended.stderr);
        let rows = setting.exported();
        assert_eq!(rows.len(), phones.len());
        assert!(rows.iter().all(|row| (row.state == "planned") == row.password.is_empty()));
        setting.all_confirmed(&setting.ended(child), &phones);
        assert_eq!(updates(&setting), phones.len());
    }
}

#[test]
fn a_journal_of_another_vendor_is_refused() {
    for (vendor, other) in [
        (Vendor::Huawei, Vendor::Exotel),
        (Vendor::Exotel, Vendor::NxCloud),
        (Vendor::NxCloud, Vendor::Huawei),
    ] {
        let setting = Setting::new(vendor, 10);
        setting.rotate(&[]);
        let journal = fs::read(setting.path("journal")).expect("it is there");
        let setting = Setting::new(other, 10);
        setting.write("journal", journal);
        setting.refused(&setting.rotate(&[]), &[&vendor.to_string()]);
        setting.refused(&setting.run(&mut setting.keyless(&["--key-file", "key"])), &[&vendor.to_string()]);
    }
}

/// Nothing is sent unless the accounts file has the journal's phones.
#[test]
fn a_different_accounts_file_is_refused() {
    for vendor in Vendor::ALL {
        let phones = made(vendor, 60);
        let setting = begun(vendor, &phones);
        let changed = |change: &dyn Fn(&mut Vec<Account>)| {
            let mut phones = phones.clone();
            change(&mut phones);
            setting.accounts(&phones);
            let before = setting.vendors.log().len();
            let ended = setting.rotate(&[]);
            assert_eq!(setting.vendors.log().len(), before);
            ended
        };
        changed(&|phones| phones[40].account.push('x')).failed(&["accounts.csv", "line 42"]);
        changed(&|phones| phones.push(Account::made(vendor, 61))).failed(&["accounts.csv", "line 62"]);
        changed(&|phones| drop(phones.remove(9))).failed(&["accounts.csv", "line 11"]);
        changed(&|phones| drop(phones.pop())).failed(&["accounts.csv"]);
        changed(&|phones| phones.swap(3, 4)).failed(&["accounts.csv", "line 5"]);
        setting.accounts(&phones);
        setting.all_confirmed(&setting.rotate(&[]), &phones);
        // The file can be left out.
        setting.all_confirmed(&setting.run(&mut setting.keyless(&["--key-file", "key"])), &phones);
    }
}

/// A new rotation needs an accounts file; a rotation without one needs a journal.
#[test]
fn without_accounts_and_journal_nothing_is_done() {
    for vendor in Vendor::ALL {
        let setting = Setting::new(vendor, 2);
        setting.refused(&setting.run(&mut setting.keyless(&["--key-file", "key"])), &["--accounts"]);
        for command in ["status", "forget"] {
            setting
                .refused(&setting.run(&mut setting.bare(&[command, "--journal", "journal"])), &["journal"]);
        }
        setting.refused(&setting.export(&[]), &["journal"]);
        fs::create_dir(setting.path("journal")).expect("there is room");
        setting.refused(&setting.rotate(&[]), &["journal"]);
    }
}

/// Only the owner can read the journal and its side files, during a run and after.
#[test]
fn only_the_owner_can_read_the_journal() {
    for vendor in Vendor::ALL {
        let phones = made(vendor, 40);
        let setting = Setting::with(vendor, &phones, fault("stall=reply/50ms"));
        let mut arguments = vec!["--concurrency", "2"];
        if vendor == Vendor::NxCloud {
            arguments.extend(["--batch", "1"]);
        }
        let child = setting.command(&arguments).spawn().expect("it starts");
        calls(&setting, 5);
        let files = setting.journal_files();
        assert!(!files.is_empty());
        files.iter().for_each(|path| private(path));
        thread::sleep(Duration::from_millis(200));
        for password in setting.on_phones().values() {
            assert!(!setting.journal_has(password), "a password in the open");
        }
        setting.all_confirmed(&setting.ended(child), &phones);
        setting.journal_files().iter().for_each(|path| private(path));
        for password in setting.on_phones().values() {
            assert!(!setting.journal_has(password), "a password in the open");
        }
    }
}
