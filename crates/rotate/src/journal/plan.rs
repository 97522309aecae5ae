//! Plans a rotation: a password for each phone, in a file that has no name until it is complete.

use std::{
    borrow::ToOwned,
    format, io,
    path::{Path, PathBuf},
    string::{String, ToString},
    vec::Vec,
};

use rusqlite::{Connection, OpenFlags};
use sip_password::{MAX_LENGTH, Policy, rand_core::TryCryptoRng};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use super::{
    Journal,
    authentication::{Authenticator, RowSet},
    derivation::Keys,
    encryption::{KEY_CHECK, Key, SALT, Seal, SecretKind, context},
    place::{existing_side_file, persist, temporary_beside},
    record,
    rows::PhoneRow,
    schema::{Header, NAME_SEPARATOR, Progress, TABLES, extra_headers_of, policy_of},
};
use crate::{
    accounts::{Accounts, AccountsError, AccountsErrorKind, Row},
    error::{JournalError, PlanError, SqlResult},
    fleet::{Fleet, PhoneUpdate},
};

/// How a rotation is to be planned.
#[derive(Debug)]
pub struct Plan<'a> {
    /// Whose phones.
    pub fleet: &'a dyn Fleet,
    /// The policy of the new passwords: the fleet's, or one that excludes some of its characters.
    pub policy: &'a Policy,
    /// The length of the new passwords, in characters.
    pub length: usize,
    /// The key that encrypts the secrets and authenticates the journal.
    pub key: &'a Key,
    /// Columns of the accounts file, by their names in its header: no password contains what its row has in one of them, in upper or lower
    /// case. White space around a word is no part of it, and an empty field is no word. A row whose words are in 1,000 passwords one after
    /// another is an error.
    pub not_containing: &'a [&'a str],
}

/// The most passwords that are made for a row. If more contain its words, those without cost more than ten bits of entropy.
const MAX_REFUSED: u32 = 1_000;

/// A journal that is complete and has no name yet. Dropped, it leaves nothing behind.
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
/// let plan = Plan { fleet: &fleet, policy: &NXCLOUD, length: 16, key: &key, not_containing: &[] };
/// let mut rng = Keystream::from_source(&mut getrandom::SysRng)?;
/// let directory = tempfile::tempdir()?;
/// let path = directory.path().join("rotation.db");
///
/// let twice = Draft::new(&path, &plan, &b"username\n1049001\n1049001\n"[..], &mut rng).map(drop);
/// let message = "line 3: 1049001 is in line 2 already; list each phone once";
/// assert_eq!(twice.unwrap_err().to_string(), message);
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
    phones: u64,
}

impl Draft {
    /// Reads the accounts, validates each, and makes a password for each. Whatever can be wrong before a call is made is an error here.
    ///
    /// Cost: some 10 µs a phone, in memory that does not grow with their number.
    ///
    /// # Errors
    ///
    /// [`PlanError`]. Nothing is left behind.
    pub fn new<R: TryCryptoRng>(
        path: &Path,
        plan: &Plan<'_>,
        accounts: impl io::Read,
        rng: &mut R,
    ) -> Result<Self, PlanError> {
        Self::with_rows(path, plan, accounts, rng, Err)
    }

    /// Checks everything that [`new`](Self::new) checks, and calls `visit` with every row that is wrong, not only the first one. Writes
    /// the journal and removes it, so that a full disk is noticed too. Returns the number of phones.
    ///
    /// # Errors
    ///
    /// [`PlanError`]; [`PlanError::WrongRows`] if any row is wrong.
    pub fn check<R: TryCryptoRng>(
        path: &Path,
        plan: &Plan<'_>,
        accounts: impl io::Read,
        rng: &mut R,
        mut visit: impl FnMut(AccountsError),
    ) -> Result<u64, PlanError> {
        let visit = |error| {
            visit(error);
            Ok(())
        };
        Ok(Self::with_rows(path, plan, accounts, rng, visit)?.phones)
    }

    /// Calls `wrong` with every row that is wrong, and goes on unless that returns the error.
    fn with_rows<R: TryCryptoRng>(
        path: &Path,
        plan: &Plan<'_>,
        accounts: impl io::Read,
        rng: &mut R,
        wrong: impl FnMut(AccountsError) -> Result<(), AccountsError>,
    ) -> Result<Self, PlanError> {
        if path.symlink_metadata().is_ok() {
            return Err(JournalError::Exists.into());
        }
        if let Some(leftover) = existing_side_file(path) {
            return Err(JournalError::Leftover(leftover).into());
        }
        let file = temporary_beside(path).map_err(JournalError::from)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let connection = Connection::open_with_flags(file.path(), flags).sql()?;
        let phones = create(&connection, plan, accounts, rng, wrong)?;
        connection.close().map_err(|(_, error)| error).sql()?;
        Ok(Self { file, path: path.to_owned(), phones })
    }

    /// The number of phones.
    pub const fn phones(&self) -> u64 {
        self.phones
    }

    /// Gives the journal its name, and opens it.
    ///
    /// # Errors
    ///
    /// [`JournalError`]; [`JournalError::Exists`] if a file of that name has appeared since [`new`](Self::new).
    pub fn commit(self, key: &Key) -> Result<Journal, JournalError> {
        persist(self.file, &self.path)?;
        let mut journal = Journal::open(&self.path)?;
        journal.unlock(key)?;
        Ok(journal)
    }
}

/// Creates the tables, with a row for each account: the number of rows. Calls `visit` with every row that is wrong, and goes on unless
/// that returns the error.
pub(super) fn create<R: TryCryptoRng>(
    connection: &Connection,
    plan: &Plan<'_>,
    accounts: impl io::Read,
    rng: &mut R,
    mut visit: impl FnMut(AccountsError) -> Result<(), AccountsError>,
) -> Result<u64, PlanError> {
    // Nobody sees the file before it is complete, and nothing is sent before it is synced.
    connection.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN").sql()?;
    TABLES.iter().try_for_each(|(_, table)| connection.execute_batch(table).sql())?;
    let mut accounts = Accounts::open(accounts, plan.fleet)?.with_words(plan.not_containing)?;
    let mut filler = Filler::new(connection, plan, &accounts.kept_columns()?, rng)?;
    // What must be counted for rare passwords is counted once.
    let generator = plan.policy.bulk(plan.length, b"").map_err(not_generated)?;
    // One more character than there can be, so that a length beyond that is refused as too long.
    let mut buffer = Zeroizing::new([0; MAX_LENGTH + 1]);
    let password = &mut buffer[..plan.length.min(MAX_LENGTH + 1)];
    let mut wrong = 0;
    loop {
        let added = match accounts.next() {
            Ok(None) => break,
            Ok(Some(row)) => {
                let mut refused = 0;
                loop {
                    generator.fill(filler.rng, password).map_err(not_generated)?;
                    // Those without the words are all as likely as before.
                    if row.words.is_empty() || plan.policy.check_for_account(&*password, &row.words).is_ok() {
                        break;
                    }
                    refused += 1;
                    if refused == MAX_REFUSED {
                        break;
                    }
                }
                match refused {
                    MAX_REFUSED => {
                        Err(AccountsError { line: row.line, kind: AccountsErrorKind::Words { refused } }
                            .into())
                    }
                    _ => filler.add(&row, str::from_utf8(password).expect("passwords are ASCII")),
                }
            }
            Err(error) if error.kind.ends_reading() => return Err(error.into()),
            Err(error) => Err(error.into()),
        };
        match added {
            Ok(()) => {}
            Err(PlanError::Accounts(error)) => {
                visit(error)?;
                wrong += 1;
            }
            Err(error) => return Err(error),
        }
    }
    match (filler.header.rows, wrong) {
        (0, 0) => return Err(AccountsError { line: 1, kind: AccountsErrorKind::NoRows }.into()),
        (_, 0) => {}
        (right, wrong) => {
            return Err(PlanError::WrongRows { wrong, right: right.unsigned_abs() });
        }
    }
    let phones = filler.finish()?;
    connection.execute_batch("COMMIT").sql()?;
    Ok(phones)
}

/// Adds phones to the tables of a new journal.
struct Filler<'a, R> {
    connection: &'a Connection,
    fleet: &'a dyn Fleet,
    header: Header,
    seal: Seal,
    /// `None` if the journal has no key.
    authenticator: Option<Authenticator>,
    row_set: RowSet,
    rng: &'a mut R,
}

impl<'a, R: TryCryptoRng> Filler<'a, R> {
    fn new(
        connection: &'a Connection,
        plan: &Plan<'a>,
        accounts_columns: &[String],
        rng: &'a mut R,
    ) -> Result<Self, PlanError> {
        let mut salt = [0; SALT];
        rng.try_fill_bytes(&mut salt).map_err(source_failed)?;
        let protection = plan.key.protection();
        let cost = protection.cost();
        let keys = Keys::derive(plan.key, &salt, cost)?;
        let seal = Seal::new(keys.as_ref().map(|keys| &*keys.encryption));
        let header = Header {
            vendor: plan.fleet.vendor().to_string(),
            tenant: plan.fleet.tenant(),
            columns: plan.fleet.columns().join(","),
            accounts_columns: record::write(accounts_columns.iter().map(String::as_str)),
            length: plan.length,
            alphabet: characters(plan.policy),
            protection,
            salt,
            key_check: seal.seal(KEY_CHECK, &salt, rng).map_err(source_failed)?.to_vec(),
            policy: policy_of(plan.fleet),
            not_containing: plan.not_containing.join("\n"),
            extra_headers: extra_headers_of(plan.fleet),
            cost,
            progress: Progress::default(),
            generation: 1,
            rows: 0,
            mac: Vec::new(),
        };
        let authenticator = keys.map(|keys| Authenticator::new(keys.authentication, salt));
        Ok(Self {
            connection,
            fleet: plan.fleet,
            header,
            seal,
            authenticator,
            row_set: RowSet::default(),
            rng,
        })
    }

    fn add(&mut self, account: &Row<'_>, new_password: &str) -> Result<(), PlanError> {
        let wrong = |kind| AccountsError { line: account.line, kind };
        let phone = PhoneUpdate { names: &account.names, account_password: account.secret, new_password };
        self.fleet.validate(&phone).map_err(|error| wrong(AccountsErrorKind::Field(error)))?;
        let name = account.names.join(NAME_SEPARATOR);
        let mut sealed = |secret, kind| {
            let context = context(&self.header.salt, &name, kind);
            self.seal.seal(secret, &context, self.rng).map_err(source_failed)
        };
        let new_password = sealed(new_password, SecretKind::New)?;
        let account_password = match account.secret {
            "" => None,
            secret => Some(sealed(secret, SecretKind::Account)?),
        };
        let other_fields = match record::write(account.others.iter().copied()) {
            none if none.is_empty() => None,
            others => Some(sealed(&others, SecretKind::Fields)?),
        };
        self.header.rows += 1;
        // No name is there twice: the accounts have been looked through for that.
        let mut row = PhoneRow::planned(self.header.rows, account.line as i64, name);
        (row.new_password, row.account_password) = (Some(new_password), account_password);
        row.other_fields = other_fields;
        if let Some(authenticator) = &self.authenticator {
            row.mac = authenticator.row(&row).into();
            self.row_set.toggle(authenticator.addend(&row));
        }
        Ok(row.insert(self.connection)?)
    }

    /// Writes the header. Returns the number of phones.
    fn finish(mut self) -> Result<u64, PlanError> {
        if let Some(authenticator) = &self.authenticator {
            self.header.mac = authenticator.head(&self.header, self.row_set).into();
        }
        self.header.insert(self.connection)?;
        Ok(self.header.rows.unsigned_abs())
    }
}

fn not_generated(error: impl ToString) -> PlanError {
    PlanError::Generate(error.to_string())
}

fn source_failed(error: impl core::fmt::Display) -> PlanError {
    PlanError::Generate(format!("the random source failed: {error}"))
}

/// What [`Header::alphabet`] says of a policy.
fn characters(policy: &Policy) -> String {
    let (alphabet, not_first) = (policy.alphabet(), policy.rules().excluded_first());
    if not_first.is_empty() { alphabet.to_string() } else { format!("{alphabet}\n{not_first}") }
}
