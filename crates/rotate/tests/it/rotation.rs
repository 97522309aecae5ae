//! Rotations at a vendor that is made up here: what is on disk when a call is made, what a crash at any call leaves behind, how many
//! calls a failure costs, and that no account is locked.

use std::{
    collections::HashMap,
    fs,
    num::NonZeroUsize,
    panic::{AssertUnwindSafe, catch_unwind},
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
    api::{FieldError, Problem},
};
use sip_password_rotate::zeroize::Zeroizing;
use sip_password_rotate::{
    CallReport, Draft, Feedback, Fleet, Journal, JournalError, Key, Limits, LockoutEffect, PhoneOutcome,
    PhoneReport, PhoneUpdate, Plan, PlanError, Rate, RotationState, RunEnd, StateCounts, StopReason, run,
};
use tempfile::{TempDir, tempdir};

/// What the vendor does about a call.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
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

type Script<'a> = dyn Fn(&str, usize) -> Act + Sync + 'a;

/// A vendor that follows a script, and remembers what it saw.
struct Vendor<'a> {
    /// What the vendor does about the n-th call for a phone; the first is 1.
    script: &'a Script<'a>,
    /// Called when a call arrives.
    arrives: &'a (dyn Fn(&[PhoneUpdate<'_>]) + Sync),
    batch: usize,
    phones: Mutex<HashMap<String, Seen>>,
    calls: Mutex<Vec<(Instant, usize)>>,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
    takes: Duration,
    tenant: &'static str,
}

#[derive(Clone, Default)]
struct Seen {
    password: Option<String>,
    calls: usize,
    /// Failed checks in a row.
    checks: u32,
}

fn ignore(_: &[PhoneUpdate<'_>]) {}

impl<'a> Vendor<'a> {
    fn new(script: &'a Script<'a>) -> Self {
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

    fn seen(&self, name: &str) -> Seen {
        self.phones.lock().expect("nobody panicked").get(name).cloned().unwrap_or_default()
    }

    fn calls(&self) -> usize {
        self.calls.lock().expect("nobody panicked").len()
    }

    fn act(&self, phones: &[PhoneUpdate<'_>]) -> Act {
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

    fn policy(&self) -> &Policy<'_> {
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
        let empty = |field| Err(FieldError { field, problem: Problem::Empty });
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
            assert_eq!(phone.account_password, format!("not-real-{}", phone.names[0]));
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
        CallReport::all(phones.len(), PhoneReport { outcome, lockout, reason }, feedback)
    }
}

fn key() -> Key {
    Key::Bytes(Zeroizing::new([9; 32]))
}

fn accounts(phones: usize) -> String {
    let rows = (0..phones).map(|phone| format!("phone-{phone},not-real-phone-{phone}\n"));
    format!("name,secret\n{}", rows.collect::<String>())
}

/// A directory for a journal.
struct Setting {
    directory: TempDir,
}

impl Setting {
    fn new() -> Self {
        Self { directory: tempdir().expect("there is a directory for temporary files") }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("rotation.db")
    }

    fn draft(&self, accounts: &str) -> Result<Draft, PlanError> {
        let vendor = Vendor::new(&|_, _| Act::Update);
        let plan = Plan { fleet: &vendor, policy: &HUAWEI, length: 16, key: &key() };
        let mut rng = Keystream::from_seed(&mut [5; 32]);
        Draft::new(&self.path(), &plan, accounts.as_bytes(), &mut rng)
    }

    fn planned(phones: usize) -> (Self, Journal) {
        let setting = Self::new();
        let draft = setting.draft(&accounts(phones)).expect("the accounts are good");
        assert_eq!(draft.phones(), phones as u64);
        let journal = draft.commit(&key()).expect("there is room");
        (setting, journal)
    }

    fn files(&self) -> usize {
        fs::read_dir(self.directory.path()).expect("it is there").count()
    }
}

fn open(path: &Path) -> Journal {
    let mut journal = Journal::open(path).expect("it is a journal");
    journal.unlock(&key()).expect("it is its key");
    journal
}

fn limits(concurrency: usize) -> Limits {
    Limits { rate: None, concurrency: NonZeroUsize::new(concurrency).expect("it is not zero") }
}

fn go(journal: &mut Journal, vendor: &Vendor<'_>, concurrency: usize) -> RunEnd {
    let client = Client::builder().build();
    run(journal, vendor, &client, &limits(concurrency), &AtomicBool::new(false), |_| ())
        .expect("there is room")
}

/// Each phone with its state and its password.
fn phones(journal: &Journal) -> Vec<(String, RotationState, String)> {
    let mut phones = Vec::new();
    let all = RotationState::ALL;
    journal
        .passwords(&all, |phone, password| {
            phones.push((phone.names.join("/"), phone.state, password.to_owned()));
            Ok::<(), JournalError>(())
        })
        .expect("it is unlocked");
    phones
}

fn counts(counts: StateCounts) -> [u64; 5] {
    RotationState::ALL.map(|state| counts.of(state))
}

/// The number of the phone of that name.
fn number(name: &str) -> usize {
    name.trim_start_matches("phone-").parse().expect("it is a number")
}

#[test]
fn every_phone_gets_its_own_password() {
    let (setting, mut journal) = Setting::planned(200);
    let vendor = Vendor::new(&|_, _| Act::Update);
    assert_eq!(go(&mut journal, &vendor, 8), RunEnd { stopped: None });
    assert_eq!(counts(journal.counts()), [0, 0, 0, 200, 0]);
    let mut passwords = Vec::new();
    for (name, _, password) in phones(&journal) {
        assert_eq!(vendor.seen(&name).password.as_deref(), Some(&*password));
        assert_eq!(vendor.seen(&name).calls, 1);
        assert!(HUAWEI.check(&password).is_ok() && password.len() == 16);
        passwords.push(password);
    }
    passwords.sort();
    passwords.dedup();
    assert_eq!(passwords.len(), 200);
    // There is nothing left to do, and no file but the journal.
    drop(journal);
    assert_eq!(setting.files(), 1);
    let mut journal = open(&setting.path());
    assert_eq!(go(&mut journal, &vendor, 8), RunEnd { stopped: None });
    assert_eq!(vendor.calls(), 200);
}

/// A copy of the files, made while a call is in flight, is what a crash at that instant leaves behind.
#[test]
fn a_crash_at_any_call_leaves_a_journal_with_the_password_that_was_sent() {
    let (setting, mut journal) = Setting::planned(60);
    let looked = Mutex::new(0);
    let look = |sent: &[PhoneUpdate<'_>]| {
        let mut looked = looked.lock().expect("nobody panicked");
        *looked += 1;
        let copy = setting.directory.path().join(format!("crash-{looked}"));
        let with = |path: &Path, end| PathBuf::from(format!("{}{end}", path.display()));
        for end in ["", "-wal"] {
            fs::copy(with(&setting.path(), end), with(&copy, end)).expect("there is room");
        }
        let crashed = phones(&open(&copy));
        for phone in sent {
            let (_, state, password) =
                crashed.iter().find(|(name, ..)| *name == phone.names[0]).expect("it was planned");
            assert_eq!((*state, password.as_str()), (RotationState::Unknown, phone.new_password));
        }
    };
    let script = |name: &str, call: usize| match (number(name) % 7, call) {
        (0, 1) => Act::UpdateInSilence,
        (1, _) => Act::Refuse,
        (2, 1) => Act::NotSent,
        _ => Act::Update,
    };
    let vendor = Vendor { arrives: &look, batch: 3, ..Vendor::new(&script) };
    assert_eq!(go(&mut journal, &vendor, 1), RunEnd { stopped: None });
    assert!(*looked.lock().expect("nobody panicked") >= 30);
    for (name, state, password) in phones(&journal) {
        let expected = if number(&name) % 7 == 1 { RotationState::Refused } else { RotationState::Confirmed };
        // A phone that was refused together with others after the reply to an earlier call for it was lost.
        let unsure = state == RotationState::Unknown && vendor.seen(&name).password.is_none();
        assert!(state == expected || unsure, "{name} is {state:?}");
        if state == RotationState::Confirmed {
            assert_eq!(vendor.seen(&name).password, Some(password));
        }
    }
}

#[test]
fn after_a_lost_reply_the_same_password_is_sent_again() {
    let script = |name: &str, call: usize| match (number(name), call) {
        (0, 1) => Act::Silence,
        (1, 1) => Act::UpdateInSilence,
        (2, 1) => Act::NotSent,
        (3, 1..=3) => Act::NotSent,
        _ => Act::Update,
    };
    let (_setting, mut journal) = Setting::planned(40);
    let vendor = Vendor::new(&script);
    assert_eq!(go(&mut journal, &vendor, 4), RunEnd { stopped: None });
    assert_eq!(counts(journal.counts()), [0, 0, 0, 40, 0]);
    assert_eq!([0, 1, 2, 3, 4].map(|phone| vendor.seen(&format!("phone-{phone}")).calls), [2, 2, 2, 4, 1]);
    for (name, _, password) in phones(&journal) {
        assert_eq!(vendor.seen(&name).password, Some(password));
    }
}

#[test]
fn a_phone_that_an_earlier_call_may_have_changed_is_never_reported_refused() {
    let script = |name: &str, call: usize| match (number(name), call) {
        (0, 1) => Act::UpdateInSilence,
        (1, 1) => Act::Silence,
        (0 | 1, _) => Act::Refuse,
        (2, _) => Act::Refuse,
        // So that there is a third round.
        (3, 1 | 2) => Act::NotSent,
        _ => Act::Update,
    };
    let (_setting, mut journal) = Setting::planned(20);
    let vendor = Vendor::new(&script);
    assert_eq!(go(&mut journal, &vendor, 1), RunEnd { stopped: None });
    assert_eq!([0, 1, 2, 3].map(|phone| vendor.seen(&format!("phone-{phone}")).calls), [2, 2, 1, 3]);
    let states: Vec<RotationState> = phones(&journal).into_iter().map(|(_, state, _)| state).collect();
    assert_eq!(
        states[..4],
        [RotationState::Unknown, RotationState::Unknown, RotationState::Refused, RotationState::Confirmed]
    );
    // The password is shown if the state is unknown, and not if the vendor refused.
    let passwords: Vec<bool> =
        phones(&journal).into_iter().map(|(.., password)| password.is_empty()).collect();
    assert_eq!(passwords[..4], [false, false, true, false]);
}

/// Two checks that may have failed, or one that did, are the last: over any number of runs.
#[test]
fn no_number_of_runs_locks_an_account() {
    let script = |name: &str, _: usize| match number(name) {
        0 => Act::FailCheck,
        1 => Act::FailCheckInSilence,
        2 => Act::Silence,
        _ => Act::Update,
    };
    let (setting, mut journal) = Setting::planned(40);
    let vendor = Vendor::new(&script);
    for _ in 0..4 {
        assert_eq!(go(&mut journal, &vendor, 4), RunEnd { stopped: None });
        journal.retry_refused().expect("there is room");
        drop(journal);
        journal = open(&setting.path());
    }
    assert_eq!([0, 1, 2, 3].map(|phone| vendor.seen(&format!("phone-{phone}")).calls), [1, 2, 2, 1]);
    assert_eq!(counts(journal.counts()), [0, 0, 2, 37, 1]);
}

/// The process ends while a call is in flight: it may have been a failed check.
#[test]
fn a_crash_counts_as_a_check_that_may_have_failed() {
    let (setting, mut journal) = Setting::planned(1);
    for crash in 1..=3 {
        let copy = setting.directory.path().join(format!("crash-{crash}"));
        let with = |path: &Path, end| PathBuf::from(format!("{}{end}", path.display()));
        let look = |_: &[PhoneUpdate<'_>]| {
            for end in ["", "-wal"] {
                fs::copy(with(&setting.path(), end), with(&copy, end)).expect("there is room");
            }
        };
        let silent = Vendor { arrives: &look, ..Vendor::new(&|_, _| Act::FailCheckInSilence) };
        go(&mut journal, &silent, 1);
        assert_eq!(silent.calls(), [2, 0, 0][crash - 1], "after {} crashes", crash - 1);
        if crash == 1 {
            // The copy was made at the second call, so two checks may have failed.
            journal = open(&copy);
        }
    }
}

#[test]
fn refused_phones_are_sent_again_unless_that_could_lock_their_accounts() {
    let (_setting, mut journal) = Setting::planned(3);
    let refusing = Vendor::new(&|name, _| if number(name) == 0 { Act::FailCheck } else { Act::Refuse });
    go(&mut journal, &refusing, 1);
    assert_eq!(counts(journal.counts()), [0, 0, 0, 0, 3]);
    assert_eq!(journal.retry_refused().expect("there is room"), 2);
    let vendor = Vendor::new(&|_, _| Act::Update);
    go(&mut journal, &vendor, 1);
    assert_eq!(counts(journal.counts()), [0, 0, 0, 2, 1]);
    assert_eq!(vendor.seen("phone-0").calls, 0);
}

#[test]
fn a_wrong_key_costs_a_handful_of_phones() {
    for (act, most) in [(Act::Refuse, 5), (Act::FailCheck, 5), (Act::Stop, 1)] {
        let (_setting, mut journal) = Setting::planned(100);
        let script = move |_: &str, _: usize| act;
        let vendor = Vendor { batch: 20, ..Vendor::new(&script) };
        let ended = go(&mut journal, &vendor, 16);
        assert!(matches!(ended.stopped, Some(StopReason::Failing(_))), "{act:?}: {ended:?}");
        assert_eq!(vendor.calls(), most, "{act:?}");
        assert_eq!(journal.counts().of(RotationState::Planned), 100 - if act == Act::Stop { 0 } else { 5 });
    }
}

/// The outage ends during the run.
#[test]
fn an_outage_costs_a_handful_of_calls_and_no_phone() {
    let (_setting, mut journal) = Setting::planned(300);
    let calls = AtomicUsize::new(0);
    let script = |_: &str, _: usize| match calls.fetch_add(1, Ordering::SeqCst) {
        100..125 => Act::NotSent,
        _ => Act::Update,
    };
    let vendor = Vendor { takes: Duration::from_millis(1), ..Vendor::new(&script) };
    let begun = Instant::now();
    assert_eq!(go(&mut journal, &vendor, 16), RunEnd { stopped: None });
    assert_eq!(counts(journal.counts()), [0, 0, 0, 300, 0]);
    assert!(vendor.calls() <= 325);
    assert!(begun.elapsed() >= Duration::from_millis(500), "it paused");
}

#[test]
fn a_run_waits_as_long_as_the_vendor_asks() {
    let (_setting, mut journal) = Setting::planned(50);
    let wait = Duration::from_millis(700);
    let script = move |name: &str, call: usize| match (number(name), call) {
        (20, 1) => Act::WaitFor(wait),
        _ => Act::Update,
    };
    let vendor = Vendor { takes: Duration::from_millis(1), ..Vendor::new(&script) };
    assert_eq!(go(&mut journal, &vendor, 4), RunEnd { stopped: None });
    assert_eq!(counts(journal.counts()), [0, 0, 0, 50, 0]);
    let calls = vendor.calls.lock().expect("nobody panicked").clone();
    let pauses = calls.windows(2).map(|two| two[1].0 - two[0].0);
    assert!(pauses.max().expect("there are calls") >= wait * 9 / 10);

    // Longer than a run waits: another run resumes.
    let (_setting, mut journal) = Setting::planned(5);
    let vendor = Vendor::new(&|_, _| Act::WaitFor(Duration::from_secs(3600)));
    assert_eq!(
        go(&mut journal, &vendor, 1),
        RunEnd { stopped: Some(StopReason::VendorWait(Duration::from_secs(3600))) }
    );
    assert_eq!(counts(journal.counts()), [5, 0, 0, 0, 0]);
}

#[test]
fn the_rate_and_the_concurrency_are_kept() {
    let (_setting, mut journal) = Setting::planned(120);
    let vendor = Vendor { takes: Duration::from_millis(100), ..Vendor::new(&|_, _| Act::Update) };
    let limits = Limits { rate: "100/s".parse().ok(), ..limits(6) };
    let client = Client::builder().build();
    let mut seen = 0;
    run(&mut journal, &vendor, &client, &limits, &AtomicBool::new(false), |progress| {
        assert_eq!(progress.counts.total(), 120);
        seen += 1;
    })
    .expect("there is room");
    assert_eq!(vendor.most_at_once.load(Ordering::SeqCst), 6);
    assert!(seen >= 5, "progress is shown: {seen}");
    let calls = vendor.calls.lock().expect("nobody panicked").clone();
    for (place, (first, _)) in calls.iter().enumerate() {
        let within =
            calls[place..].iter().take_while(|(call, _)| *call - *first < Duration::from_millis(200));
        assert!(within.count() <= 22, "call {place}");
    }

    let (_setting, mut journal) = Setting::planned(40);
    let vendor = Vendor::new(&|_, _| Act::Update);
    let limits = Limits { rate: "20/s".parse().ok(), ..limits };
    let begun = Instant::now();
    run(&mut journal, &vendor, &client, &limits, &AtomicBool::new(false), |_| ()).expect("there is room");
    assert!((1900..3000).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
}

#[test]
fn a_refused_batch_is_halved_until_the_bad_phone_is_alone() {
    let (_setting, mut journal) = Setting::planned(400);
    let bad = |name: &str| number(name) % 100 == 37;
    let script = move |name: &str, _: usize| if bad(name) { Act::Refuse } else { Act::Update };
    let vendor = Vendor { batch: 20, ..Vendor::new(&script) };
    assert_eq!(go(&mut journal, &vendor, 4), RunEnd { stopped: None });
    for (name, state, password) in phones(&journal) {
        assert_eq!(
            state,
            if bad(&name) { RotationState::Refused } else { RotationState::Confirmed },
            "{name}"
        );
        if state == RotationState::Confirmed {
            assert_eq!(vendor.seen(&name).password, Some(password));
        }
    }
    // 20 batches, and each bad phone halves its batch at most five times.
    assert!(vendor.calls() <= 1 + 20 + 4 * 2 * 5, "{}", vendor.calls());
}

/// Halving a refused call would check the account's password again and again.
#[test]
fn a_batch_that_may_have_failed_a_check_is_not_halved() {
    for act in [Act::FailCheck, Act::FailCheckInSilence] {
        let script = move |name: &str, _: usize| if number(name) == 8 { act } else { Act::Update };
        let (_setting, mut journal) = Setting::planned(40);
        let vendor = Vendor { batch: 16, ..Vendor::new(&script) };
        assert_eq!(go(&mut journal, &vendor, 1), RunEnd { stopped: None });
        let most = (0..40).map(|phone| vendor.seen(&format!("phone-{phone}")).checks).max();
        assert!(most <= Some(2), "{act:?}: {most:?} failed checks in a row");
    }
}

#[test]
fn a_request_to_stop_waits_for_calls_in_flight() {
    let (setting, mut journal) = Setting::planned(100);
    let stop = AtomicBool::new(false);
    let arrives = |_: &[PhoneUpdate<'_>]| stop.store(true, Ordering::SeqCst);
    let vendor =
        Vendor { arrives: &arrives, takes: Duration::from_millis(200), ..Vendor::new(&|_, _| Act::Update) };
    let client = Client::builder().build();
    let ended = run(&mut journal, &vendor, &client, &limits(4), &stop, |_| ()).expect("there is room");
    assert_eq!(ended.stopped, Some(StopReason::Requested));
    assert_eq!(counts(journal.counts()), [99, 0, 0, 1, 0]);
    drop(journal);
    let mut journal = open(&setting.path());
    let vendor = Vendor::new(&|_, _| Act::Update);
    assert_eq!(go(&mut journal, &vendor, 4), RunEnd { stopped: None });
    assert_eq!(vendor.calls(), 99);
}

#[cfg(unix)]
#[test]
fn a_removed_journal_stops_the_run_and_is_written_back() {
    let (setting, mut journal) = Setting::planned(100);
    let calls = AtomicUsize::new(0);
    let arrives = |_: &[PhoneUpdate<'_>]| {
        if calls.fetch_add(1, Ordering::SeqCst) == 10 {
            fs::remove_file(setting.path()).expect("it is there");
        }
    };
    let vendor = Vendor { arrives: &arrives, ..Vendor::new(&|_, _| Act::Update) };
    let client = Client::builder().build();
    let ended = run(&mut journal, &vendor, &client, &limits(1), &AtomicBool::new(false), |_| ());
    assert!(matches!(ended, Err(JournalError::Gone { restored: true })), "{ended:?}");
    assert_eq!(vendor.calls(), 11, "none after it");
    drop(journal);
    let mut journal = open(&setting.path());
    for (name, state, password) in phones(&journal) {
        if let Some(set) = vendor.seen(&name).password {
            assert!(matches!(state, RotationState::Confirmed | RotationState::Unknown));
            assert_eq!(set, password);
        }
    }
    go(&mut journal, &Vendor::new(&|_, _| Act::Update), 4);
    assert_eq!(counts(journal.counts()), [0, 0, 0, 100, 0]);
}

#[test]
fn one_process_opens_a_journal_and_only_its_key_unlocks_it() {
    let (setting, journal) = Setting::planned(3);
    assert!(matches!(Journal::open(&setting.path()), Err(JournalError::InUse)));
    assert!(matches!(setting.draft(&accounts(3)), Err(PlanError::Journal(JournalError::Exists))));
    drop(journal);
    let mut journal = Journal::open(&setting.path()).expect("nobody has it open");
    let locked = journal.passwords(&[RotationState::Planned], |_, _| Ok(()));
    assert!(matches!(locked, Err(JournalError::WrongKey)));
    for wrong in [
        Key::Bytes(Zeroizing::new([8; 32])),
        Key::Passphrase(Zeroizing::new("not a real phrase".into())),
        Key::Plaintext,
    ] {
        assert!(matches!(journal.unlock(&wrong), Err(JournalError::WrongKey)), "{wrong:?}");
    }
    journal.unlock(&key()).expect("it is its key");
}

#[test]
fn only_exported_passwords_are_forgotten() {
    let (setting, mut journal) = Setting::planned(10);
    let refusing = |name: &str, _: usize| match number(name) {
        8 => Act::Refuse,
        9 => Act::Silence,
        _ => Act::Update,
    };
    go(&mut journal, &Vendor::new(&refusing), 1);
    assert_eq!(journal.forget().expect("there is room"), (0, 8));
    journal.mark_exported().expect("there is room");
    let before = phones(&journal);
    assert_eq!(journal.forget().expect("there is room"), (8, 0));
    assert_eq!(journal.forget().expect("there is room"), (0, 0));
    for ((name, state, password), (.., before)) in phones(&journal).iter().zip(&before) {
        match state {
            RotationState::Confirmed => assert_eq!(password, "", "{name}"),
            _ => assert_eq!(password, before, "{name}"),
        }
    }
    assert_eq!(counts(journal.counts()), [0, 0, 1, 8, 1]);
    drop(setting);
}

#[test]
fn a_wrong_accounts_file_leaves_nothing_behind() {
    let row = "a,not-real-a\n";
    for (text, line, is) in [
        ("", 1, "MissingColumn"),
        ("name\n", 1, "MissingColumn"),
        ("secret,name,name\n", 1, "DuplicateColumn"),
        ("name,secret\n", 1, "NoRows"),
        ("name,secret\n,x\n", 2, "Field"),
        ("name,secret\na,\n", 2, "Field"),
        (&format!("name,secret\n{row}\n\n{row}"), 5, "Duplicate"),
        (&format!("name,secret\r\n{row}\r\n\r\nb,c,d\r\n"), 5, "FieldCount"),
        (&format!("name,secret\n\n{row}\n\"b\nb\",x\n\nc"), 5, "LineBreak"),
        ("name,secret,note\n\na,x,y\n\nb,x,\"b\nb\"\n\nc", 8, "FieldCount"),
        ("name,secret\nb ,x\n", 2, "EdgeSpace"),
    ] {
        let setting = Setting::new();
        let Err(PlanError::Accounts(error)) = setting.draft(text).map(drop) else { panic!("{text:?}") };
        assert_eq!(error.line, line, "{text:?}: {error}");
        let found = format!("{:?}", error.kind);
        assert!(found.starts_with(is), "{text:?}: {found}");
        assert!(!error.to_string().contains("not-real"), "{error}");
        assert_eq!(setting.files(), 0);
    }
    let setting = Setting::new();
    let vendor = Vendor::new(&|_, _| Act::Update);
    let plan = Plan { fleet: &vendor, policy: &HUAWEI, length: 16, key: &key() };
    let mut rng = Keystream::from_seed(&mut [5; 32]);
    let Err(PlanError::Accounts(error)) =
        Draft::new(&setting.path(), &plan, &b"name,secret\na,b\n\n\xff,x\n"[..], &mut rng).map(drop)
    else {
        panic!("it is not UTF-8")
    };
    assert_eq!(error.to_string(), "line 4: not UTF-8; save the file in that encoding");
    let Err(PlanError::Generate(_)) =
        Draft::new(&setting.path(), &Plan { length: 17, ..plan }, accounts(1).as_bytes(), &mut rng).map(drop)
    else {
        panic!("Huawei's have 16")
    };
    assert_eq!(setting.files(), 0);
}

#[test]
fn the_order_of_columns_and_other_columns_do_not_matter() {
    let setting = Setting::new();
    let text =
        "\u{feff}room, secret ,name,floor\r\n1,not-real-b,b,2\r\n\r\n\"1,5\",\"not-real-a\",\"a\",\r\n";
    let mut journal = setting.draft(text).expect("it is good").commit(&key()).expect("there is room");
    let names: Vec<_> = phones(&journal).into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["b", "a"]);
    let mut lines = Vec::new();
    journal
        .phones(&[RotationState::Planned], |phone| {
            lines.push(phone.line);
            Ok::<(), JournalError>(())
        })
        .expect("it can be read");
    assert_eq!(lines, [2, 4]);
    let vendor = Vendor::new(&|_, _| Act::Update);
    journal.check_accounts(&vendor, text.as_bytes()).expect("the same file");
    journal
        .check_accounts(&vendor, &b"name,secret\nb,not-real-b\na,not-real-a\n"[..])
        .expect("the same phones");
    go(&mut journal, &vendor, 1);
    // For confirmed phones only the names are compared: their account passwords are forgotten.
    journal.check_accounts(&vendor, &b"name,secret\nb,x\na,x\n"[..]).expect("the same phones");
}

#[test]
fn a_different_accounts_file_is_reported_by_its_line() {
    let (_setting, journal) = Setting::planned(3);
    let vendor = Vendor::new(&|_, _| Act::Update);
    let good = accounts(3);
    journal.check_accounts(&vendor, good.as_bytes()).expect("they are the same");
    let lines: Vec<_> = good.lines().collect();
    for (text, line, problem) in [
        (good.replace("phone-1,", "phone-9,"), 3, "NotInJournal { journal: Some(\"phone-1\") }"),
        ([lines[0], lines[2], lines[1], lines[3]].join("\n"), 2, "OtherOrder { journal: \"phone-0\" }"),
        (accounts(4), 5, "NotInJournal { journal: None }"),
        (accounts(2), 3, "TooFew { journal: \"phone-2\" }"),
        (good.replace("not-real-phone-2", "other"), 4, "OtherAccountPassword"),
    ] {
        let Err(PlanError::Accounts(error)) = journal.check_accounts(&vendor, text.as_bytes()) else {
            panic!("{text}")
        };
        assert_eq!((error.line, &*format!("{:?}", error.kind)), (line, problem));
    }
}

#[test]
fn a_journal_of_another_fleet_is_refused() {
    struct Other;
    impl Fleet for Other {
        fn vendor(&self) -> &str {
            "another"
        }
        fn policy(&self) -> &Policy<'_> {
            &HUAWEI
        }
        fn tenant(&self) -> String {
            "here".into()
        }
        fn columns(&self) -> &'static [&'static str] {
            &["name"]
        }
        fn default_rate(&self) -> Rate {
            Rate::per_minute(60)
        }
        fn validate(&self, _: &PhoneUpdate<'_>) -> Result<(), FieldError> {
            Ok(())
        }
        fn send(&self, _: &Client, _: &[PhoneUpdate<'_>]) -> CallReport {
            panic!("nothing is to be sent")
        }
    }
    let (_setting, mut journal) = Setting::planned(3);
    let client = Client::builder().build();
    let ended = run(&mut journal, &Other, &client, &limits(1), &AtomicBool::new(false), |_| ());
    assert!(
        matches!(&ended, Err(JournalError::Mismatch { what: "vendor", journal, given }) if journal == "made-up" && given == "another")
    );
    // What a rehearsal confirmed is not done elsewhere.
    let vendor = Vendor { tenant: "there", ..Vendor::new(&|_, _| Act::Update) };
    let ended = run(&mut journal, &vendor, &client, &limits(1), &AtomicBool::new(false), |_| ());
    assert!(
        matches!(&ended, Err(JournalError::Mismatch { what: "tenant", journal, given }) if journal == "here" && given == "there")
    );
    assert_eq!(vendor.calls(), 0);
}

#[test]
fn a_file_that_is_not_a_journal_of_this_release_is_refused() {
    let (setting, journal) = Setting::planned(1);
    drop(journal);
    let path = setting.path();
    let set = |name, value: i32| {
        let file = rusqlite::Connection::open(&path).expect("it is a database");
        let before: i32 = file.pragma_query_value(None, name, |row| row.get(0)).expect("there is one");
        file.pragma_update(None, name, value).expect("there is room");
        before
    };
    let refused = |name, value| {
        let before = set(name, value);
        let error = Journal::open(&path).map(drop).unwrap_err();
        set(name, before);
        error
    };
    assert!(matches!(refused("user_version", 99), JournalError::Newer));
    assert!(matches!(refused("user_version", 0), JournalError::NotAJournal));
    assert!(matches!(refused("application_id", 0), JournalError::NotAJournal));
    let mut rights = fs::metadata(&path).expect("it is there").permissions();
    rights.set_readonly(true);
    fs::set_permissions(&path, rights).expect("it is ours");
    assert!(matches!(Journal::open(&path).map(drop), Err(JournalError::ReadOnly)));
}

/// Bytes all over the file are changed, and it is cut to many lengths: opening it is an error, or gives the same passwords.
#[test]
fn damaged_passwords_are_never_sent() {
    let (setting, journal) = Setting::planned(5);
    let right = phones(&journal);
    let before: Vec<_> = {
        let vendor = Vendor::new(&|_, _| Act::Update);
        let mut journal = journal;
        go(&mut journal, &vendor, 1);
        phones(&journal)
    };
    assert_eq!(right.len(), before.len());
    let whole = fs::read(setting.path()).expect("it is there");
    let copy = setting.directory.path().join("damaged.db");
    let mut refused = 0;
    let places = (0..whole.len()).step_by(13).map(Some).chain((0..whole.len()).step_by(509).map(|_| None));
    for (round, place) in places.enumerate() {
        let mut bytes = whole.clone();
        match place {
            Some(place) => bytes[place] ^= 1 << (round % 8),
            None => bytes.truncate((round * 509) % whole.len()),
        }
        fs::write(&copy, &bytes).expect("there is room");
        let opened = Journal::open(&copy).and_then(|mut journal| {
            journal.unlock(&key())?;
            let mut found = Vec::new();
            let all = RotationState::ALL;
            journal.passwords(&all, |phone, password| {
                found.push((phone.names.join("/"), password.to_owned()));
                Ok::<(), JournalError>(())
            })?;
            Ok(found)
        });
        match opened {
            Err(_) => refused += 1,
            Ok(found) => {
                assert_eq!(found.len(), 5, "{place:?}");
                for (name, password) in found {
                    let known = before.iter().any(|(was, _, set)| *was == name && *set == password);
                    assert!(password.is_empty() || known, "{place:?}: {name}");
                }
            }
        }
        for end in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{end}", copy.display()));
        }
    }
    assert!(refused > 100, "{refused}");

    // Damage that no query for phones would meet: a page of the index lacks an entry.
    let mut bytes = whole;
    let page = (0..bytes.len()).step_by(4096).find(|&page| bytes[page] == 0x0a && bytes[page + 4] == 5);
    bytes[page.expect("there is an index of five names") + 4] = 4;
    fs::write(&copy, &bytes).expect("there is room");
    assert!(matches!(Journal::open(&copy), Err(JournalError::Damaged(_))));
}

#[test]
fn only_the_owner_can_read_the_file_and_it_contains_no_secret() {
    let (setting, mut journal) = Setting::planned(20);
    let vendor = Vendor::new(&|name, _| if number(name) == 10 { Act::Silence } else { Act::Update });
    go(&mut journal, &vendor, 2);
    let passwords = phones(&journal);
    let look = |expected: bool| {
        for file in fs::read_dir(setting.directory.path()).expect("it is there") {
            let file = file.expect("it can be read").path();
            let bytes = fs::read(&file).expect("it is ours");
            let has = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
            for (name, _, password) in &passwords {
                assert!(!has(password) && !has(&format!("not-real-{name}")), "{name} in {file:?}");
            }
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                assert_eq!(
                    fs::metadata(&file).expect("it is there").permissions().mode() & 0o777,
                    0o600,
                    "{file:?}"
                );
            }
            if expected {
                assert!(has("phone-3"), "the names are not encrypted");
            }
        }
    };
    look(false);
    drop(journal);
    look(true);
}

#[test]
fn a_stricter_policy_and_another_length_are_kept() {
    let setting = Setting::new();
    let vendor = Vendor::new(&|_, _| Act::Update);
    let policy: Policy<'_> =
        HUAWEI.excluding(sip_password::CharSet::of("0O1lI~@^*_+.?")).expect("there are others");
    let key = Key::Passphrase(Zeroizing::new("not a real phrase".into()));
    let plan = Plan { fleet: &vendor, policy: &policy, length: 9, key: &key };
    let mut rng = Keystream::from_seed(&mut [5; 32]);
    let draft = Draft::new(&setting.path(), &plan, accounts(50).as_bytes(), &mut rng).expect("it is good");
    let mut journal = draft.commit(&key).expect("there is room");
    assert_eq!((journal.length(), journal.alphabet().len()), (9, 62 - 5));
    go(&mut journal, &vendor, 1);
    for (_, _, password) in phones(&journal) {
        assert!(
            password.len() == 9
                && !password.contains(['0', 'O', '1', 'l', 'I', '~'])
                && HUAWEI.check(&password).is_ok()
        );
    }
}

/// SQLite would take the log of a removed journal for the new one's.
#[test]
fn the_log_of_another_journal_is_not_taken_for_the_new_ones() {
    let (setting, journal) = Setting::planned(3);
    let log = setting.directory.path().join("rotation.db-wal");
    let left = fs::read(&log).expect("it is open");
    drop(journal);
    fs::remove_file(setting.path()).expect("it is there");
    fs::write(&log, left).expect("there is room");
    let Err(PlanError::Journal(JournalError::Leftover(found))) = setting.draft(&accounts(3)).map(drop) else {
        panic!("it is there")
    };
    assert_eq!(found, log);
}

/// No worker waits for the rate after the last phone.
#[test]
fn a_run_ends_with_its_last_phone() {
    let (_setting, mut journal) = Setting::planned(2);
    let vendor = Vendor::new(&|_, _| Act::Update);
    let limits = Limits { rate: "1/2s".parse().ok(), ..limits(16) };
    let begun = Instant::now();
    let client = Client::builder().build();
    run(&mut journal, &vendor, &client, &limits, &AtomicBool::new(false), |_| ()).expect("there is room");
    assert_eq!(counts(journal.counts()), [0, 0, 0, 2, 0]);
    assert!(begun.elapsed() < Duration::from_secs(7), "{:?}", begun.elapsed());
}

/// The account password of a confirmed phone is forgotten; that of another phone is kept.
#[test]
fn the_account_password_of_a_confirmed_phone_is_forgotten() {
    let setting = Setting::new();
    let vendor = Vendor::new(&|name, _| if number(name) == 7 { Act::Refuse } else { Act::Update });
    let plan = Plan { fleet: &vendor, policy: &HUAWEI, length: 16, key: &Key::Plaintext };
    let mut rng = Keystream::from_seed(&mut [5; 32]);
    let draft = Draft::new(&setting.path(), &plan, accounts(20).as_bytes(), &mut rng).expect("it is good");
    let mut journal = draft.commit(&Key::Plaintext).expect("there is room");
    let has = |text: &str| {
        let bytes = fs::read(setting.path()).expect("it is there");
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    assert!(has("not-real-phone-6"), "it is plain");
    go(&mut journal, &vendor, 4);
    let passwords = phones(&journal);
    drop(journal);
    for (name, ..) in &passwords {
        assert_eq!(has(&format!("not-real-{name}")), name == "phone-7", "{name}");
    }
    let mut journal = Journal::open(&setting.path()).expect("it is a journal");
    journal.mark_exported().expect("there is room");
    journal.forget().expect("there is room");
    drop(journal);
    for (name, _, password) in passwords {
        assert!(password.is_empty() || !has(&password), "{name}");
    }
}

/// A worker that waits for the rate when the vendor asks to wait, waits for the vendor too.
#[test]
fn no_call_is_made_while_the_vendor_asks_to_wait() {
    let wait = Duration::from_secs(2);
    let script = move |name: &str, call: usize| match (number(name), call) {
        (10, 1) => Act::WaitFor(wait),
        _ => Act::Update,
    };
    let (_setting, mut journal) = Setting::planned(20);
    let vendor = Vendor::new(&script);
    let limits = Limits { rate: "10/s".parse().ok(), ..limits(8) };
    let client = Client::builder().build();
    run(&mut journal, &vendor, &client, &limits, &AtomicBool::new(false), |_| ()).expect("there is room");
    let calls = vendor.calls.lock().expect("nobody panicked").clone();
    let early = calls[11..].iter().filter(|(call, _)| *call - calls[10].0 < wait * 9 / 10);
    assert_eq!(early.count(), 0);
}

/// Longer and longer pauses, as for a vendor that cannot be reached. The tests of the circuit breaker say where that ends.
#[test]
fn a_vendor_that_keeps_asking_to_wait_is_called_less_and_less() {
    let (_setting, mut journal) = Setting::planned(1000);
    let stop = AtomicBool::new(false);
    let calls = AtomicUsize::new(0);
    let arrives =
        |_: &[PhoneUpdate<'_>]| stop.store(calls.fetch_add(1, Ordering::SeqCst) == 3, Ordering::SeqCst);
    let vendor = Vendor { arrives: &arrives, ..Vendor::new(&|_, _| Act::WaitFor(Duration::from_millis(1))) };
    let begun = Instant::now();
    let client = Client::builder().build();
    run(&mut journal, &vendor, &client, &limits(16), &stop, |_| ()).expect("there is room");
    assert_eq!((vendor.calls(), journal.counts().of(RotationState::Planned)), (4, 1000));
    assert!(begun.elapsed() >= Duration::from_millis(500 + 1000 + 2000), "{:?}", begun.elapsed());
}

/// No document says that a call which was refused as a whole changed nothing.
#[test]
fn a_phone_that_was_refused_only_together_with_others_is_unknown() {
    let stop = AtomicBool::new(false);
    let script = |name: &str, _: usize| if number(name) == 8 { Act::Refuse } else { Act::Update };
    let arrives = |phones: &[PhoneUpdate<'_>]| stop.store(phones.len() > 1, Ordering::SeqCst);
    let (_setting, mut journal) = Setting::planned(9);
    let vendor = Vendor { batch: 8, arrives: &arrives, ..Vendor::new(&script) };
    let client = Client::builder().build();
    run(&mut journal, &vendor, &client, &limits(1), &stop, |_| ()).expect("there is room");
    assert_eq!(counts(journal.counts()), [0, 0, 8, 1, 0]);
}

#[test]
fn a_fleet_that_panics_ends_the_run_after_all_outcomes_are_recorded() {
    let arrives = |phones: &[PhoneUpdate<'_>]| assert_ne!(phones[0].names[0], "phone-30", "as it is to be");
    let (_setting, mut journal) = Setting::planned(60);
    let vendor = Vendor { arrives: &arrives, ..Vendor::new(&|_, _| Act::Update) };
    let ended = catch_unwind(AssertUnwindSafe(|| go(&mut journal, &vendor, 4)));
    assert!(ended.is_err());
    let states = phones(&journal);
    assert_eq!(states[30].1, RotationState::Unknown);
    assert!(states[..20].iter().all(|(_, state, _)| *state == RotationState::Confirmed));
    assert!(states.iter().all(|(_, state, _)| *state != RotationState::Sending));
}
