//! A file, or bytes in memory, that are read at any place.

use std::{
    fs::File,
    io::{self, ErrorKind},
    ops::Range,
};

use crate::error::{DenyListError, Place};

/// What is read at any place. Several threads may read at once.
pub(crate) enum Source {
    File(File, u64),
    Bytes(Vec<u8>),
}

impl Source {
    /// A regular file.
    pub(crate) fn of_file(file: File) -> io::Result<Self> {
        let size = file.metadata()?.len();
        Ok(Self::File(file, size))
    }

    /// The number of bytes.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::File(_, size) => *size,
            Self::Bytes(bytes) => bytes.len() as u64,
        }
    }

    /// Fills the buffer with the bytes at a place. A file that has become shorter is an error.
    pub(crate) fn read(&self, at: u64, mut buffer: &mut [u8]) -> Result<(), DenyListError> {
        let file = match self {
            Self::File(file, _) => file,
            Self::Bytes(bytes) => {
                let place = usize::try_from(at).ok();
                let range =
                    place.map(|begin| Range { start: begin, end: begin.saturating_add(buffer.len()) });
                let found = range.and_then(|range| bytes.get(range)).ok_or_else(|| too_short(at))?;
                buffer.copy_from_slice(found);
                return Ok(());
            }
        };
        let mut at = at;
        while !buffer.is_empty() {
            match read_at(file, buffer, at) {
                Ok(0) => return Err(too_short(at)),
                Ok(read) => {
                    buffer = &mut buffer[read..];
                    at += read as u64;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(DenyListError::Read(error)),
            }
        }
        Ok(())
    }
}

fn too_short(at: u64) -> DenyListError {
    DenyListError::at(Place::Byte(at), "more bytes, as the file had when it was opened", "its end")
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

/// Elsewhere there is no reading at a place: a list has to be in memory.
#[cfg(not(any(unix, windows)))]
fn read_at(_: &File, _: &mut [u8], _: u64) -> io::Result<usize> {
    Err(ErrorKind::Unsupported.into())
}
