//! `sip-password rotate status`

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use super::{
    journal::open_to_read,
    summary::{self, Format, Summary},
};
use crate::error::CommandError;

/// Print the state of a rotation, also while it runs; this needs no key
#[derive(Args)]
#[command(after_help = "\
Example:
  sip-password rotate status --journal rotation.db --format json | jq .unknown

Exit status: 0 all phones are confirmed; 1 some are refused; 2 wrong usage, or an error of the journal; 3 some are unknown or \
not sent yet. In the JSON summary, to_send says how many phones another run would send; 0 means that it would do nothing.")]
pub(super) struct Options {
    /// The journal of the rotation
    #[arg(long, value_name = "FILE")]
    journal: PathBuf,
    /// The format of the summary
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, CommandError> {
    let path = &options.journal;
    let journal = open_to_read(path)?;
    Summary::new(&journal, path, None)?.print_with_advice(options.format)?;
    Ok(summary::status(&journal.counts()))
}
