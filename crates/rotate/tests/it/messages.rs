//! What every error of a rotation says.

use std::{fmt::Display, io, time::Duration};

use sip_password_rotate::{
    AccountsError, AccountsErrorKind, JournalError, Key, ParseRateError, PlanError, RotationState,
    StopReason, zeroize::Zeroizing,
};

/// Asserts that the error says just this, and that it can stand in a message behind a colon.
#[track_caller]
fn says(error: &dyn Display, words: &str) {
    assert_eq!(error.to_string(), words);
    assert!(!words.contains('\n') && !words.ends_with('.') && !words.trim().is_empty());
}

#[test]
fn errors_of_a_journal() {
    for (error, words) in [
        (JournalError::Exists, "a file of this name exists already"),
        (
            JournalError::Leftover("journal-wal".into()),
            "\"journal-wal\" is left over from another journal of this name; move it away, or choose another name",
        ),
        (JournalError::NotAJournal, "not a journal of a rotation"),
        (JournalError::Newer, "written by a newer release of sip-password; use that release"),
        (
            JournalError::InUse,
            "another process has it open; two processes would give the same phone two passwords",
        ),
        (JournalError::ReadOnly, "cannot be written; check the permissions of the file and its directory"),
        (JournalError::Full, "the disk is full; make room and start again"),
        (
            JournalError::Gone { restored: true },
            "removed or replaced while it was in use; its content has been written back to its place",
        ),
        (
            JournalError::Gone { restored: false },
            "removed or replaced while it was in use, and its content could not be written back",
        ),
        (JournalError::Damaged("phone 3".into()), "damaged: phone 3; keep a copy of the file"),
        (
            JournalError::Edited("expected 5 phones, found 4".into()),
            "edited by somebody else, or damaged: expected 5 phones, found 4; restore the newest copy that is whole",
        ),
        (
            JournalError::OlderCopy { journal: 3, anchor: 8 },
            "an older copy of it: expected change 8 or later, found change 3; restore the newer copy, since only that shows what was \
             sent later and which passwords the vendor reported. If it is lost, accept the older one",
        ),
        (
            JournalError::Sqlite("no such table: \u{1b}[2J\u{202e}".into()),
            "no such table: \\u{1b}[2J\\u{202e}",
        ),
        (JournalError::WrongKey, "wrong key: expected the one that the journal was planned with"),
        (
            JournalError::Mismatch { what: "vendor", journal: "huawei".into(), given: "exotel".into() },
            "planned for another vendor: expected huawei, found exotel; use another journal, or that vendor",
        ),
        (JournalError::Io(io::ErrorKind::NotFound), "no such file or directory"),
        (JournalError::Io(io::ErrorKind::TimedOut), "timed out"),
        (JournalError::Sqlite("a reason".into()), "a reason"),
    ] {
        says(&error, words);
        says(&PlanError::Journal(error), words);
    }
    says(&PlanError::Generate("a reason".into()), "a reason");
}

#[test]
fn errors_of_the_system() {
    for (kind, words) in [
        (io::ErrorKind::AlreadyExists, "a file of this name exists already"),
        (io::ErrorKind::StorageFull, "the disk is full; make room and start again"),
        (
            io::ErrorKind::PermissionDenied,
            "cannot be written; check the permissions of the file and its directory",
        ),
        (
            io::ErrorKind::ReadOnlyFilesystem,
            "cannot be written; check the permissions of the file and its directory",
        ),
        (io::ErrorKind::IsADirectory, "is a directory"),
    ] {
        says(&JournalError::from(io::Error::from(kind)), words);
    }
}

#[test]
fn errors_of_an_accounts_file() {
    let name = || String::from("1049001");
    for (kind, words) in [
        (
            AccountsErrorKind::MissingColumn { column: "username", expected: vec!["username"] },
            "no column username; the header must have username",
        ),
        (
            AccountsErrorKind::DuplicateColumn { column: "username".into() },
            "the header has the column username twice; keep one",
        ),
        (
            AccountsErrorKind::MissingWords { column: "user".into() },
            "no column user, whose words the passwords may not contain",
        ),
        (
            AccountsErrorKind::Words { refused: 1_000 },
            "expected words that leave passwords, found 1000 passwords one after another that contain a word of the row",
        ),
        (AccountsErrorKind::NoRows, "no phone after the header; add a row for each phone"),
        (
            AccountsErrorKind::FieldCount { found: 3, expected: 2 },
            "expected 2 fields, as in the header, found 3",
        ),
        (AccountsErrorKind::NotUtf8, "not UTF-8; save the file in that encoding"),
        (
            AccountsErrorKind::LineBreak,
            "a field of the row that begins here contains a line break; is a quote not closed?",
        ),
        (
            AccountsErrorKind::EdgeSpace { column: "username" },
            "username begins or ends with white space; remove it",
        ),
        (
            AccountsErrorKind::Duplicate { name: name(), first: 3 },
            "1049001 is in line 3 already; list each phone once",
        ),
        (
            AccountsErrorKind::NotInJournal { journal: Some(name()) },
            "expected 1049001, as in the journal, which was planned with other accounts",
        ),
        (
            AccountsErrorKind::NotInJournal { journal: None },
            "the journal has no more phones: it was planned with other accounts",
        ),
        (
            AccountsErrorKind::OtherOrder { journal: name() },
            "expected 1049001, as in the journal, which was planned with these accounts in another order",
        ),
        (
            AccountsErrorKind::TooFew { journal: name() },
            "expected 1049001, as in the journal, found the end of the file",
        ),
        (AccountsErrorKind::OtherAccountPassword, "the account password differs from the one in the journal"),
        (AccountsErrorKind::Io(io::ErrorKind::TimedOut), "cannot be read: timed out"),
    ] {
        says(&PlanError::from(AccountsError { line: 7, kind }), &format!("line 7: {words}"));
    }
}

#[test]
fn errors_of_what_is_no_accounts_file() {
    for (kind, words) in [
        (
            AccountsErrorKind::Lookalike { name: "A".into(), other: "a".into(), first: 3 },
            "A looks like a in line 3, from which it differs only in the case of letters or in characters that are not seen; remove \
             one of them",
        ),
        (
            AccountsErrorKind::Semicolons,
            "expected columns that are separated by commas, found semicolons; save the file as CSV with commas",
        ),
        (AccountsErrorKind::Utf16, "expected UTF-8, found UTF-16; save the file as UTF-8"),
        (
            AccountsErrorKind::LongFile,
            "expected an accounts file of at most 1073741824 bytes, found a longer one",
        ),
        (
            AccountsErrorKind::LongRow,
            "expected a row of at most 65536 bytes, found a longer one that begins here; is a quote not closed?",
        ),
        (AccountsErrorKind::Io(io::ErrorKind::NotFound), "cannot be read: no such file"),
        (AccountsErrorKind::Io(io::ErrorKind::Other), "cannot be read: the system reports an error"),
    ] {
        says(&PlanError::from(AccountsError { line: 7, kind }), &format!("line 7: {words}"));
    }
}

#[test]
fn states_and_reasons() {
    assert_eq!(
        RotationState::ALL.map(RotationState::name),
        ["planned", "sending", "unknown", "confirmed", "refused"]
    );
    says(&StopReason::Requested, "stopped on request");
    says(
        &StopReason::VendorWait(Duration::from_secs(901)),
        "the vendor asks to wait for 901 s; start again after that",
    );
    says(&StopReason::Failing("a reason".into()), "a reason");
    says(
        &ParseRateError,
        "not a rate; write a number of calls and a time, as in 100/min, 10/s, 1000/h or 50/10s",
    );
    for (key, words) in [
        (Key::Bytes(Zeroizing::new([7; 32])), "Bytes(redacted)"),
        (Key::Passphrase(Zeroizing::new("of no worth".into())), "Passphrase(redacted)"),
        (Key::Plaintext, "Plaintext"),
    ] {
        assert_eq!(format!("{key:?}"), words);
    }
}
