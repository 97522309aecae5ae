//! Passwords that occur more than once in a list.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState},
};

/// The most rows whose passwords are compared. Their fingerprints take at most 272 MiB, and half as much again while the table grows.
pub(crate) const MAX_COMPARED: usize = 14_000_000;

/// Remembers a fingerprint of each password and the line that had it first. No password is kept.
///
/// A fingerprint is a hash of 64 bits under a key that is drawn at random for this process: nobody can choose passwords that seem to be
/// equal. Among ten million different passwords, two seem to be equal with a probability of 3 in a million.
#[derive(Default)]
pub(crate) struct Duplicates {
    key: RandomState,
    lines: HashMap<u64, u64, BuildHasherDefault<AsItIs>>,
    /// The number of passwords that an earlier row has too.
    pub(crate) count: u64,
    /// Whether there were more rows than are compared.
    pub(crate) is_full: bool,
}

impl Duplicates {
    /// The line of the first row with this password, if there was one.
    pub(crate) fn add(&mut self, password: &[u8], line: u64) -> Option<u64> {
        let is_full = self.lines.len() >= MAX_COMPARED;
        let first = match self.lines.entry(self.key.hash_one(password)) {
            Entry::Occupied(entry) => Some(*entry.get()),
            Entry::Vacant(_) if is_full => {
                self.is_full = true;
                None
            }
            Entry::Vacant(entry) => {
                entry.insert(line);
                None
            }
        };
        self.count += u64::from(first.is_some());
        first
    }
}

/// A fingerprint is a hash already.
#[derive(Default)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("fingerprints are numbers of 64 bits");
    }

    fn write_u64(&mut self, fingerprint: u64) {
        self.0 = fingerprint;
    }
}
