//! A list of words in memory, as a part of their hashes.

use std::io::BufRead;

use crate::{
    digest::{HashKind, key},
    error::{DenyListError, Place},
    lines::Lines,
};

/// The first 64 bits of the hash of each word, in ascending order.
pub(crate) struct Words {
    keys: Vec<u64>,
}

impl Words {
    /// Reads all lines. Empty ones are skipped.
    pub(crate) fn read(
        mut lines: Lines<impl BufRead>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Self, DenyListError> {
        let mut keys = Vec::new();
        let mut done = lines.bytes;
        while let Some(word) = lines.next()? {
            if !word.is_empty() {
                keys.push(word_key(word));
            }
            progress(lines.bytes - done);
            done = lines.bytes;
        }
        if keys.is_empty() {
            return Err(DenyListError::at(Place::File, "a word", "empty lines alone"));
        }
        keys.sort_unstable();
        keys.dedup();
        Ok(Self { keys })
    }

    pub(crate) fn contains(&self, key: u64) -> bool {
        self.keys.binary_search(&key).is_ok()
    }

    pub(crate) fn keys(&self) -> &[u64] {
        &self.keys
    }
}

/// The first 64 bits of a word's SHA-1.
pub(crate) fn word_key(word: &[u8]) -> u64 {
    key(&HashKind::Sha1.hash(word).expect("all bytes have a SHA-1"))
}
