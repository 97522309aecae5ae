//! The keystream of ChaCha20 by the vector unit, sixteen blocks at a time.
//!
//! A register holds the same word of each block, so a step of the algorithm is one instruction for all of them, and nothing moves between
//! the blocks until all twenty rounds are over. Crate `chacha20` is the twin that the tests compare with, and what makes the keystream
//! where there is no vector unit: its generator uses AVX2 at best, for four blocks, each in registers of its own.

mod avx2;
mod avx512;

use chacha20::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use crate::kernel::{instruction_set, wipe::with_wiped_stack};

/// The bytes of a block.
const BLOCK: usize = 64;
/// The number of blocks that are made together.
pub(crate) const BLOCKS: usize = 16;
/// Their bytes.
pub(crate) const GROUP: usize = BLOCKS * BLOCK;

/// How far down the stack traces of a key can reach, in bytes: twice what `avx2::fill` takes.
const TRACES: usize = 2 << 10;

/// The first words of a state, by definition: "expand 32-byte k".
const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];

/// A place in the keystreams of a key.
#[derive(Clone, Copy)]
pub(crate) struct Position {
    /// The nonce of 64 bits.
    pub(crate) stream: u64,
    /// The counter of 64 bits; after the last block comes the first.
    pub(crate) block: u64,
}

impl Position {
    fn words(self) -> [u32; 4] {
        [self.block as u32, (self.block >> 32) as u32, self.stream as u32, (self.stream >> 32) as u32]
    }
}

/// Fills groups with the keystream of `key`, from the block at `position` on.
pub(crate) fn fill(key: &[u8; 32], position: Position, groups: &mut [[u8; GROUP]]) {
    if let Some(simd) = instruction_set::avx512() {
        avx512::fill(simd, key, position, groups);
        return;
    }
    // The state has more words than there are registers, so some of the key is on the stack.
    with_wiped_stack::<TRACES, _>(|| match instruction_set::avx2() {
        Some(simd) => avx2::fill(simd, key, position, groups),
        None => portable(key, position, groups),
    });
}

fn portable(key: &[u8; 32], position: Position, groups: &mut [[u8; GROUP]]) {
    let mut twin = ChaCha20Rng::from_seed(*key);
    twin.set_stream(position.stream);
    twin.set_block_pos(position.block);
    twin.fill_bytes(groups.as_flattened_mut());
}

/// A word of the key.
#[inline(always)]
fn key_word(key: &[u8; 32], at: usize) -> u32 {
    u32::from_le_bytes(key.as_chunks().0[at])
}

#[cfg(test)]
mod tests {
    use std::vec;

    use super::*;

    /// Each vector unit that is here gives the twin's keystream, for any number of groups, around the places where a half of the counter
    /// or all of it overflows.
    #[test]
    fn like_the_twin() {
        let key = core::array::from_fn(|at| 7 * at as u8 + 1);
        for stream in [0, 1, u64::from(u32::MAX), u64::MAX] {
            for around in [0, 1 << 32, 1 << 63, 3 << 32] {
                for block in [0_u64, 1, 3, 15, 16, 17, 40].map(|before| u64::wrapping_sub(around, before)) {
                    for count in [1, 2, 5] {
                        let position = Position { stream, block };
                        let mut expected = vec![[0; GROUP]; count];
                        portable(&key, position, &mut expected);
                        let mut found = vec![[0; GROUP]; count];
                        if let Some(simd) = instruction_set::avx2() {
                            avx2::fill(simd, &key, position, &mut found);
                            assert!(found == expected, "AVX2, {stream} {block} {count}");
                        }
                        found.fill([0; GROUP]);
                        if let Some(simd) = instruction_set::avx512() {
                            avx512::fill(simd, &key, position, &mut found);
                            assert!(found == expected, "AVX-512, {stream} {block} {count}");
                        }
                    }
                }
            }
        }
    }
}
