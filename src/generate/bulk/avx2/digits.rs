//! The digits of words, by AVX2.

use core::{
    arch::x86_64::{
        __m128i, __m256i, _mm_cvtsi32_si128, _mm256_andnot_si256, _mm256_blend_epi32, _mm256_cmpeq_epi32,
        _mm256_max_epu32, _mm256_mul_epu32, _mm256_mulhi_epu16, _mm256_mullo_epi16, _mm256_or_si256,
        _mm256_permute2x128_si256, _mm256_set1_epi16, _mm256_set1_epi32, _mm256_set1_epi64x,
        _mm256_setzero_si256, _mm256_slli_epi16, _mm256_slli_epi32, _mm256_slli_epi64, _mm256_srl_epi16,
        _mm256_srli_epi64, _mm256_sub_epi16, _mm256_unpackhi_epi64, _mm256_unpacklo_epi64,
    },
    hint::black_box,
};

use crate::kernel::uniform::Digits;

/// The digits of words, in the bytes of registers.
pub(super) struct Splitter {
    radix: __m256i,
    square: __m256i,
    threshold: __m256i,
    reciprocal: __m256i,
    shift: __m128i,
    difference: __m256i,
}

impl Splitter {
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn new(digits: Digits) -> Self {
        let radix = i32::from(digits.radix());
        let (reciprocal, shift) = digits.reciprocal();
        Self {
            radix: _mm256_set1_epi64x(radix.into()),
            square: _mm256_set1_epi64x((radix * radix).into()),
            threshold: _mm256_set1_epi32(digits.threshold() as i32),
            reciprocal: _mm256_set1_epi16(reciprocal as i16),
            shift: _mm_cvtsi32_si128(shift as i32),
            difference: _mm256_set1_epi16((256 * radix - 1) as i16),
        }
    }

    /// Four digits of each of eight words, in the words' order; and all bits of the words that are rejected.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn fours(&self, words: __m256i) -> (__m256i, __m256i) {
        let (even, odd) = (words, _mm256_srli_epi64::<32>(words));
        let (even, odd) = (_mm256_mul_epu32(even, self.square), _mm256_mul_epu32(odd, self.square));
        let first = higher_halves(even, odd);
        let (even, odd) = (_mm256_mul_epu32(even, self.square), _mm256_mul_epu32(odd, self.square));
        let second = higher_halves(even, odd);
        let pairs = _mm256_or_si256(first, _mm256_slli_epi32::<16>(second));
        (self.split(pairs), self.rejected(even, odd))
    }

    /// Six to eight digits of each of eight words, eight bytes a word, in the words' order; and all bits of the words that are rejected.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn eights<const PER_WORD: usize>(&self, words: __m256i) -> ([__m256i; 2], __m256i) {
        let (even_digits, even) = self.eight::<PER_WORD>(words);
        let (odd_digits, odd) = self.eight::<PER_WORD>(_mm256_srli_epi64::<32>(words));
        let low = _mm256_unpacklo_epi64(even_digits, odd_digits);
        let high = _mm256_unpackhi_epi64(even_digits, odd_digits);
        let digits =
            [_mm256_permute2x128_si256::<0x20>(low, high), _mm256_permute2x128_si256::<0x31>(low, high)];
        (digits, self.rejected(even, odd))
    }

    /// The digits of the lower halves of four double words, and the last products.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn eight<const PER_WORD: usize>(&self, words: __m256i) -> (__m256i, __m256i) {
        // A single digit comes first, as a pair of 0 and itself.
        let rest = _mm256_mul_epu32(words, if PER_WORD % 2 == 1 { self.radix } else { self.square });
        let pairs = _mm256_srli_epi64::<32>(rest);
        let rest = _mm256_mul_epu32(rest, self.square);
        let pairs = _mm256_or_si256(pairs, _mm256_slli_epi64::<16>(_mm256_srli_epi64::<32>(rest)));
        let mut rest = _mm256_mul_epu32(rest, self.square);
        let third = _mm256_blend_epi32::<0b1010_1010>(_mm256_setzero_si256(), rest);
        let mut pairs = _mm256_or_si256(pairs, third);
        if PER_WORD > 6 {
            rest = _mm256_mul_epu32(rest, self.square);
            pairs = _mm256_or_si256(pairs, _mm256_slli_epi64::<48>(_mm256_srli_epi64::<32>(rest)));
        }
        let digits = self.split(pairs);
        (if PER_WORD % 2 == 1 { _mm256_srli_epi64::<8>(digits) } else { digits }, rest)
    }

    /// Of each pair of digits, in 16 bits, the first in the lower byte and the second in the higher one.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn split(&self, pairs: __m256i) -> __m256i {
        // What the compiler knows to be the same in every round it prepares in another form, in which this takes eight instructions.
        let reciprocal = black_box(self.reciprocal);
        let first = _mm256_srl_epi16(_mm256_mulhi_epu16(pairs, reciprocal), self.shift);
        // first + 256 * (pair - radix * first)
        _mm256_sub_epi16(_mm256_slli_epi16::<8>(pairs), _mm256_mullo_epi16(first, self.difference))
    }

    /// All bits of the words whose last product has a lower half under the threshold.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn rejected(&self, even: __m256i, odd: __m256i) -> __m256i {
        let rest = _mm256_blend_epi32::<0b1010_1010>(even, _mm256_slli_epi64::<32>(odd));
        let kept = _mm256_cmpeq_epi32(_mm256_max_epu32(rest, self.threshold), rest);
        _mm256_andnot_si256(kept, _mm256_set1_epi32(-1))
    }
}

/// The higher halves of products of even words and of odd ones, in the words' order.
#[inline]
#[target_feature(enable = "avx2")]
fn higher_halves(even: __m256i, odd: __m256i) -> __m256i {
    _mm256_blend_epi32::<0b1010_1010>(_mm256_srli_epi64::<32>(even), odd)
}
