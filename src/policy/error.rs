//! Why rules are not a policy.

use core::fmt;

use super::Conflict;
use crate::{
    counting::{MAX_STATES, MAX_STATES_STD},
    rules::{MAX_LENGTH, class::MAX_CLASSES},
};

/// Why [`Rules`](crate::Rules) are not a policy. Places are those in [`Rules::classes`](crate::Rules::classes), from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PolicyError {
    /// The lengths are not `1 <= min <= max <= MAX_LENGTH`.
    Lengths {
        /// [`Rules::min_length`](crate::Rules::min_length).
        min: u8,
        /// [`Rules::max_length`](crate::Rules::max_length).
        max: u8,
    },
    /// The default length is not between the least and the greatest.
    DefaultLength {
        /// [`Rules::default_length`](crate::Rules::default_length).
        default: u8,
    },
    /// More than [`MAX_CLASSES`] classes.
    TooManyClasses {
        /// How many.
        classes: usize,
    },
    /// A class without characters.
    EmptyClass {
        /// Its place.
        place: usize,
    },
    /// A class, or (where the place is the number of classes) the uncounted characters, with one
    /// that is not printable ASCII.
    NotPrintable {
        /// Its place.
        place: usize,
    },
    /// A character stands in two classes, or (where the second place is the number of classes) in
    /// one and among the uncounted.
    Overlap {
        /// The place of the first.
        first: usize,
        /// The place of the second.
        second: usize,
    },
    /// No character may stand in a password at all.
    NoCharacters,
    /// More classes are required than there are.
    RequiredClasses {
        /// [`Rules::required_classes`](crate::Rules::required_classes).
        required: u8,
        /// How many classes there are.
        classes: usize,
    },
    /// The minima of the classes add up to more than the greatest length.
    Minima {
        /// Their sum.
        sum: usize,
        /// [`Rules::max_length`](crate::Rules::max_length).
        max: u8,
    },
    /// A longest run of 0.
    LongestRun,
    /// The classes for the first character are none, or one of them does not exist.
    First,
    /// The context word is empty, or longer than [`MAX_LENGTH`] bytes.
    Context {
        /// Its length in bytes.
        length: usize,
    },
    /// The minima, the longest run and the context word together are more states to count than
    /// [`MAX_STATES_STD`](crate::MAX_STATES_STD), or without the feature `std` and in a `const` than [`MAX_STATES`](crate::MAX_STATES).
    TooComplex {
        /// How many states.
        states: usize,
    },
    /// Each rule makes sense by itself, and no password of the default length satisfies all of
    /// them.
    Infeasible {
        /// The rules that cannot hold together.
        conflict: Conflict,
    },
    /// Some passwords are compliant, and none of the default length that
    /// [`Rules::never_generated`](crate::Rules::never_generated) leaves.
    NothingToGenerate {
        /// The rules that cannot hold together without the characters that are never generated.
        conflict: Conflict,
    },
}

impl PolicyError {
    /// The rule that cannot hold, in words and without the figures.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::Lengths { .. } => "lengths: wanted is 1 <= min_length <= max_length <= MAX_LENGTH",
            Self::DefaultLength { .. } => "default_length: it must be one of the allowed lengths",
            Self::TooManyClasses { .. } => "classes: there can be at most MAX_CLASSES",
            Self::EmptyClass { .. } => "classes: each must have a character",
            Self::NotPrintable { .. } => "characters: they must be printable ASCII, ' ' to '~'",
            Self::Overlap { .. } => "classes: no character can count for two of them",
            Self::NoCharacters => "characters: at least one must be allowed",
            Self::RequiredClasses { .. } => "required_classes: there are not so many classes",
            Self::Minima { .. } => "minimum: the classes' minima add up to more than max_length",
            Self::LongestRun => "longest_run: it must be at least 1",
            Self::First => "first: it must name a class, and only classes that exist",
            Self::Context { .. } => "context: the word must have 1 to MAX_LENGTH bytes",
            Self::TooComplex { .. } => {
                "minimum, longest_run and context: together they are too many states to count"
            }
            Self::Infeasible { .. } => "no password of the default length satisfies all rules together",
            Self::NothingToGenerate { .. } => {
                "never_generated: it leaves no compliant password of the default length"
            }
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rule())?;
        match self {
            Self::Lengths { min, max } => write!(f, " (found {min} to {max}; the limit is {MAX_LENGTH})"),
            Self::DefaultLength { default } => write!(f, " (found {default})"),
            Self::TooManyClasses { classes } => write!(f, " (found {classes}; the limit is {MAX_CLASSES})"),
            Self::EmptyClass { place } | Self::NotPrintable { place } => write!(f, " (class {place})"),
            Self::Overlap { first, second } => write!(f, " (classes {first} and {second})"),
            Self::RequiredClasses { required, classes } => write!(f, " (found {required} of {classes})"),
            Self::Minima { sum, max } => write!(f, " ({sum}, over {max})"),
            Self::Context { length } => write!(f, " (found {length}; the limit is {MAX_LENGTH})"),
            Self::TooComplex { states } => {
                let limit = if cfg!(feature = "std") { MAX_STATES_STD } else { MAX_STATES };
                write!(f, " ({states} states; the limit is {limit})")
            }
            Self::Infeasible { conflict } | Self::NothingToGenerate { conflict } => write!(f, ": {conflict}"),
            Self::NoCharacters | Self::LongestRun | Self::First => Ok(()),
        }
    }
}

impl core::error::Error for PolicyError {}
