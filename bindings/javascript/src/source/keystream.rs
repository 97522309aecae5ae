//! The keystream of a seed that JavaScript draws from `crypto.getRandomValues`.

use sip_password_javascript_fast::{Source, fingerprint};

use super::FEW;
use crate::memory::Shared;

static SOURCE: Shared<Source> = Shared::new(Source::EMPTY);

/// Where JavaScript puts a seed.
static SEED: Shared<[u8; 32]> = Shared::new([0; 32]);

/// The fingerprint of the seed before.
static LAST: Shared<u64> = Shared::new(0);

/// The address of a seed.
#[unsafe(no_mangle)]
extern "C" fn seed() -> *mut [u8; 32] {
    SEED.get()
}

/// The number of random bytes that are asked for.
#[unsafe(no_mangle)]
extern "C" fn seed_size() -> usize {
    32
}

/// Runs `work` with the seed that JavaScript has written, which `work` takes. `None` if it is the one before: then the source of seeds is
/// broken. A working one gives two seeds in a row that look equal here with a probability of 2^-64.
pub(crate) fn with_seed<R>(work: impl FnOnce(&mut [u8; 32]) -> R) -> Option<R> {
    // SAFETY: JavaScript does not run meanwhile, and nothing else has the values.
    unsafe {
        SEED.with(|seed| {
            let print = fingerprint(seed);
            let is_new = LAST.with(|last| core::mem::replace(last, print) != print);
            is_new.then(|| work(seed))
        })
    }
}

/// Whether the source has enough words to begin with.
pub(crate) fn is_ready() -> bool {
    with_source(|source| source.left() >= FEW)
}

/// Fills the source from the seed that JavaScript has written; false if the source of seeds is broken.
pub(crate) fn fill() -> bool {
    with_seed(|seed| with_source(|source| source.fill(seed))).is_some()
}

/// Runs `work` with the source.
pub(crate) fn with_source<R>(work: impl FnOnce(&mut Source) -> R) -> R {
    // SAFETY: `work` generates, and has no other way to the source.
    unsafe { SOURCE.with(work) }
}
