//! Where results go: standard output, or a file that only its owner can read.

use std::{
    fs,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    process,
};

use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use super::failure::Failure;

/// A writer of whole records, whose buffer is wiped.
///
/// A file appears under its name only when it is complete: until then it has another name
/// beside it, and is removed where the command fails.
pub(super) struct Output {
    buffer: Zeroizing<Vec<u8>>,
    /// How full the buffer gets, in bytes: somebody at a terminal waits for each record.
    block: usize,
    target: Target,
}

enum Target {
    Stdout,
    File { unfinished: NamedTempFile, path: PathBuf, force: bool },
}

/// The exit status after Ctrl-C, as shells have it.
const INTERRUPTED: i32 = 130;
/// How much is written at once, in bytes.
const BLOCK: usize = 1 << 16;
/// Room for a record behind a block, so that the buffer never grows, which would leave a copy.
const RECORD: usize = 1 << 12;

impl Output {
    /// Standard output where no path is given.
    pub(super) fn open(path: Option<&Path>, force: bool) -> Result<Self, Failure> {
        let target = match path {
            None => Target::Stdout,
            Some(path) => Target::File { unfinished: create(path, force)?, path: path.to_owned(), force },
        };
        let watched = path.is_none() && io::stdout().is_terminal();
        let block = if watched { 0 } else { BLOCK };
        Ok(Self { buffer: Zeroizing::new(Vec::with_capacity(BLOCK + RECORD)), block, target })
    }

    /// Writes one record: what `write` puts into the buffer, at most 4 KiB.
    pub(super) fn record(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>,
    ) -> Result<(), Failure> {
        write(&mut self.buffer).map_err(Failure::printing)?;
        if self.buffer.len() >= self.block { self.flush() } else { Ok(()) }
    }

    /// Writes many records at once, the last of which ends with a line break. They are not buffered.
    pub(super) fn records(&mut self, records: &[u8]) -> Result<(), Failure> {
        self.flush()?;
        self.target.write(records)
    }

    /// Writes what is left, and gives a file its name.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        self.flush()?;
        let Target::File { unfinished, path, force } = self.target else {
            return Ok(());
        };
        unfinished.as_file().sync_all().map_err(Failure::with("write", &path))?;
        let kept = if force { unfinished.persist(&path) } else { unfinished.persist_noclobber(&path) };
        kept.map_err(|error| Failure::with("create", &path)(error.error))?;
        // So that the name survives a crash too; not every file system can, and the file itself is safe.
        let _ = fs::File::open(directory(&path)).and_then(|directory| directory.sync_all());
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Failure> {
        let written = self.target.write(&self.buffer);
        self.buffer.clear();
        written
    }
}

impl Target {
    fn write(&mut self, records: &[u8]) -> Result<(), Failure> {
        match self {
            // What ends with a line break goes through without being kept in the standard
            // library's own buffer, which is not wiped.
            Self::Stdout => {
                let mut stdout = io::stdout().lock();
                stdout.write_all(records).and_then(|()| stdout.flush()).map_err(Failure::printing)
            }
            Self::File { unfinished, path, .. } => (unfinished.write_all(records))
                .map_err(|error| Failure::with("write", path)(error.kind().into())),
        }
    }
}

/// The file beside `path` to write to, readable by its owner alone.
fn create(path: &Path, force: bool) -> Result<NamedTempFile, Failure> {
    match fs::symlink_metadata(path) {
        Ok(_) if !force => {
            return Err(Failure::Use(format!("{path:?} exists; --force overwrites it")));
        }
        Ok(found) if !(found.is_file() || found.is_symlink()) => {
            return Err(Failure::Use(format!(
                "{path:?} is not a file; redirect standard output to write to it"
            )));
        }
        _ => {}
    }
    // Mode 0600 on Unix.
    let unfinished = NamedTempFile::with_prefix_in(".sip-password-", directory(path))
        .map_err(|error| Failure::with("create a file beside", path)(error.kind().into()))?;
    // Who is interrupted has no time to drop it.
    let name = unfinished.path().to_owned();
    let interrupted = move || {
        let _ = fs::remove_file(&name);
        process::exit(INTERRUPTED);
    };
    ctrlc::set_handler(interrupted)
        .map_err(|error| Failure::Use(format!("cannot wait for Ctrl-C: {error}")))?;
    Ok(unfinished)
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}
