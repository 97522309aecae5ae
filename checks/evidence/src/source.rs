//! Where passwords come from: the library, and two generators as they are often written, which are biased.

use std::convert::Infallible;

use rand::{
    RngExt,
    seq::{IndexedRandom, SliceRandom},
};
use sip_password::{Bulk, GenerateError, Keystream, Policy};

use crate::case::{Case, Rule};

/// Fills buffers with passwords.
pub(crate) enum Source<'p> {
    Library(Bulk<'p>),
    FillAndShuffle(Rule),
    Modulo(Rule),
}

impl Source<'static> {
    /// The library's.
    pub(crate) fn library(case: &Case) -> Result<Self, GenerateError<Infallible>> {
        Self::policy(case.policy, case.length)
    }

    /// Those that must be caught. Where there is one class to fill, fill and shuffle is uniform.
    pub(crate) fn biased(rule: Rule) -> impl Iterator<Item = (&'static str, Self)> {
        let fill = (rule.classes.len() > 1).then_some(("fill and shuffle", Self::FillAndShuffle(rule)));
        fill.into_iter().chain([("byte modulo alphabet", Self::Modulo(rule))])
    }
}

impl<'p> Source<'p> {
    /// The library's, of any policy.
    pub(crate) fn policy(policy: &'p Policy<'p>, length: usize) -> Result<Self, GenerateError<Infallible>> {
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

/// One character of each of as many classes as are required, drawn as well; the rest of all characters; shuffled.
///
/// To take the same classes each time, or one of each, would be caught the sooner.
fn fill_and_shuffle(rule: Rule, alphabet: &[u8], rng: &mut Keystream, password: &mut [u8]) {
    let (filled, rest) = password.split_at_mut(rule.required);
    for (character, class) in filled.iter_mut().zip(rule.classes.sample(rng, rule.required)) {
        *character = class.as_bytes()[rng.random_range(..class.len())];
    }
    rest.fill_with(|| alphabet[rng.random_range(..alphabet.len())]);
    password.shuffle(rng);
}

/// A random byte modulo the number of characters, each; again, whole, until the rule holds.
fn modulo(rule: Rule, alphabet: &[u8], rng: &mut Keystream, password: &mut [u8]) {
    loop {
        password.fill_with(|| alphabet[usize::from(rng.random::<u8>()) % alphabet.len()]);
        let present =
            rule.classes.iter().filter(|class| password.iter().any(|c| class.as_bytes().contains(c)));
        if present.count() >= rule.required {
            return;
        }
    }
}
