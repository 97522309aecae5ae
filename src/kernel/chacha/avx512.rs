//! Sixteen blocks in sixteen registers of 512 bits.

use core::arch::x86_64::{
    __m512i, _mm512_add_epi32, _mm512_cmplt_epu32_mask, _mm512_mask_add_epi32, _mm512_rol_epi32,
    _mm512_set1_epi32, _mm512_setr_epi32, _mm512_setzero_si512, _mm512_shuffle_i32x4, _mm512_unpackhi_epi32,
    _mm512_unpackhi_epi64, _mm512_unpacklo_epi32, _mm512_unpacklo_epi64, _mm512_xor_si512,
};

use fearless_simd::{prelude::*, u8x64, x86::Avx512};

use super::{BLOCK, BLOCKS, CONSTANTS, GROUP, Position, key_word};

fearless_simd::kernel!(
    pub(super) fn fill(simd: Avx512, key: &[u8; 32], position: Position, groups: &mut [[u8; GROUP]]) {
        let mut position = position;
        for group in groups {
            let start = start(key, position);
            let blocks = transposed(add(start, rounds(start)));
            for (block, vector) in group.as_chunks_mut::<BLOCK>().0.iter_mut().zip(blocks) {
                let bytes: u8x64<Avx512> = vector.simd_into(simd);
                bytes.store_array(block);
            }
            position.block = position.block.wrapping_add(BLOCKS as u64);
        }
    }
);

/// Four rows of the state: in each register, one word of every block.
type State = [[__m512i; 4]; 4];

/// The states before the first round.
#[inline]
#[target_feature(enable = "avx512f")]
fn start(key: &[u8; 32], position: Position) -> State {
    let [low, high, nonce @ ..] = position.words();
    let lows =
        _mm512_add_epi32(splat(low), _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
    // Where the lower half of the counter overflows.
    let carries = _mm512_cmplt_epu32_mask(lows, splat(low));
    let highs = _mm512_mask_add_epi32(splat(high), carries, splat(high), splat(1));
    let mut state = [[_mm512_setzero_si512(); 4]; 4];
    for at in 0..4 {
        state[0][at] = splat(CONSTANTS[at]);
        state[1][at] = splat(key_word(key, at));
        state[2][at] = splat(key_word(key, 4 + at));
    }
    state[3] = [lows, highs, splat(nonce[0]), splat(nonce[1])];
    state
}

#[inline]
#[target_feature(enable = "avx512f")]
fn splat(word: u32) -> __m512i {
    _mm512_set1_epi32(word as i32)
}

/// Twenty rounds, of columns and diagonals in turn.
#[inline]
#[target_feature(enable = "avx512f")]
fn rounds(mut state: State) -> State {
    for _ in 0..10 {
        state = quarter_rounds(state);
        state = columns(quarter_rounds(diagonals(state)));
    }
    state
}

/// Names the words of each row anew, so that the diagonals are columns.
#[inline(always)]
fn diagonals([a, b, c, d]: State) -> State {
    [a, [b[1], b[2], b[3], b[0]], [c[2], c[3], c[0], c[1]], [d[3], d[0], d[1], d[2]]]
}

/// The reverse of [`diagonals`].
#[inline(always)]
fn columns([a, b, c, d]: State) -> State {
    [a, [b[3], b[0], b[1], b[2]], [c[2], c[3], c[0], c[1]], [d[1], d[2], d[3], d[0]]]
}

/// The four columns of the state.
#[inline]
#[target_feature(enable = "avx512f")]
fn quarter_rounds([mut a, mut b, mut c, mut d]: State) -> State {
    for at in 0..4 {
        a[at] = _mm512_add_epi32(a[at], b[at]);
        d[at] = _mm512_rol_epi32::<16>(_mm512_xor_si512(d[at], a[at]));
    }
    for at in 0..4 {
        c[at] = _mm512_add_epi32(c[at], d[at]);
        b[at] = _mm512_rol_epi32::<12>(_mm512_xor_si512(b[at], c[at]));
    }
    for at in 0..4 {
        a[at] = _mm512_add_epi32(a[at], b[at]);
        d[at] = _mm512_rol_epi32::<8>(_mm512_xor_si512(d[at], a[at]));
    }
    for at in 0..4 {
        c[at] = _mm512_add_epi32(c[at], d[at]);
        b[at] = _mm512_rol_epi32::<7>(_mm512_xor_si512(b[at], c[at]));
    }
    [a, b, c, d]
}

#[inline]
#[target_feature(enable = "avx512f")]
fn add(a: State, b: State) -> State {
    let mut sum = a;
    for row in 0..4 {
        for column in 0..4 {
            sum[row][column] = _mm512_add_epi32(a[row][column], b[row][column]);
        }
    }
    sum
}

/// The blocks, each in a register of its own.
#[inline]
#[target_feature(enable = "avx512f")]
fn transposed(mut state: State) -> [__m512i; BLOCKS] {
    for row in &mut state {
        *row = transposed_row(*row);
    }
    let [a, b, c, d] = state;
    let mut blocks = [_mm512_setzero_si512(); BLOCKS];
    for at in 0..4 {
        let low = [_mm512_shuffle_i32x4::<0x44>(a[at], b[at]), _mm512_shuffle_i32x4::<0x44>(c[at], d[at])];
        let high = [_mm512_shuffle_i32x4::<0xEE>(a[at], b[at]), _mm512_shuffle_i32x4::<0xEE>(c[at], d[at])];
        blocks[at] = _mm512_shuffle_i32x4::<0x88>(low[0], low[1]);
        blocks[4 + at] = _mm512_shuffle_i32x4::<0xDD>(low[0], low[1]);
        blocks[8 + at] = _mm512_shuffle_i32x4::<0x88>(high[0], high[1]);
        blocks[12 + at] = _mm512_shuffle_i32x4::<0xDD>(high[0], high[1]);
    }
    blocks
}

/// The four words of a row together: those of blocks 0, 4, 8 and 12 in the first register, of 1, 5, 9 and 13 in the second, and so on.
#[inline]
#[target_feature(enable = "avx512f")]
fn transposed_row([first, second, third, fourth]: [__m512i; 4]) -> [__m512i; 4] {
    let low = [_mm512_unpacklo_epi32(first, second), _mm512_unpacklo_epi32(third, fourth)];
    let high = [_mm512_unpackhi_epi32(first, second), _mm512_unpackhi_epi32(third, fourth)];
    [
        _mm512_unpacklo_epi64(low[0], low[1]),
        _mm512_unpackhi_epi64(low[0], low[1]),
        _mm512_unpacklo_epi64(high[0], high[1]),
        _mm512_unpackhi_epi64(high[0], high[1]),
    ]
}
