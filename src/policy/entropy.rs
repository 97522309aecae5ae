//! The exact number of compliant passwords, and the entropy of a generated one.

use core::fmt;

use super::Policy;
use crate::{
    counting::{Lengths, count, natural::Natural},
    rules::{MAX_LENGTH, alphabet::Alphabet},
};

/// The exact number of compliant passwords of each length, counted once. [`Policy::counts`] makes it.
///
/// ```
/// let counts = sip_password::HUAWEI.counts();
/// assert_eq!(counts.accepted(16).to_string(), "329449241992944238668919603200");
/// assert_eq!(counts.shortest(80.0), Some(14));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Counts {
    accepted: Lengths,
    generated: Lengths,
    /// The number of characters in the alphabet.
    radix: u8,
    /// The lengths at which [`generate`](Policy::generate) has an answer: bit n for n characters.
    possible: u128,
}

impl Policy {
    /// Counts the compliant passwords of every length.
    ///
    /// Cost: dynamic programming over all lengths and the states of the rules: 10 microseconds for a preset, milliseconds
    /// for thousands of states, twice that if characters are excluded. Stack: see [`new`](Self::new). So ask once and keep
    /// the [`Counts`], which take 7 KiB.
    ///
    /// Without the feature `std`, the passwords of some systems of the catalogue are too many to count: those that refuse sequences. Their
    /// counts are then zero for every length, and their entropies minus infinity.
    pub fn counts(&self) -> Counts {
        let rules = self.rules();
        Counts::new(self, count(&rules, Alphabet::generated(&rules)))
    }

    /// The exact number of compliant passwords of `length` characters: those that [`check`](Self::check) passes. Zero for more
    /// than [`MAX_LENGTH`] characters, which are not counted.
    ///
    /// Counts anew, as [`counts`](Self::counts) does.
    ///
    /// ```
    /// let count = sip_password::HUAWEI.count(16);
    /// assert_eq!(count.to_string(), "329449241992944238668919603200");
    /// ```
    pub fn count(&self, length: usize) -> Natural {
        self.counts().accepted(length)
    }

    /// The min-entropy of a generated password of `length` characters, in bits.
    ///
    /// Counts anew, as [`counts`](Self::counts) does.
    ///
    /// ```
    /// let bits = sip_password::HUAWEI.entropy(16);
    /// assert!((bits - 98.0560).abs() < 1e-4);
    /// ```
    pub fn entropy(&self, length: usize) -> f64 {
        self.counts().entropy(length)
    }
}

impl Counts {
    /// Completes the number of passwords that a policy can generate.
    pub(crate) fn new(policy: &Policy, mut generated: Lengths) -> Self {
        let rules = policy.rules();
        let mut accepted = match Alphabet::generated(&rules) == Alphabet::accepted(&rules) {
            true => generated,
            false => count(&rules, Alphabet::accepted(&rules)),
        };
        for length in 0..usize::from(rules.min_length()).min(generated.len()) {
            (generated[length], accepted[length]) = (Natural::ZERO, Natural::ZERO);
        }
        let possible = (0..=MAX_LENGTH).filter(|&length| policy.tries(length).is_some());
        Self {
            accepted,
            generated,
            radix: policy.alphabet().len() as u8,
            possible: possible.fold(0, |possible, length| possible | 1 << length),
        }
    }

    /// The number of compliant passwords of `length` characters: those that [`Policy::check`] passes. Zero for a length
    /// that the policy does not allow, and for one over [`MAX_LENGTH`], which is not counted.
    pub fn accepted(&self, length: usize) -> Natural {
        self.accepted.get(length).copied().unwrap_or_default()
    }

    /// The number of passwords of `length` characters that [`Policy::generate`] can make, each with the same probability:
    /// the compliant ones without an excluded character, and without an excluded first one.
    pub fn generated(&self, length: usize) -> Natural {
        self.generated.get(length).copied().unwrap_or_default()
    }

    /// The fraction of compliant strings among all strings of `length` characters of the [`alphabet`](Policy::alphabet),
    /// from 0 to 1. [`Policy::generate`] keeps so many of its candidates, apart from those with a rejected random word, at
    /// most one word in 52.
    ///
    /// ```
    /// let acceptance = sip_password::HUAWEI.counts().acceptance(8);
    /// assert!((acceptance - 0.892713).abs() < 1e-6);
    /// ```
    pub fn acceptance(&self, length: usize) -> f64 {
        let generated = self.generated(length);
        if generated.is_zero() {
            return 0.0;
        }
        generated.to_f64() / Natural::power(self.radix.into(), length).to_f64()
    }

    /// The min-entropy of a generated password of `length` characters, in bits: the logarithm to base 2 of
    /// [`generated`](Self::generated), since every password is equally likely. Minus infinity if none can be generated.
    pub fn entropy(&self, length: usize) -> f64 {
        self.generated(length).log2()
    }

    /// The shortest length, in characters, at which a generated password has at least `bits` bits of entropy; `None` if
    /// there is none.
    ///
    /// ```
    /// assert_eq!(sip_password::HUAWEI.counts().shortest(80.0), Some(14));
    /// assert_eq!(sip_password::HUAWEI.counts().shortest(128.0), None);
    /// ```
    pub fn shortest(&self, bits: f64) -> Option<usize> {
        (1..=MAX_LENGTH).find(|&length| self.possible >> length & 1 == 1 && self.entropy(length) >= bits)
    }
}

/// The lengths that can be generated and the entropy at each, in bits.
impl fmt::Debug for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lengths = (0..=MAX_LENGTH).filter(|&length| !self.generated(length).is_zero());
        f.debug_map().entries(lengths.map(|length| (length, self.entropy(length)))).finish()
    }
}
