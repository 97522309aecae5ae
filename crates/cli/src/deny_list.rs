//! `sip-password deny-list`

use std::{
    fs::Metadata,
    io::{self, BufReader, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Subcommand};
use sip_password_weak::{DenyKind, DenyList, DenyListError, FilterSummary, build_filter};

use super::{
    error::{CommandError, name_of},
    input,
    output::Output,
    plural,
    progress::{Progress, while_waiting},
};

/// How much is read at once, in bytes.
const BLOCK: usize = 1 << 16;

/// Make deny lists for validate --deny
#[derive(Args)]
pub(super) struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    Build(Build),
}

/// Make a compact filter of a list of passwords or of hashes
///
/// The input is words, one a line, or sorted hashes, SHA-1 or NTLM, as Have I Been Pwned offers them for download. The filter has some 2.3 bytes a
/// password, a twentieth of a list of hashes. It never misses a password of the list; it denies one in 65,536 that is not in the list. Hashes
/// take 40 MB of memory, however many there are; words take 8 bytes each on top.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sip-password deny-list build pwned-sha1.txt --output pwned.filter
  sip-password deny-list build words.txt --output words.filter
  sort -u names.txt products.txt | sip-password deny-list build - --output own.filter
  sip-password validate huawei --deny pwned.filter --deny own.filter passwords.txt")]
struct Build {
    /// The list; standard input if it is -
    #[arg(value_name = "INPUT")]
    input: PathBuf,
    /// The file to write, which appears when it is complete
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

pub(super) fn run(command: &Command) -> Result<ExitCode, CommandError> {
    let What::Build(Build { input, output, force }) = &command.what;
    let (source, name) = input::open(Some(input))?;
    let size = source.metadata().ok().filter(Metadata::is_file).map(|metadata| metadata.len());
    let mut to = Writer { output: Output::open(Some(output), *force)?, error: None };
    let mut progress = Progress::of_bytes(size, false);
    let source = BufReader::with_capacity(BLOCK, source);
    let built = build_filter(source, &mut to, |bytes| progress.add(bytes));
    drop(progress);
    let built = built.map_err(|error| match to.error.take() {
        Some(error) => error,
        None => wrong(&name, error),
    })?;
    to.output.finish()?;
    super::report(&summary(&built));
    Ok(ExitCode::SUCCESS)
}

/// Opens a list for `validate`.
pub(super) fn open(path: &Path) -> Result<DenyList, CommandError> {
    let opened = while_waiting("reading a deny list", || DenyList::open(path));
    opened.map_err(|error| match error {
        DenyListError::Read(error) => CommandError::with("read", path)(error),
        error => wrong(&name_of(path), error),
    })
}

/// A list that cannot be used, which messages call `name`.
pub(super) fn wrong(name: &str, error: DenyListError) -> CommandError {
    match error {
        DenyListError::Read(error) => CommandError::reading(name)(error),
        error => CommandError::new(format!("{name}: {error}")),
    }
}

fn summary(built: &FilterSummary) -> String {
    let made_of = match built.made_of {
        DenyKind::Words => "words",
        _ => "hashes",
    };
    let (count, bytes) = (built.passwords, built.bytes);
    format!(
        "{count} password{} from {made_of}, {bytes} bytes; one in 65,536 others is denied too",
        plural(count)
    )
}

/// Writes to the output, and keeps its error: that of [`Write`] has no name of a file.
struct Writer {
    output: Output,
    error: Option<CommandError>,
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.output.records(bytes).map(|()| bytes.len());
        written.map_err(|error| {
            self.error = Some(error);
            io::ErrorKind::Other.into()
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
