//! Many passwords at once are the same as one after another.

use crate::instruction_sets::each_instruction_set;
use crate::random::policies;
use crate::source::{Source, Unplugged};
use proptest::prelude::*;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use rand_core::Rng;
use sip_password::{CharSet, Class, GenerateError, MAX_LENGTH, PRESETS, Password, Policy, Rules};

/// One after another.
fn sequence(
    policy: &Policy,
    length: usize,
    separator: &[u8],
    count: usize,
    rng: &mut ChaCha20Rng,
) -> Vec<u8> {
    let mut records = Vec::new();
    for _ in 0..count {
        let password = Password::<MAX_LENGTH>::generate(policy, length, rng).expect("the source is good");
        records.extend_from_slice(password.expose_secret_bytes());
        records.extend_from_slice(separator);
    }
    records
}

/// Both ways, for every length of the policy that can be generated soon enough.
fn like_one_after_another(policy: &Policy, separator: &[u8], count: usize, seed: u8) {
    for length in policy.lengths() {
        if policy.tries(length).is_none_or(|tries| tries > 2_000) {
            continue;
        }
        let mut one = ChaCha20Rng::from_seed([seed; 32]);
        let expected = sequence(policy, length, separator, count, &mut one);
        each_instruction_set(|set| {
            let mut many = ChaCha20Rng::from_seed([seed; 32]);
            let bulk = policy.bulk(length, separator).expect("it can be generated");
            let mut buffer = vec![0xff; expected.len() + bulk.record_len() - 1];
            assert_eq!(bulk.fill(&mut many, &mut buffer), Ok(expected.len()));
            assert_eq!(buffer[..expected.len()], expected, "{set:?}, {length}: {:?}", policy.rules());
            assert!(buffer[expected.len()..].iter().all(|&byte| byte == 0xff));
            assert_eq!(one.get_word_pos(), many.get_word_pos());
        });
    }
}

#[test]
fn presets() {
    for preset in PRESETS {
        for (count, separator) in
            [(1, "\n"), (31, ""), (32, "\n"), (33, "\r\n"), (5_000, "\n"), (1_000, ", "), (700, "")]
        {
            like_one_after_another(preset.policy, separator.as_bytes(), count, 7);
        }
    }
}

#[test]
fn a_stream_is_what_fills_one_buffer() {
    for preset in PRESETS {
        let length = preset.policy.rules().default_length().into();
        let bulk = preset.policy.bulk(length, b"\n").expect("it can be generated");
        for count in [0, 1, 3_854, 3_855, 3_856, 20_000] {
            let (mut one, mut many) = (ChaCha20Rng::from_seed([1; 32]), ChaCha20Rng::from_seed([1; 32]));
            let mut streamed = Vec::new();
            bulk.write(&mut many, count, &mut streamed).expect("a Vec takes all");
            let mut filled = vec![0; count as usize * bulk.record_len()];
            bulk.fill(&mut one, &mut filled).expect("the source is good");
            assert!(streamed == filled, "{} {count}", preset.name);
        }
    }
}

#[test]
fn a_broken_source_is_an_error_and_leaves_zeros() {
    for preset in PRESETS.iter().filter(|preset| preset.name != "nxcloud-random") {
        for count in [3, 5_000] {
            let bulk = preset.policy.bulk(16, b"\n").expect("it can be generated");
            let tries = preset.policy.tries(16).expect("it can be generated");
            let mut buffer = vec![0xff; count * 17];
            assert_eq!(
                bulk.fill(&mut Source(|| Ok(0)), &mut buffer),
                Err(GenerateError::SourceStuck { tries })
            );
            assert!(buffer.iter().all(|&byte| byte == 0));
            let mut buffer = vec![0xff; count * 17];
            let mut good = ChaCha20Rng::from_seed([2; 32]);
            let mut left = 10;
            let mut soon = Source(|| {
                left -= 1;
                if left == 0 { Err(Unplugged) } else { Ok(good.next_u32()) }
            });
            assert_eq!(bulk.fill(&mut soon, &mut buffer), Err(GenerateError::Source(Unplugged)));
            assert!(buffer.iter().all(|&byte| byte == 0));
            let error = bulk.write(&mut Source(|| Ok(0)), 9, &mut Vec::new()).unwrap_err();
            assert!(error.to_string().contains("the random source is broken"), "{error}");
        }
    }
}

#[test]
fn eight_classes_and_rules_on_neighbours() {
    let sets = ["abcdefg", "hijklmn", "opqrstu", "vwxyz", "ABCDEFG", "HIJKLMN", "0123456789", "~!@#"];
    let classes = sets.map(|set| Class::new(set, CharSet::of(set)));
    let all = Rules::new().with_lengths(8, 64).with_classes(&classes).with_min_classes(5);
    for rules in [
        all.clone(),
        all.clone().with_classes(&classes[..7]),
        all.clone().with_max_repeat(1).with_context("ab"),
    ] {
        like_one_after_another(&Policy::new(rules).expect("it can be satisfied"), b"\n", 200, 5);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn random_policies(
        policy in policies("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789~!. ", 24),
        separator in "[,\n]{0,3}",
        count in 1_usize..120,
        seed: u8,
    ) {
        like_one_after_another(&policy, separator.as_bytes(), count, seed);
    }
}

proptest! {
    // Most of these policies have lengths that are counted, which takes long.
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn small_alphabets(policy in policies("aAbB1~", 40), count in 1_usize..120, seed: u8) {
        like_one_after_another(&policy, b"\n", count, seed);
    }
}

/// A constant word whose password complies: half of all words, for Huawei.
fn compliant_word(policy: &Policy, length: usize) -> u32 {
    let complies = |word: u32| {
        let mut draws = 0;
        let mut first_only = Source(|| {
            draws += 1;
            if draws > length { Err(Unplugged) } else { Ok(word) }
        });
        let result = policy.generate(&mut first_only, &mut [0; MAX_LENGTH][..length]).map(drop);
        result == Ok(()) || result == Err(GenerateError::SourceRepeats)
    };
    let words = (0_u32..).map(|number| number.wrapping_mul(0x9E37_79B1).wrapping_add(0x1234_5678));
    words.into_iter().find(|&word| complies(word)).expect("there are many")
}

/// Every length of every preset, rare passwords and long ones.
#[test]
fn a_source_that_repeats_a_compliant_word_is_noticed() {
    let classes =
        [Class::new("digits", CharSet::DIGITS).at_least(16), Class::new("letters", CharSet::LOWERCASE)];
    let rare = Rules::new().with_lengths(16, 24).with_classes(&classes);
    let policies = PRESETS.iter().map(|preset| preset.policy.clone()).chain([Policy::new(rare).unwrap()]);
    for policy in policies {
        for length in policy.lengths() {
            let word = compliant_word(&policy, length);
            let mut drawn = 0;
            let mut stuck = Source(|| {
                drawn += 1;
                Ok(word)
            });
            let mut buffer = [0xff; MAX_LENGTH];
            let one = policy.generate(&mut stuck, &mut buffer[..length]).map(drop);
            // One word or two cannot be told from chance.
            let expected = if drawn < 3 { Ok(()) } else { Err(GenerateError::SourceRepeats) };
            assert_eq!(one, expected, "{length} {:?}", policy.rules());
            if one.is_err() {
                assert_eq!(buffer[..length], [0; MAX_LENGTH][..length]);
            }
            let bulk = policy.bulk(length, b"\n").unwrap();
            for count in [1, 2, 3, 31, 32, 33, 100, 5000] {
                let mut records = vec![0xff; count * (length + 1)];
                let filled = bulk.fill(&mut Source(|| Ok(word)), &mut records).map(drop);
                let expected = if count * drawn < 3 { Ok(()) } else { Err(GenerateError::SourceRepeats) };
                assert_eq!(filled, expected, "{count} of {length} {:?}", policy.rules());
                assert!(filled.is_ok() || records.iter().all(|&byte| byte == 0));
            }
        }
    }
}

/// A source that sticks after a while, or that gives a few words in turn.
#[test]
fn a_source_that_sticks_in_the_middle_is_noticed_in_bulk() {
    for preset in PRESETS {
        let length = preset.policy.rules().default_length().into();
        let bulk = preset.policy.bulk(length, b"\n").unwrap();
        let word = compliant_word(preset.policy, length);
        for good in [1, 100, 1000, 3000] {
            for period in [1, 2, 4, 8] {
                let (mut rng, mut drawn, mut last) = (ChaCha20Rng::from_seed([3; 32]), 0, [word; 8]);
                let mut sticks = Source(|| {
                    drawn += 1;
                    if drawn <= good {
                        last[drawn % period] = if period == 1 { word } else { rng.next_u32() };
                        return Ok(rng.next_u32());
                    }
                    Ok(last[drawn % period])
                });
                let filled = bulk.fill(&mut sticks, &mut vec![0; 4000 * (length + 1)]).map(drop);
                let is_broken =
                    matches!(filled, Err(GenerateError::SourceRepeats | GenerateError::SourceStuck { .. }));
                assert!(is_broken, "{} {good} {period}: {filled:?}", preset.name);
            }
        }
    }
}
