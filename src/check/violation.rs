//! Why a password is not compliant: each violation with its figures. Nothing here holds a character of the password.

use core::{fmt, iter::FusedIterator};

use crate::{
    check::{
        kind::{ViolationKind, ViolationKinds, ViolationKindsIter},
        scan::Details,
    },
    policy::{Classes, Policy},
    rules::class::{Class, ClassSet},
};

/// One way in which a password violates a policy, with figures. Lengths and positions are in characters; positions count
/// from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Violation<'p> {
    /// [`ViolationKind::TooShort`]
    TooShort {
        /// The length of the password.
        found: usize,
        /// The shortest length that is allowed.
        expected: usize,
    },
    /// [`ViolationKind::TooLong`]
    TooLong {
        /// The length of the password.
        found: usize,
        /// The longest length that is allowed.
        expected: usize,
    },
    /// [`ViolationKind::NotAscii`]
    NotAscii {
        /// The number of characters outside ASCII.
        found: usize,
        /// The position of the first one.
        position: usize,
    },
    /// [`ViolationKind::NotAllowed`]
    NotAllowed {
        /// The number of ASCII characters that are not allowed.
        found: usize,
        /// The position of the first one.
        position: usize,
    },
    /// [`ViolationKind::TooFewClasses`]
    TooFewClasses {
        /// The number of classes that are present.
        found: usize,
        /// The smallest number that is allowed.
        expected: usize,
        /// The classes that are not present.
        missing: Classes<'p>,
    },
    /// [`ViolationKind::TooFewOfClass`], once for each class.
    TooFewOfClass {
        /// The class.
        class: Class,
        /// The number of its characters.
        found: usize,
        /// The smallest number that is allowed.
        expected: usize,
    },
    /// [`ViolationKind::TooManyRepeats`]
    TooManyRepeats {
        /// How often the same ASCII character stands in a row.
        found: usize,
        /// How often it can stand in a row.
        expected: usize,
    },
    /// [`ViolationKind::WrongFirst`]
    WrongFirst {
        /// The classes to one of which the first character must belong.
        expected: Classes<'p>,
    },
    /// [`ViolationKind::ContainsContext`]
    ContainsContext,
    /// [`ViolationKind::TooLongRun`]
    TooLongRun {
        /// How many characters of one of the classes stand in a row.
        found: usize,
        /// How many can stand in a row.
        expected: usize,
        /// The classes of which no more can.
        classes: Classes<'p>,
    },
    /// [`ViolationKind::TooLongSequence`]
    TooLongSequence {
        /// How many characters in a row ascend or descend.
        found: usize,
        /// How many can.
        expected: usize,
    },
    /// [`ViolationKind::TooFewDistinct`]
    TooFewDistinct {
        /// The number of different printable ASCII characters.
        found: usize,
        /// The smallest number that is allowed.
        expected: usize,
    },
}

impl Violation<'_> {
    /// The kind of the violation.
    pub const fn kind(&self) -> ViolationKind {
        match self {
            Self::TooShort { .. } => ViolationKind::TooShort,
            Self::TooLong { .. } => ViolationKind::TooLong,
            Self::NotAscii { .. } => ViolationKind::NotAscii,
            Self::NotAllowed { .. } => ViolationKind::NotAllowed,
            Self::TooFewClasses { .. } => ViolationKind::TooFewClasses,
            Self::TooFewOfClass { .. } => ViolationKind::TooFewOfClass,
            Self::TooManyRepeats { .. } => ViolationKind::TooManyRepeats,
            Self::WrongFirst { .. } => ViolationKind::WrongFirst,
            Self::ContainsContext => ViolationKind::ContainsContext,
            Self::TooLongRun { .. } => ViolationKind::TooLongRun,
            Self::TooLongSequence { .. } => ViolationKind::TooLongSequence,
            Self::TooFewDistinct { .. } => ViolationKind::TooFewDistinct,
        }
    }
}

/// In English: what was found and what was expected.
impl fmt::Display for Violation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        match self {
            Self::TooShort { found, expected } => {
                write!(f, "{found} character{}, expected at least {expected}", plural(*found))
            }
            Self::TooLong { found, expected } => {
                write!(f, "{found} character{}, expected at most {expected}", plural(*found))
            }
            Self::NotAscii { found, position } => {
                write!(
                    f,
                    "{found} character{} outside ASCII, the first at position {position}",
                    plural(*found)
                )
            }
            Self::NotAllowed { found, position } => {
                write!(f, "{found} disallowed character{}, the first at position {position}", plural(*found))
            }
            Self::TooFewClasses { found, expected, missing } => {
                let classes = if *found == 1 { "class" } else { "classes" };
                write!(f, "{found} character {classes}, expected at least {expected}; missing: {missing}")
            }
            Self::TooFewOfClass { class, found, expected } => {
                write!(f, "{}: {found}, expected at least {expected}", class.name())
            }
            Self::TooManyRepeats { found, expected } => {
                write!(f, "the same character {found} times in a row, expected at most {expected}")
            }
            Self::WrongFirst { expected } => {
                write!(f, "the first character must belong to one of these classes: {expected}")
            }
            Self::ContainsContext => f.write_str("contains the account name or another context word"),
            Self::TooLongRun { found, expected, classes } => {
                write!(
                    f,
                    "{found} characters in a row from one class, expected at most {expected} from each of these: {classes}"
                )
            }
            Self::TooLongSequence { found, expected } => {
                write!(f, "{found} characters in a row that ascend or descend, expected at most {expected}")
            }
            Self::TooFewDistinct { found, expected } => {
                write!(f, "{found} different character{}, expected at least {expected}", plural(*found))
            }
        }
    }
}

/// Every way in which one password violates a policy; at least one.
///
/// Prints each kind with its figures, separated by commas; never a character of the password.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Violations<'p> {
    pub(crate) policy: &'p Policy,
    pub(crate) kinds: ViolationKinds,
    pub(crate) details: Details,
}

impl<'p> Violations<'p> {
    /// The kinds of the violations.
    pub const fn kinds(&self) -> ViolationKinds {
        self.kinds
    }

    /// The policy that is violated.
    pub const fn policy(&self) -> &'p Policy {
        self.policy
    }

    /// The violations, in the order of the numbers of their kinds.
    pub const fn iter(&self) -> ViolationsIter<'p> {
        ViolationsIter { violations: *self, kinds: self.kinds.iter(), class: 0 }
    }

    /// The violation of a kind with its figures; `None` for [`ViolationKind::TooFewOfClass`].
    fn violation(&self, kind: ViolationKind) -> Option<Violation<'p>> {
        let (policy, details) = (self.policy, &self.details);
        Some(match kind {
            ViolationKind::TooShort => {
                Violation::TooShort { found: details.characters, expected: policy.min_length() }
            }
            ViolationKind::TooLong => {
                Violation::TooLong { found: details.characters, expected: policy.max_length() }
            }
            ViolationKind::NotAscii => {
                Violation::NotAscii { found: details.not_ascii, position: details.first_not_ascii }
            }
            ViolationKind::NotAllowed => {
                Violation::NotAllowed { found: details.not_allowed, position: details.first_not_allowed }
            }
            ViolationKind::TooFewClasses => {
                let counts = policy.classes().indices().iter().zip(details.classes);
                let missing: ClassSet =
                    counts.filter(|&(_, count)| count == 0).map(|(index, _)| index).collect();
                Violation::TooFewClasses {
                    found: policy.classes().len() - missing.len(),
                    expected: policy.min_classes(),
                    missing: policy.classes().only(missing),
                }
            }
            ViolationKind::TooFewOfClass => return None,
            ViolationKind::TooManyRepeats => Violation::TooManyRepeats {
                found: details.max_repeat,
                expected: policy.max_repeat().unwrap_or_default().into(),
            },
            ViolationKind::WrongFirst => {
                Violation::WrongFirst { expected: policy.classes().only(policy.first().unwrap_or_default()) }
            }
            ViolationKind::ContainsContext => Violation::ContainsContext,
            ViolationKind::TooLongRun => {
                let (expected, classes) = policy.max_run().unwrap_or_default();
                let classes = policy.classes().only(classes);
                Violation::TooLongRun { found: details.max_run, expected: expected.into(), classes }
            }
            ViolationKind::TooLongSequence => Violation::TooLongSequence {
                found: details.max_sequence,
                expected: policy.max_sequence().unwrap_or_default().into(),
            },
            ViolationKind::TooFewDistinct => {
                Violation::TooFewDistinct { found: details.distinct, expected: policy.min_distinct() }
            }
        })
    }

    /// The first class from `index` on of which there are too few characters.
    fn too_few_of_class(&self, index: usize) -> Option<(usize, Violation<'p>)> {
        let classes = self.policy.classes().iter().zip(self.details.classes).enumerate().skip(index);
        let mut short = classes.filter(|(_, (class, found))| *found < class.minimum());
        short.next().map(|(index, (class, found))| {
            let expected = class.minimum().into();
            (index, Violation::TooFewOfClass { class, found: found.into(), expected })
        })
    }
}

/// The violations of one password, in the order of the numbers of their kinds; see [`Violations::iter`].
#[derive(Clone)]
pub struct ViolationsIter<'p> {
    violations: Violations<'p>,
    kinds: ViolationKindsIter,
    /// The index of the next class to look at for [`ViolationKind::TooFewOfClass`].
    class: usize,
}

impl<'p> Iterator for ViolationsIter<'p> {
    type Item = Violation<'p>;

    fn next(&mut self) -> Option<Violation<'p>> {
        loop {
            let mut after = self.kinds.clone();
            let kind = after.next()?;
            if kind != ViolationKind::TooFewOfClass {
                self.kinds = after;
                return self.violations.violation(kind);
            }
            if let Some((index, violation)) = self.violations.too_few_of_class(self.class) {
                self.class = index + 1;
                return Some(violation);
            }
            self.kinds = after;
        }
    }
}

impl FusedIterator for ViolationsIter<'_> {}

impl<'p> IntoIterator for &Violations<'p> {
    type Item = Violation<'p>;
    type IntoIter = ViolationsIter<'p>;

    fn into_iter(self) -> ViolationsIter<'p> {
        self.iter()
    }
}

impl<'p> IntoIterator for Violations<'p> {
    type Item = Violation<'p>;
    type IntoIter = ViolationsIter<'p>;

    fn into_iter(self) -> ViolationsIter<'p> {
        self.iter()
    }
}

impl fmt::Display for Violations<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().enumerate().try_for_each(|(at, violation)| {
            f.write_str(if at == 0 { "" } else { ", " })?;
            write!(f, "{} ({violation})", violation.kind())
        })
    }
}

impl fmt::Debug for Violations<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl fmt::Debug for ViolationsIter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl core::error::Error for Violations<'_> {}
