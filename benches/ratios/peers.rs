//! The peers, each in the fastest way that its documentation shows.

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

/// The passwords of `passwords` with every kind of character except the space, which no vendor accepts: at least one of each.
static EACH_KIND: Policy = Policy::of(
    Rules::new()
        .with_lengths(LENGTH as u8, LENGTH as u16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE))
        .with_class(Class::new("lowercase letters", CharSet::LOWERCASE))
        .with_class(Class::new("digits", CharSet::DIGITS))
        .with_class(Class::new("symbols", CharSet::of("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")))
        .with_min_classes(4),
);

/// The passwords of `rand`: letters and digits, without a rule.
static LETTERS_AND_DIGITS: Policy = Policy::of(
    Rules::new()
        .with_lengths(LENGTH as u8, LENGTH as u16)
        .with_uncounted(CharSet::UPPERCASE.union(CharSet::LOWERCASE).union(CharSet::DIGITS)),
);

/// Huawei's rule, with look-aheads as they are usually written. They start at the end of the line; lazy ones, which start at
/// its beginning, are faster.
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
        .expect("the length has room for each kind");
    measure(
        &mut group,
        "passwords",
        Vec::new(),
        // A tenth faster than one `next` after another. The measured time does not contain the freeing of the passwords.
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

/// Huawei's rule as far as `passwords` can express it: it does not know which symbols are special characters.
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
