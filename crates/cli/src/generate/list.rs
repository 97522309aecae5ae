//! `sip-password generate --for`: a password for each row of a list.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::Args;
use sip_password::Policy;
use zeroize::Zeroizing;

use crate::{
    csv,
    error::CommandError,
    list::{List, MAX_ROW, Row, delimiter},
    output::Output,
    plural,
    progress::{Progress, clear_line},
    report,
};

/// How much is written at once, in bytes.
const BLOCK: usize = 1 << 16;
/// More than a password takes with its quotes.
const MAX_PASSWORD: usize = 1 << 12;

/// The list that gets passwords.
#[derive(Args)]
pub(super) struct ListOptions {
    /// Generate a password for each row of a list: CSV with a header, which is written with one more column; - stands for standard input
    ///
    /// All rows and columns are kept, in order and as they are written; only blank lines are left out. Columns are separated by commas,
    /// semicolons or tabs. UTF-8 is read, and UTF-16 with a byte order mark, which is written as UTF-8. If a row is wrong, each wrong row is
    /// reported with its line, and no file is written. The passwords are those that --count would print.
    #[arg(long = "for", value_name = "FILE", conflicts_with_all = ["count", "format", "part"])]
    list: Option<PathBuf>,
    /// The name of the new column of the list
    #[arg(long, value_name = "NAME", requires = "list", default_value = "password")]
    column: String,
    /// The delimiter of the list's columns: one character, or tab [default: that of the header]
    #[arg(long, value_name = "CHAR", requires = "list", value_parser = delimiter)]
    delimiter: Option<u8>,
}

impl ListOptions {
    pub(super) fn is_given(&self) -> bool {
        self.list.is_some()
    }

    /// What a template for the list's rows is told of it.
    #[cfg(feature = "provision")]
    pub(super) const fn new_column(&self) -> (&String, Option<u8>) {
        (&self.column, self.delimiter)
    }

    /// Opens the list, if there is one. `words` are the columns whose fields the password of their row may not contain.
    pub(super) fn open(&self, words: &[String]) -> Result<Option<ListPrinter<'_>>, CommandError> {
        let Some(path) = &self.list else { return Ok(None) };
        let names: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut list = List::open(Some(path), self.delimiter, &names)?;
        let words =
            names.iter().map(|name| list.column("--not-containing", name)).collect::<Result<_, _>>()?;
        if list.has_column(&self.column)? {
            return Err(CommandError::new(
                "--for: the list has a column of the new one's name already; give the new column another name with --column",
            ));
        }
        Ok(Some(ListPrinter { list, words, column: &self.column }))
    }
}

/// A list, before its passwords.
pub(super) struct ListPrinter<'a> {
    list: List,
    words: Vec<usize>,
    column: &'a str,
}

impl<'a> ListPrinter<'a> {
    pub(super) fn size(&self) -> Option<u64> {
        self.list.size
    }

    /// Writes the header. The rows are written when there are passwords for them, each of `length` characters.
    pub(super) fn begin(
        mut self,
        policy: &'a Policy,
        length: usize,
        output: &'a mut Output,
        progress: &'a mut Progress,
    ) -> Result<Filler<'a>, CommandError> {
        // Never grows: growing would leave a copy that is not wiped.
        let mut buffer =
            Zeroizing::new(Vec::with_capacity(BLOCK + MAX_ROW + MAX_PASSWORD.max(self.column.len() * 2)));
        if self.list.rows.has_byte_order_mark() {
            buffer.extend_from_slice("\u{feff}".as_bytes());
        }
        let delimiter = self.list.delimiter();
        let mut line_break = b"\n".to_vec();
        if self.list.names_delimiter {
            buffer.extend_from_slice(&[&b"sep="[..], &[delimiter], b"\r\n"].concat());
        }
        let header = self.list.header()?;
        if !header.line_break.is_empty() {
            line_break = header.line_break.to_vec();
        }
        append((header.raw, header.line_break), delimiter, self.column.as_bytes(), &line_break, &mut buffer);
        self.list.skip_header()?;
        Ok(Filler {
            list: self.list,
            policy,
            words: self.words,
            waiting: None,
            delimiter,
            line_break,
            length,
            output,
            progress,
            buffer,
            wrong_rows: 0,
            ended: None,
        })
    }
}

/// Receives passwords from a job, many at once, and gives each to the next row of the list.
pub(super) struct Filler<'a> {
    list: List,
    policy: &'a Policy,
    /// The columns whose fields the password of their row may not contain.
    words: Vec<usize>,
    /// A row whose words were in the last password.
    waiting: Option<Waiting>,
    delimiter: u8,
    line_break: Vec<u8>,
    length: usize,
    output: &'a mut Output,
    progress: &'a mut Progress,
    buffer: Zeroizing<Vec<u8>>,
    wrong_rows: u64,
    /// How the list ended, as soon as it has.
    ended: Option<Result<(), CommandError>>,
}

/// A row that waits for a password without its words. The others are all as likely as before.
struct Waiting {
    line: u64,
    raw: Zeroizing<Vec<u8>>,
    line_break: Vec<u8>,
    words: Vec<String>,
    /// The number of passwords that had its words.
    refused: u32,
}

impl Waiting {
    fn new(row: &Row<'_>, words: &[&str]) -> Self {
        Self {
            line: row.line,
            raw: Zeroizing::new(row.raw.to_vec()),
            line_break: row.line_break.to_vec(),
            words: words.iter().map(|&word| word.to_owned()).collect(),
            refused: 1,
        }
    }
}

/// After so many passwords with a row's words, there is none without them, or next to none.
const MAX_REFUSED: u32 = 100_000;

impl Filler<'_> {
    /// Gives a password to the row that waits, unless it has the row's words.
    fn retry(&mut self, mut waiting: Waiting, password: &[u8]) -> Result<(), CommandError> {
        let words: Vec<&str> = waiting.words.iter().map(String::as_str).collect();
        if self.policy.check_for_account(password, &words).is_ok() {
            let row = (&waiting.raw[..], &waiting.line_break[..]);
            append(row, self.delimiter, password, &self.line_break, &mut self.buffer);
            return self.flush_block();
        }
        waiting.refused += 1;
        if waiting.refused == MAX_REFUSED {
            return Err(CommandError::new(format!(
                "line {}: --not-containing: {MAX_REFUSED} passwords in a row contain a word of the row; expected longer words",
                waiting.line
            )));
        }
        self.waiting = Some(waiting);
        Ok(())
    }

    fn flush_block(&mut self) -> Result<(), CommandError> {
        if self.buffer.len() >= BLOCK {
            self.output.records(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }

    /// Writes what is left in the buffer. `job`: how the job ended, which has more passwords than a list has rows.
    pub(super) fn finish(mut self, job: io::Result<()>) -> Result<(), CommandError> {
        match (self.ended.take(), job) {
            (Some(ended), _) => ended?,
            (None, Err(error)) => return Err(CommandError::new(error.to_string())),
            (None, Ok(())) => unreachable!("the list has fewer rows than the job has passwords"),
        }
        match self.wrong_rows {
            0 => self.output.records(&self.buffer),
            count => Err(CommandError::new(format!(
                "{count} wrong row{}, named above; correct the list",
                plural(count)
            ))),
        }
    }

    /// Writes the next row with a password. After a wrong one, rows are only checked.
    fn fill(&mut self, password: &[u8]) -> Result<bool, CommandError> {
        if let Some(waiting) = self.waiting.take() {
            return self.retry(waiting, password).map(|()| true);
        }
        loop {
            let wrong = match self.list.next()? {
                None => return Ok(false),
                Some(Err(wrong)) => wrong.to_string(),
                Some(Ok(row)) => {
                    self.progress.add(row.raw.len() as u64 + 1);
                    if row.ends_within_quotes() {
                        format!("line {}: the row has a quote that is not closed", row.line)
                    } else {
                        if self.wrong_rows == 0 {
                            let words = row.words(&self.words);
                            let names: Vec<&str> = words.iter().map(|word| &**word).collect();
                            if names.is_empty() || self.policy.check_for_account(password, &names).is_ok() {
                                let row = (row.raw, row.line_break);
                                append(row, self.delimiter, password, &self.line_break, &mut self.buffer);
                            } else {
                                self.waiting = Some(Waiting::new(&row, &names));
                            }
                        }
                        break;
                    }
                }
            };
            self.wrong_rows += 1;
            clear_line();
            report(&format!("sip-password: {wrong}"));
        }
        self.flush_block()?;
        Ok(true)
    }
}

impl Write for Filler<'_> {
    fn write(&mut self, passwords: &[u8]) -> io::Result<usize> {
        for password in passwords.chunks_exact(self.length) {
            let filled = self.fill(password);
            if !matches!(filled, Ok(true)) {
                self.ended = Some(filled.map(drop));
                // Ends the job.
                return Err(io::ErrorKind::Other.into());
            }
        }
        Ok(passwords.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes a row, and its line break, as they are, with one more field.
fn append(
    (raw, own_break): (&[u8], &[u8]),
    delimiter: u8,
    field: &[u8],
    line_break: &[u8],
    to: &mut Vec<u8>,
) {
    to.extend_from_slice(raw);
    to.push(delimiter);
    csv::write_field(field, delimiter, to);
    to.extend_from_slice(if own_break.is_empty() { line_break } else { own_break });
}
