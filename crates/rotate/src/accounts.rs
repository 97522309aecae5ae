//! The accounts file: which phones are to be rotated.

mod error;
mod lookalikes;

use core::{error::Error, fmt, mem};
use std::{collections::VecDeque, io, string::String, vec::Vec};

use csv::{ErrorKind, Position, Reader, ReaderBuilder, StringRecord, Trim};
use sip_password::is_utf_16;

pub use error::{AccountsError, AccountsErrorKind};
pub use lookalikes::is_hidden;

use crate::fleet::Fleet;
use lookalikes::{Lookalikes, visible};

/// The longest row of an accounts file, in bytes: the longest name and account password are 4,352, and there is room for a dozen columns
/// more. A quote that is not closed makes one row of all that follow.
pub const MAX_ROW: u64 = 1 << 16;

/// The longest accounts file, in bytes: room for ten million phones.
pub const MAX_FILE: u64 = 1 << 30;

/// Separates the names of a phone where they are one text. No name contains it, since none contains a control character.
pub(crate) const NAME_SEPARATOR: &str = "\u{1f}";

/// Reads the rows of a CSV file with a header. Finds columns by their names, and keeps all others.
///
/// The buffers of the reader are not wiped: the passwords of Huawei's accounts are in the file itself, unencrypted.
pub(crate) struct Accounts<R> {
    reader: Reader<LineCounter<R>>,
    columns: &'static [&'static str],
    /// The place of each column in a row.
    names: Vec<usize>,
    /// The place of the account password.
    secret: Option<usize>,
    /// The places of all other columns.
    others: Vec<usize>,
    /// The places of the words that the row's password may not contain.
    words: Vec<usize>,
    record: StringRecord,
    lookalikes: Lookalikes,
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
    /// What the other columns have, in their order.
    pub(crate) others: Vec<&'a str>,
    /// The words that the new password may not contain, without white space around them. None is empty.
    pub(crate) words: Vec<&'a str>,
}

impl<R: io::Read> Accounts<R> {
    /// Reads the header.
    pub(crate) fn open(from: R, fleet: &dyn Fleet) -> Result<Self, AccountsError> {
        let mut reader = ReaderBuilder::new().trim(Trim::Headers).from_reader(LineCounter::new(from));
        let expected: Vec<_> =
            fleet.columns().iter().copied().chain(fleet.account_password_column()).collect();
        let headers = reader.headers().map_err(|error| csv_error(&error, 1))?;
        if headers.len() == 1 && headers[0].contains(';') {
            return Err(AccountsError { line: 1, kind: AccountsErrorKind::Semicolons });
        }
        let mut places = Vec::with_capacity(expected.len());
        for &column in &expected {
            let mut found = headers.iter().enumerate().filter(|(_, header)| *header == column);
            let kind = match (found.next(), found.next()) {
                (Some((place, _)), None) => {
                    places.push(place);
                    continue;
                }
                (None, _) => AccountsErrorKind::MissingColumn { column, expected },
                (Some(_), Some(_)) => AccountsErrorKind::DuplicateColumn { column: column.into() },
            };
            return Err(AccountsError { line: 1, kind });
        }
        let secret = fleet.account_password_column().and_then(|_| places.pop());
        let others =
            (0..headers.len()).filter(|place| !places.contains(place) && secret != Some(*place)).collect();
        let columns = fleet.columns();
        let lookalikes = Lookalikes::new()
            .map_err(|_| AccountsError { line: 1, kind: AccountsErrorKind::TemporaryFile })?;
        Ok(Self {
            reader,
            columns,
            names: places,
            secret,
            others,
            words: Vec::new(),
            record: StringRecord::new(),
            lookalikes,
            line: 1,
        })
    }

    /// The same, with the columns that have words which the passwords may not contain.
    pub(crate) fn with_words(mut self, columns: &[&str]) -> Result<Self, AccountsError> {
        let headers = self.reader.headers().map_err(|error| csv_error(&error, 1))?;
        for &column in columns {
            let mut found = (0..headers.len()).filter(|&place| headers.get(place) == Some(column));
            let is_text = !column.is_empty() && !has_control(column);
            let column = || display_text(column);
            let kind = match (found.next(), found.next()) {
                // The journal has a column in a line.
                (Some(place), None) if is_text => {
                    self.words.push(place);
                    continue;
                }
                (Some(_), Some(_)) => AccountsErrorKind::DuplicateColumn { column: column() },
                _ => AccountsErrorKind::MissingWords { column: column() },
            };
            return Err(AccountsError { line: 1, kind });
        }
        Ok(self)
    }

    /// The columns of the file, in their order, without that of the account password. After [`open`](Self::open).
    pub(crate) fn kept_columns(&mut self) -> Result<Vec<String>, AccountsError> {
        let headers = self.reader.headers().map_err(|error| csv_error(&error, 1))?;
        let kept = headers.iter().enumerate().filter(|(place, _)| self.secret != Some(*place));
        Ok(kept.map(|(_, column)| String::from(column)).collect())
    }

    /// The next row, if there is one.
    pub(crate) fn next(&mut self) -> Result<Option<Row<'_>>, AccountsError> {
        let begin = self.reader.position().byte();
        self.reader.get_mut().row_begins(begin);
        let read = self.reader.read_record(&mut self.record);
        let at = match &read {
            Ok(_) => self.record.position().map(Position::byte),
            Err(error) => Some(error.position().map_or(begin, Position::byte)),
        };
        if let Some(at) = at {
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
        let words: Vec<_> =
            self.words.iter().map(|&place| field(place).trim()).filter(|word| !word.is_empty()).collect();
        if names.iter().chain(&words).copied().chain([secret]).any(has_line_break) {
            return Err(wrong(AccountsErrorKind::LineBreak));
        }
        for (&column, name) in self.columns.iter().zip(&names) {
            if name.trim() != *name {
                return Err(wrong(AccountsErrorKind::EdgeSpace { column }));
            }
            if has_control(name) {
                return Err(wrong(AccountsErrorKind::ControlCharacter { column }));
            }
        }
        let earlier = self.lookalikes.add(&names, self.line);
        match earlier.map_err(|_| wrong(AccountsErrorKind::TemporaryFile))? {
            Some(earlier) if earlier.name != names.join(NAME_SEPARATOR) => {
                let other: Vec<_> = earlier.name.split(NAME_SEPARATOR).collect();
                return Err(wrong(AccountsErrorKind::Lookalike {
                    name: display_name(&names),
                    other: display_name(&other),
                    first: earlier.line,
                }));
            }
            Some(earlier) => {
                let name = display_name(&names);
                return Err(wrong(AccountsErrorKind::Duplicate { name, first: earlier.line }));
            }
            None => {}
        }
        let others = self.others.iter().map(|&place| field(place)).collect();
        Ok(Some(Row { line: self.line, names, secret, others, words }))
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
    /// The byte at which the row that is being read begins.
    row: u64,
}

impl<R> LineCounter<R> {
    const fn new(from: R) -> Self {
        Self { from, read: 0, lines: 0, ended: true, begun: VecDeque::new(), row: 0 }
    }

    fn row_begins(&mut self, byte: u64) {
        self.row = byte;
    }

    /// Refuses to read more of a row, or of a file, that is too long.
    fn check_length(&self, first: &[u8]) -> Result<(), Limit> {
        if self.read == 0 && is_utf_16(first) {
            return Err(Limit::Utf16);
        }
        if self.read > MAX_FILE {
            return Err(Limit::File);
        }
        // The last block may be of the next rows.
        if self.read > self.row + MAX_ROW { Err(Limit::Row) } else { Ok(()) }
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
        self.check_length(&buffer[..read])
            .map_err(|limit| io::Error::new(io::ErrorKind::InvalidData, limit))?;
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

/// Why a file is not read on.
#[derive(Clone, Copy, Debug)]
enum Limit {
    Utf16,
    Row,
    File,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        AccountsErrorKind::from(*self).fmt(f)
    }
}

impl Error for Limit {}

impl From<Limit> for AccountsErrorKind {
    fn from(limit: Limit) -> Self {
        match limit {
            Limit::Utf16 => Self::Utf16,
            Limit::Row => Self::LongRow,
            Limit::File => Self::LongFile,
        }
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
        ErrorKind::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref::<Limit>()) {
            Some(&limit) => limit.into(),
            None => AccountsErrorKind::Io(error.kind()),
        },
        _ => AccountsErrorKind::Io(io::ErrorKind::InvalidData),
    };
    AccountsError { line, kind }
}

/// The most characters of a text that [`display_text`] shows.
pub const MAX_DISPLAYED: usize = 512;

/// A phone's names as one text for a person: separated by slashes, with characters that are not seen escaped. A backslash stands before
/// each backslash of a name and, if there are several names, before each slash of one, so that no two phones look the same.
///
/// ```
/// use sip_password_rotate::display_name;
///
/// assert_eq!(display_name(&["agent1", "phone1"]), "agent1/phone1");
/// assert_eq!(display_name(&["site/a", "b"]), r"site\/a/b");
/// assert_eq!(display_name(&["site/a"]), "site/a");
/// assert_eq!(display_name(&["agent\u{200b}1"]), r"agent\u{200b}1");
/// ```
pub fn display_name(names: &[&str]) -> String {
    let is_alone = names.len() == 1;
    let names = names.iter().map(|name| visible(name, if is_alone { "\\" } else { "\\/" }, MAX_DISPLAYED));
    names.collect::<Vec<_>>().join("/")
}

/// A text that somebody else may have chosen, for a message: characters that are not seen, that control a terminal or that change the order
/// of the others are escaped, and only the first [`MAX_DISPLAYED`] characters are shown.
pub fn display_text(text: &str) -> String {
    visible(text, "", MAX_DISPLAYED)
}

/// Whether a name contains a control character.
pub(crate) fn has_control(name: &str) -> bool {
    name.contains(char::is_control)
}
