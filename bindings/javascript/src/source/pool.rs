//! Random words as `crypto.getRandomValues` gives them, a kilobyte at a time: the small module has no generator of its own. A word is
//! wiped as soon as it was used.

use core::fmt;

use sip_password::rand_core::{TryCryptoRng, TryRng};

use super::FEW;
use crate::memory::Shared;

const WORDS: usize = 256;

/// The random source of passwords.
pub(crate) struct Pool {
    words: [u32; WORDS],
    /// The words that are still to be used are the first ones.
    left: usize,
}

static POOL: Shared<Pool> = Shared::new(Pool { words: [0; WORDS], left: 0 });

/// A call took more words than there were: it is to be made again with others. Whether that happens does not depend on the password that
/// is made then.
#[derive(Debug)]
pub(crate) struct Exhausted;

impl fmt::Display for Exhausted {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl core::error::Error for Exhausted {}

/// The address where JavaScript puts random bytes.
#[unsafe(no_mangle)]
extern "C" fn seed() -> *mut Pool {
    POOL.get()
}

/// The number of random bytes that are asked for.
#[unsafe(no_mangle)]
extern "C" fn seed_size() -> usize {
    4 * WORDS
}

/// Whether there are enough words to begin with.
pub(crate) fn is_ready() -> bool {
    with_source(|pool| pool.left >= FEW)
}

/// Takes the bytes that JavaScript has written; false if the first four words are equal, as they are with a probability of 2^-96 if the
/// source works. The library looks at the words of each password too, but in one word there is no repetition.
pub(crate) fn fill() -> bool {
    with_source(|pool| {
        let [first, second, third, fourth, ..] = &pool.words;
        let is_random = [second, third, fourth].into_iter().any(|word| word != first);
        pool.left = if is_random { WORDS } else { 0 };
        is_random
    })
}

/// Runs `work` with the source.
pub(crate) fn with_source<R>(work: impl FnOnce(&mut Pool) -> R) -> R {
    // SAFETY: `work` generates, and has no other way to the source.
    unsafe { POOL.with(work) }
}

impl TryRng for Pool {
    type Error = Exhausted;

    fn try_next_u32(&mut self) -> Result<u32, Exhausted> {
        let left = self.left.checked_sub(1).ok_or(Exhausted)?;
        self.left = left;
        self.words.get_mut(left).map(core::mem::take).ok_or(Exhausted)
    }

    fn try_next_u64(&mut self) -> Result<u64, Exhausted> {
        Ok(u64::from(self.try_next_u32()?) << 32 | u64::from(self.try_next_u32()?))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Exhausted> {
        for piece in bytes.chunks_mut(4) {
            piece.copy_from_slice(&self.try_next_u32()?.to_le_bytes()[..piece.len()]);
        }
        Ok(())
    }
}

/// The browser's generator is one for cryptography.
impl TryCryptoRng for Pool {}
