//! What to do next, on standard error.

use std::path::Path;

use sip_password_rotate::{Integrity, Journal, Protection};

use super::{
    journal::journal_error,
    summary::{Counts, Summary},
};
use crate::error::CommandError;

/// The lines to print after a summary.
pub(super) fn lines(
    summary: &Summary<'_>,
    journal: &Journal,
    path: &Path,
) -> Result<Vec<String>, CommandError> {
    let Counts { confirmed, unknown, to_send, .. } = summary.counts;
    let retried = journal.to_send(true).map_err(journal_error(path))?.saturating_sub(to_send);
    let mut lines = Vec::new();
    if let Some(reason) = summary.stopped {
        lines.push(format!("sip-password: stopped early: {reason}"));
    }
    if to_send > 0 {
        lines.push(format!("The same command resumes, with {to_send} of the phones."));
    }
    if retried > 0 {
        lines.push(format!(
            "The vendor refused {retried}. After the cause was found, the same command with --retry-refused sends them again."
        ));
    }
    let damaged = match journal.integrity() {
        Integrity::DamagedRows(rows) => rows as u64,
        _ => 0,
    };
    if damaged > 0 {
        lines.push(format!(
            "Somebody else changed the rows of {damaged} in the journal, so nothing is sent for them. Find out with which password these \
             phones register; for those that need another one, plan a new journal with only their rows."
        ));
    }
    if journal.at_risk().map_err(journal_error(path))? > 0 {
        lines.push(
            "Some accounts get no more calls with these passwords, because one more failed check could lock them. If the vendor \
             refused an account's password, correct it in the accounts file: --retry-refused takes it from there, and sends the \
             phone once more if only one call was made for it. Otherwise find out with which password the phone registers."
                .into(),
        );
    }
    if unknown > 0 {
        lines.push(
            "An unknown phone has its old password, the new one, or one that the vendor reported: keep them all.".into(),
        );
    }
    let forgotten = journal.forgotten().map_err(journal_error(path))?;
    if confirmed + unknown > forgotten {
        let not_forgotten = if forgotten > 0 { " that are not forgotten" } else { "" };
        let key = match journal.protection() {
            Protection::Plaintext => "",
            Protection::Bytes | Protection::Passphrase => ", with the same key",
        };
        lines.push(format!(
            "For the new passwords{not_forgotten}: sip-password rotate export --journal {path:?} --output FILE{key}"
        ));
    }
    Ok(lines)
}
