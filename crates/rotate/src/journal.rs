//! The journal: what was planned, what was sent, and what became of it, on disk before anything else happens.

mod compare;
mod encryption;
mod export;
mod place;
mod plan;
mod schema;
mod state;

#[cfg(test)]
mod fault_injection;
#[cfg(test)]
mod lockout_tests;
#[cfg(test)]
mod numbers;

use core::time::Duration;
use std::{
    format,
    path::{Path, PathBuf},
    string::String,
    time::{SystemTime, UNIX_EPOCH},
    vec::Vec,
};

use rusqlite::{Connection, OpenFlags, Params, Row, params};
use sip_password::api::lockout::{LockoutEffect, MAX_FAILED_CHECKS, checks_after};
use zeroize::Zeroizing;

use self::{
    encryption::{KEY_CHECK, Seal, SecretKind, context},
    place::{JournalFile, persist, remove_side_files, temporary_beside},
    schema::{Header, NAME_SEPARATOR, is_open},
};
pub use self::{
    encryption::{Key, Protection},
    export::PhoneRecord,
    plan::{Draft, Plan},
    state::{RotationState, StateCounts},
};
use crate::{
    error::{JournalError, SqlResult},
    fleet::{Fleet, PhoneOutcome, PhoneReport, PhoneUpdate},
};

/// A rotation on disk: an SQLite file that only its owner can read.
///
/// The file has every password, encrypted, before the first call is made, and every call before it is made. Each step is on disk
/// before the next begins (`synchronous = FULL`). So after a crash at any instant the journal knows the phone's password: the old one
/// or the one in the journal; and to send that again is harmless.
///
/// One process at a time can have a journal open. [`Journal::open`] is enough for everything that needs no password;
/// [`Journal::unlock`] gives access to the passwords.
pub struct Journal {
    connection: Connection,
    /// Opens every secret; `None` until [`Journal::unlock`].
    seal: Option<Seal>,
    header: Header,
    counts: StateCounts,
    file: JournalFile,
}

/// A phone that a worker holds, until [`Journal::record`] is told the outcome.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim {
    id: i64,
    /// The failed checks behind the account before this call; `None` if the vendor locks no accounts.
    checks: Option<u8>,
}

impl Claim {
    /// The phone's place in the order of the journal.
    pub(crate) const fn id(self) -> i64 {
        self.id
    }
}

/// A phone that a worker is to send.
pub(crate) struct Claimed {
    pub(crate) claim: Claim,
    name: String,
    account_password: Zeroizing<String>,
    new_password: Zeroizing<String>,
}

impl Journal {
    /// Opens a journal, and locks every other process out. Calls that were in flight when it was last used now have the state
    /// [`RotationState::Unknown`].
    ///
    /// Cost: the whole file is read once.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let file = JournalFile::open(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Self::with_connection(Connection::open_with_flags(path, flags).sql()?, file)
    }

    fn with_connection(connection: Connection, file: JournalFile) -> Result<Self, JournalError> {
        connection.busy_timeout(Duration::ZERO).sql()?;
        // The first write takes the lock, and this keeps it.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE").sql()?;
        // Before anything is written: the file may be another program's.
        Header::check_file(&connection)?;
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).sql()?;
        connection.execute_batch("BEGIN EXCLUSIVE; COMMIT").sql()?;
        connection.pragma_update(None, "synchronous", "FULL").sql()?;
        // Forgotten secrets are overwritten.
        connection.pragma_update_and_check(None, "secure_delete", "ON", |_| Ok(())).sql()?;
        let header = Header::read(&connection)?;
        connection
            .execute(
                concat!(
                    "UPDATE phones SET state = ?, uncertain = 1, changed = NULL, reason = ? WHERE state = ? AND ",
                    is_open!()
                ),
                params![
                    RotationState::Unknown.to_sql(),
                    "the process ended before the reply was recorded",
                    RotationState::Sending.to_sql()
                ],
            )
            .sql()?;
        let counts = StateCounts::read(&connection)?;
        Ok(Self { connection, seal: None, header, counts, file })
    }

    /// The files that SQLite keeps beside the journal at this path while it is open, and leaves there after a crash. Nothing else may
    /// use these names.
    pub fn side_files(path: &Path) -> [PathBuf; 3] {
        place::side_files(path)
    }

    /// Which kind of key opens the journal.
    pub const fn protection(&self) -> Protection {
        self.header.protection
    }

    /// The vendor's name: [`Fleet::vendor`].
    pub fn vendor(&self) -> &str {
        &self.header.vendor
    }

    /// The columns that name a phone: [`Fleet::columns`].
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.header.columns.split(',')
    }

    /// The length of the new passwords, in characters.
    pub const fn length(&self) -> usize {
        self.header.length
    }

    /// The characters of which the new passwords are made.
    pub fn alphabet(&self) -> &str {
        &self.header.alphabet
    }

    /// The number of phones in each state.
    pub const fn counts(&self) -> StateCounts {
        self.counts
    }

    /// Gives access to the passwords.
    ///
    /// # Errors
    ///
    /// [`JournalError::WrongKey`].
    pub fn unlock(&mut self, key: &Key) -> Result<(), JournalError> {
        if key.protection() != self.header.protection {
            return Err(JournalError::WrongKey);
        }
        let seal = Seal::new(key, &self.header.salt);
        match seal.open(&self.header.key_check, &self.header.salt) {
            Ok(found) if *found == KEY_CHECK => self.seal = Some(seal),
            _ => return Err(JournalError::WrongKey),
        }
        Ok(())
    }

    fn seal(&self) -> Result<&Seal, JournalError> {
        self.seal.as_ref().ok_or(JournalError::WrongKey)
    }

    /// The phone in this row, with its secrets decrypted.
    fn secrets(&self, seal: &Seal, phone: &Row<'_>) -> Result<Claimed, JournalError> {
        let name: String = phone.get("name").sql()?;
        let open = |column: &str, kind| -> Result<Zeroizing<String>, JournalError> {
            let sealed = phone.get_ref(column).sql()?.as_blob_or_null();
            let sealed = sealed.map_err(|_| JournalError::Damaged(format!("a phone's {column}")))?;
            let Some(sealed) = sealed else { return Ok(Zeroizing::default()) };
            seal.open(sealed, &context(&self.header.salt, &name, kind)).map_err(|_| {
                let name = display_stored_name(&name);
                JournalError::Damaged(format!("the {column} of {name} was changed"))
            })
        };
        Ok(Claimed {
            claim: Claim { id: phone.get("id").sql()?, checks: None },
            new_password: open("new_password", SecretKind::NewPassword)?,
            account_password: open("account_password", SecretKind::AccountPassword)?,
            name,
        })
    }

    /// Does all of this work or none, and returns when it is on disk.
    ///
    /// # Errors
    ///
    /// [`JournalError`]. Then none of the work is done; or all, if SQLite reports a failure after the fact. The counts are read from
    /// the disk again, which looks at every phone.
    pub(crate) fn step<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let before = self.counts;
        let done = self.execute_all("BEGIN IMMEDIATE").and_then(|()| work(self)).and_then(|done| {
            self.execute_all("COMMIT")?;
            Ok(done)
        });
        if done.is_err() {
            // Some errors roll back by themselves, and then this is one more.
            let _ = self.execute_all("ROLLBACK");
            self.counts = StateCounts::read(&self.connection).unwrap_or(before);
        }
        done
    }

    /// Marks the next phones after `after` as being sent, at most this many: planned ones, and with `unknown_too` those whose state is
    /// unknown. Leaves an account alone that one more failed check could lock.
    pub(crate) fn claim(
        &mut self,
        fleet: &dyn Fleet,
        after: i64,
        unknown_too: bool,
        most: usize,
    ) -> Result<Vec<Claimed>, JournalError> {
        let claimed = self.next_phones(fleet, after, unknown_too, most)?;
        for (phone, from) in &claimed {
            let Claim { id, checks } = phone.claim;
            // On disk before the call: after a crash, nobody knows what it did.
            let checks = checks.map(|checks| checks_after(checks, LockoutEffect::Unknown));
            self.execute(
                "UPDATE phones SET state = ?, calls = calls + 1, checks = coalesce(?, checks), sent = ? WHERE id = ?",
                params![RotationState::Sending.to_sql(), checks, now(), id],
            )?;
            self.counts.move_one(*from, RotationState::Sending);
        }
        Ok(claimed.into_iter().map(|(phone, _)| phone).collect())
    }

    /// The phones that [`claim`](Self::claim) is to mark, with their states.
    fn next_phones(
        &self,
        fleet: &dyn Fleet,
        after: i64,
        unknown_too: bool,
        most: usize,
    ) -> Result<Vec<(Claimed, RotationState)>, JournalError> {
        let seal = self.seal()?;
        let query = concat!(
            "SELECT * FROM phones WHERE ",
            is_open!(),
            " AND id > ? AND (state = ? OR (? AND state = ?)) AND NOT refused AND checks < ? ORDER BY id LIMIT ?"
        );
        let (planned, unknown) = (RotationState::Planned.to_sql(), RotationState::Unknown.to_sql());
        let mut select = self.connection.prepare_cached(query).sql()?;
        let mut phones = select
            .query(params![after, planned, unknown_too, unknown, MAX_FAILED_CHECKS, most as i64])
            .sql()?;
        let mut found = Vec::with_capacity(most.min(1024));
        while let Some(row) = phones.next().sql()? {
            let mut phone = self.secrets(seal, row)?;
            if fleet.locks_accounts() {
                phone.claim.checks = Some(row.get("checks").sql()?);
            }
            found.push((phone, RotationState::from_sql(row.get("state").sql()?)?));
        }
        Ok(found)
    }

    /// Whether there is a phone that [`claim`](Self::claim) would take.
    pub(crate) fn has_claimable(&self) -> Result<bool, JournalError> {
        let query = concat!(
            "SELECT EXISTS (SELECT 1 FROM phones WHERE ",
            is_open!(),
            " AND state <> ? AND NOT refused AND checks < ?)"
        );
        let mut select = self.connection.prepare_cached(query).sql()?;
        select.query_one(params![RotationState::Sending.to_sql(), MAX_FAILED_CHECKS], |row| row.get(0)).sql()
    }

    /// How many phones a run would send; with `refused_too`, after [`retry_refused`](Self::retry_refused). The others that are not
    /// confirmed were refused, or one more failed check could lock their accounts.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn to_send(&self, refused_too: bool) -> Result<u64, JournalError> {
        let query = concat!(
            "SELECT count(*) FROM phones WHERE checks < ?1 AND ((",
            is_open!(),
            " AND NOT refused) OR (?2 AND refused))"
        );
        let mut select = self.connection.prepare(query).sql()?;
        let found: i64 = select.query_one(params![MAX_FAILED_CHECKS, refused_too], |row| row.get(0)).sql()?;
        Ok(found.unsigned_abs())
    }

    /// Records what became of a phone that was claimed. Recorded once more, it changes nothing.
    pub(crate) fn record(&mut self, claim: Claim, report: &PhoneReport) -> Result<(), JournalError> {
        let Claim { id, checks } = claim;
        let uncertain = {
            let mut select =
                self.connection.prepare_cached("SELECT uncertain FROM phones WHERE id = ?").sql()?;
            select.query_one([id], |row| row.get::<_, bool>(0)).sql()?
        };
        let to = match report.outcome {
            PhoneOutcome::Confirmed => RotationState::Confirmed,
            PhoneOutcome::Unknown => RotationState::Unknown,
            // An earlier call may have changed the password: that the vendor refuses this one does not say that it did not.
            PhoneOutcome::Refused | PhoneOutcome::NotSent if uncertain => RotationState::Unknown,
            PhoneOutcome::Refused => RotationState::Refused,
            PhoneOutcome::NotSent => RotationState::Planned,
        };
        let recorded = self.execute(
            "UPDATE phones SET state = ?1, uncertain = ?2, refused = ?3, changed = ?4, reason = ?5, \
             checks = coalesce(?6, checks), account_password = CASE WHEN ?7 THEN NULL ELSE account_password END \
             WHERE id = ?8 AND state = ?9",
            params![
                to.to_sql(),
                uncertain || to == RotationState::Unknown,
                report.outcome == PhoneOutcome::Refused,
                now(),
                report.reason,
                checks.map(|checks| checks_after(checks, report.lockout)),
                to == RotationState::Confirmed,
                id,
                RotationState::Sending.to_sql(),
            ],
        )?;
        if recorded > 0 {
            self.counts.move_one(RotationState::Sending, to);
        }
        Ok(())
    }

    /// Lets the next run send the phones again that the vendor refused, except those whose accounts one more failed check could lock.
    /// Returns how many these are.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn retry_refused(&mut self) -> Result<u64, JournalError> {
        self.step(|journal| {
            let again = journal.execute(
                "UPDATE phones SET refused = 0, state = CASE state WHEN ?1 THEN ?2 ELSE state END \
                 WHERE refused AND checks < ?3",
                params![RotationState::Refused.to_sql(), RotationState::Planned.to_sql(), MAX_FAILED_CHECKS],
            )?;
            journal.counts = StateCounts::read(&journal.connection)?;
            Ok(again as u64)
        })
    }

    /// Checks that the file is still at its path: what is written to a file that was removed is lost.
    pub(crate) fn check_in_place(&self) -> Result<(), JournalError> {
        match self.file.is_in_place() {
            true => Ok(()),
            false => Err(JournalError::Gone { restored: false }),
        }
    }

    /// Writes a journal that was removed back to its place, unless another file is there.
    pub(crate) fn restore(&self) -> Result<(), JournalError> {
        let path = &self.file.path;
        // Then the side files may be that file's.
        if path.symlink_metadata().is_ok() {
            return Err(JournalError::Exists);
        }
        let copy = temporary_beside(path)?;
        let to = copy.path().to_str().ok_or(JournalError::Io(std::io::ErrorKind::InvalidFilename))?;
        self.connection.execute("VACUUM INTO ?", [to]).sql()?;
        // SQLite would take them for the new file's.
        remove_side_files(path)?;
        Ok(persist(copy, path)?)
    }

    fn execute_all(&self, sql: &str) -> Result<(), JournalError> {
        self.connection.execute_batch(sql).sql()
    }

    fn execute(&self, sql: &str, params: impl Params) -> Result<usize, JournalError> {
        self.connection.prepare_cached(sql).sql()?.execute(params).sql()
    }
}

impl Claimed {
    /// Calls `work` with these phones as a fleet takes them.
    pub(crate) fn with_all<T>(claimed: &[Self], work: impl FnOnce(&[PhoneUpdate<'_>]) -> T) -> T {
        let names: Vec<Vec<_>> =
            claimed.iter().map(|phone| phone.name.split(NAME_SEPARATOR).collect()).collect();
        let phones: Vec<_> = (claimed.iter().zip(&names))
            .map(|(phone, names)| PhoneUpdate {
                names,
                account_password: &phone.account_password,
                new_password: &phone.new_password,
            })
            .collect();
        work(&phones)
    }
}

/// A name as the journal has it, for a message.
fn display_stored_name(name: &str) -> String {
    name.replace(NAME_SEPARATOR, "/")
}

/// Milliseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
