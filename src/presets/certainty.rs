//! How sure it is that a rule is right.

use core::fmt;

/// How sure it is that a rule is the system's own. None was tested against a live service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Certainty {
    /// A guess, or a rule of this library where the vendor states none.
    Low,
    /// A strong inference, or the word of a community.
    Medium,
    /// The vendor's own text or source code was read.
    High,
}

impl Certainty {
    /// Every certainty, from the lowest.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// The name in policy files: `"high"`.
    ///
    /// ```
    /// assert_eq!(sip_password::Certainty::Medium.name(), "medium");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl fmt::Display for Certainty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
