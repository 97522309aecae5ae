//! Others, each in the fastest way that its documentation shows.

use std::mem::take;

use criterion::Criterion;
use fancy_regex::Regex;
use passwords::{
    PasswordGenerator,
    analyzer::{self, AnalyzedPassword},
};
use rand::distr::{Alphanumeric, SampleString};
use sip_password::{CharSet, Class, Policy, Rules};

use crate::{
    measure::{group, measure},
    work::{BATCH, FLAWED, lines, verify},
};

const LENGTH: usize = 16;

/// What `passwords` makes with every kind but the space, which no vendor accepts: one of each.
static EACH_KIND: Policy<'static> = Policy::constant(Rules {
    min_length: LENGTH as u8,
    max_length: LENGTH as u8,
    default_length: LENGTH as u8,
    classes: &[
        Class::new("uppercase letters", CharSet::UPPERCASE),
        Class::new("lowercase letters", CharSet::LOWERCASE),
        Class::new("digits", CharSet::DIGITS),
        Class::new("symbols", CharSet::of("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")),
    ],
    required_classes: 4,
    ..Rules::NONE
});

/// What `rand` makes: letters and digits, without a rule.
static LETTERS_AND_DIGITS: Policy<'static> = Policy::constant(Rules {
    min_length: LENGTH as u8,
    max_length: LENGTH as u8,
    default_length: LENGTH as u8,
    uncounted: CharSet::UPPERCASE.union(CharSet::LOWERCASE).union(CharSet::DIGITS),
    ..Rules::NONE
});

/// Huawei's rule, with look-aheads as they are usually written. They begin at the end of the line;
/// lazy ones, which begin at its start, are faster.
const LOOK_AHEADS: &str = concat!(
    r"\A(?:",
    r"(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])|",
    r"(?=.*[A-Z])(?=.*[a-z])(?=.*[~@^*_+.?])|",
    r"(?=.*[A-Z])(?=.*[0-9])(?=.*[~@^*_+.?])|",
    r"(?=.*[a-z])(?=.*[0-9])(?=.*[~@^*_+.?])",
    r")[A-Za-z0-9~@^*_+.?]{8,16}\z",
);

pub(crate) fn generation(criterion: &mut Criterion) {
    let mut group = group(criterion, "peer");

    let generator = PasswordGenerator::new()
        .length(LENGTH)
        .uppercase_letters(true)
        .symbols(true)
        .strict(true)
        .try_iter()
        .expect("there is room for each kind");
    measure(
        &mut group,
        "passwords",
        Vec::new(),
        // A tenth faster than one `next` after another. That they are freed is not in the time.
        |passwords| *passwords = generator.generate(BATCH),
        |passwords| verify(&EACH_KIND, LENGTH, take(passwords).concat().as_bytes()),
    );

    let mut rng = rand::rng();
    measure(
        &mut group,
        "rand-alphanumeric",
        Vec::with_capacity(BATCH),
        |passwords| passwords.extend((0..BATCH).map(|_| Alphanumeric.sample_string(&mut rng, LENGTH))),
        |passwords| verify(&LETTERS_AND_DIGITS, LENGTH, passwords.drain(..).collect::<String>().as_bytes()),
    );
}

pub(crate) fn validation(criterion: &mut Criterion) {
    let mut group = group(criterion, "peer");
    let text = lines();
    let lines: Vec<&str> = text.lines().collect();
    let verify = |compliant: &mut usize| assert_eq!(take(compliant), BATCH - FLAWED);

    for (name, pattern) in
        [("fancy-regex", LOOK_AHEADS), ("fancy-regex-lazy", &LOOK_AHEADS.replace(".*", ".*?"))]
    {
        let regex = Regex::new(pattern).expect("the pattern is well-formed");
        let compliant = |line: &&&str| regex.is_match(**line).expect("the pattern backtracks little");
        measure(&mut group, name, 0, |count| *count = lines.iter().filter(compliant).count(), verify);
    }

    measure(
        &mut group,
        "passwords-analyzer",
        0,
        |count| *count = lines.iter().filter(|line| compliant(&analyzer::analyze(line))).count(),
        verify,
    );
}

/// Huawei's rule, as far as `passwords` can tell: it does not know which symbols are special characters.
fn compliant(found: &AnalyzedPassword) -> bool {
    let classes = [
        found.uppercase_letters_count(),
        found.lowercase_letters_count(),
        found.numbers_count(),
        found.symbols_count(),
    ];
    (8..=16).contains(&found.length())
        && found.spaces_count() + found.other_characters_count() == 0
        && classes.iter().filter(|&&count| count > 0).count() >= 3
}
