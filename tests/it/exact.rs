//! A feasible policy is never refused: feasibility is decided exactly, and passwords that are too rare to be found by trial are
//! generated too, each with the same probability.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    naive,
    random::rules,
    source::{Source, Unplugged},
};
use proptest::prelude::*;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use sip_password::{
    CharSet, Class, ClassSet, Conflict, GenerateError, HUAWEI, Natural, Policy, PolicyError, Rules,
};

/// The number of tries by unranking.
const UNRANK_TRIES: u16 = 128;

fn is_rare(policy: &Policy, length: usize) -> bool {
    policy.counts().acceptance(length) < 1.0 / 738.0
}

/// Tries every word that a candidate can be made of: each password comes once, and every other word is rejected.
fn by_all_words(rules: Rules, length: usize) {
    let policy = Policy::new(rules.clone()).expect("it can be satisfied");
    let expected: BTreeSet<_> = naive::generated(&rules, length).into_iter().collect();
    assert!(is_rare(&policy, length) && policy.tries(length) == Some(UNRANK_TRIES));
    let bits = (expected.len() - 1).checked_ilog2().map_or(0, |bits| bits + 1);
    let (mut made, mut refused) = (BTreeMap::new(), 0);
    for word in 0..1_u32 << bits {
        let mut words = [word].into_iter();
        let mut source = Source(|| words.next().ok_or(Unplugged));
        match policy.generate(&mut source, &mut vec![0xff; length]) {
            Ok(password) => *made.entry(password.expose_secret().to_owned()).or_insert(0) += 1,
            Err(error) => {
                assert_eq!(
                    error,
                    GenerateError::Source(Unplugged),
                    "it is thrown away, and another is drawn"
                );
                refused += 1;
            }
        }
    }
    assert!(made.values().all(|&times| times == 1));
    assert!(made.keys().eq(&expected));
    assert_eq!(made.len() + refused, 1 << bits);
}

#[test]
fn rare_passwords_are_equally_likely() {
    let of = |name, characters, minimum| Class::new(name, CharSet::of(characters)).at_least(minimum);
    let classes = [of("ones", "1", 7), of("letters", "abA", 1), of("stars", "*", 0)];
    let base = Rules::new().with_lengths(1, 8).with_default_length(8).with_classes(&classes);
    by_all_words(base.clone(), 8);
    by_all_words(base.clone().with_first(ClassSet::EMPTY.with(1)), 8);
    by_all_words(base.clone().with_max_repeat(4), 8);
    by_all_words(base.clone().with_max_repeat(5).with_context("a1"), 8);
    by_all_words(base.clone().with_excluded(CharSet::of("b")), 8);
    by_all_words(base.clone().with_excluded_first(CharSet::of("A")), 8);
    by_all_words(
        base.clone().with_excluded_first(CharSet::of("aA")).with_max_repeat(5).with_context("a1"),
        8,
    );
    let classes = [of("ones", "1", 6), of("letters", "abA", 1), of("stars", "*", 0)];
    by_all_words(base.clone().with_classes(&classes).with_min_classes(3).with_context("1A1"), 8);
    by_all_words(base.clone().with_classes(&classes).with_min_classes(3).with_uncounted(CharSet::of("-")), 8);
    // One password alone.
    let classes = [of("ones", "1", 8), of("letters", "abA", 0)];
    by_all_words(base.clone().with_classes(&classes), 8);
}

/// Just not rare: one in 585 is found by trying, and so from the same words as always.
#[test]
fn one_in_585_is_found_by_trying() {
    let classes = [Class::new("ones", CharSet::of("1")).at_least(12), Class::new("a", CharSet::of("a"))];
    let rules = Rules::new().with_lengths(1, 13).with_default_length(13).with_classes(&classes);
    let policy = Policy::new(rules).expect("it can be satisfied");
    assert_eq!(policy.count(13), Natural::from(14_u128));
    assert!(!is_rare(&policy, 13) && policy.tries(13).is_some_and(|tries| tries > 50_000));
    // Eight digits a word, the highest bits first. Were it counted, the first word alone would give another.
    let mut words = [0_u32, 1 << 31].into_iter();
    let mut source = Source(|| words.next().ok_or(Unplugged));
    let mut password = [0; 13];
    policy.generate(&mut source, &mut password).expect("it takes two words");
    assert_eq!(&password, b"11111111a1111");
}

/// Fourteen digits in 16 characters of 70: one candidate in a hundred million.
#[test]
fn fourteen_digits_in_sixteen() {
    let mut classes = HUAWEI.rules().classes().to_vec();
    classes[2] = classes[2].at_least(14);
    let policy = Policy::new(HUAWEI.rules().with_classes(&classes)).expect("it can be satisfied");
    assert_eq!(policy.tries(16), Some(UNRANK_TRIES));
    // Two others, of two kinds.
    let pairs = 2 * (26 * 26 + 26 * 8 + 26 * 8);
    assert_eq!(policy.counts().generated(16), Natural::from(10_u128.pow(14) * 120 * pairs));

    let bulk = policy.bulk(16, b"\n").expect("it can be counted");
    let mut records = vec![0; 17 * 2000];
    bulk.fill(&mut ChaCha20Rng::from_seed([7; 32]), &mut records).expect("the source is good");
    let mut rng = ChaCha20Rng::from_seed([7; 32]);
    for (at, record) in records.chunks(17).enumerate() {
        assert!(policy.check(&record[..16]).is_ok());
        if at < 20 {
            let mut password = [0; 16];
            policy.generate(&mut rng, &mut password).expect("the source is good");
            assert_eq!(record[..16], password, "one after another are the same ones");
        }
    }
    // Where the other characters are: 16 places, 250 times each.
    let mut places = [0_i64; 16];
    for record in records.chunks(17) {
        (0..16).filter(|&place| !record[place].is_ascii_digit()).for_each(|place| places[place] += 1);
    }
    assert!(places.iter().all(|times| (times - 250).abs() < 100), "{places:?}");
}

#[test]
fn five_kinds_in_five() {
    let sets = ["0123456789", "abc", "XYZ", "*", "-_"];
    let classes = sets.map(|set| Class::new(set, CharSet::of(set)).at_least(1));
    let rules = Rules::new().with_lengths(1, 5).with_default_length(5).with_classes(&classes);
    let policy = Policy::new(rules).expect("it can be satisfied");
    assert_eq!(policy.count(5), Natural::from(120_u128 * 10 * 3 * 3 * 2));
    let mut password = [0; 5];
    policy.generate(&mut ChaCha20Rng::from_seed([1; 32]), &mut password).expect("the source is good");
    assert!(policy.check(&password).is_ok());
}

/// More states than a stack bears: two of each of eight, in sixteen.
#[test]
fn more_states_than_a_stack_bears() {
    let sets = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let classes = sets.map(|set| Class::new(set, CharSet::of(set)).at_least(2));
    let rules = Rules::new().with_lengths(1, 16).with_default_length(16).with_classes(&classes);
    let policy = Policy::new(rules).expect("it can be satisfied");
    assert_eq!(policy.count(16), Natural::from(20_922_789_888_000_u128 >> 8));
    let mut password = [0; 16];
    policy.generate(&mut ChaCha20Rng::from_seed([1; 32]), &mut password).expect("the source is good");
    let mut sorted = password;
    sorted.sort_unstable();
    assert_eq!(&sorted, b"aabbccddeeffgghh");
}

/// A stuck source is blamed after the bound, and nothing is left in the buffer.
#[test]
fn a_stuck_source_is_blamed() {
    let classes =
        [Class::new("ones", CharSet::of("1")).at_least(9), Class::new("letters", CharSet::LOWERCASE)];
    let rules = Rules::new().with_lengths(1, 10).with_default_length(10).with_classes(&classes);
    let policy = Policy::new(rules).expect("it can be satisfied");
    let mut drawn = 0;
    let mut source = Source(|| {
        drawn += 1;
        Ok(u32::MAX)
    });
    let mut buffer = [0xff; 10];
    let stuck = policy.generate(&mut source, &mut buffer).map(|_| ());
    assert_eq!(stuck, Err(GenerateError::SourceStuck { tries: UNRANK_TRIES }));
    assert_eq!(buffer, [0; 10]);
    let bulk = policy.bulk(10, b"").expect("it can be counted");
    let mut many = [0xff; 100];
    assert!(bulk.fill(&mut source, &mut many).is_err());
    assert_eq!(many, [0; 100]);
    assert!(drawn >= 2 * usize::from(UNRANK_TRIES));

    let mut failing = Source(|| Err(Unplugged));
    buffer = [0xff; 10];
    assert_eq!(policy.generate(&mut failing, &mut buffer).map(drop), Err(GenerateError::Source(Unplugged)));
    assert_eq!(buffer, [0; 10]);
}

/// How many passwords of the default length, one by one.
fn generated(rules: &Rules) -> usize {
    naive::generated(rules, rules.default_length().into()).len()
}

/// Only the rules that are to be kept.
fn keep(rules: &Rules, kept: impl Fn(&'static str, usize) -> bool) -> Rules {
    let class =
        |(index, class): (usize, &Class)| if kept("minimum", index) { *class } else { class.at_least(0) };
    let classes: Vec<_> = rules.classes().iter().enumerate().map(class).collect();
    let mut left = Rules::new()
        .with_lengths(rules.min_length(), rules.max_length())
        .with_default_length(rules.default_length())
        .with_classes(&classes)
        .with_uncounted(rules.uncounted());
    if kept("min_classes", 0) {
        left = left.with_min_classes(rules.min_classes());
    }
    if kept("excluded", 0) {
        left = left.with_excluded(rules.excluded());
    }
    if kept("excluded_first", 0) {
        left = left.with_excluded_first(rules.excluded_first());
    }
    if let Some(max) = rules.max_repeat().filter(|_| kept("max_repeat", 0)) {
        left = left.with_max_repeat(max);
    }
    if let Some(first) = rules.first().filter(|_| kept("first", 0)) {
        left = left.with_first(first);
    }
    if let Some((max, classes)) = rules.max_run().filter(|_| kept("max_run", 0)) {
        left = left.with_max_run(max, classes);
    }
    if let Some(max) = rules.max_sequence().filter(|_| kept("max_sequence", 0)) {
        left = left.with_max_sequence(max);
    }
    if kept("min_distinct", 0) {
        left = left.with_min_distinct(rules.min_distinct());
    }
    if kept("context", 0) {
        let words: Vec<&str> = rules.context().collect();
        left = left.with_context_words(&words).with_reversed_context(rules.reversed_context());
    }
    left
}

/// The names of the rules in a conflict, and for minima the places of the classes.
fn members(conflict: &Conflict) -> Vec<(&'static str, usize)> {
    let flags = [
        (conflict.min_classes, "min_classes"),
        (conflict.max_repeat, "max_repeat"),
        (conflict.max_run, "max_run"),
        (conflict.max_sequence, "max_sequence"),
        (conflict.min_distinct, "min_distinct"),
        (conflict.first, "first"),
        (conflict.context, "context"),
        (conflict.excluded, "excluded"),
        (conflict.excluded_first, "excluded_first"),
    ];
    let flags = flags.into_iter().filter(|(part, _)| *part).map(|(_, name)| (name, 0));
    conflict.minima.iter().map(|place| ("minimum", place)).chain(flags).collect()
}

/// A policy just where there is a password; otherwise an error whose rules are in conflict, and not without any of them.
fn decided_exactly(rules: Rules) {
    match Policy::new(rules.clone()) {
        Ok(policy) => {
            assert!(generated(&rules) > 0, "{rules:?}");
            let length = rules.default_length().into();
            let mut password = vec![0; length];
            let made = policy.generate(&mut ChaCha20Rng::from_seed([1; 32]), &mut password);
            assert!(
                naive::check(&rules, made.expect("what is possible is not refused").expose_secret())
                    .is_empty()
            );
        }
        Err(error @ (PolicyError::Infeasible { conflict } | PolicyError::NothingToGenerate { conflict })) => {
            assert_eq!(generated(&rules), 0, "{rules:?}");
            let accepted = rules.clone().with_excluded(CharSet::EMPTY).with_excluded_first(CharSet::EMPTY);
            assert_eq!(generated(&accepted) > 0, matches!(error, PolicyError::NothingToGenerate { .. }));
            let named = members(&conflict);
            assert!(!named.is_empty(), "{rules:?}");
            let without = |left_out: Option<(&'static str, usize)>| {
                generated(&keep(&rules, |name, index| {
                    named.contains(&(name, index)) && left_out != Some((name, index))
                }))
            };
            assert_eq!(without(None), 0, "{rules:?}: {error}");
            for rule in &named {
                assert!(without(Some(*rule)) > 0, "{rules:?}: {error}, and {rule:?} has no part in it");
            }
        }
        // Wrong by themselves: more is wanted than fits or than there is.
        Err(PolicyError::Minima { .. } | PolicyError::First { .. } | PolicyError::MinDistinct { .. }) => {
            assert_eq!(generated(&rules), 0, "{rules:?}");
        }
        // None of the classes that a limit is about exists.
        Err(PolicyError::MaxRun { classes, .. }) => {
            let (_, of) = rules.max_run().expect("it is wrong");
            assert!(of.is_empty() && classes == rules.classes().len());
        }
        Err(error) => panic!("{error}: {rules:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn feasibility_is_decided_exactly(rules in rules("aAb1", 5)) {
        decided_exactly(rules);
    }

    #[test]
    fn with_few_characters(rules in rules("aA", 8)) {
        decided_exactly(rules);
    }
}
