//! The number of candidates to try before the random source is found to be broken.

#[cfg(feature = "catalogue")]
use super::{Policy, validate::validate};
use crate::{
    counting::{Lengths, natural::Natural},
    kernel::uniform::Digits,
    rules::{MAX_LENGTH, Rules},
};

/// The largest number of tries of one generation. If a length would need more, because less than one in 739 candidates
/// complies, its passwords are unranked, which takes the feature `std`; without it they are
/// [`TooRare`](crate::LengthError::TooRare).
pub(crate) const MAX_TRIES: u16 = u16::MAX - 1;

/// The number of tries of a generation by unranking. A candidate is a number with as many bits as the highest rank, and more than
/// half of these are ranks: so many tries all fail with a probability under 2^-128.
pub(crate) const UNRANK_TRIES: u16 = 128;

/// The number of tries of a length for which [`MAX_TRIES`] are not enough.
pub(super) const RARE_TRIES: Option<u16> = if cfg!(feature = "std") { Some(UNRANK_TRIES) } else { None };

/// The number of candidates of each length, from 1, to try.
pub(super) const fn tries(rules: &Rules, generated: &Lengths) -> [u16; MAX_LENGTH] {
    let radix = rules.alphabet().len();
    let digits = Digits::new(radix as u8);
    let mut tries = [0; MAX_LENGTH];
    let mut length = rules.min_length as usize;
    // There is no password longer than the longest that is allowed.
    while length >= 1 && length <= MAX_LENGTH {
        if !generated[length].is_zero() {
            let share = generated[length].to_f64() / Natural::power(radix as u64, length).to_f64();
            let accepted = power(digits.accepted(), digits.words(length) as u32);
            tries[length - 1] = least_tries(share * accepted);
        }
        length += 1;
    }
    tries
}

#[cfg(feature = "catalogue")]
impl Policy {
    /// [`of`](Self::of) for rules that were counted before: the compiler counts nothing. `steps` are lengths, in ascending order, each
    /// with the number of candidates to try from that length on; shorter passwords are not generated.
    ///
    /// # Panics
    ///
    /// If the rules are invalid, or if the default length has no candidates.
    pub(crate) const fn counted_before(rules: Rules, steps: &[(u8, u16)]) -> Self {
        if let Err(error) = validate(&rules) {
            panic!("{}", error.rule());
        }
        let mut tries = [0; MAX_LENGTH];
        let mut rest = steps;
        while let [(from, number), others @ ..] = rest {
            let mut length = *from as usize;
            while length <= MAX_LENGTH {
                tries[length - 1] = *number;
                length += 1;
            }
            rest = others;
        }
        let policy = Self::compile(&rules, tries);
        assert!(policy.bound(policy.default_length()) > 0, "the default length has no candidates");
        policy
    }
}

/// The smallest number of tries that all fail with a probability of at most 2^-128, if one succeeds with `probability`;
/// `MAX_TRIES + 1` if that many are not enough.
const fn least_tries(probability: f64) -> u16 {
    const NEGLIGIBLE: f64 = 1.0 / (1u128 << 127) as f64 / 2.0;
    // The rounding errors of `probability` are under 2^-45. This margin makes the bound safe, and costs a try only if a
    // failure is next to impossible.
    const ROUNDING: f64 = 1.0 / (1u64 << 40) as f64;
    let failure = 1.0 - probability + ROUNDING;
    let (mut enough, mut under) = (MAX_TRIES + 1, 0);
    while under + 1 < enough {
        let middle = under + (enough - under) / 2;
        if power(failure, middle as u32) <= NEGLIGIBLE {
            enough = middle;
        } else {
            under = middle;
        }
    }
    enough
}

const fn power(base: f64, exponent: u32) -> f64 {
    let (mut result, mut square, mut left) = (1.0, base, exponent);
    while left > 0 {
        if left % 2 == 1 {
            result *= square;
        }
        square *= square;
        left /= 2;
    }
    result
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;
    use crate::{
        policy::Policy,
        rules::{charset::CharSet, class::Class},
    };

    /// One candidate in 739 complies at 19 characters, for which [`MAX_TRIES`] are just enough; fewer at 18.
    #[test]
    fn the_most_tries() {
        let classes = [
            Class::new("many", CharSet::range(b'a', b't')).at_least(15),
            Class::new("few", CharSet::range(b'0', b'7')).at_least(1),
        ];
        let uncounted = CharSet::range(b'A', b'R');
        let rules = Rules::new().with_default_length(19).with_classes(&classes).with_uncounted(uncounted);
        let policy = Policy::new(rules).expect("it can be satisfied");
        assert_eq!(policy.tries(19), Some(MAX_TRIES));
        assert!(!policy.is_rare(19));
        assert!(policy.is_rare(18));
        assert_eq!(policy.tries(18), Some(UNRANK_TRIES));
    }

    /// Tables are read by the compiler; a program reads them alike.
    #[cfg(feature = "catalogue")]
    #[test]
    fn tables_stand_for_counts() {
        let digits = Class::new("digits", CharSet::DIGITS);
        let rules = || Rules::new().with_lengths(6, 8).with_class(digits).with_default_length(6);
        let counted = Policy::new(rules()).expect("it is sound");
        let tries = |length| counted.tries(length).expect("it is generated");
        let steps = [(6, tries(6)), (7, tries(7)), (8, tries(8)), (9, 0)];
        assert!(Policy::counted_before(rules(), &steps) == counted);
        assert!(Policy::counted_before(rules(), &steps[..3]) != counted, "nothing is longer");
        let panics = |rules: Rules, steps: &[(u8, u16)]| {
            std::panic::catch_unwind(|| Policy::counted_before(rules.clone(), steps)).is_err()
        };
        assert!(panics(rules().with_min_classes(2), &steps) && panics(rules(), &steps[1..]));
    }
}
