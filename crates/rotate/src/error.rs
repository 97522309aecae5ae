//! Why a journal cannot be made, opened or written.

use core::fmt;
use std::{
    io,
    path::PathBuf,
    string::{String, ToString},
};

use rusqlite::ErrorCode;

use crate::accounts::{AccountsError, display_text};

/// Why a journal cannot be used. It holds no secret.
#[derive(Debug)]
#[non_exhaustive]
pub enum JournalError {
    /// A file of this name exists already.
    Exists,
    /// No journal of this name exists, but this file is left of one after a crash. SQLite would take it for the new journal's.
    Leftover(PathBuf),
    /// The file is not a journal of this library.
    NotAJournal,
    /// A newer release of this library wrote the journal.
    Newer,
    /// An older release of this library wrote the journal.
    Older,
    /// Another process has the journal open to write it.
    InUse,
    /// Another user could have written, or could replace, a file that the journal depends on.
    Unsafe {
        /// The journal, a file beside it, or its directory.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The file or its directory cannot be written.
    ReadOnly,
    /// The disk is full.
    Full,
    /// The file was removed or replaced while it was in use.
    Gone {
        /// Whether its content has been written back to its place.
        restored: bool,
    },
    /// The file is damaged.
    Damaged(
        /// Where, as far as it is known.
        String,
    ),
    /// Somebody else changed the file, or it is damaged. What is in it is not to be relied on; nothing is sent from it.
    Edited(
        /// What was changed, as far as it is known.
        String,
    ),
    /// The file is an older copy of the journal: see [`Journal::anchor`](crate::Journal::anchor). What was changed since is not in it:
    /// phones may have passwords that only the newer one has.
    OlderCopy {
        /// How often the journal was changed before this copy was made.
        journal: i64,
        /// How often it was changed at the least.
        anchor: i64,
    },
    /// Wrong key, or a key was given for an unencrypted journal, or none for an encrypted one. Also: the journal needs
    /// [`unlock`](crate::Journal::unlock) first.
    WrongKey,
    /// The journal was planned for something else.
    Mismatch {
        /// What differs: `"vendor"`, `"tenant"`, `"set of columns"`, `"policy"` or `"set of extra headers"`.
        what: &'static str,
        /// What the journal was planned for.
        journal: String,
        /// What it was to be used for.
        given: String,
    },
    /// The random source failed.
    Random(
        /// Why.
        String,
    ),
    /// Reading or writing failed.
    Io(io::ErrorKind),
    /// SQLite failed.
    Sqlite(
        /// SQLite's message.
        String,
    ),
}

/// Why a rotation cannot be planned. Nothing was sent, and there is no journal.
#[derive(Debug)]
#[non_exhaustive]
pub enum PlanError {
    /// The accounts file is wrong.
    Accounts(AccountsError),
    /// Rows of the accounts file are wrong, each of which was reported.
    WrongRows {
        /// The number of wrong rows.
        wrong: u64,
        /// The number of the other rows.
        right: u64,
    },
    /// The journal cannot be made.
    Journal(JournalError),
    /// The policy allows no password of this length, or the random source failed.
    Generate(
        /// Why.
        String,
    ),
}

/// For results of SQLite: `?` then gives a [`JournalError`]. (A `From` would make SQLite's errors a part of the public interface.)
pub(crate) trait SqlResult<T> {
    fn sql(self) -> Result<T, JournalError>;
}

impl<T> SqlResult<T> for Result<T, rusqlite::Error> {
    fn sql(self) -> Result<T, JournalError> {
        self.map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => JournalError::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => JournalError::InUse,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => JournalError::ReadOnly,
            Some(ErrorCode::NotADatabase) => JournalError::NotAJournal,
            Some(ErrorCode::DatabaseCorrupt) => JournalError::Damaged("SQLite calls it malformed".into()),
            _ => match error {
                // A value that this library never writes.
                rusqlite::Error::InvalidColumnType(..) | rusqlite::Error::IntegralValueOutOfRange(..) => {
                    JournalError::Damaged(error.to_string())
                }
                _ => JournalError::Sqlite(error.to_string()),
            },
        })
    }
}

impl From<io::Error> for JournalError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::AlreadyExists => Self::Exists,
            io::ErrorKind::StorageFull => Self::Full,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            kind => Self::Io(kind),
        }
    }
}

impl From<JournalError> for PlanError {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl From<AccountsError> for PlanError {
    fn from(error: AccountsError) -> Self {
        Self::Accounts(error)
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists => f.write_str("a file of this name exists already"),
            Self::Leftover(file) => write!(
                f,
                "{file:?} is left over from another journal of this name; move it away, or choose another name"
            ),
            Self::NotAJournal => f.write_str("not a journal of a rotation"),
            Self::Newer => f.write_str("written by a newer release of sip-password; use that release"),
            Self::Older => f.write_str("written by an older release of sip-password; use that release"),
            Self::InUse => f.write_str(
                "another process has it open; two processes would give the same phone two passwords",
            ),
            Self::Unsafe { path, why } => write!(f, "{path:?} {why}"),
            Self::ReadOnly => {
                f.write_str("cannot be written; check the permissions of the file and its directory")
            }
            Self::Full => f.write_str("the disk is full; make room and start again"),
            Self::Gone { restored: true } => f.write_str(
                "removed or replaced while it was in use; its content has been written back to its place",
            ),
            Self::Gone { restored: false } => f.write_str(
                "removed or replaced while it was in use, and its content could not be written back",
            ),
            Self::Damaged(place) => write!(f, "damaged: {}; keep a copy of the file", display_text(place)),
            Self::Edited(what) => write!(
                f,
                "edited by somebody else, or damaged: {}; restore the newest copy that is whole",
                display_text(what)
            ),
            Self::OlderCopy { journal, anchor } => write!(
                f,
                "an older copy of it: expected change {anchor} or later, found change {journal}; restore the newer copy, since only that \
                 shows what was sent later and which passwords the vendor reported. If it is lost, accept the older one"
            ),
            Self::WrongKey => f.write_str("wrong key: expected the one that the journal was planned with"),
            Self::Mismatch { what, journal, given } => {
                let (journal, given) = (display_text(journal), display_text(given));
                write!(
                    f,
                    "planned for another {what}: expected {journal}, found {given}; use another journal, or that {what}"
                )
            }
            Self::Random(reason) => write!(f, "the random source failed: {reason}"),
            Self::Io(io::ErrorKind::NotFound) => f.write_str("no such file or directory"),
            Self::Io(kind) => write!(f, "{kind}"),
            Self::Sqlite(message) => f.write_str(&display_text(message)),
        }
    }
}

impl core::error::Error for JournalError {}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accounts(error) => error.fmt(f),
            Self::WrongRows { wrong: 1, right } => write!(f, "1 row is wrong, and {right} right"),
            Self::WrongRows { wrong, right } => write!(f, "{wrong} rows are wrong, and {right} right"),
            Self::Journal(error) => error.fmt(f),
            Self::Generate(reason) => f.write_str(reason),
        }
    }
}

impl core::error::Error for PlanError {}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    #[test]
    fn what_sqlite_reports_is_said_in_our_words() {
        for (code, words) in [
            (ffi::SQLITE_FULL, "the disk is full; make room and start again"),
            (
                ffi::SQLITE_BUSY,
                "another process has it open; two processes would give the same phone two passwords",
            ),
            (
                ffi::SQLITE_LOCKED,
                "another process has it open; two processes would give the same phone two passwords",
            ),
            (ffi::SQLITE_READONLY, "cannot be written; check the permissions of the file and its directory"),
            (ffi::SQLITE_PERM, "cannot be written; check the permissions of the file and its directory"),
            (ffi::SQLITE_NOTADB, "not a journal of a rotation"),
            (ffi::SQLITE_CORRUPT, "damaged: SQLite calls it malformed; keep a copy of the file"),
        ] {
            let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            assert_eq!(Err::<(), _>(error).sql().expect_err("it is one").to_string(), words);
        }
        let error = rusqlite::Error::IntegralValueOutOfRange(3, 256);
        assert!(matches!(Err::<(), _>(error).sql(), Err(JournalError::Damaged(_))));
        assert!(matches!(Err::<(), _>(rusqlite::Error::InvalidQuery).sql(), Err(JournalError::Sqlite(_))));
        assert!(matches!(Ok::<_, rusqlite::Error>(7).sql(), Ok(7)));
    }
}
