//! Unlocking a journal, and noticing that it was edited or is an older copy.

use std::{
    env,
    path::{Path, PathBuf},
};

use clap::Args;
use sip_password_rotate::{Journal, JournalError, Key};

use super::journal::journal_error;
use crate::error::CommandError;

#[derive(Args)]
pub(super) struct OlderCopy {
    /// Go on from a journal that is an older copy, such as a restored backup, because no newer one exists. Phones that were changed since may have passwords that this copy does not show
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
    unlock_to_read(journal, key, older.accept_older_copy, path)?;
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
    anchor(journal, accepts_older, path)
}

/// Compares an unlocked journal with its anchor, and keeps it up to date. [`Journal::integrity`] says what was noticed.
pub(super) fn anchor(journal: &mut Journal, accepts_older: bool, path: &Path) -> Result<(), CommandError> {
    // Without a place for anchors, and without an anchor, older copies are not noticed: the documentation says so.
    let Some(directory) = directory() else { return Ok(()) };
    match journal.anchor(&directory, accepts_older) {
        Ok(_) | Err(JournalError::Edited(_) | JournalError::OlderCopy { .. }) => Ok(()),
        Err(error) => Err(journal_error(path)(error)),
    }
}

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
