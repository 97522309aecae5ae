//! A sorted file of hashes, searched in place.

use crate::{
    digest::{HashKind, MAX_HASH, key},
    error::{DenyListError, Place},
    hash_line::{MAX_LINE, malformed, parse},
    source::Source,
};

/// How much is read at once, in bytes: a page, which has some ninety lines.
const BLOCK: usize = 4096;
/// Each time that this many reads were guesses, one halves what is left: so that a list whose hashes are not spread evenly takes no
/// more reads than four times the logarithm of its size.
const GUESSES: u32 = 3;
/// How many places of a list are looked at when it is opened: to notice one that is not sorted, such as two lists one behind the other.
const SAMPLES: u64 = 64;

/// A file of hashes in ascending order. One page of it is in memory at a time, and some of its hashes.
pub(crate) struct SortedHashes {
    source: Source,
    kind: HashKind,
    /// Where the first line begins: behind a byte order mark.
    begin: u64,
    /// Some hashes, and where their lines begin.
    samples: Vec<(Hash, u64)>,
}

/// A hash as the list has it.
type Hash = [u8; MAX_HASH];

/// The part of the file that may have the hash. Both ends are ends of lines.
struct Range {
    begin: u64,
    end: u64,
    /// A hash that no hash of the part is below, and one that none is above: what was seen at its ends.
    below: Option<Hash>,
    above: Option<Hash>,
}

/// The lines that lie in a block as a whole, and where the first begins.
#[derive(Clone, Copy)]
struct Lines<'a> {
    kind: HashKind,
    bytes: &'a [u8],
    at: u64,
}

impl SortedHashes {
    /// Looks at some lines, which must be in order.
    pub(crate) fn open(source: Source, kind: HashKind, begin: u64) -> Result<Self, DenyListError> {
        let mut hashes = Self { source, kind, begin, samples: Vec::new() };
        let Some(last) = hashes.source.size().checked_sub(begin + BLOCK as u64) else { return Ok(hashes) };
        let mut buffer = [0; BLOCK];
        for sample in 0..=SAMPLES {
            let place = u128::from(last) * u128::from(sample) / u128::from(SAMPLES);
            let at = begin + place as u64;
            hashes.source.read(at, &mut buffer)?;
            let lines = hashes.whole_lines(&buffer, at, begin)?;
            let hash = parse(kind, lines.first()).ok_or_else(|| malformed(Place::Byte(lines.at)))?;
            if hashes.samples.last().is_some_and(|(before, _)| hash < *before) {
                return Err(unsorted(lines.at));
            }
            hashes.samples.push((hash, lines.at));
        }
        Ok(hashes)
    }

    pub(crate) fn kind(&self) -> HashKind {
        self.kind
    }

    /// Whether the file has this hash.
    pub(crate) fn contains(&self, hash: &Hash) -> Result<bool, DenyListError> {
        let mut left = self.range(hash);
        let mut buffer = [0; BLOCK];
        for reads in 0_u32.. {
            let size = left.end - left.begin;
            if size <= BLOCK as u64 {
                let bytes = &mut buffer[..size as usize];
                self.source.read(left.begin, bytes)?;
                return left.search(Lines { kind: self.kind, bytes, at: left.begin }, hash);
            }
            let is_guess = reads % (GUESSES + 1) < GUESSES;
            let at = if is_guess { left.guess(hash) } else { left.begin + (size - BLOCK as u64) / 2 };
            self.source.read(at, &mut buffer)?;
            let lines = self.whole_lines(&buffer, at, left.begin)?;
            if let Some(found) = left.narrow(lines, hash)? {
                return Ok(found);
            }
        }
        unreachable!("each read makes the range smaller")
    }

    /// The part of the file that may have the hash, by the samples.
    fn range(&self, hash: &Hash) -> Range {
        let later = self.samples.partition_point(|(sample, _)| sample <= hash);
        let (before, behind) =
            (later.checked_sub(1).map(|place| self.samples[place]), self.samples.get(later));
        Range {
            begin: before.map_or(self.begin, |(_, at)| at),
            end: behind.map_or(self.source.size(), |&(_, at)| at),
            below: before.map(|(hash, _)| hash),
            above: behind.map(|&(hash, _)| hash),
        }
    }

    /// The lines that are whole in a block which was read from here. A line begins at `begin`.
    fn whole_lines<'a>(&self, bytes: &'a [u8], at: u64, begin: u64) -> Result<Lines<'a>, DenyListError> {
        // In the middle of a line, unless one begins here.
        let skipped = match at == begin {
            true => 0,
            false => {
                bytes
                    .iter()
                    .take(MAX_LINE)
                    .position(|&byte| byte == b'\n')
                    .ok_or_else(|| malformed(Place::Byte(at)))?
                    + 1
            }
        };
        let at = at + skipped as u64;
        let last = bytes[skipped..]
            .iter()
            .rposition(|&byte| byte == b'\n')
            .ok_or_else(|| malformed(Place::Byte(at)))?;
        Ok(Lines { kind: self.kind, bytes: &bytes[skipped..=skipped + last], at })
    }
}

impl Range {
    /// Where the block with this hash begins if hashes are spread evenly over the range, as those of SHA-1 and MD4 are.
    fn guess(&self, hash: &Hash) -> u64 {
        let (low, high) = (self.below.as_ref().map_or(0, key), self.above.as_ref().map_or(u64::MAX, key));
        let last = self.end - BLOCK as u64;
        let (from_low, between) = (key(hash).saturating_sub(low), high.saturating_sub(low).max(1));
        let part = u128::from(self.end - self.begin) * u128::from(from_low) / u128::from(between);
        let place = self.begin.saturating_add(u64::try_from(part).unwrap_or(u64::MAX));
        place.saturating_sub(BLOCK as u64 / 2).clamp(self.begin, last)
    }

    /// Looks at lines of the range: whether the hash is among them, or `None` if it can only be before or behind.
    fn narrow(&mut self, lines: Lines<'_>, hash: &Hash) -> Result<Option<bool>, DenyListError> {
        let is_found = self.search(lines, hash)?;
        let first = parse(lines.kind, lines.first()).ok_or_else(|| malformed(Place::Byte(lines.at)))?;
        let last = parse(lines.kind, lines.last()).ok_or_else(|| malformed(Place::Byte(lines.at)))?;
        if *hash < first {
            (self.end, self.above) = (lines.at, Some(first));
        } else if *hash > last {
            (self.begin, self.below) = (lines.at + lines.bytes.len() as u64, Some(last));
        } else {
            return Ok(Some(is_found));
        }
        Ok(None)
    }

    /// Whether the hash is among these lines of the range. Every line is looked at, since one in the wrong place shows that the search may
    /// have gone the wrong way.
    fn search(&self, lines: Lines<'_>, hash: &Hash) -> Result<bool, DenyListError> {
        let mut is_found = false;
        let mut at = lines.at;
        let mut before = None;
        for line in lines.bytes.split_inclusive(|&byte| byte == b'\n') {
            let found = parse(lines.kind, line.strip_suffix(b"\n").unwrap_or(line))
                .ok_or_else(|| malformed(Place::Byte(at)))?;
            if before.is_some_and(|before| found < before) {
                return Err(unsorted(at));
            }
            self.check_order(&found, at)?;
            is_found |= found == *hash;
            before = Some(found);
            at += line.len() as u64;
        }
        Ok(is_found)
    }

    /// An error if a hash in the range is below what is before the range, or above what is behind.
    fn check_order(&self, found: &Hash, at: u64) -> Result<(), DenyListError> {
        let is_below = self.below.as_ref().is_some_and(|below| found < below);
        let is_above = self.above.as_ref().is_some_and(|above| found > above);
        if is_below || is_above { Err(unsorted(at)) } else { Ok(()) }
    }
}

impl<'a> Lines<'a> {
    /// The first line, without its line break.
    fn first(&self) -> &'a [u8] {
        self.bytes.split(|&byte| byte == b'\n').next().unwrap_or_default()
    }

    /// The last line, without its line break.
    fn last(&self) -> &'a [u8] {
        let lines = self.bytes.strip_suffix(b"\n").unwrap_or(self.bytes);
        lines.rsplit(|&byte| byte == b'\n').next().unwrap_or_default()
    }
}

fn unsorted(at: u64) -> DenyListError {
    DenyListError::at(
        Place::Byte(at),
        "hashes in ascending order",
        "one that belongs elsewhere; sort the file",
    )
}
