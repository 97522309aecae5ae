//! Builds a filter from words or from sorted hashes.

use std::io::{BufRead, Write};

use xorf::BinaryFuse16;

use crate::{
    deny_list::DenyKind,
    digest::{HashKind, key},
    error::{DenyListError, Place},
    filter_file::{END, Entry, Filter, header},
    hash_line::{malformed, parse},
    lines::Lines,
    words::{Words, word_key},
};

/// The most keys of a part: building takes 30 bytes of memory for each, and a lookup reads one part, of 2.3 bytes a key.
const MAX_KEYS: usize = if cfg!(fuzzing) { 8 } else { 1 << 20 };

/// What a filter was made of, and its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FilterSummary {
    /// What the input consists of.
    pub made_of: DenyKind,
    /// The number of different passwords.
    pub passwords: u64,
    /// The number of bytes that were written.
    pub bytes: u64,
}

/// Makes a compact filter of a list of words or of sorted hashes: some 2.3 bytes a password, which [`DenyList::open`] reads.
///
/// A binary fuse filter with fingerprints of 16 bits: it finds every password of the list, and one in 65,536 that is not in the list.
/// Hashes take some 40 MB of memory, however many there are. Words take 8 bytes each on top. The same input gives the same bytes.
///
/// `progress` is called with the number of bytes that were read since the last call. Give the file its name after this has returned: what
/// was written before an error is not whole, and is refused when it is opened.
///
/// ```
/// use sip_password_weak::{DenyList, build_filter};
///
/// let mut filter = Vec::new();
/// let built = build_filter(&b"letmein\nopensesame\n"[..], &mut filter, |_| ())?;
/// assert_eq!(built.passwords, 2);
/// assert!(DenyList::from_bytes(filter)?.contains(b"letmein")?);
/// # Ok::<(), sip_password_weak::DenyListError>(())
/// ```
///
/// [`DenyList::open`]: crate::DenyList::open
///
/// # Errors
///
/// An input that cannot be read, that is empty, in UTF-16 or a filter already, or whose hashes are malformed or not in ascending order,
/// by the number of the line; an output that cannot be written.
pub fn build_filter(
    mut from: impl BufRead,
    to: impl Write,
    mut progress: impl FnMut(u64),
) -> Result<FilterSummary, DenyListError> {
    if Filter::is_begun_by(from.fill_buf().map_err(DenyListError::Read)?) {
        return Err(DenyListError::at(Place::File, "words or hashes, one a line", "a filter"));
    }
    let (lines, opening) = Lines::new(from)?;
    let kind = opening.hashes.unwrap_or(HashKind::Sha1);
    let header = header(kind);
    let mut writer = Writer { to, place: 0, entries: Vec::new(), keys: 0 };
    writer.write(&header)?;
    let made_of = match opening.hashes {
        Some(kind) => {
            writer.add_hashes(kind, lines, &mut progress)?;
            DenyKind::Hashes(kind)
        }
        None => {
            for keys in Words::read(lines, &mut progress)?.keys().chunks(MAX_KEYS) {
                writer.add_part(keys)?;
            }
            DenyKind::Words
        }
    };
    let passwords = writer.keys;
    Ok(FilterSummary { made_of, passwords, bytes: writer.finish(&header)? })
}

struct Writer<W> {
    to: W,
    place: u64,
    entries: Vec<Entry>,
    keys: u64,
}

impl<W: Write> Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), DenyListError> {
        self.to.write_all(bytes).map_err(DenyListError::Write)?;
        self.place += bytes.len() as u64;
        Ok(())
    }

    fn add_hashes(
        &mut self,
        kind: HashKind,
        mut lines: Lines<impl BufRead>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), DenyListError> {
        let mut keys: Vec<u64> = Vec::with_capacity(MAX_KEYS);
        let (mut before, mut done) = (None, lines.bytes);
        while let Some(line) = lines.next()? {
            let hash = parse(kind, line);
            let (number, bytes) = (lines.number, lines.bytes);
            let hash = hash.ok_or_else(|| malformed(Place::Line(number)))?;
            if before.is_some_and(|before| hash < before) {
                return Err(DenyListError::at(
                    Place::Line(number),
                    "hashes in ascending order",
                    "one that belongs before; sort the file",
                ));
            }
            before = Some(hash);
            progress(bytes - done);
            done = bytes;
            let key = key(&hash);
            if keys.last() == Some(&key) {
                continue;
            }
            if keys.len() == MAX_KEYS {
                self.add_part(&keys)?;
                keys.clear();
            }
            keys.push(key);
        }
        self.add_part(&keys)
    }

    /// Adds a part of these keys, which are in ascending order and different.
    fn add_part(&mut self, keys: &[u64]) -> Result<(), DenyListError> {
        let filter = BinaryFuse16::try_from_iterator(keys.iter().copied());
        let filter = filter.map_err(|_| {
            DenyListError::at(
                Place::File,
                "a filter after a thousand attempts",
                "none: an error of the filter's crate",
            )
        })?;
        let bytes: Vec<u8> =
            filter.fingerprints.iter().flat_map(|fingerprint| fingerprint.to_le_bytes()).collect();
        self.entries.push(Entry {
            first: keys[0],
            place: self.place,
            fingerprints: filter.fingerprints.len() as u32,
            descriptor: filter.descriptor,
            keys: keys.len() as u32,
            checksum: word_key(&bytes),
        });
        self.keys += keys.len() as u64;
        self.write(&bytes)
    }

    /// Writes the table: the number of bytes of the file.
    fn finish(mut self, header: &[u8]) -> Result<u64, DenyListError> {
        let table: Vec<u8> = self.entries.iter().flat_map(Entry::write).collect();
        let counts = [self.entries.len() as u64, self.keys].map(u64::to_le_bytes).concat();
        let checksum = word_key(&[header, &table, &counts].concat());
        self.write(&table)?;
        self.write(&counts)?;
        self.write(&checksum.to_le_bytes())?;
        self.write(END)?;
        self.to.flush().map_err(DenyListError::Write)?;
        Ok(self.place)
    }
}
