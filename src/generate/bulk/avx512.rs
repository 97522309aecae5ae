//! Candidates by AVX-512: 64 characters at a time and, for most lengths, no loop over single passwords.
//!
//! A register holds sixteen words. Two multiplications a word give pairs of digits, and one more for all of a register splits the pairs. One
//! instruction looks up 64 characters in a table of 128; another one their kinds. Of these a byte a word is left, and eight candidates are
//! judged at once. Finally, one instruction puts as many candidates as fit into 64 bytes, with their separators, and one drops the rejected
//! ones among them.

mod digits;

use core::arch::x86_64::{
    __m128i, __m512i, _mm_mask_set1_epi8, _mm512_and_si512, _mm512_cvtepi32_epi8, _mm512_mask_mov_epi8,
    _mm512_maskz_compress_epi8, _mm512_maskz_permutexvar_epi8, _mm512_or_si512, _mm512_permutex2var_epi8,
    _mm512_permutex2var_epi32, _mm512_permutexvar_epi8, _mm512_ror_epi32, _mm512_ror_epi64, _mm512_set_epi32,
    _mm512_set1_epi64, _mm512_test_epi32_mask, _mm512_test_epi64_mask, _pdep_u64, _pext_u32,
};

use fearless_simd::{prelude::*, u8x16, u8x64, x86::Avx512};

use digits::Splitter;

use super::{
    Bulk, CandidateSource, Rejections, WORDS,
    vector::{LONGEST, REJECTED, SPAN, Shape, Spelled, array, array_ref},
};
use crate::{
    check::complies,
    kernel::{declassify::declassify_all, wipe::ZeroizingBytes},
    policy::Policy,
};

/// What is known before the first word.
pub(super) struct Plan {
    simd: Avx512,
    shape: Shape,
    tables: Tables,
    records: Records,
}

impl Plan {
    pub(super) fn new(simd: Avx512, policy: &Policy, length: usize, separator: &[u8]) -> Self {
        let shape = Shape::new(policy.digits(), length);
        Self {
            simd,
            tables: Tables::new(policy),
            records: Records::new(length, separator, shape.span),
            shape,
        }
    }
}

/// A batch.
pub(super) struct Source<'a> {
    bulk: &'a Bulk<'a>,
    plan: &'a Plan,
    spelled: Spelled,
    /// Whether each candidate is compliant, a bit each; 0 behind the last one.
    kept: [u8; KEPT],
}

/// The words in a register.
const WORDS_AT_ONCE: usize = LONGEST / 4;
/// The bytes for a bit for each candidate, and room for eight bytes from any of them on.
const KEPT: usize = WORDS / 8 + 8;
/// The lowest bit of every eight.
const EACH_EIGHTH: u64 = 0x0101_0101_0101_0101;

impl<'a> Source<'a> {
    pub(super) const fn new(bulk: &'a Bulk<'a>, plan: &'a Plan) -> Self {
        Self { bulk, plan, spelled: Spelled::new(), kept: [0; KEPT] }
    }
}

/// The tables of the look-ups.
struct Tables {
    /// The character of each index.
    characters: [u8; 128],
    /// The bit of its class; 0 if that is of no importance.
    kinds: [u8; 128],
    /// Whether a candidate complies that has these kinds: all bits, or none.
    verdicts: [u8; 128],
}

impl Tables {
    fn new(policy: &Policy) -> Self {
        let mut tables = Self { characters: [0; 128], kinds: [0; 128], verdicts: [u8::MAX; 128] };
        for (index, character) in policy.alphabet().iter().enumerate() {
            tables.characters[index] = character as u8;
        }
        if let Some(class_table) = policy.class_table() {
            for (kind, character) in tables.kinds.iter_mut().zip(policy.alphabet().iter()) {
                *kind = class_table.kind_of(character as u8);
            }
            for (kinds, verdict) in (0..).zip(&mut tables.verdicts) {
                *verdict = if class_table.complies(kinds) { u8::MAX } else { 0 };
            }
        }
        tables
    }
}

/// As many records as fit into a register.
struct Records {
    /// The number of records; 0 if one is too long.
    count: usize,
    /// Where each of their bytes comes from: a character of the candidates, or the separator.
    from: [u8; LONGEST],
    separators: [u8; LONGEST],
    /// The bytes that are separators, a bit each.
    separator_mask: u64,
    /// The first bytes of the records, a bit each.
    starts: u64,
}

impl Records {
    /// For candidates of `span` characters, of which a password takes the first `length`.
    fn new(length: usize, separator: &[u8], span: usize) -> Self {
        let record_len = length + separator.len();
        let mut records = Self {
            count: LONGEST / record_len.max(span),
            from: [0; LONGEST],
            separators: [0; LONGEST],
            separator_mask: 0,
            starts: 0,
        };
        for number in 0..records.count {
            let (record, candidate) = (number * record_len, number * span);
            records.starts |= 1 << record;
            for at in 0..record_len {
                if let Some(byte) = at.checked_sub(length) {
                    records.separators[record + at] = separator[byte];
                    records.separator_mask |= 1 << (record + at);
                } else {
                    records.from[record + at] = (candidate + at) as u8;
                }
            }
        }
        records
    }
}

impl CandidateSource for Source<'_> {
    fn make(&mut self, words: &[u8], records: &mut [u8], rejections: &mut Rejections) -> usize {
        make(self.plan.simd, self, words, records, rejections)
    }
}

fearless_simd::kernel!(
    fn make(
        simd: Avx512,
        source: &mut Source<'_>,
        words: &[u8],
        records: &mut [u8],
        rejections: &mut Rejections,
    ) -> usize {
        let Source { plan, spelled, kept, .. } = source;
        let candidates = words.len() / 4 / plan.shape.words;
        kept.fill(0);
        match (plan.shape.digits.per_word(), plan.shape.words) {
            (4, 1) => spell::<4, 1>(plan, words, spelled, kept),
            (4, 2) => spell::<4, 2>(plan, words, spelled, kept),
            (4, _) => spell::<4, 0>(plan, words, spelled, kept),
            (6, 1) => spell::<6, 1>(plan, words, spelled, kept),
            (6, _) => spell::<6, 0>(plan, words, spelled, kept),
            (7, 1) => spell::<7, 1>(plan, words, spelled, kept),
            (7, _) => spell::<7, 0>(plan, words, spelled, kept),
            (_, 1) => spell::<8, 1>(plan, words, spelled, kept),
            _ => spell::<8, 0>(plan, words, spelled, kept),
        }
        judge(source, candidates);
        // The verdict is all that becomes public: a candidate is rejected whole or handed out.
        declassify_all(&mut source.kept[..candidates.div_ceil(8)]);
        rejections.add_all(&source.kept, candidates);
        write(source, candidates, records)
    }
);

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn load(simd: Avx512, bytes: &[u8; LONGEST]) -> __m512i {
    u8x64::load_array_ref(simd, bytes).into()
}

/// Sixteen words or fewer; zeros in the place of others.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn load_words(simd: Avx512, words: &[u8]) -> __m512i {
    if let Ok(words) = words.try_into() {
        return load(simd, words);
    }
    let mut padded = ZeroizingBytes::new([0; LONGEST]);
    padded[..words.len()].copy_from_slice(words);
    load(simd, &padded)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn store(simd: Avx512, vector: __m512i, room: &mut [u8; LONGEST]) {
    let bytes: u8x64<Avx512> = vector.simd_into(simd);
    bytes.store_array(room);
}

/// A table of 128 bytes, in two registers.
#[derive(Clone, Copy)]
struct Table([__m512i; 2]);

impl Table {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn load(simd: Avx512, bytes: &[u8; 128]) -> Self {
        Self([load(simd, array_ref(bytes, 0)), load(simd, array_ref(bytes, LONGEST))])
    }

    /// What the table has at each index. The highest bit of an index is ignored.
    #[inline]
    #[target_feature(enable = "avx512f,avx512vbmi")]
    fn at(self, indices: __m512i) -> __m512i {
        _mm512_permutex2var_epi8(self.0[0], indices, self.0[1])
    }
}

/// Makes characters and kinds of the words. Candidates of one word or two, `EACH`, are judged at once, and their kinds are not stored. `EACH`
/// is 0 for others.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi2")]
fn spell<const PER_WORD: u32, const EACH: usize>(
    plan: &Plan,
    words: &[u8],
    spelled: &mut Spelled,
    kept: &mut [u8; KEPT],
) {
    let Plan { simd, shape, tables, .. } = plan;
    let (simd, splitter, mut taken) = (*simd, Splitter::new(shape.digits), shape.taken());
    let (character_table, kind_table) =
        (Table::load(simd, &tables.characters), Table::load(simd, &tables.kinds));
    let verdicts = Table::load(simd, &tables.verdicts);
    for (number, words) in words.chunks(LONGEST).enumerate() {
        let (at, words) = (number * WORDS_AT_ONCE, load_words(simd, words));
        let (found, rejected) = if PER_WORD == 4 {
            let (indices, rejected) = splitter.fours(words);
            store(simd, character_table.at(indices), array(&mut *spelled.characters, 4 * at));
            (_mm512_and_si512(kind_table.at(indices), load(simd, taken.next())), rejected)
        } else {
            let (indices, rejected) = splitter.eights::<PER_WORD>(words);
            let mut found = indices;
            for half in 0..2 {
                let mut characters = character_table.at(indices[half]);
                if shape.stride < 8 {
                    characters = _mm512_maskz_compress_epi8(EACH_EIGHTH * ((1 << PER_WORD) - 1), characters);
                }
                store(simd, characters, array(&mut *spelled.characters, shape.stride * (at + 8 * half)));
                let kinds = _mm512_and_si512(kind_table.at(indices[half]), load(simd, taken.next()));
                found[half] = _mm512_or_si512(kinds, _mm512_ror_epi64::<32>(kinds));
            }
            (lower_halves(found), rejected)
        };
        let found = _mm512_or_si512(found, _mm512_ror_epi32::<16>(found));
        let found = _mm512_or_si512(found, _mm512_ror_epi32::<8>(found));
        if EACH == 0 {
            let found: __m128i = _mm_mask_set1_epi8(_mm512_cvtepi32_epi8(found), rejected, REJECTED as i8);
            let found: u8x16<Avx512> = found.simd_into(simd);
            found.store_array(array(&mut *spelled.kinds, at));
            continue;
        }
        let found = if EACH == 2 { _mm512_or_si512(found, _mm512_ror_epi64::<32>(found)) } else { found };
        let verdicts = verdicts.at(found);
        let kept_words = _mm512_test_epi32_mask(verdicts, verdicts) & !rejected;
        if EACH == 2 {
            kept[number] = _pext_u32((kept_words & kept_words >> 1).into(), 0x5555) as u8;
        } else {
            *array(kept, 2 * number) = kept_words.to_le_bytes();
        }
    }
}

/// The lower half of every 64 bits of two registers.
#[inline]
#[target_feature(enable = "avx512f")]
fn lower_halves([first, second]: [__m512i; 2]) -> __m512i {
    let order = _mm512_set_epi32(30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0);
    _mm512_permutex2var_epi32(first, order, second)
}

/// Judges the candidates by the kinds of their words.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
fn judge(source: &mut Source<'_>, candidates: usize) {
    let Source { bulk, plan: Plan { simd, shape, tables, .. }, spelled, kept } = source;
    let (simd, kinds) = (*simd, &*spelled.kinds);
    let verdicts = Table::load(simd, &tables.verdicts);
    match (shape.words, shape.digits.per_word()) {
        (1, _) | (2, 4) => {} // They are judged.
        (words @ 2..=8, _) => {
            // Eight bytes a candidate: one for each of its words, and zeros.
            let mut order = [0; LONGEST];
            for (at, order) in order.iter_mut().enumerate() {
                *order = (at / 8 * words + at % 8) as u8;
            }
            let (order, mask) = (load(simd, &order), EACH_EIGHTH * ((1 << words) - 1));
            let highest = _mm512_set1_epi64(i64::MIN);
            for (at, kept) in kept.iter_mut().enumerate().take(candidates.div_ceil(8)) {
                let kinds = load(simd, array_ref(kinds, at * 8 * words));
                let kinds = _mm512_maskz_permutexvar_epi8(mask, order, kinds);
                let kinds = _mm512_or_si512(kinds, _mm512_ror_epi64::<32>(kinds));
                let kinds = _mm512_or_si512(kinds, _mm512_ror_epi64::<16>(kinds));
                let kinds = _mm512_or_si512(kinds, _mm512_ror_epi64::<8>(kinds));
                *kept = _mm512_test_epi64_mask(verdicts.at(kinds), highest)
                    & !_mm512_test_epi64_mask(kinds, highest);
            }
        }
        (words, _) => {
            for (candidate, kinds) in kinds.chunks_exact(words).take(candidates).enumerate() {
                let kinds = kinds.iter().fold(0, |all, kinds| all | kinds);
                let complies = bulk.policy.class_table().is_none_or(|table| table.complies(kinds));
                kept[candidate / 8] |= u8::from((kinds < REJECTED) & complies) << (candidate % 8);
            }
        }
    }
    // Behind the last candidate there may be some of the zeros in the place of words.
    if !candidates.is_multiple_of(8) {
        kept[candidates / 8] &= (1 << (candidates % 8)) - 1;
    }
    kept[candidates.div_ceil(8)..].fill(0);
    if bulk.policy.class_table().is_none() || bulk.policy.restricts_first() {
        judge_by_other_rules(source, candidates);
    }
}

/// Clears the bits of candidates that break rules about which their kinds say nothing.
fn judge_by_other_rules(source: &mut Source<'_>, candidates: usize) {
    let (policy, length) = (source.bulk.policy, source.bulk.length);
    let by_kinds = policy.class_table().is_some();
    let spans = source.spelled.characters.chunks_exact(source.plan.shape.span);
    for (candidate, characters) in spans.take(candidates).enumerate() {
        let complies = by_kinds || complies(policy, &characters[..length]);
        let refused = u8::from(!complies) | policy.ct_refuses_first(characters[0]) as u8;
        source.kept[candidate / 8] &= !(refused << (candidate % 8));
    }
}

/// Writes the candidates that are kept, and returns their number.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
fn write(source: &Source<'_>, candidates: usize, to: &mut [u8]) -> usize {
    let Source { plan: Plan { simd, shape, records, .. }, spelled, kept, .. } = source;
    let simd = *simd;
    if records.count == 0 {
        return write_one_by_one(source, candidates, to);
    }
    let record_len = source.bulk.record_len();
    let (from, separators) = (load(simd, &records.from), load(simd, &records.separators));
    let whole_record = u64::MAX >> (LONGEST - record_len);
    let each = (1 << records.count) - 1;
    let mut at = 0;
    for first in (0..candidates).step_by(records.count) {
        // The remainders spare a check of the bounds; nothing is so large.
        let bits = u64::from_le_bytes(*array_ref(kept, first / 8 % (WORDS / 8))) >> (first % 8) & each;
        let characters = array_ref(&*spelled.characters, first * shape.span % SPAN);
        let together = _mm512_permutexvar_epi8(from, load(simd, characters));
        let together = _mm512_mask_mov_epi8(together, records.separator_mask, separators);
        // Of each candidate that is kept, all bytes.
        let mask = _pdep_u64(bits, records.starts) * whole_record;
        let dense = _mm512_maskz_compress_epi8(mask, together);
        match to[at..].first_chunk_mut() {
            // What follows the records that are kept is written over by the next ones.
            Some(room) => store(simd, dense, room),
            None => {
                let mut last = ZeroizingBytes::new([0; LONGEST]);
                store(simd, dense, &mut last);
                let left = to.len() - at;
                to[at..].copy_from_slice(&last[..left]);
            }
        }
        at += record_len * bits.count_ones() as usize;
    }
    at / record_len
}

/// [`write`] for records, or the words of a candidate, of more than 64 bytes.
fn write_one_by_one(source: &Source<'_>, candidates: usize, records: &mut [u8]) -> usize {
    let bulk = source.bulk;
    let mut written = 0;
    let spans = source.spelled.characters.chunks_exact(source.plan.shape.span);
    for (candidate, characters) in spans.take(candidates).enumerate() {
        if source.kept[candidate / 8] >> (candidate % 8) & 1 == 1 {
            let record = &mut records[written * bulk.record_len()..][..bulk.record_len()];
            let (password, separator) = record.split_at_mut(bulk.length);
            password.copy_from_slice(&characters[..bulk.length]);
            separator.copy_from_slice(bulk.separator);
            written += 1;
        }
    }
    written
}
