//! Fault injection: SQLite fails at every moment at which it can, and the random source fails at every draw. Each is an error, nothing
//! is lost, and the MACs are right. (The command's tests have full disks and kills.)

mod damage_tests;

use std::{
    fs, io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use rusqlite::{
    hooks::{AuthContext, Authorization},
    types::Value,
};
use sip_password::rand_core::{TryCryptoRng, TryRng};
use tempfile::{TempDir, tempdir, tempdir_in};

use super::{place::*, plan::*, state::*, *};
use crate::{
    accounts::{AccountsError, AccountsErrorKind},
    error::PlanError,
    fleet::{
        PhoneOutcome, PhoneReport,
        huawei::{Huawei, HuaweiAccess},
    },
};
use sip_password::{
    HUAWEI, Keystream,
    api::{BaseUrl, Secret, lockout::LockoutEffect},
    huawei::{BodyFormat, ExtraHeaders},
};

const ACCOUNTS: &str =
    "user_account,account_password\na,not-real-a\nb,not-real-b\nc,not-real-c\nd,not-real-d\ne,not-real-e\n";

fn key() -> Key {
    Key::Bytes(Zeroizing::new([9; 32]))
}

fn rng() -> Keystream {
    Keystream::new(&sip_password::Seed::take(&mut [5; 32]))
}

/// Calls `work` with a fleet of Huawei's.
fn with_fleet<T>(work: impl FnOnce(&Huawei<'_>) -> T) -> T {
    work(&Huawei {
        base: &BaseUrl::new("https://service.besclouds.com").expect("it is one"),
        access: HuaweiAccess::Token { token: Secret::new("not-a-real-token"), app_key: None },
        body_format: BodyFormat::Flat,
        extra_headers: ExtraHeaders::NONE,
        policy: &HUAWEI,
    })
}

/// Calls `work` with a plan for that fleet.
fn with_plan<T>(work: impl FnOnce(&Plan<'_>) -> T) -> T {
    with_fleet(|fleet| work(&Plan { fleet, policy: &HUAWEI, length: 16, key: &key(), not_containing: &[] }))
}

/// A journal of five phones, and a place for copies of it.
struct Setting {
    directory: TempDir,
}

impl Setting {
    /// Phone a is planned; the call for b is in flight; c is confirmed and exported; d is confirmed; e was refused.
    fn half_done() -> Self {
        Self::half_done_with(&key())
    }

    fn half_done_with(key: &Key) -> Self {
        // In memory if possible: on a disk it takes a minute.
        let directory = tempdir_in("/dev/shm").or_else(|_| tempdir());
        let setting = Self { directory: directory.expect("there is a directory for temporary files") };
        let path = setting.file("rotation.db");
        let draft =
            with_plan(|plan| Draft::new(&path, &Plan { key, ..*plan }, ACCOUNTS.as_bytes(), &mut rng()));
        let mut journal = draft.expect("the accounts are good").commit(key).expect("there is room");
        journal.reopen_phones().expect("there is room");
        let claimed = journal
            .step(|journal| with_fleet(|fleet| journal.claim(fleet, 1, Wanted::all(false), 4)))
            .expect("there are four");
        let claim = |phone: usize| claimed[phone - 2].claim;
        let record = |journal: &mut Journal, phone, outcome| {
            journal.step(|journal| journal.record(claim(phone), &report(outcome))).expect("there is room");
        };
        record(&mut journal, 3, PhoneOutcome::Confirmed);
        journal.mark_exported().expect("there is room");
        record(&mut journal, 4, PhoneOutcome::Confirmed);
        record(&mut journal, 5, PhoneOutcome::Refused);
        assert_eq!(RotationState::ALL.map(|state| journal.counts().of(state)), [1, 1, 0, 2, 1]);
        setting
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A fresh copy of the file.
    fn copy(&self) -> PathBuf {
        let copy = self.file("copy.db");
        for log in side_files(&copy) {
            let _ = fs::remove_file(log);
        }
        fs::copy(self.file("rotation.db"), &copy).expect("there is room");
        copy
    }

    fn files(&self) -> usize {
        fs::read_dir(self.directory.path()).expect("it is there").count()
    }
}

fn report(outcome: PhoneOutcome) -> PhoneReport {
    PhoneReport { outcome, lockout: LockoutEffect::NotChecked, ..PhoneReport::unknown("the vendor says so") }
}

fn opened(path: &Path) -> Result<Journal, JournalError> {
    let mut journal = Journal::open(path)?;
    journal.unlock(&key())?;
    journal.reopen_phones()?;
    assert_eq!(journal.integrity(), Integrity::Intact);
    Ok(journal)
}

/// Each phone with all its columns except times, and the MAC that covers them.
fn rows(journal: &Journal) -> Vec<Vec<(String, Value)>> {
    let mut select = journal.connection.prepare("SELECT * FROM phones ORDER BY id").expect("it is whole");
    let names: Vec<_> = select.column_names().map(String::from).collect();
    let row = |row: &rusqlite::Row<'_>| {
        let columns = names
            .iter()
            .filter(|name| !["sent", "changed", "provisioned", "asked", "mac"].contains(&&***name));
        columns.map(|name| Ok((name.clone(), row.get(&**name)?))).collect()
    };
    select.query_map([], row).and_then(Iterator::collect).expect("it is whole")
}

/// The name of each phone and both its passwords, including those that the public functions withhold.
fn secrets(journal: &Journal) -> Result<Vec<(String, [String; 2])>, JournalError> {
    let mut secrets = Vec::new();
    journal.visit(&RotationState::ALL, |row, phone| {
        let of = journal.secrets(row)?;
        secrets
            .push((phone.names.join("/"), [of.new_password, of.account_password].map(|one| one.to_string())));
        Ok::<(), JournalError>(())
    })?;
    Ok(secrets)
}

type Work = fn(&mut Journal) -> Result<(), PlanError>;

/// Everything that can be done with an open journal.
const WORKS: &[(&str, Work)] = &[
    ("phones", |journal| Ok(journal.phones(&RotationState::ALL, |_| Ok::<(), JournalError>(()))?)),
    ("passwords", |journal| Ok(journal.passwords(&RotationState::ALL, |_, _| Ok::<(), JournalError>(()))?)),
    ("check_accounts", |journal| with_fleet(|fleet| journal.check_accounts(fleet, ACCOUNTS.as_bytes()))),
    ("check_accounts: another order", |journal| {
        let accounts = ACCOUNTS.replace("a,not-real-a\nb,not-real-b", "b,not-real-b\na,not-real-a");
        match with_fleet(|fleet| journal.check_accounts(fleet, accounts.as_bytes())) {
            Err(PlanError::Accounts(AccountsError {
                kind: AccountsErrorKind::OtherOrder { .. }, ..
            })) => Ok(()),
            other => other,
        }
    }),
    ("check_accounts: fewer", |journal| {
        let accounts = ACCOUNTS.replace("e,not-real-e\n", "");
        match with_fleet(|fleet| journal.check_accounts(fleet, accounts.as_bytes())) {
            Err(PlanError::Accounts(AccountsError { kind: AccountsErrorKind::TooFew { .. }, .. })) => Ok(()),
            other => other,
        }
    }),
    ("claim and record", |journal| {
        let done = journal.step(|journal| {
            let claimed = with_fleet(|fleet| journal.claim(fleet, 0, Wanted::all(true), 9))?;
            claimed.iter().zip([PhoneOutcome::NotSent, PhoneOutcome::Confirmed]).try_for_each(
                |(phone, outcome)| {
                    journal.record(phone.claim, &report(outcome))?;
                    // As after an error, when nobody knows whether it was recorded.
                    journal.record(phone.claim, &report(outcome))
                },
            )
        });
        Ok(done?)
    }),
    ("has_claimable", |journal| Ok(journal.has_claimable(true).map(drop)?)),
    ("to_send", |journal| Ok(journal.to_send(true).map(drop)?)),
    ("retry_refused", |journal| Ok(journal.retry_refused().map(drop)?)),
    ("correct_accounts: nothing to correct", |journal| {
        let accounts = "user_account,account_password\ne,not-real-e\n";
        with_fleet(|fleet| journal.correct_accounts(fleet, accounts.as_bytes(), |_| ())).map(drop)
    }),
    ("provision", |journal| {
        let mut attempts = [Provisioning::Failed("no".into())].into_iter();
        Ok(journal.provision(|_, _| attempts.next().unwrap_or(Provisioning::Stop)).map(drop)?)
    }),
    ("mark_as_provisioned", |journal| Ok(journal.mark_as_provisioned([4, 3].into())?)),
    ("unprovisioned", |journal| Ok(journal.unprovisioned(true).map(drop)?)),
    ("ask_registrar", |journal| {
        let states = [RotationState::Unknown, RotationState::Confirmed];
        let mut replies = [RegisteredWith::New].into_iter();
        Ok(journal.ask_registrar(&states, true, |_, _| replies.next())?)
    }),
    ("unmark_exported", |journal| Ok(journal.unmark_exported()?)),
    ("exported", |journal| Ok(journal.mark_exported()?)),
    ("forgotten", |journal| Ok(journal.forgotten().map(drop)?)),
    ("forget", |journal| Ok(journal.forget().map(drop)?)),
];

/// Makes SQLite fail once, at this moment. The moments are the questions that it asks its authorizer while it compiles a statement, and
/// the steps of what it executes. Returns the counter of moments.
fn fail_at(connection: &mut Connection, moment: usize) -> Arc<AtomicUsize> {
    fail_if(connection, move |now| now == moment)
}

/// Makes SQLite fail at this moment and at each later one.
fn fail_from(connection: &mut Connection, moment: usize) -> Arc<AtomicUsize> {
    fail_if(connection, move |now| now >= moment)
}

fn fail_if(
    connection: &mut Connection,
    fails: impl Fn(usize) -> bool + Copy + Send + 'static,
) -> Arc<AtomicUsize> {
    // A compiled statement asks nothing.
    connection.flush_prepared_statement_cache();
    let moments = Arc::new(AtomicUsize::new(0));
    let is_now = move |moments: &AtomicUsize| fails(moments.fetch_add(1, Relaxed));
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

/// Calls `work` with each moment, one after another, until there is none left. Each failure must be SQLite's. Returns how many moments
/// did no harm.
fn at_each_moment(
    name: &str,
    mut work: impl FnMut(usize) -> (Arc<AtomicUsize>, Result<(), PlanError>),
) -> usize {
    let mut unharmed = 0;
    for moment in 0.. {
        let (moments, done) = work(moment);
        match done {
            Err(PlanError::Journal(JournalError::Sqlite(_))) => assert!(moments.load(Relaxed) > moment),
            Err(error) => panic!("{name}, moment {moment}: {error}"),
            Ok(()) if moments.load(Relaxed) <= moment => {
                assert!(moment > 3, "{name} has {moment} moments");
                return unharmed;
            }
            Ok(()) => unharmed += 1,
        }
    }
    unreachable!("there are fewer moments than numbers")
}

#[test]
fn when_sqlite_fails_a_step_is_done_entirely_or_not_at_all() {
    let setting = Setting::half_done();
    for &(name, work) in WORKS {
        let mut journal = opened(&setting.copy()).expect("it is whole");
        let before = rows(&journal);
        work(&mut journal).expect(name);
        let right = rows(&journal);
        drop(journal);
        let unharmed = at_each_moment(name, |moment| {
            let (copy, anchors) = (setting.copy(), setting.file("anchors"));
            let _ = fs::remove_dir_all(&anchors);
            let mut journal = opened(&copy).expect("it is whole");
            assert!(journal.anchor(&anchors, false).expect("there is none"));
            let moments = fail_at(&mut journal.connection, moment);
            let done = work(&mut journal);
            // The anchor is never ahead of what is on disk.
            journal.renew_anchor(true);
            let on_disk = Header::read(&Connection::open(&copy).expect("it is there")).expect("it is whole");
            let anchor = journal.anchor.as_ref().map(Anchor::generation);
            assert!(anchor <= Some(on_disk.generation), "{name}, moment {moment}: {anchor:?}");
            fail_no_more(&mut journal.connection);
            assert!(journal.connection.is_autocommit(), "{name}, moment {moment}: it is not over");
            assert_eq!(
                journal.counts(),
                StateCounts::read(&journal.connection).expect("it is whole"),
                "{name}, {moment}"
            );
            // Nothing is left half done of what the MACs cover.
            let mut reader = Journal::open_to_read(&setting.file("copy.db")).expect("it is whole");
            reader.unlock(&key()).expect("it is its key");
            assert_eq!(reader.integrity(), Integrity::Intact, "{name}, moment {moment}");
            let now = rows(&journal);
            assert!(now == right || done.is_err() && now == before, "{name}, moment {moment}: {now:?}");
            drop((journal, reader));
            let mut journal = opened(&copy).expect("it is whole");
            assert!(journal.anchor(&anchors, false).expect("it is the newest"), "{name}, moment {moment}");
            (moments, done)
        });
        assert_eq!(unharmed, 0, "{name}");
    }
}

/// Then nobody knows whether the last step is on disk: the anchor stays behind, and the next step looks.
#[test]
fn when_sqlite_keeps_failing_the_anchor_is_not_ahead_and_the_next_step_works() {
    let setting = Setting::half_done();
    for moment in (0..).step_by(7) {
        let (copy, anchors) = (setting.copy(), setting.file("anchors"));
        let _ = fs::remove_dir_all(&anchors);
        let mut journal = opened(&copy).expect("it is whole");
        assert!(journal.anchor(&anchors, false).expect("there is none"));
        let moments = fail_from(&mut journal.connection, moment);
        let done = journal.mark_exported();
        journal.renew_anchor(true);
        fail_no_more(&mut journal.connection);
        let on_disk = Header::read(&Connection::open(&copy).expect("it is there")).expect("it is whole");
        let anchor = journal.anchor.as_ref().map(Anchor::generation);
        assert!(anchor <= Some(on_disk.generation), "moment {moment}: {anchor:?}");
        journal.mark_exported().expect("it works again");
        assert_eq!(journal.integrity(), Integrity::Intact, "moment {moment}");
        drop(journal);
        let mut journal = opened(&copy).expect("it is whole");
        assert!(journal.anchor(&anchors, false).expect("it is the newest"), "moment {moment}");
        if done.is_ok() {
            assert!(moments.load(Relaxed) <= moment && moment > 100, "{moment} moments");
            return;
        }
    }
}

#[test]
fn when_sqlite_fails_to_open_a_journal_the_next_attempt_opens_it() {
    let setting = Setting::half_done();
    let right = rows(&opened(&setting.copy()).expect("it is whole"));
    let unharmed = at_each_moment("on", |moment| {
        let path = setting.copy();
        let place = JournalFile::open(&path).expect("it is there");
        let mut connection = Connection::open(&path).expect("it is there");
        let moments = fail_at(&mut connection, moment);
        let done = Journal::with_connection(connection, place).and_then(|mut journal| {
            journal.unlock(&key())?;
            journal.reopen_phones()
        });
        let journal = opened(&path).expect("it is whole");
        assert_eq!(rows(&journal), right, "moment {moment}");
        assert_eq!(journal.counts().of(RotationState::Unknown), 1, "the call in flight");
        (moments, done.map_err(PlanError::from))
    });
    assert_eq!(unharmed, 0);
}

#[cfg(unix)]
#[test]
fn when_sqlite_fails_to_restore_a_journal_no_file_is_left() {
    let setting = Setting::half_done();
    let unharmed = at_each_moment("restore", |moment| {
        let path = setting.copy();
        let mut journal = opened(&path).expect("it is whole");
        let before = rows(&journal);
        fs::remove_file(&path).expect("it is ours");
        let moments = fail_at(&mut journal.connection, moment);
        let done = journal.restore();
        fail_no_more(&mut journal.connection);
        if done.is_err() {
            assert!(!path.exists(), "moment {moment}");
            journal.restore().expect("nothing is in the way");
        }
        drop(journal);
        assert_eq!(rows(&opened(&path).expect("it is whole")), before, "moment {moment}");
        assert_eq!(setting.files(), 4, "moment {moment}: the one that was begun, its copy, and their locks");
        (moments, done.map_err(PlanError::from))
    });
    assert_eq!(unharmed, 0);
}

#[test]
fn when_sqlite_fails_no_plan_is_made() {
    let twice = format!("{ACCOUNTS}a,not-real-a\n");
    for accounts in [ACCOUNTS, &twice] {
        let unharmed = at_each_moment("create", |moment| {
            let mut connection = Connection::open_in_memory().expect("there is room");
            let moments = fail_at(&mut connection, moment);
            let done =
                with_plan(|plan| create(&connection, plan, accounts.as_bytes(), &mut rng(), Err).map(drop));
            let done = match done {
                Err(PlanError::Accounts(AccountsError {
                    kind: AccountsErrorKind::Duplicate { first: 2, .. },
                    ..
                })) if accounts == twice => Ok(()),
                other => other,
            };
            (moments, done)
        });
        assert_eq!(unharmed, 0);
    }
}

/// Fails after this many draws.
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
fn when_the_random_source_fails_no_plan_is_made() {
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("rotation.db");
    let draft = |draws| with_plan(|plan| Draft::new(&path, plan, ACCOUNTS.as_bytes(), &mut Unplugged(draws)));
    let enough = (0..).find(|&draws| match draft(draws) {
        Ok(draft) => draft.phones() == 5,
        Err(PlanError::Generate(why)) => {
            assert!(why.contains("unplugged"), "{why}");
            false
        }
        Err(error) => panic!("{error}"),
    });
    // The journal's number, its key_check, and for each phone at the least a password and two nonces.
    assert!(enough >= Some(2 + 5 * 3), "{enough:?}");
    assert_eq!(fs::read_dir(directory.path()).expect("it is there").count(), 0);
}

#[test]
fn planning_never_overwrites_a_file() {
    let setting = Setting::half_done();
    let draft = |path: &Path| with_plan(|plan| Draft::new(path, plan, ACCOUNTS.as_bytes(), &mut rng()));
    let nowhere = setting.file("nowhere").join("rotation.db");
    let Err(PlanError::Journal(error)) = draft(&nowhere).map(drop) else { panic!("there is no directory") };
    assert!(matches!(error, JournalError::Io(io::ErrorKind::NotFound)), "{error}");

    // A file that appeared during planning.
    let late = draft(&setting.file("late.db")).expect("the accounts are good");
    fs::write(setting.file("late.db"), "somebody's").expect("there is room");
    assert!(matches!(late.commit(&key()).map(drop), Err(JournalError::Exists)));
    assert_eq!(fs::read(setting.file("late.db")).expect("it is there"), b"somebody's");

    let other = draft(&setting.file("other.db")).expect("the accounts are good");
    assert!(matches!(other.commit(&Key::Plaintext).map(drop), Err(JournalError::WrongKey)));
}

/// Here, an open file can be removed.
#[cfg(unix)]
#[test]
fn restoring_never_overwrites_a_file() {
    let setting = Setting::half_done();
    let path = setting.copy();
    let journal = opened(&path).expect("it is whole");
    let before = rows(&journal);
    fs::remove_file(&path).expect("it is ours");
    fs::write(&path, "somebody's").expect("there is room");
    let log = &side_files(&path)[0];
    let _ = fs::remove_file(log);
    fs::write(log, "somebody's too").expect("there is room");
    assert!(matches!(journal.restore(), Err(JournalError::Exists)));
    assert_eq!(fs::read(&path).expect("it is there"), b"somebody's");
    assert_eq!(fs::read(log).expect("it is there"), b"somebody's too");
    fs::remove_file(&path).expect("it is ours");
    fs::remove_file(log).expect("it is ours");

    // A side file that cannot be removed.
    fs::create_dir(log).expect("there is room");
    assert!(matches!(journal.restore(), Err(JournalError::Io(_) | JournalError::ReadOnly)));
    assert!(!path.exists());
    fs::remove_dir(log).expect("it is empty");
    journal.restore().expect("nothing is in the way");
    drop(journal);
    assert_eq!(rows(&opened(&path).expect("it is whole")), before);
}
