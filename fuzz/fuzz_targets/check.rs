//! Any text against every preset: the library and its reference implementation give the same reasons.

#![no_main]

#[path = "../../tests/it/naive.rs"]
#[expect(dead_code, reason = "other targets use the rest")]
mod naive;

use libfuzzer_sys::fuzz_target;
use sip_password::PRESETS;

fuzz_target!(|password: &[u8]| {
    for preset in PRESETS {
        let reasons = naive::reasons(preset.policy, password);
        match str::from_utf8(password) {
            Ok(text) => assert_eq!(reasons, naive::check(&preset.policy.rules(), text)),
            Err(_) => assert!(!reasons.is_empty()),
        }
    }
});
