//! A set of ASCII characters as 128 bits.

use core::fmt;

/// A set of ASCII characters, as plain `Copy` data of 16 bytes.
///
/// Sets are public (they describe a rule, not a password), so nothing here is constant-time.
///
/// ```
/// use sip_password::CharSet;
///
/// const SPECIALS: CharSet = CharSet::of("~@^*_+.?");
/// assert_eq!(SPECIALS.len(), 8);
/// assert!(SPECIALS.contains('*') && !SPECIALS.contains('#'));
/// assert_eq!(SPECIALS.to_string(), "*+.?@^_~");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct CharSet {
    /// Bit `c % 32` of word `c / 32` is character `c`: 32-bit words, because the smallest
    /// processor this runs on shifts nothing wider in one instruction.
    words: [u32; 4],
}

/// The text given to [`CharSet::new`] has a character outside ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAscii {
    /// Where it starts, in bytes from the start of the text.
    pub at: usize,
}

impl CharSet {
    /// No character.
    pub const EMPTY: Self = Self { words: [0; 4] };
    /// `A` to `Z`.
    pub const UPPERCASE: Self = Self::range(b'A', b'Z');
    /// `a` to `z`.
    pub const LOWERCASE: Self = Self::range(b'a', b'z');
    /// `0` to `9`.
    pub const DIGITS: Self = Self::range(b'0', b'9');
    /// The 94 characters that leave ink: `!` (33) to `~` (126).
    pub const GRAPHIC: Self = Self::range(b'!', b'~');
    /// The 95 characters that can stand in a password at all: [`GRAPHIC`](Self::GRAPHIC) and the
    /// space.
    pub const PRINTABLE: Self = Self::range(b' ', b'~');

    /// The characters of `text`; one that stands there twice counts once.
    ///
    /// # Errors
    ///
    /// [`NotAscii`] if one of them is outside ASCII.
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

    /// [`new`](Self::new) for a text that stands in the source.
    ///
    /// # Panics
    ///
    /// If a character is outside ASCII; in a `const` that is an error of compilation.
    #[must_use]
    pub const fn of(text: &str) -> Self {
        match Self::new(text) {
            Ok(set) => set,
            Err(_) => panic!("a CharSet holds ASCII characters only"),
        }
    }

    /// The characters from `first` to `last`, both included; none if `first > last`. Bytes outside
    /// ASCII (128 and up) are left out.
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

    /// The characters that are in `self`, in `other` or in both.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        let (a, b) = (self.words, other.words);
        Self { words: [a[0] | b[0], a[1] | b[1], a[2] | b[2], a[3] | b[3]] }
    }

    /// The characters that are in both.
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

    /// How many characters, 0 to 128.
    pub const fn len(self) -> usize {
        let w = self.words;
        (w[0].count_ones() + w[1].count_ones() + w[2].count_ones() + w[3].count_ones()) as usize
    }

    /// Whether there is no character in it.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether `character` is in it; `false` for one outside ASCII.
    pub const fn contains(self, character: char) -> bool {
        character.is_ascii() && self.has(character as u8)
    }

    /// Whether every character of `self` is in `other`.
    pub const fn is_subset(self, other: Self) -> bool {
        self.difference(other).is_empty()
    }

    /// The characters, in ASCII order.
    pub fn iter(self) -> impl Iterator<Item = char> {
        (0..128).filter(move |&byte| self.has(byte)).map(char::from)
    }

    pub(crate) const fn has(self, byte: u8) -> bool {
        byte.is_ascii() && self.words[(byte / 32) as usize] >> (byte % 32) & 1 == 1
    }

    /// The same set with `byte` as well, which must be ASCII.
    pub(crate) const fn with(mut self, byte: u8) -> Self {
        self.words[(byte / 32) as usize] |= 1 << (byte % 32);
        self
    }
}

/// The characters themselves, in ASCII order.
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
        write!(f, "the character at byte {} is outside ASCII", self.at)
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
        assert_eq!(NotAscii { at: 1 }.to_string(), "the character at byte 1 is outside ASCII");
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
            prop_assert_eq!(a.len(), x.len());
            prop_assert_eq!(a.is_empty(), x.is_empty());
            prop_assert_eq!(a.is_subset(b), x.is_subset(&y));
            prop_assert_eq!(a.intersection(b).is_subset(b), true);
        }
    }
}
