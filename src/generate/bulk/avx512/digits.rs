//! The digits of words, by AVX-512.

use core::{
    arch::x86_64::{
        __m512i, _mm512_cmplt_epu32_mask, _mm512_mask_mov_epi32, _mm512_mask_multishift_epi64_epi8,
        _mm512_mul_epu32, _mm512_mulhi_epu16, _mm512_mullo_epi16, _mm512_permutex2var_epi64,
        _mm512_set_epi64, _mm512_set1_epi16, _mm512_set1_epi32, _mm512_set1_epi64, _mm512_setzero_si512,
        _mm512_slli_epi16, _mm512_slli_epi64, _mm512_srli_epi64, _mm512_srlv_epi16, _mm512_sub_epi16,
    },
    hint::black_box,
};

use crate::kernel::uniform::Digits;

/// The digits of words, in the bytes of registers.
pub(super) struct Splitter {
    radix: __m512i,
    square: __m512i,
    threshold: __m512i,
    reciprocal: __m512i,
    shift: __m512i,
    difference: __m512i,
}

impl Splitter {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    pub(super) fn new(digits: Digits) -> Self {
        let radix = i32::from(digits.radix());
        let (reciprocal, shift) = digits.reciprocal();
        Self {
            radix: _mm512_set1_epi64(radix.into()),
            square: _mm512_set1_epi64((radix * radix).into()),
            threshold: _mm512_set1_epi32(digits.threshold() as i32),
            reciprocal: _mm512_set1_epi16(reciprocal as i16),
            shift: _mm512_set1_epi16(shift as i16),
            difference: _mm512_set1_epi16((256 * radix - 1) as i16),
        }
    }

    /// Four digits of each of sixteen words, in the words' order; and which words are rejected.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    pub(super) fn fours(&self, words: __m512i) -> (__m512i, u16) {
        let (mut even, mut odd) = (words, _mm512_srli_epi64::<32>(words));
        let mut pairs = words;
        for at in 0..2 {
            even = _mm512_mul_epu32(even, self.square);
            odd = _mm512_mul_epu32(odd, self.square);
            pairs = put(pairs, at, even);
            pairs = put(pairs, 2 + at, odd);
        }
        (self.split(pairs), self.rejected(even, odd))
    }

    /// Six to eight digits of each of sixteen words, eight bytes a word, in the words' order; and which words are rejected.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    pub(super) fn eights<const PER_WORD: u32>(&self, words: __m512i) -> ([__m512i; 2], u16) {
        let (mut even, mut odd) = (words, _mm512_srli_epi64::<32>(words));
        let mut digits = [_mm512_setzero_si512(); 2];
        for at in 0..PER_WORD.div_ceil(2) {
            // A single digit comes first, as a pair of 0 and itself.
            let factor = if at == 0 && PER_WORD % 2 == 1 { self.radix } else { self.square };
            even = _mm512_mul_epu32(even, factor);
            odd = _mm512_mul_epu32(odd, factor);
            digits[0] = put(digits[0], at, even);
            digits[1] = put(digits[1], at, odd);
        }
        for digits in &mut digits {
            *digits = self.split(*digits);
            if PER_WORD % 2 == 1 {
                *digits = _mm512_srli_epi64::<8>(*digits);
            }
        }
        let low = _mm512_set_epi64(11, 3, 10, 2, 9, 1, 8, 0);
        let high = _mm512_set_epi64(15, 7, 14, 6, 13, 5, 12, 4);
        let ordered = [
            _mm512_permutex2var_epi64(digits[0], low, digits[1]),
            _mm512_permutex2var_epi64(digits[0], high, digits[1]),
        ];
        (ordered, self.rejected(even, odd))
    }

    /// Of each pair of digits, in 16 bits, the first in the lower byte and the second in the higher one.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn split(&self, pairs: __m512i) -> __m512i {
        // What the compiler knows to be the same in every round it prepares in another form, in which this takes eight instructions.
        let reciprocal = black_box(self.reciprocal);
        let first = _mm512_srlv_epi16(_mm512_mulhi_epu16(pairs, reciprocal), self.shift);
        // first + 256 * (pair - radix * first)
        _mm512_sub_epi16(_mm512_slli_epi16::<8>(pairs), _mm512_mullo_epi16(first, self.difference))
    }

    /// The words whose last product has a lower half under the threshold.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn rejected(&self, even: __m512i, odd: __m512i) -> u16 {
        let rest = _mm512_mask_mov_epi32(even, 0xAAAA, _mm512_slli_epi64::<32>(odd));
        _mm512_cmplt_epu32_mask(rest, self.threshold)
    }
}

/// Puts a pair of digits, the higher half of each product, into the place `at` of four in its 64 bits.
///
/// The compiler does not look into this instruction. It knows what a shuffle does, and makes three times the code of what follows.
#[inline]
#[target_feature(enable = "avx512f,avx512vbmi")]
fn put(pairs: __m512i, at: u32, products: __m512i) -> __m512i {
    // From the bits 32 and 40 on.
    let bytes = _mm512_set1_epi64(0x2820_2820_2820_2820);
    _mm512_mask_multishift_epi64_epi8(pairs, 0x0303_0303_0303_0303 << (2 * at), bytes, products)
}
