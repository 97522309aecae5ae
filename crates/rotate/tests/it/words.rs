//! What every error of a rotation says.

use std::{fmt::Display, io, time::Duration};

use rusqlite::ffi;
use sip_password_rotate::{
    AccountsError, AccountsErrorKind, JournalError, Key, PlanError, RotationState, StopReason,
    zeroize::Zeroizing,
};

/// That the error says just this, and that it could stand in a message behind a colon.
#[track_caller]
fn says(error: &dyn Display, words: &str) {
    assert_eq!(error.to_string(), words);
    assert!(!words.contains('\n') && !words.ends_with('.') && !words.trim().is_empty());
}

#[test]
fn what_is_wrong_with_a_journal() {
    for (error, words) in [
        (JournalError::Exists, "it exists"),
        (
            JournalError::Leftover("journal-wal".into()),
            "\"journal-wal\" is left of another journal of that name; move it away, or take another name",
        ),
        (JournalError::NotAJournal, "no journal of a rotation"),
        (JournalError::Newer, "made by a later release of sip-password; take that"),
        (JournalError::InUse, "another process has it open; two would send the same phone two passwords"),
        (JournalError::ReadOnly, "it cannot be written"),
        (JournalError::Full, "the disk is full; make room, and go on"),
        (
            JournalError::Gone { restored: true },
            "it was removed or replaced while it was in use; what was in it has been written to its place again",
        ),
        (
            JournalError::Gone { restored: false },
            "it was removed or replaced while it was in use, and what was in it could not be written again",
        ),
        (JournalError::Damaged("phone 3".into()), "it is damaged: phone 3; take a copy of it"),
        (JournalError::WrongKey, "the key is another one than that which it was planned with"),
        (
            JournalError::Mismatch { what: "vendor", journal: "huawei".into() },
            "it was planned with another vendor: huawei; take another journal, or that vendor",
        ),
        (JournalError::Io(io::ErrorKind::NotFound), "there is no such file or directory"),
        (JournalError::Io(io::ErrorKind::TimedOut), "timed out"),
        (JournalError::Sqlite("a reason".into()), "a reason"),
    ] {
        says(&error, words);
        says(&PlanError::Journal(error), words);
    }
    says(&PlanError::Generate("a reason".into()), "a reason");

    // Files and disks, by what the system calls them.
    for (kind, words) in [
        (io::ErrorKind::AlreadyExists, "it exists"),
        (io::ErrorKind::StorageFull, "the disk is full; make room, and go on"),
        (io::ErrorKind::PermissionDenied, "it cannot be written"),
        (io::ErrorKind::ReadOnlyFilesystem, "it cannot be written"),
        (io::ErrorKind::IsADirectory, "is a directory"),
    ] {
        says(&JournalError::from(io::Error::from(kind)), words);
    }

    for (code, words) in [
        (ffi::SQLITE_FULL, "the disk is full; make room, and go on"),
        (ffi::SQLITE_BUSY, "another process has it open; two would send the same phone two passwords"),
        (ffi::SQLITE_READONLY, "it cannot be written"),
        (ffi::SQLITE_NOTADB, "no journal of a rotation"),
        (ffi::SQLITE_CORRUPT, "it is damaged: SQLite finds it malformed; take a copy of it"),
    ] {
        let error = || rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        says(&JournalError::from(error()), words);
        says(&PlanError::from(error()), words);
    }

    for (problem, words) in [
        (
            AccountsErrorKind::NoColumn { column: "username", wanted: vec!["username"] },
            "no column username; the header must have username",
        ),
        (AccountsErrorKind::ColumnTwice { column: "username" }, "the header has username twice"),
        (AccountsErrorKind::NoRows, "there is no phone after the header"),
        (AccountsErrorKind::Fields { found: 3, wanted: 2 }, "the header has 2 fields, and this row 3"),
        (AccountsErrorKind::NotUtf8, "not UTF-8"),
        (
            AccountsErrorKind::LineBreak,
            "a field of the row that begins here has a line break; is a quote unclosed?",
        ),
        (
            AccountsErrorKind::Changed { journal: None },
            "the journal has no phone more: it was planned with other accounts",
        ),
        (AccountsErrorKind::Io(io::ErrorKind::TimedOut), "cannot be read: timed out"),
    ] {
        says(&PlanError::from(AccountsError { line: 7, problem }), &format!("line 7: {words}"));
    }

    let states = RotationState::ALL;
    assert_eq!(states.map(RotationState::name), ["planned", "sending", "unknown", "confirmed", "refused"]);

    says(&StopReason::Requested, "stopped on request");
    says(
        &StopReason::VendorWait(Duration::from_secs(901)),
        "the vendor asks to wait for 901 s; start again after that",
    );
    says(&StopReason::Failing("a reason".into()), "a reason");

    for (key, words) in [
        (Key::Bytes(Zeroizing::new([7; 32])), "Bytes(redacted)"),
        (Key::Passphrase(Zeroizing::new("of no worth".into())), "Passphrase(redacted)"),
        (Key::Plaintext, "Plaintext"),
    ] {
        assert_eq!(format!("{key:?}"), words);
    }
}
