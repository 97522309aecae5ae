//! Rules that ask only for a length and for classes, as the vector unit reads them.

use crate::rules::{FIELDS, Rules};

/// The class of every character, and the rules on lengths and classes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClassTable {
    /// The kind of each printable character, from the space on, in groups of sixteen: the bit of its class, [`UNCOUNTED`], or
    /// 0 if it is not allowed.
    pub(crate) kinds: [[u8; 16]; 6],
    /// The shortest and the longest password, in characters; 255 stands for more, which the vector unit does not judge.
    min: u8,
    max: u8,
    /// The number of classes that must be present.
    min_classes: u8,
    /// The classes that must be present.
    required: u8,
}

/// The character is allowed and counts for no class: the bit of an eighth class, so there can be only seven.
const UNCOUNTED: u8 = 0x80;

impl ClassTable {
    /// `None` if there are other rules, or eight classes.
    pub(super) const fn new(rules: &Rules) -> Option<Self> {
        const _: () = assert!(
            FIELDS == 16,
            "a rule that was added must be left to the other checks here, or judged by the table"
        );
        if rules.classes().len() > 7
            || rules.max_repeat.is_some()
            || rules.first.is_some()
            || rules.max_run.is_some()
            || rules.max_sequence.is_some()
            || rules.min_distinct > 0
            || !rules.context.is_empty()
        {
            return None;
        }
        let mut table = Self {
            kinds: [[0; 16]; 6],
            min: rules.min_length,
            max: if rules.max_length < u8::MAX as u16 { rules.max_length as u8 } else { u8::MAX },
            min_classes: rules.min_classes,
            required: 0,
        };
        let mut byte = b' ';
        while byte.is_ascii() {
            if rules.uncounted.has(byte) {
                *table.kind(byte) = UNCOUNTED;
            }
            let mut index = 0;
            while index < rules.classes().len() {
                if rules.classes()[index].minimum() > 1 {
                    return None;
                }
                table.required |= rules.classes()[index].minimum() << index;
                if rules.classes()[index].characters().has(byte) {
                    *table.kind(byte) = 1 << index;
                }
                index += 1;
            }
            byte += 1;
        }
        Some(table)
    }

    /// Whether a password whose characters are of these kinds has the classes that it must have.
    #[inline(always)]
    pub(crate) fn complies(self, kinds: u8) -> bool {
        let classes = kinds & !UNCOUNTED;
        (classes & self.required == self.required) & (classes.count_ones() as u8 >= self.min_classes)
    }

    /// Whether a password of `length` characters is neither too short nor too long.
    #[inline(always)]
    pub(crate) fn allows(&self, length: usize) -> bool {
        (length >= usize::from(self.min)) & (length <= usize::from(self.max))
    }

    /// The shortest password, in characters.
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    pub(crate) fn shortest(&self) -> u32 {
        self.min.into()
    }

    /// The longest password, in characters; 255 stands for more.
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    pub(crate) fn longest(&self) -> u32 {
        self.max.into()
    }

    /// The number of classes that must be present.
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    pub(crate) fn fewest_classes(&self) -> usize {
        self.min_classes.into()
    }

    /// Whether this class must be present.
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    pub(crate) fn requires(&self, class: usize) -> bool {
        self.required >> class & 1 == 1
    }

    /// Whether the classes from this one on have no characters.
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    pub(crate) fn has_only(&self, classes: u32) -> bool {
        let beyond = u8::MAX.unbounded_shl(classes) & !UNCOUNTED;
        self.kinds.as_flattened().iter().all(|kind| kind & beyond == 0) && self.required & beyond == 0
    }

    /// The bit of the class of a printable character; 0 if it counts for none.
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    pub(crate) fn kind_of(&self, character: u8) -> u8 {
        let index = usize::from(character - b' ');
        self.kinds[index / 16][index % 16] & !UNCOUNTED
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

    /// Each letter is a class; a password must have `minimum` characters of the first.
    fn table(letters: &str, minimum: u8) -> Option<ClassTable> {
        let class = |(index, _)| {
            let class = Class::new("one", CharSet::of(&letters[index..=index]));
            if index == 0 { class.at_least(minimum) } else { class }
        };
        let classes: std::vec::Vec<_> = letters.char_indices().map(class).collect();
        ClassTable::new(&Rules::new().with_classes(&classes).with_uncounted(CharSet::of("-")))
    }

    /// A byte has a bit for each of seven classes, and one for characters of none.
    #[test]
    fn up_to_seven_classes() {
        let seven = table("abcdefg", 1).expect("seven classes fit");
        let kind = |byte: u8| seven.kinds[usize::from(byte - b' ') / 16][usize::from(byte) % 16];
        let kinds = |text: &str| text.bytes().fold(0, |kinds, byte| kinds | kind(byte));
        assert_eq!((kinds("a"), kinds("g"), kinds("-"), kinds("h")), (1, 1 << 6, UNCOUNTED, 0));
        assert!(seven.complies(kinds("a-")) && !seven.complies(kinds("bcdefg-")));
        assert!(table("abcdefgh", 1).is_none());
    }

    /// A bit says whether there is a character of a class, and not how many.
    #[test]
    fn minima_up_to_one() {
        assert!(table("ab", 0).is_some_and(|table| table.complies(0)));
        assert!(table("ab", 1).is_some_and(|table| !table.complies(0)));
        assert!(table("ab", 2).is_none());
    }
}
