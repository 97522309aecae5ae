//! SWAR: several bytes in a general register as a vector, without a table and without a comparison that a compiler
//! could turn into a branch.

/// The widest general register: that of WebAssembly has 64 bits, though its addresses have 32. `--cfg narrow_words` selects that of small
/// processors everywhere, for tests.
#[cfg(all(any(target_pointer_width = "64", target_family = "wasm"), not(narrow_words)))]
pub(crate) type Word = u64;
#[cfg(not(all(any(target_pointer_width = "64", target_family = "wasm"), not(narrow_words))))]
pub(crate) type Word = u32;

/// The number of bytes in a [`Word`].
pub(crate) const BYTES: usize = size_of::<Word>();
/// 1 in every byte.
const ONES: Word = Word::MAX / 255;
/// The highest bit of every byte.
const HIGH: Word = ONES << 7;

/// A word of at most [`BYTES`] bytes; missing ones are NUL.
#[inline]
pub(crate) fn load(bytes: &[u8]) -> Word {
    match bytes.try_into() {
        Ok(bytes) if BYTES > 4 => Word::from_le_bytes(bytes),
        // Small processors take this branch only: it is smaller than both.
        _ => bytes.iter().rev().fold(0, |word, &byte| word << 8 | Word::from(byte)),
    }
}

/// The inverse of [`load`].
#[inline]
pub(crate) fn store(word: Word, bytes: &mut [u8]) {
    match <&mut [u8; BYTES]>::try_from(&mut *bytes) {
        Ok(whole) if BYTES > 4 => *whole = word.to_le_bytes(),
        _ => {
            _ = bytes.iter_mut().fold(word, |word, byte| {
                *byte = word as u8;
                word >> 8
            })
        }
    }
}

/// Sets the highest bit of each byte that is at least `limit`, which is at most 128. A byte outside ASCII counts as 128
/// less than it is.
#[inline]
pub(crate) fn at_least(word: Word, limit: u8) -> Word {
    // With its highest bit set, no byte is less than the limit, so none borrows from the next; the bit stays set exactly if
    // the byte would not have had to borrow.
    ((word | HIGH) - ONES * Word::from(limit)) & HIGH
}

/// The same word with 128, which [`at_least`] takes for NUL, in place of each byte outside ASCII.
#[inline]
pub(crate) fn ascii(word: Word) -> Word {
    let high = word & HIGH;
    word & !(high - (high >> 7))
}

/// Sets the highest bit of each byte of [`ascii`] from `first` to `end`, without `end`; both limits are ASCII.
#[inline]
pub(crate) fn within(ascii: Word, first: u8, end: u8) -> Word {
    at_least(ascii, first) & !at_least(ascii, end)
}

/// The number of bytes whose highest bit is set.
#[inline]
pub(crate) fn count(word: Word) -> usize {
    ((word >> 7 & ONES).wrapping_mul(ONES) >> (Word::BITS - 8)) as usize
}

/// Adds `amount` to each byte whose highest bit is set in `bits`. No sum may exceed 255.
#[inline]
pub(crate) fn add_where(word: Word, bits: Word, amount: u8) -> Word {
    word + (bits >> 7) * Word::from(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_and_every_limit() {
        for limit in 0..=128 {
            for byte in 0..=255_u8 {
                let neighbours = [0, byte, 127, byte.wrapping_mul(7)];
                let mut bytes = [0; BYTES];
                bytes.iter_mut().zip(neighbours.into_iter().cycle()).for_each(|(to, byte)| *to = byte);
                let found = at_least(load(&bytes), limit).to_le_bytes();
                for (found, byte) in found.into_iter().zip(bytes) {
                    assert_eq!(found == 0x80, byte % 128 >= limit, "{byte} {limit}");
                    assert!(found & 0x7f == 0);
                }
            }
        }
    }

    #[test]
    fn loading_and_storing() {
        for length in 0..=BYTES {
            let bytes: std::vec::Vec<u8> = (1..=length as u8).collect();
            let mut back = std::vec![0; length];
            store(load(&bytes), &mut back);
            assert_eq!(back, bytes);
            assert_eq!(count(load(&bytes) << 7 & HIGH), length.div_ceil(2));
        }
        assert_eq!(add_where(load(&[1, 2, 3]), load(&[0x80, 0, 0x80]), 100), load(&[101, 2, 103]));
    }
}
