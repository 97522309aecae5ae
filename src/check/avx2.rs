//! The verdict by the vector unit of x86-64, for rules that ask only how long a password is and which classes
//! there are in it.
//!
//! [`Findings`](crate::findings) is its twin: it says the same for every rule and on every processor, and why.

use core::arch::x86_64::__m128i;

use pulp::{NullaryFnOnce, cast, x86::V3};

use crate::{
    kernel::declassify::line_ends,
    policy::{Policy, Simple},
};

/// How long a password can be that is looked at, in bytes.
pub(crate) const LENGTHS: core::ops::RangeInclusive<usize> = 8..=32;

/// A policy that the vector unit can judge, and a processor that has one.
#[derive(Clone, Copy)]
pub(crate) struct Fast<'a> {
    pub(crate) processor: V3,
    simple: &'a Simple,
}

impl<'a> Fast<'a> {
    /// `None` where the rules are more than that, or the processor has no AVX2.
    #[inline]
    pub(crate) fn new(policy: &'a Policy<'_>) -> Option<Self> {
        Some(Self { simple: policy.simple()?, processor: V3::try_new()? })
    }

    /// Whether a password is compliant whose length is one of [`LENGTHS`].
    #[inline]
    pub(crate) fn complies(self, password: &[u8]) -> bool {
        self.processor.vectorize(Judge(self, password))
    }

    /// The same, for who is vector code already.
    #[inline(always)]
    pub(crate) fn judge(self, password: &[u8]) -> bool {
        let (avx, avx2, sse2) = (self.processor.avx, self.processor.avx2, self.processor.sse2);
        // The first bytes and the last, which overlap: that some count twice makes no difference.
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
        for table in &self.simple.kinds {
            // A shuffle gives nothing where the highest bit is set: so it is, by saturation, for every
            // character but the next sixteen.
            let place = avx2._mm256_adds_epu8(left, avx._mm256_set1_epi8(0x70));
            let table = avx2._mm256_broadcastsi128_si256(cast(*table));
            kinds = avx2._mm256_or_si256(kinds, avx2._mm256_shuffle_epi8(table, place));
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
        allowed & self.simple.allows(password.len()) & self.simple.complies(kinds)
    }
}

impl Fast<'_> {
    /// Sixteen characters. By way of two registers, of which the compiler makes one load: an array would leave the password
    /// on the stack.
    #[inline(always)]
    fn half(self, characters: &[u8; 16]) -> __m128i {
        let [low, high] =
            [0, 8].map(|at| characters[at..].first_chunk().map_or(0, |eight| i64::from_le_bytes(*eight)));
        self.processor.sse2._mm_set_epi64x(high, low)
    }

    /// Where the first line of a text ends: at its line break, or with the text. Usually near.
    #[inline(always)]
    pub(crate) fn line_end(self, text: &[u8]) -> usize {
        let (avx, avx2) = (self.processor.avx, self.processor.avx2);
        let Some(&near) = text.first_chunk::<32>() else {
            return memchr::memchr(b'\n', text).unwrap_or(text.len());
        };
        let breaks = avx2._mm256_cmpeq_epi8(cast(near), avx._mm256_set1_epi8(b'\n' as i8));
        // How long a line is, is public, as the length of a password is.
        match line_ends(avx2._mm256_movemask_epi8(breaks) as u32) {
            0 => 32 + memchr::memchr(b'\n', &text[32..]).unwrap_or(text.len() - 32),
            breaks => breaks.trailing_zeros() as usize,
        }
    }
}

/// The call of [`Fast::judge`], as `pulp` wants it.
struct Judge<'a>(Fast<'a>, &'a [u8]);

impl NullaryFnOnce for Judge<'_> {
    type Output = bool;

    #[inline(always)]
    fn call(self) -> bool {
        self.0.judge(self.1)
    }
}
