//! Lists of users as people have them: CSV with a header, from a spreadsheet, a shell or a database.

mod decoder;
pub(super) mod duplicates;
mod rows;

use std::{
    fmt,
    fs::{File, Metadata},
    io::Read,
    path::Path,
};

use super::{
    error::CommandError,
    input,
    usage::{HIDDEN, is_word_in_one_case, nearest},
};
pub(super) use rows::{MAX_ROW, Row, Rows};

/// The delimiters that are looked for in a header.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];
/// How many columns a message names.
const MAX_NAMED: usize = 20;

/// Parses the value of `--delimiter`.
pub(super) fn delimiter(text: &str) -> Result<u8, &'static str> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        &[byte] if byte == b'\t' || byte.is_ascii_punctuation() && byte != b'"' => Ok(byte),
        _ => Err("expected one character, such as ';', or the word tab"),
    }
}

/// A list whose header was read.
pub(super) struct List<S = File> {
    pub(super) rows: Rows<S>,
    /// The number of columns.
    width: usize,
    /// Whether a line before the header names the delimiter, as Excel writes it.
    pub(super) names_delimiter: bool,
    /// The number of bytes in the source, if it is known.
    pub(super) size: Option<u64>,
}

/// A row with more or fewer fields than the header.
pub(super) struct WrongRow {
    line: u64,
    found: usize,
    expected: usize,
    lines: u64,
}

impl List {
    /// Opens a file, or standard input if there is no path, and reads the header. `columns` helps to find the delimiter.
    pub(super) fn open(
        path: Option<&Path>,
        delimiter: Option<u8>,
        columns: &[&str],
    ) -> Result<Self, CommandError> {
        let (source, name) = input::open(path)?;
        let size = source.metadata().ok().filter(Metadata::is_file).map(|metadata| metadata.len());
        let list = Self::of(source, name, MAX_ROW, delimiter, columns)?;
        Ok(Self { size, ..list })
    }
}

impl<S: Read> List<S> {
    fn of(
        source: S,
        name: String,
        max_row: usize,
        delimiter: Option<u8>,
        columns: &[&str],
    ) -> Result<Self, CommandError> {
        let mut rows = Rows::of(source, name, max_row)?;
        // Excel's line that names the delimiter.
        let named = rows.peek()?.and_then(|row| row.raw.strip_prefix(b"sep=").filter(|rest| rest.len() == 1));
        let named = named.map(|rest| rest[0]);
        if named.is_some() {
            rows.next()?;
        }
        let delimiter = match delimiter.or(named) {
            Some(delimiter) => delimiter,
            None => find_delimiter(&mut rows, columns)?,
        };
        rows.set_delimiter(delimiter);
        let Some(header) = rows.peek()? else {
            return Err(CommandError::new(format!(
                "{}: expected a header that names the columns, found no line",
                rows.name
            )));
        };
        let (width, has_return) = (header.len(), header.raw.contains(&b'\r'));
        if has_return {
            return Err(CommandError::new(format!(
                "{}: expected lines that end with LF or CRLF, found CR alone; save the list in another format of CSV",
                rows.name
            )));
        }
        Ok(Self { rows, width, names_delimiter: named.is_some(), size: None })
    }

    /// The header. It is the next row until [`next`](Self::next) is called.
    pub(super) fn header(&mut self) -> Result<Row<'_>, CommandError> {
        Ok(self.rows.peek()?.expect("the header is not read yet"))
    }

    /// The names of the columns.
    #[cfg(feature = "provision")]
    pub(super) fn names(&mut self) -> Result<Vec<String>, CommandError> {
        Ok(names(&self.header()?))
    }

    /// Reads past the header.
    pub(super) fn skip_header(&mut self) -> Result<(), CommandError> {
        self.rows.next().map(drop)
    }

    pub(super) fn delimiter(&self) -> u8 {
        self.rows.delimiter
    }

    /// Whether there is a column of this name, in any case of letters.
    pub(super) fn has_column(&mut self, name: &str) -> Result<bool, CommandError> {
        let header = self.header()?;
        Ok(names(&header).iter().any(|found| found.to_lowercase() == name.to_lowercase()))
    }

    /// The place of the column that an option names.
    pub(super) fn column(&mut self, option: &str, name: &str) -> Result<usize, CommandError> {
        let source = self.rows.name.clone();
        let header = self.header()?;
        let names = names(&header);
        let wrong = |found: &str| {
            let shown: Vec<_> = names.iter().take(MAX_NAMED).map(|name| shown(name)).collect();
            let more = if names.len() > MAX_NAMED { " and others" } else { "" };
            let nearest = nearest(name, names.iter().map(String::as_str).filter(|name| shown_as_is(name)));
            let nearest = nearest.map(|name| format!("; did you mean {name}?")).unwrap_or_default();
            let hidden = match shown.contains(&HIDDEN) {
                true => format!("; {HIDDEN} may be a password: does the list begin with a header?"),
                false => String::new(),
            };
            CommandError::new(format!(
                "{option}: expected a column of {source} ({}{more}), found {found}{nearest}{hidden}",
                shown.join(", ")
            ))
        };
        let named = |is_it: &dyn Fn(&str) -> bool| -> Vec<usize> {
            (0..names.len()).filter(|&column| is_it(&names[column])).collect()
        };
        let exact = named(&|found| found == name);
        let any_case = named(&|found| found.to_lowercase() == name.to_lowercase());
        match (exact.as_slice(), any_case.as_slice()) {
            (&[column], _) | ([], &[column]) => Ok(column),
            ([], []) => Err(wrong("no such column")),
            _ => Err(wrong("several of this name")),
        }
    }

    /// See [`Rows::append_column`]. The header must have been read.
    pub(super) fn append_column(&mut self, column: usize, to: &mut Vec<u8>) -> usize {
        self.rows.append_column(column, self.width, to)
    }

    /// The next row behind the header, if there is one, or what is wrong with it.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Option<Result<Row<'_>, WrongRow>>, CommandError> {
        let expected = self.width;
        Ok(self.rows.next()?.map(|row| match row.len() == expected {
            true => Ok(row),
            false => Err(WrongRow { line: row.line, found: row.len(), expected, lines: row.line_count() }),
        }))
    }
}

/// The names of the columns. Spaces around them are no part of them.
fn names(header: &Row<'_>) -> Vec<String> {
    (0..header.len()).map(|column| String::from_utf8_lossy(header.field(column)).trim().to_owned()).collect()
}

/// The delimiter with which the header has most of the wanted columns or, if that does not decide, most columns.
fn find_delimiter<S: Read>(rows: &mut Rows<S>, columns: &[&str]) -> Result<u8, CommandError> {
    let mut best = (DELIMITERS[0], (0, 0));
    for delimiter in DELIMITERS {
        rows.set_delimiter(delimiter);
        let Some(header) = rows.peek()? else { break };
        let names = names(&header);
        let wanted =
            columns.iter().filter(|column| names.iter().any(|name| name.eq_ignore_ascii_case(column)));
        let merit = (wanted.count(), names.len());
        if merit > best.1 {
            best = (delimiter, merit);
        }
    }
    Ok(best.0)
}

/// What a message says of the first line of a text if it looks like the header of a list that has a column of passwords. The line may
/// be a password: nothing of it is copied or shown.
pub(super) fn header_hint(line: &[u8]) -> Option<&'static str> {
    /// The longest header that is recognised, in bytes.
    const MAX_HEADER: usize = 1024;
    const NAMES: [&str; 4] = ["pass", "pwd", "secret", "kennwort"];
    let is_of_names = |byte: &u8| byte.is_ascii_alphabetic() || !byte.is_ascii() || b" _-./\"".contains(byte);
    let contains = |field: &[u8], name: &str| {
        field.windows(name.len()).any(|part| part.eq_ignore_ascii_case(name.as_bytes()))
    };
    let line = line.trim_ascii_end();
    if line.len() > MAX_HEADER {
        return None;
    }
    for delimiter in DELIMITERS.into_iter().filter(|delimiter| line.contains(delimiter)) {
        let fields = || line.split(|&byte| byte == delimiter);
        let is_header = fields().all(|field| !field.is_empty() && field.iter().all(is_of_names));
        if is_header && fields().any(|field| NAMES.iter().any(|name| contains(field, name))) {
            let is_password = |field: &[u8]| {
                let quoted = field.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
                quoted.unwrap_or(field).trim_ascii().eq_ignore_ascii_case(b"password")
            };
            return Some(match fields().any(is_password) {
                true => {
                    "the first line looks like the header of a CSV file; --column password checks one column"
                }
                false => {
                    "the first line looks like the header of a CSV file; --column NAME checks the column of that name"
                }
            });
        }
    }
    None
}

/// A column's name as a message may show it. A list without a header has passwords in the header's place.
pub(super) fn shown(name: &str) -> &str {
    if shown_as_is(name) { name } else { HIDDEN }
}

/// Whether a text can be nothing but the name of a column: it consists of words in one case, or of one that names are made of.
fn shown_as_is(name: &str) -> bool {
    const USUAL: [&str; 13] = [
        "account", "code", "date", "device", "id", "mail", "name", "number", "pass", "phone", "pwd", "user",
        "word",
    ];
    let is_word = |word: &str| {
        let is_usual = || {
            word.bytes().all(|byte| byte.is_ascii_alphabetic())
                && USUAL.iter().any(|usual| word.to_ascii_lowercase().contains(usual))
        };
        word.chars().all(|char| char.is_alphabetic() || char == '-')
            && (is_word_in_one_case(word) || !word.is_ascii() || is_usual())
    };
    name.chars().count() <= 64 && name.split([' ', '_', '.', '/']).all(is_word)
}

impl fmt::Display for WrongRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, found, expected, lines } = self;
        write!(f, "line {line}: expected {expected} fields, as in the header, found {found}")?;
        match lines {
            1 => Ok(()),
            _ => write!(f, " in a row of {lines} lines; is a quote not closed?"),
        }
    }
}
