//! `passwordrules`: what a policy writes, and that reading it gives the same policy back.

mod oracle;
mod reading;

use crate::{
    naive::{self, strings},
    random::policies,
};
use oracle::Reading;
use proptest::prelude::*;
use reading::read;
use sip_password::{
    CharSet, Characters, Class, ClassSet, EXOTEL, HUAWEI, MAX_LENGTH, PRESETS, Policy, Rules,
};

#[test]
fn three_of_four_are_six_pairs() {
    let write = |of| HUAWEI.password_rules(of).expect("passwordrules can express it").to_string();
    let expected = "minlength: 8; maxlength: 16; \
        required: upper, lower; required: upper, digit; required: upper, [*+.?@^_~]; \
        required: lower, digit; required: lower, [*+.?@^_~]; required: digit, [*+.?@^_~];";
    assert_eq!(write(Characters::Accepted), expected);
    assert_eq!(write(Characters::Generated), expected);
    let exotel =
        EXOTEL.password_rules(Characters::Accepted).expect("passwordrules can express it").to_string();
    assert!(exotel.ends_with(r#" allowed: [-"'()+,./:;<=>?[\_`{|}~]];"#), "{exotel}");
}

/// If no special character is generated, the other three classes are all required.
#[test]
fn classes_that_are_not_generated() {
    let policy = HUAWEI.excluding(CharSet::of("*+.?@^_~0O")).expect("letters and digits are left");
    let written =
        policy.password_rules(Characters::Generated).expect("passwordrules can express it").to_string();
    assert_eq!(
        written,
        "minlength: 8; maxlength: 16; required: [ABCDEFGHIJKLMNPQRSTUVWXYZ]; required: lower; required: [123456789];"
    );
}

#[test]
fn presets_are_read_back() {
    for preset in PRESETS {
        let rules = preset.policy.rules();
        let written = preset
            .policy
            .password_rules(Characters::Accepted)
            .expect("passwordrules can express it")
            .to_string();
        let policy = read(&written).expect("it is read");
        assert_eq!(policy.classes().len(), rules.classes().len());
        for (class, original) in policy.classes().iter().zip(rules.classes()) {
            assert_eq!((class.name(), class.characters()), (original.name(), original.characters()));
        }
        assert_eq!(policy.rules().uncounted(), rules.uncounted());
        assert_eq!(policy.default_length(), preset.policy.default_length());
        let (counts, expected) = (policy.counts(), preset.policy.counts());
        for length in 0..=MAX_LENGTH + 1 {
            assert_eq!(counts.accepted(length), expected.accepted(length));
        }
        // The characters that are generated come back as those that are accepted.
        let written = preset
            .policy
            .password_rules(Characters::Generated)
            .expect("passwordrules can express it")
            .to_string();
        let counts = read(&written).expect("it is read").counts();
        for length in 0..=MAX_LENGTH + 1 {
            assert_eq!(counts.accepted(length), expected.generated(length));
        }
    }
}

/// Every number of classes, every number of them that is required, and every number of them that are mandatory.
#[test]
fn every_k_of_n_is_recognised() {
    const LETTERS: [u8; 8] = *b"abcdefgh";
    for count in 1..=LETTERS.len() {
        for (required, mandatory) in
            (0..=count).flat_map(|k| (0..=count).map(move |mandatory| (k, mandatory)))
        {
            let class = |index: usize| {
                let set = CharSet::range(LETTERS[index], LETTERS[index]);
                Class::new("a class", set).at_least((index < mandatory).into())
            };
            let classes: Vec<_> = (0..count).map(class).collect();
            let rules = Rules::new().with_classes(&classes).with_min_classes(required as u8);
            let policy = Policy::new(rules).expect("16 characters are enough");
            let written = policy
                .password_rules(Characters::Accepted)
                .expect("passwordrules can express it")
                .to_string();
            let back = Policy::from_password_rules(&written).expect("it is read");
            for present in 1..1_usize << count {
                let letters = (0..count).filter(|index| present >> index & 1 == 1);
                let password: String = letters.map(|index| char::from(LETTERS[index])).collect();
                assert_eq!(
                    back.check(&password).is_ok(),
                    policy.check(&password).is_ok(),
                    "{written}: {password}"
                );
            }
        }
    }
}

#[test]
fn a_rule_that_cannot_be_written_is_named() {
    let classes =
        [Class::new("letters", CharSet::LOWERCASE), Class::new("digits", CharSet::DIGITS).at_least(2)];
    let write = |rules: Rules| {
        let policy = Policy::new(rules).expect("it makes sense");
        policy
            .password_rules(Characters::Accepted)
            .map(|rules| rules.to_string())
            .map_err(|error| error.to_string())
    };
    let rules = Rules::new().with_classes(&classes[..1]).with_max_repeat(2);
    assert_eq!(
        write(rules.clone()),
        Ok("minlength: 1; maxlength: 64; max-repeating: 2; allowed: lower;".to_owned())
    );
    let cannot = |rule| Err(format!("passwordrules cannot express this policy: {rule}"));
    assert_eq!(
        write(rules.clone().with_classes(&classes)),
        cannot("minimum: expected at most 1 for each class, found 2 for class 1")
    );
    assert_eq!(
        write(rules.clone().with_first(ClassSet::EMPTY.with(0))),
        cannot("first: there is no rule for the first character")
    );
    assert_eq!(write(rules.clone().with_context("x")), cannot("context: there is no rule against a word"));
    assert_eq!(
        write(rules.clone().with_max_run(2, ClassSet::EMPTY.with(0)).with_lengths(1, 2)),
        cannot("max_run: there is no rule for a row of one class")
    );
    assert_eq!(
        write(rules.clone().with_min_distinct(2).with_lengths(2, 4)),
        cannot("min_distinct: there is no rule for different characters")
    );
}

/// Every string of up to five characters, by texts with rules on rows.
#[test]
fn rows_and_sequences() {
    for text in [
        "max-repeating: 1",
        "max-repeating: 2; max-sequential: 1",
        "max-sequential: 2",
        "max-sequential: 3; max-sequential: 2",
        "max-consecutive: 2",
        "max-consecutive: 3; max-sequential: 1",
    ] {
        let text = format!("minlength: 1; maxlength: 5; {text}; allowed: [abcA9]");
        let (reading, policy) = (Reading::new(&text).unwrap(), Policy::from_password_rules(&text).unwrap());
        let written = policy.password_rules(Characters::Accepted).unwrap().to_string();
        let back = Policy::from_password_rules(&written).unwrap();
        for password in (0..=5).flat_map(|length| strings(&['a', 'b', 'c', 'A', '9'], length)) {
            assert_eq!(policy.check(&password).is_ok(), reading.accepts(&password), "{text}: {password}");
            assert_eq!(back.check(&password).is_ok(), reading.accepts(&password), "{written}: {password}");
        }
    }
}

const FIVE: &str = "aA1-]";

/// The same policy without the rules that `passwordrules` cannot express, if it is one.
fn expressible(policy: Policy) -> Option<Policy> {
    let rules = policy.rules();
    let classes: Vec<_> =
        rules.classes().iter().map(|class| class.at_least(class.minimum().min(1))).collect();
    let mut left = Rules::new()
        .with_lengths(rules.min_length(), rules.max_length())
        .with_default_length(rules.default_length())
        .with_classes(&classes)
        .with_min_classes(rules.min_classes())
        .with_uncounted(rules.uncounted())
        .with_excluded(rules.excluded());
    if let Some(max) = rules.max_repeat() {
        left = left.with_max_repeat(max);
    }
    if let Some(max) = rules.max_sequence() {
        left = left.with_max_sequence(max);
    }
    Policy::new(left).ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn written_rules_accept_the_same_passwords(
        policy in policies(FIVE, 5).prop_filter_map("no policy without the other rules", expressible),
    ) {
        let alphabet: Vec<char> = FIVE.chars().collect();
        for of in [Characters::Accepted, Characters::Generated] {
            let written = policy.password_rules(of).expect("passwordrules can express it").to_string();
            let reading = Reading::new(&written).expect("it follows the grammar");
            let back = Policy::from_password_rules(&written).expect("a policy states the same rules");
            for password in (0..=5).flat_map(|length| strings(&alphabet, length)) {
                let of_these = of == Characters::Accepted
                    || password.chars().all(|character| policy.alphabet().contains(character));
                let complies = of_these && naive::check(&policy.rules(), &password).is_empty();
                assert_eq!(reading.accepts(&password), complies, "{written} {password:?}");
                assert_eq!(back.check(&password).is_ok(), complies, "{written} {password:?}");
            }
        }
    }

    #[test]
    fn every_other_policy_can_be_written(policy in policies(FIVE, 5)) {
        let rules = policy.rules();
        let more = rules.classes().iter().any(|class| class.minimum() > 1);
        let refused = more
            || rules.max_run().is_some()
            || rules.min_distinct() > 1
            || rules.first().is_some()
            || rules.context().next().is_some();
        assert_eq!(policy.password_rules(Characters::Accepted).is_err(), refused);
        let refused = refused || !rules.excluded_first().is_empty();
        assert_eq!(policy.password_rules(Characters::Generated).is_err(), refused);
    }
}
