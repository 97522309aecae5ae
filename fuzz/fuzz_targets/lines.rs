//! Any bytes as lines of passwords: the verdicts are those of each line alone, by the reference implementation, and they are counted
//! right, however the text is cut into blocks behind line breaks. With the presets, which the vector unit judges, and with rules that
//! it cannot judge.

#![no_main]

#[path = "../../tests/it/naive.rs"]
#[expect(dead_code, reason = "other targets use the rest")]
mod naive;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sip_password::{LineCounts, PRESETS, Policy};

static POLICIES: LazyLock<Vec<Policy>> = LazyLock::new(|| {
    let with_word = |policy: &Policy| policy.with_context("A1").expect("some passwords are left");
    PRESETS.iter().flat_map(|preset| [preset.policy.clone(), with_word(preset.policy)]).collect()
});

fuzz_target!(|input: (u8, u8, &[u8])| {
    let (which, cut, text) = input;
    let policy = &POLICIES[usize::from(which) % POLICIES.len()];
    let rules = policy.rules();
    let mut verdicts = Vec::new();
    policy.check_lines(text, |verdict| {
        verdicts.push(verdict.map_err(|violations| violations.kinds()));
    });
    let mut lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').collect();
    lines.pop_if(|last| last.is_empty());
    let lines: Vec<&[u8]> = lines.iter().map(|line| line.strip_suffix(b"\r").unwrap_or(line)).collect();
    assert_eq!(verdicts.len(), lines.len());
    let mut each = verdicts.iter();
    policy.check_each(&lines, |verdict| {
        assert_eq!(Some(&verdict.map_err(|violations| violations.kinds())), each.next());
    });
    for (line, verdict) in lines.iter().zip(&verdicts) {
        assert_eq!(verdict, &policy.check(line).map(drop).map_err(|violations| violations.kinds()));
        let compliant = str::from_utf8(line).is_ok_and(|text| naive::check(&rules, text).is_empty());
        assert_eq!(verdict.is_ok(), compliant);
    }

    // In two blocks, the first of which ends with a line break.
    let breaks: Vec<usize> = (1..=text.len()).filter(|&at| text[at - 1] == b'\n').collect();
    let at = breaks.get(usize::from(cut) % breaks.len().max(1)).copied().unwrap_or(0);
    let mut counts = LineCounts::default();
    for block in [&text[..at], &text[at..]] {
        policy.check_lines(block, |verdict| counts.add(&verdict));
    }
    assert_eq!(counts, policy.count_lines(text));
    assert_eq!(counts.lines() as usize, lines.len());
    assert_eq!(counts.compliant() as usize, verdicts.iter().filter(|verdict| verdict.is_ok()).count());
});
