//! The kinds of violations, as stable numbers and words.

use core::{
    fmt,
    iter::FusedIterator,
    ops::{BitOr, BitOrAssign},
};

/// The kind of a violation, as a number and a word that never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum ViolationKind {
    /// The password has fewer characters than the policy requires.
    TooShort = 1,
    /// The password has more characters than the policy allows.
    TooLong = 2,
    /// The password contains a character outside ASCII, which no policy allows.
    NotAscii = 3,
    /// The password contains an ASCII character that the policy does not allow; none allows a control character.
    NotAllowed = 4,
    /// The password contains characters of fewer classes than the policy requires.
    TooFewClasses = 5,
    /// The password contains fewer characters of one class than the policy requires.
    TooFewOfClass = 6,
    /// One character stands more often in a row than the policy allows.
    TooManyRepeats = 7,
    /// The first character belongs to no class that the policy allows there.
    WrongFirst = 8,
    /// The password contains a word of the context.
    ContainsContext = 9,
    /// More characters of one class stand in a row than the policy allows.
    TooLongRun = 10,
    /// More characters in a row ascend or descend one by one than the policy allows.
    TooLongSequence = 11,
    /// The password contains fewer different characters than the policy requires.
    TooFewDistinct = 12,
}

impl ViolationKind {
    /// Every kind, in the order of the numbers.
    pub const ALL: &[Self] = &[
        Self::TooShort,
        Self::TooLong,
        Self::NotAscii,
        Self::NotAllowed,
        Self::TooFewClasses,
        Self::TooFewOfClass,
        Self::TooManyRepeats,
        Self::WrongFirst,
        Self::ContainsContext,
        Self::TooLongRun,
        Self::TooLongSequence,
        Self::TooFewDistinct,
    ];

    /// The kind's bit in [`ViolationKinds`], if `violated` is 1; 0 if that is 0.
    #[inline]
    pub(crate) const fn bit(self, violated: usize) -> u16 {
        (violated as u16) << self as u8
    }

    /// The word: `"too-short"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooShort => "too-short",
            Self::TooLong => "too-long",
            Self::NotAscii => "not-ascii",
            Self::NotAllowed => "not-allowed",
            Self::TooFewClasses => "too-few-classes",
            Self::TooFewOfClass => "too-few-of-class",
            Self::TooManyRepeats => "too-many-repeats",
            Self::WrongFirst => "wrong-first",
            Self::ContainsContext => "contains-context",
            Self::TooLongRun => "too-long-run",
            Self::TooLongSequence => "too-long-sequence",
            Self::TooFewDistinct => "too-few-distinct",
        }
    }
}

impl fmt::Display for ViolationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A set of [`ViolationKind`]s.
///
/// ```
/// use sip_password::{HUAWEI, ViolationKind, ViolationKinds};
///
/// let kinds = HUAWEI.check("Secret").unwrap_err().kinds();
/// assert!(kinds.contains(ViolationKind::TooShort));
/// let both = [ViolationKind::TooShort, ViolationKind::TooFewClasses];
/// assert_eq!(kinds, both.into_iter().collect::<ViolationKinds>());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ViolationKinds(
    /// Bit `n` stands for the kind with the number `n`.
    u16,
);

impl ViolationKinds {
    /// The empty set, which is that of a compliant password.
    pub const EMPTY: Self = Self(0);

    /// The set with the bit of each kind: bit `n` for the number `n`.
    #[inline]
    pub(crate) const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// The same set with `kind`.
    #[must_use]
    pub const fn with(self, kind: ViolationKind) -> Self {
        Self(self.0 | kind.bit(1))
    }

    /// Whether the set contains `kind`.
    pub const fn contains(self, kind: ViolationKind) -> bool {
        self.0 >> kind as u8 & 1 == 1
    }

    /// The number of kinds.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether the set is empty: the password is compliant.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The kinds, in the order of their numbers.
    pub const fn iter(self) -> ViolationKindsIter {
        ViolationKindsIter { left: self, kinds: ViolationKind::ALL }
    }
}

/// The kinds of a [`ViolationKinds`], in the order of their numbers; see [`ViolationKinds::iter`].
#[derive(Clone, Debug)]
pub struct ViolationKindsIter {
    left: ViolationKinds,
    /// The kinds that were not yet looked at.
    kinds: &'static [ViolationKind],
}

impl Iterator for ViolationKindsIter {
    type Item = ViolationKind;

    fn next(&mut self) -> Option<ViolationKind> {
        while let [kind, others @ ..] = self.kinds {
            self.kinds = others;
            if self.left.contains(*kind) {
                self.left.0 &= !kind.bit(1);
                return Some(*kind);
            }
        }
        None
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left.len(), Some(self.left.len()))
    }
}

impl ExactSizeIterator for ViolationKindsIter {}
impl FusedIterator for ViolationKindsIter {}

impl IntoIterator for ViolationKinds {
    type Item = ViolationKind;
    type IntoIter = ViolationKindsIter;

    fn into_iter(self) -> ViolationKindsIter {
        self.iter()
    }
}

impl FromIterator<ViolationKind> for ViolationKinds {
    fn from_iter<I: IntoIterator<Item = ViolationKind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl Extend<ViolationKind> for ViolationKinds {
    fn extend<I: IntoIterator<Item = ViolationKind>>(&mut self, kinds: I) {
        *self |= kinds.into_iter().collect();
    }
}

/// The kinds that are in either set.
impl BitOr for ViolationKinds {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The kinds that are in either set.
impl BitOrAssign for ViolationKinds {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_words_never_change() {
        let words: std::vec::Vec<_> =
            ViolationKind::ALL.iter().map(|kind| (*kind as u8, kind.as_str())).collect();
        assert_eq!(
            words,
            [
                (1, "too-short"),
                (2, "too-long"),
                (3, "not-ascii"),
                (4, "not-allowed"),
                (5, "too-few-classes"),
                (6, "too-few-of-class"),
                (7, "too-many-repeats"),
                (8, "wrong-first"),
                (9, "contains-context"),
                (10, "too-long-run"),
                (11, "too-long-sequence"),
                (12, "too-few-distinct"),
            ]
        );
    }

    #[test]
    fn every_set_of_kinds() {
        for bits in 0..1_u16 << ViolationKind::ALL.len() {
            let kinds = ViolationKind::ALL.iter().copied().enumerate();
            let kinds: std::vec::Vec<_> =
                kinds.filter(|(at, _)| bits >> at & 1 == 1).map(|(_, kind)| kind).collect();
            let set: ViolationKinds = kinds.iter().copied().collect();
            assert!(set.iter().eq(kinds.iter().copied()));
            assert_eq!(
                (set.len(), set.iter().len(), set.is_empty()),
                (kinds.len(), kinds.len(), kinds.is_empty())
            );
            assert!(ViolationKind::ALL.iter().all(|kind| set.contains(*kind) == kinds.contains(kind)));
            let (low, mut high) = (ViolationKinds(set.0 & 0x1f), ViolationKinds(set.0 & !0x1f));
            assert_eq!(low | high, set);
            high.extend(low);
            assert_eq!(high, set);
        }
    }
}
