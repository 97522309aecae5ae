//! Uniformity is counted, not estimated: on small alphabets every block of digits goes through `generate`.
//!
//! That each block of digits has equally many words is counted over all 2^32 of them beside the digit step, in
//! `src/uniform.rs`. So here one word stands for each block.

use crate::naive;
use std::collections::{BTreeMap, BTreeSet};

use crate::random::parts;
use crate::source::{Source, Unplugged};
use proptest::prelude::*;
use sip_password::{CharSet, Class, ClassSet, GenerateError, Policy, Rules};

/// What one candidate of these words becomes; `None` where it is thrown away.
fn first_candidate(policy: &Policy<'_>, length: usize, words: &[u32]) -> Option<String> {
    let mut buffer = [0xff; 64];
    let buffer = &mut buffer[..length];
    let mut words = words.iter();
    match policy.generate(&mut Source(|| words.next().copied().ok_or(Unplugged)), buffer) {
        Ok(password) => Some(password.expose_secret().to_owned()),
        Err(error) => {
            assert_eq!(error, GenerateError::Source(Unplugged));
            assert!(buffer.iter().all(|&byte| byte == 0), "refused candidates are wiped");
            None
        }
    }
}

/// The last word of a block of digits, which is never surplus.
fn last_word(block: u64, blocks: u64) -> u32 {
    let next = (u128::from(block + 1) << 32).div_ceil(u128::from(blocks));
    (next - 1) as u32
}

/// Runs every block of digits (every pair of blocks, where a candidate takes two words) through
/// `generate`, and compares what comes out with the compliant passwords.
fn reaches_each_compliant_password_equally_often(policy: &Policy<'_>) {
    let rules = policy.rules();
    let radix = rules.alphabet().len() as u64;
    let per_word = naive::per_word(radix);
    let blocks = radix.pow(per_word);
    for length in usize::from(rules.min_length)..=rules.max_length.into() {
        let words = length.div_ceil(per_word as usize) as u32;
        // Rare ones are made in another way: tests/exact.rs.
        if policy.is_rare(length) || policy.tries(length).is_none() {
            continue;
        }
        assert!(blocks.pow(words) <= 100_000, "few enough to try them all");
        let mut reached: BTreeMap<String, u64> = BTreeMap::new();
        for number in 0..blocks.pow(words) {
            let words: Vec<u32> =
                (0..words).map(|word| last_word(number / blocks.pow(word) % blocks, blocks)).collect();
            if let Some(password) = first_candidate(policy, length, &words) {
                *reached.entry(password).or_default() += 1;
            }
        }
        let compliant: BTreeSet<String> =
            naive::compliant(rules, rules.alphabet(), length).into_iter().collect();
        assert!(reached.keys().eq(&compliant), "{length}: {rules:?}");
        // Of a candidate's digits those beyond its length are dropped, each equally often.
        let spare = per_word * words - length as u32;
        assert!(reached.values().all(|&times| times == radix.pow(spare)), "{length}: {rules:?}");
    }
}

#[test]
fn two_words_a_candidate() {
    let classes = [Class::new("zero", CharSet::of("0")), Class::new("one", CharSet::of("1")).at_least(3)];
    let rules = Rules {
        min_length: 9,
        max_length: 10,
        default_length: 9,
        classes: &classes,
        required_classes: 2,
        longest_run: Some(4),
        first: Some(ClassSet::EMPTY.with(1)),
        context: Some("0110"),
        ..Rules::NONE
    };
    reaches_each_compliant_password_equally_often(&Policy::new(rules).expect("it can be satisfied"));
}

#[test]
fn an_alphabet_of_one() {
    let classes = [Class::new("ones", CharSet::of("1"))];
    let policy = Policy::new(Rules { classes: &classes, required_classes: 1, ..Rules::NONE })
        .expect("it can be satisfied");
    assert_eq!(first_candidate(&policy, 3, &[0]), Some("111".to_owned()));
    assert_eq!(first_candidate(&policy, 9, &[1, u32::MAX]), Some("111111111".to_owned()));
}

/// Surplus words throw a candidate away whole; the next word of the same block does not.
#[test]
fn surplus_words_are_not_used() {
    let classes = [Class::new("digits", CharSet::DIGITS)];
    let policy = Policy::new(Rules { classes: &classes, ..Rules::NONE }).expect("it can be satisfied");
    // 10^7 blocks of 429 words or 430, where one is surplus: the first of the block.
    let blocks = 10_u64.pow(7);
    let surplus = ((1_u64 << 32) % blocks) as u32;
    let fraction = |word: u32| (u64::from(word) * blocks) as u32;
    let word = (1..u32::MAX).find(|&word| fraction(word) < surplus).expect("one word in 4,300 is surplus");
    assert_eq!(first_candidate(&policy, 7, &[word]), None);
    assert!(first_candidate(&policy, 7, &[word + 1]).is_some());
    assert_eq!(first_candidate(&policy, 7, &[word, word + 1]), first_candidate(&policy, 7, &[word + 1]));
    // Also where only the first of two words is surplus.
    assert_eq!(first_candidate(&policy, 9, &[word, word + 1]), None);
    assert_eq!(first_candidate(&policy, 9, &[word + 1, word]), None);
}

#[test]
fn a_stuck_source_is_blamed_after_the_bound() {
    for preset in sip_password::PRESETS.iter().filter(|preset| preset.name != "nxcloud-random") {
        for length in usize::from(preset.policy.rules().min_length)..=preset.policy.rules().max_length.into()
        {
            let mut drawn = 0;
            let mut source = Source(|| {
                drawn += 1;
                Ok(0)
            });
            let mut buffer = [0xff; 64];
            let tries = preset.policy.tries(length).expect("the presets can be generated");
            let stuck = preset.policy.generate(&mut source, &mut buffer[..length]).map(|_| ());
            assert_eq!(stuck, Err(GenerateError::SourceStuck { tries }));
            assert_eq!(drawn, usize::from(tries) * length.div_ceil(4));
            assert_eq!(buffer[..length], [0; 64][..length]);
            assert_eq!(buffer[length..], [0xff; 64][length..]);
        }
    }
}

#[test]
fn what_cannot_be_generated_draws_nothing() {
    let classes = [
        Class::new("digits", CharSet::DIGITS).at_least(5),
        Class::new("others", CharSet::LOWERCASE).at_least(3),
    ];
    let rules = Rules { min_length: 7, max_length: 64, default_length: 16, classes: &classes, ..Rules::NONE };
    let policy = Policy::new(rules).expect("it can be satisfied");
    let mut source = Source(|| panic!("nothing must be drawn"));
    let mut of = |length| policy.generate(&mut source, &mut [0xff; 70][..length]).map(|_| ()).unwrap_err();
    assert_eq!(of(0), GenerateError::Length { found: 0, min: 7, max: 64 });
    assert_eq!(of(6), GenerateError::Length { found: 6, min: 7, max: 64 });
    assert_eq!(of(65), GenerateError::Length { found: 65, min: 7, max: 64 });
    assert_eq!(of(7), GenerateError::Infeasible { length: 7 });
    // 14 digits at least and 3 letters at least, of 36 characters: one candidate in 380,000.
    let classes = [classes[0].at_least(14), classes[1].at_least(3)];
    let rare =
        Policy::new(Rules { classes: &classes, default_length: 40, ..rules }).expect("it can be satisfied");
    if cfg!(not(feature = "std")) {
        assert_eq!(
            rare.generate(&mut source, &mut [0; 17]).map(|_| ()).unwrap_err(),
            GenerateError::TooRare { length: 17 }
        );
    }
    let small = sip_password::Password::<15>::generate(&policy, 16, &mut source);
    assert_eq!(small.unwrap_err(), GenerateError::Capacity { found: 16, max: 15 });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn random_policies(parts in parts("aA1", 8)) {
        parts.with(reaches_each_compliant_password_equally_often);
    }

    #[test]
    fn four_characters(parts in parts("aAb1", 6)) {
        parts.with(reaches_each_compliant_password_equally_often);
    }
}
