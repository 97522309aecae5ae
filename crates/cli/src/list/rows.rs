//! The rows of a list (RFC 4180), in one buffer that is wiped.
//!
//! A row without a quote, which is nearly every one, is split where it lies; a row with a quote is read by `csv_core`, the parser of the
//! `csv` crate. That crate's reader would keep copies of passwords that nothing wipes.

use std::{
    borrow::Cow,
    io::{self, Read},
};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};
use zeroize::Zeroizing;

use super::decoder::Decoder;
use crate::error::CommandError;

/// The longest row, in bytes. A quote that is not closed makes one row of all that follow.
pub(crate) const MAX_ROW: usize = 1 << 20;
/// The most columns: more than any spreadsheet has.
const MAX_COLUMNS: usize = if cfg!(fuzzing) { 16 } else { 1 << 15 };

/// Reads rows. Skips blank lines, as every reader of CSV does.
pub(crate) struct Rows<S> {
    source: Decoder<S>,
    /// What messages call the source.
    pub(super) name: String,
    buffer: Zeroizing<Vec<u8>>,
    filled: usize,
    /// The number of bytes in the buffer that were returned.
    used: usize,
    /// The number of lines that were returned.
    lines: u64,
    is_at_end: bool,
    /// The end of the lines in the buffer that are known to have no quote.
    plain_end: usize,
    pub(super) delimiter: u8,
    parser: Reader,
    /// The fields of a row with quotes, without them.
    unquoted: Zeroizing<Vec<u8>>,
    /// Where each field of the last row ends.
    ends: Vec<usize>,
    /// The same for a row with quotes: room for as many columns as there may be.
    unquoted_ends: Vec<usize>,
}

/// A row.
pub(crate) struct Row<'a> {
    /// The line at which the row begins; the first is 1.
    pub(crate) line: u64,
    /// The row as it stands in the list, without its line break.
    pub(crate) raw: &'a [u8],
    /// `\n`, `\r\n`, or nothing at the end of the list.
    pub(crate) line_break: &'a [u8],
    fields: &'a [u8],
    ends: &'a [usize],
    /// The number of bytes between two fields.
    gap: usize,
}

/// Where a row stands.
#[derive(Clone, Copy)]
struct Place {
    /// The end of the row in the buffer, without its line break.
    end: usize,
    /// The end of its line break.
    next: usize,
    is_quoted: bool,
    /// The row lacks the quote that ends a field.
    is_open: bool,
}

impl<'a> Row<'a> {
    /// The number of fields.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The field in this column, from 0.
    #[inline]
    pub(crate) fn field(&self, column: usize) -> &'a [u8] {
        let begin = if column == 0 { 0 } else { self.ends[column - 1] + self.gap };
        &self.fields[begin..self.ends[column]]
    }

    /// The words in these columns, without white space around them.
    pub(crate) fn words(&self, columns: &[usize]) -> Vec<Cow<'a, str>> {
        columns.iter().map(|&column| String::from_utf8_lossy(self.field(column).trim_ascii())).collect()
    }

    /// Whether the row has a quote. A field of any other row has no line break.
    pub(crate) fn is_quoted(&self) -> bool {
        self.gap == 0
    }

    /// Whether the list ends within the row's quotes: what is appended would be part of its last field.
    pub(crate) fn ends_within_quotes(&self) -> bool {
        self.line_break.is_empty() && memchr::memchr_iter(b'"', self.raw).count() % 2 == 1
    }

    /// The number of lines that the row takes.
    pub(super) fn line_count(&self) -> u64 {
        1 + memchr::memchr_iter(b'\n', self.raw).count() as u64
    }
}

impl<S: Read> Rows<S> {
    /// Reads from `source`, which messages call `name`. No row may be longer than `size` bytes.
    pub(super) fn of(source: S, name: String, size: usize) -> Result<Self, CommandError> {
        let source = Decoder::new(source).map_err(|error| read_error(&name, error))?;
        let [buffer, unquoted] = [size, size].map(|size| Zeroizing::new(vec![0; size]));
        let parser = parser(b',');
        Ok(Self {
            source,
            name,
            buffer,
            filled: 0,
            used: 0,
            lines: 0,
            is_at_end: false,
            plain_end: 0,
            delimiter: b',',
            parser,
            unquoted,
            ends: Vec::new(),
            unquoted_ends: vec![0; MAX_COLUMNS],
        })
    }

    /// Whether the list begins with a byte order mark.
    pub(crate) fn has_byte_order_mark(&self) -> bool {
        self.source.has_byte_order_mark
    }

    pub(super) fn set_delimiter(&mut self, delimiter: u8) {
        self.delimiter = delimiter;
        self.parser = parser(delimiter);
    }

    /// The next row, if there is one.
    pub(crate) fn next(&mut self) -> Result<Option<Row<'_>>, CommandError> {
        let Some(place) = self.find()? else { return Ok(None) };
        let begin = std::mem::replace(&mut self.used, place.next);
        let line = self.lines + 1;
        let (raw, line_break) = (&self.buffer[begin..place.end], &self.buffer[place.end..place.next]);
        self.lines += match place.is_quoted {
            true => memchr::memchr_iter(b'\n', &self.buffer[begin..place.next]).count() as u64,
            false => 1,
        };
        if place.is_open {
            return Err(CommandError::new(format!(
                "line {line} of {}: the row that begins here has a quote that is not closed",
                self.name
            )));
        }
        let (fields, gap) = if place.is_quoted { (&self.unquoted[..], 0) } else { (raw, 1) };
        Ok(Some(Row { line, raw, line_break, fields, ends: &self.ends, gap }))
    }

    /// Appends a column's fields, each with `\n`, of the next rows in the buffer that have no quote and `width` fields, until a row
    /// that only [`next`](Self::next) can tell apart: a blank one, or one whose field ends with `\r`. Returns the number of bytes read.
    ///
    /// It says the same as `next`, several times as fast. At most as many bytes are appended as a row may have.
    pub(super) fn append_column(&mut self, column: usize, width: usize, to: &mut Vec<u8>) -> usize {
        let end = self.find_plain_end();
        let text = &self.buffer[self.used..end];
        let (mut rows, mut row) = (0, 0);
        let (mut index, mut begin, mut field) = (0, 0, &text[..0]);
        for at in memchr::memchr2_iter(b'\n', self.delimiter, text) {
            if index == column {
                field = &text[begin..at];
            }
            index += 1;
            begin = at + 1;
            if text[at] != b'\n' {
                continue;
            }
            if column + 1 == width {
                field = field.strip_suffix(b"\r").unwrap_or(field);
            }
            if index != width || field.last() == Some(&b'\r') || width == 1 && field.is_empty() {
                break;
            }
            to.extend_from_slice(field);
            to.push(b'\n');
            (rows, row, index) = (rows + 1, begin, 0);
        }
        self.used += row;
        self.lines += rows;
        row
    }

    /// The end of the whole lines before the next quote.
    fn find_plain_end(&mut self) -> usize {
        if self.plain_end <= self.used {
            let text = &self.buffer[self.used..self.filled];
            let quote = memchr::memchr(b'"', text).unwrap_or(text.len());
            self.plain_end = self.used + memchr::memrchr(b'\n', &text[..quote]).map_or(0, |at| at + 1);
        }
        self.plain_end.max(self.used)
    }

    /// The next row, which remains the next one.
    pub(super) fn peek(&mut self) -> Result<Option<Row<'_>>, CommandError> {
        let Some(place) = self.find()? else { return Ok(None) };
        let (raw, line_break) = (&self.buffer[self.used..place.end], &self.buffer[place.end..place.next]);
        let (fields, gap) = if place.is_quoted { (&self.unquoted[..], 0) } else { (raw, 1) };
        Ok(Some(Row { line: self.lines + 1, raw, line_break, fields, ends: &self.ends, gap }))
    }

    /// Finds the end of the next row and of its fields.
    fn find(&mut self) -> Result<Option<Place>, CommandError> {
        loop {
            self.skip_blank_lines();
            match self.split()? {
                Some(place) => return Ok(Some(place)),
                None if self.is_at_end => return Ok(None),
                None => self.fill()?,
            }
        }
    }

    fn skip_blank_lines(&mut self) {
        loop {
            let length = match &self.buffer[self.used..self.filled] {
                [b'\n', ..] => 1,
                [b'\r', b'\n', ..] => 2,
                [b'\r'] if self.is_at_end => 1,
                _ => return,
            };
            self.used += length;
            self.lines += 1;
        }
    }

    /// Splits the next row, if the buffer has all of it.
    fn split(&mut self) -> Result<Option<Place>, CommandError> {
        let text = &self.buffer[self.used..self.filled];
        self.ends.clear();
        for at in memchr::memchr3_iter(b'\n', b'"', self.delimiter, text) {
            match text[at] {
                b'\n' => {
                    let end = at - usize::from(at > 0 && text[at - 1] == b'\r');
                    self.ends.push(end);
                    let (end, next) = (self.used + end, self.used + at + 1);
                    return Ok(Some(Place { end, next, is_quoted: false, is_open: false }));
                }
                b'"' => return self.unquote(),
                _ => self.ends.push(at),
            }
        }
        if !self.is_at_end || text.is_empty() {
            return Ok(None);
        }
        let end = text.len() - usize::from(text.ends_with(b"\r"));
        self.ends.push(end);
        Ok(Some(Place { end: self.used + end, next: self.filled, is_quoted: false, is_open: false }))
    }

    /// Splits a row that has a quote, if the buffer has all of it.
    fn unquote(&mut self) -> Result<Option<Place>, CommandError> {
        let text = &self.buffer[self.used..self.filled];
        self.parser.reset();
        // A byte order mark is left out at the beginning of the list only: the parser is told that this is not the beginning.
        self.parser.read_record(b"\n", &mut [], &mut []);
        let (fields, ends) = (&mut self.unquoted, &mut self.unquoted_ends);
        let (mut result, length, mut filled, mut count) = self.parser.read_record(text, fields, ends);
        let is_last = matches!(result, ReadRecordResult::InputEmpty);
        if is_last {
            if !self.is_at_end {
                return Ok(None);
            }
            let ended = self.parser.read_record(b"", &mut fields[filled..], &mut ends[count..]);
            (result, filled, count) = (ended.0, filled + ended.2, count + ended.3);
        }
        if !matches!(result, ReadRecordResult::Record) {
            let line = self.lines + 1;
            return Err(CommandError::new(format!(
                "line {line} of {}: expected at most {MAX_COLUMNS} columns, found more",
                self.name
            )));
        }
        self.ends.clear();
        self.ends.extend_from_slice(&ends[..count]);
        let row = &text[..length];
        // The list may end within quotes. A row of one line is read all the same, since a quote may be a character of a password.
        let is_odd = is_last && memchr::memchr_iter(b'"', row).count() % 2 == 1;
        let without_break = if is_last { row } else { &row[..length - 1] };
        let raw = without_break.strip_suffix(b"\r").filter(|_| !is_odd).unwrap_or(without_break);
        if raw.len() < without_break.len() {
            // The parser takes the line break for `\n` alone, since a lone `\r` ends no row.
            if let Some(last) = self.ends.last_mut() {
                *last -= 1;
                debug_assert_eq!(filled.checked_sub(1), Some(*last), "the last field ends with `\\r`");
            }
        }
        let is_open = is_odd && raw.contains(&b'\n');
        let (end, next) = (self.used + raw.len(), self.used + length);
        Ok(Some(Place { end, next, is_quoted: true, is_open }))
    }

    /// Moves what was not returned to the front, and reads more behind it.
    fn fill(&mut self) -> Result<(), CommandError> {
        self.buffer.copy_within(self.used..self.filled, 0);
        self.filled -= self.used;
        (self.used, self.plain_end) = (0, 0);
        if self.filled == self.buffer.len() {
            return Err(CommandError::new(format!(
                "line {} of {}: expected a row of at most {} bytes, found a longer one that begins here; is a quote not closed?",
                self.lines + 1,
                self.name,
                self.buffer.len() - 1,
            )));
        }
        let read = loop {
            match self.source.read(&mut self.buffer[self.filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read.map_err(|error| read_error(&self.name, error))?,
            }
        };
        self.filled += read;
        self.is_at_end = read == 0;
        Ok(())
    }
}

fn parser(delimiter: u8) -> Reader {
    ReaderBuilder::new().delimiter(delimiter).terminator(Terminator::Any(b'\n')).build()
}

fn read_error(name: &str, error: io::Error) -> CommandError {
    match error.kind() {
        // An encoding that is not read.
        io::ErrorKind::InvalidData => CommandError::new(format!("{name}: {error}")),
        _ => CommandError::reading(name)(error),
    }
}

#[cfg(test)]
// Where it is for `fuzz` too.
#[path = "rows/tests.rs"]
mod tests;
