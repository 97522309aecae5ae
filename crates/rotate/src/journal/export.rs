//! What a journal knows of each phone: read, exported, forgotten.

use core::{fmt, time::Duration};
use std::{
    format,
    string::String,
    time::{SystemTime, UNIX_EPOCH},
    vec::Vec,
};

use zeroize::Zeroizing;

use super::{
    Journal,
    claims::FOREIGN,
    encryption::SecretKind,
    integrity::Verdict,
    name_for_message,
    provisioning::RegisteredWith,
    record,
    rows::{PhoneRow, Stored, select_phones},
    state::RotationState,
};
use crate::error::{JournalError, SqlResult};

/// A phone in the journal.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PhoneRecord<'a> {
    /// The line of the accounts file; the first is 1. It is 0 for a phone that is not in the file, and that a reply of the vendor named.
    pub line: u64,
    /// The phone's names, in the order of [`Journal::columns`].
    pub names: Vec<&'a str>,
    /// The phone's row of the accounts file, in the order of [`Journal::accounts_columns`]: its names, and what the other columns have. Only
    /// [`Journal::passwords`] reads the other columns, which are encrypted; elsewhere, for a phone that is in no line of the file, and
    /// where they are damaged, they are empty.
    pub fields: Vec<&'a str>,
    /// How far the rotation of the phone is.
    pub state: RotationState,
    /// How many calls were made for the phone, without those that halve a refused call.
    pub calls: u32,
    /// When the last call was made, if one was.
    pub sent: Option<SystemTime>,
    /// When the outcome of the last call was known; `None` if no call was made, or the process ended before.
    pub changed: Option<SystemTime>,
    /// Why the phone is not confirmed; empty if there is nothing to say. For messages: [`display_text`](crate::display_text).
    pub reason: &'a str,
    /// Whether [`Journal::mark_exported`] has marked the phone.
    pub exported: bool,
    /// When the new password was handed on to the phone: [`Journal::provision`].
    pub provisioned: Option<SystemTime>,
    /// Why the last attempt at that failed; empty if none did. For messages: [`display_text`](crate::display_text).
    pub provisioning: &'a str,
    /// Which password a registrar accepted when it was last asked: [`Journal::ask_registrar`].
    pub registered: Option<RegisteredWith>,
    /// When it was asked.
    pub asked: Option<SystemTime>,
    /// Whether somebody else, or a bad disk, changed the journal's row of this phone: nothing of it is certain, its state is
    /// [`RotationState::Unknown`], and it is not sent. Without the key, most changes are not noticed.
    pub damaged: bool,
}

/// The passwords that a phone may have, apart from its old one.
#[derive(Clone, Copy)]
pub struct PhonePasswords<'a> {
    /// The new password; empty for a phone that certainly has its old one, and where it was forgotten. Nothing is certain in a journal
    /// that was edited, or that is an older copy.
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
        self.unlocked()?;
        self.visit(states, |row, record| {
            // In a journal that was edited or is an older copy, a phone of these states may have its new password all the same.
            let is_unchanged = matches!(self.verdict, Verdict::Usable)
                && matches!(record.state, RotationState::Planned | RotationState::Refused);
            // As many as can be decrypted: each is bound to its phone, whatever happened to the rest of the row.
            let mut damaged = None;
            let mut open = |stored: &Stored, kind| match self.open_secret(row, stored, kind) {
                Ok(secret) => Ok(secret),
                Err(JournalError::Damaged(place)) => {
                    damaged = Some(place);
                    Ok(Zeroizing::default())
                }
                Err(error) => Err(error),
            };
            let new = match is_unchanged {
                true => Zeroizing::default(),
                false => open(&row.new_password, SecretKind::New)?,
            };
            let vendor = open(&row.vendor_password, SecretKind::Vendor)?;
            let others = record::read(&open(&row.other_fields, SecretKind::Fields)?);
            let passwords = PhonePasswords { new: &new, vendor: &vendor };
            let others: Vec<&str> = others.iter().map(String::as_str).collect();
            let fields = self.in_order(&record.names, &others);
            match damaged {
                Some(place) if !record.damaged => {
                    let reason = format!("the journal is damaged: {place}");
                    visit(
                        &PhoneRecord { fields, damaged: true, reason: &reason, ..record.clone() },
                        passwords,
                    )
                }
                _ => visit(&PhoneRecord { fields, ..record.clone() }, passwords),
            }
        })
    }

    /// The row of a phone with these names and other fields, in the order of the accounts file.
    fn in_order<'a>(&self, names: &[&'a str], others: &[&'a str]) -> Vec<&'a str> {
        let mut others = others.iter().copied();
        let field = |column: &String| match self.columns().position(|name| name == column) {
            Some(place) => names[place],
            None => others.next().unwrap_or_default(),
        };
        self.accounts_columns.iter().map(field).collect()
    }

    pub(super) fn visit<E: From<JournalError>>(
        &self,
        states: &[RotationState],
        mut visit: impl FnMut(&PhoneRow, &PhoneRecord<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut select = self.connection.prepare(select_phones!("ORDER BY id")).sql()?;
        let mut phones = select.query([]).sql()?;
        while let Some(row) = phones.next().sql()? {
            let row = PhoneRow::read(row)?;
            let damaged;
            let (state, is_damaged, reason) = match self.authentic(&row).map(|known| known.state) {
                Ok(RotationState::Sending) => (RotationState::Unknown, false, IN_FLIGHT),
                Ok(state) => (state, false, &*row.reason),
                Err(_) => {
                    let name = name_for_message(&row.name);
                    damaged = format!("the journal is damaged: the row of {name} was changed");
                    (RotationState::Unknown, true, &*damaged)
                }
            };
            if !states.contains(&state) {
                continue;
            }
            let record = PhoneRecord { damaged: is_damaged, ..self.phone_record(&row, state, reason, &[]) };
            visit(&row, &record)?;
        }
        Ok(())
    }

    /// The phone in this row, with its other fields.
    pub(super) fn phone_record<'a>(
        &self,
        row: &'a PhoneRow,
        state: RotationState,
        reason: &'a str,
        others: &[&'a str],
    ) -> PhoneRecord<'a> {
        let names = self.fields(&row.name);
        PhoneRecord {
            line: row.line.unsigned_abs(),
            fields: self.in_order(&names, others),
            names,
            state,
            calls: u32::try_from(row.calls).unwrap_or(u32::MAX),
            sent: row.sent.and_then(time),
            changed: row.changed.and_then(time),
            reason,
            exported: row.exported != 0,
            provisioned: row.provisioned.and_then(time),
            provisioning: &row.provisioning,
            registered: row.registered.and_then(RegisteredWith::from_sql),
            asked: row.asked.and_then(time),
            damaged: false,
        }
    }

    /// Notes that the passwords of the confirmed phones are safe elsewhere, so that [`forget`](Self::forget) may forget them.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn mark_exported(&mut self) -> Result<(), JournalError> {
        self.step(|journal| {
            let query = select_phones!("WHERE id > ? AND NOT exported ORDER BY id LIMIT 256");
            let is_confirmed = |state| state == RotationState::Confirmed;
            journal
                .change_all(query, |_, known| is_confirmed(known.state), |row, _| row.exported = 1)
                .map(drop)
        })
    }

    /// Notes that an earlier export may be lost: [`forget`](Self::forget) forgets nothing until the next
    /// [`mark_exported`](Self::mark_exported).
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn unmark_exported(&mut self) -> Result<(), JournalError> {
        self.step(|journal| {
            let query = select_phones!("WHERE id > ? AND exported ORDER BY id LIMIT 256");
            journal.change_all(query, |_, _| true, |row, _| row.exported = 0).map(drop)
        })
    }

    /// How many phones' passwords the journal has forgotten: a file to which they were exported may be the only copy. So may
    /// it be for a damaged row without a password; these count, too.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn forgotten(&self) -> Result<u64, JournalError> {
        // Whatever their states: a reply to another call can make a confirmed phone unknown.
        let mut forgotten =
            self.count("SELECT count(*) FROM phones WHERE line <> ? AND new_password IS NULL", FOREIGN)?;
        for id in &self.damaged {
            let row = self.row(*id)?;
            let is_counted = row.new_password.is_none() && row.line != FOREIGN;
            let has_password = row.new_password.is_some()
                && self.open_secret(&row, &row.new_password, SecretKind::New).is_ok();
            forgotten += u64::from(!is_counted && !has_password);
        }
        Ok(forgotten)
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
        let forgotten = self.step(|journal| {
            let query = select_phones!(
                "WHERE id > ? AND exported AND new_password IS NOT NULL ORDER BY id LIMIT 256"
            );
            journal.change_all(
                query,
                |_, known| known.state == RotationState::Confirmed,
                |row, _| (row.new_password, row.account_password) = (None, None),
            )
        })?;
        // SQLite's log has them too.
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        if self.connection.query_one(checkpoint, [], |row| row.get::<_, bool>(0)).sql()? {
            // Somebody reads it.
            return Err(JournalError::InUse);
        }
        let confirmed = RotationState::Confirmed.to_sql();
        let kept = self.count("SELECT count(*) FROM phones WHERE state = ? AND NOT exported", confirmed)?;
        Ok((forgotten, kept))
    }

    /// What this query counts with its parameter.
    fn count(&self, query: &str, parameter: i64) -> Result<u64, JournalError> {
        let found: i64 = self.connection.query_one(query, [parameter], |row| row.get(0)).sql()?;
        Ok(found.unsigned_abs())
    }
}

pub(super) const IN_FLIGHT: &str =
    "the call is in flight, or the process ended before its reply was recorded";

fn time(millis: i64) -> Option<SystemTime> {
    UNIX_EPOCH.checked_add(Duration::from_millis(u64::try_from(millis).ok()?))
}
