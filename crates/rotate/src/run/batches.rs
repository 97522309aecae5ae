//! How many phones a call may have.

use crate::journal::{Claim, Claimed};

/// After this many refused trials the run stays with the calls that are known to work.
const MAX_REFUSED_TRIALS: u32 = 2;

/// How large a call may be. The documents of a vendor may be read wrongly (which character separates phones, whose password comes
/// first), and then a call for several phones gives each a password that nobody meant. So the first call has one phone, and one call
/// at a time, the trial, has up to twice as many as the largest whose reply confirmed each phone with what was sent.
pub(crate) struct Batches {
    /// The number of phones of that call; 0 before the first.
    proven: u32,
    /// The first phone of a larger call that is in flight.
    trial: Option<i64>,
    refused_trials: u32,
}

impl Batches {
    pub(crate) const fn new(proven: u32) -> Self {
        Self { proven, trial: None, refused_trials: 0 }
    }

    pub(crate) const fn proven(&self) -> u32 {
        self.proven
    }

    /// The most phones of the next call, for a fleet that takes `max_batch`.
    pub(crate) fn next_size(&self, max_batch: usize) -> usize {
        let proven = usize::try_from(self.proven).unwrap_or(usize::MAX).max(1);
        let may_try = self.proven > 0 && self.trial.is_none() && self.refused_trials < MAX_REFUSED_TRIALS;
        max_batch.min(if may_try { proven.saturating_mul(2) } else { proven })
    }

    /// These phones go into one call.
    pub(crate) fn claimed(&mut self, phones: &[Claimed]) {
        if phones.len() > usize::try_from(self.proven).unwrap_or(usize::MAX).max(1) {
            self.trial = phones.first().map(|phone| phone.claim.id());
        }
    }

    /// The reply confirmed each of these phones with what was sent.
    pub(crate) fn confirmed(&mut self, phones: &[Claim]) {
        self.proven = self.proven.max(u32::try_from(phones.len()).unwrap_or(u32::MAX));
    }

    /// The reply has a password that was not sent: nothing is proven any more.
    pub(crate) const fn contradicted(&mut self) {
        self.proven = 0;
    }

    /// A call for these phones was refused as a whole.
    pub(crate) fn refused(&mut self, phones: &[Claim]) {
        self.refused_trials += u32::from(self.has_trial(phones));
        self.ended(phones);
    }

    /// A call for these phones has ended.
    pub(crate) fn ended(&mut self, phones: &[Claim]) {
        if self.has_trial(phones) {
            self.trial = None;
        }
    }

    fn has_trial(&self, phones: &[Claim]) -> bool {
        self.trial.is_some_and(|trial| phones.iter().any(|claim| claim.id() == trial))
    }
}
