//! The journal's file, and the files beside it.

use std::{
    borrow::ToOwned,
    fs::{self, File, Metadata},
    io,
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::error::JournalError;

/// The file of a journal that is open.
pub(super) struct JournalFile {
    pub(super) path: PathBuf,
    opened: Metadata,
}

impl JournalFile {
    pub(super) fn open(path: &Path) -> Result<Self, JournalError> {
        let opened = path.metadata()?;
        if opened.permissions().readonly() {
            return Err(JournalError::ReadOnly);
        }
        Ok(Self { path: path.to_owned(), opened })
    }

    /// Whether the file that was opened is still at its path.
    #[cfg(unix)]
    pub(super) fn is_in_place(&self) -> bool {
        use std::os::unix::fs::MetadataExt;
        let identity = |file: &Metadata| (file.dev(), file.ino());
        self.path.metadata().is_ok_and(|found| identity(&found) == identity(&self.opened))
    }

    /// Whether the file that was opened is still at its path. Here, an open file can be neither removed nor replaced.
    #[cfg(not(unix))]
    pub(super) fn is_in_place(&self) -> bool {
        self.path.metadata().is_ok() && self.opened.is_file()
    }
}

/// The files that SQLite keeps beside a journal while it is open, and leaves there after a crash.
pub(super) fn side_files(path: &Path) -> [PathBuf; 3] {
    ["-wal", "-shm", "-journal"].map(|suffix| {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        file.into()
    })
}

/// The first side file that exists.
pub(super) fn existing_side_file(path: &Path) -> Option<PathBuf> {
    side_files(path).into_iter().find(|file| file.symlink_metadata().is_ok())
}

/// Removes the side files that exist.
pub(super) fn remove_side_files(path: &Path) -> io::Result<()> {
    for file in side_files(path) {
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// A temporary file in the same directory, which only its owner can read.
pub(super) fn temporary_beside(path: &Path) -> io::Result<NamedTempFile> {
    NamedTempFile::with_prefix_in(".sip-password-", directory(path))
}

/// Gives a file that is complete its name, unless that name is taken. Both survive a crash.
pub(super) fn persist(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    // Not every file system can sync a directory.
    let _ = File::open(directory(path)).and_then(|directory| directory.sync_all());
    Ok(())
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}
