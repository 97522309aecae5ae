//! `sip-password rotate forget`

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use super::{journal, open};
use crate::failure::Failure;

/// Overwrite the secrets of the phones that are confirmed and exported; it needs no key
///
/// What is still open, and what was not exported, is kept. The file system, or the disk itself, may keep copies of what was
/// overwritten.
#[derive(Args)]
#[command(after_help = "\
Example:
  sip-password rotate forget --journal rotation.db")]
pub(super) struct Options {
    /// The journal of the rotation
    #[arg(long, value_name = "FILE")]
    journal: PathBuf,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let path = &options.journal;
    let mut found = open(path)?;
    let (forgotten, kept) = found.forget().map_err(journal(path))?;
    let plural = if forgotten == 1 { "" } else { "s" };
    let rest = match kept {
        0 => String::new(),
        kept => format!("; {kept} confirmed and not exported: kept"),
    };
    crate::say(&format!("sip-password: {forgotten} password{plural} forgotten{rest}"));
    Ok(ExitCode::SUCCESS)
}
