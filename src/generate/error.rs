//! Why no password was generated.

use core::fmt;

use crate::rules::MAX_LENGTH;

/// Why no password of a length can be generated, whatever the random source. Nothing was drawn from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LengthError {
    /// The policy does not allow this length.
    NotAllowed {
        /// The length that was asked for, in characters.
        found: usize,
        /// The shortest length that the policy allows, in characters.
        min: usize,
        /// The longest length that the policy allows, in characters.
        max: usize,
    },
    /// The policy allows this length, but longer passwords than [`MAX_LENGTH`] are only checked.
    NotGenerated {
        /// The length that was asked for, in characters.
        length: usize,
    },
    /// The length exceeds the capacity of the [`Password`](crate::Password).
    Capacity {
        /// The length that was asked for, in characters.
        found: usize,
        /// The capacity, in characters.
        max: usize,
    },
    /// The rules and the excluded characters leave no password of this length.
    Infeasible {
        /// The length that was asked for, in characters.
        length: usize,
    },
    /// Compliant passwords of this length are too rare to be found by trial, and cannot be counted either: without the feature
    /// `std`, or because counting would take more than a gigabyte, which is found out before any memory is taken.
    TooRare {
        /// The length that was asked for, in characters.
        length: usize,
    },
}

/// Why no password was generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GenerateError<E> {
    /// No password of this length can be generated. Nothing was drawn from the random source.
    Length(LengthError),
    /// The random source failed.
    Source(E),
    /// The random source is broken: it gave no compliant candidate in so many tries that a true random source fails so with a
    /// probability under 2^-128.
    SourceStuck {
        /// The number of tries.
        tries: u16,
    },
    /// The random source is broken: it gave the same word, or the same few words in turn, again and again, as a true random source
    /// does with a probability under 2^-64 a password.
    SourceRepeats,
}

impl<E> From<LengthError> for GenerateError<E> {
    fn from(error: LengthError) -> Self {
        Self::Length(error)
    }
}

impl fmt::Display for LengthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAllowed { found, min, max } if min == max => {
                write!(f, "expected {min} characters, found {found}")
            }
            Self::NotAllowed { found, min, max } => {
                write!(f, "expected {min} to {max} characters, found {found}")
            }
            Self::NotGenerated { length } => write!(
                f,
                "the policy allows {length} characters, but this library generates at most {MAX_LENGTH}"
            ),
            Self::Capacity { found, max } => write!(f, "expected at most {max} characters, found {found}"),
            Self::Infeasible { length } => {
                write!(f, "no password of {length} characters satisfies the policy")
            }
            Self::TooRare { length } => write!(
                f,
                "compliant passwords of {length} characters are too rare to be found by trial, and counting them would take \
                 too much memory"
            ),
        }
    }
}

impl core::error::Error for LengthError {}

impl<E: fmt::Display> fmt::Display for GenerateError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(error) => error.fmt(f),
            Self::Source(error) => write!(f, "the random source failed: {error}"),
            Self::SourceStuck { tries } => {
                write!(f, "the random source is broken: no compliant password in {tries} tries")
            }
            Self::SourceRepeats => f.write_str(
                "the random source is broken: expected random words, found the same ones again and again",
            ),
        }
    }
}

/// The message contains that of the source, so there is no [`source`](core::error::Error::source).
impl<E: core::error::Error> core::error::Error for GenerateError<E> {}
