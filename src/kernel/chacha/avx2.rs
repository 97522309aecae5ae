//! Eight blocks in sixteen registers of 256 bits, twice.

use core::{
    arch::x86_64::{
        __m256i, _mm256_add_epi32, _mm256_cmpeq_epi32, _mm256_max_epu32, _mm256_or_si256,
        _mm256_permute2x128_si256, _mm256_set1_epi32, _mm256_setr_epi8, _mm256_setr_epi32,
        _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_slli_epi32, _mm256_srli_epi32,
        _mm256_unpackhi_epi32, _mm256_unpackhi_epi64, _mm256_unpacklo_epi32, _mm256_unpacklo_epi64,
        _mm256_xor_si256,
    },
    hint::black_box,
};

use fearless_simd::{prelude::*, u8x32, x86::Avx2};

use super::{BLOCKS, CONSTANTS, GROUP, Position, key_word};

/// The blocks that one pass makes.
const PASS: usize = BLOCKS / 2;

fearless_simd::kernel!(
    pub(super) fn fill(simd: Avx2, key: &[u8; 32], position: Position, groups: &mut [[u8; GROUP]]) {
        let (mut position, rotations) = (position, Rotations::new());
        for half in groups.as_flattened_mut().as_chunks_mut::<{ GROUP / 2 }>().0 {
            let start = start(key, position);
            let halves = transposed(add(start, rounds(start, rotations)));
            for (half, vector) in half.as_chunks_mut::<32>().0.iter_mut().zip(halves) {
                let bytes: u8x32<Avx2> = vector.simd_into(simd);
                bytes.store_array(half);
            }
            position.block = position.block.wrapping_add(PASS as u64);
        }
    }
);

/// Four rows of the state: in each register, one word of every block.
type State = [[__m256i; 4]; 4];

/// The states before the first round.
#[inline]
#[target_feature(enable = "avx2")]
fn start(key: &[u8; 32], position: Position) -> State {
    let [low, high, nonce @ ..] = position.words();
    let lows = _mm256_add_epi32(splat(low), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    // -1 where the lower half of the counter does not overflow.
    let no_carries = _mm256_cmpeq_epi32(_mm256_max_epu32(lows, splat(low)), lows);
    let highs = _mm256_add_epi32(splat(high.wrapping_add(1)), no_carries);
    let mut state = [[_mm256_setzero_si256(); 4]; 4];
    for at in 0..4 {
        state[0][at] = splat(CONSTANTS[at]);
        state[1][at] = splat(key_word(key, at));
        state[2][at] = splat(key_word(key, 4 + at));
    }
    state[3] = [lows, highs, splat(nonce[0]), splat(nonce[1])];
    state
}

#[inline]
#[target_feature(enable = "avx2")]
fn splat(word: u32) -> __m256i {
    _mm256_set1_epi32(word as i32)
}

/// Twenty rounds, of columns and diagonals in turn.
#[inline]
#[target_feature(enable = "avx2")]
fn rounds(mut state: State, rotations: Rotations) -> State {
    for _ in 0..10 {
        state = quarter_rounds(state, rotations);
        state = columns(quarter_rounds(diagonals(state), rotations));
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
#[target_feature(enable = "avx2")]
fn quarter_rounds([mut a, mut b, mut c, mut d]: State, rotations: Rotations) -> State {
    for at in 0..4 {
        a[at] = _mm256_add_epi32(a[at], b[at]);
        d[at] = _mm256_shuffle_epi8(_mm256_xor_si256(d[at], a[at]), rotations.by_16);
    }
    for at in 0..4 {
        c[at] = _mm256_add_epi32(c[at], d[at]);
        b[at] = rotated::<12, 20>(_mm256_xor_si256(b[at], c[at]));
    }
    for at in 0..4 {
        a[at] = _mm256_add_epi32(a[at], b[at]);
        d[at] = _mm256_shuffle_epi8(_mm256_xor_si256(d[at], a[at]), rotations.by_8);
    }
    for at in 0..4 {
        c[at] = _mm256_add_epi32(c[at], d[at]);
        b[at] = rotated::<7, 25>(_mm256_xor_si256(b[at], c[at]));
    }
    [a, b, c, d]
}

/// Each word rotated to the left by `LEFT` bits, which are 32 less `RIGHT`.
#[inline]
#[target_feature(enable = "avx2")]
fn rotated<const LEFT: i32, const RIGHT: i32>(words: __m256i) -> __m256i {
    _mm256_or_si256(_mm256_slli_epi32::<LEFT>(words), _mm256_srli_epi32::<RIGHT>(words))
}

/// The orders of bytes that rotate each word to the left by 16 bits and by 8. A shuffle is one instruction, and shifts are three.
#[derive(Clone, Copy)]
struct Rotations {
    by_16: __m256i,
    by_8: __m256i,
}

impl Rotations {
    /// The compiler must not know the values. There are more values than registers, and it would read these from the program's constants in
    /// every round; in some processes, by chance, these lie where a read waits for writes of the state to the stack (at the same address
    /// modulo 4096), and the keystream takes twice as long.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn new() -> Self {
        Self {
            by_16: black_box(_mm256_setr_epi8(
                2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9,
                14, 15, 12, 13,
            )),
            by_8: black_box(_mm256_setr_epi8(
                3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10,
                15, 12, 13, 14,
            )),
        }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn add(a: State, b: State) -> State {
    let mut sum = a;
    for row in 0..4 {
        for column in 0..4 {
            sum[row][column] = _mm256_add_epi32(a[row][column], b[row][column]);
        }
    }
    sum
}

/// The blocks, each in two registers.
#[inline]
#[target_feature(enable = "avx2")]
fn transposed(mut state: State) -> [__m256i; 2 * PASS] {
    for row in &mut state {
        *row = transposed_row(*row);
    }
    let mut halves = [_mm256_setzero_si256(); 2 * PASS];
    for at in 0..4 {
        for half in 0..2 {
            let (a, b) = (state[2 * half][at], state[2 * half + 1][at]);
            halves[2 * at + half] = _mm256_permute2x128_si256::<0x20>(a, b);
            halves[2 * (4 + at) + half] = _mm256_permute2x128_si256::<0x31>(a, b);
        }
    }
    halves
}

/// The four words of a row together: those of blocks 0 and 4 in the first register, of 1 and 5 in the second, and so on.
#[inline]
#[target_feature(enable = "avx2")]
fn transposed_row([first, second, third, fourth]: [__m256i; 4]) -> [__m256i; 4] {
    let low = [_mm256_unpacklo_epi32(first, second), _mm256_unpacklo_epi32(third, fourth)];
    let high = [_mm256_unpackhi_epi32(first, second), _mm256_unpackhi_epi32(third, fourth)];
    [
        _mm256_unpacklo_epi64(low[0], low[1]),
        _mm256_unpackhi_epi64(low[0], low[1]),
        _mm256_unpacklo_epi64(high[0], high[1]),
        _mm256_unpackhi_epi64(high[0], high[1]),
    ]
}
