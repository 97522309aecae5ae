//! What a journal knows of each phone: shown, exported, forgotten.

use core::time::Duration;
use std::{
    string::String,
    time::{SystemTime, UNIX_EPOCH},
    vec::Vec,
};

use rusqlite::{Row as SqlRow, params};

use super::{Journal, get, schema::NAME_SEPARATOR, state::RotationState};
use crate::error::JournalError;

/// A phone, as the journal has it.
#[derive(Debug)]
#[non_exhaustive]
pub struct PhoneRecord<'a> {
    /// The line of the accounts file.
    pub line: u64,
    /// Its names, in the order of [`Journal::columns`].
    pub names: Vec<&'a str>,
    /// What is known of it.
    pub state: RotationState,
    /// How often it was sent; the calls by which one that was refused is narrowed down are not counted.
    pub tries: u32,
    /// When the last call was made; none where there was none.
    pub sent: Option<SystemTime>,
    /// When it was known what became of that; none where there was none, or where the process ended before.
    pub changed: Option<SystemTime>,
    /// Why it is not confirmed; empty where there is nothing to say.
    pub why: &'a str,
}

impl Journal {
    /// Shows every phone of these states, in the order of the accounts file, as long as `see` says so.
    ///
    /// # Errors
    ///
    /// [`JournalError`], and what `see` returns.
    pub fn phones<E: From<JournalError>>(
        &self,
        states: &[RotationState],
        mut see: impl FnMut(&PhoneRecord<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each(states, |_, record| see(record))
    }

    /// Shows every phone of these states with its new password, where it has or may have it: of the confirmed ones, and of
    /// those of which nobody knows. The password is empty where it was forgotten too.
    ///
    /// # Errors
    ///
    /// [`JournalError`], and what `see` returns. [`JournalError::WrongKey`] where it is not unlocked.
    pub fn passwords<E: From<JournalError>>(
        &self,
        states: &[RotationState],
        mut see: impl FnMut(&PhoneRecord<'_>, &str) -> Result<(), E>,
    ) -> Result<(), E> {
        let seal = self.seal()?;
        self.each(states, |row, record| match record.state {
            RotationState::Confirmed | RotationState::Unknown => {
                see(record, &self.secrets(seal, row)?.new_password)
            }
            _ => see(record, ""),
        })
    }

    pub(super) fn each<E: From<JournalError>>(
        &self,
        states: &[RotationState],
        mut see: impl FnMut(&SqlRow<'_>, &PhoneRecord<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = |error: rusqlite::Error| JournalError::from(error);
        let mut select = self.connection.prepare("SELECT * FROM phones ORDER BY id").map_err(sql)?;
        let mut phones = select.query([]).map_err(sql)?;
        while let Some(row) = phones.next().map_err(sql)? {
            let (name, why): (String, String) = (get(row, "name")?, get(row, "why")?);
            let state = RotationState::from_sql(get(row, "state")?)?;
            if !states.contains(&state) {
                continue;
            }
            let time = |column| -> Result<Option<SystemTime>, JournalError> {
                let millis: Option<i64> = get(row, column)?;
                let millis = millis.and_then(|millis| u64::try_from(millis).ok());
                Ok(millis.and_then(|millis| UNIX_EPOCH.checked_add(Duration::from_millis(millis))))
            };
            let record = PhoneRecord {
                line: get::<i64>(row, "line")?.unsigned_abs(),
                names: name.split(NAME_SEPARATOR).collect(),
                state,
                tries: get(row, "tries")?,
                sent: time("sent")?,
                changed: time("changed")?,
                why: &why,
            };
            see(row, &record)?;
        }
        Ok(())
    }

    /// Notes that the passwords of the confirmed phones are safe elsewhere: [`Journal::forget`] may then forget them.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn mark_exported(&mut self) -> Result<(), JournalError> {
        self.step(|journal| {
            let confirmed = RotationState::Confirmed.to_sql();
            journal.execute("UPDATE phones SET exported = 1 WHERE state = ?", params![confirmed]).map(drop)
        })
    }

    /// Notes that what was exported may be safe nowhere else any more: [`Journal::forget`] forgets nothing until the next
    /// [`Journal::mark_exported`].
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn unmark_exported(&mut self) -> Result<(), JournalError> {
        self.step(|journal| journal.execute("UPDATE phones SET exported = 0 WHERE exported", []).map(drop))
    }

    /// How many confirmed phones' passwords it has forgotten: what they were exported to may be all that knows them.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn forgotten(&self) -> Result<u64, JournalError> {
        let mut select = self
            .connection
            .prepare("SELECT count(*) FROM phones WHERE state = ? AND new_password IS NULL")?;
        let found: i64 = select.query_one([RotationState::Confirmed.to_sql()], |row| row.get(0))?;
        Ok(found.unsigned_abs())
    }

    /// Overwrites the secrets of the confirmed phones that were exported. How many these are, and how many confirmed ones were
    /// not exported and are kept.
    ///
    /// The file system, or the disk itself, may keep copies.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn forget(&mut self) -> Result<(u64, u64), JournalError> {
        let confirmed = RotationState::Confirmed.to_sql();
        let forgotten = self.step(|journal| {
            journal.execute(
                "UPDATE phones SET new_password = NULL, account_password = NULL \
                 WHERE state = ? AND exported AND new_password IS NOT NULL",
                params![confirmed],
            )
        })?;
        // Out of the log of what is to be written, too.
        self.execute_all("PRAGMA wal_checkpoint(TRUNCATE)")?;
        let kept: i64 = self.connection.query_one(
            "SELECT count(*) FROM phones WHERE state = ? AND NOT exported",
            [confirmed],
            |row| row.get(0),
        )?;
        Ok((forgotten as u64, kept.unsigned_abs()))
    }
}
