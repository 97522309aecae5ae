//! A random source for tests: a closure that returns words, fails or panics.

use rand_core::{TryCryptoRng, TryRng};

/// Draws each word from the closure.
pub(crate) struct Source<F>(pub(crate) F);

/// The error of a source that fails.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unplugged;

impl std::fmt::Display for Unplugged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("unplugged")
    }
}

impl std::error::Error for Unplugged {}

impl<F: FnMut() -> Result<u32, Unplugged>> TryRng for Source<F> {
    type Error = Unplugged;

    fn try_next_u32(&mut self) -> Result<u32, Unplugged> {
        (self.0)()
    }

    fn try_next_u64(&mut self) -> Result<u64, Unplugged> {
        unreachable!("the library draws words of 32 bits")
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Unplugged> {
        for bytes in bytes.chunks_mut(4) {
            bytes.copy_from_slice(&(self.0)()?.to_le_bytes()[..bytes.len()]);
        }
        Ok(())
    }
}

impl<F: FnMut() -> Result<u32, Unplugged>> TryCryptoRng for Source<F> {}
