//! Any bytes as lines of passwords: the verdicts are those on each line alone, by the naive twin, and the report counts them,
//! however the text is cut into blocks behind line breaks. With the presets, which the vector unit judges, and with rules that it
//! does not.

#![no_main]

#[path = "../../tests/it/naive.rs"]
mod naive;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sip_password::{PRESETS, Policy, Report};

static POLICIES: LazyLock<Vec<Policy<'static>>> = LazyLock::new(|| {
    let with_word = |policy: &Policy<'static>| policy.with_context("A1").expect("it leaves passwords");
    PRESETS.iter().flat_map(|preset| [*preset.policy, with_word(preset.policy)]).collect()
});

fuzz_target!(|input: (u8, u8, &[u8])| {
    let (which, cut, text) = input;
    let policy = &POLICIES[usize::from(which) % POLICIES.len()];
    let mut verdicts = Vec::new();
    policy.check_lines(text, |verdict| {
        verdicts.push(verdict.map_err(|violations| violations.codes()));
    });
    let mut lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').collect();
    lines.pop_if(|last| last.is_empty());
    let lines: Vec<&[u8]> = lines.iter().map(|line| line.strip_suffix(b"\r").unwrap_or(line)).collect();
    assert_eq!(verdicts.len(), lines.len());
    for (line, verdict) in lines.iter().zip(&verdicts) {
        assert_eq!(verdict, &policy.check(line).map(drop).map_err(|violations| violations.codes()));
        let compliant = str::from_utf8(line).is_ok_and(|text| naive::check(policy.rules(), text).is_empty());
        assert_eq!(verdict.is_ok(), compliant);
    }

    // In two blocks, the first of which ends with a line break.
    let breaks: Vec<usize> = (1..=text.len()).filter(|&at| text[at - 1] == b'\n').collect();
    let at = breaks.get(usize::from(cut) % breaks.len().max(1)).copied().unwrap_or(0);
    let mut report = Report::default();
    for block in [&text[..at], &text[at..]] {
        policy.check_lines(block, |verdict| report.add(&verdict));
    }
    assert_eq!(report, policy.report(text));
    assert_eq!(report.lines() as usize, lines.len());
    assert_eq!(report.compliant() as usize, verdicts.iter().filter(|verdict| verdict.is_ok()).count());
});
