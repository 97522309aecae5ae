//! A vendor that is made up here and does what a test's script says, and a directory for its journal.

use std::{
    collections::HashMap,
    fs,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use sip_password::{
    Client, HUAWEI, Keystream, Policy,
    api::{FieldError, FieldErrorKind},
};
use sip_password_rotate::{
    CallReport, Draft, Feedback, Fleet, Journal, JournalError, Key, Limits, LockoutEffect, PhoneOutcome,
    PhoneReport, PhoneUpdate, Plan, PlanError, Rate, RotationState, RunEnd, StateCounts, run,
    zeroize::Zeroizing,
};
use tempfile::{TempDir, tempdir};

/// What the vendor does about a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Act {
    Update,
    /// Updates, and the reply is lost.
    UpdateInSilence,
    /// Does nothing, and the reply is lost.
    Silence,
    /// The call never arrives.
    NotSent,
    Refuse,
    /// Refuses, after a failed check of the account's password.
    FailCheck,
    /// Fails such a check, and the reply is lost.
    FailCheckInSilence,
    WaitFor(Duration),
    Stop,
}

pub(crate) type Script<'a> = dyn Fn(&str, usize) -> Act + Sync + 'a;

/// A vendor that follows a script, and remembers what it saw.
pub(crate) struct Vendor<'a> {
    /// What the vendor does about the n-th call for a phone; the first is 1.
    pub(crate) script: &'a Script<'a>,
    /// Called when a call arrives.
    pub(crate) arrives: &'a (dyn Fn(&[PhoneUpdate<'_>]) + Sync),
    pub(crate) batch: usize,
    pub(crate) phones: Mutex<HashMap<String, Seen>>,
    pub(crate) calls: Mutex<Vec<(Instant, usize)>>,
    pub(crate) at_once: AtomicUsize,
    pub(crate) most_at_once: AtomicUsize,
    pub(crate) takes: Duration,
    pub(crate) tenant: &'static str,
}

#[derive(Clone, Default)]
pub(crate) struct Seen {
    pub(crate) password: Option<String>,
    pub(crate) calls: usize,
    /// Failed checks in a row.
    pub(crate) checks: u32,
}

pub(crate) fn ignore(_: &[PhoneUpdate<'_>]) {}

impl<'a> Vendor<'a> {
    pub(crate) fn new(script: &'a Script<'a>) -> Self {
        Self {
            script,
            arrives: &ignore,
            batch: 1,
            phones: Mutex::default(),
            calls: Mutex::default(),
            at_once: AtomicUsize::new(0),
            most_at_once: AtomicUsize::new(0),
            takes: Duration::ZERO,
            tenant: "here",
        }
    }

    pub(crate) fn seen(&self, name: &str) -> Seen {
        self.phones.lock().expect("nobody panicked").get(name).cloned().unwrap_or_default()
    }

    pub(crate) fn calls(&self) -> usize {
        self.calls.lock().expect("nobody panicked").len()
    }

    pub(crate) fn act(&self, phones: &[PhoneUpdate<'_>]) -> Act {
        let mut seen = self.phones.lock().expect("nobody panicked");
        let mut whole = Act::Update;
        for phone in phones {
            let seen = seen.entry(phone.names.join("/")).or_default();
            seen.calls += 1;
            let act = (self.script)(phone.names[0], seen.calls);
            if act != Act::Update {
                whole = act;
            }
        }
        for phone in phones {
            let seen = seen.entry(phone.names.join("/")).or_default();
            match whole {
                Act::Update | Act::UpdateInSilence => {
                    seen.password = Some(phone.new_password.to_owned());
                    seen.checks = 0;
                }
                Act::FailCheck | Act::FailCheckInSilence => seen.checks += 1,
                _ => {}
            }
        }
        whole
    }
}

impl Fleet for Vendor<'_> {
    fn vendor(&self) -> &str {
        "made-up"
    }

    fn policy(&self) -> &Policy {
        &HUAWEI
    }

    fn tenant(&self) -> String {
        self.tenant.into()
    }

    fn columns(&self) -> &'static [&'static str] {
        &["name"]
    }

    fn account_password_column(&self) -> Option<&'static str> {
        Some("secret")
    }

    fn locks_accounts(&self) -> bool {
        true
    }

    fn max_batch(&self) -> usize {
        self.batch
    }

    fn default_rate(&self) -> Rate {
        Rate::per_minute(60)
    }

    fn validate(&self, phone: &PhoneUpdate<'_>) -> Result<(), FieldError> {
        let empty = |field| Err(FieldError { field, kind: FieldErrorKind::Empty });
        match phone {
            PhoneUpdate { names: [""], .. } => empty("name"),
            PhoneUpdate { account_password: "", .. } => empty("secret"),
            _ => Ok(()),
        }
    }

    fn send(&self, _: &Client, phones: &[PhoneUpdate<'_>]) -> CallReport {
        self.calls.lock().expect("nobody panicked").push((Instant::now(), phones.len()));
        let now = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(now, Ordering::SeqCst);
        (self.arrives)(phones);
        thread::sleep(self.takes);
        for phone in phones {
            let expected = format!("not-real-{}", phone.names[0]);
            assert!(
                [expected.clone(), format!("{expected}-corrected")].contains(&phone.account_password.into())
            );
        }
        let act = self.act(phones);
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        let (outcome, lockout, feedback) = match act {
            Act::Update => (PhoneOutcome::Confirmed, LockoutEffect::Passed, Feedback::Succeeded),
            Act::UpdateInSilence | Act::Silence | Act::FailCheckInSilence => {
                (PhoneOutcome::Unknown, LockoutEffect::Unknown, Feedback::Unavailable)
            }
            Act::NotSent => (PhoneOutcome::NotSent, LockoutEffect::NotChecked, Feedback::Unavailable),
            Act::Refuse => (PhoneOutcome::Refused, LockoutEffect::NotChecked, Feedback::Refused),
            Act::FailCheck => (PhoneOutcome::Refused, LockoutEffect::Failed, Feedback::Refused),
            Act::WaitFor(time) => (PhoneOutcome::NotSent, LockoutEffect::NotChecked, Feedback::Wait(time)),
            Act::Stop => {
                (PhoneOutcome::NotSent, LockoutEffect::NotChecked, Feedback::Stop("the key is wrong".into()))
            }
        };
        let reason = if outcome == PhoneOutcome::Confirmed { String::new() } else { format!("{act:?}") };
        CallReport::all(
            phones.len(),
            PhoneReport { outcome, lockout, ..PhoneReport::unknown(reason) },
            feedback,
        )
    }
}

pub(crate) fn key() -> Key {
    Key::Bytes(Zeroizing::new([9; 32]))
}

pub(crate) fn accounts(phones: usize) -> String {
    let rows = (0..phones).map(|phone| format!("phone-{phone},not-real-phone-{phone}\n"));
    format!("name,secret\n{}", rows.collect::<String>())
}

/// A directory for a journal.
pub(crate) struct Setting {
    pub(crate) directory: TempDir,
}

impl Setting {
    pub(crate) fn new() -> Self {
        Self { directory: tempdir().expect("there is a directory for temporary files") }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("rotation.db")
    }

    pub(crate) fn draft(&self, accounts: &str) -> Result<Draft, PlanError> {
        self.draft_without(accounts, &HUAWEI, &[])
    }

    /// A draft of passwords without the words in these columns.
    pub(crate) fn draft_without(
        &self,
        accounts: &str,
        policy: &Policy,
        not_containing: &[&str],
    ) -> Result<Draft, PlanError> {
        let vendor = Vendor::new(&|_, _| Act::Update);
        let plan = Plan { fleet: &vendor, policy, length: 16, key: &key(), not_containing };
        let mut rng = Keystream::new(&sip_password::Seed::take(&mut [5; 32]));
        Draft::new(&self.path(), &plan, accounts.as_bytes(), &mut rng)
    }

    pub(crate) fn planned(phones: usize) -> (Self, Journal) {
        let setting = Self::new();
        let draft = setting.draft(&accounts(phones)).expect("the accounts are good");
        assert_eq!(draft.phones(), phones as u64);
        let journal = draft.commit(&key()).expect("there is room");
        (setting, journal)
    }

    /// The number of files, without the lock.
    pub(crate) fn files(&self) -> usize {
        // The lock is left for the next process.
        let is_lock = |file: &fs::DirEntry| file.file_name().to_string_lossy().ends_with("-lock");
        let files = fs::read_dir(self.directory.path()).expect("it is there");
        files.filter(|file| !is_lock(file.as_ref().expect("it is there"))).count()
    }
}

pub(crate) fn open(path: &Path) -> Journal {
    let mut journal = Journal::open(path).expect("it is a journal");
    journal.unlock(&key()).expect("it is its key");
    journal
}

pub(crate) fn limits(concurrency: usize) -> Limits {
    Limits { rate: None, concurrency: NonZeroUsize::new(concurrency).expect("it is not zero"), wave: None }
}

pub(crate) fn go(journal: &mut Journal, vendor: &Vendor<'_>, concurrency: usize) -> RunEnd {
    let client = Client::builder().build();
    run(journal, vendor, &client, &limits(concurrency), &AtomicBool::new(false), |_| ())
        .expect("there is room")
}

/// Each phone with its state and its password.
pub(crate) fn phones(journal: &Journal) -> Vec<(String, RotationState, String)> {
    let mut phones = Vec::new();
    let all = RotationState::ALL;
    journal
        .passwords(&all, |phone, password| {
            phones.push((phone.names.join("/"), phone.state, password.new.to_owned()));
            Ok::<(), JournalError>(())
        })
        .expect("it is unlocked");
    phones
}

pub(crate) fn counts(counts: StateCounts) -> [u64; 5] {
    RotationState::ALL.map(|state| counts.of(state))
}

/// The number of the phone of that name.
pub(crate) fn number(name: &str) -> usize {
    name.trim_start_matches("phone-").parse().expect("it is a number")
}
