//! The 32 bytes that all passwords follow from.

use std::path::Path;

use getrandom::SysRng;
use sip_password::rand_core::TryRng;
use zeroize::Zeroizing;

use super::{failure::Failure, input};

/// In bytes: a key of ChaCha20.
const LENGTH: usize = 32;

pub(super) type Seed = Zeroizing<[u8; LENGTH]>;

/// From the operating system where no file is given. `-` is standard input.
pub(super) fn seed(path: Option<&Path>) -> Result<Seed, Failure> {
    let Some(path) = path else {
        return random();
    };
    let (source, name) = input::open(Some(path))?;
    input::exactly(source, &name, "--seed-file: a seed")
}

/// From the operating system.
pub(super) fn random() -> Result<Seed, Failure> {
    let mut seed = Seed::default();
    SysRng
        .try_fill_bytes(&mut *seed)
        .map_err(|error| Failure::Use(format!("the operating system gives no random bits: {error}")))?;
    Ok(seed)
}
