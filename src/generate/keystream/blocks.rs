//! The words of the keystream where a vector unit makes it.

use core::convert::Infallible;

use rand_core::TryRng;
use zeroize::Zeroizing;

use crate::kernel::{
    chacha::{self, BLOCKS, GROUP, Position},
    wipe::ZeroizingBytes,
};

pub(super) struct Blocks {
    key: Zeroizing<[u8; 32]>,
    /// Of the block after those in the buffer.
    next: Position,
    buffer: ZeroizingBytes<[u8; GROUP]>,
    /// The number of bytes in the buffer that were handed out: a multiple of a word's.
    used: usize,
}

/// The bytes of a word.
const WORD: usize = size_of::<u32>();

impl Blocks {
    /// The first block of stream 0.
    pub(super) fn from_seed(key: [u8; 32]) -> Self {
        Self {
            key: Zeroizing::new(key),
            next: Position { stream: 0, block: 0 },
            buffer: ZeroizingBytes::new([0; GROUP]),
            used: GROUP,
        }
    }

    /// Goes on in another stream, behind the buffer.
    pub(super) const fn set_stream(&mut self, stream: u64) {
        self.next.stream = stream;
    }

    /// Goes on at another block, behind the buffer.
    pub(super) const fn set_block_pos(&mut self, block: u64) {
        self.next.block = block;
    }

    /// Fills groups with what comes after the buffer.
    fn make(key: &[u8; 32], next: &mut Position, groups: &mut [[u8; GROUP]]) {
        chacha::fill(key, *next, groups);
        next.block = next.block.wrapping_add((groups.len() * BLOCKS) as u64);
    }

    #[cold]
    fn refill(&mut self) {
        Self::make(&self.key, &mut self.next, core::array::from_mut(&mut *self.buffer));
        self.used = 0;
    }

    /// Copies as much of the buffer as is left and fits.
    fn copy(&mut self, bytes: &mut [u8]) -> usize {
        let left = &self.buffer[self.used..];
        let count = left.len().min(bytes.len());
        bytes[..count].copy_from_slice(&left[..count]);
        // A word of which only a part was asked for is used up, as by the generators of `rand`.
        self.used += count.next_multiple_of(WORD);
        count
    }
}

impl TryRng for Blocks {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        loop {
            if let Some(word) = self.buffer[self.used..].first_chunk() {
                self.used += WORD;
                return Ok(u32::from_le_bytes(*word));
            }
            self.refill();
        }
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let (Ok(low), Ok(high)) = (self.try_next_u32(), self.try_next_u32());
        Ok(u64::from(high) << 32 | u64::from(low))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        let copied = self.copy(bytes);
        let (groups, rest) = bytes[copied..].as_chunks_mut();
        if !groups.is_empty() {
            Self::make(&self.key, &mut self.next, groups);
        }
        if !rest.is_empty() {
            self.refill();
            self.copy(rest);
        }
        Ok(())
    }
}
