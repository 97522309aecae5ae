//! The characters of which passwords are made.

use super::{Rules, charset::CharSet};

/// The characters of which passwords are made, and those with which one can begin, apart from
/// [`with_first`](Rules::with_first).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Alphabet {
    pub(crate) all: CharSet,
    /// A part of [`all`](Self::all).
    pub(crate) first: CharSet,
}

impl Alphabet {
    /// That of the passwords that comply with the rules.
    pub(crate) const fn accepted(rules: &Rules) -> Self {
        Self { all: rules.accepted(), first: rules.accepted() }
    }

    /// That of the passwords that are generated.
    pub(crate) const fn generated(rules: &Rules) -> Self {
        Self { all: rules.alphabet(), first: rules.alphabet().difference(rules.excluded_first) }
    }
}
