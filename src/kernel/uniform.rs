//! Exactly uniform digits from random words.

use core::num::NonZero;

use crate::kernel::swar;

/// How one 32-bit word becomes several digits below `radix`, such that every block of digits is equally likely.
///
/// The word is multiplied by the radix: the high half of the product is a digit, the low half is the next word. After k
/// steps the high halves are the digits of `word * radix^k / 2^32`, and the last low half is the fraction. A word whose
/// fraction is under `2^32 mod radix^k` is rejected; of the others, every block of k digits has exactly `2^32 / radix^k`,
/// rounded down (D. Lemire, "Fast random integer generation in an interval", 2019; several digits a word:
/// N. Brackett-Rozinsky and D. Lemire, "Batched ranged random integer generation", 2024).
///
/// The tests below count the words of every block, all 2^32 of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Digits {
    radix: u8,
    per_word: NonZero<u8>,
    /// A word whose last low half is under this is rejected.
    threshold: u32,
}

impl Digits {
    /// The most digits from one word: those of a radix of 16.
    const MOST: u8 = 8;
    /// The fewest digits from one word. For all 95 printable characters, one word in 52 is rejected.
    const FEWEST: u8 = 4;
    /// More than four digits are taken if at most one word in so many is rejected.
    const REJECTED: u64 = 64;

    /// For a radix of 1 to 95: six to eight digits a word, as many as cost at most one word in 64, and four otherwise. Five
    /// would save a word for some lengths only, and would give alphabets of nearly the same size, such as one without a
    /// few characters, different keystreams.
    pub(crate) const fn new(radix: u8) -> Self {
        let mut per_word = Self::MOST;
        while per_word > Self::FEWEST {
            let blocks = (radix as u64).pow(per_word as u32);
            if per_word != 5 && blocks <= 1 << 32 && rejected(blocks) <= (1 << 32) / Self::REJECTED {
                break;
            }
            per_word -= 1;
        }
        let blocks = (radix as u64).pow(per_word as u32);
        // Under `blocks`, which is at most 2^32, and 0 where it is 2^32.
        let threshold = rejected(blocks) as u32;
        // Never zero, which the compiler does not see; a panic would take room in firmware even so.
        let per_word =
            if let Some(per_word) = NonZero::new(per_word) { per_word } else { NonZero::<u8>::MIN };
        Self { radix, per_word, threshold }
    }

    /// The number of digits from a word.
    pub(crate) const fn per_word(self) -> usize {
        self.per_word.get() as usize
    }

    pub(crate) const fn radix(self) -> u8 {
        self.radix
    }

    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    pub(crate) const fn threshold(self) -> u32 {
        self.threshold
    }

    /// A multiplier m and a number of bits s, such that the higher half of `pair * m`, which has 32 bits, shifted to the right by s, is
    /// `pair / radix` for every pair of digits.
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    pub(crate) const fn reciprocal(self) -> (u16, u32) {
        if self.radix == 1 {
            return (0, 0);
        }
        let shift = (self.radix as u32 - 1).checked_ilog2();
        let shift = if let Some(shift) = shift { shift } else { 0 };
        ((1_u32 << (16 + shift)).div_ceil(self.radix as u32) as u16, shift)
    }

    /// The number of words that `length` digits take.
    pub(crate) const fn words(self, length: usize) -> usize {
        length.div_ceil(self.per_word())
    }

    /// The fraction of words that are not rejected.
    pub(crate) const fn accepted(self) -> f64 {
        1.0 - self.threshold as f64 / (1u64 << 32) as f64
    }

    /// Writes the digits of `word` into `block`, or the first `block.len()` of them if it is shorter than
    /// [`per_word`](Self::per_word). Returns 1 if the word is rejected, and with it the block, otherwise 0.
    ///
    /// No branch and no address depends on the word.
    #[inline]
    pub(crate) fn split(self, word: u32, block: &mut [u8]) -> u32 {
        // The most common block takes one store and a loop that the compiler unrolls. With registers of 32 bits this would
        // be additional code, so they take the general loop.
        if let (Self::FEWEST, 8.., Ok(four)) =
            (self.per_word.get(), swar::BYTES, <&mut [u8; 4]>::try_from(&mut *block))
        {
            let (mut digits, mut rest) = (0, word);
            for at in 0..Self::FEWEST {
                let (digit, low) = self.digit(rest);
                digits |= digit << (8 * at);
                rest = low;
            }
            *four = digits.to_le_bytes();
            return u32::from(rest < self.threshold);
        }
        let (mut block, mut rest) = (block.iter_mut(), word);
        for _ in 0..self.per_word() {
            let (digit, low) = self.digit(rest);
            if let Some(byte) = block.next() {
                *byte = digit as u8;
            }
            rest = low;
        }
        u32::from(rest < self.threshold)
    }

    /// The next digit and the next word: the halves of a product of 39 bits.
    #[inline(always)]
    fn digit(self, word: u32) -> (u32, u32) {
        HALVES(word, self.radix.into())
    }
}

/// The high and the low half of a product, for the width of the registers.
const HALVES: fn(u32, u32) -> (u32, u32) = if swar::BYTES == 8 { halves } else { narrow_halves };

#[inline(always)]
fn halves(word: u32, radix: u32) -> (u32, u32) {
    let product = u64::from(word) * u64::from(radix);
    ((product >> 32) as u32, product as u32)
}

/// [`halves`] for a radix under 2^16, on processors that multiply to 32 bits.
#[inline(always)]
fn narrow_halves(word: u32, radix: u32) -> (u32, u32) {
    let (high, low) = ((word >> 16) * radix, (word & 0xFFFF) * radix);
    ((high + (low >> 16)) >> 16, word.wrapping_mul(radix))
}

/// The number of words that are rejected if `blocks` blocks share the others.
const fn rejected(blocks: u64) -> u64 {
    if blocks == 0 { 0 } else { (1 << 32) % blocks }
}

#[cfg(test)]
mod every_word;

#[cfg(test)]
mod tests {
    use super::*;

    /// The digits and the rejection by the definition, with a division.
    fn reference(digits: Digits, word: u32) -> ([u8; 8], u32) {
        let blocks = u64::from(digits.radix).pow(digits.per_word() as u32);
        let product = u128::from(word) * u128::from(blocks);
        let (mut block, fraction) = ((product >> 32) as u64, product as u32);
        let mut out = [0; 8];
        for at in (0..digits.per_word()).rev() {
            out[at] = (block % u64::from(digits.radix)) as u8;
            block /= u64::from(digits.radix);
        }
        (out, u32::from(u64::from(fraction) < (1 << 32) % blocks))
    }

    #[test]
    fn like_the_definition_for_every_radix() {
        for radix in 1..=95 {
            let digits = Digits::new(radix);
            for step in 0..40_000_u32 {
                let word = step.wrapping_mul(0x9E37_79B1).wrapping_add(step >> 3);
                let mut block = [0; 8];
                let rejected = digits.split(word, &mut block[..digits.per_word()]);
                assert_eq!((block, rejected), reference(digits, word), "radix {radix}, word {word}");
            }
        }
    }

    /// For every pair of digits of every radix.
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    #[test]
    fn the_reciprocal_divides() {
        for radix in 1..=95 {
            let (multiplier, shift) = Digits::new(radix).reciprocal();
            for pair in 0..u32::from(radix) * u32::from(radix) {
                let higher_half = (pair * u32::from(multiplier)) >> 16;
                assert_eq!(higher_half >> shift, pair / u32::from(radix), "{radix}");
            }
        }
    }

    #[test]
    fn narrow_halves_like_wide_ones() {
        for radix in 1..=95 {
            let words = (0..40_000_u32).map(|step| step.wrapping_mul(0x9E37_79B1));
            for word in words.chain([0xFFFF, 0x1_0000, 0xFFFF_0000, u32::MAX]) {
                assert_eq!(narrow_halves(word, radix), halves(word, radix), "radix {radix}, word {word}");
            }
        }
    }

    #[test]
    fn a_short_block_has_the_same_first_digits() {
        let digits = Digits::new(70);
        let (mut whole, mut short) = ([0; 4], [0; 3]);
        let rejected = digits.split(0xDEAD_BEEF, &mut whole);
        assert_eq!(digits.split(0xDEAD_BEEF, &mut short), rejected);
        assert_eq!(whole[..3], short);
    }

    #[test]
    fn digits_per_word() {
        let per_word = |radix| Digits::new(radix).per_word();
        assert_eq!([1, 2, 10, 16, 26, 36, 62, 70, 95].map(per_word), [8, 8, 7, 8, 4, 4, 4, 4, 4]);
        assert_eq!(Digits::new(70).words(16), 4);
        assert_eq!(Digits::new(10).words(6), 1);
        assert_eq!(Digits::new(16).threshold, 0);
        for radix in 1..=95 {
            let digits = Digits::new(radix);
            let rejected = |digits: u32| (1_u64 << 32) % u64::from(radix).pow(digits);
            let many = (6..=8).rev().find(|&digits| {
                u64::from(radix).pow(digits) <= 1 << 32 && rejected(digits) <= (1 << 32) / 64
            });
            assert_eq!(digits.per_word() as u32, many.unwrap_or(4), "{radix}");
            let rejected = rejected(digits.per_word() as u32);
            assert_eq!(digits.accepted(), 1.0 - rejected as f64 / 2_f64.powi(32), "{radix}");
            assert!(digits.accepted() >= 1.0 - 1.0 / 52.0, "{radix}");
        }
    }
}
