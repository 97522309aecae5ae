//! Who else can read a file of secrets, or change it.

use std::{
    fs::{File, Metadata},
    path::Path,
};

use super::error::CommandError;

/// Refuses a file of secrets that others can read or that belongs to another user. A pipe has no content at rest, and is not checked.
/// Windows has no such mode: the help says that nothing is checked there.
pub(super) fn check_private(file: &File, path: &Path) -> Result<(), CommandError> {
    let metadata = file.metadata().map_err(CommandError::with("read", path))?;
    if !metadata.is_file() {
        return Ok(());
    }
    if is_shared(&metadata) {
        return Err(CommandError::new(format!(
            "{path:?} can be read by others than its owner; first run chmod 600 on it"
        )));
    }
    if let Some(owner) = other_owner(&metadata) {
        return Err(CommandError::new(format!(
            "{path:?} belongs to another user (uid {owner}), who can read and change it; copy it to a file of your own"
        )));
    }
    Ok(())
}

/// Whether others can read a file.
#[cfg(unix)]
pub(super) fn is_shared(file: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.permissions().mode() & 0o077 != 0
}

/// The owner of a file, if that is not the user who runs the command. Only the superuser can read such a file once it is private.
#[cfg(unix)]
fn other_owner(file: &Metadata) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    Some(file.uid()).filter(|&owner| owner != nix::unistd::geteuid().as_raw())
}

#[cfg(not(unix))]
pub(super) fn is_shared(_: &Metadata) -> bool {
    false
}

#[cfg(not(unix))]
fn other_owner(_: &Metadata) -> Option<u32> {
    None
}
