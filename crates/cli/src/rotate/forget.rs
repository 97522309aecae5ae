//! `sip-password rotate forget`

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use super::journal::{journal_error, open};
use crate::{error::CommandError, plural};

/// Overwrite the passwords of the phones that are confirmed and exported; this needs no key
///
/// Phones that are not confirmed keep theirs, and so do phones that were not exported. The file system or the disk may still
/// have copies of what was overwritten.
#[derive(Args)]
#[command(after_help = "\
Example:
  sip-password rotate forget --journal rotation.db")]
pub(super) struct Options {
    /// The journal of the rotation
    #[arg(long, value_name = "FILE")]
    journal: PathBuf,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, CommandError> {
    let path = &options.journal;
    let mut journal = open(path)?;
    let (forgotten, kept) = journal.forget().map_err(journal_error(path))?;
    let kept = match kept {
        0 => String::new(),
        kept => format!("; {kept} confirmed and not exported, so kept"),
    };
    crate::report(&format!("sip-password: {forgotten} password{} forgotten{kept}", plural(forgotten)));
    Ok(ExitCode::SUCCESS)
}
