//! What was planned, what was sent, and what became of it: on disk before anything else happens.

use core::time::Duration;
use std::{
    borrow::ToOwned,
    format,
    fs::{self, File, Metadata},
    io,
    path::{Path, PathBuf},
    string::{String, ToString},
    time::{SystemTime, UNIX_EPOCH},
    vec::Vec,
};

use rusqlite::{Connection, OpenFlags, OptionalExtension, Params, Row as SqlRow, params};
use sip_password::rand_core::TryCryptoRng;
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use super::{
    accounts::{Accounts, AccountsError, AccountsProblem, shown},
    error::{JournalError, PlanError},
    fleet::{Fate, Fleet, Phone, Verdict},
    key::{Key, Protection, SALT, Seal},
};
use sip_password::{
    MAX_LENGTH, Policy,
    api::lockout::{LockoutEffect, MAX_FAILED_CHECKS, checks_after},
};

#[cfg(test)]
mod faults;
#[cfg(test)]
mod lockout_tests;
#[cfg(test)]
mod numbers;

/// The state of a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Nothing was sent, or nothing came of it: the phone has the password from before.
    Planned,
    /// A call is under way. After a crash it is read as [`Unknown`](Self::Unknown).
    Sending,
    /// The phone has the password from before or the new one.
    Unknown,
    /// The phone has the new password.
    Confirmed,
    /// The vendor refused: the phone has the password from before.
    Refused,
}

impl State {
    /// Each.
    const ALL: [Self; 5] = [Self::Planned, Self::Sending, Self::Unknown, Self::Confirmed, Self::Refused];

    /// Its number in the journal. Journals that exist have these numbers: none may change.
    const fn to_sql(self) -> i64 {
        match self {
            Self::Planned => 0,
            Self::Sending => 1,
            Self::Unknown => 2,
            Self::Confirmed => 3,
            Self::Refused => 4,
        }
    }

    /// The state with this number in the journal.
    fn from_sql(number: i64) -> Result<Self, JournalError> {
        Self::ALL
            .into_iter()
            .find(|state| state.to_sql() == number)
            .ok_or_else(|| JournalError::Damaged(String::from("a phone's state")))
    }

    /// As people and programs read it: `"confirmed"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
        }
    }
}

/// How many phones are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([u64; State::ALL.len()]);

impl Counts {
    /// How many phones are in this state.
    pub const fn of(&self, state: State) -> u64 {
        self.0[Self::place(state)]
    }

    /// How many phones there are.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    fn moved(&mut self, from: State, to: State) {
        self.0[Self::place(from)] = self.0[Self::place(from)].saturating_sub(1);
        self.0[Self::place(to)] += 1;
    }

    const fn place(state: State) -> usize {
        state.to_sql() as usize
    }
}

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
    head: Head,
    counts: Counts,
    file: Place,
}

/// What a journal is for.
struct Head {
    vendor: String,
    tenant: String,
    columns: String,
    length: usize,
    alphabet: String,
    protection: Protection,
    salt: [u8; SALT],
    /// [`PROOF`], sealed.
    proof: Vec<u8>,
    /// What the vendor accepts, in words.
    rule: String,
}

/// How a rotation is to be planned.
#[derive(Debug)]
pub struct Plan<'a> {
    /// Whose phones.
    pub fleet: &'a dyn Fleet,
    /// The policy of the passwords: the fleet's preset, or one that excludes some characters of it.
    pub policy: &'a Policy<'a>,
    /// How long the passwords are, in characters.
    pub length: usize,
    /// What the secrets are encrypted with.
    pub key: &'a Key,
}

impl core::fmt::Debug for dyn Fleet + '_ {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.preset().name)
    }
}

/// A journal that is complete and has no name yet: dropped, it leaves nothing behind.
///
/// ```
/// use sip_password::{
///     Keystream, NXCLOUD,
///     api::Secret,
///     nxcloud,
///     rotate::{Draft, JournalError, Key, NxCloud, Plan, State},
///     zeroize::Zeroizing,
/// };
///
/// let fleet = NxCloud {
///     base: &nxcloud::PRODUCTION,
///     app_key: Secret::new("not-a-real-key"),
///     secret_key: Secret::new("not-a-real-secret"),
///     batch: NxCloud::DEFAULT_BATCH,
///     policy: &NXCLOUD,
/// };
/// let key = Key::Passphrase(Zeroizing::new("not a real passphrase".into()));
/// let plan = Plan { fleet: &fleet, policy: &NXCLOUD, length: 16, key: &key };
/// let mut rng = Keystream::from_source(&mut getrandom::SysRng)?;
/// let directory = tempfile::tempdir()?;
/// let path = directory.path().join("rotation.db");
///
/// let doubled = Draft::new(&path, &plan, &b"username\n1049001\n1049001\n"[..], &mut rng).map(drop).unwrap_err();
/// assert_eq!(doubled.to_string(), "line 3: 1049001 stands in line 2 already; each phone must stand there once");
///
/// let draft = Draft::new(&path, &plan, &b"username\n1049001\n1049002\n"[..], &mut rng)?;
/// let journal = draft.keep(&key)?;
/// assert_eq!(journal.counts().of(State::Planned), 2);
/// journal.phones(&[State::Planned], |phone| {
///     println!("{} is in line {}", phone.names[0], phone.line);
///     Ok::<(), JournalError>(())
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Draft {
    file: NamedTempFile,
    path: PathBuf,
    /// How many phones.
    phones: u64,
}

/// A phone, as the journal has it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Record<'a> {
    /// The line of the accounts file.
    pub line: u64,
    /// Its names, in the order of [`Journal::columns`].
    pub names: Vec<&'a str>,
    /// What is known of it.
    pub state: State,
    /// How often it was sent; the calls by which one that was refused is narrowed down are not counted.
    pub tries: u32,
    /// When the last call was made; none where there was none.
    pub sent: Option<SystemTime>,
    /// When it was known what became of that; none where there was none, or where the process ended before.
    pub changed: Option<SystemTime>,
    /// Why it is not confirmed; empty where there is nothing to say.
    pub why: &'a str,
}

/// A phone that is marked as being sent, until [`Journal::record`] is told what became of it.
#[derive(Clone, Copy)]
pub(super) struct Claim {
    pub(super) id: i64,
    /// The failed checks of the account before this call; none where the vendor locks no account.
    checks: Option<u8>,
}

/// A phone that is to be sent.
pub(super) struct Claimed {
    pub(super) claim: Claim,
    pub(super) name: String,
    pub(super) account_password: Zeroizing<String>,
    pub(super) new_password: Zeroizing<String>,
}

/// What marks the file as ours: `SIPJ`.
const APPLICATION: i32 = 0x5349_504a;
/// The version of the tables.
const VERSION: i32 = 1;
/// What the right key opens.
const PROOF: &str = "sip-password rotation journal";
/// Between the names of a phone: no name can have it, since no field can have a control character.
const BETWEEN: &str = "\u{1f}";

/// In SQL, that a phone's rotation has not come to its end. Each query that is to use the index of these phones must have this very
/// condition.
macro_rules! is_open {
    () => {
        "state < 3"
    };
}
#[cfg(test)]
use is_open;

const TABLES: &str = concat!(
    "
    CREATE TABLE journal (
        vendor TEXT NOT NULL, tenant TEXT NOT NULL, columns TEXT NOT NULL,
        length INTEGER NOT NULL, alphabet TEXT NOT NULL,
        protection TEXT NOT NULL, salt BLOB NOT NULL, proof BLOB NOT NULL,
        rule TEXT NOT NULL
    ) STRICT;
    CREATE TABLE phones (
        id INTEGER PRIMARY KEY,
        line INTEGER NOT NULL,
        name TEXT NOT NULL UNIQUE,
        state INTEGER NOT NULL DEFAULT 0,
        unsure INTEGER NOT NULL DEFAULT 0,   -- some call may have changed the password
        refused INTEGER NOT NULL DEFAULT 0,  -- the vendor refused: to ask again makes no sense
        checks INTEGER NOT NULL DEFAULT 0,   -- failed checks of the account, known and possible
        tries INTEGER NOT NULL DEFAULT 0,
        exported INTEGER NOT NULL DEFAULT 0,
        sent INTEGER,                        -- the last call, in milliseconds since 1970
        changed INTEGER,                     -- when that was over
        why TEXT NOT NULL DEFAULT '',
        new_password BLOB,
        account_password BLOB
    ) STRICT;
    CREATE INDEX open_phones ON phones (id) WHERE ",
    is_open!(),
    ";
"
);

impl Draft {
    /// Reads the accounts, checks each, and makes a password for each. All that can be known to be wrong comes out here.
    ///
    /// Cost: some 10 µs a phone, in memory that does not grow with their number.
    ///
    /// # Errors
    ///
    /// [`PlanError`]; then nothing is left behind.
    pub fn new<R: TryCryptoRng>(
        path: &Path,
        plan: &Plan<'_>,
        accounts: impl io::Read,
        rng: &mut R,
    ) -> Result<Self, PlanError> {
        if path.symlink_metadata().is_ok() {
            return Err(JournalError::Exists.into());
        }
        // SQLite would take it for the new journal's.
        if let Some(left) = logs(path).into_iter().find(|log| log.symlink_metadata().is_ok()) {
            return Err(JournalError::Leftover(left).into());
        }
        let file = beside(path).map_err(JournalError::from)?;
        let connection = Connection::open_with_flags(file.path(), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let phones = create(&connection, plan, accounts, rng)?;
        connection.close().map_err(|(_, error)| error)?;
        Ok(Self { file, path: path.to_owned(), phones })
    }

    /// How many phones there are in it.
    pub const fn phones(&self) -> u64 {
        self.phones
    }

    /// Gives it its name, and opens it.
    ///
    /// # Errors
    ///
    /// [`JournalError`], also where a file of that name has come into being.
    pub fn keep(self, key: &Key) -> Result<Journal, JournalError> {
        self.file.as_file().sync_all()?;
        self.file.persist_noclobber(&self.path).map_err(|error| error.error)?;
        sync_name(&self.path);
        let mut journal = Journal::open(&self.path)?;
        journal.unlock(key)?;
        Ok(journal)
    }
}

/// Makes the tables, with a row for each of the accounts.
fn create<R: TryCryptoRng>(
    connection: &Connection,
    plan: &Plan<'_>,
    accounts: impl io::Read,
    rng: &mut R,
) -> Result<u64, PlanError> {
    // Nobody sees the file before it is complete, and nothing is sent before it is synced.
    connection.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN")?;
    connection.execute_batch(TABLES)?;
    let phones = fill(connection, plan, Accounts::open(accounts, plan.fleet)?, rng)?;
    connection.execute_batch("COMMIT")?;
    Ok(phones)
}

/// Reads the accounts into the tables.
fn fill<R: TryCryptoRng>(
    connection: &Connection,
    plan: &Plan<'_>,
    mut accounts: Accounts<impl io::Read>,
    rng: &mut R,
) -> Result<u64, PlanError> {
    let mut salt = [0; SALT];
    rng.try_fill_bytes(&mut salt).map_err(source)?;
    let seal = Seal::new(plan.key, &salt);
    let head = Head {
        vendor: plan.fleet.preset().name.to_string(),
        tenant: plan.fleet.tenant(),
        columns: plan.fleet.columns().join(","),
        length: plan.length,
        alphabet: plan.policy.alphabet().iter().collect(),
        protection: plan.key.protection(),
        salt,
        proof: seal.seal(PROOF, &salt, rng).map_err(source)?.to_vec(),
        rule: rule(plan.fleet),
    };
    head.write(connection)?;
    let mut insert = connection.prepare(
        "INSERT INTO phones (line, name, new_password, account_password) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )?;
    let mut phones = 0;
    // One more than there can be is refused as too long.
    let mut password = Zeroizing::new([0; MAX_LENGTH + 1]);
    let password = &mut password[..plan.length.min(MAX_LENGTH + 1)];
    // What must be counted for rare passwords is counted once.
    let generator = plan.policy.bulk::<R::Error>(plan.length, b"");
    let generator = generator.map_err(|error| PlanError::Generate(error.to_string()))?;
    while let Some(row) = accounts.next()? {
        generator.fill(rng, password).map_err(|error| PlanError::Generate(error.to_string()))?;
        let phone = Phone {
            names: &row.names,
            account_password: row.secret,
            new_password: str::from_utf8(password).expect("passwords are ASCII"),
        };
        let wrong = |problem| AccountsError { line: row.line, problem };
        plan.fleet.check(&phone).map_err(|error| wrong(AccountsProblem::Field(error)))?;
        let name = row.names.join(BETWEEN);
        let mut sealed = |secret, what| seal.seal(secret, &context(&salt, &name, what), rng).map_err(source);
        let new_password = sealed(phone.new_password, What::NewPassword)?;
        let account_password = match phone.account_password {
            "" => None,
            secret => Some(sealed(secret, What::AccountPassword)?),
        };
        let secrets = (&*new_password, account_password.as_deref());
        if insert.execute(params![row.line as i64, name, secrets.0, secrets.1])? == 0 {
            let mut first = connection.prepare("SELECT line FROM phones WHERE name = ?")?;
            let first: i64 = first.query_one([&name], |found| found.get(0))?;
            let problem = AccountsProblem::Twice { name: shown(&row.names), first: first.unsigned_abs() };
            return Err(wrong(problem).into());
        }
        phones += 1;
    }
    if phones == 0 {
        return Err(AccountsError { line: 1, problem: AccountsProblem::NoRows }.into());
    }
    Ok(phones)
}

fn source(error: impl core::fmt::Display) -> PlanError {
    PlanError::Generate(format!("the random source failed: {error}"))
}

/// Which secret of a phone.
#[derive(Clone, Copy)]
enum What {
    NewPassword = 1,
    AccountPassword = 2,
}

/// The rule of a fleet in words, in one line.
fn rule(fleet: &dyn Fleet) -> String {
    fleet.policy().explain().to_string().replace('\n', "; ")
}

/// What a sealed secret is bound to.
fn context(salt: &[u8; SALT], name: &str, what: What) -> Vec<u8> {
    [salt, &[what as u8][..], name.as_bytes()].concat()
}

impl Head {
    fn write(&self, connection: &Connection) -> Result<(), rusqlite::Error> {
        connection.pragma_update(None, "application_id", APPLICATION)?;
        connection.pragma_update(None, "user_version", VERSION)?;
        let (length, protection) = (self.length as i64, self.protection.text());
        connection.execute(
            "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                self.vendor,
                self.tenant,
                self.columns,
                length,
                self.alphabet,
                protection,
                self.salt,
                self.proof,
                self.rule
            ],
        )?;
        Ok(())
    }

    fn is_ours(connection: &Connection) -> Result<(), JournalError> {
        let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
        match (number("application_id")?, number("user_version")?) {
            (APPLICATION, VERSION) => Ok(()),
            (APPLICATION, later) if later > VERSION => Err(JournalError::Newer),
            _ => Err(JournalError::NotAJournal),
        }
    }

    fn read(connection: &Connection) -> Result<Self, JournalError> {
        let problem: String = connection.query_one("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if problem != "ok" {
            return Err(JournalError::Damaged(problem.replace(char::is_control, " ")));
        }
        let damaged = |what: &str| JournalError::Damaged(what.to_string());
        let read = |row: &SqlRow<'_>| {
            let (length, protection): (i64, String) = (row.get(3)?, row.get(5)?);
            let head = Self {
                vendor: row.get(0)?,
                tenant: row.get(1)?,
                columns: row.get(2)?,
                length: usize::try_from(length).unwrap_or_default(),
                alphabet: row.get(4)?,
                protection: Protection::Plaintext,
                salt: row.get(6)?,
                proof: row.get(7)?,
                rule: row.get(8)?,
            };
            Ok((head, protection))
        };
        let found = connection.query_row("SELECT * FROM journal", [], read).optional()?;
        let (head, protection) = found.ok_or_else(|| damaged("it does not say what it is for"))?;
        let protection = Protection::of(&protection).ok_or_else(|| damaged("how it is protected"))?;
        Ok(Self { protection, ..head })
    }
}

impl Journal {
    /// Opens a journal, and keeps every other process from it. Calls that were under way when it was last used count as
    /// [`State::Unknown`] from now on.
    ///
    /// Cost: the whole file is read once.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let file = Place::of(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Self::on(Connection::open_with_flags(path, flags)?, file)
    }

    fn on(connection: Connection, file: Place) -> Result<Self, JournalError> {
        connection.busy_timeout(Duration::ZERO)?;
        // The lock is taken by the first write, and kept.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        // Before anything is written: the file may be another program's.
        Head::is_ours(&connection)?;
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        connection.execute_batch("BEGIN EXCLUSIVE; COMMIT")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        // What is forgotten is overwritten.
        connection.pragma_update_and_check(None, "secure_delete", "ON", |_| Ok(()))?;
        let head = Head::read(&connection)?;
        connection.execute(
            concat!(
                "UPDATE phones SET state = ?, unsure = 1, changed = NULL, why = ? WHERE state = ? AND ",
                is_open!()
            ),
            params![
                State::Unknown.to_sql(),
                "the process ended before the reply was recorded",
                State::Sending.to_sql()
            ],
        )?;
        let counts = count(&connection)?;
        Ok(Self { connection, seal: None, head, counts, file })
    }

    /// Which key it asks for.
    pub const fn protection(&self) -> Protection {
        self.head.protection
    }

    /// The vendor's name, as [`Preset::name`](sip_password::Preset::name).
    pub fn vendor(&self) -> &str {
        &self.head.vendor
    }

    /// The columns that name a phone.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.head.columns.split(',')
    }

    /// How long the new passwords are, in characters.
    pub const fn length(&self) -> usize {
        self.head.length
    }

    /// The characters that the new passwords are made of.
    pub fn alphabet(&self) -> &str {
        &self.head.alphabet
    }

    /// How many phones are in each state.
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Gives it the key to its secrets.
    ///
    /// # Errors
    ///
    /// [`JournalError::WrongKey`].
    pub fn unlock(&mut self, key: &Key) -> Result<(), JournalError> {
        if key.protection() != self.head.protection {
            return Err(JournalError::WrongKey);
        }
        let seal = Seal::new(key, &self.head.salt);
        match seal.open(&self.head.proof, &self.head.salt) {
            Ok(proof) if *proof == PROOF => self.seal = Some(seal),
            _ => return Err(JournalError::WrongKey),
        }
        Ok(())
    }

    /// That it was planned for this fleet.
    ///
    /// # Errors
    ///
    /// [`JournalError::Other`] says what differs.
    pub fn is_of(&self, fleet: &dyn Fleet) -> Result<(), JournalError> {
        let same = |what, journal: &str, present: &str| match journal == present {
            true => Ok(()),
            false => Err(JournalError::Other { what, journal: journal.to_string() }),
        };
        same("vendor", &self.head.vendor, fleet.preset().name)?;
        same("tenant", &self.head.tenant, &fleet.tenant())?;
        same("set of columns", &self.head.columns, &fleet.columns().join(","))?;
        same("rule (--policy-file)", &self.head.rule, &rule(fleet))
    }

    /// That it was planned with these accounts: the same phones in the same order, and for phones that are not
    /// confirmed the same passwords of the accounts. And that a call can still be made for each of these.
    ///
    /// # Errors
    ///
    /// [`PlanError`] has the line that differs. [`JournalError::WrongKey`] where it is not unlocked.
    pub fn has_accounts(&self, fleet: &dyn Fleet, accounts: impl io::Read) -> Result<(), PlanError> {
        let mut accounts = Accounts::open(accounts, fleet)?;
        let seal = self.seal()?;
        let mut select = self.connection.prepare("SELECT * FROM phones ORDER BY id")?;
        let mut phones = select.query([])?;
        let name = |phone: &SqlRow<'_>| -> Result<String, JournalError> { Ok(phone.get("name")?) };
        while let Some(row) = accounts.next()? {
            let wrong = |problem| PlanError::Accounts(AccountsError { line: row.line, problem });
            let Some(phone) = phones.next()? else {
                return Err(wrong(AccountsProblem::Changed { journal: None }));
            };
            let name = name(phone)?;
            if name != row.names.join(BETWEEN) {
                let journal = name.replace(BETWEEN, "/");
                let mut elsewhere = self.connection.prepare("SELECT 1 FROM phones WHERE name = ?")?;
                return Err(wrong(match elsewhere.exists([row.names.join(BETWEEN)])? {
                    true => AccountsProblem::Order { journal },
                    false => AccountsProblem::Changed { journal: Some(journal) },
                }));
            }
            if phone.get::<_, i64>("state")? != State::Confirmed.to_sql() {
                let claimed = self.secrets(seal, phone)?;
                if *claimed.account_password != row.secret {
                    return Err(wrong(AccountsProblem::OtherSecret));
                }
                let checked = Claimed::with_all(&[claimed], |phones| {
                    phones.iter().try_for_each(|phone| fleet.check(phone))
                });
                checked.map_err(|error| wrong(AccountsProblem::Field(error)))?;
            }
        }
        let line = accounts.line;
        match phones.next()? {
            None => Ok(()),
            Some(phone) => {
                let journal = name(phone)?.replace(BETWEEN, "/");
                Err(AccountsError { line, problem: AccountsProblem::Shorter { journal } }.into())
            }
        }
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
            let opened = seal.open(sealed, &context(&self.head.salt, &name, what));
            opened.map(Some).map_err(|_| {
                JournalError::Damaged(format!("the {column} of {} was changed", name.replace(BETWEEN, "/")))
            })
        };
        Ok(Claimed {
            claim: Claim { id: phone.get("id")?, checks: None },
            new_password: open("new_password", What::NewPassword)?.unwrap_or_default(),
            account_password: open("account_password", What::AccountPassword)?.unwrap_or_default(),
            name,
        })
    }

    /// All of this is on the disk, or none, when it returns.
    ///
    /// # Errors
    ///
    /// [`JournalError`]; then nothing of it is, or all, where SQLite calls failed what it has done. The counts are then read from the
    /// disk, which looks at every phone.
    pub(super) fn step<T>(
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
    pub(super) fn claim(
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
            let (planned, unknown) = (State::Planned.to_sql(), State::Unknown.to_sql());
            let mut phones = select.query(params![
                after,
                planned,
                unknown_too,
                unknown,
                MAX_FAILED_CHECKS,
                most as i64
            ])?;
            while let Some(phone) = phones.next()? {
                let from = State::from_sql(phone.get("state")?)?;
                let mut found = self.secrets(seal, phone)?;
                if fleet.locks() {
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
                params![State::Sending.to_sql(), checks, now(), id],
            )?;
            self.counts.moved(*from, State::Sending);
        }
        Ok(claimed.into_iter().map(|(phone, _)| phone).collect())
    }

    /// Whether there is a phone that [`claim`](Self::claim) would take.
    pub(super) fn has_claimable(&self) -> Result<bool, JournalError> {
        let mut select = self.connection.prepare_cached(concat!(
            "SELECT EXISTS (SELECT 1 FROM phones WHERE ",
            is_open!(),
            " AND state <> ? AND NOT refused AND checks < ?)"
        ))?;
        Ok(select.query_one(params![State::Sending.to_sql(), MAX_FAILED_CHECKS], |row| row.get(0))?)
    }

    /// How many phones a run would send; `refused_too`: after [`plan_refused_again`](Self::plan_refused_again). The others that
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
    pub(super) fn record(&mut self, claim: Claim, verdict: &Verdict) -> Result<(), JournalError> {
        let Claim { id, checks } = claim;
        let unsure = {
            let mut select = self.connection.prepare_cached("SELECT unsure FROM phones WHERE id = ?")?;
            select.query_one([id], |row| row.get::<_, bool>(0))?
        };
        let to = match verdict.fate {
            Fate::Confirmed => State::Confirmed,
            Fate::Unknown => State::Unknown,
            // An earlier call may have changed it: the vendor's refusal of this one does not say that it did not.
            Fate::Refused | Fate::Unsent if unsure => State::Unknown,
            Fate::Refused => State::Refused,
            Fate::Unsent => State::Planned,
        };
        let recorded = self.execute(
            "UPDATE phones SET state = ?1, unsure = ?2, refused = ?3, changed = ?4, why = ?5, checks = coalesce(?6, checks), \
             account_password = CASE WHEN ?7 THEN NULL ELSE account_password END WHERE id = ?8 AND state = ?9",
            params![
                to.to_sql(),
                unsure || to == State::Unknown,
                verdict.fate == Fate::Refused,
                now(),
                verdict.why,
                checks.map(|checks| checks_after(checks, verdict.check)),
                to == State::Confirmed,
                id,
                State::Sending.to_sql(),
            ],
        )?;
        if recorded > 0 {
            self.counts.moved(State::Sending, to);
        }
        Ok(())
    }

    /// Lets the next run ask again for the phones that the vendor refused, but for those whose accounts a failed check more
    /// could lock. How many they are.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn plan_refused_again(&mut self) -> Result<u64, JournalError> {
        self.step(|journal| {
            let again = journal.execute(
                "UPDATE phones SET refused = 0, state = CASE state WHEN ?1 THEN ?2 ELSE state END \
                 WHERE refused AND checks < ?3",
                params![State::Refused.to_sql(), State::Planned.to_sql(), MAX_FAILED_CHECKS],
            )?;
            journal.counts = count(&journal.connection)?;
            Ok(again as u64)
        })
    }

    /// Shows every phone of these states, in the order of the accounts file, as long as `see` says so.
    ///
    /// # Errors
    ///
    /// [`JournalError`], and what `see` returns.
    pub fn phones<E: From<JournalError>>(
        &self,
        states: &[State],
        mut see: impl FnMut(&Record<'_>) -> Result<(), E>,
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
        states: &[State],
        mut see: impl FnMut(&Record<'_>, &str) -> Result<(), E>,
    ) -> Result<(), E> {
        let seal = self.seal()?;
        self.each(states, |row, record| match record.state {
            State::Confirmed | State::Unknown => see(record, &self.secrets(seal, row)?.new_password),
            _ => see(record, ""),
        })
    }

    fn each<E: From<JournalError>>(
        &self,
        states: &[State],
        mut see: impl FnMut(&SqlRow<'_>, &Record<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = |error: rusqlite::Error| JournalError::from(error);
        let mut select = self.connection.prepare("SELECT * FROM phones ORDER BY id").map_err(sql)?;
        let mut phones = select.query([]).map_err(sql)?;
        while let Some(row) = phones.next().map_err(sql)? {
            let (name, why): (String, String) = (get(row, "name")?, get(row, "why")?);
            let state = State::from_sql(get(row, "state")?)?;
            if !states.contains(&state) {
                continue;
            }
            let time = |column| -> Result<Option<SystemTime>, JournalError> {
                let millis: Option<i64> = get(row, column)?;
                let millis = millis.and_then(|millis| u64::try_from(millis).ok());
                Ok(millis.and_then(|millis| UNIX_EPOCH.checked_add(Duration::from_millis(millis))))
            };
            let record = Record {
                line: get::<i64>(row, "line")?.unsigned_abs(),
                names: name.split(BETWEEN).collect(),
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
    pub fn exported(&mut self) -> Result<(), JournalError> {
        self.step(|journal| {
            let confirmed = State::Confirmed.to_sql();
            journal.execute("UPDATE phones SET exported = 1 WHERE state = ?", params![confirmed]).map(drop)
        })
    }

    /// Notes that what was exported may be safe nowhere else any more: [`Journal::forget`] forgets nothing until the next
    /// [`Journal::exported`].
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn not_exported(&mut self) -> Result<(), JournalError> {
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
        let found: i64 = select.query_one([State::Confirmed.to_sql()], |row| row.get(0))?;
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
        let confirmed = State::Confirmed.to_sql();
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

    /// That the file is still where it was opened: what is written to one that was removed is lost.
    pub(super) fn is_in_place(&self) -> Result<(), JournalError> {
        if self.file.is_same() { Ok(()) } else { Err(JournalError::Gone { restored: false }) }
    }

    /// Writes a journal that was removed to its place again, if nothing else is there.
    pub(super) fn restore(&self) -> Result<(), JournalError> {
        // Then what lies beside it may be that one's.
        if self.file.path.symlink_metadata().is_ok() {
            return Err(JournalError::Exists);
        }
        let copy = beside(&self.file.path)?;
        let to = copy.path().to_str().ok_or(JournalError::Io(io::ErrorKind::InvalidFilename))?;
        self.connection.execute("VACUUM INTO ?", [to])?;
        copy.as_file().sync_all()?;
        // What is left of the log is of the file that was removed.
        for log in logs(&self.file.path) {
            match fs::remove_file(log) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        copy.persist_noclobber(&self.file.path).map_err(|error| error.error)?;
        sync_name(&self.file.path);
        Ok(())
    }

    fn execute_all(&self, sql: &str) -> Result<(), JournalError> {
        Ok(self.connection.execute_batch(sql)?)
    }

    fn execute(&self, sql: &str, params: impl Params) -> Result<usize, JournalError> {
        Ok(self.connection.prepare_cached(sql)?.execute(params)?)
    }
}

impl Claimed {
    /// Does something with them as phones.
    pub(super) fn with_all<T>(claimed: &[Self], work: impl FnOnce(&[Phone<'_>]) -> T) -> T {
        let names: Vec<Vec<_>> = claimed.iter().map(|phone| phone.name.split(BETWEEN).collect()).collect();
        let phones: Vec<_> = (claimed.iter().zip(&names))
            .map(|(phone, names)| Phone {
                names,
                account_password: &phone.account_password,
                new_password: &phone.new_password,
            })
            .collect();
        work(&phones)
    }
}

fn count(connection: &Connection) -> Result<Counts, JournalError> {
    let mut counts = Counts::default();
    let mut select = connection.prepare("SELECT state, count(*) FROM phones GROUP BY state")?;
    let mut found = select.query([])?;
    while let Some(row) = found.next()? {
        let state = State::from_sql(row.get(0)?)?;
        counts.0[Counts::place(state)] = row.get::<_, i64>(1)?.unsigned_abs();
    }
    Ok(counts)
}

fn get<T: rusqlite::types::FromSql>(row: &SqlRow<'_>, column: &str) -> Result<T, JournalError> {
    Ok(row.get(column)?)
}

/// Milliseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Where a file is, and which it is.
struct Place {
    path: PathBuf,
    opened: Metadata,
}

impl Place {
    fn of(path: &Path) -> Result<Self, JournalError> {
        let opened = path.metadata()?;
        if opened.permissions().readonly() {
            return Err(JournalError::ReadOnly);
        }
        Ok(Self { path: path.to_owned(), opened })
    }

    #[cfg(unix)]
    fn is_same(&self) -> bool {
        use std::os::unix::fs::MetadataExt;
        let which = |file: &Metadata| (file.dev(), file.ino());
        self.path.metadata().is_ok_and(|found| which(&found) == which(&self.opened))
    }

    /// An open file can be neither removed nor replaced here.
    #[cfg(not(unix))]
    fn is_same(&self) -> bool {
        self.path.metadata().is_ok() && self.opened.is_file()
    }
}

/// What SQLite keeps beside a journal while it is open, and leaves there after a crash.
fn logs(path: &Path) -> [PathBuf; 3] {
    ["-wal", "-shm", "-journal"].map(|end| {
        let mut log = path.as_os_str().to_owned();
        log.push(end);
        log.into()
    })
}

/// A file without a name of its own in the same directory, that its owner alone can read.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    NamedTempFile::with_prefix_in(".sip-password-", directory(path))
}

/// So that the name survives a crash too; not every file system can.
fn sync_name(path: &Path) {
    let _ = File::open(directory(path)).and_then(|directory| directory.sync_all());
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}
