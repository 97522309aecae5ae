//! Comparisons by arithmetic, of which compilers seldom make a branch.

/// 1 if `a < b`, otherwise 0. Both must be under half of the range, as lengths in memory are.
#[inline]
pub(crate) const fn ct_lt(a: usize, b: usize) -> usize {
    a.wrapping_sub(b) >> (usize::BITS - 1)
}

/// [`u8::to_ascii_lowercase`] without a branch.
#[inline]
pub(crate) fn ct_lowercase(byte: u8) -> u8 {
    byte | (ct_lt(byte.wrapping_sub(b'A').into(), 26) as u8) << 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_in_lower_case() {
        for byte in 0..=u8::MAX {
            assert_eq!(ct_lowercase(byte), byte.to_ascii_lowercase());
        }
    }

    #[test]
    fn small_and_large_numbers() {
        let numbers = [0, 1, 2, 25, 26, 27, 255, 256, usize::MAX / 2 - 1, usize::MAX / 2];
        for (a, b) in numbers.iter().flat_map(|&a| numbers.map(|b| (a, b))) {
            assert_eq!(ct_lt(a, b), usize::from(a < b), "{a} {b}");
        }
    }
}
