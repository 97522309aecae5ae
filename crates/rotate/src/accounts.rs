//! The accounts file: which phones are to be rotated.

use core::{fmt, mem};
use std::{collections::VecDeque, io, string::String, vec::Vec};

use csv::{ErrorKind, Position, Reader, ReaderBuilder, StringRecord, Trim};
use sip_password::api::FieldError;

use crate::fleet::Fleet;

/// Reads the rows of a CSV file with a header. Finds columns by their names, and skips all others.
///
/// The buffers of the reader are not wiped: the passwords of Huawei's accounts are in the file itself, unencrypted.
pub(crate) struct Accounts<R> {
    reader: Reader<LineCounter<R>>,
    columns: &'static [&'static str],
    /// The place of each column in a row.
    names: Vec<usize>,
    /// The place of the account password.
    secret: Option<usize>,
    record: StringRecord,
    /// The line of the last row; the first line is 1.
    pub(crate) line: u64,
}

/// A row of the accounts file.
pub(crate) struct Row<'a> {
    /// The row's line; the first line is 1.
    pub(crate) line: u64,
    pub(crate) names: Vec<&'a str>,
    /// The account password; empty without such a column.
    pub(crate) secret: &'a str,
}

/// What is wrong with an accounts file, and where. It holds nothing of the file but names of phones.
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
        column: &'static str,
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
    /// A field contains a line break, as after a quote that is not closed.
    LineBreak,
    /// A name begins or ends with white space: a vendor may take it for the name without.
    EdgeSpace {
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
    /// The file cannot be read.
    Io(io::ErrorKind),
}

impl<R: io::Read> Accounts<R> {
    /// Reads the header.
    pub(crate) fn open(from: R, fleet: &dyn Fleet) -> Result<Self, AccountsError> {
        let mut reader = ReaderBuilder::new().trim(Trim::Headers).from_reader(LineCounter::new(from));
        let expected: Vec<_> =
            fleet.columns().iter().copied().chain(fleet.account_password_column()).collect();
        let headers = reader.headers().map_err(|error| csv_error(&error, 1))?;
        let mut places = Vec::with_capacity(expected.len());
        for &column in &expected {
            let mut found = headers.iter().enumerate().filter(|(_, header)| *header == column);
            let kind = match (found.next(), found.next()) {
                (Some((place, _)), None) => {
                    places.push(place);
                    continue;
                }
                (None, _) => AccountsErrorKind::MissingColumn { column, expected },
                (Some(_), Some(_)) => AccountsErrorKind::DuplicateColumn { column },
            };
            return Err(AccountsError { line: 1, kind });
        }
        let secret = fleet.account_password_column().and_then(|_| places.pop());
        let columns = fleet.columns();
        Ok(Self { reader, columns, names: places, secret, record: StringRecord::new(), line: 1 })
    }

    /// The next row, if there is one.
    pub(crate) fn next(&mut self) -> Result<Option<Row<'_>>, AccountsError> {
        let read = self.reader.read_record(&mut self.record);
        let at = match &read {
            Ok(_) => self.record.position(),
            Err(error) => error.position(),
        };
        if let Some(at) = at.map(Position::byte) {
            self.line = self.reader.get_mut().line(at);
        }
        let wrong = |kind| AccountsError { line: self.line, kind };
        let has_line_break = |field: &str| field.contains(['\n', '\r']);
        match read {
            // An unclosed quote swallows the fields that are missing then.
            Err(error) if is_unequal(&error) && self.record.iter().any(has_line_break) => {
                return Err(wrong(AccountsErrorKind::LineBreak));
            }
            Err(error) => return Err(csv_error(&error, self.line)),
            Ok(false) => return Ok(None),
            Ok(true) => {}
        }
        let field = |place: usize| self.record.get(place).unwrap_or_default();
        let names: Vec<_> = self.names.iter().map(|&place| field(place)).collect();
        let secret = self.secret.map_or("", field);
        if names.iter().copied().chain([secret]).any(has_line_break) {
            return Err(wrong(AccountsErrorKind::LineBreak));
        }
        let mut named = self.columns.iter().zip(&names);
        if let Some((&column, _)) = named.find(|(_, name)| name.trim() != **name) {
            return Err(wrong(AccountsErrorKind::EdgeSpace { column }));
        }
        Ok(Some(Row { line: self.line, names, secret }))
    }
}

/// Remembers where the lines of the last read begin, except blank ones: the `csv` crate reports the place before the blank lines
/// that it skips.
struct LineCounter<R> {
    from: R,
    read: u64,
    lines: u64,
    /// The last byte ended a line.
    ended: bool,
    /// The byte at which each line begins, and the line's number.
    begun: VecDeque<(u64, u64)>,
}

impl<R> LineCounter<R> {
    const fn new(from: R) -> Self {
        Self { from, read: 0, lines: 0, ended: true, begun: VecDeque::new() }
    }

    /// The first line that is not blank and begins at this byte or later. Forgets the lines before it.
    fn line(&mut self, byte: u64) -> u64 {
        while self.begun.front().is_some_and(|&(begin, _)| begin < byte) {
            self.begun.pop_front();
        }
        self.begun.front().map_or(self.lines, |&(_, line)| line)
    }
}

impl<R: io::Read> io::Read for LineCounter<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        for (&byte, at) in buffer[..read].iter().zip(self.read..) {
            if mem::replace(&mut self.ended, byte == b'\n') {
                self.lines += 1;
                if !matches!(byte, b'\r' | b'\n') {
                    self.begun.push_back((at, self.lines));
                }
            }
        }
        self.read += read as u64;
        Ok(read)
    }
}

fn is_unequal(error: &csv::Error) -> bool {
    matches!(error.kind(), ErrorKind::UnequalLengths { .. })
}

fn csv_error(error: &csv::Error, line: u64) -> AccountsError {
    let kind = match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            AccountsErrorKind::FieldCount { found: *len, expected: *expected_len }
        }
        ErrorKind::Utf8 { .. } => AccountsErrorKind::NotUtf8,
        ErrorKind::Io(error) => AccountsErrorKind::Io(error.kind()),
        _ => AccountsErrorKind::Io(io::ErrorKind::InvalidData),
    };
    AccountsError { line, kind }
}

impl fmt::Display for AccountsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.kind)
    }
}

impl core::error::Error for AccountsError {}

impl fmt::Display for AccountsErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingColumn { column, expected } => {
                write!(f, "no column {column}; the header must have {}", expected.join(", "))
            }
            Self::DuplicateColumn { column } => {
                write!(f, "the header has the column {column} twice; keep one")
            }
            Self::NoRows => f.write_str("no phone after the header; add a row for each phone"),
            Self::FieldCount { found, expected } => {
                write!(f, "expected {expected} fields, as in the header, found {found}")
            }
            Self::NotUtf8 => f.write_str("not UTF-8; save the file in that encoding"),
            Self::LineBreak => f.write_str(
                "a field of the row that begins here contains a line break; is a quote not closed?",
            ),
            Self::EdgeSpace { column } => {
                write!(f, "{column} begins or ends with white space; remove it")
            }
            Self::Field(error) => error.fmt(f),
            Self::Duplicate { name, first } => {
                write!(f, "{name} is in line {first} already; list each phone once")
            }
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
                f.write_str("the account password differs from the one that the journal was planned with")
            }
            Self::Io(kind) => write!(f, "cannot be read: {kind}"),
        }
    }
}

/// A phone's name, for a message.
pub(crate) fn display_name(names: &[&str]) -> String {
    names.join("/")
}
