//! Why rules are not a policy.

use core::fmt;

use super::Conflict;
use crate::{
    counting::MAX_STATES,
    rules::{
        MAX_CHECKED_LENGTH, MAX_LENGTH,
        class::{MAX_CLASS_NAME, MAX_CLASS_NAMES, MAX_CLASSES},
    },
};

/// Why [`Rules`](crate::Rules) are not a policy. An index is that of a class in
/// [`Rules::classes`](crate::Rules::classes), from 0; the number of classes stands for the uncounted characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PolicyError {
    /// The lengths are not `1 <= min <= max <= MAX_CHECKED_LENGTH`, or the shortest exceeds [`MAX_LENGTH`], so that nothing
    /// could be generated.
    Lengths {
        /// The shortest password, in characters.
        min: u8,
        /// The longest password, in characters.
        max: u16,
    },
    /// The default length is not one of the allowed lengths, or exceeds [`MAX_LENGTH`].
    DefaultLength {
        /// The default length, in characters.
        default: u8,
        /// The shortest password, in characters.
        min: u8,
        /// The longest password, in characters.
        max: u16,
    },
    /// There are more than [`MAX_CLASSES`] classes.
    TooManyClasses {
        /// The number of classes.
        classes: usize,
    },
    /// The name of a class is longer than [`MAX_CLASS_NAME`] bytes.
    ClassName {
        /// The index of the class.
        index: usize,
        /// The length of its name, in bytes; 255 stands for more.
        length: usize,
    },
    /// The names of all classes together are longer than [`MAX_CLASS_NAMES`] bytes.
    ClassNames {
        /// Their length, in bytes.
        length: usize,
    },
    /// A class has no characters.
    EmptyClass {
        /// The index of the class.
        index: usize,
    },
    /// A class contains a character that is not printable ASCII.
    NotPrintable {
        /// The index of the class.
        index: usize,
    },
    /// Two classes share a character.
    Overlap {
        /// The index of the first class.
        first: usize,
        /// The index of the second class.
        second: usize,
    },
    /// No character is allowed at all.
    NoCharacters,
    /// More classes are required than there are.
    MinClasses {
        /// The number of classes that are required.
        required: u8,
        /// The number of classes that there are.
        classes: usize,
    },
    /// The minima of the classes add up to more than the longest password has, or to more than [`MAX_LENGTH`].
    Minima {
        /// The sum of the minima, in characters.
        sum: usize,
        /// The longest password, in characters.
        max: u16,
    },
    /// `max_repeat` is 0.
    MaxRepeat,
    /// `max_run` is 0, or its set of classes is empty or names a class that does not exist.
    MaxRun {
        /// The longest row that is allowed, in characters.
        found: u8,
        /// The number of classes.
        classes: usize,
    },
    /// `max_sequence` is 0.
    MaxSequence,
    /// More different characters are required than the longest password that can be generated has, or than there are.
    MinDistinct {
        /// The number of characters that are required.
        found: u8,
        /// The longest password that can be generated, in characters.
        max: u8,
    },
    /// The set of classes for the first character is empty or names a class that does not exist.
    First {
        /// The number of classes.
        classes: usize,
    },
    /// A context word is empty, or they are longer than [`MAX_LENGTH`] bytes together.
    Context {
        /// Their length in bytes, with one byte more for each word after the first; 255 stands for more.
        length: usize,
    },
    /// The minima, the limits on rows and sequences, `min_distinct` and the context words together make too many states to count: more
    /// than 1,048,576, or 4,096 without the feature `std` and in a `const`.
    TooComplex {
        /// The number of states.
        states: usize,
    },
    /// Each rule is valid by itself, but no password of the default length satisfies all of them.
    Infeasible {
        /// The rules that conflict.
        conflict: Conflict,
    },
    /// Some passwords are compliant, but none of the default length can be generated without the excluded characters and first
    /// characters.
    NothingToGenerate {
        /// The rules that conflict with the exclusion.
        conflict: Conflict,
    },
}

impl PolicyError {
    /// The rule that is broken, without figures.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::Lengths { .. } => {
                "lengths: expected 1 <= min_length <= max_length <= 256 and min_length <= 64"
            }
            Self::DefaultLength { .. } => {
                "default_length: expected at most 64 and one of the allowed lengths"
            }
            Self::TooManyClasses { .. } => "classes: expected at most 8 classes",
            Self::ClassName { .. } => "classes: expected a name of at most 31 bytes",
            Self::ClassNames { .. } => "classes: expected names of at most 160 bytes together",
            Self::EmptyClass { .. } => "classes: expected at least one character in each class",
            Self::NotPrintable { .. } => "characters: expected printable ASCII, ' ' to '~'",
            Self::Overlap { .. } => "classes: expected no character in two classes",
            Self::NoCharacters => "characters: expected at least one allowed character",
            Self::MinClasses { .. } => "min_classes: expected at most the number of classes",
            Self::Minima { .. } => {
                "minimum: expected minima that add up to at most 64 and at most max_length"
            }
            Self::MaxRepeat => "max_repeat: expected at least 1",
            Self::MaxRun { .. } => "max_run: expected at least 1, and one or more of the classes",
            Self::MaxSequence => "max_sequence: expected at least 1",
            Self::MinDistinct { .. } => {
                "min_distinct: expected at most the longest length, and at most the number of characters"
            }
            Self::First { .. } => "first: expected one or more of the classes",
            Self::Context { .. } => {
                "context: expected words of at least 1 byte, and at most 64 bytes together"
            }
            Self::TooComplex { .. } => {
                "minima, rows, sequences, different characters and context: expected fewer states; together they are too many to count"
            }
            Self::Infeasible { .. } => "no password of the default length satisfies all rules",
            Self::NothingToGenerate { .. } => {
                "excluded: no compliant password of the default length is left to generate"
            }
        }
    }
}

/// The texts of [`PolicyError::rule`] state these limits.
const _: () = assert!(
    MAX_LENGTH == 64
        && MAX_CHECKED_LENGTH == 256
        && MAX_CLASSES == 8
        && MAX_CLASS_NAME == 31
        && MAX_CLASS_NAMES == 160
);

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rule())?;
        match self {
            Self::Lengths { min, max } => write!(f, ", found {min} to {max}"),
            Self::DefaultLength { default, min, max } => write!(f, ", {min} to {max}, found {default}"),
            Self::TooManyClasses { classes } => write!(f, ", found {classes}"),
            Self::ClassName { index, length } => write!(f, ", found {length} in class {index}"),
            Self::ClassNames { length } => write!(f, ", found {length}"),
            Self::EmptyClass { index } => write!(f, ", found none in class {index}"),
            Self::NotPrintable { index } => write!(f, ", found another character in class {index}"),
            Self::Overlap { first, second } => write!(f, ", found one in classes {first} and {second}"),
            Self::MinClasses { required, classes } => write!(f, ", {classes}, found {required}"),
            Self::Minima { sum, max } => write!(f, ", {max}, found {sum}"),
            Self::Context { length } => write!(f, ", found {length}"),
            Self::TooComplex { states } => write!(f, " (found {states} states, the limit is {MAX_STATES})"),
            Self::Infeasible { conflict } | Self::NothingToGenerate { conflict } => write!(f, ": {conflict}"),
            Self::First { classes } => write!(f, ", of which there are {classes}"),
            Self::MaxRun { found, classes } => write!(f, ", of which there are {classes}, found {found}"),
            Self::MinDistinct { found, max } => {
                write!(f, " (the longest that is generated is {max}), found {found}")
            }
            Self::NoCharacters => f.write_str(", found none"),
            Self::MaxRepeat | Self::MaxSequence => f.write_str(", found 0"),
        }
    }
}

impl core::error::Error for PolicyError {}
