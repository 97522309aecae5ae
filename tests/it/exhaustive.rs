//! Uniformity is counted, not estimated: on small alphabets every block of digits goes through `generate`.
//!
//! That each block of digits has equally many words is counted over all 2^32 of them beside the digit step, in
//! `src/kernel/uniform`. So here one word stands for each block.

use crate::naive;
use std::collections::{BTreeMap, BTreeSet};

use crate::random::policies;
use crate::source::{Source, Unplugged};
use proptest::prelude::*;
use sip_password::{CharSet, Class, ClassSet, GenerateError, LengthError, Policy, Rules};

/// What one candidate of these words becomes; `None` where it is thrown away.
fn first_candidate(policy: &Policy, length: usize, words: &[u32]) -> Option<String> {
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

/// The last word of a block of digits, which is never rejected.
fn last_word(block: u64, blocks: u64) -> u32 {
    let next = (u128::from(block + 1) << 32).div_ceil(u128::from(blocks));
    (next - 1) as u32
}

/// Runs every block of digits (every pair of blocks, where a candidate takes two words) through
/// `generate`, and compares what comes out with the compliant passwords.
fn reaches_each_compliant_password_equally_often(policy: &Policy) {
    let (rules, counts) = (policy.rules(), policy.counts());
    let radix = rules.alphabet().len() as u64;
    let per_word = naive::per_word(radix);
    let blocks = radix.pow(per_word);
    for length in policy.lengths() {
        let words = length.div_ceil(per_word as usize) as u32;
        // Rare passwords are made in another way: see `exact`.
        if counts.acceptance(length) < 1.0 / 738.0 {
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
        let compliant: BTreeSet<String> = naive::generated(&rules, length).into_iter().collect();
        assert!(reached.keys().eq(&compliant), "{length}: {rules:?}");
        // Of a candidate's digits those beyond its length are dropped, each equally often.
        let spare = per_word * words - length as u32;
        assert!(reached.values().all(|&times| times == radix.pow(spare)), "{length}: {rules:?}");
    }
}

#[test]
fn two_words_a_candidate() {
    let classes = [Class::new("zero", CharSet::of("0")), Class::new("one", CharSet::of("1")).at_least(3)];
    let rules = Rules::new()
        .with_lengths(9, 10)
        .with_default_length(9)
        .with_classes(&classes)
        .with_min_classes(2)
        .with_max_repeat(4)
        .with_first(ClassSet::EMPTY.with(1))
        .with_context("0110");
    reaches_each_compliant_password_equally_often(&Policy::new(rules).expect("it can be satisfied"));
}

#[test]
fn an_alphabet_of_one() {
    let classes = [Class::new("ones", CharSet::of("1"))];
    let policy =
        Policy::new(Rules::new().with_classes(&classes).with_min_classes(1)).expect("it can be satisfied");
    assert_eq!(first_candidate(&policy, 3, &[0]), Some("111".to_owned()));
    assert_eq!(first_candidate(&policy, 9, &[1, u32::MAX]), Some("111111111".to_owned()));
}

/// Surplus words throw a candidate away whole; the next word of the same block does not.
#[test]
fn rejected_words_are_not_used() {
    let classes = [Class::new("digits", CharSet::DIGITS)];
    let policy = Policy::new(Rules::new().with_classes(&classes)).expect("it can be satisfied");
    // 10^7 blocks of 429 words or 430, where one is rejected: the first of the block.
    let blocks = 10_u64.pow(7);
    let rejected = ((1_u64 << 32) % blocks) as u32;
    let fraction = |word: u32| (u64::from(word) * blocks) as u32;
    let word = (1..u32::MAX).find(|&word| fraction(word) < rejected).expect("one word in 4,300 is rejected");
    assert_eq!(first_candidate(&policy, 7, &[word]), None);
    assert!(first_candidate(&policy, 7, &[word + 1]).is_some());
    assert_eq!(first_candidate(&policy, 7, &[word, word + 1]), first_candidate(&policy, 7, &[word + 1]));
    // Also where only the first of two words is rejected.
    assert_eq!(first_candidate(&policy, 9, &[word, word + 1]), None);
    assert_eq!(first_candidate(&policy, 9, &[word + 1, word]), None);
}

#[test]
fn a_stuck_source_is_blamed_after_the_bound() {
    for preset in sip_password::PRESETS.iter().filter(|preset| preset.name != "nxcloud-random") {
        for length in preset.policy.lengths() {
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
    let rules = Rules::new().with_lengths(7, 64).with_default_length(16).with_classes(&classes);
    let policy = Policy::new(rules.clone()).expect("it can be satisfied");
    let mut source = Source(|| panic!("nothing must be drawn"));
    let mut of = |length| policy.generate(&mut source, &mut [0xff; 70][..length]).map(|_| ()).unwrap_err();
    assert_eq!(of(0), GenerateError::Length(LengthError::NotAllowed { found: 0, min: 7, max: 64 }));
    assert_eq!(of(6), GenerateError::Length(LengthError::NotAllowed { found: 6, min: 7, max: 64 }));
    assert_eq!(of(65), GenerateError::Length(LengthError::NotAllowed { found: 65, min: 7, max: 64 }));
    assert_eq!(of(7), GenerateError::Length(LengthError::Infeasible { length: 7 }));
    // 14 digits at least and 3 letters at least, of 36 characters: one candidate in 380,000.
    let classes = [classes[0].at_least(14), classes[1].at_least(3)];
    let rare = Policy::new(rules.clone().with_default_length(40).with_classes(&classes))
        .expect("it can be satisfied");
    if cfg!(not(feature = "std")) {
        assert_eq!(
            rare.generate(&mut source, &mut [0; 17]).map(|_| ()).unwrap_err(),
            GenerateError::Length(LengthError::TooRare { length: 17 })
        );
    }
    let small = sip_password::Password::<15>::generate(&policy, 16, &mut source);
    assert_eq!(small.unwrap_err(), GenerateError::Length(LengthError::Capacity { found: 16, max: 15 }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn random_policies(policy in policies("aA1", 8)) {
        reaches_each_compliant_password_equally_often(&policy);
    }

    #[test]
    fn four_characters(policy in policies("aAb1", 6)) {
        reaches_each_compliant_password_equally_often(&policy);
    }
}
