//! `pattern` agrees with `check` in a regular-expression engine, and the attributes are escaped.

use crate::naive;
use std::{collections::BTreeSet, ops::Range};

use crate::naive::strings;
use crate::random::policies;
use fancy_regex::Regex;
use proptest::prelude::*;
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use sip_password::{CharSet, Characters, Class, ClassSet, HUAWEI, PRESETS, Policy, Rules, ViolationKind};

/// The pattern must match the whole password, as in HTML.
fn regex(policy: &Policy) -> Regex {
    Regex::new(&format!("^(?:{})$", policy.pattern())).expect("the pattern is well-formed")
}

const LINES: usize = 1_000_000;

/// Compares the pattern with `check` on a million lines, and returns how many are compliant.
fn compliant(policy: &Policy, mut line: impl FnMut() -> String) -> usize {
    let regex = regex(policy);
    let agree = |line: &str| {
        let matches = regex.is_match(line).expect("the pattern does not backtrack for long");
        assert_eq!(policy.check(line).is_ok(), matches, "{line:?}");
        matches
    };
    (0..LINES).filter(|_| agree(&line())).count()
}

/// Random lines of which many are compliant: characters of some of the kinds, and in one of 256 places a character of
/// no kind.
fn lines(kinds: [&str; 4], lengths: Range<u32>) -> impl FnMut() -> String {
    let kinds = kinds.map(|kind| kind.chars().collect::<Vec<_>>());
    let others: Vec<char> = " \t\"#'(),-/:;<=>[\\]_`{|}~\u{7f}éß密🔑\n".chars().collect();
    let mut rng = ChaCha20Rng::from_seed([5; 32]);
    move || {
        let (chosen, length) = (rng.next_u32(), rng.next_u32());
        let mut character = || {
            let (kind, place) = (rng.next_u32() % 256, rng.next_u32() as usize);
            let kind = match kind {
                0 => &others,
                _ if chosen >> (kind % 4) & 1 == 0 => &kinds[2],
                _ => &kinds[kind as usize % 4],
            };
            kind[place % kind.len()]
        };
        (0..lengths.start + length % (lengths.end - lengths.start)).map(|_| character()).collect()
    }
}

#[test]
fn a_million_lines_of_each_preset() {
    const KINDS: [&str; 4] =
        ["ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789", "~@^*_+.?!#$%&"];
    for preset in PRESETS {
        let rules = preset.policy.rules();
        let lengths = u32::from(rules.min_length()) - 2..u32::from(rules.max_length()) + 3;
        let compliant = compliant(preset.policy, lines(KINDS, lengths));
        let mixed = LINES / 100..LINES * 99 / 100;
        assert!(mixed.contains(&compliant), "{}: {compliant} of the lines are compliant", preset.name);
    }
}

const CLASSES: &[Class] = &[
    Class::new("uppercase letters", CharSet::of("ABC")),
    Class::new("lowercase letters", CharSet::of("abc")),
    Class::new("digits", CharSet::of("013")).at_least(2),
    Class::new("special characters", CharSet::of("-]^")),
];

const EVERY_RULE: Rules = Rules::new()
    .with_lengths(5, 9)
    .with_default_length(8)
    .with_classes(CLASSES)
    .with_min_classes(3)
    .with_uncounted(CharSet::of("&\\ "))
    .with_max_repeat(2)
    .with_max_run(3, ClassSet::EMPTY.with(2))
    .with_max_sequence(2)
    .with_first(ClassSet::EMPTY.with(0).with(2).with(3))
    .with_context_words(&["B-1", "c^0"])
    .with_reversed_context(true);

#[test]
fn a_million_lines_of_every_rule() {
    let policy = Policy::new(EVERY_RULE).expect("it can be satisfied");
    assert_eq!(
        policy.pattern().to_string(),
        concat!(
            r"(?=(?:[^013]*[013]){2})(?=.*[A-Ca-c])(?=.*[A-C\x2D\x5D\x5E])(?=.*[a-c\x2D\x5D\x5E])",
            r"(?=[A-C013\x2D\x5D\x5E])(?!.*(.)\1{2})(?!.*[013]{4})(?!.*(?:ABC|CBA|abc|cba))",
            r"(?!.*[Bb][\x2D][1])(?!.*[1][\x2D][Bb])(?!.*[Cc][\x5E][0])(?!.*[0][\x5E][Cc])",
            r"[A-Ca-c013\x20\x26\x2D\x5C-\x5E]{5,9}",
        )
    );
    // All rules together take too many cases to count.
    let distinct = Rules::new().with_lengths(5, 9).with_default_length(8).with_classes(CLASSES);
    let distinct =
        Policy::new(distinct.with_max_repeat(2).with_min_distinct(4)).expect("it can be satisfied");
    assert_eq!(
        distinct.pattern().to_string(),
        concat!(
            r"(?=(?:[^013]*[013]){2})(?!.*(.)\1{2})",
            r"(?=(.)(?:\2)*(?!\2)(.)(?:\2|\3)*(?!\2|\3)(.)(?:\2|\3|\4)*(?!\2|\3|\4)(.))",
            r"[A-Ca-c013\x2D\x5D\x5E]{5,9}",
        )
    );
    let mut decided = BTreeSet::new();
    for policy in [policy, distinct] {
        let mut line = lines(["ABC", "abc", "013", "-]^&\\ "], 3..11);
        let compliant = compliant(&policy, || {
            let line = line();
            if let Err(violations) = policy.check(&line)
                && violations.kinds().iter().count() == 1
            {
                decided.extend(violations.kinds().iter());
            }
            line
        });
        assert!((LINES / 100..LINES / 2).contains(&compliant), "{compliant} of the lines are compliant");
    }
    assert!(decided.iter().eq(ViolationKind::ALL), "some line violates each rule alone");
}

/// A class with a large minimum of which a text has too few characters: the engine must not backtrack for long.
#[test]
fn a_text_is_refused_without_long_backtracking() {
    let classes =
        [Class::new("letters", CharSet::LOWERCASE).at_least(32), Class::new("digits", CharSet::DIGITS)];
    let rules = Rules::new().with_default_length(64).with_classes(&classes).with_max_repeat(31);
    let policy = Policy::new(rules).expect("it can be satisfied");
    let regex = regex(&policy);
    for line in ["1a".repeat(31), "ab".repeat(32) + "!", "z".repeat(64), "ab".repeat(32)] {
        let matches = regex.is_match(&line).expect("the pattern does not backtrack for long");
        assert_eq!(matches, policy.check(&line).is_ok(), "{line}");
    }
}

/// A context word with a character outside ASCII cannot occur in a password, so the pattern leaves it out.
#[test]
fn words_outside_ascii() {
    let policy = HUAWEI.with_context("zoë").expect("it makes sense");
    assert_eq!(policy.pattern().to_string(), HUAWEI.pattern().to_string());
    let policy = HUAWEI.with_context("a\n\"é").expect("it makes sense");
    assert_eq!(policy.pattern().to_string(), HUAWEI.pattern().to_string());
    let policy = HUAWEI.with_context("\"\n").expect("it makes sense");
    assert!(policy.pattern().to_string().contains(r"(?!.*[\x22][\x0A])"));
}

#[test]
fn attributes_are_escaped() {
    let classes = [Class::new("special characters", CharSet::of("\"&'<>]-"))];
    let policy =
        Policy::new(Rules::new().with_classes(&classes).with_min_classes(1)).expect("it can be satisfied");
    let rules = policy.password_rules(Characters::Accepted).expect("passwordrules can express it");
    assert_eq!(
        policy.html_attributes(Some(rules)).to_string(),
        concat!(
            r#"minlength="1" maxlength="64" "#,
            r#"pattern="(?=.*[\x22\x26\x27\x2D\x3C\x3E\x5D])[\x22\x26\x27\x2D\x3C\x3E\x5D]{1,64}" "#,
            r#"passwordrules="minlength: 1; maxlength: 64; required: [-&quot;&amp;&#39;&lt;&gt;]];""#,
        )
    );
    assert!(!policy.html_attributes(None).to_string().contains("passwordrules"));
}

const FIVE: &str = "aA1-]";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn random_policies(policy in policies(FIVE, 5)) {
        let alphabet: Vec<char> = FIVE.chars().collect();
        let regex = regex(&policy);
        for password in (0..=5).flat_map(|length| strings(&alphabet, length)) {
            let matches = regex.is_match(&password).expect("the pattern does not backtrack for long");
            let complies = naive::check(&policy.rules(), &password).is_empty();
            assert_eq!(matches, complies, "{} {password:?}", policy.pattern());
        }
    }
}
