//! Why a journal cannot be made, opened or written.

use core::fmt;
use std::{
    io,
    path::PathBuf,
    string::{String, ToString},
};

use rusqlite::ErrorCode;

use crate::accounts::AccountsError;

/// Why a journal cannot be used. It holds no secret.
#[derive(Debug)]
#[non_exhaustive]
pub enum JournalError {
    /// There is a file of that name.
    Exists,
    /// There is none of that name, but this file is what is left of one after a crash.
    Leftover(PathBuf),
    /// It is no journal of this library.
    NotAJournal,
    /// It was made by a later release of this library.
    Newer,
    /// Another process has it open.
    InUse,
    /// It cannot be written.
    ReadOnly,
    /// The disk is full.
    Full,
    /// It was removed or replaced while it was in use.
    Gone {
        /// Whether what was in it was written to its place again.
        restored: bool,
    },
    /// It is damaged.
    Damaged(
        /// Where, as far as it is known.
        String,
    ),
    /// The key does not fit, or is none or one where the journal has one or none.
    WrongKey,
    /// It was planned for something else.
    Mismatch {
        /// What differs: `"vendor"`.
        what: &'static str,
        /// What the journal has.
        journal: String,
    },
    /// Reading or writing failed.
    Io(io::ErrorKind),
    /// SQLite failed.
    Sqlite(
        /// What it says.
        String,
    ),
}

/// Why a rotation cannot be planned. Nothing was sent, and there is no journal.
#[derive(Debug)]
#[non_exhaustive]
pub enum PlanError {
    /// The accounts file is wrong.
    Accounts(AccountsError),
    /// The journal cannot be made.
    Journal(JournalError),
    /// No password can be made by this policy of this length, or the random source failed.
    Generate(
        /// Why.
        String,
    ),
}

impl From<rusqlite::Error> for JournalError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::NotADatabase) => Self::NotAJournal,
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged(String::from("SQLite finds it malformed")),
            // Another type than was written: a journal that is whole has none.
            _ if matches!(
                error,
                rusqlite::Error::InvalidColumnType(..) | rusqlite::Error::IntegralValueOutOfRange(..)
            ) =>
            {
                Self::Damaged(error.to_string())
            }
            _ => Self::Sqlite(error.to_string()),
        }
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

impl From<rusqlite::Error> for PlanError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Journal(error.into())
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
            Self::Exists => f.write_str("it exists"),
            Self::Leftover(file) => {
                write!(f, "{file:?} is left of another journal of that name; move it away, or take another name")
            }
            Self::NotAJournal => f.write_str("no journal of a rotation"),
            Self::Newer => f.write_str("made by a later release of sip-password; take that"),
            Self::InUse => f.write_str("another process has it open; two would send the same phone two passwords"),
            Self::ReadOnly => f.write_str("it cannot be written"),
            Self::Full => f.write_str("the disk is full; make room, and go on"),
            Self::Gone { restored: true } => f.write_str(
                "it was removed or replaced while it was in use; what was in it has been written to its place again",
            ),
            Self::Gone { restored: false } => f.write_str(
                "it was removed or replaced while it was in use, and what was in it could not be written again",
            ),
            Self::Damaged(place) => write!(f, "it is damaged: {place}; take a copy of it"),
            Self::WrongKey => f.write_str("the key is another one than that which it was planned with"),
            Self::Mismatch { what, journal } => {
                write!(f, "it was planned with another {what}: {journal}; take another journal, or that {what}")
            }
            Self::Io(io::ErrorKind::NotFound) => f.write_str("there is no such file or directory"),
            Self::Io(kind) => write!(f, "{kind}"),
            Self::Sqlite(what) => f.write_str(what),
        }
    }
}

impl core::error::Error for JournalError {}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accounts(error) => error.fmt(f),
            Self::Journal(error) => error.fmt(f),
            Self::Generate(error) => f.write_str(error),
        }
    }
}

impl core::error::Error for PlanError {}
