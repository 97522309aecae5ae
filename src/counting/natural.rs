//! Exact whole numbers, wide enough to count passwords.

use core::{cmp::Ordering, fmt};

use crate::rules::MAX_LENGTH;

/// 95^64, every string of printable ASCII of the greatest length, has 421 bits.
const LIMBS: usize = 7;
const _: () = assert!(MAX_LENGTH * 657 / 100 < LIMBS * 64, "log2(95) is under 6.57");

/// An exact number of passwords: a whole number from 0 to 2^448 - 1.
///
/// Prints in decimal, and converts to `u128` if it fits.
///
/// The type is not from a library of wide integers because it needs three operations only, needs them in `const` (the
/// compiler works out a policy's bound on tries), and must not add a crate to firmware.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Natural {
    /// Least significant first.
    limbs: [u64; LIMBS],
}

impl Natural {
    /// Zero.
    pub const ZERO: Self = Self { limbs: [0; LIMBS] };
    /// One.
    pub const ONE: Self = Self { limbs: [1, 0, 0, 0, 0, 0, 0] };

    /// Whether the number is zero.
    pub const fn is_zero(&self) -> bool {
        let l = &self.limbs;
        l[0] | l[1] | l[2] | l[3] | l[4] | l[5] | l[6] == 0
    }

    /// The nearest `f64`, within a relative error of 2^-50.
    pub const fn to_f64(&self) -> f64 {
        const RADIX: f64 = 18_446_744_073_709_551_616.0; // 2^64
        let mut value = 0.0;
        let mut at = LIMBS;
        while at > 0 {
            at -= 1;
            value = value * RADIX + self.limbs[at] as f64;
        }
        value
    }

    /// The logarithm to base 2: the entropy, in bits, of a password that is drawn uniformly at random from so many. Minus
    /// infinity for zero.
    pub fn log2(&self) -> f64 {
        libm::log2(self.to_f64())
    }

    /// `self + count * factor`. The sum must be a number of strings of `length` printable characters: higher limbs are left
    /// out.
    pub(crate) const fn add_product(&mut self, count: &Self, factor: u64, length: usize) {
        let limbs = (length * 657 / 100 + 1).div_ceil(64);
        let mut carry = 0;
        let mut at = 0;
        while at < limbs && at < LIMBS {
            // At most (2^64 - 1)^2 + 2 (2^64 - 1), which is 2^128 - 1: no overflow.
            let sum = count.limbs[at] as u128 * factor as u128 + self.limbs[at] as u128 + carry;
            self.limbs[at] = sum as u64;
            carry = sum >> 64;
            at += 1;
        }
    }

    /// `base` to the power of `exponent`, if it fits.
    pub(crate) const fn power(base: u64, exponent: usize) -> Self {
        let mut result = Self::ONE;
        let mut left = exponent;
        while left > 0 {
            let mut product = Self::ZERO;
            product.add_product(&result, base, MAX_LENGTH);
            result = product;
            left -= 1;
        }
        result
    }

    /// Divides in place and returns the remainder.
    fn divide(&mut self, divisor: u64) -> u64 {
        let mut rest = 0;
        for limb in self.limbs.iter_mut().rev() {
            let part = (rest << 64) + u128::from(*limb);
            *limb = (part / u128::from(divisor)) as u64;
            rest = part % u128::from(divisor);
        }
        rest as u64
    }
}

impl From<u64> for Natural {
    fn from(value: u64) -> Self {
        u128::from(value).into()
    }
}

impl From<u128> for Natural {
    fn from(value: u128) -> Self {
        Self { limbs: [value as u64, (value >> 64) as u64, 0, 0, 0, 0, 0] }
    }
}

/// [`Natural`] to `u128`, if it fits.
impl TryFrom<Natural> for u128 {
    type Error = core::num::TryFromIntError;

    fn try_from(value: Natural) -> Result<Self, Self::Error> {
        let [low, high, rest @ ..] = value.limbs;
        // Only a failing conversion of the standard library makes its error.
        let too_large = rest != [0; LIMBS - 2];
        u8::try_from(u16::from(too_large) << 8)?;
        Ok((u128::from(high) << 64) + u128::from(low))
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> Ordering {
        self.limbs.iter().rev().cmp(other.limbs.iter().rev())
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// In decimal, with width, fill and sign as for the integers of the language.
impl fmt::Display for Natural {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [b'0'; 136]; // 2^448 has 135 digits
        let mut left = *self;
        let mut start = digits.len();
        while start == digits.len() || !left.is_zero() {
            start -= 1;
            digits[start] = b'0' + left.divide(10) as u8;
        }
        f.pad_integral(true, "", core::str::from_utf8(&digits[start..]).unwrap_or_default())
    }
}

impl fmt::Debug for Natural {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{format, string::ToString};

    use proptest::prelude::*;

    #[test]
    fn powers_print_in_decimal() {
        assert_eq!(Natural::ZERO.to_string(), "0");
        assert_eq!(Natural::power(10, 100).to_string(), format!("1{}", "0".repeat(100)));
        assert_eq!(Natural::power(2, 128).to_string(), "340282366920938463463374607431768211456");
        // python3 -c 'print(95**64)'
        assert_eq!(
            Natural::power(95, 64).to_string(),
            "3752413921111613418801504767662720773637250982297761725990491452\
             219155538357223817467513138357304569581174291670322418212890625"
        );
        assert_eq!(
            format!("{:>8}|{:<5}|{:04}", Natural::power(7, 3), Natural::ONE, Natural::ONE),
            "     343|1    |0001"
        );
    }

    #[test]
    fn nought_has_no_limb() {
        assert!(Natural::ZERO.is_zero());
        for limb in 0..LIMBS {
            for other in 0..LIMBS {
                let mut limbs = [0; LIMBS];
                (limbs[limb], limbs[other]) = (5, 5);
                assert!(!Natural { limbs }.is_zero(), "{limbs:?}");
            }
        }
    }

    /// As many limbs are looked at as the strings of the length need, and no more.
    #[test]
    fn limbs_of_every_length() {
        for length in 1..=MAX_LENGTH {
            let (strings, shorter) = (Natural::power(95, length), Natural::power(95, length - 1));
            let limbs = LIMBS - strings.limbs.iter().rev().take_while(|&&limb| limb == 0).count();
            let (mut sum, mut count) = (Natural::ZERO, shorter);
            sum.limbs[limbs..].fill(3);
            count.limbs[limbs..].fill(5);
            sum.add_product(&count, 95, length);
            assert_eq!(sum.limbs[..limbs], strings.limbs[..limbs], "{length}");
            assert!(sum.limbs[limbs..].iter().all(|&limb| limb == 3), "{length}");
        }
        // Nothing is behind the last.
        let mut sum = Natural::ONE;
        sum.add_product(&Natural::ONE, 1, 2 * MAX_LENGTH);
        assert_eq!(sum, Natural::from(2_u64));
    }

    #[test]
    fn only_what_fits_becomes_u128() {
        assert_eq!(u128::try_from(Natural::from(u128::MAX)), Ok(u128::MAX));
        assert!(u128::try_from(Natural::power(2, 128)).is_err());
        assert!(u128::try_from(Natural::power(2, 447)).is_err());
    }

    #[test]
    fn logarithms() {
        assert_eq!(Natural::ZERO.log2(), f64::NEG_INFINITY);
        for bits in 0..448 {
            assert_eq!(Natural::power(2, bits).log2(), bits as f64);
        }
    }

    proptest! {
        #[test]
        fn arithmetic_is_that_of_u128(a in 0..=u128::MAX >> 66, b in 0..=u128::MAX >> 66, factor: u64) {
            let mut sum = Natural::from(a);
            sum.add_product(&Natural::from(b), factor, MAX_LENGTH);
            let exact = a + b * u128::from(factor);
            prop_assert_eq!(sum, Natural::from(exact));
            prop_assert_eq!(sum.to_string(), exact.to_string());
            prop_assert_eq!(sum.partial_cmp(&Natural::from(a)), exact.partial_cmp(&a));
            prop_assert!((sum.to_f64() / exact as f64 - 1.0).abs() < 1e-15 || exact == 0);
        }
    }
}
