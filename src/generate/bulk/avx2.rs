//! Candidates by AVX2: 64 characters at a time in two registers.
//!
//! Two multiplications a word give pairs of digits, and one more for all of a register splits the pairs. Then one shuffle for every
//! sixteen characters of the alphabet looks up the character of an index, in a register and not in memory, and another one its class; so
//! the cost depends on the size of the alphabet only. General registers do the rest, a whole candidate at a time.

mod digits;

use core::arch::x86_64::{
    __m128i, __m256i, _mm_unpacklo_epi16, _mm_unpacklo_epi32, _mm256_adds_epu8, _mm256_and_si256,
    _mm256_castsi256_si128, _mm256_cvtepu32_epi64, _mm256_extracti128_si256, _mm256_or_si256,
    _mm256_packus_epi16, _mm256_packus_epi32, _mm256_set1_epi8, _mm256_set1_epi32, _mm256_set1_epi64x,
    _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi32, _mm256_srli_epi64, _mm256_sub_epi8,
};

use fearless_simd::{prelude::*, u8x16, u8x32, x86::Avx2};

use digits::Splitter;

use super::{
    Bulk, CandidateSource, Rejections, WORDS,
    vector::{REJECTED, SPAN, Shape, Spelled, array, array_ref},
};
use crate::{
    check::complies,
    kernel::{declassify::declassify_all, wipe::ZeroizingBytes},
    policy::{ClassTable, Policy},
    rules::MAX_LENGTH,
};

/// What is known before the first word.
pub(super) struct Plan {
    simd: Avx2,
    shape: Shape,
    tables: Tables,
}

impl Plan {
    pub(super) fn new(simd: Avx2, policy: &Policy, length: usize) -> Self {
        Self { simd, shape: Shape::new(policy.digits(), length), tables: Tables::new(policy) }
    }
}

/// A batch.
pub(super) struct Source<'a> {
    bulk: &'a Bulk<'a>,
    plan: &'a Plan,
    spelled: Spelled,
    /// Whether each candidate is compliant: 1 or 0.
    kept: [u8; WORDS],
}

/// The words in a register.
const WORDS_AT_ONCE: usize = 8;

impl<'a> Source<'a> {
    pub(super) const fn new(bulk: &'a Bulk<'a>, plan: &'a Plan) -> Self {
        Self { bulk, plan, spelled: Spelled::new(), kept: [0; WORDS] }
    }
}

impl CandidateSource for Source<'_> {
    fn make(&mut self, words: &[u8], records: &mut [u8], rejections: &mut Rejections) -> usize {
        make(self.plan.simd, self, words, records, rejections)
    }
}

fearless_simd::kernel!(
    fn make(
        simd: Avx2,
        source: &mut Source<'_>,
        words: &[u8],
        records: &mut [u8],
        rejections: &mut Rejections,
    ) -> usize {
        let Source { plan, spelled, .. } = source;
        // More tables than the alphabet fills give the same result, a little slower.
        match (plan.shape.digits.per_word(), plan.tables.count) {
            (4, ..=4) => spell_fours::<4>(plan, words, spelled),
            (4, 5) => spell_fours::<5>(plan, words, spelled),
            (4, _) => spell_fours::<GROUPS>(plan, words, spelled),
            (6, _) => spell_eights::<6, GROUPS>(plan, words, spelled),
            (7, 1) => spell_eights::<7, 1>(plan, words, spelled),
            (7, _) => spell_eights::<7, GROUPS>(plan, words, spelled),
            _ => spell_eights::<8, GROUPS>(plan, words, spelled),
        }
        let candidates = words.len() / 4 / plan.shape.words;
        judge(source, candidates);
        write(source, candidates, records, rejections)
    }
);

/// Makes characters and kinds of words that give four characters.
#[inline]
#[target_feature(enable = "avx2")]
fn spell_fours<const TABLES: usize>(plan: &Plan, words: &[u8], spelled: &mut Spelled) {
    let (simd, tables, Spelled { characters, kinds }) = (plan.simd, &plan.tables, spelled);
    let (splitter, mut taken) = (Splitter::new(plan.shape.digits), plan.shape.taken::<64>());
    for (number, words) in words.chunks(8 * WORDS_AT_ONCE).enumerate() {
        let at = number * 2 * WORDS_AT_ONCE;
        let (first, second) = words.split_at(words.len().min(4 * WORDS_AT_ONCE));
        let (low, low_refused) = splitter.fours(load_words(simd, first));
        let (high, high_refused) = splitter.fours(load_words(simd, second));
        let (spelled, found) = tables.look_up::<TABLES>(simd, [low, high]);
        for (half, spelled) in spelled.into_iter().enumerate() {
            store(simd, spelled, array(&mut **characters, 4 * (at + half * WORDS_AT_ONCE)));
        }
        let taken = taken.next();
        let low = fold(_mm256_and_si256(found[0], load(simd, array_ref(taken, 0))), low_refused);
        let high = fold(_mm256_and_si256(found[1], load(simd, array_ref(taken, 32))), high_refused);
        // In bytes: words 0 to 3 and 8 to 11, and in the other half 4 to 7 and 12 to 15.
        let packed = _mm256_packus_epi32(low, high);
        let packed = _mm256_packus_epi16(packed, packed);
        let ordered =
            _mm_unpacklo_epi32(_mm256_castsi256_si128(packed), _mm256_extracti128_si256::<1>(packed));
        store_half(simd, ordered, array(&mut **kinds, at));
    }
}

/// Makes characters and kinds of words that give six to eight characters.
#[inline]
#[target_feature(enable = "avx2")]
fn spell_eights<const PER_WORD: usize, const TABLES: usize>(
    plan: &Plan,
    words: &[u8],
    spelled: &mut Spelled,
) {
    let (simd, tables, Spelled { characters, kinds }) = (plan.simd, &plan.tables, spelled);
    let (splitter, mut taken) = (Splitter::new(plan.shape.digits), plan.shape.taken::<64>());
    let stride = plan.shape.stride;
    for (number, words) in words.chunks(4 * WORDS_AT_ONCE).enumerate() {
        let at = number * WORDS_AT_ONCE;
        let (indices, refused) = splitter.eights::<PER_WORD>(load_words(simd, words));
        let (spelled, found) = tables.look_up::<TABLES>(simd, indices);
        for (half, spelled) in spelled.into_iter().enumerate() {
            let mut eights = ZeroizingBytes::new([0; 32]);
            store(simd, spelled, &mut eights);
            for (word, eight) in eights.as_chunks::<8>().0.iter().enumerate() {
                // The next word overwrites the bytes that the word does not give.
                *array(&mut **characters, stride * (at + 4 * half + word)) = *eight;
            }
        }
        let taken = taken.next();
        let low = _mm256_and_si256(found[0], load(simd, array_ref(taken, 0)));
        let high = _mm256_and_si256(found[1], load(simd, array_ref(taken, 32)));
        let low_refused = _mm256_cvtepu32_epi64(_mm256_castsi256_si128(refused));
        let high_refused = _mm256_cvtepu32_epi64(_mm256_extracti128_si256::<1>(refused));
        let low = fold(_mm256_or_si256(low, _mm256_srli_epi64::<32>(low)), low_refused);
        let high = fold(_mm256_or_si256(high, _mm256_srli_epi64::<32>(high)), high_refused);
        // In bytes: words 0, 1, 4 and 5, and in the other half 2, 3, 6 and 7. Of every 64 bits, the higher half was none.
        let lower = _mm256_set1_epi64x(0xff);
        let packed = _mm256_packus_epi32(_mm256_and_si256(low, lower), _mm256_and_si256(high, lower));
        let packed = _mm256_packus_epi32(packed, packed);
        let packed = _mm256_packus_epi16(packed, packed);
        let ordered =
            _mm_unpacklo_epi16(_mm256_castsi256_si128(packed), _mm256_extracti128_si256::<1>(packed));
        store_half(simd, ordered, array(&mut **kinds, at));
    }
}

/// What each word has, in 32 bits.
#[inline]
#[target_feature(enable = "avx2")]
fn fold(found: __m256i, refused: __m256i) -> __m256i {
    let found = _mm256_or_si256(found, _mm256_srli_epi32::<16>(found));
    let found = _mm256_or_si256(found, _mm256_srli_epi32::<8>(found));
    let found = _mm256_and_si256(found, _mm256_set1_epi32(0xff));
    _mm256_or_si256(found, _mm256_and_si256(refused, _mm256_set1_epi32(REJECTED.into())))
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(simd: Avx2, bytes: &[u8; 32]) -> __m256i {
    u8x32::load_array_ref(simd, bytes).into()
}

/// Eight words or fewer; zeros in the place of others.
#[inline]
#[target_feature(enable = "avx2")]
fn load_words(simd: Avx2, words: &[u8]) -> __m256i {
    if let Ok(words) = words.try_into() {
        return load(simd, words);
    }
    let mut padded = ZeroizingBytes::new([0; 32]);
    padded[..words.len()].copy_from_slice(words);
    load(simd, &padded)
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(simd: Avx2, vector: __m256i, room: &mut [u8; 32]) {
    let bytes: u8x32<Avx2> = vector.simd_into(simd);
    bytes.store_array(room);
}

#[inline]
#[target_feature(enable = "avx2")]
fn store_half(simd: Avx2, vector: __m128i, room: &mut [u8; 16]) {
    let bytes: u8x16<Avx2> = vector.simd_into(simd);
    bytes.store_array(room);
}

/// Sets whether each candidate is compliant.
#[inline(always)]
fn judge(source: &mut Source<'_>, candidates: usize) {
    let Source { bulk, plan: Plan { shape, tables, .. }, spelled, kept } = source;
    let kinds = &*spelled.kinds;
    let kept = &mut kept[..candidates];
    match shape.words {
        1 => kept.copy_from_slice(&kinds[..candidates]),
        2 => fold_words::<2>(kinds, kept),
        4 => fold_words::<4>(kinds, kept),
        words => {
            for (kept, kinds) in kept.iter_mut().zip(kinds.chunks_exact(words)) {
                *kept = kinds.iter().fold(0, |all, kinds| all | kinds);
            }
        }
    }
    if bulk.policy.restricts_first() {
        for (kept, characters) in kept.iter_mut().zip(spelled.characters.chunks_exact(shape.span)) {
            *kept |= REJECTED * bulk.policy.ct_refuses_first(characters[0]) as u8;
        }
    }
    match tables.class_table {
        Some(class_table) => {
            for kept in &mut *kept {
                *kept = u8::from((*kept < REJECTED) & class_table.complies(*kept));
            }
        }
        None => {
            let spans = spelled.characters.chunks_exact(shape.span);
            for (kept, characters) in kept.iter_mut().zip(spans) {
                let complies = complies(bulk.policy, &characters[..bulk.length]);
                *kept = u8::from((*kept < REJECTED) & complies);
            }
        }
    }
    // The verdict is all that becomes public: a candidate is rejected whole or handed out.
    declassify_all(kept);
}

/// What the `N` words of each candidate have.
#[inline(always)]
fn fold_words<const N: usize>(kinds: &[u8], kept: &mut [u8]) {
    for (kept, kinds) in kept.iter_mut().zip(kinds.as_chunks::<N>().0) {
        *kept = kinds.iter().fold(0, |all, kinds| all | kinds);
    }
}

/// Writes the candidates, each over a rejected one before it.
#[inline(always)]
fn write(source: &Source<'_>, candidates: usize, records: &mut [u8], rejections: &mut Rejections) -> usize {
    let (length, separator) = (source.bulk.length, source.bulk.separator);
    match length {
        0..=8 if length + separator.len() <= 8 => write_words(source, candidates, records, rejections),
        0..=8 => write_up_to::<8>(source, candidates, records, rejections),
        9..=16 => write_up_to::<16>(source, candidates, records, rejections),
        17..=24 => write_up_to::<24>(source, candidates, records, rejections),
        25..=32 => write_up_to::<32>(source, candidates, records, rejections),
        _ => write_up_to::<MAX_LENGTH>(source, candidates, records, rejections),
    }
}

/// [`write`] for records of up to eight bytes, which are written as one word.
#[inline(always)]
fn write_words(
    source: &Source<'_>,
    candidates: usize,
    records: &mut [u8],
    rejections: &mut Rejections,
) -> usize {
    let (length, separator) = (source.bulk.length, source.bulk.separator);
    let (mut mask, mut separators) = ([0; 8], [0; 8]);
    mask[..length].fill(u8::MAX);
    separators[length..length + separator.len()].copy_from_slice(separator);
    let (mask, separators) = (u64::from_le_bytes(mask), u64::from_le_bytes(separators));
    let record = length + separator.len();
    let mut at = 0;
    rejections.add_each(&source.kept[..candidates]);
    for (candidate, &keep) in source.kept[..candidates].iter().enumerate() {
        // The remainder spares a check of the bounds; nothing is so large.
        let characters = array_ref(&*source.spelled.characters, candidate * source.plan.shape.span % SPAN);
        let bytes = (u64::from_le_bytes(*characters) & mask | separators).to_le_bytes();
        match records[at..].first_chunk_mut() {
            // Also writes what follows the record; the next one overwrites it.
            Some(room) => *room = bytes,
            None => records[at..at + record].copy_from_slice(&bytes[..record]),
        }
        at += record & usize::from(keep).wrapping_neg();
    }
    at / record
}

/// [`write`] for candidates of up to `BYTES` characters, which are handled together.
#[inline(always)]
fn write_up_to<const BYTES: usize>(
    source: &Source<'_>,
    candidates: usize,
    records: &mut [u8],
    rejections: &mut Rejections,
) -> usize {
    let (length, span, separator) = (source.bulk.length, source.plan.shape.span, source.bulk.separator);
    // Constants make better code: the lengths of the presets, and a line break.
    match separator {
        &[byte] if (length, span) == (BYTES, BYTES) => {
            write_each::<BYTES>(source, candidates, BYTES, BYTES, &[byte], records, rejections)
        }
        _ => write_each::<BYTES>(source, candidates, span, length, separator, records, rejections),
    }
}

#[inline(always)]
fn write_each<const BYTES: usize>(
    source: &Source<'_>,
    candidates: usize,
    span: usize,
    length: usize,
    separator: &[u8],
    records: &mut [u8],
    rejections: &mut Rejections,
) -> usize {
    let record = length + separator.len();
    let (mut at, mut counts) = (0, *rejections);
    for (candidate, &keep) in source.kept[..candidates].iter().enumerate() {
        let characters: &[u8; BYTES] = array_ref(&*source.spelled.characters, candidate * span);
        match records[at..].first_chunk_mut() {
            // Also writes what follows the candidate; the next one overwrites it.
            Some(room) => *room = *characters,
            None => records[at..at + length].copy_from_slice(&characters[..length]),
        }
        match separator {
            [byte] => records[at + length] = *byte,
            _ => records[at + length..at + record].copy_from_slice(separator),
        }
        counts.add(keep == 1);
        at += record & usize::from(keep).wrapping_neg();
    }
    *rejections = counts;
    at / record
}

/// The tables of the look-ups.
struct Tables {
    /// The characters of each sixteen indices, twice, since the vector unit looks up in two halves.
    characters: [[u8; 32]; GROUPS],
    /// The bits of their classes; 0 if these are of no importance.
    kinds: [[u8; 32]; GROUPS],
    /// The number of groups that the alphabet fills.
    count: usize,
    /// Judges a candidate by its kinds, if these decide.
    class_table: Option<ClassTable>,
}

/// 95 printable characters in groups of sixteen.
const GROUPS: usize = 6;

impl Tables {
    fn new(policy: &Policy) -> Self {
        let class_table = policy.class_table().copied();
        let mut tables = Self {
            characters: [[0; 32]; GROUPS],
            kinds: [[0; 32]; GROUPS],
            count: policy.alphabet().len().div_ceil(16),
            class_table,
        };
        for (index, character) in policy.alphabet().iter().enumerate() {
            for half in [0, 16] {
                tables.characters[index / 16][index % 16 + half] = character as u8;
                tables.kinds[index / 16][index % 16 + half] =
                    class_table.map_or(0, |table| table.kind_of(character as u8));
            }
        }
        tables
    }

    /// The characters of 64 indices, and their kinds.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn look_up<const TABLES: usize>(
        &self,
        simd: Avx2,
        indices: [__m256i; 2],
    ) -> ([__m256i; 2], [__m256i; 2]) {
        let mut characters = [_mm256_setzero_si256(); 2];
        let mut kinds = characters;
        let mut left = indices;
        for table in 0..TABLES {
            for half in 0..2 {
                // A shuffle gives 0 for a byte whose highest bit is set: by saturation, that is every index except the next
                // sixteen.
                let index = _mm256_adds_epu8(left[half], _mm256_set1_epi8(0x70));
                let found = _mm256_shuffle_epi8(load(simd, &self.characters[table]), index);
                characters[half] = _mm256_or_si256(characters[half], found);
                let found = _mm256_shuffle_epi8(load(simd, &self.kinds[table]), index);
                kinds[half] = _mm256_or_si256(kinds[half], found);
                left[half] = _mm256_sub_epi8(left[half], _mm256_set1_epi8(16));
            }
        }
        (characters, kinds)
    }
}
