//! Rules that ask only how long a password is and which classes there are in it, as the vector unit takes
//! them.

use crate::rules::Rules;

/// Such rules.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Simple {
    /// Of every sixteen printable characters, from the space on, what they are: the bit of their class,
    /// [`UNCOUNTED`], or nothing where they are not allowed.
    pub(crate) kinds: [[u8; 16]; 6],
    /// The shortest and the longest password, in characters.
    min: u8,
    max: u8,
    /// How many classes there must be.
    required: u8,
    /// The classes of which there must be a character.
    wanted: u8,
}

/// Allowed, and of no class: the bit of the eighth class, which there must not be.
const UNCOUNTED: u8 = 0x80;

impl Simple {
    /// `None` where the rules ask for more, or have eight classes.
    pub(super) const fn new(rules: &Rules<'_>) -> Option<Self> {
        if rules.classes.len() > 7
            || rules.longest_run.is_some()
            || rules.first.is_some()
            || rules.context.is_some()
        {
            return None;
        }
        let mut simple = Self {
            kinds: [[0; 16]; 6],
            min: rules.min_length,
            max: rules.max_length,
            required: rules.required_classes,
            wanted: 0,
        };
        let mut byte = b' ';
        while byte.is_ascii() {
            if rules.uncounted.has(byte) {
                *simple.kind(byte) = UNCOUNTED;
            }
            let mut place = 0;
            while place < rules.classes.len() {
                if rules.classes[place].minimum > 1 {
                    return None;
                }
                simple.wanted |= rules.classes[place].minimum << place;
                if rules.classes[place].characters.has(byte) {
                    *simple.kind(byte) = 1 << place;
                }
                place += 1;
            }
            byte += 1;
        }
        Some(simple)
    }

    /// Whether a password with characters of these classes has those that it must have.
    #[inline(always)]
    pub(crate) fn complies(self, kinds: u8) -> bool {
        let classes = kinds & !UNCOUNTED;
        (classes & self.wanted == self.wanted) & (classes.count_ones() as u8 >= self.required)
    }

    /// Whether a password of so many characters is neither too short nor too long.
    #[inline(always)]
    pub(crate) fn allows(&self, length: usize) -> bool {
        (length >= usize::from(self.min)) & (length <= usize::from(self.max))
    }

    const fn kind(&mut self, byte: u8) -> &mut u8 {
        let index = (byte - b' ') as usize;
        &mut self.kinds[index / 16][index % 16]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{charset::CharSet, class::Class};

    /// Each letter a class, of whose first a password has at least `minimum`.
    fn of(letters: &str, minimum: u8) -> Option<Simple> {
        let class = |(place, _)| {
            let class = Class::new("one", CharSet::of(&letters[place..=place]));
            if place == 0 { class.at_least(minimum) } else { class }
        };
        let classes: std::vec::Vec<_> = letters.char_indices().map(class).collect();
        Simple::new(&Rules { classes: &classes, uncounted: CharSet::of("-"), ..Rules::NONE })
    }

    /// The vector unit has a bit for each of seven classes, and one for characters of none.
    #[test]
    fn up_to_seven_classes_are_simple() {
        let simple = of("abcdefg", 1).expect("these are");
        let kind = |byte: u8| simple.kinds[usize::from(byte - b' ') / 16][usize::from(byte) % 16];
        let kinds = |text: &str| text.bytes().fold(0, |kinds, byte| kinds | kind(byte));
        assert_eq!((kinds("a"), kinds("g"), kinds("-"), kinds("h")), (1, 1 << 6, UNCOUNTED, 0));
        assert!(simple.complies(kinds("a-")) && !simple.complies(kinds("bcdefg-")));
        assert!(of("abcdefgh", 1).is_none());
    }

    /// It sees whether there is a character of a class, and not how many.
    #[test]
    fn minima_up_to_one_are_simple() {
        assert!(of("ab", 0).is_some_and(|simple| simple.complies(0)));
        assert!(of("ab", 1).is_some_and(|simple| !simple.complies(0)));
        assert!(of("ab", 2).is_none());
    }
}
