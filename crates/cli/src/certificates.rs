//! The certificates that `--root` names.

use std::{fs::File, io::Read, path::Path};

use super::error::CommandError;

/// The longest file of certificates, in bytes: fifty times that of a browser's authorities.
const MAX_ROOTS: u64 = 1 << 24;

/// Reads a file of certificates, in PEM.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    let mut pem = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_ROOTS + 1).read_to_end(&mut pem));
    read.map_err(CommandError::with("read", path))?;
    if pem.len() as u64 > MAX_ROOTS {
        return Err(CommandError::new(format!(
            "--root: {path:?}: expected at most {MAX_ROOTS} bytes of certificates, found more"
        )));
    }
    Ok(pem)
}
