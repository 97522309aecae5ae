//! A filter on disk: a set of passwords in 18 bits each, which is asked without being read as a whole.
//!
//! The file has these parts, all numbers little-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 8 | 0x89, which begins no text in UTF-8, and `spdeny`, LF |
//! | 1 | the version, 1 |
//! | 1 | the kind of hashes: 1 SHA-1, 2 NTLM |
//! | 1 | the bits of a fingerprint, 16 |
//! | 5 | zeros |
//! | | the parts, one behind the other: the fingerprints of binary fuse filters, 16 bits each |
//! | 48 a part | the table: first key (64 bits), place in the file (64), seed (64), number of fingerprints (32), segment length (32), total length of segments (32), number of keys (32), checksum (64) |
//! | 8, 8 | the number of parts, and of keys |
//! | 8 | a checksum of header, table and the two numbers |
//! | 8 | `deny-end` |
//!
//! A key is the first 64 bits of a hash. A part has the keys from its first one up to that of the next part. Checksums are the first 64
//! bits of SHA-1: they notice damage and truncation, not malice.

use std::sync::OnceLock;

use xorf::{BinaryFuse16, Descriptor, Filter as _};

use crate::{
    digest::HashKind,
    error::{DenyListError, Place},
    source::Source,
    words::word_key,
};

const MAGIC: &[u8; 8] = b"\x89spdeny\n";
pub(crate) const END: &[u8; 8] = b"deny-end";
const VERSION: u8 = 1;
/// The bits of a fingerprint. With 8, the file would be half as large, and one good password in 256 would be denied: 39 of a fleet of
/// ten thousand. With 16, it is one in 65,536.
const BITS: u8 = 16;
const HEADER: usize = 16;
const ENTRY: usize = 48;
const FOOTER: usize = 32;
/// The most fingerprints of a part: more than the largest part that is built has.
const MAX_FINGERPRINTS: u32 = 1 << 22;
/// The most parts: enough for 2^37 keys. The table of so many has 6 MiB.
const MAX_PARTS: u64 = 1 << 17;

/// A filter in a file. Parts stay in memory once they were needed: at most 2.3 bytes for each of the list's passwords.
pub(crate) struct Filter {
    source: Source,
    kind: HashKind,
    parts: Vec<Part>,
}

/// The first bytes of a filter.
pub(crate) fn header(kind: HashKind) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..8].copy_from_slice(MAGIC);
    header[8] = VERSION;
    header[9] = match kind {
        HashKind::Sha1 => 1,
        HashKind::Ntlm => 2,
    };
    header[10] = BITS;
    header
}

/// Some of the filter's keys.
struct Part {
    entry: Entry,
    filter: OnceLock<BinaryFuse16>,
}

/// What the table says of a part.
pub(crate) struct Entry {
    pub(crate) first: u64,
    pub(crate) place: u64,
    pub(crate) descriptor: Descriptor,
    pub(crate) fingerprints: u32,
    pub(crate) keys: u32,
    pub(crate) checksum: u64,
}

impl Filter {
    /// Whether a file that begins with these bytes is meant to be a filter, or is what is left of one.
    pub(crate) fn is_begun_by(bytes: &[u8]) -> bool {
        !bytes.is_empty() && bytes.starts_with(&MAGIC[..bytes.len().min(MAGIC.len())])
    }

    pub(crate) fn kind(&self) -> HashKind {
        self.kind
    }

    /// Reads the table, which says whether the file is whole.
    pub(crate) fn open(source: Source) -> Result<Self, DenyListError> {
        let least = (HEADER + FOOTER) as u64;
        if source.size() < least {
            return Err(cut_off());
        }
        let (mut header, mut footer) = ([0; HEADER], [0; FOOTER]);
        source.read(0, &mut header)?;
        if header[8] != VERSION || header[10] != BITS {
            return Err(DenyListError::at(Place::File, "a filter of version 1", "another version"));
        }
        let kind = match header[9] {
            1 => HashKind::Sha1,
            2 => HashKind::Ntlm,
            _ => return Err(damaged(Place::File)),
        };
        source.read(source.size() - FOOTER as u64, &mut footer)?;
        if footer[24..] != *END {
            return Err(cut_off());
        }
        let (parts, keys, checksum) = (number(&footer[..8]), number(&footer[8..16]), number(&footer[16..24]));
        let table_size = parts.checked_mul(ENTRY as u64).filter(|_| (1..=MAX_PARTS).contains(&parts));
        let table_at = table_size.and_then(|size| (source.size() - least).checked_sub(size));
        let (Some(table_size), Some(table_at)) = (table_size, table_at) else {
            return Err(damaged(Place::File));
        };
        let mut table = vec![0; table_size as usize];
        let table_at = table_at + HEADER as u64;
        source.read(table_at, &mut table)?;
        if word_key(&[&header[..], &table, &footer[..16]].concat()) != checksum {
            return Err(damaged(Place::File));
        }
        let entries: Vec<Entry> = table.chunks_exact(ENTRY).map(Entry::read).collect();
        if !are_consistent(&entries, table_at, keys) {
            return Err(damaged(Place::File));
        }
        let parts = entries.into_iter().map(|entry| Part { entry, filter: OnceLock::new() }).collect();
        Ok(Self { source, kind, parts })
    }

    /// Whether the key is in the set, or one of 2^16 others that seem to be.
    pub(crate) fn contains(&self, key: u64) -> Result<bool, DenyListError> {
        let later = self.parts.partition_point(|part| part.entry.first <= key);
        let Some(part) = later.checked_sub(1).map(|place| &self.parts[place]) else { return Ok(false) };
        if let Some(filter) = part.filter.get() {
            return Ok(filter.contains(&key));
        }
        let filter = part.entry.load(&self.source)?;
        Ok(part.filter.get_or_init(|| filter).contains(&key))
    }
}

/// Whether the parts lie one behind the other, up to the table, with keys in ascending order.
fn are_consistent(entries: &[Entry], table_at: u64, keys: u64) -> bool {
    let mut place = HEADER as u64;
    for entry in entries {
        if entry.place != place || !entry.is_sound() {
            return false;
        }
        place += 2 * u64::from(entry.fingerprints);
    }
    place == table_at
        && entries.windows(2).all(|pair| pair[0].first < pair[1].first)
        && entries.iter().map(|entry| u64::from(entry.keys)).sum::<u64>() == keys
}

impl Entry {
    fn read(bytes: &[u8]) -> Self {
        let small = |place: usize| number(&bytes[place..place + 4]) as u32;
        let segment_length = small(28);
        Self {
            first: number(&bytes[..8]),
            place: number(&bytes[8..16]),
            descriptor: Descriptor {
                seed: number(&bytes[16..24]),
                segment_length,
                segment_length_mask: segment_length.wrapping_sub(1),
                segment_count_length: small(32),
            },
            fingerprints: small(24),
            keys: small(36),
            checksum: number(&bytes[40..48]),
        }
    }

    pub(crate) fn write(&self) -> [u8; ENTRY] {
        let Descriptor { seed, segment_length, segment_count_length, .. } = self.descriptor;
        let mut bytes = [0; ENTRY];
        for (place, number) in [(0, self.first), (8, self.place), (16, seed), (40, self.checksum)] {
            bytes[place..place + 8].copy_from_slice(&number.to_le_bytes());
        }
        let small =
            [(24, self.fingerprints), (28, segment_length), (32, segment_count_length), (36, self.keys)];
        for (place, number) in small {
            bytes[place..place + 4].copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    /// Whether every key has its three fingerprints within the part: an index outside would be a panic.
    fn is_sound(&self) -> bool {
        let Descriptor { segment_length, segment_count_length, .. } = self.descriptor;
        self.fingerprints <= MAX_FINGERPRINTS
            && self.keys > 0
            && segment_length.is_power_of_two()
            && segment_count_length.is_multiple_of(segment_length)
            && u64::from(segment_count_length) + 2 * u64::from(segment_length) == u64::from(self.fingerprints)
    }

    fn load(&self, source: &Source) -> Result<BinaryFuse16, DenyListError> {
        let mut bytes = vec![0; 2 * self.fingerprints as usize];
        source.read(self.place, &mut bytes)?;
        if word_key(&bytes) != self.checksum {
            return Err(damaged(Place::Byte(self.place)));
        }
        let fingerprints = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        Ok(BinaryFuse16 { descriptor: self.descriptor.clone(), fingerprints })
    }
}

/// A number in at most 8 bytes.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

fn cut_off() -> DenyListError {
    DenyListError::at(Place::File, "a whole filter", "one that is cut off; build it again")
}

fn damaged(place: Place) -> DenyListError {
    DenyListError::at(place, "a filter as it was built", "one that is damaged; build it again")
}
