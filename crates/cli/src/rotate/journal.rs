//! Opening a journal, and its errors as the command reports them.

use std::path::Path;

use sip_password_rotate::{Journal, JournalError};

use crate::{
    error::{CommandError, name_of},
    permissions::is_shared,
};

/// Opens a journal. Warns if others can read it.
pub(super) fn open(path: &Path) -> Result<Journal, CommandError> {
    warned(Journal::open(path), path)
}

/// Opens a journal only to read it.
pub(super) fn open_to_read(path: &Path) -> Result<Journal, CommandError> {
    warned(Journal::open_to_read(path), path)
}

/// Opens a journal; only to read it, if a rotation is running. Returns whether one is.
pub(super) fn open_or_read(path: &Path) -> Result<(Journal, bool), CommandError> {
    match Journal::open(path) {
        Err(JournalError::InUse) => Ok((open_to_read(path)?, true)),
        opened => Ok((warned(opened, path)?, false)),
    }
}

fn warned(opened: Result<Journal, JournalError>, path: &Path) -> Result<Journal, CommandError> {
    let journal = opened.map_err(journal_error(path))?;
    if path.metadata().is_ok_and(|metadata| is_shared(&metadata)) {
        crate::report(&format!(
            "sip-password: {path:?} can be read by others than its owner; run chmod 600 on it"
        ));
    }
    Ok(journal)
}

/// For `map_err`: an error of the journal at this path.
pub(super) fn journal_error(path: &Path) -> impl FnOnce(JournalError) -> CommandError {
    move |error| {
        let option = match error {
            JournalError::Mismatch { what: "policy", .. } => " (--policy-file)",
            JournalError::Mismatch { what: "set of extra headers", .. } => {
                " (--header; without it, those of the journal are used)"
            }
            JournalError::OlderCopy { .. } => " (--accept-older-copy)",
            _ => "",
        };
        CommandError::new(format!("the journal {}: {error}{option}", name_of(path)))
    }
}

/// Why a journal's phones could not all be visited: the journal has an error, or the visitor.
pub(super) enum VisitError {
    Journal(JournalError),
    Visitor(CommandError),
}

impl From<JournalError> for VisitError {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl From<CommandError> for VisitError {
    fn from(error: CommandError) -> Self {
        Self::Visitor(error)
    }
}

impl VisitError {
    /// For `map_err`, with the journal's path.
    pub(super) fn at(path: &Path) -> impl FnOnce(Self) -> CommandError {
        move |error| match error {
            Self::Journal(error) => journal_error(path)(error),
            Self::Visitor(error) => error,
        }
    }
}
