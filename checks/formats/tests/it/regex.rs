//! A regular expression for each preset, written from the vendor's document, agrees with `check` on a million lines.

use crate::{mixed, pattern};
use fancy_regex::Regex;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use sip_password::PRESETS;

#[test]
fn a_million_mixed_lines() {
    const LINES: usize = 1_000_000;
    for preset in PRESETS {
        let regex = Regex::new(&pattern::of(preset.name)).expect("the pattern is well-formed");
        let rules = preset.policy.rules();
        let lengths = u32::from(rules.min_length()) - 2..u32::from(rules.max_length()) + 3;
        let mut rng = ChaCha20Rng::from_seed([3; 32]);
        let mut compliant = 0;
        for _ in 0..LINES {
            let line = mixed::line(&mut rng, lengths.clone());
            let expected = regex.is_match(&line).expect("the pattern does not backtrack for long");
            assert_eq!(preset.policy.check(&line).is_ok(), expected, "{}: {line:?}", preset.name);
            compliant += usize::from(expected);
        }
        let mixed = (LINES / 100..LINES * 99 / 100).contains(&compliant);
        assert!(mixed, "{}: {compliant} of the lines are compliant", preset.name);
    }
}
