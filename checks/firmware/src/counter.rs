//! A source of words that is nearly nothing, where the cost of a generator of randomness is not to count.

use core::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};

/// A counter that is spread over the word. It is no random generator: passwords of it are known to everybody.
pub struct Counter {
    start: u32,
    drawn: u32,
}

impl Counter {
    /// One that starts at `start`.
    pub const fn new(start: u32) -> Self {
        Self { start, drawn: 0 }
    }

    /// How many words were drawn.
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

/// It says so to be taken by `generate`, whose cost is to be measured.
impl TryCryptoRng for Counter {}
