//! The generators: the library, and two biased ones, as they are often written.

use rand::{
    RngExt,
    seq::{IndexedRandom, SliceRandom},
};
use sip_password::{Bulk, Keystream, LengthError, Policy};

use crate::case::{Case, Rule};

/// Fills buffers with passwords.
pub(crate) enum Source<'p> {
    Library(Bulk<'p>),
    FillAndShuffle(Rule),
    Modulo(Rule),
}

impl Source<'static> {
    /// The library's generator.
    pub(crate) fn library(case: &Case) -> Result<Self, LengthError> {
        Self::policy(case.policy, case.length)
    }

    /// The generators that must be rejected. With one class alone, fill and shuffle is uniform.
    pub(crate) fn biased(rule: Rule) -> impl Iterator<Item = (&'static str, Self)> {
        let fill = (rule.classes.len() > 1).then_some(("fill and shuffle", Self::FillAndShuffle(rule)));
        fill.into_iter().chain([("byte modulo alphabet", Self::Modulo(rule))])
    }
}

impl<'p> Source<'p> {
    /// The library's generator for any policy.
    pub(crate) fn policy(policy: &'p Policy, length: usize) -> Result<Self, LengthError> {
        policy.bulk(length, b"").map(Self::Library)
    }

    /// Fills the buffer with passwords of `length` characters, one after another.
    pub(crate) fn fill(&self, rng: &mut Keystream, length: usize, buffer: &mut [u8]) -> Result<(), String> {
        let passwords = buffer.chunks_exact_mut(length);
        match self {
            Self::Library(bulk) => bulk.fill(rng, buffer).map(drop).map_err(|error| error.to_string())?,
            Self::FillAndShuffle(rule) => {
                let alphabet = rule.alphabet();
                passwords.for_each(|password| fill_and_shuffle(*rule, alphabet.as_bytes(), rng, password));
            }
            Self::Modulo(rule) => {
                let alphabet = rule.alphabet();
                passwords.for_each(|password| modulo(*rule, alphabet.as_bytes(), rng, password));
            }
        }
        Ok(())
    }
}

/// Draws as many classes as are required and a character of each, fills up from all characters, and shuffles.
///
/// The same classes each time, or a character of every class, would be rejected sooner.
fn fill_and_shuffle(rule: Rule, alphabet: &[u8], rng: &mut Keystream, password: &mut [u8]) {
    let (filled, rest) = password.split_at_mut(rule.min_classes);
    for (character, class) in filled.iter_mut().zip(rule.classes.sample(rng, rule.min_classes)) {
        *character = class.as_bytes()[rng.random_range(..class.len())];
    }
    rest.fill_with(|| alphabet[rng.random_range(..alphabet.len())]);
    password.shuffle(rng);
}

/// Each character is a random byte modulo the number of characters; the whole password is drawn again until the rule holds.
fn modulo(rule: Rule, alphabet: &[u8], rng: &mut Keystream, password: &mut [u8]) {
    loop {
        password.fill_with(|| alphabet[usize::from(rng.random::<u8>()) % alphabet.len()]);
        let present =
            rule.classes.iter().filter(|class| password.iter().any(|c| class.as_bytes().contains(c)));
        if present.count() >= rule.min_classes {
            return;
        }
    }
}
