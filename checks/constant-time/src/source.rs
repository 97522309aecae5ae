//! A random source of secret words.

use std::convert::Infallible;

use sip_password::rand_core::{TryCryptoRng, TryRng};

use crate::secret::hide;

/// Good enough for these cases alone: its words are predictable.
pub(crate) struct Source {
    state: u64,
    /// The number of words that were drawn.
    pub(crate) drawn: usize,
}

impl Source {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { state: seed, drawn: 0 }
    }

    /// The next word, public: G. Steele and others, "Fast splittable pseudorandom number generators", 2014.
    pub(crate) const fn public_word(&mut self) -> u32 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.state ^ self.state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed >> 32) as u32
    }

    /// One of `0..below`, public.
    pub(crate) const fn public_number(&mut self, below: usize) -> usize {
        self.public_word() as usize % below
    }
}

impl TryRng for Source {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for word in bytes.chunks_mut(4) {
            word.copy_from_slice(&self.public_word().to_le_bytes()[..word.len()]);
            self.drawn += 1;
        }
        hide(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Source {}
