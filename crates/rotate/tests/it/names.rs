//! Names of phones with characters that separate names: a vendor of one's own may allow them.

use sip_password::{Client, HUAWEI, Keystream, Policy, api::FieldError};
use sip_password_rotate::{
    AccountsErrorKind, CallReport, Draft, Fleet, Journal, JournalError, PhoneUpdate, Plan, PlanError, Rate,
    RotationState, UnrequestedPhone, display_name, run,
};

use crate::vendor::{Setting, key, limits};

/// A vendor whose phones have two names of any kind, and whose reply names two more phones.
struct Sites;

impl Fleet for Sites {
    fn vendor(&self) -> &str {
        "sites"
    }

    fn policy(&self) -> &Policy {
        &HUAWEI
    }

    fn tenant(&self) -> String {
        "here".into()
    }

    fn columns(&self) -> &'static [&'static str] {
        &["site", "phone"]
    }

    fn default_rate(&self) -> Rate {
        Rate::per_minute(60)
    }

    fn validate(&self, _: &PhoneUpdate<'_>) -> Result<(), FieldError> {
        Ok(())
    }

    fn send(&self, _: &Client, phones: &[PhoneUpdate<'_>]) -> CallReport {
        let named = |names: &[&str]| UnrequestedPhone {
            names: Some(names.iter().map(|name| (*name).to_owned()).collect()),
            password: None,
        };
        let unrequested = vec![named(&["a\u{1f}b", "c"]), named(&["alone"])];
        CallReport { unrequested, ..CallReport::confirmed(phones.len()) }
    }
}

fn draft(setting: &Setting, accounts: &str) -> Result<Draft, PlanError> {
    let plan = Plan { fleet: &Sites, policy: &HUAWEI, length: 16, key: &key(), not_containing: &[] };
    let mut rng = Keystream::new(&sip_password::Seed::take(&mut [5; 32]));
    Draft::new(&setting.path(), &plan, accounts.as_bytes(), &mut rng)
}

fn names(journal: &Journal) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    let visited = journal.phones(&RotationState::ALL, |phone| {
        all.push(phone.names.iter().map(|name| (*name).to_owned()).collect());
        Ok::<(), JournalError>(())
    });
    visited.expect("it can be read");
    all
}

const ACCOUNTS: &str = "site,phone\na/b,c\na,b/c\n\"a,b\",\"\"\"c\\\"\n";

/// Two phones are two phones, and look so; records have their names as they are.
#[test]
fn names_with_separators_are_kept_and_look_different() {
    let setting = Setting::new();
    let journal =
        draft(&setting, ACCOUNTS).expect("they are three phones").commit(&key()).expect("there is room");
    let names = names(&journal);
    assert_eq!(names, [["a/b", "c"], ["a", "b/c"], ["a,b", "\"c\\"]]);
    let shown: Vec<_> = names.iter().map(|names| display_name(&[&names[0], &names[1]])).collect();
    assert_eq!(shown, [r"a\/b/c", r"a/b\/c", r#"a,b/"c\\"#]);
    let Err(error) = journal.check_accounts(&Sites, &b"site,phone\na,b/c\n"[..]) else {
        panic!("another order")
    };
    let message = error.to_string();
    assert!(message.starts_with(r"line 2: expected a\/b/c, as in the journal"), "{message}");
}

#[test]
fn a_control_character_in_a_name_is_refused() {
    for (row, found) in [("a\u{1f}b,c", "site"), ("a,\u{1b}[2J", "phone"), ("a,b\u{0}c", "phone")] {
        let Err(PlanError::Accounts(error)) = draft(&Setting::new(), &format!("site,phone\n{row}\n")) else {
            panic!("{row:?}")
        };
        let AccountsErrorKind::ControlCharacter { column } = error.kind else { panic!("{error}") };
        assert_eq!((error.line, column), (2, found));
    }
}

/// Names in a reply cannot pass for other names, and each record has a name for each column.
#[test]
fn names_in_a_reply_do_not_pass_for_others() {
    let setting = Setting::new();
    let journal = draft(&setting, "site,phone\na,b\n").expect("it is right").commit(&key());
    let mut journal = journal.expect("there is room");
    let (client, stop) = (Client::builder().build(), std::sync::atomic::AtomicBool::new(false));
    run(&mut journal, &Sites, &client, &limits(1), &stop, |_| ()).expect("there is room");
    assert_eq!(names(&journal), [["a", "b"], ["(name 2 of a reply, not kept)", ""], ["alone", ""]]);
}
