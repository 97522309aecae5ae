//! Where results go: standard output, or a file that only its owner can read.

use std::{
    fs,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::{
    error::{CommandError, name_of},
    private_file::{PrivateFile, directory},
    standard_output::print,
};

/// How much is written at once, in bytes.
const BLOCK: usize = 1 << 16;
/// The longest record unless a caller says more, in bytes. There is room for one behind a block, so that the buffer never grows: growing
/// would leave a copy that is not wiped.
const MAX_RECORD: usize = 1 << 12;

/// A writer of whole records, whose buffer is wiped.
///
/// A file gets its name when it is complete. Until then it has another name in the same directory; if the command fails, it is
/// removed.
pub(super) struct Output {
    buffer: Zeroizing<Vec<u8>>,
    /// How full the buffer gets, in bytes. At a terminal each record is written at once.
    block: usize,
    target: Target,
}

enum Target {
    Stdout,
    File { unfinished: PrivateFile, path: PathBuf, overwrite: bool },
}

impl Output {
    /// Standard output, if there is no path.
    pub(super) fn open(path: Option<&Path>, overwrite: bool) -> Result<Self, CommandError> {
        Self::for_records(MAX_RECORD, path, overwrite)
    }

    /// The same, for records of up to `longest` bytes.
    pub(super) fn for_records(
        longest: usize,
        path: Option<&Path>,
        overwrite: bool,
    ) -> Result<Self, CommandError> {
        let target = match path {
            None => Target::Stdout,
            Some(path) => {
                Target::File { unfinished: create(path, overwrite)?, path: path.to_owned(), overwrite }
            }
        };
        let is_watched = path.is_none() && io::stdout().is_terminal();
        let block = if is_watched { 0 } else { BLOCK };
        Ok(Self { buffer: Zeroizing::new(Vec::with_capacity(BLOCK + longest)), block, target })
    }

    /// The file, if it is none of standard output.
    #[cfg(feature = "provision")]
    pub(super) fn path(&self) -> Option<&Path> {
        match &self.target {
            Target::Stdout => None,
            Target::File { path, .. } => Some(path),
        }
    }

    /// Writes one record: what `write` appends to the buffer, at most 4 KiB or what [`for_records`](Self::for_records) was told.
    pub(super) fn record(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Result<(), CommandError> {
        write(&mut self.buffer);
        if self.buffer.len() >= self.block { self.flush() } else { Ok(()) }
    }

    /// Writes many records at once, without buffering them. The last one ends with a line break.
    pub(super) fn records(&mut self, records: &[u8]) -> Result<(), CommandError> {
        self.flush()?;
        self.target.write(records)
    }

    /// Writes what is left in the buffer, and gives the file its name.
    pub(super) fn finish(mut self) -> Result<(), CommandError> {
        self.flush()?;
        match self.target {
            Target::Stdout => Ok(()),
            Target::File { unfinished, path, overwrite } => {
                unfinished.sync().map_err(CommandError::with("write", &path))?;
                unfinished.rename(&path, overwrite).map_err(CommandError::with("create", &path))
            }
        }
    }

    fn flush(&mut self) -> Result<(), CommandError> {
        let written = self.target.write(&self.buffer);
        self.buffer.clear();
        written
    }
}

impl Target {
    fn write(&mut self, records: &[u8]) -> Result<(), CommandError> {
        match self {
            Self::Stdout => print(records),
            Self::File { unfinished, path, .. } => {
                unfinished.write(records).map_err(CommandError::with("write", path))
            }
        }
    }
}

/// The file to write to until the one at `path` is complete.
fn create(path: &Path, overwrite: bool) -> Result<PrivateFile, CommandError> {
    match fs::symlink_metadata(path) {
        Ok(_) if !overwrite => {
            return Err(CommandError::new(format!("{path:?} exists; --force overwrites it")));
        }
        // A device must never be replaced, nor a link: /dev/stdout is one.
        Ok(found) if !found.is_file() => {
            let what = if found.is_symlink() { "a link; name the file itself" } else { "no regular file" };
            return Err(CommandError::new(format!(
                "{path:?} is {what}. To write to a device or a pipe, redirect standard output"
            )));
        }
        _ => {}
    }
    PrivateFile::create_in(directory(path)).map_err(|error| CommandError::Io {
        action: format!("cannot create a file beside {}", name_of(path)),
        error,
    })
}
