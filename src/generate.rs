//! Give me a password, each compliant one equally likely.

#[cfg(feature = "std")]
pub(crate) mod bulk;
#[cfg(feature = "rayon")]
pub(crate) mod job;
#[cfg(feature = "chacha")]
pub(crate) mod keystream;
pub(crate) mod password;

use core::fmt;

use rand_core::TryCryptoRng;
use zeroize::{Zeroize, Zeroizing};

use crate::{
    check::{Compliant, complies},
    kernel::{declassify::public, swar},
    policy::{MAX_TRIES, Policy},
};
#[cfg(feature = "std")]
use crate::{
    counting::unrank::{Exact, TooLarge},
    policy::EXACT_TRIES,
};

/// Why no password was generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GenerateError<E> {
    /// The policy does not allow this length.
    Length {
        /// The length asked for, in characters.
        found: usize,
        /// The least that the policy allows.
        min: usize,
        /// The greatest that the policy allows.
        max: usize,
    },
    /// The [`Password`](crate::Password) has no room for the length. Nothing was drawn.
    Capacity {
        /// The length asked for, in characters.
        found: usize,
        /// The capacity, in characters.
        max: usize,
    },
    /// No password of this length can be generated: the policy's rules and the characters that it never
    /// generates leave none. Nothing was drawn.
    Infeasible {
        /// The length asked for, in characters.
        length: usize,
    },
    /// So few candidates of this length are compliant that more than [`MAX_TRIES`] tries would be
    /// needed, and they cannot be counted in place of that: the feature `std` is missing, or it would take more
    /// than a gigabyte, which is known before it is taken. Nothing was drawn.
    TooRare {
        /// The length asked for, in characters.
        length: usize,
    },
    /// The random source failed, and says why.
    Source(E),
    /// The random source is broken: no candidate was compliant in so many tries that a true source
    /// has this happen with a probability under 2^-128.
    SourceStuck {
        /// How many tries.
        tries: u16,
    },
}

impl Policy<'_> {
    /// Fills `buffer` with a password of just its length, every compliant one of that length (of the
    /// characters that the policy generates) being equally likely.
    ///
    /// Random words become digits, digits characters, and a candidate that
    /// [`check`](Policy::check) would refuse is thrown away whole. A candidate takes
    /// a fixed number of words by [`try_next_u32`](rand_core::TryRng::try_next_u32) (four for 16
    /// characters of Huawei's 70), so the same seed gives the same passwords on every machine. Cost: 1.02
    /// candidates on average for the presets' default lengths, [`tries`](Policy::tries) at the worst.
    ///
    /// Where more than [`MAX_TRIES`] would be needed, the compliant passwords are counted (feature `std`), in ASCII order, and the one
    /// with a random number is written. Each of these calls counts anew, which costs more than the password:
    /// `Policy::bulk` counts once. Counted are the ways on from each state of an automaton
    /// ([`MAX_STATES`](crate::MAX_STATES)) that has a part in some password of the length: a policy of 14 digits at least in 16
    /// characters has up to 60 after each character, and costs 0.13 milliseconds to count and 0.04 for each password.
    ///
    /// The buffer, wherever the caller keeps it, is the only place where candidates stand, and every way
    /// out but success (an unwinding panic of the source as well) leaves it zeroed.
    ///
    /// ```
    /// use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
    /// use sip_password::HUAWEI;
    ///
    /// let mut rng = ChaCha20Rng::from_seed([7; 32]); // firmware: the hardware's generator
    /// let mut buffer = [0; 12];
    /// let password = HUAWEI.generate(&mut rng, &mut buffer)?;
    /// assert_eq!(password.expose_secret(), "RymMD.ZphySa");
    /// # Ok::<(), sip_password::GenerateError<core::convert::Infallible>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`GenerateError`]. Never a hang: a source that is stuck is an error after a known number of tries.
    #[inline]
    pub fn generate<'a, R>(
        &'a self,
        rng: &mut R,
        buffer: &'a mut [u8],
    ) -> Result<Compliant<'a>, GenerateError<R::Error>>
    where
        R: TryCryptoRng + ?Sized,
    {
        let candidate = WipeUnlessKept(buffer);
        let tries = self.feasible(candidate.0.len())?;
        #[cfg(feature = "std")]
        if self.is_rare(candidate.0.len()) {
            return self.generate_exactly(rng, candidate);
        }
        for _ in 0..tries {
            if self.candidate(|| rng.try_next_u32(), candidate.0).map_err(GenerateError::Source)? {
                return Ok(Compliant::proven(self, candidate.keep()));
            }
        }
        Err(GenerateError::SourceStuck { tries })
    }

    /// How often to try for a password of `length` characters.
    pub(crate) fn feasible<E>(&self, length: usize) -> Result<u16, GenerateError<E>> {
        let (min, max) = (self.rules().min_length.into(), self.rules().max_length.into());
        if length < min || length > max {
            return Err(GenerateError::Length { found: length, min, max });
        }
        match (self.bound(length), self.tries(length)) {
            (0, _) => Err(GenerateError::Infeasible { length }),
            (_, None) => Err(GenerateError::TooRare { length }),
            (_, Some(tries)) => Ok(tries),
        }
    }

    /// [`generate`](Self::generate), where it would take too many tries to find a password.
    #[cfg(feature = "std")]
    #[cold]
    fn generate_exactly<'a, R>(
        &'a self,
        rng: &mut R,
        candidate: WipeUnlessKept<'a>,
    ) -> Result<Compliant<'a>, GenerateError<R::Error>>
    where
        R: TryCryptoRng + ?Sized,
    {
        let length = candidate.0.len();
        let exact = self.exact(length)?.ok_or(GenerateError::TooRare { length })?;
        for _ in 0..EXACT_TRIES {
            if exact.candidate(|| rng.try_next_u32(), candidate.0).map_err(GenerateError::Source)? {
                return Ok(Compliant::proven(self, candidate.keep()));
            }
        }
        Err(GenerateError::SourceStuck { tries: EXACT_TRIES })
    }

    /// The passwords of `length` characters by their numbers, where it would take too many tries to find one.
    #[cfg(feature = "std")]
    pub(crate) fn exact<E>(&self, length: usize) -> Result<Option<Exact>, GenerateError<E>> {
        if !self.is_rare(length) {
            return Ok(None);
        }
        let exact = Exact::new(self.rules(), self.alphabet(), length);
        exact.map(Some).map_err(|TooLarge| GenerateError::TooRare { length })
    }

    /// Makes a candidate of the next words, and says whether it is to be kept.
    #[inline]
    pub(crate) fn candidate<E>(
        &self,
        mut next: impl FnMut() -> Result<u32, E>,
        candidate: &mut [u8],
    ) -> Result<bool, E> {
        let digits = self.digits();
        let mut surplus = 0;
        let mut word = Zeroizing::new(0);
        for block in candidate.chunks_mut(digits.per_word()) {
            *word = next()?;
            surplus |= digits.split(*word, block);
        }
        self.spell(candidate);
        // One verdict of both: it is public, since the candidate is thrown away whole or handed out.
        Ok(public((surplus == 0) & complies(self, candidate)))
    }

    /// Replaces each index in the alphabet by the character with that index, by stepping over the
    /// gaps: no table, hence no address that depends on a secret.
    #[inline]
    fn spell(&self, indices: &mut [u8]) {
        for bytes in indices.chunks_mut(swar::BYTES) {
            let indices = swar::load(bytes);
            let spelt = self.gaps().iter().fold(indices, |spelt, gap| {
                swar::add_where(spelt, swar::at_least(indices, gap.from), gap.length)
            });
            swar::store(spelt, bytes);
        }
    }
}

/// Zeroes the buffer when dropped, which a panic of the source does as well.
pub(crate) struct WipeUnlessKept<'a>(pub(crate) &'a mut [u8]);

impl<'a> WipeUnlessKept<'a> {
    #[inline]
    pub(crate) fn keep(mut self) -> &'a mut [u8] {
        core::mem::take(&mut self.0)
    }
}

impl Drop for WipeUnlessKept<'_> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<E: fmt::Display> fmt::Display for GenerateError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { found, min, max } => {
                write!(f, "the policy allows {min} to {max} characters, not {found}")
            }
            Self::Capacity { found, max } => {
                write!(f, "a password of {found} characters does not fit in {max}")
            }
            Self::Infeasible { length } => {
                write!(f, "the policy leaves no password of {length} characters to generate")
            }
            Self::TooRare { length } => write!(
                f,
                "of {length} characters, too few candidates comply: more than {MAX_TRIES} tries would be needed, \
                 and to count the ways to make one would take too much memory"
            ),
            Self::Source(error) => write!(f, "the random source failed: {error}"),
            Self::SourceStuck { tries } => {
                write!(f, "the random source is broken: no compliant password in {tries} tries")
            }
        }
    }
}

/// The message says what the source said, so there is no [`source`](core::error::Error::source) to ask.
impl<E: core::error::Error> core::error::Error for GenerateError<E> {}
