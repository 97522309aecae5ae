//! What the vector units have in common: how a batch lies in memory.
//!
//! The characters of all words stand one after another, those that a candidate does not take among them. The kinds are a byte a word: what
//! is looked up for each character is put together there, and so is whether the word is rejected.

use super::WORDS;
use crate::{
    kernel::{uniform::Digits, wipe::ZeroizingBytes},
    rules::MAX_LENGTH,
};

/// The bytes of the longest register: so many can be read or written from the last byte of a batch on.
pub(super) const LONGEST: usize = 64;
/// The words in it.
const WORDS_AT_ONCE: usize = LONGEST / 4;
/// A word gives up to eight characters.
pub(super) const SPAN: usize = 8 * WORDS;
/// Set in the kinds of a rejected word, and of nothing else.
pub(super) const REJECTED: u8 = 0x80;
/// The words of the longest candidate. A word gives at least four characters.
const MAX_WORDS: usize = MAX_LENGTH / 4;

/// The characters of a batch, and the kinds of its words.
pub(super) struct Spelled {
    pub(super) characters: ZeroizingBytes<[u8; SPAN + LONGEST]>,
    /// The bits of the classes of the characters that a candidate takes of the word, or [`REJECTED`].
    pub(super) kinds: ZeroizingBytes<[u8; WORDS + LONGEST]>,
}

impl Spelled {
    pub(super) const fn new() -> Self {
        Self {
            characters: ZeroizingBytes::new([0; SPAN + LONGEST]),
            kinds: ZeroizingBytes::new([0; WORDS + LONGEST]),
        }
    }
}

/// Numbers that are the same for all candidates.
pub(super) struct Shape {
    pub(super) digits: Digits,
    /// The words of a candidate.
    pub(super) words: usize,
    /// The distance from the first character of one word to that of the next.
    pub(super) stride: usize,
    /// The same for candidates.
    pub(super) span: usize,
    /// Which characters a candidate takes of its words, all bits or none, in four bytes a word that gives four characters and in eight a
    /// word that gives more. So many words follow each other that a register can be loaded from any word of a candidate on.
    taken: [u8; 8 * (MAX_WORDS + WORDS_AT_ONCE)],
}

impl Shape {
    pub(super) fn new(digits: Digits, length: usize) -> Self {
        let (words, per_word) = (digits.words(length), digits.per_word());
        // A single word need not be next to others.
        let stride = if words == 1 { per_word.next_power_of_two() } else { per_word };
        let mut taken = [0; 8 * (MAX_WORDS + WORDS_AT_ONCE)];
        for (word, taken) in taken.chunks_exact_mut(if per_word == 4 { 4 } else { 8 }).enumerate() {
            let before = word % words * per_word;
            for (at, taken) in taken.iter_mut().enumerate().take(per_word) {
                *taken = if before + at < length { u8::MAX } else { 0 };
            }
        }
        Self { digits, words, stride, span: words * stride, taken }
    }

    /// Which characters are taken of the words of one register after another of `BYTES` bytes.
    #[inline(always)]
    pub(super) fn taken<const BYTES: usize>(&self) -> Taken<'_, BYTES> {
        let period = self.words * if self.digits.per_word() == 4 { 4 } else { 8 };
        Taken { table: &self.taken, at: 0, step: BYTES % period, period }
    }
}

/// See [`Shape::taken`].
pub(super) struct Taken<'a, const BYTES: usize> {
    table: &'a [u8],
    at: usize,
    step: usize,
    /// The bytes of a candidate.
    period: usize,
}

impl<'a, const BYTES: usize> Taken<'a, BYTES> {
    #[inline(always)]
    pub(super) fn next(&mut self) -> &'a [u8; BYTES] {
        let taken = array_ref(self.table, self.at);
        self.at += self.step;
        // Without a division for each register.
        if self.at >= self.period {
            self.at -= self.period;
        }
        taken
    }
}

/// `N` bytes, from `at` on.
#[inline(always)]
pub(super) fn array_ref<const N: usize>(bytes: &[u8], at: usize) -> &[u8; N] {
    bytes[at..].first_chunk().expect("there is room behind the last byte")
}

/// Room for `N` bytes, from `at` on.
#[inline(always)]
pub(super) fn array<const N: usize>(bytes: &mut [u8], at: usize) -> &mut [u8; N] {
    bytes[at..].first_chunk_mut().expect("there is room behind the last byte")
}
