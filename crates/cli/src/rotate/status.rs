//! `sip-password rotate status`

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use super::{
    open,
    summary::{self, Format, Summary},
};
use crate::failure::Failure;

/// Say how far a rotation is; it needs no key
#[derive(Args)]
#[command(after_help = "\
Example:
  sip-password rotate status --journal rotation.db --format json | jq .unknown

Exit status: 0 all confirmed; 1 some refused; 2 wrong use, or the journal fails; 3 some unknown or not sent yet. \
In the JSON summary, to_send says how many phones another run would send; with 0 it would do nothing.")]
pub(super) struct Options {
    /// The journal of the rotation
    #[arg(long, value_name = "FILE")]
    journal: PathBuf,
    /// How to print the summary
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let path = &options.journal;
    let found = open(path)?;
    Summary::new(&found, path, None)?.print_with_advice(options.format)?;
    Ok(summary::status(&found.counts()))
}
