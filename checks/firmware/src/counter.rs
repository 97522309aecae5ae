//! A source of words that costs next to nothing, so that the figures do not contain the cost of a random generator.

use core::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};

/// A counter, spread over the word by a multiplication. It is not random: everybody can predict its passwords.
pub struct Counter {
    start: u32,
    drawn: u32,
}

impl Counter {
    /// A counter that starts at `start`.
    pub const fn new(start: u32) -> Self {
        Self { start, drawn: 0 }
    }

    /// The number of words that were drawn.
    pub const fn drawn(&self) -> u32 {
        self.drawn
    }
}

impl TryRng for Counter {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.drawn = self.drawn.wrapping_add(1);
        Ok(self.start.wrapping_add(self.drawn).wrapping_mul(0x9E37_79B1))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.try_next_u32().map(u64::from)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(self.drawn as u8);
        Ok(())
    }
}

/// Not true, but `generate`, whose cost is measured, requires it.
impl TryCryptoRng for Counter {}
