//! Replies that contradict the call: a vendor that sets other passwords, of other phones, or some of those that it refuses.

use std::{
    collections::HashMap,
    sync::{Mutex, atomic::AtomicBool},
};

use sip_password::{
    Client, Keystream, NXCLOUD, Policy, Seed,
    api::{FieldError, Secret},
    http::{HeaderMap, StatusCode},
    nxcloud,
};
use sip_password_rotate::{
    CallReport, Draft, Fleet, Integrity, Journal, JournalError, NxCloud, PhoneUpdate, Plan, Rate,
    RotationState, RunEnd, StopReason, run,
};

use crate::vendor::{Setting, counts, key, limits, open};

/// What the server does with a call: it gets the phones with the passwords that were sent, changes what it likes, and replies.
type Server<'a> = dyn Fn(&mut HashMap<String, String>, &[(String, String)]) -> String + Sync + 'a;

/// NXCloud's fleet, with this server in place of the network.
struct Nx<'a> {
    server: &'a Server<'a>,
    phones: Mutex<HashMap<String, String>>,
    /// The sizes of the calls.
    calls: Mutex<Vec<usize>>,
}

impl Nx<'_> {
    fn fleet() -> NxCloud<'static> {
        NxCloud {
            base: &nxcloud::PRODUCTION,
            app_key: Secret::new("not-a-real-key"),
            secret_key: Secret::new("not-a-real-secret"),
            batch: NxCloud::DEFAULT_BATCH,
            policy: &NXCLOUD,
        }
    }

    fn password_of(&self, phone: &str) -> Option<String> {
        self.phones.lock().expect("nobody panicked").get(phone).cloned()
    }

    fn calls(&self) -> Vec<usize> {
        self.calls.lock().expect("nobody panicked").clone()
    }
}

impl Fleet for Nx<'_> {
    fn vendor(&self) -> &str {
        "nxcloud"
    }

    fn policy(&self) -> &Policy {
        &NXCLOUD
    }

    fn tenant(&self) -> String {
        Self::fleet().tenant()
    }

    fn columns(&self) -> &'static [&'static str] {
        &["username"]
    }

    fn max_batch(&self) -> usize {
        NxCloud::DEFAULT_BATCH
    }

    fn default_rate(&self) -> Rate {
        Rate::per_minute(60_000)
    }

    fn validate(&self, phone: &PhoneUpdate<'_>) -> Result<(), FieldError> {
        Self::fleet().validate(phone)
    }

    fn send(&self, _: &Client, phones: &[PhoneUpdate<'_>]) -> CallReport {
        self.calls.lock().expect("nobody panicked").push(phones.len());
        let sent: Vec<_> =
            phones.iter().map(|phone| (phone.names[0].to_owned(), phone.new_password.to_owned())).collect();
        let reply = (self.server)(&mut self.phones.lock().expect("nobody panicked"), &sent);
        Self::fleet().report(phones, StatusCode::OK, &HeaderMap::new(), reply.as_bytes())
    }
}

/// A rotation of phones `0` to `phones - 1`, in files of its own.
fn planned(phones: usize) -> (Setting, Journal) {
    let setting = Setting::new();
    let fleet = Nx::fleet();
    let plan = Plan { fleet: &fleet, policy: &NXCLOUD, length: 16, key: &key(), not_containing: &[] };
    let accounts: String = (0..phones).map(|phone| format!("{phone}\n")).collect();
    let accounts = format!("username\n{accounts}");
    let mut rng = Keystream::new(&Seed::take(&mut [5; 32]));
    let draft = Draft::new(&setting.path(), &plan, accounts.as_bytes(), &mut rng);
    let journal = draft.expect("the accounts are good").commit(&key()).expect("there is room");
    (setting, journal)
}

fn serve<'a>(server: &'a Server<'a>) -> Nx<'a> {
    Nx { server, phones: Mutex::default(), calls: Mutex::default() }
}

fn go(journal: &mut Journal, vendor: &Nx<'_>) -> RunEnd {
    let client = Client::builder().build();
    run(journal, vendor, &client, &limits(4), &AtomicBool::new(false), |_| ()).expect("there is room")
}

/// Each phone with its line, its state, and the passwords that it may have.
fn phones(journal: &Journal) -> Vec<(String, u64, RotationState, [String; 2])> {
    let mut phones = Vec::new();
    let all = RotationState::ALL;
    let visited = journal.passwords(&all, |phone, passwords| {
        let passwords = [passwords.new, passwords.vendor].map(str::to_owned);
        phones.push((phone.names.join("/"), phone.line, phone.state, passwords));
        Ok::<(), JournalError>(())
    });
    visited.expect("it is unlocked");
    phones
}

/// Whatever the vendor has set is in the export, and what the journal calls certain is.
fn assert_nothing_lost(journal: &Journal, vendor: &Nx<'_>) {
    let found = phones(journal);
    for (name, password) in &*vendor.phones.lock().expect("nobody panicked") {
        let phone = found.iter().find(|(found, ..)| found == name);
        let (_, _, state, passwords) = phone.unwrap_or_else(|| panic!("{name} is not in the export"));
        assert!(passwords.contains(password), "{name}: {state:?}, and nobody has its password");
        assert!(*state != RotationState::Confirmed || *password == passwords[0], "{name}");
    }
    for (name, _, state, _) in found {
        let is_old = vendor.password_of(&name).is_none();
        assert!(!is_old || state != RotationState::Confirmed, "{name} has its old password");
    }
}

fn success<'a>(row: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let row: Vec<_> = row.into_iter().map(|(name, password)| format!(r#""{name}":"{password}""#)).collect();
    format!(r#"{{"code":"success","row":{{{}}}}}"#, row.join(","))
}

const FAILED: &str = r#"{"code":"failed"}"#;

fn pairs(sent: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    sent.iter().map(|(name, password)| (name.as_str(), password.as_str()))
}

/// Does what it is asked.
fn honest(phones: &mut HashMap<String, String>, sent: &[(String, String)]) -> String {
    phones.extend(sent.iter().cloned());
    success(pairs(sent))
}

#[test]
fn calls_grow_only_while_each_reply_confirms_what_was_sent() {
    let (setting, mut journal) = planned(100);
    let vendor = serve(&honest);
    assert_eq!(go(&mut journal, &vendor), RunEnd { stopped: None });
    assert_nothing_lost(&journal, &vendor);
    // None is larger than twice one that was confirmed before.
    let calls = vendor.calls();
    for (index, &size) in calls.iter().enumerate() {
        assert!(size <= 2 * calls[..index].iter().copied().max().unwrap_or(1).max(1), "{calls:?}");
    }
    assert_eq!(calls[0], 1);
    assert!(calls.iter().any(|&size| size >= 4), "{calls:?}");
    drop(journal);
    drop(open(&setting.path()));
    // One after another, they double.
    let (_setting, mut journal) = planned(100);
    let vendor = serve(&honest);
    let client = Client::builder().build();
    run(&mut journal, &vendor, &client, &limits(1), &AtomicBool::new(false), |_| ()).expect("there is room");
    assert_eq!(vendor.calls(), [1, 2, 4, 8, 16, 20, 20, 20, 9]);
}

/// Reads the passwords in another order than the phones, or the first one for all of them.
#[test]
fn another_reading_of_the_comma_costs_two_phones() {
    let reversed = |phones: &mut HashMap<String, String>, sent: &[(String, String)]| {
        let names = sent.iter().map(|(name, _)| name.clone());
        let set: Vec<_> = names.zip(sent.iter().rev().map(|(_, password)| password.clone())).collect();
        honest(phones, &set)
    };
    let first_for_all = |phones: &mut HashMap<String, String>, sent: &[(String, String)]| {
        let set: Vec<_> = sent.iter().map(|(name, _)| (name.clone(), sent[0].1.clone())).collect();
        honest(phones, &set)
    };
    let servers: [&Server<'_>; 2] = [&reversed, &first_for_all];
    for server in servers {
        let (setting, mut journal) = planned(60);
        let vendor = serve(server);
        let ended = go(&mut journal, &vendor);
        assert!(matches!(ended.stopped, Some(StopReason::Failing(_))), "{ended:?}");
        assert_nothing_lost(&journal, &vendor);
        let wrong = |(name, _, _, [new, _]): &(String, u64, RotationState, [String; 2])| {
            vendor.password_of(name).is_some_and(|password| password != *new)
        };
        assert!(phones(&journal).iter().filter(|phone| wrong(phone)).count() <= 2);
        assert_eq!(vendor.calls().into_iter().max(), Some(2));
        // The next run starts with one phone a call again.
        drop(journal);
        let mut journal = open(&setting.path());
        let single = serve(&honest);
        go(&mut journal, &single);
        assert_eq!(single.calls()[0], 1);
    }
}

/// As its document says of calls without passwords: the server makes six digits, and returns them.
#[test]
fn a_vendor_that_ignores_the_password_stops_the_run_and_its_own_is_kept() {
    let ignores = |phones: &mut HashMap<String, String>, sent: &[(String, String)]| {
        let made: Vec<_> =
            sent.iter().map(|(name, _)| (name.clone(), format!("{:06}", 671_897 + phones.len()))).collect();
        honest(phones, &made)
    };
    let (setting, mut journal) = planned(200);
    let vendor = serve(&ignores);
    for run in 1..4 {
        let ended = go(&mut journal, &vendor);
        let Some(StopReason::Failing(reason)) = ended.stopped else { panic!("{ended:?}") };
        assert!(reason.starts_with("the vendor reports another password"), "{reason}");
        assert_eq!(vendor.calls().len(), run, "one call a run");
        assert_nothing_lost(&journal, &vendor);
        drop(journal);
        journal = open(&setting.path());
    }
}

/// The batch is refused, and its first phone changed; a password that is set already is refused as well.
#[test]
fn a_refused_batch_may_have_changed_some_of_its_phones() {
    let partial = |phones: &mut HashMap<String, String>, sent: &[(String, String)]| {
        if sent.iter().any(|(name, password)| phones.get(name) == Some(password)) {
            return FAILED.to_owned();
        }
        if sent.len() == 1 {
            return honest(phones, sent);
        }
        phones.insert(sent[0].0.clone(), sent[0].1.clone());
        FAILED.to_owned()
    };
    let (_setting, mut journal) = planned(40);
    let vendor = serve(&partial);
    assert_eq!(go(&mut journal, &vendor), RunEnd { stopped: None });
    assert_nothing_lost(&journal, &vendor);
    let [planned, sending, unknown, confirmed, refused] = counts(journal.counts());
    assert_eq!([planned, sending, refused], [0, 0, 0]);
    assert!(unknown >= 1 && confirmed == 40 - unknown);
}

/// The reply names a phone of this rotation that was not asked for, a foreign one, and one whose name is a secret.
#[test]
fn phones_that_were_not_asked_for_are_kept_and_said() {
    for (other, ours) in [("7", true), ("9999", false), ("not-a-real-secret", false)] {
        let tells = |phones: &mut HashMap<String, String>, sent: &[(String, String)]| {
            phones.extend(sent.iter().cloned());
            if other != "not-a-real-secret" {
                phones.insert(other.to_owned(), "NotARealOne9".to_owned());
            }
            success(pairs(sent).chain([(other, "NotARealOne9")]))
        };
        let (_setting, mut journal) = planned(8);
        let vendor = serve(&tells);
        let ended = go(&mut journal, &vendor);
        let Some(StopReason::Failing(reason)) = ended.stopped else { panic!("{ended:?}") };
        assert!(reason.starts_with("the vendor's reply names phones"), "{reason}");
        assert_nothing_lost(&journal, &vendor);
        let found = phones(&journal);
        assert_eq!(found.len(), if ours { 8 } else { 9 });
        let named = found.iter().find(|(.., [_, vendor])| vendor == "NotARealOne9").expect("it is kept");
        assert_eq!((named.1 == 0, named.2), (!ours, RotationState::Unknown));
        assert!(!named.0.contains("secret"), "{}", named.0);
        // What is kept is not sent, and no account of the rotation.
        let calls = vendor.calls().len();
        journal.retry_refused().expect("there is room");
        go(&mut journal, &serve(&honest));
        assert_eq!(vendor.calls().len(), calls);
    }
}

/// The file to which it was exported has the only copy of its password, although the phone is not confirmed any more.
#[test]
fn a_forgotten_password_still_counts_when_a_later_reply_names_its_phone() {
    let (_setting, mut journal) = planned(4);
    let others_fail = |phones: &mut HashMap<String, String>, sent: &[(String, String)]| match &*sent[0].0 {
        "0" => honest(phones, sent),
        _ => FAILED.to_owned(),
    };
    go(&mut journal, &serve(&others_fail));
    assert_eq!(counts(journal.counts())[3], 1);
    journal.mark_exported().expect("there is room");
    assert_eq!(journal.forget().expect("there is room"), (1, 0));
    journal.retry_refused().expect("there is room");
    let names_it = |phones: &mut HashMap<String, String>, sent: &[(String, String)]| {
        phones.extend(sent.iter().cloned());
        success(pairs(sent).chain([("0", "NotARealOne9"), ("9999", "NotARealOne8")]))
    };
    go(&mut journal, &serve(&names_it));
    let found = phones(&journal);
    assert_eq!((found[0].2, &*found[0].3[0]), (RotationState::Unknown, ""));
    assert_eq!(journal.forgotten().expect("it can be read"), 1);
}

/// Nothing is written to a damaged row, and the password that a reply gives its phone is kept all the same.
#[test]
fn what_a_reply_says_of_a_damaged_phone_is_kept() {
    let (setting, journal) = planned(4);
    drop(journal);
    let file = rusqlite::Connection::open(setting.path()).expect("it is SQLite's");
    file.execute("UPDATE phones SET line = 77 WHERE name = '0'", []).expect("it is SQL");
    drop(file);
    let mut journal = open(&setting.path());
    let names_it = |phones: &mut HashMap<String, String>, sent: &[(String, String)]| {
        phones.extend(sent.iter().cloned());
        success(pairs(sent).chain([("0", "NotARealOne9")]))
    };
    go(&mut journal, &serve(&names_it));
    drop(journal);
    let journal = open(&setting.path());
    assert_eq!(journal.integrity(), Integrity::DamagedRows(1));
    assert!(phones(&journal).iter().any(|(.., [_, vendor])| vendor == "NotARealOne9"));
}
