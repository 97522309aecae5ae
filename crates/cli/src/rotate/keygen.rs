//! `sip-password rotate keygen`

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use crate::{error::CommandError, seed};

/// Write a new key for a journal to a file that only its owner can read
///
/// The key is 32 random bytes of the operating system. Whoever has it and the journal has the passwords.
#[derive(Args)]
#[command(after_help = "\
Example:
  sip-password rotate keygen rotation.key")]
pub(super) struct Options {
    /// The new file; an existing one is never overwritten
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, CommandError> {
    seed::write(&options.file)?;
    Ok(ExitCode::SUCCESS)
}
