//! A directory of files that only their owner can read, which appear when all are complete.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use crate::{
    error::{CommandError, name_of},
    private_file::{make_private, private, rename_new, temporary_name},
    signals,
};

/// Files in a directory of their own within the one that they are for.
pub(super) struct Staged {
    directory: PathBuf,
    stage: PathBuf,
    overwrite: bool,
    /// Whether the directory is removed again if no file gets its name.
    is_new: bool,
    /// The files, by their names in lower case, which some systems do not distinguish; and the place in the list of each.
    files: BTreeMap<String, (String, String)>,
}

impl Staged {
    pub(super) fn create(directory: &Path, overwrite: bool) -> Result<Self, CommandError> {
        let is_new = !directory.exists();
        if is_new {
            make_private(directory).map_err(CommandError::with("create", directory))?;
        }
        let error = |error| CommandError::Io {
            action: format!("cannot create a file in {}", name_of(directory)),
            error,
        };
        let stage = temporary_name(directory).map_err(error)?;
        signals::remove_if_interrupted(stage.clone());
        make_private(&stage).inspect_err(|_| signals::keep(&stage)).map_err(error)?;
        Ok(Self { directory: directory.to_owned(), stage, overwrite, is_new, files: BTreeMap::new() })
    }

    /// Why there cannot be a file of this name, if there cannot.
    pub(super) fn refuses(&mut self, name: &str, place: &str) -> Option<String> {
        if let Some((_, other)) = self.files.get(&name.to_lowercase()) {
            return Some(format!("the file's name {name:?} is that of {other} already"));
        }
        self.files.insert(name.to_lowercase(), (name.to_owned(), place.to_owned()));
        let path = self.directory.join(name);
        match fs::symlink_metadata(&path) {
            Ok(_) if !self.overwrite => Some(format!("{path:?} exists; --force overwrites it")),
            Ok(found) if !found.is_file() => Some(format!("{path:?} is no regular file")),
            _ => None,
        }
    }

    /// The files that there will be.
    pub(super) fn files(&self) -> impl Iterator<Item = PathBuf> {
        self.files.values().map(|(name, _)| self.directory.join(name))
    }

    /// Writes to a file of a name that is not refused: at its end, unless it is new. A new one is not there under another name that the
    /// file system takes for the same.
    pub(super) fn write(&self, name: &str, content: &[u8], is_new: bool) -> Result<(), CommandError> {
        let staged = self.stage.join(name);
        let file = private(OpenOptions::new().append(true).create_new(is_new)).open(&staged);
        let written = file.and_then(|mut file| file.write_all(content));
        written.map_err(CommandError::with("write", &staged))
    }

    /// Gives the files their names: the directory.
    pub(super) fn finish(mut self) -> Result<PathBuf, CommandError> {
        let count = self.files.len();
        self.is_new = false;
        for (done, (name, _)) in self.files.values().enumerate() {
            let (from, to) = (self.stage.join(name), self.directory.join(name));
            // Complete on the disk before it has its name.
            let synced = File::open(&from).and_then(|file| file.sync_all());
            let rename = |()| if self.overwrite { fs::rename(&from, &to) } else { rename_new(&from, &to) };
            let renamed = synced.and_then(rename);
            renamed.map_err(|error| CommandError::Io {
                action: format!("cannot create {to:?}, and {done} of {count} files have their names"),
                error,
            })?;
        }
        // So that the names survive a crash too; not every file system can do it.
        let _ = File::open(&self.directory).and_then(|directory| directory.sync_all());
        Ok(self.directory.clone())
    }
}

/// Removes the files that have not got their names.
impl Drop for Staged {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.stage);
        signals::keep(&self.stage);
        if self.is_new {
            let _ = fs::remove_dir(&self.directory);
        }
    }
}
