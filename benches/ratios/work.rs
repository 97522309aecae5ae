//! The work that all have in common, and the verification of its result.

use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use sip_password::{CharSet, Class, EXOTEL, HUAWEI, NXCLOUD_RANDOM, Policy};

/// The number of passwords that one iteration makes or checks: few enough for the second-level cache, and so many that the two
/// readings of the clock do not matter.
pub(crate) const BATCH: usize = 4096;

/// The number of passwords of the job on several threads, which takes some milliseconds.
pub(crate) const JOB: usize = 1 << 20;

/// The number of passwords that the command makes.
pub(crate) const COMMAND: usize = 20_000_000;

/// The number of rows of a list that the command reads.
pub(crate) const ROWS: usize = 1_000_000;

/// The number of [`lines`] that are not compliant, so that a routine that passes everything is noticed.
pub(crate) const FLAWED: usize = 4;

/// Passwords to make.
pub(crate) struct Job {
    pub(crate) name: &'static str,
    pub(crate) policy: &'static Policy,
    /// In characters.
    pub(crate) length: usize,
}

/// Huawei's policy without characters that are easily confused: an alphabet with more gaps.
static READABLE: Policy = Policy::of(HUAWEI.rules().with_excluded(CharSet::of("0O1lI5S2Z8B")));

/// Huawei's policy with at least 14 digits, for 16 characters: one string in a hundred million.
pub(crate) static RARE: Policy = Policy::of(HUAWEI.rules().with_classes(&RARE_CLASSES));

const RARE_CLASSES: [Class; 4] = {
    let rules = HUAWEI.rules();
    let [uppercase, lowercase, digits, specials] = rules.classes() else {
        panic!("Huawei has four classes");
    };
    [*uppercase, *lowercase, digits.at_least(14), *specials]
};

pub(crate) const JOBS: [Job; 5] = [
    Job { name: "huawei-16", policy: &HUAWEI, length: 16 },
    Job { name: "huawei-8", policy: &HUAWEI, length: 8 },
    Job { name: "exotel-24", policy: &EXOTEL, length: 24 },
    Job { name: "nxcloud-6", policy: &NXCLOUD_RANDOM, length: 6 },
    Job { name: "readable-16", policy: &READABLE, length: 16 },
];

/// Asserts that `passwords`, one after another without a separator, are a batch of compliant ones of
/// `length` characters.
pub(crate) fn verify(policy: &Policy, length: usize, passwords: &[u8]) {
    assert_eq!(passwords.len(), BATCH * length);
    for password in passwords.chunks_exact(length) {
        assert!(policy.check(password).is_ok(), "a password is not compliant");
    }
}

/// A batch of lines of 16 characters, each with its line break. By Huawei's rule all are compliant except [`FLAWED`], which have
/// lower-case letters alone.
pub(crate) fn lines() -> String {
    let mut rng = ChaCha20Rng::from_seed([1; 32]);
    let mut password = [0; 16];
    let mut lines = String::new();
    for index in 0..BATCH {
        let password = HUAWEI.generate(&mut rng, &mut password).expect("the source is good");
        if index % (BATCH / FLAWED) == 0 {
            lines.extend(password.expose_secret().bytes().map(|byte| char::from(b'a' + byte % 26)));
        } else {
            lines.push_str(password.expose_secret());
        }
        lines.push('\n');
    }
    lines
}

/// Huawei's policy with one more rule, by the name of the rule.
pub(crate) fn with_rules() -> [(&'static str, Policy); 3] {
    let all = HUAWEI.classes().indices();
    let rules = [
        ("max_run", HUAWEI.rules().with_max_run(3, all)),
        ("max_sequence", HUAWEI.rules().with_max_sequence(2)),
        ("min_distinct", HUAWEI.rules().with_min_distinct(8)),
    ];
    rules.map(|(name, rules)| (name, Policy::new(rules).expect("it is sound")))
}
