//! The masks of a block by AVX-512.

use core::arch::x86_64::{
    __m512i, _mm512_cmpeq_epi8_mask, _mm512_movepi8_mask, _mm512_permutex2var_epi8, _mm512_set1_epi8,
    _mm512_test_epi8_mask, _mm512_testn_epi8_mask,
};

use fearless_simd::{prelude::*, u8x64, x86::Avx512};

use super::blocks::{BATCH, BLOCK, CLASSES, Masks};
use crate::policy::ClassTable;

/// The kinds of all ASCII characters, as in a [`ClassTable`].
pub(super) struct Kinds([u8; 128]);

impl Kinds {
    pub(super) fn new(table: &ClassTable) -> Self {
        let mut kinds = [0; 128];
        kinds[b' '.into()..].copy_from_slice(table.kinds.as_flattened());
        Self(kinds)
    }
}

fearless_simd::kernel!(
    #[inline]
    pub(super) fn masks(simd: Avx512, kinds: &Kinds, count: usize, batch: &[u8; BATCH], masks: &mut Masks) {
        let [low, high] = kinds.0.as_chunks().0 else { return };
        let (low, high) = (load(simd, low), load(simd, high));
        for (at, block) in batch.as_chunks().0.iter().enumerate() {
            let bytes = load(simd, block);
            let kinds = _mm512_permutex2var_epi8(low, bytes, high);
            // The look-up ignores the highest bit of a byte.
            masks.refused[at] = _mm512_testn_epi8_mask(kinds, kinds) | _mm512_movepi8_mask(bytes);
            for class in 0..count.min(CLASSES) {
                masks.classes[class][at] = _mm512_test_epi8_mask(kinds, _mm512_set1_epi8(1 << class));
            }
            masks.breaks[at] = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(b'\n' as i8));
            masks.returns[at] = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(b'\r' as i8));
        }
    }
);

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn load(simd: Avx512, bytes: &[u8; BLOCK]) -> __m512i {
    u8x64::load_array_ref(simd, bytes).into()
}
