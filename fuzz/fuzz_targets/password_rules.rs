//! Any text as a password manager's rule: an error at a place that is there, or rules that come back the same when they are said
//! and read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sip_password::{Characters, OwnedRules, ParsePasswordRulesError as Error, Policy};

/// Where there are more states, to count takes milliseconds.
const MOST_STATES: usize = 2_000;

fuzz_target!(|text: &str| {
    let rules = match OwnedRules::from_password_rules(text) {
        Ok(rules) => rules,
        Err(error) => {
            if let Error::Syntax { at, .. } | Error::NothingRequired { at } = error {
                assert!(text.is_char_boundary(at), "{error}");
            }
            assert!(!error.to_string().contains('\n'));
            return;
        }
    };
    let classes = rules.classes();
    let policy = Policy::new(rules.rules(&classes)).expect("what is read is a policy");
    let said =
        policy.password_rules(Characters::Accepted).expect("what came from such a rule is one").to_string();
    let again = OwnedRules::from_password_rules(&said).expect("what is said is read");
    let classes = again.classes();
    let again = Policy::new(again.rules(&classes)).expect("what is read is a policy");
    assert_eq!(again.password_rules(Characters::Accepted).expect("as before").to_string(), said);

    let (min, max) = (policy.rules().min_length.into(), policy.rules().max_length.into());
    assert_eq!(
        (again.rules().min_length, again.rules().max_length),
        (policy.rules().min_length, policy.rules().max_length)
    );
    assert_eq!(again.check(text).is_ok(), policy.check(text).is_ok());
    let runs = policy.rules().longest_run.map_or(1, usize::from);
    if (1 + (classes.len() + 1) * runs) << classes.len() <= MOST_STATES {
        for length in [min, max, text.len() % 64] {
            assert_eq!(again.count(length), policy.count(length), "{text:?}: {said}");
        }
    }
});
