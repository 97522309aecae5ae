//! The characters that are not generated everywhere.

use super::Policy;
use crate::rules::{Rules, alphabet::Alphabet, charset::CharSet};

/// The characters that are never generated, and those that are not generated as the first one, in the room of one set: what a
/// generated password can contain, which the policy knows anyway, tells them apart. So the second rule takes no room in firmware.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(super) struct Restricted(CharSet);

impl Restricted {
    /// Marks a set with characters of the second kind. It is NUL, which no policy accepts, so that nothing is lost.
    const MARK: CharSet = CharSet::range(0, 0);

    pub(super) const fn new(rules: &Rules) -> Self {
        let Alphabet { all, first } = Alphabet::generated(rules);
        let not_first = all.difference(first);
        let set = rules.excluded.difference(Self::MARK).union(not_first);
        Self(if not_first.is_empty() { set } else { set.union(Self::MARK) })
    }

    /// The characters that are never generated, by those that are.
    pub(super) const fn excluded(self, generated: CharSet) -> CharSet {
        self.0.difference(generated).difference(Self::MARK)
    }

    /// The characters that are not generated as the first one alone.
    pub(super) const fn excluded_first(self, generated: CharSet) -> CharSet {
        self.0.intersection(generated)
    }
}

impl Policy {
    /// Whether some characters are generated, and not as the first one.
    #[inline]
    pub(crate) const fn restricts_first(&self) -> bool {
        self.restricted.0.has(0)
    }

    /// 1 if no generated password begins with this character of the alphabet, otherwise 0. No branch and no address depends on the
    /// character.
    #[inline]
    pub(crate) fn ct_refuses_first(&self, character: u8) -> usize {
        self.restricted.0.ct_has(character)
    }
}
