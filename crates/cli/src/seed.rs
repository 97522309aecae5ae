//! Random bytes, and the seed that determines all passwords of a run.

use std::path::Path;

use getrandom::SysRng;
use sip_password::{Seed, rand_core::TryRng};
use zeroize::Zeroizing;

use super::{error::CommandError, input, output::Output, permissions::check_private};

/// The seed in a file, or one from the operating system if there is no path. `-` stands for standard input.
pub(super) fn seed(path: Option<&Path>) -> Result<Seed, CommandError> {
    let mut bytes = match path {
        Some(path) => {
            let (source, name) = input::open(Some(path))?;
            // Not standard input: who else can read a file that was redirected is not this command's business.
            if !input::is_standard_input(path) {
                check_private(&source, path)?;
            }
            let bytes = input::exactly(source, &name, "--seed-file")?;
            if bytes.iter().all(|byte| *byte == bytes[0]) {
                return Err(CommandError::new(format!(
                    "--seed-file: expected 32 random bytes in {name}, found one byte 32 times; anyone can guess that"
                )));
            }
            bytes
        }
        None => random()?,
    };
    Ok(Seed::take(&mut bytes))
}

/// Writes 32 random bytes to a new file that only its owner can read.
pub(super) fn write(path: &Path) -> Result<(), CommandError> {
    if path.symlink_metadata().is_ok() {
        return Err(CommandError::new(format!(
            "{path:?} exists, and may be the only copy of a key; choose another name"
        )));
    }
    let mut output = Output::open(Some(path), false)?;
    output.records(&*random::<32>()?)?;
    output.finish()
}

/// Random bytes from the operating system.
pub(super) fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, CommandError> {
    let mut bytes = Zeroizing::new([0; N]);
    SysRng.try_fill_bytes(&mut *bytes).map_err(|error| {
        CommandError::new(format!("the operating system provides no random bytes: {error}"))
    })?;
    Ok(bytes)
}
