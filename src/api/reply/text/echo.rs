//! Whether a text repeats a secret, in whole or in part.

use std::vec::Vec;

use zeroize::Zeroizing;

use super::{
    decode::{DECODERS, Decode},
    is_unprintable,
};

/// A part of a secret that is shorter than this is no part of it: any text contains some pairs and triples of characters.
const MIN_PART: usize = 4;

/// No more of a text than this is searched, in bytes. Only its first 512 characters are ever shown, which are at most 2 KiB; what is
/// beyond serves to recognise a secret that begins in them.
const MAX_SEARCHED: usize = 4 << 10;

/// Whether `text` contains `secret`, or half of it if that is at least [`MIN_PART`] characters, in any of the encodings of
/// [`DECODERS`] or in two on top of each other, in upper or lower case.
///
/// Characters that are not shown do not separate the others. Cost: each of thirteen readings of at most [`MAX_SEARCHED`] bytes takes
/// one pass, whatever is in them.
pub(crate) fn contains_secret(text: &str, secret: &str) -> bool {
    let parts = Parts::new(secret);
    if parts.hashes.is_empty() {
        return false;
    }
    let mut end = text.len().min(MAX_SEARCHED);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = normal(&text[..end]);
    let decoded = |text: &[char], decode: Decode| {
        let mut decoded = Zeroizing::new(Vec::with_capacity(text.len()));
        decode(text, &mut decoded);
        decoded
    };
    parts.are_in(&text)
        || DECODERS.into_iter().any(|outer| {
            let once = decoded(&text, outer);
            parts.are_in(&once) || DECODERS.into_iter().any(|inner| parts.are_in(&decoded(&once, inner)))
        })
}

/// The printable characters.
fn normal(text: &str) -> Zeroizing<Vec<char>> {
    let mut chars = Zeroizing::new(Vec::with_capacity(text.len()));
    chars.extend(text.chars().filter(|&char| !is_unprintable(char)));
    chars
}

/// What is the same for the search: upper and lower case, and a space, which forms write as a plus sign.
fn folded(char: char) -> u64 {
    match char.to_ascii_lowercase() {
        ' ' => '+'.into(),
        lower => lower.into(),
    }
}

/// The parts of a secret that no text may contain: all runs of half of its characters.
struct Parts {
    length: usize,
    /// The hashes of the parts, in their order by size. A text with the same hash as a part is taken to contain it, which is wrong
    /// once in 2^64 / (parts * characters), and does no more than to withhold a message.
    hashes: Zeroizing<Vec<u64>>,
}

impl Parts {
    fn new(secret: &str) -> Self {
        let secret = normal(secret);
        let length = secret.len().div_ceil(2).max(secret.len().min(MIN_PART));
        let mut hashes = Zeroizing::new(Vec::with_capacity(secret.len() + 1));
        hashes.extend(rolling_hashes(&secret, length));
        hashes.sort_unstable();
        Self { length, hashes }
    }

    fn are_in(&self, text: &[char]) -> bool {
        rolling_hashes(text, self.length).any(|hash| self.hashes.binary_search(&hash).is_ok())
    }
}

/// The hash of each run of `length` characters: a polynomial modulo 2^64, updated from one run to the next (Rabin and Karp, 1987).
fn rolling_hashes(text: &[char], length: usize) -> impl Iterator<Item = u64> {
    // Odd, so that no character of a run is lost. The golden ratio.
    const BASE: u64 = 0x9E37_79B9_7F4A_7C15;
    let value = |char: char| folded(char).wrapping_add(1).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let highest = (1..length).fold(1_u64, |power, _| power.wrapping_mul(BASE));
    let mut hash = 0_u64;
    text.iter().enumerate().filter_map(move |(index, &char)| {
        if index >= length {
            hash = hash.wrapping_sub(value(text[index - length]).wrapping_mul(highest));
        }
        hash = hash.wrapping_mul(BASE).wrapping_add(value(char));
        (length > 0 && index + 1 >= length).then_some(hash)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The rule, without hashes and encodings.
    fn reference(text: &str, secret: &str) -> bool {
        let fold = |text: &str| text.to_ascii_lowercase().replace(' ', "+").chars().collect::<Vec<_>>();
        let (text, secret) = (fold(text), fold(secret));
        let length = if secret.len() < 4 { secret.len() } else { secret.len().div_ceil(2).max(4) };
        length > 0 && secret.windows(length).any(|part| text.windows(length).any(|window| window == part))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn parts_are_found_as_the_reference_finds_them(text in "[abAé +]{0,40}", secret in "[abé +]{0,12}") {
            prop_assert_eq!(Parts::new(&secret).are_in(&normal(&text)), reference(&text, &secret));
            // None of these is an encoding but the plus sign, which is the space in both.
            prop_assert_eq!(contains_secret(&text, &secret), reference(&text, &secret));
        }
    }

    #[test]
    fn no_more_than_a_part_of_a_long_text_is_searched() {
        let text = |spaces: usize| [&"é".repeat(spaces), "Secret@x"].concat();
        assert!(contains_secret(&text(MAX_SEARCHED / 2 - 8), "Secret@x"));
        assert!(!contains_secret(&text(MAX_SEARCHED / 2), "Secret@x"));
        assert!(!contains_secret("", "Secret@x"));
    }
}
