//! Any text as a password manager's rule: an error, or rules that come back the same when they are said and read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sip_password::{Characters, OwnedRules, Policy};

fuzz_target!(|text: &str| {
    let Ok(rules) = OwnedRules::from_password_rules(text) else { return };
    let classes = rules.classes();
    let policy = Policy::new(rules.rules(&classes)).expect("what is read is a policy");
    let said =
        policy.password_rules(Characters::Accepted).expect("what came from such a rule is one").to_string();
    let again = OwnedRules::from_password_rules(&said).expect("what is said is read");
    let classes = again.classes();
    let again = Policy::new(again.rules(&classes)).expect("what is read is a policy");
    for length in 1..=64 {
        assert_eq!(again.count(length), policy.count(length), "{text:?}: {said}");
    }
    assert_eq!(again.password_rules(Characters::Accepted).expect("as before").to_string(), said);
});
