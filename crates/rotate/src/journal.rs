//! The journal: what was planned, what was sent, and what became of it, on disk before anything else happens.

mod anchor;
mod authentication;
mod claims;
mod compare;
mod correct;
mod derivation;
mod encryption;
mod export;
mod integrity;
pub(crate) mod knowledge;
mod place;
mod plan;
mod provisioning;
mod record;
mod rows;
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
    collections::BTreeSet,
    format,
    path::{Path, PathBuf},
    string::String,
    vec::Vec,
};

use rusqlite::{Connection, OpenFlags};
use zeroize::Zeroizing;

use self::{
    anchor::Anchor,
    authentication::{Authenticator, RowSet},
    derivation::Keys,
    encryption::{KEY_CHECK, Seal, SecretKind, context},
    integrity::Verdict,
    place::{JournalFile, persist, remove_side_files},
    rows::{PhoneRow, Stored},
    schema::{Header, NAME_SEPARATOR},
};
pub(crate) use self::{
    claims::{Claim, Claimed, Wanted},
    schema::Progress,
};
pub use self::{
    correct::Correction,
    encryption::{Key, Protection},
    export::{PhonePasswords, PhoneRecord},
    integrity::Integrity,
    plan::{Draft, Plan},
    provisioning::{Provisioned, Provisioning, RegisteredWith},
    state::{RotationState, StateCounts},
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
/// One process at a time can write a journal, and others can [read](Journal::open_to_read) it. [`Journal::open`] is enough for
/// everything that needs no password and changes nothing; [`Journal::unlock`] gives access to the passwords.
///
/// The file is authenticated by the [`Key`], so that it matters who has written it: see [`Journal::unlock`] and [`Journal::anchor`].
/// Without the key, [`Journal::integrity`] says that nobody can tell.
pub struct Journal {
    connection: Connection,
    /// `None` until [`Journal::unlock`].
    unlocked: Option<Unlocked>,
    header: Header,
    accounts_columns: Vec<String>,
    counts: StateCounts,
    /// What the head's MAC covers of the rows.
    row_set: RowSet,
    /// The rows that somebody else changed: nothing is sent for them, and they are never written.
    damaged: BTreeSet<i64>,
    verdict: Verdict,
    /// Whether the step so far has changed anything, and the head's MAC with it.
    is_changed: bool,
    /// A step failed, and nobody knows whether it is on disk.
    is_stale: bool,
    /// Whether a run has begun: until then, calls in flight count as unknown.
    is_reopened: bool,
    anchor: Option<Anchor>,
    file: JournalFile,
}

/// What the key gives access to.
struct Unlocked {
    seal: Seal,
    /// `None` if the journal has no key.
    authenticator: Option<Authenticator>,
}

impl Unlocked {
    const fn authenticator(&self) -> Option<&Authenticator> {
        self.authenticator.as_ref()
    }
}

impl Journal {
    /// Opens a journal, and lets no other process write it. Calls that were in flight when it was last used count as
    /// [`RotationState::Unknown`]. Changes nothing: methods that do fail with [`JournalError::WrongKey`] until
    /// [`unlock`](Self::unlock).
    ///
    /// Cost: the whole file is read once.
    ///
    /// # Errors
    ///
    /// [`JournalError`]. [`JournalError::Edited`] if the file has other tables than a journal, a trigger or a view.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let file = JournalFile::open(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Self::with_connection(Connection::open_with_flags(&file.path, flags).sql()?, file)
    }

    /// Opens a journal only to read it, also while another process runs its rotation. What that process records from now on is not
    /// seen. A call in flight counts as [`RotationState::Unknown`]; methods that write fail with [`JournalError::ReadOnly`].
    ///
    /// Cost: the whole file is read once.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn open_to_read(path: &Path) -> Result<Self, JournalError> {
        let file = JournalFile::open_to_read(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&file.path, flags).sql()?;
        connection.busy_timeout(READER_PATIENCE).sql()?;
        Header::check_file(&connection)?;
        connection.pragma_update(None, "query_only", "ON").sql()?;
        // One moment of the rotation for everything that is read.
        connection.execute_batch("BEGIN").sql()?;
        Self::locked(connection, file)
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
        Self::locked(connection, file)
    }

    fn locked(connection: Connection, file: JournalFile) -> Result<Self, JournalError> {
        let header = Header::check_and_read(&connection)?;
        let counts = StateCounts::read(&connection)?;
        Ok(Self {
            connection,
            unlocked: None,
            accounts_columns: record::read(&header.accounts_columns),
            header,
            counts,
            row_set: RowSet::default(),
            damaged: BTreeSet::new(),
            verdict: Verdict::Unverified,
            is_changed: false,
            is_stale: false,
            is_reopened: false,
            anchor: None,
            file,
        })
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

    /// The vendor's name: [`Fleet::vendor`](crate::Fleet::vendor). As all texts of a journal, it may contain anything if somebody else
    /// wrote the file: [`display_text`](crate::display_text) is for messages.
    pub fn vendor(&self) -> &str {
        &self.header.vendor
    }

    /// The columns that name a phone: [`Fleet::columns`](crate::Fleet::columns).
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.header.columns.split(',')
    }

    /// The columns of the accounts file, in its order, without that of the account password.
    pub fn accounts_columns(&self) -> &[String] {
        &self.accounts_columns
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

    /// The columns of the accounts file whose words no new password contains: [`Plan::not_containing`].
    pub fn not_containing(&self) -> impl Iterator<Item = &str> {
        self.header.not_containing.lines()
    }

    /// The characters of which the new passwords are made.
    pub fn alphabet(&self) -> &str {
        self.header.alphabet.lines().next().unwrap_or_default()
    }

    /// Those of the characters with which no password begins.
    pub fn excluded_first(&self) -> &str {
        self.header.alphabet.lines().nth(1).unwrap_or_default()
    }

    /// The number of phones in each state.
    pub const fn counts(&self) -> StateCounts {
        match self.is_reopened {
            true => self.counts,
            false => self.counts.without_sending(),
        }
    }

    /// Gives access to the passwords, and checks whether the journal is as this library wrote it: [`integrity`](Self::integrity) has
    /// the result. A row that somebody else changed makes its phone [`damaged`](PhoneRecord::damaged). If the head was changed, or
    /// rows were added, removed or replaced by older versions of themselves, the journal can be read, and nothing is sent from it.
    ///
    /// Cost: every row is read, some 3 µs a phone; with a passphrase, also what Argon2id costs.
    ///
    /// # Errors
    ///
    /// [`JournalError::WrongKey`]; also if what the key is derived with was changed. [`JournalError::Edited`] if the cost of
    /// Argon2id is out of its limits.
    pub fn unlock(&mut self, key: &Key) -> Result<(), JournalError> {
        if key.protection() != self.header.protection {
            return Err(JournalError::WrongKey);
        }
        let keys = Keys::derive(key, &self.header.salt, self.header.cost)?;
        let seal = Seal::new(keys.as_ref().map(|keys| &*keys.encryption));
        match seal.open(&self.header.key_check, &self.header.salt) {
            Ok(found) if *found == KEY_CHECK => {}
            _ => return Err(JournalError::WrongKey),
        }
        let authenticator = keys.map(|keys| Authenticator::new(keys.authentication, self.header.salt));
        self.unlocked = Some(Unlocked { seal, authenticator });
        self.reload()
    }

    /// What the calls so far have shown, and when the next one may be made.
    pub(crate) const fn progress(&self) -> Progress {
        self.header.progress
    }

    /// Stores the progress, with the step.
    pub(crate) fn set_progress(&mut self, progress: Progress) {
        self.is_changed |= progress != self.header.progress;
        self.header.progress = progress;
    }

    fn unlocked(&self) -> Result<&Unlocked, JournalError> {
        self.unlocked.as_ref().ok_or(JournalError::WrongKey)
    }

    /// The phone in this row, with the secrets decrypted that its call needs.
    fn secrets(&self, phone: &PhoneRow) -> Result<Claimed, JournalError> {
        let open = |stored: &Stored, column: &str, kind| {
            self.open_secret(phone, stored, kind).map_err(|error| match error {
                JournalError::Damaged(_) => {
                    let name = name_for_message(&phone.name);
                    JournalError::Damaged(format!("the {column} of {name} was changed"))
                }
                error => error,
            })
        };
        Ok(Claimed {
            claim: Claim::new(phone.id),
            new_password: open(&phone.new_password, "new_password", SecretKind::New)?,
            account_password: open(&phone.account_password, "account_password", SecretKind::Account)?,
            name: phone.name.clone(),
        })
    }

    /// A secret of this phone, decrypted; empty if there is none.
    fn open_secret(
        &self,
        phone: &PhoneRow,
        stored: &Stored,
        kind: SecretKind,
    ) -> Result<Zeroizing<String>, JournalError> {
        let Some(sealed) = stored else { return Ok(Zeroizing::default()) };
        let opened = self.unlocked()?.seal.open(sealed, &context(&self.header.salt, &phone.name, kind));
        opened.map_err(|_| integrity::changed(phone))
    }

    /// Does all of this work or none, and returns when it is on disk.
    ///
    /// # Errors
    ///
    /// [`JournalError`]. Then none of the work is done; or all, if SQLite reports a failure after the fact. The journal is read from
    /// the disk again, which looks at every phone. [`check_integrity`](Self::check_integrity) says when nothing is written.
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
        self.check_integrity()?;
        if self.is_stale {
            self.recover()?;
            self.check_integrity()?;
        }
        let (before, progress) = (self.counts, self.header.progress);
        self.is_changed = false;
        let done =
            self.execute_all("BEGIN IMMEDIATE").map_err(E::from).and_then(|()| work(self)).and_then(|done| {
                self.seal_head()?;
                self.execute_all("COMMIT")?;
                Ok(done)
            });
        match done {
            Ok(_) => self.renew_anchor(false),
            Err(_) => {
                self.is_stale = true;
                (self.counts, self.header.progress) = (before, progress);
                // If this fails too, the next step tries again.
                let _ = self.recover();
            }
        }
        done
    }

    /// After a step that failed: takes back what is left of it, and reads what is on disk.
    fn recover(&mut self) -> Result<(), JournalError> {
        // Some errors roll back by themselves.
        if !self.connection.is_autocommit() {
            self.execute_all("ROLLBACK")?;
        }
        self.reload()
    }

    /// Writes the head of a journal that was changed, with its MAC.
    fn seal_head(&mut self) -> Result<(), JournalError> {
        if !self.is_changed {
            return Ok(());
        }
        let generation = self.header.generation.checked_add(1);
        self.header.generation = generation.ok_or_else(|| JournalError::Damaged("the generation".into()))?;
        let authenticator = self.unlocked()?.authenticator();
        self.header.mac = authenticator
            .map(|authenticator| authenticator.head(&self.header, self.row_set).into())
            .unwrap_or_default();
        self.header.update(&self.connection)
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
        let copy = self.file.temporary()?;
        let to = copy.path().to_str().ok_or(JournalError::Io(std::io::ErrorKind::InvalidFilename))?;
        self.connection.execute("VACUUM INTO ?", [to]).sql()?;
        // SQLite would take them for the new file's.
        remove_side_files(path)?;
        Ok(persist(copy, path)?)
    }

    fn execute_all(&self, sql: &str) -> Result<(), JournalError> {
        self.connection.execute_batch(sql).sql()
    }
}

/// A name as the journal has it, for a message.
fn name_for_message(name: &str) -> String {
    display_name(&name.split(NAME_SEPARATOR).collect::<Vec<_>>())
}
