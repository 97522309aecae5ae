//! A health test of the random source: whether it repeats itself.
//!
//! In the spirit of the repetition count test of NIST SP 800-90B, section 4.4.1, whose cutoff is 1 + ⌈-log2(α) / H⌉ equal samples in a
//! row for a false-alarm probability α and a min-entropy H of a sample. A sample here is a word of 32 bits with full entropy, and α is
//! 2^-64 a password, so the cutoff is three words.
//!
//! The test never changes what a working source gives: it draws nothing, and it only turns a success into an error. No branch depends
//! on a word; the verdict alone is declassified.

#[cfg(feature = "std")]
use core::convert::Infallible;

#[cfg(feature = "std")]
use zeroize::Zeroizing;

#[cfg(feature = "std")]
use crate::kernel::declassify::declassify;

/// The fewest words in which a repetition is noticed.
///
/// **False alarms.** `generate` compares the words of the first candidate alone, and only if it is compliant: with a source that always
/// gives the same word no other candidate follows. A true random source gives n equal words with the probability 2^-32(n - 1): 2^-64 for
/// three, less for more. Of these only the ones that make a compliant password count, which are half of them for Huawei's. For fewer words
/// the probability would be 2^-32 (two) or 1 (one), so nothing can be noticed within one password there.
pub(crate) const MIN_WORDS: usize = 3;

/// Whether all words that were drawn are equal.
#[cfg(feature = "std")]
pub(crate) struct Repetition {
    /// The conjunction and the disjunction of all words; they are equal if and only if the words are.
    and_or: Zeroizing<[u32; 2]>,
}

#[cfg(feature = "std")]
impl Repetition {
    #[inline]
    pub(crate) fn new() -> Self {
        Self { and_or: Zeroizing::new([u32::MAX, 0]) }
    }

    /// Notes the next word, if there is one, and passes it on.
    #[inline]
    pub(crate) fn note<E>(&mut self, word: Result<u32, E>) -> Result<u32, E> {
        if let Ok(word) = word {
            let [and, or] = &mut *self.and_or;
            *and &= word;
            *or |= word;
        }
        word
    }

    /// Whether all words are equal.
    #[inline]
    pub(crate) fn found(&self) -> bool {
        let [and, or] = *self.and_or;
        // Public: the password is refused or handed out.
        declassify(and == or)
    }
}

/// The words that [`repeats`] looks at together.
#[cfg(feature = "std")]
const BLOCK: usize = 32;

/// Whether the words of a batch, as bytes, repeat themselves. What is noticed, always:
///
/// - of at least 32 words: one word again and again, or two, four or eight in turn, over 63 words or more, or over the last 32;
/// - of 3 to 31 words: all are equal;
/// - of fewer: nothing.
///
/// **False alarms.** In each block of 32 words, words i, i + 8, i + 16 and i + 24 are compared, for i from 0 to 3. Four words are equal
/// with the probability 2^-96, so a block raises a false alarm with less than 4 · 2^-96 = 2^-94. The last block may overlap the one
/// before it, so that a word is in at most two of them, and a password of up to 32 words overlaps at most four blocks: under 2^-92.
/// Fewer words are all equal with a probability of at most 2^-64 ([`MIN_WORDS`]), and a batch has at least one password.
#[cfg(feature = "std")]
#[inline]
pub(crate) fn repeats(words: &[u8]) -> bool {
    let words = words.as_chunks::<4>().0;
    if words.len() < BLOCK {
        let mut repetition = Repetition::new();
        for word in words {
            let Ok(_) = repetition.note(Ok::<_, Infallible>(u32::from_ne_bytes(*word)));
        }
        return words.len() >= MIN_WORDS && repetition.found();
    }
    let (blocks, _) = words.as_chunks::<BLOCK>();
    let last = words.last_chunk::<BLOCK>();
    let found = blocks.iter().chain(last).fold(0, |found, block| {
        // The first four words of each eight, two and two.
        let eights: &[[[u8; 16]; 2]] = block.as_flattened().as_chunks().0.as_chunks().0;
        let [first, second, third, fourth] = eights else { return found };
        [0, 8].into_iter().fold(found, |found, at| {
            let two = |eight: &[[u8; 16]; 2]| {
                eight[0][at..].first_chunk().map_or(0, |bytes| u64::from_ne_bytes(*bytes))
            };
            let (first, second, third, fourth) = (two(first), two(second), two(third), two(fourth));
            found | zero_halves((first ^ second) | (second ^ third) | (third ^ fourth))
        })
    });
    declassify(found != 0)
}

/// Not 0 if and only if one half of the word is.
#[cfg(feature = "std")]
#[inline(always)]
const fn zero_halves(word: u64) -> u64 {
    word.wrapping_sub(0x1_0000_0001) & !word & 0x8000_0000_8000_0000
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    /// What is promised to be noticed, word by word.
    fn must_be_noticed(words: &[u32]) -> bool {
        if words.len() < BLOCK {
            return words.len() >= MIN_WORDS && words.windows(2).all(|pair| pair[0] == pair[1]);
        }
        let in_turn = |words: &[u32]| (0..words.len() - 8).all(|at| words[at] == words[at + 8]);
        in_turn(&words[words.len() - BLOCK..]) || words.windows(63).any(in_turn)
    }

    fn bytes(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn a_repetition_anywhere_is_noticed() {
        for length in (0..200).chain([1023, 1024]) {
            for period in [1, 2, 4, 8] {
                for start in (0..length).step_by(7) {
                    let words: Vec<u32> = (0..length as u32)
                        .map(|at| if at < start as u32 { at * at + 1000 } else { at % period })
                        .collect();
                    if must_be_noticed(&words) {
                        assert!(repeats(&bytes(&words)), "{length} {period} {start}");
                    }
                }
            }
        }
        assert!(repeats(&bytes(&[7; 3])) && !repeats(&bytes(&[7; 2])) && !repeats(&bytes(&[7, 7, 7, 8])));
    }

    proptest! {
        /// Words that differ are no repetition, however few values they have.
        #[test]
        fn a_working_source_is_not_blamed(words in prop::collection::vec(any::<u32>(), 4..300)) {
            prop_assert!(!repeats(&bytes(&words)));
        }

        #[test]
        fn all_equal_by_the_definition(words in prop::collection::vec(0_u32..2, 1..6)) {
            let mut repetition = Repetition::new();
            words.iter().for_each(|&word| assert_eq!(repetition.note(Ok::<_, ()>(word)), Ok(word)));
            let equal = words.windows(2).all(|pair| pair[0] == pair[1]);
            prop_assert_eq!(repetition.found(), equal);
        }
    }
}
