//! Comparisons by arithmetic, of which compilers seldom make a branch.

/// 1 if `a < b`, otherwise 0. Both must be under half of the range, as lengths in memory are.
#[inline]
pub(crate) const fn ct_lt(a: usize, b: usize) -> usize {
    a.wrapping_sub(b) >> (usize::BITS - 1)
}

/// The bit in which the two cases of an ASCII letter differ; 0 for every other byte.
#[inline]
pub(crate) fn ct_case(byte: u8) -> u8 {
    (ct_lt((byte | 0x20).wrapping_sub(b'a').into(), 26) as u8) << 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_case_of_every_byte() {
        for byte in 0..=u8::MAX {
            let other =
                if byte.is_ascii_lowercase() { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() };
            assert_eq!(ct_case(byte), byte ^ other);
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
