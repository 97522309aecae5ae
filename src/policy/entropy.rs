//! How many compliant passwords are there, and so how many bits is one worth?

use crate::{
    counting::{Tally, natural::Natural, tally},
    policy::Policy,
    rules::MAX_LENGTH,
};

/// Each of these counts anew, by dynamic programming over the whole range of lengths: 10 microseconds for a
/// preset, 10 milliseconds for thousands of states; see [`MAX_STATES`](crate::MAX_STATES), also for the stack.
impl Policy<'_> {
    /// The exact number of compliant passwords of `length` characters: those that
    /// [`check`](Self::check) passes. Nought for a length that the policy does not allow.
    ///
    /// ```
    /// let count = sip_password::HUAWEI.count(16);
    /// assert_eq!(count.to_string(), "329449241992944238668919603200");
    /// ```
    pub fn count(&self, length: usize) -> Natural {
        self.of_length(&tally(self.rules(), self.rules().accepted()), length)
    }

    /// The exact number of passwords of `length` characters that [`generate`](Self::generate) can
    /// make, all equally likely: the compliant ones without a character that is never generated.
    pub fn count_generated(&self, length: usize) -> Natural {
        self.of_length(&tally(self.rules(), self.alphabet()), length)
    }

    /// The share of compliant ones among all strings of `length` characters of the
    /// [`alphabet`](Self::alphabet), 0 to 1: what [`generate`](Self::generate) keeps of the candidates, but for
    /// those with a random word that is thrown away to be uniform, at most 1 in 52 words.
    ///
    /// ```
    /// let share = sip_password::HUAWEI.acceptance(8);
    /// assert!((share - 0.892713).abs() < 1e-6);
    /// ```
    pub fn acceptance(&self, length: usize) -> f64 {
        let generated = self.count_generated(length);
        if generated.is_zero() {
            return 0.0;
        }
        generated.to_f64() / Natural::power(self.alphabet().len() as u64, length).to_f64()
    }

    /// The min-entropy of a generated password of `length` characters, in bits: the logarithm to base 2 of
    /// [`count_generated`](Self::count_generated), since none is likelier than another. Minus infinity
    /// where none can be generated.
    ///
    /// ```
    /// let bits = sip_password::HUAWEI.bits(16);
    /// assert!((bits - 98.0560).abs() < 1e-4);
    /// ```
    pub fn bits(&self, length: usize) -> f64 {
        self.count_generated(length).log2()
    }

    /// The shortest length, in characters, that can be generated and at which a password is worth `bits` bits
    /// or more; `None` where there is none.
    ///
    /// ```
    /// assert_eq!(sip_password::HUAWEI.shortest(80.0), Some(14));
    /// assert_eq!(sip_password::HUAWEI.shortest(128.0), None);
    /// ```
    pub fn shortest(&self, bits: f64) -> Option<usize> {
        let generated = tally(self.rules(), self.alphabet());
        let worth = |&length: &usize| {
            generated.get(length).is_some_and(|count| count.log2() >= bits) && self.tries(length).is_some()
        };
        (self.rules().min_length.into()..=self.rules().max_length.into()).find(worth)
    }

    fn of_length(&self, tally: &Tally, length: usize) -> Natural {
        let allowed =
            length >= self.rules().min_length as usize && length <= self.rules().max_length as usize;
        if allowed && length <= MAX_LENGTH { tally[length] } else { Natural::ZERO }
    }
}
