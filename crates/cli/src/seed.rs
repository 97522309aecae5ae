//! Random bytes, and the seed from which all passwords follow.

use std::path::Path;

use getrandom::SysRng;
use sip_password::{Seed, rand_core::TryRng};
use zeroize::Zeroizing;

use super::{failure::Failure, input};

/// The seed in a file, or one from the operating system. `-` stands for standard input.
pub(super) fn seed(path: Option<&Path>) -> Result<Seed, Failure> {
    let mut bytes = match path {
        Some(_) => {
            let (source, name) = input::open(path)?;
            input::exactly(source, &name, "--seed-file")?
        }
        None => random()?,
    };
    Ok(Seed::take(&mut bytes))
}

/// 32 bytes from the operating system.
pub(super) fn random() -> Result<Zeroizing<[u8; 32]>, Failure> {
    let mut bytes = Zeroizing::new([0; 32]);
    SysRng
        .try_fill_bytes(&mut *bytes)
        .map_err(|error| Failure::Use(format!("the operating system gives no random bits: {error}")))?;
    Ok(bytes)
}
