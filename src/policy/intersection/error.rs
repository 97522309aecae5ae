//! Why several policies have no intersection that is a policy.

use core::fmt;

use crate::policy::PolicyError;

/// Why [`Policy::intersection`](crate::Policy::intersection) failed. Prints the policies and the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct IntersectionError {
    /// The first two policies that have no intersection, by their positions; `None` if any two have one.
    pub policies: Option<(usize, usize)>,
    /// Why they have none.
    pub conflict: IntersectionConflict,
}

/// Why policies have no intersection that is a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IntersectionConflict {
    /// No policy was given.
    NoPolicies,
    /// No length is allowed by all.
    Lengths {
        /// The longest of the shortest lengths, in characters.
        min: u8,
        /// The shortest of the longest lengths, in characters.
        max: u16,
    },
    /// No character is accepted by all.
    Characters,
    /// A policy requires a class of which the others accept no character.
    MissingClass,
    /// No character can be the first for all.
    First,
    /// Rules on classes that no single policy can state together, such as two letters of any case beside three of four classes.
    Classes,
    /// Limits on runs of one class that no single policy can state together: of different lengths, or for classes that other rules
    /// divide.
    MaxRun,
    /// More classes than a policy can have.
    TooManyClasses {
        /// The number of classes.
        classes: usize,
    },
    /// The joined rules have more states than [`Policy::intersection_within`](crate::Policy::intersection_within) was asked to count.
    States {
        /// The number of states.
        states: usize,
        /// The most states that are counted.
        max: usize,
    },
    /// The joined rules are not a policy: no password satisfies all, or they are too many to count.
    Rules(PolicyError),
}

impl IntersectionConflict {
    /// Whether there may be passwords that satisfy all policies, and only no single policy states their rules.
    pub(super) const fn is_of_statement(&self) -> bool {
        matches!(self, Self::Classes | Self::MaxRun | Self::TooManyClasses { .. })
    }
}

impl fmt::Display for IntersectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.policies {
            Some((first, second)) => write!(f, "policies {first} and {second}: {}", self.conflict),
            None if self.conflict == IntersectionConflict::NoPolicies => write!(f, "{}", self.conflict),
            None => write!(f, "all policies together: {}", self.conflict),
        }
    }
}

impl fmt::Display for IntersectionConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPolicies => f.write_str("expected at least one policy, found none"),
            Self::Lengths { min, max } => {
                write!(f, "one requires at least {min} characters, another allows at most {max}")
            }
            Self::Characters => f.write_str("no character is accepted by all"),
            Self::MissingClass => f.write_str("one requires a class of which another accepts no character"),
            Self::First => f.write_str("no character can be the first for all"),
            Self::Classes => f.write_str("no single policy can state what they require of character classes"),
            Self::MaxRun => f.write_str("no single policy can state their limits on runs of one class"),
            Self::TooManyClasses { classes } => {
                write!(f, "expected at most 8 classes that rules tell apart, found {classes}")
            }
            Self::States { states, max } => {
                write!(f, "together: expected at most {max} states, found {states}, which take long to count")
            }
            Self::Rules(error) => write!(f, "{error}"),
        }
    }
}

impl core::error::Error for IntersectionError {}
