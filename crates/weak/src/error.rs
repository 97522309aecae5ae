//! Why a deny list cannot be used.

use std::{error::Error, fmt, io};

/// Why a deny list cannot be used. It names no file, and holds no line of one.
#[derive(Debug)]
#[non_exhaustive]
pub enum DenyListError {
    /// Reading failed.
    Read(io::Error),
    /// Writing a filter failed.
    Write(io::Error),
    /// The file is not what it seems to be.
    Malformed {
        /// Where.
        place: Place,
        /// What would be right there.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
}

/// A place in a deny list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// The file as a whole.
    File,
    /// A line, counted from 1.
    Line(u64),
    /// The line or the part that begins behind this number of bytes.
    Byte(u64),
}

impl DenyListError {
    pub(crate) const fn at(place: Place, expected: &'static str, found: &'static str) -> Self {
        Self::Malformed { place, expected, found }
    }
}

impl fmt::Display for DenyListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (place, expected, found) = match self {
            Self::Read(error) => return write!(f, "cannot read: {error}"),
            Self::Write(error) => return write!(f, "cannot write: {error}"),
            Self::Malformed { place, expected, found } => (place, expected, found),
        };
        match place {
            Place::File => {}
            Place::Line(line) => write!(f, "line {line}: ")?,
            Place::Byte(byte) => write!(f, "byte {byte}: ")?,
        }
        write!(f, "expected {expected}, found {found}")
    }
}

impl Error for DenyListError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Read(error) | Self::Write(error) => Some(error),
            Self::Malformed { .. } => None,
        }
    }
}
