//! The journal: what was planned, what was sent, and what became of it, on disk before anything else happens.

mod claims;
mod compare;
mod correct;
mod encryption;
mod export;
pub(crate) mod knowledge;
mod place;
mod plan;
mod schema;
mod state;

#[cfg(test)]
mod fault_injection;
#[cfg(test)]
mod inspection;
#[cfg(test)]
mod lockout_tests;
#[cfg(test)]
mod numbers;

use core::time::Duration;
use std::{
    format,
    path::{Path, PathBuf},
    string::String,
    vec::Vec,
};

use rusqlite::{Connection, OpenFlags, Params, Row, params};
use zeroize::Zeroizing;

pub(crate) use self::{
    claims::{Claim, Claimed},
    schema::Progress,
};
pub use self::{
    correct::Correction,
    encryption::{Key, Protection},
    export::{PhonePasswords, PhoneRecord},
    plan::{Draft, Plan},
    state::{RotationState, StateCounts},
};
use self::{
    encryption::{KEY_CHECK, Seal, SecretKind, context},
    place::{JournalFile, persist, remove_side_files, temporary_beside},
    schema::{Header, NAME_SEPARATOR},
};
use crate::{
    accounts::display_name,
    error::{JournalError, SqlResult},
    throttle::unix_millis as now,
};

/// How long a process waits for another one that begins or ends to use the same journal.
const READER_PATIENCE: Duration = Duration::from_secs(5);

/// A rotation on disk: an SQLite file that only its owner can read.
///
/// The file has every password, encrypted, before the first call is made, and every call before it is made. Each step is on disk
/// before the next begins (`synchronous = FULL`). So after a crash at any instant the journal knows the phone's password: the old one
/// or the one in the journal; and to send that again is harmless.
///
/// One process at a time can write a journal, and others can [read](Journal::open_to_read) it. [`Journal::open`] is enough for everything that needs no password;
/// [`Journal::unlock`] gives access to the passwords.
pub struct Journal {
    connection: Connection,
    /// Opens every secret; `None` until [`Journal::unlock`].
    seal: Option<Seal>,
    header: Header,
    counts: StateCounts,
    file: JournalFile,
}

impl Journal {
    /// Opens a journal, and lets no other process write it. Calls that were in flight when it was last used now have the state
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

    /// Opens a journal only to read it, also while another process runs its rotation. What that process records from now on is not
    /// seen. A call in flight counts as [`RotationState::Unknown`]; methods that write fail with [`JournalError::ReadOnly`].
    ///
    /// Cost: the whole file is read once.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn open_to_read(path: &Path) -> Result<Self, JournalError> {
        let file = JournalFile::open_to_read(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).sql()?;
        connection.busy_timeout(READER_PATIENCE).sql()?;
        Header::check_file(&connection)?;
        connection.pragma_update(None, "query_only", "ON").sql()?;
        // One moment of the rotation for everything that is read.
        connection.execute_batch("BEGIN").sql()?;
        let header = Header::read(&connection)?;
        let counts = StateCounts::read(&connection)?.without_sending();
        Ok(Self { connection, seal: None, header, counts, file })
    }

    fn with_connection(connection: Connection, file: JournalFile) -> Result<Self, JournalError> {
        // Nobody else writes: a reader at most makes the start or the end of a log wait.
        connection.busy_timeout(READER_PATIENCE).sql()?;
        // Before anything is written: the file may be another program's.
        Header::check_file(&connection)?;
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).sql()?;
        connection.pragma_update(None, "synchronous", "FULL").sql()?;
        // Forgotten secrets are overwritten.
        connection.pragma_update_and_check(None, "secure_delete", "ON", |_| Ok(())).sql()?;
        let header = Header::read(&connection)?;
        let counts = StateCounts::read(&connection)?;
        let mut journal = Self { connection, seal: None, header, counts, file };
        journal.reopen_phones()?;
        Ok(journal)
    }

    /// The files that SQLite keeps beside the journal at this path while it is open, and leaves there after a crash. Nothing else may
    /// use these names.
    pub fn side_files(path: &Path) -> [PathBuf; 4] {
        place::side_files(path)
    }

    /// Which kind of key opens the journal.
    pub const fn protection(&self) -> Protection {
        self.header.protection
    }

    /// The vendor's name: [`Fleet::vendor`](crate::Fleet::vendor).
    pub fn vendor(&self) -> &str {
        &self.header.vendor
    }

    /// The columns that name a phone: [`Fleet::columns`](crate::Fleet::columns).
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.header.columns.split(',')
    }

    /// The extra headers that the rotation was planned with: [`Fleet::extra_headers`](crate::Fleet::extra_headers). A fleet that
    /// resumes it has the same ones.
    pub fn extra_headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.header.extra_headers.lines().filter_map(|line| line.split_once(": "))
    }

    /// The fields of a name as the journal has it: one for each column.
    fn fields<'a>(&self, name: &'a str) -> Vec<&'a str> {
        let columns = self.columns().count();
        let mut fields: Vec<_> = name.splitn(columns, NAME_SEPARATOR).collect();
        // What a reply names need not have them all.
        fields.resize(columns, "");
        fields
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

    /// What the calls so far have shown, and when the next one may be made.
    pub(crate) const fn progress(&self) -> Progress {
        self.header.progress
    }

    /// Stores the progress.
    pub(crate) fn set_progress(&mut self, progress: Progress) -> Result<(), JournalError> {
        if progress == self.header.progress {
            return Ok(());
        }
        let Progress { proven, next_call, wait_until } = progress;
        let update = "UPDATE journal SET proven = ?, next_call = ?, wait_until = ?";
        self.execute(update, params![proven, next_call, wait_until])?;
        self.header.progress = progress;
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
            claim: Claim::new(phone.get("id").sql()?),
            new_password: open("new_password", SecretKind::New)?,
            account_password: open("account_password", SecretKind::Account)?,
            vendor_password: open("vendor_password", SecretKind::Vendor)?,
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
        self.transact(work)
    }

    /// As [`step`](Self::step), for work that has errors of its own.
    fn transact<T, E: From<JournalError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        if !self.file.is_writable() {
            return Err(JournalError::ReadOnly.into());
        }
        let (before, progress) = (self.counts, self.header.progress);
        let done =
            self.execute_all("BEGIN IMMEDIATE").map_err(E::from).and_then(|()| work(self)).and_then(|done| {
                self.execute_all("COMMIT")?;
                Ok(done)
            });
        if done.is_err() {
            // Some errors roll back by themselves, and then this is one more.
            let _ = self.execute_all("ROLLBACK");
            self.counts = StateCounts::read(&self.connection).unwrap_or(before);
            self.header.progress = progress;
        }
        done
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

/// A name as the journal has it, for a message.
fn display_stored_name(name: &str) -> String {
    display_name(&name.split(NAME_SEPARATOR).collect::<Vec<_>>())
}
