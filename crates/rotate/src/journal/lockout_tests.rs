//! The journal's count of failed checks against the reference implementation of the lockout rule: every sequence of effects up to
//! length six, crashes among them, by claiming and recording in a real file.

use std::collections::BTreeSet;

use rusqlite::params;
use tempfile::{TempDir, tempdir, tempdir_in};

use self::reference::{EFFECTS, VENDOR_LOCKS_AFTER, may_ask, sequences, worst_case};
use super::{knowledge::Knowledge, plan::*, state::*, *};
use crate::fleet::{
    PhoneOutcome, PhoneReport,
    huawei::{Huawei, HuaweiAccess},
};
use sip_password::{
    HUAWEI, Keystream,
    api::{BaseUrl, Secret, lockout::LockoutEffect},
    huawei::{BodyFormat, ExtraHeaders},
};

#[path = "../../../../src/api/lockout/reference.rs"]
mod reference;

const LENGTH: usize = 6;
/// Every row, whatever its number.
const ALL: usize = 1 << 20;

/// A directory for a journal, and the fleet that it is for.
struct Setting {
    directory: TempDir,
    base: BaseUrl,
}

impl Setting {
    fn new() -> Self {
        // In memory where that can be had.
        let directory = tempdir_in("/dev/shm").or_else(|_| tempdir());
        Self {
            directory: directory.expect("there is a directory for temporary files"),
            base: BaseUrl::new("https://service.besclouds.com").expect("it is a base URL"),
        }
    }

    fn fleet(&self) -> Huawei<'_> {
        Huawei {
            base: &self.base,
            access: HuaweiAccess::Token { token: Secret::new("not-a-real-token"), app_key: None },
            body_format: BodyFormat::Flat,
            extra_headers: ExtraHeaders::NONE,
            policy: &HUAWEI,
        }
    }

    fn plan(&self, phones: usize) -> Journal {
        let rows: String = (0..phones).map(|phone| format!("{phone},not-real\n")).collect();
        let accounts = format!("user_account,account_password\n{rows}");
        let path = self.directory.path().join("rotation.db");
        let plan = Plan {
            fleet: &self.fleet(),
            policy: &HUAWEI,
            length: 16,
            key: &Key::Plaintext,
            not_containing: &[],
        };
        let mut rng = Keystream::new(&sip_password::Seed::take(&mut [5; 32]));
        let draft = Draft::new(&path, &plan, accounts.as_bytes(), &mut rng).expect("the accounts are good");
        draft.commit(&Key::Plaintext).expect("there is room")
    }

    /// Opens the file again, as after a crash: what was not recorded stays so.
    fn reopen(&self, journal: Journal) -> Journal {
        drop(journal);
        let path = self.directory.path().join("rotation.db");
        let mut journal = Journal::open(&path).expect("it is a journal");
        journal.unlock(&Key::Plaintext).expect("it is not encrypted");
        journal.reopen_phones().expect("there is room");
        journal
    }
}

/// Records an effect for each phone; where `next` is none, the process crashes before the reply. The lockout rule must not depend on
/// the `outcome` of the call.
fn record(
    journal: &mut Journal,
    claimed: &[Claimed],
    next: impl Fn(usize) -> Option<LockoutEffect>,
    outcome: impl Fn(usize) -> PhoneOutcome,
) {
    journal
        .step(|journal| {
            for phone in claimed {
                let number = number(phone);
                if let Some(lockout) = next(number) {
                    journal.record(
                        phone.claim,
                        &PhoneReport { outcome: outcome(number), lockout, ..PhoneReport::confirmed() },
                    )?;
                }
            }
            Ok(())
        })
        .expect("there is room");
}

/// Changes the file behind the journal's back.
fn execute(journal: &Journal, sql: &str, values: impl rusqlite::Params) {
    journal.connection.execute(sql, values).expect("there is room");
}

fn known_of(journal: &Journal) -> Knowledge {
    journal.row(1).and_then(|row| row.knowledge()).expect("it is whole")
}

fn number(phone: &Claimed) -> usize {
    phone.name.parse().expect("it is a number")
}

#[test]
fn the_journal_agrees_with_the_reference_on_every_sequence_up_to_length_six() {
    let steps: Vec<_> = EFFECTS.into_iter().map(Some).chain([None]).collect();
    let sequences = sequences(&steps, LENGTH);
    let setting = Setting::new();
    let mut journal = setting.plan(sequences.len());
    let mut sent: Vec<Vec<LockoutEffect>> = vec![Vec::new(); sequences.len()];
    let fates = [PhoneOutcome::NotSent, PhoneOutcome::Refused, PhoneOutcome::Unknown];
    for step in 0..LENGTH {
        journal.retry_refused().expect("there is room");
        let claimed = journal.step(|journal| journal.claim(&setting.fleet(), 0, Wanted::all(true), ALL));
        let claimed = claimed.expect("the journal is whole");
        let asked: BTreeSet<_> = claimed.iter().map(number).collect();
        for (number, sent) in sent.iter().enumerate() {
            assert_eq!(asked.contains(&number), may_ask(sent), "after {sent:?}, step {step}");
        }
        record(&mut journal, &claimed, |number| sequences[number][step], |number| fates[(number + step) % 3]);
        journal = setting.reopen(journal);
        for number in asked {
            sent[number].push(sequences[number][step].unwrap_or(LockoutEffect::Unknown));
        }
    }
    for sent in &sent {
        assert!(worst_case(sent) < VENDOR_LOCKS_AFTER, "{sent:?} locks the account");
    }
    let left = sent.iter().filter(|sent| may_ask(sent)).count() as u64;
    assert_eq!(journal.to_send(true).expect("the journal is whole"), left);
}

/// The account password is corrected before each call, unless it passed: no account comes to the vendor's third failed check, and a
/// single failed one is not the last call.
#[test]
fn corrected_passwords_lock_no_account() {
    let steps: Vec<_> = EFFECTS.into_iter().map(Some).chain([None]).collect();
    let sequences = sequences(&steps, 4);
    let effect = |number: usize, step: usize| sequences[number][step];
    let setting = Setting::new();
    let mut journal = setting.plan(sequences.len());
    let mut sent: Vec<Vec<LockoutEffect>> = vec![Vec::new(); sequences.len()];
    for step in 0..4 {
        let mut rows = String::from("user_account,account_password\n");
        for (number, sent) in sent.iter().enumerate() {
            let known = journal.row_of(number as i64 + 1).expect("it is whole");
            let (_, known) = known.expect("it is authentic");
            if known.refused && !sent.contains(&LockoutEffect::Passed) {
                rows += &format!("{number},not-real-{step}\n");
            }
        }
        let corrected =
            journal.correct_accounts(&setting.fleet(), rows.as_bytes(), |error| panic!("{error}"));
        assert_eq!(corrected.is_ok_and(|correction| correction.corrected > 0), step > 0);
        journal.retry_refused().expect("there is room");
        let claimed = journal.step(|journal| journal.claim(&setting.fleet(), 0, Wanted::all(true), ALL));
        let claimed = claimed.expect("the journal is whole");
        record(&mut journal, &claimed, |number| effect(number, step), |_| PhoneOutcome::Refused);
        journal = setting.reopen(journal);
        for number in claimed.iter().map(number) {
            sent[number].push(effect(number, step).unwrap_or(LockoutEffect::Unknown));
        }
    }
    for sent in &sent {
        assert!(worst_case(sent) < VENDOR_LOCKS_AFTER, "{sent:?} locks the account");
        // Also if a check that passes resets nothing: with a password that passed, the later ones pass.
        let passed = sent.iter().position(|effect| *effect == LockoutEffect::Passed).unwrap_or(sent.len());
        let failed = sent[..passed].iter().filter(|effect| **effect != LockoutEffect::NotChecked);
        assert!(failed.count() < VENDOR_LOCKS_AFTER, "{sent:?} locks the account");
    }
    assert!(sent.iter().any(|sent| sent[..] == [LockoutEffect::Failed; 2]), "a corrected password is sent");
}

/// SQL compares numbers and Rust applies the rule: the same for every number of checks.
#[test]
fn sql_and_rust_agree_on_who_may_be_asked_again() {
    use sip_password::api::lockout::may_ask_again;

    let setting = Setting::new();
    let mut journal = setting.plan(1);
    for checks in 0..=u8::MAX {
        execute(&journal, "UPDATE phones SET checks = ?, state = 0", [checks]);
        journal.counts = StateCounts::read(&journal.connection).expect("it is whole");
        assert_eq!(journal.has_claimable(true).expect("it is whole"), may_ask_again(checks), "{checks}");
        assert_eq!(
            journal.to_send(false).expect("it is whole"),
            u64::from(may_ask_again(checks)),
            "{checks}"
        );
        let claimed = journal.claim(&setting.fleet(), 0, Wanted::all(true), ALL).expect("it is whole");
        assert_eq!(claimed.len(), usize::from(may_ask_again(checks)), "{checks}");
    }
}

/// What SQL selects and stores is what the transitions say, for everything that can be known of a phone.
#[test]
fn sql_and_rust_agree_on_everything_that_can_be_known() {
    let setting = Setting::new();
    let mut journal = setting.plan(1);
    let bits = [false, true];
    for state in RotationState::ALL {
        for (uncertain, refused, disputed) in
            bits.into_iter().flat_map(|a| bits.into_iter().flat_map(move |b| bits.map(|c| (a, b, c))))
        {
            for checks in 0..4 {
                let known = Knowledge { state, uncertain, refused, disputed, checks };
                for unknown_too in bits {
                    let row = params![state.to_sql(), uncertain, refused, disputed, checks];
                    let update =
                        "UPDATE phones SET state = ?, uncertain = ?, refused = ?, disputed = ?, checks = ?";
                    execute(&journal, update, row);
                    journal.counts = StateCounts::read(&journal.connection).expect("it is whole");
                    let claimable = known.is_claimable(true);
                    assert_eq!(journal.has_claimable(true).expect("it is whole"), claimable, "{known:?}");
                    let claimed = journal
                        .claim(&setting.fleet(), 0, Wanted::all(unknown_too), ALL)
                        .expect("it is whole");
                    let expected = known.is_claimable(unknown_too).then(|| known.claimed(true));
                    assert_eq!(claimed.len(), usize::from(expected.is_some()), "{known:?}");
                    assert_eq!(known_of(&journal), expected.unwrap_or(known));
                    let counts = StateCounts::read(&journal.connection).expect("it is whole");
                    assert_eq!(journal.counts, counts, "{known:?}");
                }
            }
        }
    }
}

/// An effect is recorded twice if nobody knows whether the first time succeeded.
#[test]
fn an_effect_that_is_recorded_twice_counts_once() {
    let setting = Setting::new();
    let mut journal = setting.plan(1);
    let claimed = journal.claim(&setting.fleet(), 0, Wanted::all(true), ALL).expect("it is whole");
    for _ in 0..3 {
        record(&mut journal, &claimed, |_| Some(LockoutEffect::Unknown), |_| PhoneOutcome::Unknown);
    }
    assert_eq!(journal.to_send(false).expect("it is whole"), 1);
}
