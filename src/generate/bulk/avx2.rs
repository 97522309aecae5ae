//! Candidates by the vector unit of x86-64: 32 characters at a time.
//!
//! The digit step takes eight words at once. Then one shuffle for every sixteen characters of the alphabet looks up the
//! character of an index, in a register and not in memory, and another one its class; so the cost depends on the size of the
//! alphabet only. General registers do the rest, whole candidates.

use core::arch::x86_64::__m256i;

use pulp::{NullaryFnOnce, cast, x86::V3};

use super::{Bulk, CandidateSource, Rejections, WORDS};
use crate::{
    check::complies,
    kernel::{declassify::declassify_all, wipe::ZeroizingBytes},
    policy::{ClassTable, Policy},
    rules::MAX_LENGTH,
};

pub(super) struct Avx2<'a> {
    bulk: &'a Bulk<'a>,
    processor: V3,
    tables: Tables,
    /// The characters of all candidates of a batch, with some room behind them.
    characters: ZeroizingBytes<[u8; SPAN]>,
    /// The kind of each character, as in [`Tables::kinds`].
    kinds: ZeroizingBytes<[u8; SPAN]>,
    /// Whether each candidate is compliant: 1 or 0.
    kept: [u8; WORDS],
}

/// A word gives up to eight characters; behind the last one is room for what is read together with it.
const SPAN: usize = 8 * WORDS + MAX_LENGTH;

/// Set in the kinds of the characters of a rejected word.
const REJECTED: u8 = 0x80;
/// An index that no alphabet has, and that has no kind.
const NO_INDEX: u8 = 0x7f;

impl<'a> Avx2<'a> {
    /// `None` if the processor has no AVX2.
    pub(super) fn new(bulk: &'a Bulk<'a>) -> Option<Self> {
        Some(Self {
            bulk,
            processor: V3::try_new()?,
            tables: Tables::new(bulk.policy),
            characters: ZeroizingBytes::new([0; SPAN]),
            kinds: ZeroizingBytes::new([0; SPAN]),
            kept: [0; WORDS],
        })
    }
}

impl CandidateSource for Avx2<'_> {
    fn make(&mut self, words: &[u8], records: &mut [u8], rejections: &mut Rejections) -> usize {
        self.processor.vectorize(Make { source: self, words, records, rejections })
    }
}

/// A call of [`Avx2::make`] for `pulp`.
struct Make<'a, 'b> {
    source: &'a mut Avx2<'b>,
    words: &'a [u8],
    records: &'a mut [u8],
    rejections: &'a mut Rejections,
}

impl NullaryFnOnce for Make<'_, '_> {
    type Output = usize;

    #[inline(always)]
    fn call(self) -> usize {
        self.source.spell(self.words);
        self.source.keep(self.words.len() / 4, self.records, self.rejections)
    }
}

impl Avx2<'_> {
    /// Makes characters and kinds of the words; those of word w begin at `w * per_word`.
    #[inline(always)]
    fn spell(&mut self, words: &[u8]) {
        // More tables than the alphabet fills give the same result, a little slower.
        match (self.bulk.policy.digits().per_word(), self.tables.count) {
            (4, ..=4) => self.spell_words::<4, 4>(words),
            (4, 5) => self.spell_words::<4, 5>(words),
            (4, _) => self.spell_words::<4, GROUPS>(words),
            (6, _) => self.spell_words::<6, GROUPS>(words),
            (7, 1) => self.spell_words::<7, 1>(words),
            (7, _) => self.spell_words::<7, GROUPS>(words),
            _ => self.spell_words::<8, GROUPS>(words),
        }
    }

    #[inline(always)]
    fn spell_words<const PER_WORD: usize, const TABLES: usize>(&mut self, words: &[u8]) {
        let avx2 = self.processor.avx2;
        // Two vectors of indices at a time: four indices of each of sixteen words, or up to eight of each of eight.
        let at_once = if PER_WORD == 4 { 64 } else { 32 };
        for (number, words) in words.chunks(at_once).enumerate() {
            let at = number * at_once / 4 * PER_WORD;
            let (first, second) = words.split_at(words.len().min(32));
            let [low, high] = self.split::<PER_WORD>(first);
            if PER_WORD == 4 {
                let [next, _] = self.split::<PER_WORD>(second);
                let (characters, kinds) = self.tables.look_up::<TABLES>(self.processor, [low, next]);
                *array(&mut self.characters, at) = cast::<_, [u8; 64]>(characters);
                *array(&mut self.kinds, at) = cast::<_, [u8; 64]>(kinds);
                continue;
            }
            let (even, odd) = (avx2._mm256_unpacklo_epi32(low, high), avx2._mm256_unpackhi_epi32(low, high));
            let indices = [
                avx2._mm256_permute2x128_si256::<0x20>(even, odd),
                avx2._mm256_permute2x128_si256::<0x31>(even, odd),
            ];
            let (characters, kinds) = self.tables.look_up::<TABLES>(self.processor, indices);
            let (characters, kinds): ([[u8; 8]; 8], [[u8; 8]; 8]) = (cast(characters), cast(kinds));
            for word in 0..8 {
                // The next word overwrites the bytes that the word does not give.
                *array(&mut self.characters, at + word * PER_WORD) = characters[word];
                *array(&mut self.kinds, at + word * PER_WORD) = kinds[word];
            }
        }
    }

    /// The digits of up to eight words: for each word the first four in 32 bits, and the others in 32 bits. A digit that a
    /// word does not give is [`NO_INDEX`]; a rejected word sets [`REJECTED`].
    #[inline(always)]
    fn split<const PER_WORD: usize>(&self, words: &[u8]) -> [__m256i; 2] {
        let (avx, avx2) = (self.processor.avx, self.processor.avx2);
        let digits = self.bulk.policy.digits();
        let radix = avx._mm256_set1_epi64x(digits.radix().into());
        let threshold = avx._mm256_set1_epi32(digits.threshold() as i32);

        let words: __m256i = cast(padded(words));
        // Words 0, 2, 4, 6 and words 1, 3, 5, 7: the lower half of each 64 bits is multiplied.
        let mut even = words;
        let mut odd = avx2._mm256_srli_epi64::<32>(words);
        let mut gathered = [avx._mm256_setzero_si256(); 2];
        for at in 0..if PER_WORD == 4 { 4 } else { 8 } {
            let mut digit = avx._mm256_set1_epi32(NO_INDEX.into());
            if at < PER_WORD {
                even = avx2._mm256_mul_epu32(even, radix);
                odd = avx2._mm256_mul_epu32(odd, radix);
                digit = avx2._mm256_blend_epi32::<0b1010_1010>(avx2._mm256_srli_epi64::<32>(even), odd);
            }
            let before = avx2._mm256_srli_epi32::<8>(gathered[at / 4]);
            gathered[at / 4] = avx2._mm256_or_si256(before, avx2._mm256_slli_epi32::<24>(digit));
        }
        let rest = avx2._mm256_blend_epi32::<0b1010_1010>(even, avx2._mm256_slli_epi64::<32>(odd));
        let kept = avx2._mm256_cmpeq_epi32(avx2._mm256_max_epu32(rest, threshold), rest);
        let rejected = avx2._mm256_andnot_si256(kept, avx._mm256_set1_epi8(REJECTED as i8));
        [avx2._mm256_or_si256(gathered[0], rejected), gathered[1]]
    }

    /// Judges the candidates and writes the compliant ones.
    #[inline(always)]
    fn keep(&mut self, words: usize, records: &mut [u8], rejections: &mut Rejections) -> usize {
        let candidates = words / self.bulk.policy.digits().words(self.bulk.length);
        match self.bulk.length {
            0..=8 => self.keep_up_to::<8>(candidates, records, rejections),
            9..=16 => self.keep_up_to::<16>(candidates, records, rejections),
            17..=24 => self.keep_up_to::<24>(candidates, records, rejections),
            25..=32 => self.keep_up_to::<32>(candidates, records, rejections),
            _ => self.keep_up_to::<MAX_LENGTH>(candidates, records, rejections),
        }
    }

    /// [`keep`](Self::keep) for candidates of up to `BYTES` characters, which are handled together.
    #[inline(always)]
    fn keep_up_to<const BYTES: usize>(
        &mut self,
        candidates: usize,
        records: &mut [u8],
        rejections: &mut Rejections,
    ) -> usize {
        let Bulk { policy, length, separator, .. } = *self.bulk;
        let span = policy.digits().words(length) * policy.digits().per_word();
        // Constants make better code: the lengths of the presets, and a line break.
        if (length, span, separator.len()) == (BYTES, BYTES, 1) {
            self.judge::<BYTES>(candidates, BYTES, BYTES);
            self.write::<BYTES>(candidates, BYTES, BYTES, 1, records, rejections)
        } else {
            self.judge::<BYTES>(candidates, span, length);
            self.write::<BYTES>(candidates, span, length, separator.len(), records, rejections)
        }
    }

    /// Sets whether each candidate is compliant.
    #[inline(always)]
    fn judge<const BYTES: usize>(&mut self, candidates: usize, span: usize, length: usize) {
        for (candidate, kept) in self.kept[..candidates].iter_mut().enumerate() {
            let kinds: &[u8; BYTES] = array_ref(&self.kinds, candidate * span);
            let mut found = 0;
            for (group, &kinds) in kinds.as_chunks().0.iter().enumerate() {
                found |= u64::from_le_bytes(kinds) & mask(length.saturating_sub(8 * group));
            }
            found |= found >> 32;
            found |= found >> 16;
            *kept = (found | found >> 8) as u8;
        }
        if self.bulk.policy.restricts_first() {
            for (candidate, kept) in self.kept[..candidates].iter_mut().enumerate() {
                let first = self.characters[candidate * span];
                *kept |= REJECTED * self.bulk.policy.ct_refuses_first(first) as u8;
            }
        }
        match self.tables.class_table {
            Some(class_table) => {
                for kept in &mut self.kept[..candidates] {
                    *kept = u8::from((*kept < REJECTED) & class_table.complies(*kept));
                }
            }
            None => {
                for (candidate, kept) in self.kept[..candidates].iter_mut().enumerate() {
                    let characters = &self.characters[candidate * span..][..length];
                    *kept = u8::from((*kept < REJECTED) & complies(self.bulk.policy, characters));
                }
            }
        }
        // The verdict is all that becomes public: a candidate is rejected whole or handed out.
        declassify_all(&mut self.kept[..candidates]);
    }

    /// Writes the candidates, each over a rejected one before it.
    #[inline(always)]
    fn write<const BYTES: usize>(
        &self,
        candidates: usize,
        span: usize,
        length: usize,
        separator: usize,
        records: &mut [u8],
        rejections: &mut Rejections,
    ) -> usize {
        let separator = &self.bulk.separator[..separator];
        let record = length + separator.len();
        let mut counts = *rejections;
        let mut at = 0;
        for (candidate, &keep) in self.kept[..candidates].iter().enumerate() {
            let characters: &[u8; BYTES] = array_ref(&self.characters, candidate * span);
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
}

/// `N` bytes, from `at` on.
#[inline(always)]
fn array_ref<const N: usize>(bytes: &[u8; SPAN], at: usize) -> &[u8; N] {
    bytes[at..].first_chunk().expect("there is room behind the last candidate")
}

/// Room for `N` bytes from `at` on.
#[inline(always)]
fn array<const N: usize>(bytes: &mut [u8; SPAN], at: usize) -> &mut [u8; N] {
    bytes[at..].first_chunk_mut().expect("there is room behind the last word")
}

/// Eight words; zeros if there are fewer.
#[inline(always)]
fn padded(words: &[u8]) -> [u8; 32] {
    words.try_into().unwrap_or_else(|_| {
        let mut padded = [0; 32];
        padded[..words.len()].copy_from_slice(words);
        padded
    })
}

/// The lowest `bytes` of eight bytes, or all of them.
fn mask(bytes: usize) -> u64 {
    if bytes < 8 { (1 << (8 * bytes)) - 1 } else { u64::MAX }
}

/// The tables of the look-ups.
struct Tables {
    /// The characters of each sixteen indices, twice, since the vector unit looks up in two halves.
    characters: [[u8; 32]; GROUPS],
    /// Their kinds: the bit of the class.
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
        let (rules, class_table) = (policy.rules(), policy.class_table().copied());
        let classes = rules.classes();
        let mut tables = Self {
            characters: [[0; 32]; GROUPS],
            kinds: [[0; 32]; GROUPS],
            count: policy.alphabet().len().div_ceil(16),
            class_table,
        };
        for (index, character) in policy.alphabet().iter().enumerate() {
            let class = classes.iter().position(|class| class.characters().contains(character));
            for half in [0, 16] {
                tables.characters[index / 16][index % 16 + half] = character as u8;
                if let (Some(class), Some(_)) = (class, class_table) {
                    tables.kinds[index / 16][index % 16 + half] = 1 << class;
                }
            }
        }
        tables
    }

    /// The characters of 64 indices, and their kinds.
    #[inline(always)]
    fn look_up<const TABLES: usize>(
        &self,
        processor: V3,
        indices: [__m256i; 2],
    ) -> ([__m256i; 2], [__m256i; 2]) {
        let (avx, avx2) = (processor.avx, processor.avx2);
        let mut characters = [avx._mm256_setzero_si256(); 2];
        let mut kinds = characters;
        let mut left = indices;
        for table in 0..TABLES {
            for half in 0..2 {
                // A shuffle gives 0 for a byte whose highest bit is set: by saturation, that is every index except the next
                // sixteen.
                let index = avx2._mm256_adds_epu8(left[half], avx._mm256_set1_epi8(0x70));
                let found = avx2._mm256_shuffle_epi8(cast(self.characters[table]), index);
                characters[half] = avx2._mm256_or_si256(characters[half], found);
                let found = avx2._mm256_shuffle_epi8(cast(self.kinds[table]), index);
                kinds[half] = avx2._mm256_or_si256(kinds[half], found);
                left[half] = avx2._mm256_sub_epi8(left[half], avx._mm256_set1_epi8(16));
            }
        }
        for half in 0..2 {
            let rejected = avx2._mm256_and_si256(indices[half], avx._mm256_set1_epi8(REJECTED as i8));
            kinds[half] = avx2._mm256_or_si256(kinds[half], rejected);
        }
        (characters, kinds)
    }
}
