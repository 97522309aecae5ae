//! What a policy is made of: plain data, not yet known to make sense.

use crate::charset::CharSet;

/// The longest password that a policy may allow, in characters.
///
/// A limit of this library, not of a vendor's: Exotel states no maximum and NXCloud no rule at all, the
/// other rule groups that are known end at 32, and 64 characters carry more bits than any key that
/// a password protects.
pub const MAX_LENGTH: usize = 64;

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

/// The rules of a policy as plain data, for [`Policy::new`](crate::Policy::new) to make sense of.
///
/// Write the ones that you need over [`Rules::NONE`]:
///
/// ```
/// use sip_password::{CharSet, Class, Policy, Rules};
///
/// const RULES: Rules = Rules {
///     min_length: 10,
///     max_length: 20,
///     default_length: 16,
///     classes: &[
///         Class::new("letters", CharSet::UPPERCASE.union(CharSet::LOWERCASE)),
///         Class::new("digits", CharSet::DIGITS).at_least(2),
///     ],
///     required_classes: 2,
///     uncounted: CharSet::of("-_"),
///     never_generated: CharSet::of("0O1lI"),
///     longest_run: Some(2),
///     ..Rules::NONE
/// };
/// const TENANT: Policy = Policy::constant(RULES);
///
/// assert!(TENANT.check("no-digit-here").is_err());
/// assert!(TENANT.check("but-here-42").is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rules<'a> {
    /// The shortest compliant password, in characters, from 1.
    pub min_length: u8,
    /// The longest, in characters, up to [`MAX_LENGTH`].
    pub max_length: u8,
    /// The length to generate where nobody asks for another.
    pub default_length: u8,
    /// The character classes, one to [`MAX_CLASSES`], disjoint.
    pub classes: &'a [Class<'a>],
    /// How many classes must have at least one character in a password ("3 of 4"); 0 for no such
    /// rule.
    pub required_classes: u8,
    /// Characters that may stand in a password and count for no class.
    pub uncounted: CharSet,
    /// Characters that are accepted and never generated. One that is not accepted anyway does no
    /// harm here.
    pub never_generated: CharSet,
    /// How often one character may stand in a row at the most; `None` for no such rule. Upper and
    /// lower case are two characters.
    pub longest_run: Option<u8>,
    /// The classes that the first character must be of one of; `None` for no such rule.
    pub first: Option<ClassSet>,
    /// A word that may not appear anywhere in a password, such as the account's name, 1 to
    /// [`MAX_LENGTH`] bytes. Upper and lower case (of ASCII) are the same here.
    pub context: Option<&'a str>,
}

impl<'a> Rules<'a> {
    /// Rules that ask for nothing but a length of 1 to [`MAX_LENGTH`], 16 by default, and have no
    /// class yet: a start for rules of your own.
    pub const NONE: Self = Self {
        min_length: 1,
        max_length: MAX_LENGTH as u8,
        default_length: 16,
        classes: &[],
        required_classes: 0,
        uncounted: CharSet::EMPTY,
        never_generated: CharSet::EMPTY,
        longest_run: None,
        first: None,
        context: None,
    };

    /// All characters that may stand in a password.
    pub const fn accepted(&self) -> CharSet {
        let mut set = self.uncounted;
        let mut place = 0;
        while place < self.classes.len() {
            set = set.union(self.classes[place].characters);
            place += 1;
        }
        set
    }

    /// All characters that may stand in a *generated* password.
    pub const fn alphabet(&self) -> CharSet {
        self.accepted().difference(self.never_generated)
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
