//! Many lines at once have the verdicts that each has alone.

use crate::instruction_sets::each_instruction_set;
use crate::mixed;
use crate::random::policies;
use proptest::prelude::*;
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use sip_password::{CharSet, Class, LineCounts, PRESETS, Policy, Rules, ViolationKind, Violations};

/// The lines, by the standard library.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let whole = text.strip_suffix(b"\n").unwrap_or(text);
    let lines = whole.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    lines.take(if text.is_empty() { 0 } else { usize::MAX })
}

fn like_one_by_one(policy: &Policy, text: &[u8]) {
    let alone: Vec<_> = lines(text).map(|line| policy.check(line).map(|_| ())).collect();
    each_instruction_set(|_| like_alone(policy, text, &alone));
    // Behind so many lines that they are judged together, at a place that depends on the text.
    let before = 4096 / 7 + 1 + text.len() * 5 % 64;
    let long = ["Not_a1\n".repeat(before).as_bytes(), text].concat();
    let mut alone_long = vec![policy.check("Not_a1").map(|_| ()); before];
    alone_long.extend(alone);
    each_instruction_set(|_| like_alone(policy, &long, &alone_long));
}

fn like_alone(policy: &Policy, text: &[u8], alone: &[Result<(), Violations<'_>>]) {
    let mut verdicts = Vec::new();
    policy.check_lines(text, |verdict| verdicts.push(verdict));
    assert!(verdicts == alone, "{:?}", String::from_utf8_lossy(text));
    let mut verdicts = Vec::new();
    policy.check_each(lines(text), |verdict| verdicts.push(verdict));
    assert!(verdicts == alone, "each: {:?}", String::from_utf8_lossy(text));

    let report = policy.count_lines(text);
    assert_eq!(report.lines(), alone.len() as u64);
    assert_eq!(report.compliant(), alone.iter().filter(|verdict| verdict.is_ok()).count() as u64);
    for code in ViolationKind::ALL {
        let violations = alone.iter().filter_map(|verdict| verdict.as_ref().err());
        let count = violations.filter(|violations| violations.kinds().contains(*code)).count();
        assert_eq!(report.count(*code), count as u64, "{code}");
    }
}

#[test]
fn mixed_lines() {
    for preset in PRESETS {
        let mut rng = ChaCha20Rng::from_seed([6; 32]);
        let lines: Vec<String> = (0..100_000).map(|_| mixed::line(&mut rng, 0..40)).collect();
        for line_break in ["\n", "\r\n"] {
            like_one_by_one(preset.policy, lines.join(line_break).as_bytes());
        }
    }
}

/// Every length around the blocks of the vector unit, at the end of a text and before its end.
#[test]
fn every_length() {
    for preset in PRESETS {
        for length in 0..100 {
            let line: String = "aA1b".chars().cycle().take(length).collect();
            let several = format!("{line}\n{line}\n\n{line}");
            for text in [line.clone(), format!("{line}\n"), format!("{line}\r\n"), several] {
                like_one_by_one(preset.policy, text.as_bytes());
            }
        }
    }
}

/// Texts of every length around those that the vector unit handles together, cut anywhere: in a line, in a line break, behind it.
#[test]
fn cut_anywhere() {
    let mut rng = ChaCha20Rng::from_seed([9; 32]);
    for line_break in ["\n", "\r\n", "\r", "\n\n"] {
        let lines: Vec<String> = (0..200).map(|_| mixed::line(&mut rng, 0..40)).collect();
        let text = lines.join(line_break).into_bytes();
        for preset in PRESETS {
            for length in (0..140).chain(440..600).chain(1000..1100) {
                like_one_by_one(preset.policy, &text[..length]);
                like_one_by_one(preset.policy, &text[text.len() - length..]);
            }
        }
    }
}

/// As many classes as there can be, and lengths at the limit of what is judged together.
#[test]
fn seven_classes_and_long_lines() {
    let sets = ["ab", "cd", "ef", "AB", "CD", "01", "~!"];
    let classes = sets.map(|set| Class::new(set, CharSet::of(set)));
    let mut rng = ChaCha20Rng::from_seed([4; 32]);
    for (shortest, longest) in [(1, 20), (8, 63), (8, 64), (8, 65), (60, 256), (62, 64), (63, 63), (64, 70)] {
        for (fewest, uncounted) in [(0, ""), (3, "-"), (7, "-_")] {
            let rules = Rules::new().with_lengths(shortest, longest).with_classes(&classes);
            let rules = rules.with_min_classes(fewest).with_uncounted(CharSet::of(uncounted));
            let policy = Policy::new(rules).expect("it can be satisfied");
            let mut text = Vec::new();
            for length in (0..30).chain(55..75).chain([100, 127, 128, 129, 200, 257]) {
                let characters = b"abcdefABCD01~!-_ab0 ";
                let line = (0..length).map(|_| characters[rng.next_u32() as usize % (14 + length % 7)]);
                text.extend(line);
                text.extend(if length % 3 == 0 { &b"\r\n"[..] } else { b"\n" });
            }
            like_one_by_one(&policy, &text);
        }
    }
}

#[cfg(feature = "rayon")]
#[test]
fn on_all_threads() {
    let mut rng = ChaCha20Rng::from_seed([8; 32]);
    let lines: Vec<String> = (0..40_000).map(|_| mixed::line(&mut rng, 0..40)).collect();
    let text = lines.join("\n").into_bytes();
    for preset in PRESETS {
        let one_line = [vec![b'a'; 1 << 20], b"\n".to_vec()].concat();
        for text in [&text[..], b"", &one_line, &one_line[..1 << 20], &text[..1 << 19]] {
            assert_eq!(preset.policy.par_count_lines(text), preset.policy.count_lines(text));
        }
    }
}

#[test]
fn reports_add_up() {
    let policy = PRESETS[0].policy;
    let mut sum = LineCounts::default();
    for text in ["Abcdef12\nabc\n", "", "abc"] {
        sum += policy.count_lines(text.as_bytes());
    }
    assert_eq!(sum, policy.count_lines(b"Abcdef12\nabc\nabc"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn random_policies(
        policy in policies("abcdefghijABCDEFGHIJ0123456789~!. ", 34),
        text in "[ -~\r\n]{0,200}",
    ) {
        like_one_by_one(&policy, text.as_bytes());
    }

    #[test]
    fn any_bytes(text: Vec<u8>) {
        like_one_by_one(PRESETS[1].policy, &text);
    }

    #[test]
    fn close_calls(
        policy in policies("abAB01~", 20),
        lines in prop::collection::vec("[abAB01~]{0,34}\r?", 0..20),
    ) {
        like_one_by_one(&policy, lines.join("\n").as_bytes());
    }
}
