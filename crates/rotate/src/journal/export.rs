//! What a journal knows of each phone: read, exported, forgotten.

use core::{fmt, time::Duration};
use std::{
    format,
    string::String,
    time::{SystemTime, UNIX_EPOCH},
    vec::Vec,
};

use rusqlite::{Row, types::FromSql};

use super::{Journal, state::RotationState};
use crate::error::{JournalError, SqlResult};

/// A phone in the journal.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PhoneRecord<'a> {
    /// The line of the accounts file; the first is 1. It is 0 for a phone that is not in the file, and that a reply of the vendor named.
    pub line: u64,
    /// The phone's names, in the order of [`Journal::columns`].
    pub names: Vec<&'a str>,
    /// How far the rotation of the phone is.
    pub state: RotationState,
    /// How many calls were made for the phone, without those that halve a refused call.
    pub calls: u32,
    /// When the last call was made, if one was.
    pub sent: Option<SystemTime>,
    /// When the outcome of the last call was known; `None` if no call was made, or the process ended before.
    pub changed: Option<SystemTime>,
    /// Why the phone is not confirmed; empty if there is nothing to say.
    pub reason: &'a str,
    /// Whether the journal's row of this phone was changed or damaged: nothing of it is certain, and it is not sent.
    pub damaged: bool,
}

/// The passwords that a phone may have, apart from its old one.
#[derive(Clone, Copy)]
pub struct PhonePasswords<'a> {
    /// The new password; empty for a phone that certainly has its old one, and where it was forgotten.
    pub new: &'a str,
    /// What the vendor reported in place of the new one; empty if it reported nothing else.
    pub vendor: &'a str,
}

/// Redacted.
impl fmt::Debug for PhonePasswords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhonePasswords(redacted)")
    }
}

impl Journal {
    /// Calls `visit` with every phone in one of these states, in the order of the accounts file, until it returns an error.
    ///
    /// # Errors
    ///
    /// [`JournalError`], and what `visit` returns.
    pub fn phones<E: From<JournalError>>(
        &self,
        states: &[RotationState],
        mut visit: impl FnMut(&PhoneRecord<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.visit(states, |_, record| visit(record))
    }

    /// As [`phones`](Self::phones), with the passwords that each phone may have.
    ///
    /// # Errors
    ///
    /// [`JournalError`], and what `visit` returns. [`JournalError::WrongKey`] if the journal is not unlocked.
    pub fn passwords<E: From<JournalError>>(
        &self,
        states: &[RotationState],
        mut visit: impl FnMut(&PhoneRecord<'_>, PhonePasswords<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let seal = self.seal()?;
        self.visit(states, |row, record| {
            let secrets = match self.secrets(seal, row) {
                Ok(secrets) => secrets,
                Err(JournalError::Damaged(place)) => {
                    let reason = format!("the journal is damaged: {place}");
                    let record = PhoneRecord { damaged: true, reason: &reason, ..record.clone() };
                    return visit(&record, PhonePasswords { new: "", vendor: "" });
                }
                Err(error) => return Err(error.into()),
            };
            let is_unchanged = matches!(record.state, RotationState::Planned | RotationState::Refused);
            let new = if is_unchanged { "" } else { secrets.new_password.as_str() };
            visit(record, PhonePasswords { new, vendor: &secrets.vendor_password })
        })
    }

    pub(super) fn visit<E: From<JournalError>>(
        &self,
        states: &[RotationState],
        mut visit: impl FnMut(&Row<'_>, &PhoneRecord<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut select = self.connection.prepare("SELECT * FROM phones ORDER BY id").sql()?;
        let mut phones = select.query([]).sql()?;
        while let Some(row) = phones.next().sql()? {
            let (state, damaged, in_flight) = match RotationState::from_sql(get(row, "state")?) {
                Ok(RotationState::Sending) => (RotationState::Unknown, false, true),
                Ok(state) => (state, false, false),
                Err(_) => (RotationState::Unknown, true, false),
            };
            if !states.contains(&state) {
                continue;
            }
            let (name, reason): (String, String) = (get(row, "name")?, get(row, "reason")?);
            let record = PhoneRecord {
                line: get::<i64>(row, "line")?.unsigned_abs(),
                names: self.fields(&name),
                state,
                calls: get(row, "calls")?,
                sent: time(row, "sent")?,
                changed: time(row, "changed")?,
                reason: match (damaged, in_flight) {
                    (true, _) => "the journal is damaged: the phone's state",
                    (false, true) => {
                        "the call is in flight, or the process ended before its reply was recorded"
                    }
                    (false, false) => &reason,
                },
                damaged,
            };
            visit(row, &record)?;
        }
        Ok(())
    }

    /// Notes that the passwords of the confirmed phones are safe elsewhere, so that [`forget`](Self::forget) may forget them.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn mark_exported(&mut self) -> Result<(), JournalError> {
        let confirmed = RotationState::Confirmed.to_sql();
        self.step(|journal| {
            journal.execute("UPDATE phones SET exported = 1 WHERE state = ?", [confirmed]).map(drop)
        })
    }

    /// Notes that an earlier export may be lost: [`forget`](Self::forget) forgets nothing until the next
    /// [`mark_exported`](Self::mark_exported).
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn unmark_exported(&mut self) -> Result<(), JournalError> {
        self.step(|journal| journal.execute("UPDATE phones SET exported = 0 WHERE exported", []).map(drop))
    }

    /// How many confirmed phones' passwords the journal has forgotten: a file to which they were exported may be the only copy.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn forgotten(&self) -> Result<u64, JournalError> {
        self.count("SELECT count(*) FROM phones WHERE state = ? AND new_password IS NULL")
    }

    /// Overwrites the secrets of the confirmed phones that were exported. Returns how many it forgot, and how many confirmed phones it
    /// kept because they were not exported.
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
                [confirmed],
            )
        })?;
        // SQLite's log has them too.
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        if self.connection.query_one(checkpoint, [], |row| row.get::<_, bool>(0)).sql()? {
            // Somebody reads it.
            return Err(JournalError::InUse);
        }
        let kept = self.count("SELECT count(*) FROM phones WHERE state = ? AND NOT exported")?;
        Ok((forgotten as u64, kept))
    }

    /// What this query counts among the confirmed phones.
    fn count(&self, query: &str) -> Result<u64, JournalError> {
        let confirmed = RotationState::Confirmed.to_sql();
        let found: i64 = self.connection.query_one(query, [confirmed], |row| row.get(0)).sql()?;
        Ok(found.unsigned_abs())
    }
}

fn get<T: FromSql>(row: &Row<'_>, column: &str) -> Result<T, JournalError> {
    row.get(column).sql()
}

fn time(row: &Row<'_>, column: &str) -> Result<Option<SystemTime>, JournalError> {
    let millis: Option<i64> = get(row, column)?;
    let millis = millis.and_then(|millis| u64::try_from(millis).ok());
    Ok(millis.and_then(|millis| UNIX_EPOCH.checked_add(Duration::from_millis(millis))))
}
