//! How many candidates to try before the random source is to blame.

use crate::{
    natural::Natural,
    rules::{MAX_LENGTH, Rules},
    tally::Tally,
    uniform::Digits,
};

/// The most tries that one generation may take. A length of which more would be needed, because
/// less than one in 739 of the candidates complies, is refused as
/// [`TooRare`](crate::GenerateError::TooRare).
pub const MAX_TRIES: u16 = u16::MAX - 1;

/// How many candidates of each length to try.
pub(super) const fn tries(
    rules: &Rules<'_>,
    radix: u64,
    digits: Digits,
    tally: &Tally,
) -> [u16; MAX_LENGTH + 1] {
    let mut tries = [0; MAX_LENGTH + 1];
    let mut length = rules.min_length as usize;
    while length <= rules.max_length as usize && length <= MAX_LENGTH {
        if !tally[length].is_zero() {
            let share = tally[length].to_f64() / Natural::power(radix, length).to_f64();
            let kept = power(digits.kept(), digits.words(length) as u32);
            tries[length] = least_tries(share * kept);
        }
        length += 1;
    }
    tries
}

/// The least number of tries that all fail with a probability of at most 2^-128, where one succeeds
/// with `probability`; `MAX_TRIES + 1` where that many are not enough.
const fn least_tries(probability: f64) -> u16 {
    const NEGLIGIBLE: f64 = 1.0 / (1u128 << 127) as f64 / 2.0;
    // Rounding in what led here is under 2^-45: this much more makes the bound safe, and costs a try
    // only where a failure is next to impossible.
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
