//! The rules of a policy as plain data, not yet validated.

pub(crate) mod charset;
pub(crate) mod class;
#[cfg(feature = "passwordrules")]
pub(crate) mod cnf;
#[cfg(feature = "std")]
pub(crate) mod owned;

use charset::CharSet;
use class::{Class, ClassSet};

/// The longest password that a policy may allow, in characters.
///
/// A limit of this library, not of a vendor's: Exotel states no maximum and NXCloud no rule at all, the
/// other rule groups that are known end at 32, and 64 characters carry more bits than any key that
/// a password protects.
pub const MAX_LENGTH: usize = 64;

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
