//! An older copy of a whole journal in the place of the newest one.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

use sip_password::Client;
use sip_password_rotate::{Integrity, Journal, JournalError, RotationState, run};

use crate::vendor::{Act, Setting, Vendor, counts, go, key, limits, open, phones};

fn anchors(setting: &Setting) -> PathBuf {
    setting.directory.path().join("state").join("anchors")
}

/// The only file in the directory.
fn anchor_file(setting: &Setting) -> PathBuf {
    let mut files = fs::read_dir(anchors(setting)).expect("it is there");
    let file = files.next().expect("there is one").expect("it can be read").path();
    assert!(files.next().is_none());
    file
}

fn anchored(setting: &Setting) -> Result<Journal, JournalError> {
    let mut journal = open(&setting.path());
    journal.anchor(&anchors(setting), false).map(|is_anchored| assert!(is_anchored))?;
    Ok(journal)
}

/// A journal of ten phones that was rotated, and the bytes that it had before.
fn rotated() -> (Setting, Vec<u8>) {
    let (setting, mut journal) = Setting::planned(10);
    assert!(journal.anchor(&anchors(&setting), false).expect("there is none yet"));
    drop(journal);
    let before = fs::read(setting.path()).expect("it is there");
    let mut journal = anchored(&setting).expect("it is the newest");
    go(&mut journal, &Vendor::new(&|_, _| Act::Update), 1);
    drop(journal);
    (setting, before)
}

#[test]
fn an_older_copy_is_noticed_and_can_be_accepted() {
    let (setting, before) = rotated();
    let newest = fs::read(setting.path()).expect("it is there");
    drop(anchored(&setting).expect("it is the newest"));
    fs::write(setting.path(), &before).expect("there is room");

    let mut journal = open(&setting.path());
    assert_eq!(journal.integrity(), Integrity::Intact, "the file alone does not show it");
    let found = journal.anchor(&anchors(&setting), false);
    assert!(matches!(found, Err(JournalError::OlderCopy { journal: 1, anchor }) if anchor > 10), "{found:?}");
    assert_eq!(journal.integrity(), Integrity::OlderCopy);
    let vendor = Vendor::new(&|_, _| Act::Update);
    let client = Client::builder().build();
    let sent = run(&mut journal, &vendor, &client, &limits(1), &AtomicBool::new(false), |_| ());
    for refused in [sent.map(drop), journal.mark_exported(), journal.forget().map(drop)] {
        assert!(matches!(refused, Err(JournalError::OlderCopy { .. })), "{refused:?}");
    }
    assert_eq!(vendor.calls(), 0);
    assert_eq!(phones(&journal).len(), 10, "it can be read");
    drop(journal);
    assert!(fs::read(setting.path()).expect("it is there") == before, "it was written");
    // A process that only reads notices it too.
    let mut reader = Journal::open_to_read(&setting.path()).expect("it can be read");
    reader.unlock(&key()).expect("it is its key");
    assert!(matches!(reader.anchor(&anchors(&setting), false), Err(JournalError::OlderCopy { .. })));
    drop(reader);

    // The newest one is right again.
    fs::write(setting.path(), &newest).expect("there is room");
    drop(anchored(&setting).expect("it is the newest"));

    // Someone who has no newer one.
    fs::write(setting.path(), &before).expect("there is room");
    let mut journal = open(&setting.path());
    assert!(journal.anchor(&anchors(&setting), true).expect("it is accepted"));
    go(&mut journal, &Vendor::new(&|_, _| Act::Update), 1);
    assert_eq!(counts(journal.counts()), [0, 0, 0, 10, 0]);
    drop(journal);
    drop(anchored(&setting).expect("it is the newest from now on"));
}

/// The journal may be moved, and the anchor holds for it only.
#[test]
fn an_anchor_is_found_by_the_journals_number() {
    let (setting, before) = rotated();
    let elsewhere = setting.directory.path().join("elsewhere.db");
    fs::write(&elsewhere, before).expect("there is room");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&elsewhere, fs::Permissions::from_mode(0o600)).expect("it is ours");
        let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!((mode(&anchors(&setting)), mode(&anchor_file(&setting))), (0o700, 0o600));
    }
    let mut journal = open(&elsewhere);
    assert!(matches!(journal.anchor(&anchors(&setting), false), Err(JournalError::OlderCopy { .. })));
    let (other, mut journal) = Setting::planned(3);
    drop(other);
    // The same salt, since the source is the same, and another key would be refused.
    assert!(matches!(journal.anchor(&anchors(&setting), false), Err(JournalError::OlderCopy { .. })));
}

#[test]
fn an_anchor_that_somebody_changed_is_refused() {
    let (setting, _) = rotated();
    let file = anchor_file(&setting);
    let whole = fs::read_to_string(&file).expect("it is there");
    let generation = whole.lines().nth(1).expect("it has three lines");
    for changed in [
        whole.replace(generation, "1"),
        whole.replace(generation, "999"),
        whole.replace("anchor 1", "anchor 2"),
        whole.replace('\n', " "),
        "\u{feff}".to_owned(),
        "x".repeat(1 << 20),
    ] {
        fs::write(&file, &changed).expect("there is room");
        let mut journal = open(&setting.path());
        assert!(
            matches!(journal.anchor(&anchors(&setting), false), Err(JournalError::Edited(_))),
            "{changed:?}"
        );
        assert_eq!(journal.integrity(), Integrity::Edited);
        assert!(matches!(journal.mark_exported(), Err(JournalError::Edited(_))));
    }
    let mut journal = open(&setting.path());
    assert!(journal.anchor(&anchors(&setting), true).expect("it is accepted"));
    drop(journal);
    drop(anchored(&setting).expect("it is whole again"));
    // Nobody can tell an anchor that was removed from one that never was; and a crash may leave an empty file.
    fs::write(&file, "").expect("there is room");
    drop(anchored(&setting).expect("it is made again"));
    fs::remove_file(&file).expect("it is ours");
    drop(anchored(&setting).expect("it is made again"));
    assert_eq!(fs::read_to_string(&file).expect("it is there"), whole);
}

/// A directory that cannot be written stops no rotation.
#[test]
fn without_a_place_for_the_anchor_there_is_none() {
    let (setting, mut journal) = Setting::planned(3);
    let file = setting.directory.path().join("file");
    fs::write(&file, "").expect("there is room");
    assert!(!journal.anchor(&file.join("anchors"), false).expect("the journal is whole"));
    go(&mut journal, &Vendor::new(&|_, _| Act::Update), 1);
    assert_eq!(counts(journal.counts()), [0, 0, 0, 3, 0]);
}

/// What a process that only reads sees is older than an anchor that was written since.
#[test]
fn a_reader_of_a_running_rotation_sees_no_older_copy() {
    let (setting, mut journal) = Setting::planned(5);
    journal.anchor(&anchors(&setting), false).expect("there is none yet");
    let mut reader = Journal::open_to_read(&setting.path()).expect("others may read");
    reader.unlock(&key()).expect("it is its key");
    go(&mut journal, &Vendor::new(&|_, _| Act::Update), 1);
    // Its anchor is written.
    drop(journal);
    assert!(reader.anchor(&anchors(&setting), false).expect("it is the newest"));
    assert_eq!(reader.integrity(), Integrity::Intact);
    assert_eq!(counts(reader.counts()), [0, 0, 0, 5, 0]);
    assert!(phones(&reader).iter().all(|(_, state, _)| *state == RotationState::Confirmed));
}

/// As under `sudo` with the user's home: the user can still read and write the anchor afterwards. Only a superuser can test it.
#[cfg(unix)]
#[test]
fn the_superuser_leaves_anchors_to_the_owner_of_their_directory() {
    use std::os::unix::fs::{MetadataExt, chown};

    const USER: u32 = 12_345;
    let (setting, mut journal) = Setting::planned(3);
    let home = setting.directory.path().join("home");
    fs::create_dir(&home).expect("there is room");
    if chown(&home, Some(USER), None).is_err() {
        return;
    }
    // Directories of the superuser in a home would lock its owner out of them.
    let state = home.join(".local").join("state");
    assert!(!journal.anchor(&state.join("sip-password"), false).expect("there is none"));
    assert_eq!(fs::read_dir(&home).expect("it is there").count(), 0);

    assert!(journal.anchor(&home, false).expect("there is none"));
    for file in fs::read_dir(&home).expect("it is there") {
        assert_eq!(file.and_then(|file| file.metadata()).expect("it is there").uid(), USER);
    }
}
