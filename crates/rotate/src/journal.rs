//! What was planned, what was sent, and what became of it: on disk before anything else happens.

use core::time::Duration;
use std::{
    format, fs, io,
    path::Path,
    string::String,
    time::{SystemTime, UNIX_EPOCH},
    vec::Vec,
};

use rusqlite::{Connection, OpenFlags, Params, Row as SqlRow, params};
use sip_password::api::lockout::{LockoutEffect, MAX_FAILED_CHECKS, checks_after};
use zeroize::Zeroizing;

use self::{
    encryption::{KEY_CHECK, Seal, SecretKind, context},
    place::{JournalFile, side_files, sync_directory, temporary_beside},
    schema::{Header, NAME_SEPARATOR, is_open},
    state::count,
};
pub use self::{
    encryption::{Key, Protection},
    export::PhoneRecord,
    plan::{Draft, Plan},
    state::{RotationState, StateCounts},
};
use crate::{
    error::JournalError,
    fleet::{Fleet, PhoneOutcome, PhoneReport, PhoneUpdate},
};

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

/// A rotation on disk: an SQLite file that its owner alone can read.
///
/// Every password stands in it, encrypted, before the first call is made; and before each call, that it is made. Each
/// step is on the disk before the next begins (`synchronous = FULL`). So after a crash at any instant the journal knows the
/// phone's password: the one from before, or the one that is in it; and to send the same one again is harmless.
///
/// One process at a time can have it open. [`Journal::open`] is for everything that needs no password;
/// [`Journal::unlock`] for the rest.
pub struct Journal {
    connection: Connection,
    /// For every secret; none until the key was given.
    seal: Option<Seal>,
    header: Header,
    counts: StateCounts,
    file: JournalFile,
}

impl Journal {
    /// Opens a journal, and keeps every other process from it. Calls that were under way when it was last used count as
    /// [`RotationState::Unknown`] from now on.
    ///
    /// Cost: the whole file is read once.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let file = JournalFile::of(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Self::on(Connection::open_with_flags(path, flags)?, file)
    }

    fn on(connection: Connection, file: JournalFile) -> Result<Self, JournalError> {
        connection.busy_timeout(Duration::ZERO)?;
        // The lock is taken by the first write, and kept.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        // Before anything is written: the file may be another program's.
        Header::is_ours(&connection)?;
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        connection.execute_batch("BEGIN EXCLUSIVE; COMMIT")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        // What is forgotten is overwritten.
        connection.pragma_update_and_check(None, "secure_delete", "ON", |_| Ok(()))?;
        let header = Header::read(&connection)?;
        connection.execute(
            concat!(
                "UPDATE phones SET state = ?, unsure = 1, changed = NULL, why = ? WHERE state = ? AND ",
                is_open!()
            ),
            params![
                RotationState::Unknown.to_sql(),
                "the process ended before the reply was recorded",
                RotationState::Sending.to_sql()
            ],
        )?;
        let counts = count(&connection)?;
        Ok(Self { connection, seal: None, header, counts, file })
    }

    /// Which key it asks for.
    pub const fn protection(&self) -> Protection {
        self.header.protection
    }

    /// The vendor's name, as [`Preset::name`](sip_password::Preset::name).
    pub fn vendor(&self) -> &str {
        &self.header.vendor
    }

    /// The columns that name a phone.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.header.columns.split(',')
    }

    /// How long the new passwords are, in characters.
    pub const fn length(&self) -> usize {
        self.header.length
    }

    /// The characters that the new passwords are made of.
    pub fn alphabet(&self) -> &str {
        &self.header.alphabet
    }

    /// How many phones are in each state.
    pub const fn counts(&self) -> StateCounts {
        self.counts
    }

    /// Gives it the key to its secrets.
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
            Ok(key_check) if *key_check == KEY_CHECK => self.seal = Some(seal),
            _ => return Err(JournalError::WrongKey),
        }
        Ok(())
    }

    fn seal(&self) -> Result<&Seal, JournalError> {
        self.seal.as_ref().ok_or(JournalError::WrongKey)
    }

    /// The phone of this row, its secrets opened.
    fn secrets(&self, seal: &Seal, phone: &SqlRow<'_>) -> Result<Claimed, JournalError> {
        let name: String = phone.get("name")?;
        let open = |column: &str, what| -> Result<Option<Zeroizing<String>>, JournalError> {
            let Some(sealed) = phone
                .get_ref(column)?
                .as_blob_or_null()
                .map_err(|_| JournalError::Damaged(format!("a phone's {column}")))?
            else {
                return Ok(None);
            };
            let opened = seal.open(sealed, &context(&self.header.salt, &name, what));
            opened.map(Some).map_err(|_| {
                JournalError::Damaged(format!(
                    "the {column} of {} was changed",
                    name.replace(NAME_SEPARATOR, "/")
                ))
            })
        };
        Ok(Claimed {
            claim: Claim { id: phone.get("id")?, checks: None },
            new_password: open("new_password", SecretKind::NewPassword)?.unwrap_or_default(),
            account_password: open("account_password", SecretKind::AccountPassword)?.unwrap_or_default(),
            name,
        })
    }

    /// All of this is on the disk, or none, when it returns.
    ///
    /// # Errors
    ///
    /// [`JournalError`]; then nothing of it is, or all, where SQLite calls failed what it has done. The counts are then read from the
    /// disk, which looks at every phone.
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
            // There may be nothing to undo: some errors do it themselves.
            let _ = self.execute_all("ROLLBACK");
            // What SQLite says has failed may have been done.
            self.counts = count(&self.connection).unwrap_or(before);
        }
        done
    }

    /// Marks the next phones after `after` as being sent, at most so many: those that are planned, or also those of which nobody
    /// knows. An account that a failed check more could lock is left alone.
    pub(crate) fn claim(
        &mut self,
        fleet: &dyn Fleet,
        after: i64,
        unknown_too: bool,
        most: usize,
    ) -> Result<Vec<Claimed>, JournalError> {
        let mut claimed = Vec::with_capacity(most);
        {
            let seal = self.seal()?;
            let mut select = self.connection.prepare_cached(
            concat!(
                "SELECT * FROM phones WHERE ",
                is_open!(),
                " AND id > ? AND (state = ? OR (? AND state = ?)) AND NOT refused AND checks < ? ORDER BY id LIMIT ?"
            ))?;
            let (planned, unknown) = (RotationState::Planned.to_sql(), RotationState::Unknown.to_sql());
            let mut phones = select.query(params![
                after,
                planned,
                unknown_too,
                unknown,
                MAX_FAILED_CHECKS,
                most as i64
            ])?;
            while let Some(phone) = phones.next()? {
                let from = RotationState::from_sql(phone.get("state")?)?;
                let mut found = self.secrets(seal, phone)?;
                if fleet.locks_accounts() {
                    found.claim.checks = Some(phone.get("checks")?);
                }
                claimed.push((found, from));
            }
        }
        for (phone, from) in &claimed {
            let Claim { id, checks } = phone.claim;
            // After a crash, nobody knows what the call did.
            let checks = checks.map(|checks| checks_after(checks, LockoutEffect::Unknown));
            self.execute(
                "UPDATE phones SET state = ?, tries = tries + 1, checks = coalesce(?, checks), sent = ? WHERE id = ?",
                params![RotationState::Sending.to_sql(), checks, now(), id],
            )?;
            self.counts.moved(*from, RotationState::Sending);
        }
        Ok(claimed.into_iter().map(|(phone, _)| phone).collect())
    }

    /// Whether there is a phone that [`claim`](Self::claim) would take.
    pub(crate) fn has_claimable(&self) -> Result<bool, JournalError> {
        let mut select = self.connection.prepare_cached(concat!(
            "SELECT EXISTS (SELECT 1 FROM phones WHERE ",
            is_open!(),
            " AND state <> ? AND NOT refused AND checks < ?)"
        ))?;
        Ok(select.query_one(params![RotationState::Sending.to_sql(), MAX_FAILED_CHECKS], |row| row.get(0))?)
    }

    /// How many phones a run would send; `refused_too`: after [`retry_refused`](Self::retry_refused). The others that
    /// are not confirmed were refused, or a failed check more could lock their accounts.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn to_send(&self, refused_too: bool) -> Result<u64, JournalError> {
        let mut select = self.connection.prepare(concat!(
            "SELECT count(*) FROM phones WHERE checks < ?1 AND ((",
            is_open!(),
            " AND NOT refused) OR (?2 AND refused))"
        ))?;
        let found: i64 = select.query_one(params![MAX_FAILED_CHECKS, refused_too], |row| row.get(0))?;
        Ok(found.unsigned_abs())
    }

    /// What became of a phone that was claimed. Said once more, it changes nothing.
    pub(crate) fn record(&mut self, claim: Claim, report: &PhoneReport) -> Result<(), JournalError> {
        let Claim { id, checks } = claim;
        let unsure = {
            let mut select = self.connection.prepare_cached("SELECT unsure FROM phones WHERE id = ?")?;
            select.query_one([id], |row| row.get::<_, bool>(0))?
        };
        let to = match report.outcome {
            PhoneOutcome::Confirmed => RotationState::Confirmed,
            PhoneOutcome::Unknown => RotationState::Unknown,
            // An earlier call may have changed it: the vendor's refusal of this one does not say that it did not.
            PhoneOutcome::Refused | PhoneOutcome::NotSent if unsure => RotationState::Unknown,
            PhoneOutcome::Refused => RotationState::Refused,
            PhoneOutcome::NotSent => RotationState::Planned,
        };
        let recorded = self.execute(
            "UPDATE phones SET state = ?1, unsure = ?2, refused = ?3, changed = ?4, why = ?5, checks = coalesce(?6, checks), \
             account_password = CASE WHEN ?7 THEN NULL ELSE account_password END WHERE id = ?8 AND state = ?9",
            params![
                to.to_sql(),
                unsure || to == RotationState::Unknown,
                report.outcome == PhoneOutcome::Refused,
                now(),
                report.why,
                checks.map(|checks| checks_after(checks, report.lockout)),
                to == RotationState::Confirmed,
                id,
                RotationState::Sending.to_sql(),
            ],
        )?;
        if recorded > 0 {
            self.counts.moved(RotationState::Sending, to);
        }
        Ok(())
    }

    /// Lets the next run ask again for the phones that the vendor refused, but for those whose accounts a failed check more
    /// could lock. How many they are.
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
            journal.counts = count(&journal.connection)?;
            Ok(again as u64)
        })
    }

    /// That the file is still where it was opened: what is written to one that was removed is lost.
    pub(crate) fn is_in_place(&self) -> Result<(), JournalError> {
        if self.file.is_same() { Ok(()) } else { Err(JournalError::Gone { restored: false }) }
    }

    /// Writes a journal that was removed to its place again, if nothing else is there.
    pub(crate) fn restore(&self) -> Result<(), JournalError> {
        // Then what lies beside it may be that one's.
        if self.file.path.symlink_metadata().is_ok() {
            return Err(JournalError::Exists);
        }
        let copy = temporary_beside(&self.file.path)?;
        let to = copy.path().to_str().ok_or(JournalError::Io(io::ErrorKind::InvalidFilename))?;
        self.connection.execute("VACUUM INTO ?", [to])?;
        copy.as_file().sync_all()?;
        // What is left of the log is of the file that was removed.
        for log in side_files(&self.file.path) {
            match fs::remove_file(log) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        copy.persist_noclobber(&self.file.path).map_err(|error| error.error)?;
        sync_directory(&self.file.path);
        Ok(())
    }

    fn execute_all(&self, sql: &str) -> Result<(), JournalError> {
        Ok(self.connection.execute_batch(sql)?)
    }

    fn execute(&self, sql: &str, params: impl Params) -> Result<usize, JournalError> {
        Ok(self.connection.prepare_cached(sql)?.execute(params)?)
    }
}

/// A phone that is marked as being sent, until [`Journal::record`] is told what became of it.
#[derive(Clone, Copy)]
pub(crate) struct Claim {
    pub(crate) id: i64,
    /// The failed checks of the account before this call; none where the vendor locks no account.
    checks: Option<u8>,
}

/// A phone that is to be sent.
pub(crate) struct Claimed {
    pub(crate) claim: Claim,
    pub(crate) name: String,
    pub(crate) account_password: Zeroizing<String>,
    pub(crate) new_password: Zeroizing<String>,
}

impl Claimed {
    /// Does something with them as phones.
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

fn get<T: rusqlite::types::FromSql>(row: &SqlRow<'_>, column: &str) -> Result<T, JournalError> {
    Ok(row.get(column)?)
}

/// Milliseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
