//! A file that only its owner can read, and that appears under its name when it is complete.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::{seed, signals};

/// What the temporary name begins with.
const PREFIX: &str = ".sip-password-";

/// A name that no file in the directory has: it has 64 random bits.
pub(super) fn temporary_name(directory: &Path) -> io::Result<PathBuf> {
    let random = seed::random::<8>().map_err(io::Error::other)?;
    Ok(directory.join(format!("{PREFIX}{:016x}", u64::from_le_bytes(*random))))
}

/// A file with a temporary name, which is removed when this is dropped, or by a signal.
pub(super) struct PrivateFile {
    file: File,
    path: PathBuf,
}

impl PrivateFile {
    /// Creates an empty file in a directory.
    pub(super) fn create_in(directory: &Path) -> io::Result<Self> {
        let path = temporary_name(directory)?;
        signals::remove_if_interrupted(path.clone());
        // A file or a link of this name is an error: it is no coincidence.
        let file = private(OpenOptions::new().write(true).create_new(true)).open(&path);
        let file = file.inspect_err(|_| signals::keep(&path))?;
        Ok(Self { file, path })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Returns when the content is on the disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync_all()
    }

    /// Gives the file its name.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::AlreadyExists`] if there is a file or a link of that name, unless it is to be overwritten.
    pub(super) fn rename(self, path: &Path, overwrite: bool) -> io::Result<()> {
        if overwrite {
            fs::rename(&self.path, path)?;
        } else {
            rename_new(&self.path, path)?;
        }
        // So that the name survives a crash too. Some file systems cannot sync a directory; the content is safe in any case.
        let _ = File::open(directory(path)).and_then(|directory| directory.sync_all());
        Ok(())
    }
}

/// Renames a file, unless there is one of the new name: a hard link fails then, and renaming would overwrite it.
pub(super) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Ok(()) => {
            let _ = fs::remove_file(from);
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // The file system has no hard links, or something else is wrong.
        Err(_) => reserve_and_rename(from, to),
    }
}

/// Renames a file, unless there is one of the new name: an empty file reserves it.
fn reserve_and_rename(from: &Path, to: &Path) -> io::Result<()> {
    File::create_new(to)?;
    fs::rename(from, to).inspect_err(|_| {
        let _ = fs::remove_file(to);
    })
}

/// Removes the temporary name, if there is one still.
impl Drop for PrivateFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
        signals::keep(&self.path);
    }
}

/// The directory that a file is in.
pub(super) fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Whether two names are of the same file, also if there is none yet.
#[cfg(feature = "provision")]
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| {
        let of_new = || Some(fs::canonicalize(directory(path)).ok()?.join(path.file_name()?));
        fs::canonicalize(path).ok().or_else(of_new)
    };
    real(one).is_some_and(|one| real(other).is_some_and(|other| one == other))
}

#[cfg(unix)]
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;

    options.mode(0o600)
}

#[cfg(not(unix))]
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Creates a directory that only its owner can read.
#[cfg(feature = "provision")]
pub(super) fn make_private(directory: &Path) -> io::Result<()> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_name_is_not_overwritten() {
        for rename in [rename_new, reserve_and_rename] {
            let directory = tempfile::tempdir().expect("there is a directory for temporary files");
            let [from, to] = ["from", "to"].map(|name| directory.path().join(name));
            fs::write(&from, "new").expect("there is room");
            fs::write(&to, "old").expect("there is room");
            let error = rename(&from, &to).expect_err("there is such a file");
            assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
            assert_eq!(fs::read(&to).expect("it is there"), b"old");
            fs::remove_file(&to).expect("it is ours");
            rename(&from, &to).expect("there is no such file");
            assert_eq!(fs::read(&to).expect("it is there"), b"new");
        }
    }

    #[test]
    fn only_a_renamed_file_stays() {
        let directory = tempfile::tempdir().expect("there is a directory for temporary files");
        let files = || fs::read_dir(directory.path()).expect("it is ours").count();
        let unfinished = PrivateFile::create_in(directory.path()).expect("there is room");
        assert_eq!(files(), 1);
        drop(unfinished);
        assert_eq!(files(), 0);
        for overwrite in [false, true] {
            let unfinished = PrivateFile::create_in(directory.path()).expect("there is room");
            unfinished.rename(&directory.path().join("new"), overwrite).expect("it can be renamed");
            assert_eq!(files(), 1);
        }
    }
}
