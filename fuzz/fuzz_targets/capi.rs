//! Anything that C can pass: parts of rules, texts that are not UTF-8, NULL, impossible lengths, buffers that are too small, and a
//! random source that fails, repeats itself or is stuck. The results are those of the library for the same policy, described in Rust,
//! and those of the reference implementation. Each text and buffer is an allocation of exactly its size, so that AddressSanitizer
//! notices one byte too many; and everything that a policy was made from is freed before the policy is used.
//!
//! The C interface itself is a library that cannot panic, as its `run` shows. Here its source is compiled with all assertions.

#![no_main]

#[path = "../../bindings/c/src/check.rs"]
#[expect(unreachable_pub, reason = "the C interface exports it")]
mod check;
#[path = "../../bindings/c/src/generate.rs"]
#[expect(unreachable_pub, reason = "the C interface exports it")]
mod generate;
#[path = "../../tests/it/naive.rs"]
#[expect(dead_code, reason = "other targets use the rest")]
mod naive;
#[path = "../../bindings/c/src/pointer.rs"]
mod pointer;
#[path = "../../bindings/c/src/policy.rs"]
#[expect(unreachable_pub, reason = "the C interface exports it")]
mod policy;
#[path = "../random.rs"]
mod random;
#[path = "../../bindings/c/src/rules.rs"]
#[expect(unreachable_pub, reason = "the C interface exports it")]
mod rules;
#[path = "../../bindings/c/src/status.rs"]
#[expect(unreachable_pub, reason = "the C interface exports it")]
mod status;
#[path = "../../bindings/c/src/wipe.rs"]
#[expect(unreachable_pub, reason = "the C interface exports it")]
mod wipe;

#[path = "../capi/calls.rs"]
mod calls;
#[path = "../capi/described.rs"]
mod described;
#[path = "../capi/memory.rs"]
mod memory;
#[path = "../capi/source.rs"]
mod source;

use arbitrary::Arbitrary;
use described::Fault;
use libfuzzer_sys::{Corpus, fuzz_target};
use memory::{Room, Text};
use random::RandomRules;
use sip_password::{PRESETS, Policy};
use source::Source;

#[derive(Arbitrary, Debug)]
struct Case {
    rules: RandomRules,
    /// Unless it is the longest.
    default_length: Option<u8>,
    faults: Vec<Fault>,
    /// Which policy: see [`choose`].
    policy: u8,
    /// Which of the results that may be NULL are not.
    results: [bool; 3],
    /// See [`calls::length`].
    length: u16,
    source: Source,
    room: Room,
    wiped: u8,
    status: i16,
    preset: (u8, Vec<u8>),
    text: Room,
    password: Text,
}

/// A policy as C has it and as Rust has it. One is NULL exactly if the other is `None`.
#[derive(Clone, Copy)]
struct Both<'a> {
    c: Option<&'a Policy>,
    rust: Option<&'a Policy>,
}

impl Both<'_> {
    const NULL: Self = Self { c: None, rust: None };
}

/// More steps than this take milliseconds.
const MOST_STEPS: usize = 40_000;

/// The policy of the rules, a preset, or NULL.
fn choose(which: u8, described: Both<'_>) -> Both<'_> {
    let presets = [
        policy::sip_password_exotel(),
        policy::sip_password_huawei(),
        policy::sip_password_nxcloud(),
        policy::sip_password_nxcloud_random(),
    ];
    match usize::from(which) {
        255 => Both::NULL,
        which @ 192.. => Both { c: Some(presets[which % 4]), rust: Some(PRESETS[which % 4].policy) },
        _ => described,
    }
}

fuzz_target!(|case: Case| -> Corpus {
    let mut parts = case.rules.parts();
    for fault in &case.faults {
        if let Fault::Context(word) = fault {
            parts.set_context(vec![String::from_utf8_lossy(word).into_owned()], false);
        }
    }
    if random::cost(&parts) > MOST_STEPS {
        return Corpus::Reject;
    }
    described::with_policy(&case, &parts, |described| {
        let policy = choose(case.policy, described);
        let [violations, needed, bits] = case.results;
        calls::check(policy, &case.password, violations, &parts);
        calls::reasons(policy, &case.password, &case.text, needed, &parts);
        let length = calls::length(case.length, policy);
        calls::generate(policy, &case.source, &case.room, length);
        calls::entropy(policy, length, bits);
        calls::lengths(policy);
        calls::message(case.status.into());
        calls::preset(case.preset.0, &case.preset.1);
        calls::wipe(&case.room, case.wiped);
    });
    Corpus::Keep
});
