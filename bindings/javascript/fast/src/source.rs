//! Random words: the keystream of a seed.

use core::convert::Infallible;

use chacha20::ChaCha20Rng;
use sip_password::rand_core::{SeedableRng, TryCryptoRng, TryRng};
use zeroize::{Zeroize, Zeroizing};

/// The keystream of a seed, which is zeroed: the same words as the library's own `Keystream`, and wiped on drop like it.
pub fn keystream(seed: &mut [u8; 32]) -> ChaCha20Rng {
    let stream = ChaCha20Rng::from_seed(*seed);
    seed.zeroize();
    stream
}

/// A number of another stream of the same seed: it tells one seed from another, and nothing else about it.
pub fn fingerprint(seed: &[u8; 32]) -> u64 {
    let mut stream = ChaCha20Rng::from_seed(*seed);
    stream.set_stream(u64::MAX);
    let Ok(number) = stream.try_next_u64();
    number
}

/// The words that a seed gives: sixteen blocks of ChaCha20, without the eight words of the next seed.
const WORDS: usize = 256 - 8;

/// The source of passwords that are made one by one. A seed lasts for a kilobyte of words. What was used is wiped at once, so the memory
/// has no password that was handed out, and nothing from which it follows. A call that takes more goes on with a seed of the same stream.
pub struct Source {
    words: [u32; WORDS],
    next_seed: [u8; 32],
    /// The number of words that were used.
    used: usize,
}

impl Source {
    /// No words yet.
    pub const EMPTY: Self = Self { words: [0; WORDS], next_seed: [0; 32], used: WORDS };

    /// The number of words that are left.
    pub const fn left(&self) -> usize {
        WORDS - self.used
    }

    /// Takes the words of a seed, which is zeroed.
    pub fn fill(&mut self, seed: &mut [u8; 32]) {
        let mut stream = Zeroizing::new([0; 4 * WORDS + 32]);
        let Ok(()) = keystream(seed).try_fill_bytes(&mut *stream);
        let (words, next_seed) = stream.split_at(4 * WORDS);
        for (to, word) in self.words.iter_mut().zip(words.as_chunks().0) {
            *to = u32::from_le_bytes(*word);
        }
        self.next_seed.copy_from_slice(next_seed);
        self.used = 0;
    }

    #[cold]
    fn refill(&mut self) {
        let mut seed = self.next_seed;
        self.fill(&mut seed);
    }
}

impl TryRng for Source {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        if self.used >= WORDS {
            self.refill();
        }
        let word = core::mem::take(&mut self.words[self.used]);
        self.used += 1;
        Ok(word)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from(self.try_next_u32()?) | u64::from(self.try_next_u32()?) << 32)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for piece in bytes.chunks_mut(4) {
            piece.copy_from_slice(&self.try_next_u32()?.to_le_bytes()[..piece.len()]);
        }
        Ok(())
    }
}

/// The keystream of a seed of full entropy.
impl TryCryptoRng for Source {}
