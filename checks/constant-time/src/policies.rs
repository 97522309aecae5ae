//! Policies with every rule.

use sip_password::{CharSet, Class, ClassSet, PRESETS, Policy, Rules};

/// A policy with the name of the rule that it adds.
pub(crate) struct Named {
    pub(crate) name: &'static str,
    pub(crate) policy: Policy,
    /// Whether its rules concern the length and the classes alone, which the vector unit can judge.
    pub(crate) simple: bool,
}

const UPPERCASE: Class = Class::new("uppercase letters", CharSet::UPPERCASE);
const LOWERCASE: Class = Class::new("lowercase letters", CharSet::LOWERCASE);
const DIGITS: Class = Class::new("digits", CharSet::DIGITS);
const SPECIALS: Class = Class::new("special characters", CharSet::of("~@^*_+.?"));

/// The presets, each rule by itself, and all rules together; alphabets of which a word gives four, six, seven and eight characters.
pub(crate) fn common() -> Vec<Named> {
    let presets =
        PRESETS.iter().map(|preset| Named { name: preset.name, policy: preset.policy.clone(), simple: true });
    presets.chain(named(simple(), true)).chain(named(other(), false)).collect()
}

fn named<const N: usize>(rules: [(&'static str, Rules); N], simple: bool) -> impl Iterator<Item = Named> {
    let new =
        move |(name, rules)| Named { name, policy: Policy::new(rules).expect("the rules are valid"), simple };
    rules.into_iter().map(new)
}

fn of(classes: &[Class]) -> Rules {
    Rules::new().with_lengths(4, 64).with_classes(classes)
}

fn base() -> Rules {
    of(&[UPPERCASE, LOWERCASE, DIGITS, SPECIALS])
}

fn simple() -> [(&'static str, Rules); 8] {
    [
        ("no rule", base()),
        ("k of n classes", base().with_min_classes(2)),
        ("uncounted characters", base().with_uncounted(CharSet::of("-/ "))),
        ("excluded characters", base().with_excluded(CharSet::of("0O1lI"))),
        ("excluded first characters", base().with_excluded_first(CharSet::of("+@abcXYZ7"))),
        ("a required class", of(&[UPPERCASE, DIGITS.at_least(1)])),
        ("six characters a word", of(&[Class::new("letters", CharSet::of("abcdefghijklmn"))])),
        ("eight characters a word", of(&[DIGITS, Class::new("letters", CharSet::of("ABCDEF"))])),
    ]
}

fn other() -> [(&'static str, Rules); 12] {
    [
        ("at most two repeats", base().with_max_repeat(2)),
        ("no character twice in a row", base().with_max_repeat(1)),
        ("a first character", base().with_first(FIRST)),
        (
            "a first character, and excluded ones",
            base().with_first(FIRST).with_excluded_first(CharSet::of("abcXYZ")),
        ),
        ("a context word", base().with_context("Ag7")),
        ("words, reversed too", base().with_context_words(&["Ag7", "4567"]).with_reversed_context(true)),
        ("at most three digits in a row", base().with_max_run(3, ClassSet::EMPTY.with(2))),
        ("no sequence of three", base().with_lengths(4, 20).with_max_sequence(2)),
        ("eight different characters", base().with_lengths(10, 20).with_min_distinct(8)),
        ("minima", of(&[UPPERCASE.at_least(1), LOWERCASE, DIGITS.at_least(2)])),
        ("eight classes", of(&EIGHT).with_lengths(6, 64).with_min_classes(5)),
        ("most rules", all(2)),
    ]
}

const FIRST: ClassSet = ClassSet::EMPTY.with(0).with(1);

const EIGHT: [Class; 8] = [
    Class::new("a", CharSet::range(b'a', b'm')),
    Class::new("n", CharSet::range(b'n', b'z')),
    Class::new("A", CharSet::range(b'A', b'M')),
    Class::new("N", CharSet::range(b'N', b'Z')),
    Class::new("0", CharSet::range(b'0', b'4')),
    Class::new("5", CharSet::range(b'5', b'9')),
    Class::new("!", CharSet::of("!#$%&*")),
    Class::new("-", CharSet::of("-/:;.,")),
];

/// Every rule that can be counted together, with at least this number of digits.
fn all(digits: u8) -> Rules {
    of(&[UPPERCASE, LOWERCASE.at_least(1), DIGITS.at_least(digits), SPECIALS])
        .with_lengths(6, 64)
        .with_min_classes(3)
        .with_uncounted(CharSet::of("-/ "))
        .with_excluded(CharSet::of("0O1lI"))
        .with_excluded_first(CharSet::of("abcXYZ"))
        .with_max_repeat(2)
        .with_first(FIRST)
        .with_max_run(3, ClassSet::EMPTY.with(3))
        .with_context_words(&["Ag7", "x%"])
        .with_reversed_context(true)
}

/// Policies whose passwords of 16 characters are too rare to be found by trial: fewer than one string in 739.
#[cfg(feature = "std")]
pub(crate) fn rare() -> Vec<Named> {
    let mostly_digits = || of(&[UPPERCASE, LOWERCASE, DIGITS.at_least(14), SPECIALS]);
    let rules = [
        ("14 digits of 16", mostly_digits().with_min_classes(2)),
        ("14 digits of 16, and no repeats", mostly_digits().with_max_repeat(1)),
        ("14 digits of 16, and a context word", mostly_digits().with_context("a7")),
        ("14 digits of 16, and most rules", all(14)),
        ("14 digits of 16, and no sequence", mostly_digits().with_lengths(16, 16).with_max_sequence(2)),
        (
            "14 digits of 16, and many different characters",
            mostly_digits().with_lengths(16, 16).with_min_distinct(10),
        ),
    ];
    let rare: Vec<Named> = named(rules, false).collect();
    for Named { name, policy, .. } in &rare {
        assert!(policy.counts().acceptance(16) < 1.0 / 739.0, "{name}");
    }
    rare
}
