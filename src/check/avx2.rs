//! The verdict by the vector unit of x86-64, for rules that ask only for a length and for classes.
//!
//! [`Scan`](crate::check::scan::Scan) is its reference: it gives the same verdict, and the reasons, for every rule and on
//! every processor.

use core::arch::x86_64::__m128i;

use pulp::{NullaryFnOnce, cast, x86::V3};

use crate::{
    kernel::declassify::declassify_line_ends,
    policy::{ClassTable, Policy},
};

/// The lengths of passwords that are judged here, in bytes.
pub(crate) const LENGTHS: core::ops::RangeInclusive<usize> = 8..=32;

/// A policy by which the vector unit can judge, and the proof that the processor has one.
#[derive(Clone, Copy)]
pub(crate) struct Avx2<'a> {
    pub(crate) processor: V3,
    table: &'a ClassTable,
}

impl<'a> Avx2<'a> {
    /// `None` if there are other rules, or if the processor has no AVX2.
    #[inline]
    pub(crate) fn new(policy: &'a Policy) -> Option<Self> {
        Some(Self { table: policy.class_table()?, processor: V3::try_new()? })
    }

    /// Whether a password is compliant. Its length must be one of [`LENGTHS`].
    #[inline]
    pub(crate) fn complies(self, password: &[u8]) -> bool {
        self.processor.vectorize(Judge(self, password))
    }

    /// [`complies`](Self::complies) for callers that are vector code themselves.
    #[inline(always)]
    pub(crate) fn judge(self, password: &[u8]) -> bool {
        let (avx, avx2, sse2) = (self.processor.avx, self.processor.avx2, self.processor.sse2);
        // The first bytes and the last ones, which overlap: it makes no difference if some count twice.
        let bytes = if let (Some(first), Some(last)) = (password.first_chunk(), password.last_chunk()) {
            avx._mm256_set_m128i(self.half(last), self.half(first))
        } else if let (Some(&first), Some(&last)) = (password.first_chunk(), password.last_chunk()) {
            let (first, last) = (i64::from_le_bytes(first), i64::from_le_bytes(last));
            avx2._mm256_broadcastsi128_si256(sse2._mm_set_epi64x(last, first))
        } else {
            return false;
        };
        let mut kinds = avx._mm256_setzero_si256();
        let mut left = avx2._mm256_sub_epi8(bytes, avx._mm256_set1_epi8(b' ' as i8));
        for table in &self.table.kinds {
            // A shuffle gives 0 for a byte whose highest bit is set: by saturation, that is every character except the next
            // sixteen.
            let index = avx2._mm256_adds_epu8(left, avx._mm256_set1_epi8(0x70));
            let table = avx2._mm256_broadcastsi128_si256(cast(*table));
            kinds = avx2._mm256_or_si256(kinds, avx2._mm256_shuffle_epi8(table, index));
            left = avx2._mm256_sub_epi8(left, avx._mm256_set1_epi8(16));
        }
        let none = avx2._mm256_cmpeq_epi8(kinds, avx._mm256_setzero_si256());
        let allowed = avx2._mm256_movemask_epi8(none) == 0;

        let halves = (avx2._mm256_extracti128_si256::<1>(kinds), avx._mm256_castsi256_si128(kinds));
        let [a, b]: [u64; 2] = cast(sse2._mm_or_si128(halves.0, halves.1));
        let found = a | b;
        let found = found | found >> 32;
        let found = found | found >> 16;
        let kinds = (found | found >> 8) as u8;
        allowed & self.table.allows(password.len()) & self.table.complies(kinds)
    }
}

impl Avx2<'_> {
    /// Loads sixteen characters by two registers, of which the compiler makes one load. An array would leave the password on
    /// the stack.
    #[inline(always)]
    fn half(self, characters: &[u8; 16]) -> __m128i {
        let [low, high] =
            [0, 8].map(|at| characters[at..].first_chunk().map_or(0, |eight| i64::from_le_bytes(*eight)));
        self.processor.sse2._mm_set_epi64x(high, low)
    }

    /// The end of the first line of a text, in bytes: its line break or the end of the text. It is usually near.
    #[inline(always)]
    pub(crate) fn line_end(self, text: &[u8]) -> usize {
        let (avx, avx2) = (self.processor.avx, self.processor.avx2);
        let Some(&near) = text.first_chunk::<32>() else {
            return memchr::memchr(b'\n', text).unwrap_or(text.len());
        };
        let breaks = avx2._mm256_cmpeq_epi8(cast(near), avx._mm256_set1_epi8(b'\n' as i8));
        // The length of a line is public, as that of a password is.
        match declassify_line_ends(avx2._mm256_movemask_epi8(breaks) as u32) {
            0 => 32 + memchr::memchr(b'\n', &text[32..]).unwrap_or(text.len() - 32),
            breaks => breaks.trailing_zeros() as usize,
        }
    }
}

/// A call of [`Avx2::judge`] for `pulp`.
struct Judge<'a>(Avx2<'a>, &'a [u8]);

impl NullaryFnOnce for Judge<'_> {
    type Output = bool;

    #[inline(always)]
    fn call(self) -> bool {
        self.0.judge(self.1)
    }
}
