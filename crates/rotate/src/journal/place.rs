//! The journal's file, and the files beside it.

use std::{
    borrow::ToOwned,
    fs::{self, DirBuilder, File, Metadata, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::error::JournalError;

/// The file of a journal that is open.
pub(super) struct JournalFile {
    pub(super) path: PathBuf,
    opened: Metadata,
    /// Locked as long as this process may write the journal. A file of its own: SQLite's locks and those of a file do not go together.
    lock: Option<File>,
}

impl JournalFile {
    pub(super) fn open(path: &Path) -> Result<Self, JournalError> {
        let file = Self::open_to_read(path)?;
        if file.opened.permissions().readonly() {
            return Err(JournalError::ReadOnly);
        }
        let lock = file.open_lock()?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { lock: Some(lock), ..file }),
            Err(TryLockError::WouldBlock) => Err(JournalError::InUse),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// For a process that only reads.
    pub(super) fn open_to_read(path: &Path) -> Result<Self, JournalError> {
        let path = without_links(path)?;
        let opened = path.metadata()?;
        check_owners(&path, &opened)?;
        Ok(Self { path, opened, lock: None })
    }

    fn open_lock(&self) -> io::Result<File> {
        let path = &side_files(&self.path)[LOCK];
        let mut options = OpenOptions::new();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.write(true).create_new(true).open(path) {
            Ok(made) => {
                give_to_owner(&made, &self.opened).inspect_err(|_| drop(fs::remove_file(path)))?;
                Ok(made)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                OpenOptions::new().write(true).open(path)
            }
            Err(error) => Err(error),
        }
    }

    /// A temporary file beside the journal, with the same owner.
    pub(super) fn temporary(&self) -> io::Result<NamedTempFile> {
        let file = temporary_beside(&self.path)?;
        give_to_owner(file.as_file(), &self.opened)?;
        Ok(file)
    }

    /// Whether this process may write the journal.
    pub(super) const fn is_writable(&self) -> bool {
        self.lock.is_some()
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

/// The path of the file itself: SQLite keeps its files beside that one, and so is the lock, by whatever link the file is opened.
#[cfg(unix)]
fn without_links(path: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(path)
}

/// Here, that would be a path of another syntax, and links are rare.
#[cfg(not(unix))]
fn without_links(path: &Path) -> io::Result<PathBuf> {
    Ok(path.to_owned())
}

/// Gives a file that the superuser has just made to the user whose files are there, as SQLite does with its own: under `sudo`, it would
/// otherwise lock that user out. The file must be new, and opened as such: the user could have put a link there.
#[cfg(unix)]
pub(super) fn give_to_owner(file: &File, like: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};

    match (file.metadata()?.uid(), like.uid()) {
        (SUPERUSER, owner) if owner != SUPERUSER => fchown(file, Some(owner), None),
        _ => Ok(()),
    }
}

/// Here, a file belongs to whoever its directory says.
#[cfg(not(unix))]
pub(super) fn give_to_owner(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Creates a directory that only its owner can enter, and those above it that are missing. But the superuser creates none among
/// another user's, such as a home under `sudo`: that user could not enter it later.
pub(super) fn create_private(path: &Path) -> io::Result<()> {
    if fs::metadata(path).is_ok() {
        return Ok(());
    }
    let parent = directory(path);
    if parent != path {
        create_private(parent)?;
    }
    match private_directory().create(path) {
        Ok(()) if is_for_another(path, parent)? => {
            fs::remove_dir(path)?;
            Err(io::ErrorKind::PermissionDenied.into())
        }
        // Another process was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        created => created,
    }
}

#[cfg(unix)]
fn private_directory() -> DirBuilder {
    use std::os::unix::fs::DirBuilderExt;

    let mut builder = DirBuilder::new();
    builder.mode(0o700);
    builder
}

/// Here, a new directory is for whoever may enter the one that it is in.
#[cfg(not(unix))]
fn private_directory() -> DirBuilder {
    DirBuilder::new()
}

/// Whether a new directory is the superuser's, and the one that it is in another user's.
#[cfg(unix)]
fn is_for_another(new: &Path, parent: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;

    Ok(new.symlink_metadata()?.uid() == SUPERUSER && parent.metadata()?.uid() != SUPERUSER)
}

#[cfg(not(unix))]
fn is_for_another(_: &Path, _: &Path) -> io::Result<bool> {
    Ok(false)
}

#[cfg(unix)]
const SUPERUSER: u32 = 0;

/// Refuses files that another user could have put there, and places where another user could.
///
/// SQLite takes a file with the name of its log for its own, and writes what is in it into the journal.
#[cfg(unix)]
fn check_owners(path: &Path, journal: &Metadata) -> Result<(), JournalError> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    let refuse = |path: &Path, why| Err(JournalError::Unsafe { path: path.to_owned(), why });
    let (mode, sticky) = (|file: &Metadata| file.permissions().mode(), 0o1000);
    if mode(journal) & 0o022 != 0 {
        return refuse(
            path,
            "can be written by other users: run chmod 600 on it, if its content can be trusted",
        );
    }
    for file in side_files(path) {
        match file.symlink_metadata() {
            Ok(found) if !found.is_file() => return refuse(&file, "is not a regular file; move it away"),
            Ok(found) if found.uid() != journal.uid() => {
                return refuse(&file, "belongs to another user than the journal; move it away");
            }
            Ok(found) if mode(&found) & 0o022 != 0 => {
                return refuse(&file, "can be written by other users; move it away");
            }
            _ => {}
        }
    }
    let directory = directory(path);
    match directory.metadata() {
        Ok(found) if mode(&found) & 0o002 != 0 && mode(&found) & sticky == 0 => refuse(
            directory,
            "can be written by other users, who could replace the journal; choose another directory",
        ),
        _ => Ok(()),
    }
}

/// Who may write a file is not checked here.
#[cfg(not(unix))]
fn check_owners(_: &Path, _: &Metadata) -> Result<(), JournalError> {
    Ok(())
}

/// The place of the lock among the [`side_files`].
const LOCK: usize = 3;

/// The files beside a journal: those that SQLite keeps while it is open, and leaves there after a crash, and the one that is locked.
pub(super) fn side_files(path: &Path) -> [PathBuf; 4] {
    ["-wal", "-shm", "-journal", "-lock"].map(|suffix| {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        file.into()
    })
}

/// The first of SQLite's files that exists.
pub(super) fn existing_side_file(path: &Path) -> Option<PathBuf> {
    side_files(path).into_iter().take(LOCK).find(|file| file.symlink_metadata().is_ok())
}

/// Removes those of SQLite's files that exist.
pub(super) fn remove_side_files(path: &Path) -> io::Result<()> {
    for file in side_files(path).into_iter().take(LOCK) {
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
