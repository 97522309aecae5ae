//! A rotation is planned: a password for each phone, in a file that has no name until it is complete.

use std::{
    borrow::ToOwned,
    format, io,
    path::{Path, PathBuf},
    string::ToString,
};

use rusqlite::{Connection, OpenFlags, params};
use sip_password::{MAX_LENGTH, Policy, rand_core::TryCryptoRng};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use super::{
    Journal,
    encryption::{KEY_CHECK, Key, SALT, Seal, SecretKind, context},
    place::{side_files, sync_directory, temporary_beside},
    schema::{Header, NAME_SEPARATOR, TABLES, rule},
};
use crate::{
    accounts::{Accounts, AccountsError, AccountsErrorKind, shown},
    error::{JournalError, PlanError},
    fleet::{Fleet, PhoneUpdate},
};

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

/// A journal that is complete and has no name yet: dropped, it leaves nothing behind.
///
/// ```
/// use sip_password::{Keystream, NXCLOUD, api::Secret, nxcloud};
/// use sip_password_rotate::{
///     Draft, JournalError, Key, NxCloud, Plan, RotationState, zeroize::Zeroizing,
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
/// let journal = draft.commit(&key)?;
/// assert_eq!(journal.counts().of(RotationState::Planned), 2);
/// journal.phones(&[RotationState::Planned], |phone| {
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
        if let Some(left) = side_files(path).into_iter().find(|log| log.symlink_metadata().is_ok()) {
            return Err(JournalError::Leftover(left).into());
        }
        let file = temporary_beside(path).map_err(JournalError::from)?;
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
    pub fn commit(self, key: &Key) -> Result<Journal, JournalError> {
        self.file.as_file().sync_all()?;
        self.file.persist_noclobber(&self.path).map_err(|error| error.error)?;
        sync_directory(&self.path);
        let mut journal = Journal::open(&self.path)?;
        journal.unlock(key)?;
        Ok(journal)
    }
}

/// Makes the tables, with a row for each of the accounts.
pub(super) fn create<R: TryCryptoRng>(
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
    let header = Header {
        vendor: plan.fleet.preset().name.to_string(),
        tenant: plan.fleet.tenant(),
        columns: plan.fleet.columns().join(","),
        length: plan.length,
        alphabet: plan.policy.alphabet().iter().collect(),
        protection: plan.key.protection(),
        salt,
        key_check: seal.seal(KEY_CHECK, &salt, rng).map_err(source)?.to_vec(),
        rule: rule(plan.fleet),
    };
    header.write(connection)?;
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
        let phone = PhoneUpdate {
            names: &row.names,
            account_password: row.secret,
            new_password: str::from_utf8(password).expect("passwords are ASCII"),
        };
        let wrong = |problem| AccountsError { line: row.line, problem };
        plan.fleet.validate(&phone).map_err(|error| wrong(AccountsErrorKind::Field(error)))?;
        let name = row.names.join(NAME_SEPARATOR);
        let mut sealed = |secret, what| seal.seal(secret, &context(&salt, &name, what), rng).map_err(source);
        let new_password = sealed(phone.new_password, SecretKind::NewPassword)?;
        let account_password = match phone.account_password {
            "" => None,
            secret => Some(sealed(secret, SecretKind::AccountPassword)?),
        };
        let secrets = (&*new_password, account_password.as_deref());
        if insert.execute(params![row.line as i64, name, secrets.0, secrets.1])? == 0 {
            let mut first = connection.prepare("SELECT line FROM phones WHERE name = ?")?;
            let first: i64 = first.query_one([&name], |found| found.get(0))?;
            let problem = AccountsErrorKind::Twice { name: shown(&row.names), first: first.unsigned_abs() };
            return Err(wrong(problem).into());
        }
        phones += 1;
    }
    if phones == 0 {
        return Err(AccountsError { line: 1, problem: AccountsErrorKind::NoRows }.into());
    }
    Ok(phones)
}

fn source(error: impl core::fmt::Display) -> PlanError {
    PlanError::Generate(format!("the random source failed: {error}"))
}
