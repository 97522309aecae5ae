//! Character classes, and sets of them.

use core::fmt;

use crate::rules::charset::CharSet;

/// The most classes that a policy may have. Vendors use four.
pub const MAX_CLASSES: usize = 8;

/// A character class: a set of characters of which a policy may ask for some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Class<'a> {
    /// What messages call it, in the plural: `"digits"`.
    pub name: &'a str,
    /// The characters that count for it. Printable ASCII, and in no other class of the policy.
    pub characters: CharSet,
    /// How many of them every password needs at the least. 0 asks for none; a policy can still ask
    /// for the class as one of several, by [`Rules::required_classes`].
    pub minimum: u8,
}

impl<'a> Class<'a> {
    /// A class of which a policy does not ask for any number.
    pub const fn new(name: &'a str, characters: CharSet) -> Self {
        Self { name, characters, minimum: 0 }
    }

    /// The same class with at least `minimum` characters in every password.
    #[must_use]
    pub const fn at_least(self, minimum: u8) -> Self {
        Self { minimum, ..self }
    }
}

/// Some of a policy's classes, by their places in [`Rules::classes`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ClassSet(u8);

impl ClassSet {
    /// No class.
    pub const EMPTY: Self = Self(0);

    /// The same set with the class at `place` (0 to 7) as well; an impossible place is left out.
    #[must_use]
    pub const fn with(self, place: usize) -> Self {
        if place < MAX_CLASSES { Self(self.0 | 1 << place) } else { self }
    }

    /// Whether the class at `place` is in it.
    pub const fn contains(self, place: usize) -> bool {
        place < MAX_CLASSES && self.0 >> place & 1 == 1
    }

    /// How many classes, 0 to 8.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether there is no class in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The places, ascending.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..MAX_CLASSES).filter(move |&place| self.contains(place))
    }

    pub(crate) const fn bits(self) -> u8 {
        self.0
    }
}

/// Some of a policy's classes. Prints their names, with commas between.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Classes<'p> {
    of: &'p [Class<'p>],
    set: ClassSet,
}

impl<'p> Classes<'p> {
    pub(crate) const fn new(of: &'p [Class<'p>], set: ClassSet) -> Self {
        Self { of, set }
    }

    /// The classes, in the policy's order.
    pub fn iter(self) -> impl Iterator<Item = &'p Class<'p>> {
        self.of.iter().enumerate().filter(move |&(place, _)| self.set.contains(place)).map(|(_, class)| class)
    }

    /// Their places in the policy's rules.
    pub const fn places(self) -> ClassSet {
        self.set
    }
}

impl fmt::Display for Classes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().enumerate().try_for_each(|(at, class)| {
            f.write_str(if at == 0 { "" } else { ", " })?;
            f.write_str(class.name)
        })
    }
}

impl fmt::Debug for Classes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|class| class.name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_set_of_classes() {
        for bits in 0..=u8::MAX {
            let places: BTreeSet<usize> = (0..MAX_CLASSES).filter(|place| bits >> place & 1 == 1).collect();
            let set = places.iter().fold(ClassSet::EMPTY, |set, &place| set.with(place));
            assert_eq!(set.bits(), bits);
            assert_eq!(set.len(), places.len());
            assert_eq!(set.is_empty(), places.is_empty());
            assert!(set.iter().eq(places.iter().copied()));
            for place in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 64, usize::MAX] {
                assert_eq!(set.contains(place), places.contains(&place), "{place}");
                assert_eq!(set.with(place).contains(place), place < MAX_CLASSES, "{place}");
            }
            // Twice is as good as once, and an impossible place is left out.
            assert!(places.iter().chain([&8]).all(|&place| set.with(place) == set));
        }
    }
}
