//! Whatever SQLite fails at, at any moment, and whatever stands in its tables: an error, and nothing lost.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    vec,
};

use rand_core::{TryCryptoRng, TryRng};
use rusqlite::hooks::{AuthContext, Authorization};
use tempfile::{TempDir, tempdir};

use super::*;
use crate::{
    HUAWEI,
    api::{BaseUrl, Secret},
    huawei::Shape,
    keystream::Keystream,
    rotate::{
        fleet::Check,
        huawei::{Access, Huawei},
    },
};

const ACCOUNTS: &str =
    "user_account,account_password\na,not-real-a\nb,not-real-b\nc,not-real-c\nd,not-real-d\n";
const EVERY: [State; 5] = State::ALL;

fn key() -> Key {
    Key::Bytes(Zeroizing::new([9; 32]))
}

/// Does something for a fleet of Huawei's.
fn with_fleet<T>(work: impl FnOnce(&Huawei<'_>) -> T) -> T {
    work(&Huawei {
        base: &BaseUrl::new("https://service.besclouds.com").expect("it is one"),
        access: Access::Token { token: Secret::new("not-a-real-token"), app_key: None },
        shape: Shape::Flat,
        policy: &HUAWEI,
    })
}

/// A plan for that fleet, and what comes of it.
fn with_plan<T>(work: impl FnOnce(&Plan<'_>) -> T) -> T {
    with_fleet(|fleet| work(&Plan { fleet, policy: &HUAWEI, length: 16, key: &key() }))
}

/// A journal of four phones, of which nothing was sent, one is under way, one is confirmed and one is refused.
fn begun() -> (TempDir, PathBuf) {
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("rotation.db");
    let mut rng = Keystream::from_seed(&mut [5; 32]);
    let draft = with_plan(|plan| Draft::new(&path, plan, ACCOUNTS.as_bytes(), &mut rng));
    let mut journal = draft.expect("the accounts are good").keep(&key()).expect("there is room");
    journal.step(|journal| with_fleet(|fleet| journal.claim(fleet, 1, false, 3))).expect("there are three");
    for (id, fate) in [(3, Fate::Confirmed), (4, Fate::Refused)] {
        journal.record(id, &verdict(fate)).expect("there is room");
    }
    assert_eq!(journal.counts().0, [1, 1, 0, 1, 1]);
    (directory, path)
}

fn verdict(fate: Fate) -> Verdict {
    Verdict { fate, check: Check::None, why: String::from("it says so") }
}

fn opened(path: &Path) -> Result<Journal, JournalError> {
    let mut journal = Journal::open(path)?;
    journal.unlock(&key())?;
    Ok(journal)
}

/// Each phone: its name, its state, and its passwords, those that nobody is shown too.
fn phones(journal: &Journal) -> Result<Vec<(String, State, [String; 2])>, JournalError> {
    let mut phones = Vec::new();
    journal.each(&EVERY, |row, phone| {
        let secrets = journal.secrets(journal.seal()?, row)?;
        let secrets = [secrets.new_password, secrets.account_password].map(|secret| secret.to_string());
        phones.push((phone.names.join("/"), phone.state, secrets));
        Ok::<(), JournalError>(())
    })?;
    Ok(phones)
}

type Work = fn(&mut Journal) -> Result<(), PlanError>;

/// All that is done to a journal that is open. Each can be done again and again.
const WORKS: &[(&str, Work)] = &[
    ("phones", |journal| Ok(journal.phones(&EVERY, |_| Ok::<(), JournalError>(()))?)),
    ("passwords", |journal| Ok(journal.passwords(&EVERY, |_, _| Ok::<(), JournalError>(()))?)),
    ("has_accounts", |journal| with_fleet(|fleet| journal.has_accounts(fleet, ACCOUNTS.as_bytes()))),
    ("has_accounts: another order", |journal| {
        let accounts = ACCOUNTS.replace("\nb,not-real-b", "").replace("\nc,", "\nb,not-real-b\nc,");
        let accounts = accounts.replace("a,not-real-a\nb,not-real-b", "b,not-real-b\na,not-real-a");
        match with_fleet(|fleet| journal.has_accounts(fleet, accounts.as_bytes())) {
            Err(PlanError::Accounts(AccountsError { problem: AccountsProblem::Order { .. }, .. })) => Ok(()),
            other => other,
        }
    }),
    ("has_accounts: fewer", |journal| {
        let accounts = ACCOUNTS.replace("d,not-real-d\n", "");
        match with_fleet(|fleet| journal.has_accounts(fleet, accounts.as_bytes())) {
            Err(PlanError::Accounts(AccountsError { problem: AccountsProblem::Shorter { .. }, .. })) => {
                Ok(())
            }
            other => other,
        }
    }),
    ("claim and record", |journal| {
        let done = journal.step(|journal| {
            for claimed in with_fleet(|fleet| journal.claim(fleet, 0, true, 9))? {
                journal.record(claimed.id, &verdict(Fate::Unsent))?;
            }
            Ok(())
        });
        Ok(done?)
    }),
    ("has_claimable", |journal| Ok(journal.has_claimable().map(drop)?)),
    ("to_send", |journal| Ok(journal.to_send(true).map(drop)?)),
    ("plan_refused_again", |journal| Ok(journal.plan_refused_again().map(drop)?)),
    ("not_exported", |journal| Ok(journal.not_exported()?)),
    ("exported", |journal| Ok(journal.exported()?)),
    ("forgotten", |journal| Ok(journal.forgotten().map(drop)?)),
    ("forget", |journal| Ok(journal.forget().map(drop)?)),
];

/// Lets SQLite fail once: at a moment that is counted in what it asks for leave for while it reads a statement, and in the
/// steps of what it does. How many there were up to now.
fn fail_at(connection: &mut Connection, moment: usize) -> Arc<AtomicUsize> {
    // A statement that was read already asks for nothing.
    connection.flush_prepared_statement_cache();
    let moments = Arc::new(AtomicUsize::new(0));
    let is_now = move |moments: &AtomicUsize| moments.fetch_add(1, Relaxed) == moment;
    let asked = Arc::clone(&moments);
    let leave = move |_: AuthContext<'_>| match is_now(&asked) {
        true => Authorization::Deny,
        false => Authorization::Allow,
    };
    connection.authorizer(Some(leave)).expect("there is one connection");
    let stepped = Arc::clone(&moments);
    connection.progress_handler(1, Some(move || is_now(&stepped))).expect("there is one connection");
    moments
}

fn fail_no_more(connection: &mut Connection) {
    connection.authorizer(None::<fn(AuthContext<'_>) -> Authorization>).expect("there is one connection");
    connection.progress_handler(0, None::<fn() -> bool>).expect("there is one connection");
}

/// Each moment, one after another, until there is none left: an error of SQLite's, after which `check` is told whether it
/// was one.
fn at_each_moment(mut work: impl FnMut(usize) -> (Arc<AtomicUsize>, Result<(), PlanError>)) -> usize {
    for moment in 0.. {
        let (moments, done) = work(moment);
        match done {
            Err(PlanError::Journal(JournalError::Sqlite(_))) => assert!(moments.load(Relaxed) > moment),
            Err(error) => panic!("moment {moment}: {error}"),
            // The last one may be over when it fails.
            Ok(()) if moments.load(Relaxed) <= moment => return moment,
            Ok(()) => {}
        }
    }
    unreachable!("there are fewer moments than numbers")
}

#[test]
fn whenever_sqlite_fails_all_is_done_or_nothing() {
    let (_directory, path) = begun();
    let mut journal = opened(&path).expect("it is whole");
    for &(name, work) in WORKS {
        let before = phones(&journal).expect("it is whole");
        let mut after = None;
        let moments = at_each_moment(|moment| {
            let moments = fail_at(&mut journal.connection, moment);
            let done = work(&mut journal);
            fail_no_more(&mut journal.connection);
            let now = phones(&journal).expect("it is whole");
            assert!(journal.connection.is_autocommit(), "{name}, moment {moment}: it is not over");
            assert_eq!(
                journal.counts(),
                count(&journal.connection).expect("it is whole"),
                "{name}, {moment}"
            );
            if done.is_ok() || now != before {
                // What was done is done whole.
                assert_eq!(*after.get_or_insert_with(|| now.clone()), now, "{name}, moment {moment}");
            }
            (moments, done)
        });
        assert!(moments > 3, "{name} has {moments} moments");
    }
    // Nothing of the last run's password is lost, but what was exported and forgotten.
    let found = phones(&journal).expect("it is whole");
    assert_eq!(found.len(), 4);
}

#[test]
fn whenever_sqlite_fails_to_open_it_opens_the_next_time() {
    let (_directory, path) = begun();
    let before = phones(&opened(&path).expect("it is whole")).expect("it is whole");
    let moments = at_each_moment(|moment| {
        let place = Place::of(&path).expect("it is there");
        let mut connection = Connection::open(&path).expect("it is there");
        let moments = fail_at(&mut connection, moment);
        let done = Journal::on(connection, place).map(drop).map_err(PlanError::from);
        (moments, done)
    });
    assert!(moments > 20, "{moments} moments");
    assert_eq!(phones(&opened(&path).expect("it is whole")).expect("it is whole"), before);
}

#[test]
fn whenever_sqlite_fails_nothing_is_planned() {
    let moments = at_each_moment(|moment| {
        let mut connection = Connection::open_in_memory().expect("there is room");
        let moments = fail_at(&mut connection, moment);
        let mut rng = Keystream::from_seed(&mut [5; 32]);
        let done = with_plan(|plan| create(&connection, plan, ACCOUNTS.as_bytes(), &mut rng).map(drop));
        (moments, done)
    });
    assert!(moments > 20, "{moments} moments");
    // And while it looks for the line that an account stands in already.
    let twice = format!("{ACCOUNTS}a,not-real-a\n");
    at_each_moment(|moment| {
        let mut connection = Connection::open_in_memory().expect("there is room");
        let moments = fail_at(&mut connection, moment);
        let mut rng = Keystream::from_seed(&mut [5; 32]);
        let done = with_plan(|plan| create(&connection, plan, twice.as_bytes(), &mut rng).map(drop));
        (
            moments,
            done.or_else(|error| match error {
                PlanError::Accounts(AccountsError {
                    problem: AccountsProblem::Twice { first: 2, .. },
                    ..
                }) => Ok(()),
                error => Err(error),
            }),
        )
    });
}

/// Fails after so many draws.
struct Unplugged(usize);

impl TryRng for Unplugged {
    type Error = io::Error;

    fn try_next_u32(&mut self) -> io::Result<u32> {
        let mut word = [0; 4];
        self.try_fill_bytes(&mut word)?;
        Ok(u32::from_le_bytes(word))
    }

    fn try_next_u64(&mut self) -> io::Result<u64> {
        unreachable!("words have 32 bits here")
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        self.0 = self.0.checked_sub(1).ok_or_else(|| io::Error::other("unplugged"))?;
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = (self.0 * 31 + place * 7) as u8;
        }
        Ok(())
    }
}

impl TryCryptoRng for Unplugged {}

#[test]
fn whenever_the_source_fails_nothing_is_planned() {
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("rotation.db");
    let draft = |draws| with_plan(|plan| Draft::new(&path, plan, ACCOUNTS.as_bytes(), &mut Unplugged(draws)));
    let enough = (0..).find(|&draws| match draft(draws) {
        Ok(draft) => draft.phones() == 4,
        Err(PlanError::Generate(why)) => {
            assert!(why.contains("unplugged"), "{why}");
            false
        }
        Err(error) => panic!("{error}"),
    });
    // The journal's number, its proof, and for each phone at the least a password and two nonces.
    assert!(enough >= Some(2 + 4 * 3), "{enough:?}");
    assert_eq!(fs::read_dir(directory.path()).expect("it is there").count(), 0);
}

/// Each column of both tables, with values of each type in it, missing, or empty: what is read is right, or an error.
#[test]
fn whatever_stands_in_the_tables_is_no_reason_to_panic() {
    let (directory, path) = begun();
    let right = phones(&opened(&path).expect("it is whole")).expect("it is whole");
    let copy = directory.path().join("damaged.db");
    let mut refused = 0;
    for (table, columns) in [("journal", 9), ("phones", 14)] {
        for column in 0..columns {
            for value in ["NULL", "x'ff'", "'1'", "-1", "7", "9e99", "9223372036854775807", ""] {
                for end in ["", "-wal", "-shm"] {
                    let _ = fs::remove_file(format!("{}{end}", copy.display()));
                }
                fs::copy(&path, &copy).expect("there is room");
                damage(&copy, table, column, value);
                let done: Vec<_> = match opened(&copy) {
                    Ok(mut journal) => WORKS.iter().map(|(_, work)| work(&mut journal)).collect(),
                    Err(error) => vec![Err(error.into())],
                };
                for error in done.into_iter().filter_map(Result::err) {
                    let text = error.to_string();
                    assert!(!text.contains(char::is_control) && !text.contains("not-real"), "{text:?}");
                    refused += 1;
                }
                let Ok(found) = opened(&copy).and_then(|journal| phones(&journal)) else { continue };
                for (number, secret) in found.iter().flat_map(|(_, _, secrets)| secrets.iter().enumerate()) {
                    let known = right.iter().any(|(_, _, secrets)| secrets[number] == *secret);
                    assert!(secret.is_empty() || known, "{table}, column {column}: {value}");
                }
            }
        }
    }
    assert!(refused > 200, "{refused} were refused");

    // Nothing says what it is for.
    fs::copy(&path, &copy).expect("there is room");
    let connection = Connection::open(&copy).expect("it is a database");
    connection.execute_batch("DELETE FROM journal").expect("there is room");
    drop(connection);
    assert!(matches!(opened(&copy), Err(JournalError::Damaged(_))));
}

/// Puts a value into a column of every row, or takes the column away.
fn damage(path: &Path, table: &str, column: usize, value: &str) {
    let connection = Connection::open(path).expect("it is a database");
    let column: String = connection
        .query_one(
            &format!("SELECT name FROM pragma_table_info('{table}') WHERE cid = ?"),
            [column as i64],
            |row| row.get(0),
        )
        .expect("it has that column");
    let change = match value {
        "" => format!("ALTER TABLE {table} RENAME COLUMN {column} TO lost"),
        value => format!("UPDATE {table} SET {column} = {value}"),
    };
    connection
        .execute_batch(&format!(
            "CREATE TABLE other AS SELECT * FROM {table}; DROP TABLE {table}; ALTER TABLE other RENAME TO {table}; {change}"
        ))
        .expect("there is room");
}

#[test]
fn what_is_in_the_way_of_a_journal_stays() {
    let (directory, path) = begun();
    let file = |name: &str| directory.path().join(name);
    let draft = |path: &Path| {
        with_plan(|plan| Draft::new(path, plan, ACCOUNTS.as_bytes(), &mut Keystream::from_seed(&mut [5; 32])))
    };
    let nowhere = file("nowhere").join("rotation.db");
    let Err(PlanError::Journal(error)) = draft(&nowhere).map(drop) else { panic!("there is no directory") };
    assert!(matches!(error, JournalError::Io(io::ErrorKind::NotFound)), "{error}");

    // A file that came into being while it was planned.
    let late = draft(&file("late.db")).expect("the accounts are good");
    fs::write(file("late.db"), "somebody's").expect("there is room");
    assert!(matches!(late.keep(&key()).map(drop), Err(JournalError::Exists)));
    assert_eq!(fs::read(file("late.db")).expect("it is there"), b"somebody's");

    let other = draft(&file("other.db")).expect("the accounts are good");
    assert!(matches!(other.keep(&Key::Plaintext).map(drop), Err(JournalError::WrongKey)));

    // A journal that was removed is not written over what is there now, nor over what it cannot remove.
    let journal = opened(&path).expect("it is whole");
    fs::write(&path, "somebody's").expect("there is room");
    assert!(matches!(journal.restore(), Err(JournalError::Exists)));
    assert_eq!(fs::read(&path).expect("it is there"), b"somebody's");
    fs::remove_file(&path).expect("it is ours");
    let [log, ..] = logs(&path);
    let _ = fs::remove_file(&log);
    fs::create_dir(&log).expect("there is room");
    assert!(matches!(journal.restore(), Err(JournalError::Io(_))));
    fs::remove_dir(&log).expect("it is empty");
    let before = phones(&journal).expect("it is whole");
    journal.restore().expect("nothing is in the way");
    drop(journal);
    assert_eq!(phones(&opened(&path).expect("it is whole")).expect("it is whole"), before);
}
