//! Random bytes, and the seed that determines all passwords of a run.

use std::path::Path;

use getrandom::SysRng;
use sip_password::{Seed, rand_core::TryRng};
use zeroize::Zeroizing;

use super::{error::CommandError, input};

/// The seed in a file, or one from the operating system if there is no path. `-` stands for standard input.
pub(super) fn seed(path: Option<&Path>) -> Result<Seed, CommandError> {
    let mut bytes = match path {
        Some(_) => {
            let (source, name) = input::open(path)?;
            input::exactly(source, &name, "--seed-file")?
        }
        None => random()?,
    };
    Ok(Seed::take(&mut bytes))
}

/// Random bytes from the operating system.
pub(super) fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, CommandError> {
    let mut bytes = Zeroizing::new([0; N]);
    SysRng.try_fill_bytes(&mut *bytes).map_err(|error| {
        CommandError::new(format!("the operating system provides no random bytes: {error}"))
    })?;
    Ok(bytes)
}
