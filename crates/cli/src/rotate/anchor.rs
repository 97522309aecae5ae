//! Unlocking a journal, and noticing that it was edited or is an older copy.

use std::{
    env,
    path::{Path, PathBuf},
};

use clap::Args;
use sip_password_rotate::{Integrity, Journal, JournalError, Key};

use super::journal::journal_error;
use crate::error::CommandError;

#[derive(Args)]
pub(super) struct OlderCopy {
    /// Resume from an older copy of the journal, such as a restored backup, because no newer one exists. Phones that were changed since may have passwords that this copy does not show
    #[arg(long)]
    accept_older_copy: bool,
}

impl OlderCopy {
    pub(super) const fn is_accepted(&self) -> bool {
        self.accept_older_copy
    }
}

/// Unlocks a journal for a command that changes it. An error if it was edited as a whole, or is an older copy that was not accepted.
pub(super) fn unlock(
    journal: &mut Journal,
    key: &Key,
    older: &OlderCopy,
    path: &Path,
) -> Result<(), CommandError> {
    journal.unlock(key).map_err(journal_error(path))?;
    anchor(journal, older.accept_older_copy, path)?;
    journal.check_integrity().map_err(journal_error(path))
}

/// As [`unlock`], for a command that changes nothing: an older copy is accepted only for this once.
pub(super) fn unlock_for_dry_run(
    journal: &mut Journal,
    key: &Key,
    older: &OlderCopy,
    path: &Path,
) -> Result<(), CommandError> {
    if !older.accept_older_copy {
        return unlock(journal, key, older, path);
    }
    journal.unlock(key).map_err(journal_error(path))?;
    journal.check_integrity().map_err(journal_error(path))
}

/// Unlocks a journal, and compares it with its anchor. [`Journal::integrity`] says what was noticed.
pub(super) fn unlock_to_read(
    journal: &mut Journal,
    key: &Key,
    accepts_older: bool,
    path: &Path,
) -> Result<(), CommandError> {
    journal.unlock(key).map_err(journal_error(path))?;
    compare(journal, accepts_older, path).map(drop)
}

/// Compares an unlocked journal that is to be changed with its anchor, and keeps that up to date; reports if there can be none.
/// [`Journal::integrity`] says what was noticed.
pub(super) fn anchor(journal: &mut Journal, accepts_older: bool, path: &Path) -> Result<(), CommandError> {
    let is_anchored = compare(journal, accepts_older, path)?;
    if !is_anchored && matches!(journal.integrity(), Integrity::Intact | Integrity::DamagedRows(_)) {
        let place = match directory() {
            Some(directory) => {
                format!("the anchor of the journal in {directory:?} cannot be read or written")
            }
            None => format!("there is no place for the anchor of the journal: {EXPECTED}, found none"),
        };
        crate::report(&format!("sip-password: {place}; an older copy of the journal would not be noticed"));
    }
    Ok(())
}

/// Compares an unlocked journal with its anchor. Returns whether it has one.
fn compare(journal: &mut Journal, accepts_older: bool, path: &Path) -> Result<bool, CommandError> {
    let Some(directory) = directory() else { return Ok(false) };
    match journal.anchor(&directory, accepts_older) {
        Err(JournalError::Edited(_) | JournalError::OlderCopy { .. }) => Ok(true),
        anchored => anchored.map_err(journal_error(path)),
    }
}

const EXPECTED: &str = if cfg!(windows) {
    "expected an absolute path in LOCALAPPDATA"
} else {
    "expected an absolute path in XDG_STATE_HOME or HOME"
};

/// Where the anchors of the user's journals are: the directory for state of the XDG Base Directory Specification. Somebody who can write the
/// journal on a shared disk, or who restores it from a backup, does not change this one.
fn directory() -> Option<PathBuf> {
    let variable = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = match cfg!(windows) {
        true => variable("LOCALAPPDATA"),
        false => variable("XDG_STATE_HOME").or_else(|| Some(variable("HOME")?.join(".local/state"))),
    };
    Some(state?.join("sip-password"))
}
