//! Any bytes as lines of passwords: the verdicts are those on each line alone, by the naive twin, and the report counts them,
//! however the text is cut into blocks behind line breaks.

#![no_main]

#[path = "../../tests/naive/mod.rs"]
mod naive;

use libfuzzer_sys::fuzz_target;
use sip_password::{PRESETS, Report};

fuzz_target!(|input: (&[u8], u8)| {
    let (text, cut) = input;
    for preset in PRESETS {
        let mut verdicts = Vec::new();
        preset.policy.check_lines(text, |verdict| verdicts.push(verdict.is_ok()));
        let mut lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').collect();
        lines.pop_if(|last| last.is_empty());
        let expected: Vec<bool> = lines
            .iter()
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
            .map(|line| {
                str::from_utf8(line).is_ok_and(|text| naive::check(preset.policy.rules(), text).is_empty())
            })
            .collect();
        assert_eq!(verdicts, expected, "{}", preset.name);

        // In two blocks, the first of which ends with a line break.
        let breaks: Vec<usize> = (1..=text.len()).filter(|&at| text[at - 1] == b'\n').collect();
        let at = breaks.get(usize::from(cut) % breaks.len().max(1)).copied().unwrap_or(0);
        let mut report = Report::default();
        for block in [&text[..at], &text[at..]] {
            preset.policy.check_lines(block, |verdict| report.add(&verdict));
        }
        assert_eq!(report, preset.policy.report(text));
        assert_eq!(report.lines() as usize, expected.len());
        assert_eq!(report.compliant() as usize, expected.iter().filter(|&&good| good).count());
    }
});
