//! Compliant passwords, each with the same probability.

#[cfg(feature = "std")]
pub(crate) mod bulk;
mod error;
mod health;
#[cfg(feature = "rayon")]
pub(crate) mod job;
#[cfg(feature = "chacha")]
pub(crate) mod keystream;
pub(crate) mod password;
#[cfg(feature = "chacha")]
pub(crate) mod seed;

use rand_core::TryCryptoRng;
use zeroize::{Zeroize, Zeroizing};

use health::MIN_WORDS;
#[cfg(feature = "std")]
use health::Repetition;

use crate::{
    check::{Compliant, complies},
    kernel::{declassify::declassify, swar},
    policy::Policy,
    rules::MAX_LENGTH,
};
#[cfg(feature = "std")]
use crate::{
    counting::unrank::{TooLarge, Unranker},
    policy::UNRANK_TRIES,
    rules::alphabet::Alphabet,
};

pub use error::{GenerateError, LengthError};

impl Policy {
    /// Fills `buffer` with a password of exactly its length. Every compliant password of that length (of the characters that
    /// the policy generates) has the same probability.
    ///
    /// Random words become digits, digits become characters, and a candidate that [`check`](Policy::check) would refuse is
    /// rejected whole. A candidate takes a fixed number of words, drawn by
    /// [`try_next_u32`](rand_core::TryRng::try_next_u32): four for 16 of Huawei's 70 characters. So the same seed gives the
    /// same passwords on every machine. Cost: 1.02 candidates on average for the presets' default lengths,
    /// [`tries`](Policy::tries) at worst.
    ///
    /// If compliant passwords are rarer than one string in 739, they are counted (feature `std`), and the one with a random
    /// rank is written. Each call counts anew, which costs more than the password; `Policy::bulk` counts once. What is
    /// counted are the states of an automaton from which a password of this length can still come: for at least 14 digits in
    /// 16 characters up to 60 after each character, which takes 0.13 milliseconds, and 0.04 for each password.
    ///
    /// Candidates stand in the buffer alone, wherever the caller keeps it, and every way out except success, a panic of the
    /// source included, leaves it zeroed.
    ///
    /// ```
    /// use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
    /// use sip_password::HUAWEI;
    ///
    /// let mut rng = ChaCha20Rng::from_seed([7; 32]); // in firmware: the hardware's generator
    /// let mut buffer = [0; 12];
    /// let password = HUAWEI.generate(&mut rng, &mut buffer)?;
    /// assert_eq!(password.expose_secret(), "RymMD.ZphySa");
    /// # Ok::<(), sip_password::GenerateError<core::convert::Infallible>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`GenerateError`]. A source that always gives the same word is an error, never an endless loop: if no candidate of that word is
    /// compliant, after a known number of tries ([`SourceStuck`](GenerateError::SourceStuck)); if one is, at once
    /// ([`SourceRepeats`](GenerateError::SourceRepeats)), provided that the password takes at least three words, as it does from 9 of
    /// Huawei's characters on. In a password of one word (6 digits) or two, a repeated word cannot be told from chance, and a source that
    /// repeats itself more slowly, or is predictable, is never noticed. With a true random source the probability of an error is under
    /// 2^-64.
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
            return self.generate_by_rank(rng, candidate);
        }
        // Without a division, which is long in firmware.
        let is_long = candidate.0.len() > (MIN_WORDS - 1) * self.digits().per_word();
        for tried in 0..tries {
            let verdict =
                self.candidate(|| rng.try_next_u32(), candidate.0).map_err(GenerateError::Source)?;
            if verdict.is_kept {
                // The first candidate alone: if the source repeats itself, no other one follows.
                if tried == 0 && is_long && declassify(verdict.differs == 0) {
                    return Err(GenerateError::SourceRepeats);
                }
                return Ok(Compliant::proven(self, candidate.keep()));
            }
        }
        Err(GenerateError::SourceStuck { tries })
    }

    /// The number of tries for a password of `length` characters.
    pub(crate) fn feasible(&self, length: usize) -> Result<u16, LengthError> {
        let (min, max) = (self.min_length(), self.max_length());
        // A length under the shortest wraps around to a huge one.
        if length.wrapping_sub(min) > self.span() {
            return Err(LengthError::NotAllowed { found: length, min, max });
        }
        match (self.bound(length), self.tries(length)) {
            (0, _) if length > MAX_LENGTH => Err(LengthError::NotGenerated { length }),
            (0, _) => Err(LengthError::Infeasible { length }),
            (_, None) => Err(LengthError::TooRare { length }),
            (_, Some(tries)) => Ok(tries),
        }
    }

    /// [`generate`](Self::generate) for passwords that are too rare to be found by trial.
    #[cfg(feature = "std")]
    #[cold]
    fn generate_by_rank<'a, R>(
        &'a self,
        rng: &mut R,
        candidate: WipeUnlessKept<'a>,
    ) -> Result<Compliant<'a>, GenerateError<R::Error>>
    where
        R: TryCryptoRng + ?Sized,
    {
        let length = candidate.0.len();
        let unranker = self.unranker(length)?.ok_or(LengthError::TooRare { length })?;
        let mut repetition = Repetition::new();
        for _ in 0..UNRANK_TRIES {
            let next = || repetition.note(rng.try_next_u32());
            if unranker.candidate(next, candidate.0).map_err(GenerateError::Source)? {
                if unranker.words() >= MIN_WORDS && repetition.found() {
                    return Err(GenerateError::SourceRepeats);
                }
                return Ok(Compliant::proven(self, candidate.keep()));
            }
        }
        Err(GenerateError::SourceStuck { tries: UNRANK_TRIES })
    }

    /// The passwords of `length` characters by their ranks, if they are too rare to be found by trial.
    #[cfg(feature = "std")]
    pub(crate) fn unranker(&self, length: usize) -> Result<Option<Unranker>, LengthError> {
        if !self.is_rare(length) {
            return Ok(None);
        }
        let rules = self.rules();
        let unranker = Unranker::new(&rules, Alphabet::generated(&rules), length);
        unranker.map(Some).map_err(|TooLarge| LengthError::TooRare { length })
    }

    /// Makes a candidate of the next words.
    #[inline]
    pub(crate) fn candidate<E>(
        &self,
        mut next: impl FnMut() -> Result<u32, E>,
        candidate: &mut [u8],
    ) -> Result<Verdict, E> {
        let digits = self.digits();
        let (mut rejected, mut differs) = (0, 0);
        let mut word = Zeroizing::new(0);
        for (number, block) in candidate.chunks_mut(digits.per_word()).enumerate() {
            let previous = core::mem::replace(&mut *word, next()?);
            if number > 0 {
                differs |= *word ^ previous;
            }
            rejected |= digits.split(*word, block);
        }
        self.spell(candidate);
        if self.restricts_first() {
            rejected |= self.refuses_first(candidate);
        }
        // All verdicts are declassified as one: the candidate is rejected whole or handed out.
        Ok(Verdict { is_kept: declassify((rejected == 0) & complies(self, candidate)), differs })
    }

    /// 1 if a candidate begins with a character that is not generated as the first one, otherwise 0.
    // Not inlined: together with its caller it would take more of a small stack.
    #[inline(never)]
    fn refuses_first(&self, candidate: &[u8]) -> u32 {
        candidate.first().map_or(0, |&first| self.ct_refuses_first(first) as u32)
    }

    /// Replaces each index in the alphabet by its character, by stepping over the gaps: without a table, and so without an
    /// address that depends on a secret.
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

/// What is known of a candidate.
pub(crate) struct Verdict {
    /// Whether it is compliant.
    pub(crate) is_kept: bool,
    /// 0 if all its words are equal. Secret.
    differs: u32,
}

/// Zeroes the buffer on drop, also when the source panics.
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
