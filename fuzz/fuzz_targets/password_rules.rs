//! Any text as `passwordrules`: an error at a position inside the text, or rules that accept the same passwords as the reference
//! implementation of the tests, and that stay the same when they are written and read again.

#![no_main]

#[path = "../../checks/formats/tests/it/password_rules/oracle.rs"]
mod oracle;

use libfuzzer_sys::fuzz_target;
use oracle::Reading;
use sip_password::{Characters, ParsePasswordRulesError as Error, Policy};

/// Counting a policy with more states takes milliseconds.
const MAX_STATES: usize = 2_000;

/// Numbers derived from a text.
struct Numbers(u64);

impl Numbers {
    fn of(text: &str) -> Self {
        Self(text.bytes().fold(1, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)))
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

/// A password of a few different characters, often of the shortest or the longest length.
fn password(policy: &Policy, numbers: &mut Numbers) -> String {
    let (min, max) = policy.lengths().into_inner();
    let accepted: Vec<char> = policy.accepted().iter().collect();
    let few: Vec<char> = (0..=numbers.below(6)).map(|_| accepted[numbers.below(accepted.len())]).collect();
    let length = [min - 1, min, max, max + 1, min + numbers.below(max - min + 1)][numbers.below(5)];
    (0..length).map(|_| few[numbers.below(few.len())]).collect()
}

/// The error must agree with the reference implementation, name a position in the text, and fit on a line.
fn check_error(text: &str, error: &Error) {
    let syntax = matches!(error, Error::Empty | Error::Syntax { .. });
    assert_eq!(Reading::new(text).is_none(), syntax, "{text:?}: {error}");
    if let Error::Syntax { at, .. } | Error::NothingRequired { at } = error {
        assert!(text.is_char_boundary(*at), "{text:?}: {error}");
    }
    assert!(!error.to_string().contains('\n'));
}

/// Writing a policy and reading it back must give the same policy.
fn check_round_trip(text: &str, policy: &Policy) {
    let write = |policy: &Policy| {
        policy.password_rules(Characters::Accepted).expect("the policy came from such a text").to_string()
    };
    let written = write(policy);
    let again = Policy::from_password_rules(&written).expect("a text that was written can be read");
    assert_eq!(write(&again), written);
    assert_eq!(again.accepted(), policy.accepted());
    let classes = again.classes().len();
    let repeats = policy.rules().max_repeat().map_or(1, usize::from);
    if (1 + (classes + 1) * repeats) << classes <= MAX_STATES {
        let (min, max) = policy.lengths().into_inner();
        let (counts, again) = (policy.counts(), again.counts());
        for length in [min, max, text.len() % 64] {
            assert_eq!(again.accepted(length), counts.accepted(length), "{text:?}: {written}");
        }
    }
}

fuzz_target!(|text: &str| {
    let policy = match Policy::from_password_rules(text) {
        Ok(policy) => policy,
        Err(error) => return check_error(text, &error),
    };
    let reading = Reading::new(text).expect("the text was read");
    let mut numbers = Numbers::of(text);
    for _ in 0..12 {
        let password = password(&policy, &mut numbers);
        assert_eq!(policy.check(&password).is_ok(), reading.accepts(&password), "{text:?}: {password:?}");
    }
    check_round_trip(text, &policy);
});
