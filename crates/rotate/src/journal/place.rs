//! A journal's file, and the files beside it.

use std::{
    borrow::ToOwned,
    fs::{File, Metadata},
    io,
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::error::JournalError;

/// Where a file is, and which it is.
pub(super) struct JournalFile {
    pub(super) path: PathBuf,
    opened: Metadata,
}

impl JournalFile {
    pub(super) fn of(path: &Path) -> Result<Self, JournalError> {
        let opened = path.metadata()?;
        if opened.permissions().readonly() {
            return Err(JournalError::ReadOnly);
        }
        Ok(Self { path: path.to_owned(), opened })
    }

    #[cfg(unix)]
    pub(super) fn is_same(&self) -> bool {
        use std::os::unix::fs::MetadataExt;
        let which = |file: &Metadata| (file.dev(), file.ino());
        self.path.metadata().is_ok_and(|found| which(&found) == which(&self.opened))
    }

    /// An open file can be neither removed nor replaced here.
    #[cfg(not(unix))]
    pub(super) fn is_same(&self) -> bool {
        self.path.metadata().is_ok() && self.opened.is_file()
    }
}

/// What SQLite keeps beside a journal while it is open, and leaves there after a crash.
pub(super) fn side_files(path: &Path) -> [PathBuf; 3] {
    ["-wal", "-shm", "-journal"].map(|end| {
        let mut log = path.as_os_str().to_owned();
        log.push(end);
        log.into()
    })
}

/// A file without a name of its own in the same directory, that its owner alone can read.
pub(super) fn temporary_beside(path: &Path) -> io::Result<NamedTempFile> {
    NamedTempFile::with_prefix_in(".sip-password-", directory(path))
}

/// So that the name survives a crash too; not every file system can.
pub(super) fn sync_directory(path: &Path) {
    let _ = File::open(directory(path)).and_then(|directory| directory.sync_all());
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}
