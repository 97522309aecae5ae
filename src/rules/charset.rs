//! A set of ASCII characters as 128 bits.

use core::{
    fmt,
    iter::FusedIterator,
    ops::{BitOr, BitOrAssign},
};

use crate::kernel::swar::{self, Word};

/// A set of ASCII characters: plain `Copy` data of 16 bytes.
///
/// A set describes a rule, not a password, so its public operations are not constant-time.
///
/// ```
/// use sip_password::CharSet;
///
/// const SPECIALS: CharSet = CharSet::of("~@^*_+.?");
/// assert_eq!(SPECIALS.len(), 8);
/// assert!(SPECIALS.contains('*') && !SPECIALS.contains('#'));
/// assert_eq!((SPECIALS | CharSet::DIGITS).to_string(), "*+.0123456789?@^_~");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct CharSet {
    /// Bit `c % 32` of word `c / 32` stands for character `c`. The words have 32 bits because the smallest
    /// supported processor shifts nothing wider in one instruction.
    words: [u32; 4],
}

/// The error of [`CharSet::new`]: the text contains a character outside ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAscii {
    /// The position of the first such character, in bytes from the start of the text.
    pub at: usize,
}

impl CharSet {
    /// The empty set.
    pub const EMPTY: Self = Self { words: [0; 4] };
    /// `A` to `Z`.
    pub const UPPERCASE: Self = Self::range(b'A', b'Z');
    /// `a` to `z`.
    pub const LOWERCASE: Self = Self::range(b'a', b'z');
    /// `0` to `9`.
    pub const DIGITS: Self = Self::range(b'0', b'9');
    /// The 94 visible characters, `!` (33) to `~` (126).
    pub const GRAPHIC: Self = Self::range(b'!', b'~');
    /// The 95 characters that a password can contain: [`GRAPHIC`](Self::GRAPHIC) and the space.
    pub const PRINTABLE: Self = Self::range(b' ', b'~');

    /// The characters of `text`; repetitions are ignored.
    ///
    /// # Errors
    ///
    /// [`NotAscii`] if the text contains a character outside ASCII.
    pub const fn new(text: &str) -> Result<Self, NotAscii> {
        let bytes = text.as_bytes();
        let mut set = Self::EMPTY;
        let mut at = 0;
        while at < bytes.len() {
            if !bytes[at].is_ascii() {
                return Err(NotAscii { at });
            }
            set = set.with(bytes[at]);
            at += 1;
        }
        Ok(set)
    }

    /// [`new`](Self::new) for a constant.
    ///
    /// # Panics
    ///
    /// If the text contains a character outside ASCII; in a `const` the program does not compile.
    #[must_use]
    pub const fn of(text: &str) -> Self {
        match Self::new(text) {
            Ok(set) => set,
            Err(_) => panic!("expected ASCII characters only, found another"),
        }
    }

    /// The characters from `first` to `last`, both included; the empty set if `first > last`. Bytes outside
    /// ASCII (128 and above) are left out.
    #[must_use]
    pub const fn range(first: u8, last: u8) -> Self {
        let mut set = Self::EMPTY;
        let mut byte = first;
        while byte <= last && byte.is_ascii() {
            set = set.with(byte);
            byte += 1;
        }
        set
    }

    /// The characters that are in `self`, in `other` or in both; `a | b` outside a `const`.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        let (a, b) = (self.words, other.words);
        Self { words: [a[0] | b[0], a[1] | b[1], a[2] | b[2], a[3] | b[3]] }
    }

    /// The characters that are in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        let (a, b) = (self.words, other.words);
        Self { words: [a[0] & b[0], a[1] & b[1], a[2] & b[2], a[3] & b[3]] }
    }

    /// The characters of `self` that are not in `other`.
    #[must_use]
    pub const fn difference(self, other: Self) -> Self {
        let (a, b) = (self.words, other.words);
        Self { words: [a[0] & !b[0], a[1] & !b[1], a[2] & !b[2], a[3] & !b[3]] }
    }

    /// The number of characters, 0 to 128.
    pub const fn len(self) -> usize {
        let w = self.words;
        (w[0].count_ones() + w[1].count_ones() + w[2].count_ones() + w[3].count_ones()) as usize
    }

    /// Whether the set is empty.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether the set contains `character`; `false` for one outside ASCII.
    pub const fn contains(self, character: char) -> bool {
        character.is_ascii() && self.has(character as u8)
    }

    /// Whether `other` contains every character of `self`.
    pub const fn is_subset(self, other: Self) -> bool {
        self.difference(other).is_empty()
    }

    /// The characters in ASCII order.
    pub const fn iter(self) -> Chars {
        Chars { set: self, next: 0 }
    }

    /// The 128 bits: bit `c` stands for character `c`.
    #[cfg(feature = "chacha")]
    pub(crate) fn bits(self) -> u128 {
        self.words.iter().rev().fold(0, |bits, &word| bits << 32 | u128::from(word))
    }

    /// [`contains`](Self::contains) for a byte.
    pub(crate) const fn has(self, byte: u8) -> bool {
        byte.is_ascii() && self.words[(byte / 32) as usize] >> (byte % 32) & 1 == 1
    }

    /// 1 if the set contains `byte`, which must be ASCII, otherwise 0. No branch and no address depends on the byte.
    #[inline]
    pub(crate) fn ct_has(self, byte: u8) -> usize {
        let mut found = 0;
        for (words, at) in self.words.into_iter().zip((0..128).step_by(32)) {
            let is_here = swar::within(byte.into(), at, at + 32) >> 7;
            found |= is_here & Word::from(words >> (byte % 32));
        }
        (found & 1) as usize
    }

    /// The number of characters before `byte`.
    pub(crate) const fn rank(self, byte: u8) -> usize {
        let (mut rank, mut at) = (0, 0);
        while at < self.words.len() {
            // By whole words: counting sequences asks this a million times.
            let before = match (byte as usize).saturating_sub(32 * at) {
                bits @ 0..32 => self.words[at] & ((1 << bits) - 1),
                _ => self.words[at],
            };
            rank += before.count_ones() as usize;
            at += 1;
        }
        rank
    }

    /// The character with `rank` characters before it; 127 if there are too few.
    pub(crate) const fn nth(self, rank: usize) -> u8 {
        let (mut byte, mut left) = (0, rank);
        while byte < 127 {
            if self.has(byte) {
                if left == 0 {
                    return byte;
                }
                left -= 1;
            }
            byte += 1;
        }
        byte
    }

    /// The same set with `byte`, which must be ASCII.
    pub(crate) const fn with(mut self, byte: u8) -> Self {
        self.words[(byte / 32) as usize] |= 1 << (byte % 32);
        self
    }
}

/// The characters of a [`CharSet`] in ASCII order; see [`CharSet::iter`].
#[derive(Clone, Debug)]
pub struct Chars {
    set: CharSet,
    next: u8,
}

impl Iterator for Chars {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        while self.next.is_ascii() {
            let byte = self.next;
            self.next += 1;
            if self.set.has(byte) {
                return Some(char::from(byte));
            }
        }
        None
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.set.intersection(CharSet::range(self.next, 127)).len();
        (left, Some(left))
    }
}

impl ExactSizeIterator for Chars {}
impl FusedIterator for Chars {}

impl IntoIterator for CharSet {
    type Item = char;
    type IntoIter = Chars;

    fn into_iter(self) -> Chars {
        self.iter()
    }
}

/// Characters outside ASCII are left out; [`CharSet::new`] reports them.
impl FromIterator<char> for CharSet {
    fn from_iter<I: IntoIterator<Item = char>>(characters: I) -> Self {
        let mut set = Self::EMPTY;
        set.extend(characters);
        set
    }
}

/// Characters outside ASCII are left out; [`CharSet::new`] reports them.
impl Extend<char> for CharSet {
    fn extend<I: IntoIterator<Item = char>>(&mut self, characters: I) {
        for byte in characters.into_iter().filter_map(|character| u8::try_from(character).ok()) {
            *self |= Self::range(byte, byte);
        }
    }
}

/// [`CharSet::union`].
impl BitOr for CharSet {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}

/// [`CharSet::union`].
impl BitOrAssign for CharSet {
    fn bitor_assign(&mut self, other: Self) {
        *self = self.union(other);
    }
}

/// The characters in ASCII order, without separators.
impl fmt::Display for CharSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().try_for_each(|character| write!(f, "{character}"))
    }
}

impl fmt::Debug for CharSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CharSet(\"")?;
        self.iter().try_for_each(|character| write!(f, "{}", character.escape_default()))?;
        f.write_str("\")")
    }
}

impl fmt::Display for NotAscii {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected ASCII characters only, found another at byte {}", self.at)
    }
}

impl core::error::Error for NotAscii {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, string::ToString};

    use proptest::prelude::*;

    fn naive(set: CharSet) -> BTreeSet<char> {
        set.iter().collect()
    }

    #[test]
    fn every_character_alone() {
        for byte in 0..=255 {
            let set = CharSet::range(byte, byte);
            assert_eq!(set.len(), usize::from(byte < 128), "{byte}");
            for other in 0..=255 {
                assert_eq!(set.contains(char::from(other)), byte == other && byte < 128);
            }
        }
    }

    #[test]
    fn named_sets() {
        assert_eq!(CharSet::PRINTABLE.len(), 95);
        assert_eq!(CharSet::GRAPHIC, CharSet::PRINTABLE.difference(CharSet::of(" ")));
        assert_eq!(CharSet::UPPERCASE.to_string(), "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        assert_eq!(CharSet::range(b'z', b'a'), CharSet::EMPTY);
        assert_eq!(CharSet::range(b'~', 255).len(), 2);
        assert_eq!(CharSet::new("aé"), Err(NotAscii { at: 1 }));
        assert_eq!(NotAscii { at: 1 }.to_string(), "expected ASCII characters only, found another at byte 1");
        assert_eq!(std::format!("{:?}", CharSet::of("a\"\0")), r#"CharSet("\u{0}\"a")"#);
    }

    proptest! {
        #[test]
        fn algebra_is_that_of_a_tree_set(a: [u32; 4], b: [u32; 4]) {
            let (a, b) = (CharSet { words: a }, CharSet { words: b });
            let (x, y) = (naive(a), naive(b));
            prop_assert_eq!(naive(a.union(b)), &x | &y);
            prop_assert_eq!(naive(a.intersection(b)), &x & &y);
            prop_assert_eq!(naive(a.difference(b)), &x - &y);
            prop_assert_eq!(a | b, a.union(b));
            prop_assert_eq!(a.into_iter().chain(['é', '\u{80}']).collect::<CharSet>(), a);
            let mut characters = a.iter();
            for left in (0..=x.len()).rev() {
                prop_assert_eq!(characters.len(), left);
                prop_assert_eq!(characters.next().is_some(), left > 0);
            }
            prop_assert_eq!(a.len(), x.len());
            for byte in 0..=u8::MAX {
                prop_assert_eq!(a.rank(byte), x.range(..char::from(byte)).count());
                prop_assert!(!a.has(byte) || a.nth(a.rank(byte)) == byte);
            }
            prop_assert_eq!(a.is_empty(), x.is_empty());
            prop_assert_eq!(a.is_subset(b), x.is_subset(&y));
            prop_assert_eq!(a.intersection(b).is_subset(b), true);
        }
    }
}
