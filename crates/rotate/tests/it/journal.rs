//! The journal on disk: what a crash leaves behind, who can open it, and what is in the file.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use sip_password::{Client, HUAWEI, Keystream, Policy, api::FieldError};
use sip_password_rotate::{
    CallReport, Draft, Fleet, Integrity, Journal, JournalError, Key, PhoneUpdate, Plan, PlanError, Rate,
    RotationState, RunEnd, run, zeroize::Zeroizing,
};

use crate::vendor::{Act, Setting, Vendor, accounts, counts, go, key, limits, number, open, phones};

/// A copy of the files, made while a call is in flight, is what a crash at that instant leaves behind.
#[test]
fn a_crash_at_any_call_leaves_a_journal_with_the_password_that_was_sent() {
    let (setting, mut journal) = Setting::planned(60);
    let looked = Mutex::new(0);
    let look = |sent: &[PhoneUpdate<'_>]| {
        let mut looked = looked.lock().expect("nobody panicked");
        *looked += 1;
        let copy = setting.directory.path().join(format!("crash-{looked}"));
        let with = |path: &Path, end| PathBuf::from(format!("{}{end}", path.display()));
        for end in ["", "-wal"] {
            fs::copy(with(&setting.path(), end), with(&copy, end)).expect("there is room");
        }
        let crashed = phones(&open(&copy));
        for phone in sent {
            let (_, state, password) =
                crashed.iter().find(|(name, ..)| *name == phone.names[0]).expect("it was planned");
            assert_eq!((*state, password.as_str()), (RotationState::Unknown, phone.new_password));
        }
    };
    let script = |name: &str, call: usize| match (number(name) % 7, call) {
        (0, 1) => Act::UpdateInSilence,
        (1, _) => Act::Refuse,
        (2, 1) => Act::NotSent,
        _ => Act::Update,
    };
    let vendor = Vendor { arrives: &look, batch: 3, ..Vendor::new(&script) };
    assert_eq!(go(&mut journal, &vendor, 1), RunEnd { stopped: None });
    assert!(*looked.lock().expect("nobody panicked") >= 30);
    for (name, state, password) in phones(&journal) {
        let expected = if number(&name) % 7 == 1 { RotationState::Refused } else { RotationState::Confirmed };
        // A phone that was refused together with others after the reply to an earlier call for it was lost.
        let unsure = state == RotationState::Unknown && vendor.seen(&name).password.is_none();
        assert!(state == expected || unsure, "{name} is {state:?}");
        if state == RotationState::Confirmed {
            assert_eq!(vendor.seen(&name).password, Some(password));
        }
    }
}

#[cfg(unix)]
#[test]
fn a_removed_journal_stops_the_run_and_is_written_back() {
    let (setting, mut journal) = Setting::planned(100);
    let calls = AtomicUsize::new(0);
    let arrives = |_: &[PhoneUpdate<'_>]| {
        if calls.fetch_add(1, Ordering::SeqCst) == 10 {
            fs::remove_file(setting.path()).expect("it is there");
        }
    };
    let vendor = Vendor { arrives: &arrives, ..Vendor::new(&|_, _| Act::Update) };
    let client = Client::builder().build();
    let ended = run(&mut journal, &vendor, &client, &limits(1), &AtomicBool::new(false), |_| ());
    assert!(matches!(ended, Err(JournalError::Gone { restored: true })), "{ended:?}");
    assert_eq!(vendor.calls(), 11, "none after it");
    drop(journal);
    let mut journal = open(&setting.path());
    for (name, state, password) in phones(&journal) {
        if let Some(set) = vendor.seen(&name).password {
            assert!(matches!(state, RotationState::Confirmed | RotationState::Unknown));
            assert_eq!(set, password);
        }
    }
    go(&mut journal, &Vendor::new(&|_, _| Act::Update), 4);
    assert_eq!(counts(journal.counts()), [0, 0, 0, 100, 0]);
}

#[test]
fn one_process_opens_a_journal_and_only_its_key_unlocks_it() {
    let (setting, journal) = Setting::planned(3);
    assert!(matches!(Journal::open(&setting.path()), Err(JournalError::InUse)));
    assert!(matches!(setting.draft(&accounts(3)), Err(PlanError::Journal(JournalError::Exists))));
    drop(journal);
    let mut journal = Journal::open(&setting.path()).expect("nobody has it open");
    let locked = journal.passwords(&[RotationState::Planned], |_, _| Ok(()));
    assert!(matches!(locked, Err(JournalError::WrongKey)));
    for wrong in [
        Key::Bytes(Zeroizing::new([8; 32])),
        Key::Passphrase(Zeroizing::new("not a real phrase".into())),
        Key::Plaintext,
    ] {
        assert!(matches!(journal.unlock(&wrong), Err(JournalError::WrongKey)), "{wrong:?}");
    }
    journal.unlock(&key()).expect("it is its key");
}

#[test]
fn only_exported_passwords_are_forgotten() {
    let (setting, mut journal) = Setting::planned(10);
    let refusing = |name: &str, _: usize| match number(name) {
        8 => Act::Refuse,
        9 => Act::Silence,
        _ => Act::Update,
    };
    go(&mut journal, &Vendor::new(&refusing), 1);
    assert_eq!(journal.forget().expect("there is room"), (0, 8));
    journal.mark_exported().expect("there is room");
    let before = phones(&journal);
    assert_eq!(journal.forget().expect("there is room"), (8, 0));
    assert_eq!(journal.forget().expect("there is room"), (0, 0));
    for ((name, state, password), (.., before)) in phones(&journal).iter().zip(&before) {
        match state {
            RotationState::Confirmed => assert_eq!(password, "", "{name}"),
            _ => assert_eq!(password, before, "{name}"),
        }
    }
    assert_eq!(counts(journal.counts()), [0, 0, 1, 8, 1]);
    drop(setting);
}

#[test]
fn a_journal_of_another_fleet_is_refused() {
    struct Other;
    impl Fleet for Other {
        fn vendor(&self) -> &str {
            "another"
        }
        fn policy(&self) -> &Policy {
            &HUAWEI
        }
        fn tenant(&self) -> String {
            "here".into()
        }
        fn columns(&self) -> &'static [&'static str] {
            &["name"]
        }
        fn default_rate(&self) -> Rate {
            Rate::per_minute(60)
        }
        fn validate(&self, _: &PhoneUpdate<'_>) -> Result<(), FieldError> {
            Ok(())
        }
        fn send(&self, _: &Client, _: &[PhoneUpdate<'_>]) -> CallReport {
            panic!("nothing is to be sent")
        }
    }
    let (_setting, mut journal) = Setting::planned(3);
    let client = Client::builder().build();
    let ended = run(&mut journal, &Other, &client, &limits(1), &AtomicBool::new(false), |_| ());
    assert!(
        matches!(&ended, Err(JournalError::Mismatch { what: "vendor", journal, given }) if journal == "made-up" && given == "another")
    );
    // What a rehearsal confirmed is not done elsewhere.
    let vendor = Vendor { tenant: "there", ..Vendor::new(&|_, _| Act::Update) };
    let ended = run(&mut journal, &vendor, &client, &limits(1), &AtomicBool::new(false), |_| ());
    assert!(
        matches!(&ended, Err(JournalError::Mismatch { what: "tenant", journal, given }) if journal == "here" && given == "there")
    );
    assert_eq!(vendor.calls(), 0);
}

#[test]
fn a_file_that_is_not_a_journal_of_this_release_is_refused() {
    let (setting, journal) = Setting::planned(1);
    drop(journal);
    let path = setting.path();
    let set = |name, value: i32| {
        let file = rusqlite::Connection::open(&path).expect("it is a database");
        let before: i32 = file.pragma_query_value(None, name, |row| row.get(0)).expect("there is one");
        file.pragma_update(None, name, value).expect("there is room");
        before
    };
    let refused = |name, value| {
        let before = set(name, value);
        let error = Journal::open(&path).map(drop).unwrap_err();
        set(name, before);
        error
    };
    assert!(matches!(refused("user_version", 99), JournalError::Newer));
    // Before journals were authenticated.
    assert!(matches!(refused("user_version", 2), JournalError::Older));
    assert!(matches!(refused("user_version", 0), JournalError::NotAJournal));
    assert!(matches!(refused("application_id", 0), JournalError::NotAJournal));
    let mut rights = fs::metadata(&path).expect("it is there").permissions();
    rights.set_readonly(true);
    fs::set_permissions(&path, rights).expect("it is ours");
    assert!(matches!(Journal::open(&path).map(drop), Err(JournalError::ReadOnly)));
}

/// Bytes all over the file are changed, and it is cut to many lengths: opening it is an error, or gives the same passwords.
#[test]
fn damaged_passwords_are_never_sent() {
    let (setting, journal) = Setting::planned(5);
    let right = phones(&journal);
    let before: Vec<_> = {
        let vendor = Vendor::new(&|_, _| Act::Update);
        let mut journal = journal;
        go(&mut journal, &vendor, 1);
        phones(&journal)
    };
    assert_eq!(right.len(), before.len());
    let whole = fs::read(setting.path()).expect("it is there");
    let copy = setting.directory.path().join("damaged.db");
    let mut refused = 0;
    let places = (0..whole.len()).step_by(13).map(Some).chain((0..whole.len()).step_by(509).map(|_| None));
    for (round, place) in places.enumerate() {
        let mut bytes = whole.clone();
        match place {
            Some(place) => bytes[place] ^= 1 << (round % 8),
            None => bytes.truncate((round * 509) % whole.len()),
        }
        fs::write(&copy, &bytes).expect("there is room");
        let opened = Journal::open(&copy).and_then(|mut journal| {
            journal.unlock(&key())?;
            let mut found = Vec::new();
            let all = RotationState::ALL;
            journal.passwords(&all, |phone, password| {
                found.push((phone.names.join("/"), password.new.to_owned()));
                Ok::<(), JournalError>(())
            })?;
            Ok(found)
        });
        match opened {
            Err(_) => refused += 1,
            Ok(found) => {
                assert_eq!(found.len(), 5, "{place:?}");
                for (name, password) in found {
                    let known = before.iter().any(|(was, _, set)| *was == name && *set == password);
                    assert!(password.is_empty() || known, "{place:?}: {name}");
                }
            }
        }
        for end in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{end}", copy.display()));
        }
    }
    assert!(refused > 100, "{refused}");

    // Damage that no query for phones would meet: a page of the index lacks an entry.
    let mut bytes = whole;
    let page = (0..bytes.len()).step_by(4096).find(|&page| bytes[page] == 0x0a && bytes[page + 4] == 5);
    bytes[page.expect("there is an index of five names") + 4] = 4;
    fs::write(&copy, &bytes).expect("there is room");
    assert!(matches!(Journal::open(&copy), Err(JournalError::Damaged(_))));
}

#[test]
fn only_the_owner_can_read_the_file_and_it_contains_no_secret() {
    let (setting, mut journal) = Setting::planned(20);
    let vendor = Vendor::new(&|name, _| if number(name) == 10 { Act::Silence } else { Act::Update });
    go(&mut journal, &vendor, 2);
    let passwords = phones(&journal);
    let look = |expected: bool| {
        for file in fs::read_dir(setting.directory.path()).expect("it is there") {
            let file = file.expect("it can be read").path();
            let bytes = fs::read(&file).expect("it is ours");
            let has = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
            for (name, _, password) in &passwords {
                assert!(!has(password) && !has(&format!("not-real-{name}")), "{name} in {file:?}");
            }
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                assert_eq!(
                    fs::metadata(&file).expect("it is there").permissions().mode() & 0o777,
                    0o600,
                    "{file:?}"
                );
            }
            if expected && !file.to_string_lossy().ends_with("-lock") {
                assert!(has("phone-3"), "the names are not encrypted");
            }
        }
    };
    look(false);
    drop(journal);
    look(true);
}

#[test]
fn a_stricter_policy_and_another_length_are_kept() {
    let setting = Setting::new();
    let vendor = Vendor::new(&|_, _| Act::Update);
    let policy: Policy =
        HUAWEI.excluding(sip_password::CharSet::of("0O1lI~@^*_+.?")).expect("there are others");
    let key = Key::Passphrase(Zeroizing::new("not a real phrase".into()));
    let plan = Plan { fleet: &vendor, policy: &policy, length: 9, key: &key, not_containing: &[] };
    let mut rng = Keystream::new(&sip_password::Seed::take(&mut [5; 32]));
    let draft = Draft::new(&setting.path(), &plan, accounts(50).as_bytes(), &mut rng).expect("it is good");
    let mut journal = draft.commit(&key).expect("there is room");
    assert_eq!((journal.length(), journal.alphabet().len()), (9, 62 - 5));
    go(&mut journal, &vendor, 1);
    for (_, _, password) in phones(&journal) {
        assert!(
            password.len() == 9
                && !password.contains(['0', 'O', '1', 'l', 'I', '~'])
                && HUAWEI.check(&password).is_ok()
        );
    }
}

/// SQLite would take the log of a removed journal for the new one's.
#[test]
fn the_log_of_another_journal_is_not_taken_for_the_new_ones() {
    let (setting, journal) = Setting::planned(3);
    let log = setting.directory.path().join("rotation.db-wal");
    let left = fs::read(&log).expect("it is open");
    drop(journal);
    fs::remove_file(setting.path()).expect("it is there");
    fs::write(&log, left).expect("there is room");
    let Err(PlanError::Journal(JournalError::Leftover(found))) = setting.draft(&accounts(3)).map(drop) else {
        panic!("it is there")
    };
    assert_eq!(found, log);
}

/// The account password of a confirmed phone is forgotten; that of another phone is kept.
#[test]
fn the_account_password_of_a_confirmed_phone_is_forgotten() {
    let setting = Setting::new();
    let vendor = Vendor::new(&|name, _| if number(name) == 7 { Act::Refuse } else { Act::Update });
    let plan =
        Plan { fleet: &vendor, policy: &HUAWEI, length: 16, key: &Key::Plaintext, not_containing: &[] };
    let mut rng = Keystream::new(&sip_password::Seed::take(&mut [5; 32]));
    let draft = Draft::new(&setting.path(), &plan, accounts(20).as_bytes(), &mut rng).expect("it is good");
    let mut journal = draft.commit(&Key::Plaintext).expect("there is room");
    let has = |text: &str| {
        let bytes = fs::read(setting.path()).expect("it is there");
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    assert!(has("not-real-phone-6"), "it is plain");
    go(&mut journal, &vendor, 4);
    let passwords = phones(&journal);
    drop(journal);
    for (name, ..) in &passwords {
        assert_eq!(has(&format!("not-real-{name}")), name == "phone-7", "{name}");
    }
    let mut journal = Journal::open(&setting.path()).expect("it is a journal");
    journal.unlock(&Key::Plaintext).expect("it has no key");
    journal.mark_exported().expect("there is room");
    journal.forget().expect("there is room");
    drop(journal);
    for (name, _, password) in passwords {
        assert!(password.is_empty() || !has(&password), "{name}");
    }
}

/// SQLite writes what it finds in a file with the name of its log into the journal: nobody else may put one there.
#[cfg(unix)]
#[test]
fn files_that_others_could_have_written_are_refused() {
    use std::os::unix::fs::PermissionsExt;

    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
    };
    let (setting, journal) = Setting::planned(3);
    drop(journal);
    let path = setting.path();
    let before = fs::read(&path).expect("it is there");
    let refused = |what: &str| {
        for opened in [Journal::open(&path), Journal::open_to_read(&path)] {
            assert!(matches!(opened.map(drop), Err(JournalError::Unsafe { .. })), "{what}");
        }
        assert!(fs::read(&path).expect("it is there") == before, "{what}");
    };
    for file in &Journal::side_files(&path)[..3] {
        let _ = fs::remove_file(file);
        fs::write(file, "somebody's").expect("there is room");
        mode(file, 0o666);
        refused("others can write it");
        fs::remove_file(file).expect("it is ours");
        fs::create_dir(file).expect("there is room");
        refused("it is no file");
        fs::remove_dir(file).expect("it is ours");
    }
    mode(&path, 0o622);
    refused("others can write the journal");
    mode(&path, 0o600);
    let directory = path.parent().expect("it has one");
    mode(directory, 0o777);
    refused("others can replace the journal");
    // As /tmp is: files there belong to those who made them.
    mode(directory, 0o1777);
    drop(open(&path));
    mode(directory, 0o700);
}

#[test]
fn a_journal_that_is_only_read_is_never_written() {
    let (setting, mut journal) = Setting::planned(5);
    let mut reader = Journal::open_to_read(&setting.path()).expect("others may read");
    reader.unlock(&key()).expect("it is its key");
    go(&mut journal, &Vendor::new(&|_, _| Act::Update), 1);
    // One moment, whatever the other process does.
    assert_eq!(counts(reader.counts()), [5, 0, 0, 0, 0]);
    assert!(phones(&reader).iter().all(|(_, state, _)| *state == RotationState::Planned));
    assert!(matches!(reader.mark_exported(), Err(JournalError::ReadOnly)));
    assert!(matches!(reader.retry_refused(), Err(JournalError::ReadOnly)));
    let reader = Journal::open_to_read(&setting.path()).expect("others may read");
    assert_eq!(counts(reader.counts()), [0, 0, 0, 5, 0]);
}

/// Every other phone is exported and sent, and the damaged one is named.
#[test]
fn a_damaged_row_stops_no_other_phone() {
    let (setting, journal) = Setting::planned(10);
    drop(journal);
    let damage = rusqlite::Connection::open(setting.path()).expect("it is SQLite's");
    let flip = "UPDATE phones SET new_password = zeroblob(length(new_password)) WHERE name = 'phone-3'";
    damage.execute(flip, []).expect("it is SQL");
    drop(damage);
    let mut journal = open(&setting.path());
    assert_eq!(go(&mut journal, &Vendor::new(&|_, _| Act::Update), 2), RunEnd { stopped: None });
    // Nobody knows what the damaged one has.
    assert_eq!(counts(journal.counts()), [0, 0, 1, 9, 0]);
    assert_eq!(journal.to_send(true).expect("it is whole"), 0);
    assert_eq!(journal.integrity(), Integrity::DamagedRows(1));
    let mut damaged = Vec::new();
    let visited = journal.passwords(&RotationState::ALL, |phone, passwords| {
        assert_eq!(passwords.new.is_empty(), phone.damaged);
        if phone.damaged {
            damaged.push((phone.names.join("/"), phone.reason.to_owned()));
        }
        Ok::<(), JournalError>(())
    });
    visited.expect("the others are whole");
    assert!(
        matches!(&damaged[..], [(name, reason)] if name == "phone-3" && reason.contains("phone-3")),
        "{damaged:?}"
    );
}

/// The lock is beside the file, whatever name leads to it: two processes that write would give the same phone two passwords.
#[cfg(unix)]
#[test]
fn a_journal_is_locked_by_whatever_link_it_is_opened() {
    let (setting, journal) = Setting::planned(3);
    let elsewhere = setting.directory.path().join("elsewhere");
    fs::create_dir(&elsewhere).expect("there is room");
    let link = elsewhere.join("link.db");
    std::os::unix::fs::symlink(setting.path(), &link).expect("it is new");
    assert!(matches!(Journal::open(&link).map(drop), Err(JournalError::InUse)));
    drop(journal);
    let journal = open(&link);
    assert!(matches!(Journal::open(&setting.path()).map(drop), Err(JournalError::InUse)));
    drop(journal);
    assert_eq!(fs::read_dir(&elsewhere).expect("it is ours").count(), 1);
}

/// As under `sudo`: what the superuser leaves beside a user's journal is the user's. Only a superuser can test it.
#[cfg(unix)]
#[test]
fn the_superuser_locks_no_user_out_of_a_journal() {
    use std::os::unix::fs::{MetadataExt, chown};

    const USER: u32 = 12_345;
    let (setting, journal) = Setting::planned(3);
    drop(journal);
    let files = [setting.path(), Journal::side_files(&setting.path())[3].clone()];
    if chown(&files[0], Some(USER), None).is_err() {
        return;
    }
    fs::remove_file(&files[1]).expect("it is there");
    let mut journal = open(&setting.path());
    fs::remove_file(setting.path()).expect("it is there");
    let (vendor, client) = (Vendor::new(&|_, _| Act::Update), Client::builder().build());
    let gone = run(&mut journal, &vendor, &client, &limits(1), &AtomicBool::new(false), |_| ());
    assert!(matches!(gone, Err(JournalError::Gone { restored: true })), "{gone:?}");
    drop(journal);
    for file in files {
        assert_eq!(file.metadata().expect("it is there").uid(), USER, "{file:?}");
    }
    drop(open(&setting.path()));
}
