//! The accounts file: which phones are to be rotated.

use core::{fmt, mem};
use std::{collections::VecDeque, io, string::String, vec::Vec};

use csv::{ErrorKind, Position, Reader, ReaderBuilder, StringRecord, Trim};

use crate::fleet::Fleet;
use sip_password::api::FieldError;

/// Reads the rows of a CSV file with a header. Columns are found by their names; others are passed over.
///
/// The reader's buffers are not wiped: what protects the passwords of Huawei's accounts is the file itself.
pub(crate) struct Accounts<R> {
    reader: Reader<Lines<R>>,
    columns: &'static [&'static str],
    names: Vec<usize>,
    secret: Option<usize>,
    record: StringRecord,
    /// The line of the last row.
    pub(crate) line: u64,
}

/// A row.
pub(crate) struct Row<'a> {
    /// Where it stands in the file; the first line is 1.
    pub(crate) line: u64,
    pub(crate) names: Vec<&'a str>,
    pub(crate) secret: &'a str,
}

/// What is wrong with an accounts file, and where. It holds nothing that the file holds but names of phones.
#[derive(Debug)]
pub struct AccountsError {
    /// The line; the first is 1.
    pub line: u64,
    /// What is wrong.
    pub problem: AccountsErrorKind,
}

/// What is wrong with an accounts file.
#[derive(Debug)]
#[non_exhaustive]
pub enum AccountsErrorKind {
    /// The header lacks a column.
    NoColumn {
        /// Its name.
        column: &'static str,
        /// All that are wanted.
        wanted: Vec<&'static str>,
    },
    /// The header has a column twice.
    ColumnTwice {
        /// Its name.
        column: &'static str,
    },
    /// There is no row after the header.
    NoRows,
    /// A row has more or fewer fields than the header.
    Fields {
        /// How many it has.
        found: u64,
        /// How many the header has.
        wanted: u64,
    },
    /// It is not UTF-8.
    NotUtf8,
    /// A field has a line break, as where a quote is not closed.
    LineBreak,
    /// A name begins or ends with white space: a vendor may take two such for one.
    EdgeSpace {
        /// The column of the name.
        column: &'static str,
    },
    /// A field is empty, too long, or has a character that it cannot have.
    Field(FieldError),
    /// A phone stands in the file twice.
    Twice {
        /// Which phone.
        name: String,
        /// In which line it stands first.
        first: u64,
    },
    /// Here the journal has another phone.
    Changed {
        /// Which phone the journal has; none where it ends here.
        journal: Option<String>,
    },
    /// The journal has this phone too, and another one here.
    Order {
        /// Which phone the journal has here.
        journal: String,
    },
    /// The journal has more phones than the file.
    Shorter {
        /// The first one that is missing.
        journal: String,
    },
    /// The password of the account is another one than that in the journal.
    OtherSecret,
    /// It cannot be read.
    Io(io::ErrorKind),
}

impl<R: io::Read> Accounts<R> {
    /// Reads the header.
    pub(crate) fn open(from: R, fleet: &dyn Fleet) -> Result<Self, AccountsError> {
        let mut reader = ReaderBuilder::new().trim(Trim::Headers).from_reader(Lines::new(from));
        let wanted: Vec<_> = fleet.columns().iter().copied().chain(fleet.account_password_column()).collect();
        let headers = reader.headers().map_err(|error| wrong(&error, 1))?;
        let mut places = Vec::with_capacity(wanted.len());
        for &column in &wanted {
            let mut found = headers.iter().enumerate().filter(|(_, header)| *header == column);
            let problem = match (found.next(), found.next()) {
                (Some((place, _)), None) => {
                    places.push(place);
                    continue;
                }
                (None, _) => AccountsErrorKind::NoColumn { column, wanted },
                (Some(_), Some(_)) => AccountsErrorKind::ColumnTwice { column },
            };
            return Err(AccountsError { line: 1, problem });
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
        let problem = |problem| AccountsError { line: self.line, problem };
        let broken = |field: &str| field.contains(['\n', '\r']);
        match read {
            // What an unclosed quote swallows are fields that lack.
            Err(error) if is_unequal(&error) && self.record.iter().any(broken) => {
                return Err(problem(AccountsErrorKind::LineBreak));
            }
            Err(error) => return Err(wrong(&error, self.line)),
            Ok(false) => return Ok(None),
            Ok(true) => {}
        }
        let field = |place: usize| self.record.get(place).unwrap_or_default();
        let names: Vec<_> = self.names.iter().map(|&place| field(place)).collect();
        let secret = self.secret.map_or("", field);
        if names.iter().copied().chain([secret]).any(broken) {
            return Err(problem(AccountsErrorKind::LineBreak));
        }
        let mut named = self.columns.iter().zip(&names);
        if let Some((&column, _)) = named.find(|(_, name)| name.trim() != **name) {
            return Err(problem(AccountsErrorKind::EdgeSpace { column }));
        }
        Ok(Some(Row { line: self.line, names, secret }))
    }
}

/// Where lines begin that are not blank, of what was read last. The `csv` crate says where it was before it passed over
/// blank lines.
struct Lines<R> {
    from: R,
    read: u64,
    lines: u64,
    /// What was read last ends a line.
    ended: bool,
    /// In bytes, and the line.
    begun: VecDeque<(u64, u64)>,
}

impl<R> Lines<R> {
    const fn new(from: R) -> Self {
        Self { from, read: 0, lines: 0, ended: true, begun: VecDeque::new() }
    }

    /// The first line that is not blank and begins at this byte or later. Those before it are forgotten.
    fn line(&mut self, byte: u64) -> u64 {
        while self.begun.front().is_some_and(|&(begin, _)| begin < byte) {
            self.begun.pop_front();
        }
        self.begun.front().map_or(self.lines, |&(_, line)| line)
    }
}

impl<R: io::Read> io::Read for Lines<R> {
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

fn wrong(error: &csv::Error, line: u64) -> AccountsError {
    let problem = match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            AccountsErrorKind::Fields { found: *len, wanted: *expected_len }
        }
        ErrorKind::Utf8 { .. } => AccountsErrorKind::NotUtf8,
        ErrorKind::Io(error) => AccountsErrorKind::Io(error.kind()),
        _ => AccountsErrorKind::Io(io::ErrorKind::InvalidData),
    };
    AccountsError { line, problem }
}

impl fmt::Display for AccountsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        match &self.problem {
            AccountsErrorKind::NoColumn { column, wanted } => {
                write!(f, "no column {column}; the header must have {}", wanted.join(", "))
            }
            AccountsErrorKind::ColumnTwice { column } => write!(f, "the header has {column} twice"),
            AccountsErrorKind::NoRows => f.write_str("there is no phone after the header"),
            AccountsErrorKind::Fields { found, wanted } => {
                write!(f, "the header has {wanted} fields, and this row {found}")
            }
            AccountsErrorKind::NotUtf8 => f.write_str("not UTF-8"),
            AccountsErrorKind::LineBreak => {
                f.write_str("a field of the row that begins here has a line break; is a quote unclosed?")
            }
            AccountsErrorKind::EdgeSpace { column } => {
                write!(f, "{column} begins or ends with white space; remove it")
            }
            AccountsErrorKind::Field(error) => error.fmt(f),
            AccountsErrorKind::Twice { name, first } => {
                write!(f, "{name} stands in line {first} already; each phone must stand there once")
            }
            AccountsErrorKind::Changed { journal: Some(name) } => {
                write!(f, "the journal has {name} here: it was planned with other accounts")
            }
            AccountsErrorKind::Changed { journal: None } => {
                f.write_str("the journal has no phone more: it was planned with other accounts")
            }
            AccountsErrorKind::Order { journal } => {
                write!(
                    f,
                    "the journal has {journal} here: it was planned with these accounts in another order, or others"
                )
            }
            AccountsErrorKind::Shorter { journal } => {
                write!(
                    f,
                    "the file ends, and the journal has {journal} too: it was planned with other accounts"
                )
            }
            AccountsErrorKind::OtherSecret => f.write_str(
                "the journal has another password for this account: it was planned with other accounts",
            ),
            AccountsErrorKind::Io(kind) => write!(f, "cannot be read: {kind}"),
        }
    }
}

impl core::error::Error for AccountsError {}

/// How a phone is called in messages.
pub(crate) fn shown(names: &[&str]) -> String {
    names.join("/")
}
