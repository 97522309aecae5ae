//! The same seed gives the same passwords, here and everywhere.

use crate::naive;
use std::fmt::Write;

use crate::random::policies;
use proptest::prelude::*;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use rand_core::Rng;
use sip_password::{MAX_LENGTH, PRESETS, Password, Policy};

/// Each line: a preset, a length, the byte that fills ChaCha20's seed, and the first password.
const GOLDEN: &str = include_str!("../golden.txt");

fn generate(policy: &Policy, length: usize, rng: &mut ChaCha20Rng) -> String {
    let password = Password::<MAX_LENGTH>::generate(policy, length, rng).expect("the source is good");
    password.expose_secret().to_owned()
}

#[test]
fn vectors() {
    let mut lines = String::new();
    for preset in PRESETS {
        let rules = preset.policy.rules();
        for length in rules.min_length().into()..=rules.max_length() {
            for seed in [0, 1, 42, 255] {
                let mut rng = ChaCha20Rng::from_seed([seed; 32]);
                let password = generate(preset.policy, length.into(), &mut rng);
                writeln!(lines, "{} {length} {seed} {password}", preset.name).expect("a String takes all");
            }
        }
    }
    let different = lines.lines().zip(GOLDEN.lines()).find(|(found, wanted)| found != wanted);
    assert_eq!(different, None, "found, wanted");
    assert_eq!(lines.lines().count(), GOLDEN.lines().count());
}

#[cfg(feature = "chacha")]
#[test]
fn the_wiped_keystream_is_that_of_chacha20() {
    use rand_core::TryRng;

    let (mut ours, mut theirs) = (
        sip_password::Keystream::new(&sip_password::Seed::take(&mut [42; 32])),
        ChaCha20Rng::from_seed([42; 32]),
    );
    for _ in 0..1000 {
        assert_eq!(ours.next_u32(), theirs.next_u32());
        assert_eq!(ours.try_next_u64(), theirs.try_next_u64());
        let (mut a, mut b) = ([0; 37], [0; 37]);
        ours.fill_bytes(&mut a);
        theirs.fill_bytes(&mut b);
        assert_eq!(a, b);
    }
    assert_eq!(format!("{ours:?}"), "Keystream(redacted)");

    // With a seed that another source gives.
    let mut seed = [0; 32];
    theirs.clone().fill_bytes(&mut seed);
    let mut drawn = sip_password::Keystream::from_source(&mut theirs).expect("it does not fail");
    assert_eq!(drawn.next_u64(), ChaCha20Rng::from_seed(seed).next_u64());
}

/// Passwords one after another, and the words that they take, as the naive twin has them.
fn like_the_naive_twin(policy: &Policy, seed: u8) {
    let (rules, counts) = (policy.rules(), policy.counts());
    for length in usize::from(rules.min_length())..=rules.max_length().into() {
        if counts.acceptance(length) < 1.0 / 738.0 || policy.tries(length).is_none_or(|tries| tries > 10_000)
        {
            continue;
        }
        let (mut ours, mut theirs) = (ChaCha20Rng::from_seed([seed; 32]), ChaCha20Rng::from_seed([seed; 32]));
        for _ in 0..4 {
            let (password, _) = naive::generate(&rules, length, || theirs.next_u32());
            assert_eq!(generate(policy, length, &mut ours), password, "{length}: {rules:?}");
            assert_eq!(ours.get_word_pos(), theirs.get_word_pos(), "{length}: {rules:?}");
        }
    }
}

#[test]
fn presets_like_the_naive_twin() {
    for preset in PRESETS {
        like_the_naive_twin(preset.policy, 9);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn random_policies_like_the_naive_twin(
        policy in policies("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789~!. ", 20),
        seed: u8,
    ) {
        like_the_naive_twin(&policy, seed);
    }

    #[test]
    fn small_alphabets_like_the_naive_twin(policy in policies("aA1", 20), seed: u8) {
        like_the_naive_twin(&policy, seed);
    }
}
