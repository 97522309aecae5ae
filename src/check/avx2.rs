//! The verdict by AVX2, for rules that ask only for a length and for classes.
//!
//! [`Scan`](crate::check::scan::Scan) is its reference: it gives the same verdict, and the reasons, for every rule and on
//! every processor.

use core::arch::x86_64::{
    __m128i, _mm_cvtsi128_si64, _mm_or_si128, _mm_set_epi64x, _mm_setzero_si128, _mm_unpackhi_epi64,
    _mm256_adds_epu8, _mm256_broadcastsi128_si256, _mm256_castsi256_si128, _mm256_cmpeq_epi8,
    _mm256_extracti128_si256, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set_m128i, _mm256_set1_epi8,
    _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_sub_epi8,
};

use fearless_simd::{SimdBase, u8x16, u8x32, x86::Avx2};

use crate::{
    kernel::{declassify::declassify_bits, instruction_set},
    policy::{ClassTable, Policy},
};

/// The lengths of passwords that are judged here, in bytes.
pub(crate) const LENGTHS: core::ops::RangeInclusive<usize> = 8..=32;

/// A policy by which the vector unit can judge, and the proof that the processor has one.
#[derive(Clone, Copy)]
pub(crate) struct Judge<'a> {
    pub(crate) simd: Avx2,
    table: &'a ClassTable,
}

impl<'a> Judge<'a> {
    /// `None` if there are other rules, or if the processor has no AVX2.
    #[inline]
    pub(crate) fn new(policy: &'a Policy) -> Option<Self> {
        Some(Self { table: policy.class_table()?, simd: instruction_set::avx2()? })
    }

    /// Whether a password is compliant. Its length must be one of [`LENGTHS`].
    #[inline]
    pub(crate) fn complies(self, password: &[u8]) -> bool {
        complies(self.simd, self.table, password)
    }

    /// The end of the first line of a text, in bytes: its line break or the end of the text. It is usually near.
    #[inline]
    pub(crate) fn line_end(self, text: &[u8]) -> usize {
        let Some((near, far)) = text.split_first_chunk() else {
            return memchr::memchr(b'\n', text).unwrap_or(text.len());
        };
        // The length of a line is public, as that of a password is.
        match declassify_bits(line_breaks(self.simd, near).into()) {
            0 => near.len() + memchr::memchr(b'\n', far).unwrap_or(far.len()),
            breaks => breaks.trailing_zeros() as usize,
        }
    }
}

fearless_simd::kernel!(
    #[inline]
    fn line_breaks(simd: Avx2, text: &[u8; 32]) -> u32 {
        let text = u8x32::load_array_ref(simd, text).into();
        _mm256_movemask_epi8(_mm256_cmpeq_epi8(text, _mm256_set1_epi8(b'\n' as i8))) as u32
    }
);

fearless_simd::kernel!(
    #[inline]
    fn complies(simd: Avx2, table: &ClassTable, password: &[u8]) -> bool {
        // The first bytes and the last ones, which overlap: it makes no difference if some count twice.
        let bytes = if let (Some(first), Some(last)) = (password.first_chunk(), password.last_chunk()) {
            _mm256_set_m128i(sixteen(last), sixteen(first))
        } else if let (Some(&first), Some(&last)) = (password.first_chunk(), password.last_chunk()) {
            let (first, last) = (i64::from_le_bytes(first), i64::from_le_bytes(last));
            _mm256_broadcastsi128_si256(_mm_set_epi64x(last, first))
        } else {
            return false;
        };
        let mut kinds = _mm256_setzero_si256();
        let mut left = _mm256_sub_epi8(bytes, _mm256_set1_epi8(b' ' as i8));
        for group in &table.kinds {
            // A shuffle gives 0 for a byte whose highest bit is set: by saturation, that is every character except the next
            // sixteen.
            let index = _mm256_adds_epu8(left, _mm256_set1_epi8(0x70));
            let group = _mm256_broadcastsi128_si256(u8x16::load_array_ref(simd, group).into());
            kinds = _mm256_or_si256(kinds, _mm256_shuffle_epi8(group, index));
            left = _mm256_sub_epi8(left, _mm256_set1_epi8(16));
        }
        let allowed = _mm256_movemask_epi8(_mm256_cmpeq_epi8(kinds, _mm256_setzero_si256())) == 0;

        let halves = _mm_or_si128(_mm256_extracti128_si256::<1>(kinds), _mm256_castsi256_si128(kinds));
        let found = _mm_cvtsi128_si64(_mm_or_si128(halves, _mm_unpackhi_epi64(halves, halves)));
        let found = found | found >> 32;
        let found = found | found >> 16;
        let kinds = (found | found >> 8) as u8;
        allowed & table.allows(password.len()) & table.complies(kinds)
    }
);

/// Loads sixteen characters by two registers, of which the compiler makes one load. An array would leave the password on the
/// stack.
#[inline]
#[target_feature(enable = "avx2")]
fn sixteen(characters: &[u8; 16]) -> __m128i {
    let [low, high] = characters.as_chunks().0 else { return _mm_setzero_si128() };
    _mm_set_epi64x(i64::from_le_bytes(*high), i64::from_le_bytes(*low))
}
