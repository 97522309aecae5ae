//! `sip-password validate --column`: the passwords of a list, row by row.

use std::{borrow::Cow, path::Path};

use clap::Args;
use rayon::ThreadPool;
use sip_password::{LineCounts, Policy};
use zeroize::Zeroizing;

use super::{
    others::Others,
    record::{Verdict, Writer},
    strength::Strength,
};
use crate::{
    error::CommandError,
    list::{
        List, Row, delimiter,
        duplicates::{Duplicates, MAX_COMPARED},
    },
    output::Output,
    plural,
    progress::{Progress, clear_line},
    report,
    usage::HIDDEN,
};

/// How many bytes of passwords are judged at once with --quiet: as many as the longest row can have.
const BATCH: usize = 1 << 20;

/// The columns of a list.
#[derive(Args)]
pub(super) struct Columns {
    /// Read the file as CSV with a header, and check the passwords in this column
    ///
    /// Columns are separated by commas, semicolons or tabs. UTF-8 is read, and UTF-16 with a byte order mark. Blank lines are skipped. Each wrong
    /// row is reported with its line, and all others are checked. Passwords that occur twice are named by the line of the first; they
    /// change nothing in the exit status. At most 14 million rows are compared, in at most 408 MiB of memory, which has no passwords.
    #[arg(long, value_name = "COLUMN")]
    column: Option<String>,
    /// Show this column with each verdict
    #[arg(long, value_name = "COLUMN", requires = "column")]
    name: Option<String>,
    /// The delimiter of the columns: one character, or tab [default: that of the header]
    #[arg(long, value_name = "CHAR", requires = "column", value_parser = delimiter)]
    delimiter: Option<u8>,
    /// With --quiet, count the passwords that occur twice too, which takes about ten times as long
    #[arg(long, requires = "column")]
    duplicates: bool,
}

impl Columns {
    /// Whether the input is a list.
    pub(super) fn is_given(&self) -> bool {
        self.column.is_some()
    }

    pub(super) fn has_name(&self) -> bool {
        self.name.is_some()
    }

    /// Opens the list. `words` are the columns whose fields no password of their row may contain.
    pub(super) fn open(
        &self,
        path: Option<&Path>,
        words: &[String],
        is_quiet: bool,
    ) -> Result<Reader, CommandError> {
        let column = self.column.as_deref().unwrap_or_default();
        let words = words.iter().map(String::as_str);
        let wanted: Vec<_> =
            [Some(column), self.name.as_deref()].into_iter().flatten().chain(words.clone()).collect();
        let mut list = List::open(path, self.delimiter, &wanted)?;
        let password = list.column("--column", column)?;
        let name = self.name.as_ref().map(|name| list.column("--name", name)).transpose()?;
        if name == Some(password) {
            return Err(CommandError::new(
                "--name: expected another column than --column, whose passwords are never printed",
            ));
        }
        let words = words.map(|name| list.column("--not-containing", name)).collect::<Result<Vec<_>, _>>()?;
        if words.contains(&password) {
            return Err(CommandError::new(
                "--not-containing: expected another column than --column, whose passwords contain themselves",
            ));
        }
        list.skip_header()?;
        let duplicates = (self.duplicates || !is_quiet).then(Duplicates::default);
        Ok(Reader { list, password, name, words, duplicates, wrong_rows: 0 })
    }
}

/// Reads a list and judges its passwords.
pub(super) struct Reader {
    list: List,
    password: usize,
    name: Option<usize>,
    /// The columns whose fields the password of their row may not contain.
    words: Vec<usize>,
    duplicates: Option<Duplicates>,
    wrong_rows: u64,
}

impl Reader {
    pub(super) fn size(&self) -> Option<u64> {
        self.list.size
    }

    /// Whether each row has words of its own.
    pub(super) fn has_words(&self) -> bool {
        !self.words.is_empty()
    }

    /// Judges each row, and prints the verdict if there is an output.
    pub(super) fn print(
        &mut self,
        policy: &Policy,
        (strength, others): (&mut Strength, &mut Others<'_>),
        counts: &mut LineCounts,
        mut output: Option<(&Writer<'_>, &mut Output)>,
        progress: &mut Progress,
    ) -> Result<(), CommandError> {
        while let Some(row) = self.list.next()? {
            let row = match row {
                Ok(row) => row,
                Err(wrong) => {
                    report_wrong(&mut self.wrong_rows, &wrong);
                    continue;
                }
            };
            let password = row.field(self.password);
            let words = row.words(&self.words);
            let words: Vec<&str> = words.iter().map(|word| &**word).collect();
            let verdict = policy.check_for_account(password, &words).map(drop);
            let refusals = others.of(password, &words);
            let weaknesses = match (strength.is_given(), self.name) {
                (true, Some(name)) => strength.of(password, &[&String::from_utf8_lossy(row.field(name))])?,
                _ => strength.of(password, &[])?,
            };
            counts.add(&verdict);
            let first = self.duplicates.as_mut().and_then(|known| known.add(password, row.line));
            let name = self.name.map(|name| name_of(&row, name, password));
            if let Some((writer, output)) = &mut output {
                let weaknesses = weaknesses.as_ref();
                let refusals = refusals.as_deref();
                let verdict =
                    Verdict { line: row.line, name, verdict: &verdict, weaknesses, refusals, first };
                output.record(|to| writer.write(&verdict, to))?;
            }
            progress.add(row.raw.len() as u64 + 1);
        }
        Ok(())
    }

    /// Counts the verdicts.
    pub(super) fn count(
        &mut self,
        policy: &Policy,
        pool: &ThreadPool,
        counts: &mut LineCounts,
        progress: &mut Progress,
    ) -> Result<(), CommandError> {
        // Room for one row behind a full batch: growing would leave a copy that is not wiped.
        let mut batch = Zeroizing::new(Vec::with_capacity(2 * BATCH));
        let ended = loop {
            if self.duplicates.is_none() {
                progress.add(self.list.append_column(self.password, &mut batch) as u64);
            }
            if batch.len() >= BATCH {
                *counts += pool.install(|| policy.par_count_lines(&batch));
                batch.clear();
            }
            let row = match self.list.next() {
                Ok(Some(Ok(row))) => row,
                Ok(Some(Err(wrong))) => {
                    report_wrong(&mut self.wrong_rows, &wrong);
                    continue;
                }
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            };
            let password = row.field(self.password);
            if let Some(known) = &mut self.duplicates {
                known.add(password, row.line);
            }
            progress.add(row.raw.len() as u64 + 1);
            // In a batch, it would be more than one line, or a shorter one.
            if password.last() == Some(&b'\r') || row.is_quoted() && password.contains(&b'\n') {
                counts.add(&policy.check(password).map(drop));
                continue;
            }
            batch.extend_from_slice(password);
            batch.push(b'\n');
        };
        *counts += pool.install(|| policy.par_count_lines(&batch));
        ended
    }

    /// What the summary says of passwords that occur twice.
    pub(super) fn summary(&self) -> String {
        let Some(Duplicates { count, is_full, .. }) = self.duplicates else { return String::new() };
        let limit = match is_full {
            true => format!(" among the first {MAX_COMPARED} different ones"),
            false => String::new(),
        };
        format!("; {count} duplicate{}{limit}", plural(count))
    }

    /// An error if a row is wrong.
    pub(super) fn check(&self) -> Result<(), CommandError> {
        match self.wrong_rows {
            0 => Ok(()),
            count => Err(CommandError::new(format!(
                "{count} wrong row{}, named above, without a verdict",
                plural(count)
            ))),
        }
    }
}

fn report_wrong(count: &mut u64, wrong: &dyn std::fmt::Display) {
    *count += 1;
    clear_line();
    report(&format!("sip-password: {wrong}"));
}

/// The name in a row. A name that is the password, too, is not shown.
fn name_of<'a>(row: &Row<'a>, column: usize, password: &[u8]) -> Cow<'a, str> {
    match row.field(column) {
        name if name == password => HIDDEN.into(),
        name => String::from_utf8_lossy(name),
    }
}
