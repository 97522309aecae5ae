//! Arithmetic in place of comparisons.

/// [`u8::to_ascii_lowercase`].
#[inline]
pub(crate) fn lowercase(byte: u8) -> u8 {
    byte | (less(byte.wrapping_sub(b'A').into(), 26) as u8) << 5
}

/// 1 where `a` is less than `b`, by arithmetic, of which compilers seldom make a branch. Both are lengths in memory,
/// and so under half of the range.
#[inline]
pub(crate) const fn less(a: usize, b: usize) -> usize {
    a.wrapping_sub(b) >> (usize::BITS - 1)
}
