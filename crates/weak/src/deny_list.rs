//! A deny list of any kind.

use std::{
    fmt,
    fs::File,
    io::{BufRead, BufReader, Cursor},
    path::Path,
};

use zeroize::zeroize_stack;

use crate::{
    digest::{HashKind, key},
    error::{DenyListError, Place},
    filter_file::Filter,
    lines::{LOOK, Lines, opening},
    sorted_hashes::SortedHashes,
    source::Source,
    words::{Words, word_key},
};

/// The largest file of words, in bytes. Reading one of this size takes some ten seconds, each time, and 8 bytes of memory a word:
/// [`build_filter`](crate::build_filter) makes a file of it that is not read as a whole.
pub const MAX_WORDS_FILE: u64 = 1 << 30;

/// More bytes of the stack than a lookup leaves copies in: `tests/memory` finds none further down.
const TRACES: usize = 8192;

/// Passwords that nobody may use: words, hashes as Have I Been Pwned offers them, or a filter that [`build_filter`](crate::build_filter)
/// has made of either.
///
/// A password is compared as a whole and exactly: in this case of letters, and with its spaces.
///
/// ```
/// use sip_password_weak::{DenyKind, DenyList};
///
/// let list = DenyList::from_bytes(b"letmein\nopensesame\n".to_vec())?;
/// assert_eq!(list.kind(), DenyKind::Words);
/// assert!(list.contains(b"letmein")?);
/// assert!(!list.contains(b"Letmein")?);
/// # Ok::<(), sip_password_weak::DenyListError>(())
/// ```
pub struct DenyList(Kind);

/// What a deny list consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DenyKind {
    /// Words.
    Words,
    /// Sorted hashes.
    Hashes(HashKind),
    /// A filter.
    Filter(HashKind),
}

enum Kind {
    Words(Words),
    Hashes(SortedHashes),
    Filter(Filter),
}

impl DenyList {
    /// Opens a file. What it is follows from its content:
    ///
    /// - A file that begins as a filter does is a filter. It must be whole.
    /// - A file whose first line is 40 hexadecimal digits, and perhaps a colon and a count, is a list of SHA-1 hashes; with 32 digits, of
    ///   NTLM hashes. It must be sorted, and stays on disk, so it may have any size.
    /// - Everything else is a list of words, one a line, which is read into memory, 8 bytes a word: at most [`MAX_WORDS_FILE`]. A word is
    ///   a line without its line break, spaces included. Empty lines are skipped.
    ///
    /// Lines end with LF or CRLF. A byte order mark of UTF-8 is left out. Words may also come from a pipe.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, that is empty, in UTF-16, or larger than the limit; a filter that is cut off or damaged; hashes that
    /// do not come from a regular file, or that are malformed or not in ascending order at one of 65 places that are looked at.
    pub fn open(path: &Path) -> Result<Self, DenyListError> {
        let file = File::open(path).map_err(DenyListError::Read)?;
        let metadata = file.metadata().map_err(DenyListError::Read)?;
        if !metadata.is_file() {
            return Self::of_pipe(BufReader::new(file));
        }
        Self::of(Source::of_file(file).map_err(DenyListError::Read)?)
    }

    /// A list in memory, such as one that is part of a program.
    ///
    /// # Errors
    ///
    /// Those of [`open`](Self::open), except that everything can be read.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, DenyListError> {
        Self::of(Source::Bytes(bytes))
    }

    fn of(source: Source) -> Result<Self, DenyListError> {
        let mut first = [0; LOOK];
        let first = &mut first[..source.size().min(LOOK as u64) as usize];
        source.read(0, first)?;
        if Filter::is_begun_by(first) {
            return Filter::open(source).map(Kind::Filter).map(Self);
        }
        let begin = opening(first)?;
        if let Some(kind) = begin.hashes {
            return SortedHashes::open(source, kind, begin.mark as u64).map(Kind::Hashes).map(Self);
        }
        if source.size() > MAX_WORDS_FILE {
            return Err(too_large());
        }
        match source {
            Source::File(file, _) => Self::of_words(BufReader::with_capacity(1 << 16, file)),
            Source::Bytes(bytes) => Self::of_words(Cursor::new(bytes)),
        }
    }

    fn of_words(source: impl BufRead) -> Result<Self, DenyListError> {
        let (lines, _) = Lines::new(source)?;
        Words::read(lines, &mut |_| ()).map(Kind::Words).map(Self)
    }

    fn of_pipe(mut source: impl BufRead) -> Result<Self, DenyListError> {
        let first = source.fill_buf().map_err(DenyListError::Read)?;
        if Filter::is_begun_by(first) || opening(first)?.hashes.is_some() {
            return Err(DenyListError::at(
                Place::File,
                "a regular file of hashes, which is read at any place",
                "a pipe or a device",
            ));
        }
        Self::of_words_within(source, MAX_WORDS_FILE)
    }

    /// Reads words from a source of unknown size.
    fn of_words_within(source: impl BufRead, most: u64) -> Result<Self, DenyListError> {
        // One byte more shows that the source is too large.
        let mut limited = source.take(most + 1);
        let words = Self::of_words(&mut limited)?;
        if limited.limit() == 0 { Err(too_large()) } else { Ok(words) }
    }

    /// What the list consists of.
    pub fn kind(&self) -> DenyKind {
        match &self.0 {
            Kind::Words(_) => DenyKind::Words,
            Kind::Hashes(hashes) => DenyKind::Hashes(hashes.kind()),
            Kind::Filter(filter) => DenyKind::Filter(filter.kind()),
        }
    }

    /// Whether a password is in the list.
    ///
    /// Hashes answer exactly, in a few reads of 4 KiB. Words are compared by 64 bits of their SHA-1: one of n words is found in the place
    /// of another password with a probability of n / 2^64. A filter says of one in 2^16 passwords that it is in the list though it is not, and never the
    /// reverse. NTLM has no hash of bytes that are not UTF-8: no list of NTLM hashes contains them.
    ///
    /// Copies of the password and its hash are wiped, also those that hashing leaves on the stack. The time depends on the password.
    ///
    /// # Errors
    ///
    /// A file that cannot be read; a line of hashes that is malformed or not in ascending order, where this password's hash is looked
    /// for; a part of a filter that is damaged.
    pub fn contains(&self, password: &[u8]) -> Result<bool, DenyListError> {
        let found = self.look_up(password);
        zeroize_stack::<TRACES>();
        found
    }

    /// Its frame, and all that it calls, is below that of the caller, which wipes it: the hashes' crates move blocks of the password.
    #[inline(never)]
    fn look_up(&self, password: &[u8]) -> Result<bool, DenyListError> {
        match &self.0 {
            Kind::Words(words) => Ok(words.contains(word_key(password))),
            Kind::Hashes(hashes) => match hashes.kind().hash(password) {
                Some(hash) => hashes.contains(&hash),
                None => Ok(false),
            },
            Kind::Filter(filter) => match filter.kind().hash(password) {
                Some(hash) => filter.contains(key(&hash)),
                None => Ok(false),
            },
        }
    }
}

fn too_large() -> DenyListError {
    DenyListError::at(
        Place::File,
        "at most 1 GiB of words",
        "more; make a filter of them: sip-password deny-list build",
    )
}

impl fmt::Debug for DenyList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DenyList").field(&self.kind()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A word that is cut off would be another word.
    #[test]
    fn a_pipe_with_too_many_words_is_refused() {
        let words = &b"letmein\nopen\n"[..];
        let size = words.len() as u64;
        assert!(DenyList::of_words_within(words, size).is_ok());
        for most in 1..size {
            let error = DenyList::of_words_within(words, most).expect_err("it is too large").to_string();
            assert!(error.starts_with("expected at most 1 GiB of words, found more"), "{error}");
        }
    }
}
