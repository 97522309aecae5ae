//! What can be wrong with an accounts file.

use core::{error::Error, fmt};
use std::{
    io,
    string::{String, ToString},
    vec::Vec,
};

use sip_password::api::FieldError;

use super::{MAX_FILE, MAX_ROW};

/// What is wrong with an accounts file, and where. It holds nothing of the file but names of phones and columns.
#[derive(Debug)]
pub struct AccountsError {
    /// The line; the first is 1.
    pub line: u64,
    /// What is wrong.
    pub kind: AccountsErrorKind,
}

/// What is wrong with an accounts file.
#[derive(Debug)]
#[non_exhaustive]
pub enum AccountsErrorKind {
    /// The header lacks a column.
    MissingColumn {
        /// The column's name.
        column: &'static str,
        /// All columns that the header must have.
        expected: Vec<&'static str>,
    },
    /// The header has a column twice.
    DuplicateColumn {
        /// The column's name.
        column: String,
    },
    /// The header lacks a column whose words the passwords may not contain.
    MissingWords {
        /// The column's name.
        column: String,
    },
    /// The words of the row leave no password, or next to none.
    Words {
        /// The number of passwords in a row that contained one of them.
        refused: u32,
    },
    /// There is no row after the header.
    NoRows,
    /// A row has more or fewer fields than the header.
    FieldCount {
        /// The number of fields in the row.
        found: u64,
        /// The number of fields in the header.
        expected: u64,
    },
    /// The row is not UTF-8.
    NotUtf8,
    /// The file is UTF-16.
    Utf16,
    /// The header separates its columns by semicolons.
    Semicolons,
    /// A row is longer than [`MAX_ROW`].
    LongRow,
    /// The file is longer than [`MAX_FILE`].
    LongFile,
    /// A field contains a line break, as after a quote that is not closed.
    LineBreak,
    /// A name begins or ends with white space: a vendor may take it for the name without.
    EdgeSpace {
        /// The column of the name.
        column: &'static str,
    },
    /// A name contains a control character. One of these separates the names of a phone in the journal.
    ControlCharacter {
        /// The column of the name.
        column: &'static str,
    },
    /// A field is empty, too long, or has a character that is not allowed.
    Field(FieldError),
    /// The file lists a phone twice.
    Duplicate {
        /// The phone's name.
        name: String,
        /// The line that lists it first.
        first: u64,
    },
    /// The file lists a phone whose name differs from another one only in the case of letters, or in characters that are not seen.
    Lookalike {
        /// The phone's name, with such characters escaped.
        name: String,
        /// The other name, in the same way.
        other: String,
        /// The line of the other name.
        first: u64,
    },
    /// The journal does not have this phone.
    NotInJournal {
        /// The phone that the journal has in this place; `None` where the journal ends.
        journal: Option<String>,
    },
    /// The journal has this phone in another place.
    OtherOrder {
        /// The phone that the journal has in this place.
        journal: String,
    },
    /// The journal has more phones than the file.
    TooFew {
        /// The first phone that is missing in the file.
        journal: String,
    },
    /// The account password differs from the one in the journal.
    OtherAccountPassword,
    /// The journal has no such phone, whose account password was to be corrected.
    NotPlanned {
        /// The phone's name.
        name: String,
    },
    /// The account password differs from the one in the journal, and only those of refused phones are corrected.
    NotRefused {
        /// The phone's name.
        name: String,
        /// The state of its rotation: [`RotationState::name`](crate::RotationState::name).
        state: &'static str,
    },
    /// The temporary file of all names cannot be written.
    TemporaryFile,
    /// The file cannot be read.
    Io(io::ErrorKind),
}

impl fmt::Display for AccountsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.kind)
    }
}

impl Error for AccountsError {}

impl AccountsErrorKind {
    /// Whether no row after this error can be read.
    pub(crate) const fn ends_reading(&self) -> bool {
        matches!(self, Self::Utf16 | Self::LongRow | Self::LongFile | Self::TemporaryFile | Self::Io(_))
    }
}

impl fmt::Display for AccountsErrorKind {
    #[expect(clippy::too_many_lines, reason = "one arm for each error")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingColumn { column, expected } => {
                write!(f, "no column {column}; the header must have {}", expected.join(", "))
            }
            Self::DuplicateColumn { column } => {
                write!(f, "the header has the column {column} twice; keep one")
            }
            Self::MissingWords { column } => {
                write!(f, "no column {column}, whose words the passwords may not contain")
            }
            Self::Words { refused } => {
                write!(f, "expected words that leave passwords, found {refused} passwords one after another that contain a word of the row")
            }
            Self::NoRows => f.write_str("no phone after the header; add a row for each phone"),
            Self::FieldCount { found, expected } => {
                write!(f, "expected {expected} fields, as in the header, found {found}")
            }
            Self::NotUtf8 => f.write_str("not UTF-8; save the file in that encoding"),
            Self::Utf16 => f.write_str("expected UTF-8, found UTF-16; save the file as UTF-8"),
            Self::Semicolons => f.write_str(
                "expected columns that are separated by commas, found semicolons; save the file as CSV with commas",
            ),
            Self::LongRow => write!(
                f,
                "expected a row of at most {MAX_ROW} bytes, found a longer one that begins here; is a quote not closed?"
            ),
            Self::LongFile => write!(f, "expected an accounts file of at most {MAX_FILE} bytes, found a longer one"),
            Self::LineBreak => f.write_str(
                "a field of the row that begins here contains a line break; is a quote not closed?",
            ),
            Self::EdgeSpace { column } => {
                write!(f, "{column} begins or ends with white space; remove it")
            }
            Self::ControlCharacter { column } => {
                write!(f, "{column} contains a control character; remove it")
            }
            Self::Field(error) => error.fmt(f),
            Self::Duplicate { name, first } => {
                write!(f, "{name} is in line {first} already; list each phone once")
            }
            Self::Lookalike { name, other, first } => write!(
                f,
                "{name} looks like {other} in line {first}, from which it differs only in the case of letters or in characters that \
                 are not seen; remove one of them"
            ),
            Self::NotInJournal { journal: Some(name) } => {
                write!(f, "expected {name}, as in the journal, which was planned with other accounts")
            }
            Self::NotInJournal { journal: None } => {
                f.write_str("the journal has no more phones: it was planned with other accounts")
            }
            Self::OtherOrder { journal } => write!(
                f,
                "expected {journal}, as in the journal, which was planned with these accounts in another order"
            ),
            Self::TooFew { journal } => {
                write!(f, "expected {journal}, as in the journal, found the end of the file")
            }
            Self::OtherAccountPassword => {
                f.write_str("the account password differs from the one in the journal")
            }
            Self::NotPlanned { name } => {
                write!(f, "{name} is not in the journal; remove the row, or plan a new journal for that phone")
            }
            Self::NotRefused { name, state } => write!(
                f,
                "the account password differs from the one in the journal, and only those of refused phones are \
                 corrected: {name} is {state}"
            ),
            Self::TemporaryFile => f.write_str("the temporary file of all names cannot be written; is the disk full?"),
            // The standard library's words for these say nothing.
            Self::Io(io::ErrorKind::NotFound) => f.write_str("cannot be read: no such file"),
            Self::Io(kind) if ["uncategorized error", "other error"].contains(&&*kind.to_string()) => {
                f.write_str("cannot be read: the system reports an error")
            }
            Self::Io(kind) => write!(f, "cannot be read: {kind}"),
        }
    }
}
