//! The masks of a block by AVX2.

use core::arch::x86_64::{
    __m256i, _mm256_adds_epu8, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8,
    _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8,
    _mm256_sub_epi8,
};

use fearless_simd::{prelude::*, u8x16, u8x32, x86::Avx2};

use super::blocks::{BATCH, CLASSES, Masks};
use crate::policy::ClassTable;

fearless_simd::kernel!(
    #[inline]
    pub(super) fn masks(
        simd: Avx2,
        table: &ClassTable,
        count: usize,
        batch: &[u8; BATCH],
        masks: &mut Masks,
    ) {
        for (at, halves) in batch.as_chunks::<64>().0.iter().enumerate() {
            let [low, high] = halves.as_chunks().0 else { continue };
            let (low, high): (__m256i, __m256i) =
                (u8x32::load_array_ref(simd, low).into(), u8x32::load_array_ref(simd, high).into());
            let both = [kinds(simd, table, low), kinds(simd, table, high)];
            masks.refused[at] = equal(both, _mm256_setzero_si256());
            for class in 0..count.min(CLASSES) {
                let bit = _mm256_set1_epi8(1 << class);
                let found = [_mm256_and_si256(both[0], bit), _mm256_and_si256(both[1], bit)];
                masks.classes[class][at] = equal(found, bit);
            }
            masks.breaks[at] = equal([low, high], _mm256_set1_epi8(b'\n' as i8));
            masks.returns[at] = equal([low, high], _mm256_set1_epi8(b'\r' as i8));
        }
    }
);

/// The kinds of characters, as in the table; 0 for other bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn kinds(simd: Avx2, table: &ClassTable, bytes: __m256i) -> __m256i {
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
    kinds
}

/// The bytes that are equal, a bit each.
#[inline]
#[target_feature(enable = "avx2")]
fn equal([low, high]: [__m256i; 2], other: __m256i) -> u64 {
    let low = _mm256_movemask_epi8(_mm256_cmpeq_epi8(low, other)) as u32;
    let high = _mm256_movemask_epi8(_mm256_cmpeq_epi8(high, other)) as u32;
    u64::from(low) | u64::from(high) << 32
}
