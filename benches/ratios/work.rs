//! The work that all do alike, and how its result is verified.

use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use sip_password::{CharSet, Class, EXOTEL, HUAWEI, NXCLOUD_RANDOM, Policy, Rules};

/// How many passwords one iteration makes or checks: few enough for the second-level cache, and so many
/// that the two looks at the clock do not count.
pub(crate) const BATCH: usize = 4096;

/// How many passwords the job on several threads makes: some milliseconds, as threads are for.
pub(crate) const JOB: usize = 1 << 20;

/// How many passwords the command makes.
pub(crate) const COMMAND: usize = 20_000_000;

/// How many of the [`lines`] are not compliant: a routine that passes everything does not go unnoticed.
pub(crate) const FLAWED: usize = 4;

/// Passwords to make.
pub(crate) struct Job {
    pub(crate) name: &'static str,
    pub(crate) policy: &'static Policy<'static>,
    /// In characters.
    pub(crate) length: usize,
}

/// Huawei's, without the characters that are easily mistaken: an alphabet of more pieces.
static READABLE: Policy<'static> =
    Policy::constant(Rules { never_generated: CharSet::of("0O1lI5S2Z8B"), ..*HUAWEI.rules() });

/// Huawei's with 14 digits in 16: one string in a hundred million.
pub(crate) static RARE: Policy<'static> =
    Policy::constant(Rules { classes: RARE_CLASSES, ..*HUAWEI.rules() });

const RARE_CLASSES: &[Class<'static>] = {
    let [uppercase, lowercase, digits, specials] = *HUAWEI.rules().classes else {
        panic!("Huawei has four classes");
    };
    &[uppercase, lowercase, digits.at_least(14), specials]
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
pub(crate) fn verify(policy: &Policy<'_>, length: usize, passwords: &[u8]) {
    assert_eq!(passwords.len(), BATCH * length);
    for password in passwords.chunks_exact(length) {
        assert!(policy.check(password).is_ok(), "a password is not compliant");
    }
}

/// A batch of lines of 16 characters, each with its line break. By Huawei's rule they are compliant but for
/// [`FLAWED`], which are of lower case alone.
pub(crate) fn lines() -> String {
    let mut rng = ChaCha20Rng::from_seed([1; 32]);
    let mut password = [0; 16];
    let mut lines = String::new();
    for place in 0..BATCH {
        let password = HUAWEI.generate(&mut rng, &mut password).expect("the source is true");
        if place % (BATCH / FLAWED) == 0 {
            lines.extend(password.expose_secret().bytes().map(|byte| char::from(b'a' + byte % 26)));
        } else {
            lines.push_str(password.expose_secret());
        }
        lines.push('\n');
    }
    lines
}
