//! Why a password is not compliant, as plain data: stable codes, and the figures to explain them.
//!
//! Nothing here holds a character of the password.

use core::fmt;

use crate::{
    findings::Figures,
    policy::Policy,
    rules::{Class, ClassSet},
};

/// What kind of violation, as a number and a word that never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum Code {
    /// Fewer characters than the policy wants.
    TooShort = 1,
    /// More characters than the policy allows.
    TooLong = 2,
    /// A character outside ASCII, which no policy allows.
    NotAscii = 3,
    /// An ASCII character that the policy does not allow; control characters are never allowed.
    NotAllowed = 4,
    /// Fewer classes of characters than the policy wants.
    TooFewClasses = 5,
    /// Fewer characters of one class than the policy wants.
    TooFewOfClass = 6,
    /// One character more often in a row than the policy allows.
    RunTooLong = 7,
    /// The first character is of a class that the policy does not allow there.
    WrongFirst = 8,
    /// The context word appears.
    ContainsContext = 9,
}

impl Code {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 9] = [
        Self::TooShort,
        Self::TooLong,
        Self::NotAscii,
        Self::NotAllowed,
        Self::TooFewClasses,
        Self::TooFewOfClass,
        Self::RunTooLong,
        Self::WrongFirst,
        Self::ContainsContext,
    ];

    /// The word: `"too-short"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooShort => "too-short",
            Self::TooLong => "too-long",
            Self::NotAscii => "not-ascii",
            Self::NotAllowed => "not-allowed",
            Self::TooFewClasses => "too-few-classes",
            Self::TooFewOfClass => "too-few-of-class",
            Self::RunTooLong => "run-too-long",
            Self::WrongFirst => "wrong-first",
            Self::ContainsContext => "contains-context",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A set of [`Code`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Codes(
    /// Bit `n` is the code with the number `n`.
    pub(crate) u16,
);

impl Codes {
    /// Whether `code` is in it.
    pub const fn contains(self, code: Code) -> bool {
        self.0 >> code as u8 & 1 == 1
    }

    /// Whether there is none: the password is compliant.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The codes, in the order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = Code> {
        Code::ALL.into_iter().filter(move |&code| self.contains(code))
    }
}

/// One way in which a password violates a policy, with the figures. Lengths and places are in
/// characters; places count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Violation<'p> {
    /// [`Code::TooShort`]
    TooShort {
        /// How many characters it has.
        found: usize,
        /// How many it needs at the least.
        wanted: usize,
    },
    /// [`Code::TooLong`]
    TooLong {
        /// How many characters it has.
        found: usize,
        /// How many it can have at the most.
        wanted: usize,
    },
    /// [`Code::NotAscii`]
    NotAscii {
        /// How many characters are outside ASCII.
        found: usize,
        /// The place of the first.
        first: usize,
    },
    /// [`Code::NotAllowed`]
    NotAllowed {
        /// How many ASCII characters are not allowed.
        found: usize,
        /// The place of the first.
        first: usize,
    },
    /// [`Code::TooFewClasses`]
    TooFewClasses {
        /// How many classes it has a character of.
        found: usize,
        /// How many it needs at the least.
        wanted: usize,
        /// Those that it has none of.
        missing: Classes<'p>,
    },
    /// [`Code::TooFewOfClass`], once for each class.
    TooFewOfClass {
        /// The class.
        class: Class<'p>,
        /// How many characters of it there are; `class.minimum` are wanted.
        found: usize,
    },
    /// [`Code::RunTooLong`]
    RunTooLong {
        /// How often the same ASCII character stands in a row.
        found: usize,
        /// How often it can at the most.
        wanted: usize,
    },
    /// [`Code::WrongFirst`]
    WrongFirst {
        /// The classes that it may be of.
        wanted: Classes<'p>,
    },
    /// [`Code::ContainsContext`]
    ContainsContext,
}

impl Violation<'_> {
    /// What kind it is.
    pub const fn code(&self) -> Code {
        match self {
            Self::TooShort { .. } => Code::TooShort,
            Self::TooLong { .. } => Code::TooLong,
            Self::NotAscii { .. } => Code::NotAscii,
            Self::NotAllowed { .. } => Code::NotAllowed,
            Self::TooFewClasses { .. } => Code::TooFewClasses,
            Self::TooFewOfClass { .. } => Code::TooFewOfClass,
            Self::RunTooLong { .. } => Code::RunTooLong,
            Self::WrongFirst { .. } => Code::WrongFirst,
            Self::ContainsContext => Code::ContainsContext,
        }
    }
}

/// In English: what was found and what was expected.
impl fmt::Display for Violation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort { found, wanted } => {
                write!(f, "{}, expected at least {wanted}", Characters(*found))
            }
            Self::TooLong { found, wanted } => {
                write!(f, "{}, expected at most {wanted}", Characters(*found))
            }
            Self::NotAscii { found, first } => {
                write!(f, "{} outside ASCII, the first at position {first}", Characters(*found))
            }
            Self::NotAllowed { found, first } => {
                let characters = if *found == 1 { "character" } else { "characters" };
                write!(f, "{found} disallowed {characters}, the first at position {first}")
            }
            Self::TooFewClasses { found, wanted, missing } => {
                let classes = if *found == 1 { "class" } else { "classes" };
                write!(f, "{found} character {classes}, expected at least {wanted}; missing: {missing}")
            }
            Self::TooFewOfClass { class, found } => {
                write!(f, "{}: {found}, expected at least {}", class.name, class.minimum)
            }
            Self::RunTooLong { found, wanted } => {
                write!(f, "the same character {found} times in a row, at most {wanted} allowed")
            }
            Self::WrongFirst { wanted } => {
                write!(f, "the first character must belong to one of these classes: {wanted}")
            }
            Self::ContainsContext => f.write_str("contains the account name or another context word"),
        }
    }
}

struct Characters(usize);

impl fmt::Display for Characters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} character{}", self.0, if self.0 == 1 { "" } else { "s" })
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

/// Every way in which one password violates a policy; at least one.
///
/// Prints each code with its figures, with commas between; never a character of the password.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Violations<'p> {
    pub(crate) policy: &'p Policy<'p>,
    pub(crate) codes: Codes,
    pub(crate) figures: Figures,
}

impl<'p> Violations<'p> {
    /// The kinds of violations.
    pub const fn codes(&self) -> Codes {
        self.codes
    }

    /// The policy that is violated.
    pub const fn policy(&self) -> &'p Policy<'p> {
        self.policy
    }

    /// The violations, in the order of their codes' numbers.
    pub fn iter(&self) -> impl Iterator<Item = Violation<'p>> {
        let this = *self;
        this.codes.iter().flat_map(move |code| {
            let places = match code {
                Code::TooFewOfClass => this.policy.rules().classes.len(),
                _ => 1,
            };
            (0..places).filter_map(move |place| this.violation(code, place))
        })
    }

    /// The figures of one violation; for [`Code::TooFewOfClass`], of the class at `place`.
    fn violation(&self, code: Code, place: usize) -> Option<Violation<'p>> {
        let (rules, figures) = (self.policy.rules(), &self.figures);
        Some(match code {
            Code::TooShort => {
                Violation::TooShort { found: figures.characters, wanted: rules.min_length.into() }
            }
            Code::TooLong => {
                Violation::TooLong { found: figures.characters, wanted: rules.max_length.into() }
            }
            Code::NotAscii => {
                Violation::NotAscii { found: figures.not_ascii, first: figures.first_not_ascii }
            }
            Code::NotAllowed => {
                Violation::NotAllowed { found: figures.not_allowed, first: figures.first_not_allowed }
            }
            Code::TooFewClasses => {
                let counts = rules.classes.iter().zip(figures.classes).map(|(_, count)| count);
                let missing = (0..).zip(counts).filter(|&(_, count)| count == 0);
                let missing = missing.fold(ClassSet::EMPTY, |missing, (place, _)| missing.with(place));
                Violation::TooFewClasses {
                    found: rules.classes.len() - missing.len(),
                    wanted: rules.required_classes.into(),
                    missing: Classes::new(rules.classes, missing),
                }
            }
            Code::TooFewOfClass => {
                let (&class, found) = rules.classes.iter().zip(figures.classes).nth(place)?;
                if found >= class.minimum {
                    return None;
                }
                Violation::TooFewOfClass { class, found: found.into() }
            }
            Code::RunTooLong => Violation::RunTooLong {
                found: figures.longest_run,
                wanted: rules.longest_run.unwrap_or_default().into(),
            },
            Code::WrongFirst => {
                Violation::WrongFirst { wanted: Classes::new(rules.classes, rules.first.unwrap_or_default()) }
            }
            Code::ContainsContext => Violation::ContainsContext,
        })
    }
}

impl fmt::Display for Violations<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().enumerate().try_for_each(|(at, violation)| {
            f.write_str(if at == 0 { "" } else { ", " })?;
            write!(f, "{} ({violation})", violation.code())
        })
    }
}

impl fmt::Debug for Violations<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl core::error::Error for Violations<'_> {}
