//! Character classes, and sets of them.

use core::{
    fmt,
    iter::FusedIterator,
    ops::{BitOr, BitOrAssign},
};

use crate::rules::{charset::CharSet, text::Text};

/// The largest number of classes that a policy can have. The vendors use four.
pub const MAX_CLASSES: usize = 8;

/// The longest name of a class, in bytes of UTF-8. A class holds its name by value.
pub const MAX_CLASS_NAME: usize = 31;

/// The longest names of all classes of a policy together, in bytes of UTF-8: eight names of 20. A policy holds them by value, so the
/// limit decides how large it is in firmware.
pub const MAX_CLASS_NAMES: usize = 160;

/// A character class: a named set of characters of which a policy can require some.
///
/// ```
/// use sip_password::{CharSet, Class};
///
/// const DIGITS: Class = Class::new("digits", CharSet::DIGITS).at_least(2);
/// assert_eq!((DIGITS.name(), DIGITS.characters().len(), DIGITS.minimum()), ("digits", 10, 2));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Class {
    name: Text<MAX_CLASS_NAME>,
    characters: CharSet,
    minimum: u8,
}

impl Class {
    /// Fills the room for classes that a policy does not use.
    pub(crate) const NONE: Self = Self { name: Text::EMPTY, characters: CharSet::EMPTY, minimum: 0 };

    /// A class that no password needs, unless [`at_least`](Self::at_least) or
    /// [`Rules::with_min_classes`](crate::Rules::with_min_classes) requires it.
    ///
    /// `name` is what messages call the class, in the plural ("digits"), in up to [`MAX_CLASS_NAME`] bytes.
    /// `characters` are printable ASCII, and in no other class of the policy. A policy with a class that breaks these
    /// rules is a [`PolicyError`](crate::PolicyError).
    #[must_use]
    pub const fn new(name: &str, characters: CharSet) -> Self {
        Self { name: Text::new(name), characters, minimum: 0 }
    }

    /// The same class with at least `minimum` characters in every password; 0 states no such rule.
    #[must_use]
    pub const fn at_least(mut self, minimum: u8) -> Self {
        self.minimum = minimum;
        self
    }

    /// What messages call the class, in the plural: `"digits"`.
    pub const fn name(&self) -> &str {
        self.name.as_str()
    }

    /// The characters of the class.
    pub const fn characters(&self) -> CharSet {
        self.characters
    }

    /// How many characters of the class every password must contain; 0 for no such rule.
    pub const fn minimum(&self) -> u8 {
        self.minimum
    }

    pub(crate) const fn text(&self) -> &Text<MAX_CLASS_NAME> {
        &self.name
    }

    pub(crate) const fn from_parts(name: Text<MAX_CLASS_NAME>, characters: CharSet, minimum: u8) -> Self {
        Self { name, characters, minimum }
    }
}

impl fmt::Debug for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Class")
            .field("name", &self.name())
            .field("characters", &self.characters)
            .field("minimum", &self.minimum)
            .finish()
    }
}

/// A set of a policy's classes, by their indices in [`Rules::classes`](crate::Rules::classes).
///
/// ```
/// use sip_password::ClassSet;
///
/// let set: ClassSet = [0, 2].into_iter().collect();
/// assert_eq!(set, ClassSet::EMPTY.with(0) | ClassSet::EMPTY.with(2));
/// assert!(set.iter().eq([0, 2]));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ClassSet(u8);

impl ClassSet {
    /// The empty set.
    pub const EMPTY: Self = Self(0);

    /// The same set with the class at `index`, 0 to 7; any other index is left out.
    #[must_use]
    pub const fn with(self, index: usize) -> Self {
        if index < MAX_CLASSES { Self(self.0 | 1 << index) } else { self }
    }

    /// The classes that are in `self`, in `other` or in both; `a | b` outside a `const`.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the set contains the class at `index`.
    pub const fn contains(self, index: usize) -> bool {
        index < MAX_CLASSES && self.0 >> index & 1 == 1
    }

    /// The number of classes, 0 to 8.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether the set is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The indices, ascending.
    pub const fn iter(self) -> ClassIndices {
        ClassIndices(self.0)
    }

    pub(crate) const fn bits(self) -> u8 {
        self.0
    }
}

/// The indices of a [`ClassSet`], ascending; see [`ClassSet::iter`].
#[derive(Clone, Debug)]
pub struct ClassIndices(
    /// A bit for each index that is left.
    u8,
);

impl Iterator for ClassIndices {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let index = self.0.trailing_zeros() as usize;
        // Clears the lowest bit; of 0 there is none.
        self.0 &= self.0.wrapping_sub(1);
        (index < MAX_CLASSES).then_some(index)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.0.count_ones() as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for ClassIndices {}
impl FusedIterator for ClassIndices {}

impl IntoIterator for ClassSet {
    type Item = usize;
    type IntoIter = ClassIndices;

    fn into_iter(self) -> ClassIndices {
        self.iter()
    }
}

/// Indices of 8 and more are left out.
impl FromIterator<usize> for ClassSet {
    fn from_iter<I: IntoIterator<Item = usize>>(indices: I) -> Self {
        indices.into_iter().fold(Self::EMPTY, Self::with)
    }
}

/// Indices of 8 and more are left out.
impl Extend<usize> for ClassSet {
    fn extend<I: IntoIterator<Item = usize>>(&mut self, indices: I) {
        *self |= indices.into_iter().collect();
    }
}

/// [`ClassSet::union`].
impl BitOr for ClassSet {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}

/// [`ClassSet::union`].
impl BitOrAssign for ClassSet {
    fn bitor_assign(&mut self, other: Self) {
        *self = self.union(other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_set_of_classes() {
        for bits in 0..=u8::MAX {
            let indices: BTreeSet<usize> = (0..MAX_CLASSES).filter(|index| bits >> index & 1 == 1).collect();
            let set = indices.iter().fold(ClassSet::EMPTY, |set, &index| set.with(index));
            assert_eq!(set.bits(), bits);
            assert_eq!(set.len(), indices.len());
            assert_eq!(set.is_empty(), indices.is_empty());
            assert!(set.iter().eq(indices.iter().copied()));
            assert_eq!(set.iter().len(), indices.len());
            assert_eq!(set.into_iter().chain([8, 64]).collect::<ClassSet>(), set);
            let (mut low, high) = (ClassSet(bits & 0x0f), ClassSet(bits & 0xf0));
            assert_eq!(low | high, set);
            low.extend(high);
            assert_eq!(low, set);
            for index in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 64, usize::MAX] {
                assert_eq!(set.contains(index), indices.contains(&index), "{index}");
                assert_eq!(set.with(index).contains(index), index < MAX_CLASSES, "{index}");
            }
            // Repetitions and impossible indices have no effect.
            assert!(indices.iter().chain([&8]).all(|&index| set.with(index) == set));
        }
    }
}
