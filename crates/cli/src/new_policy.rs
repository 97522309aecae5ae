//! `sip-password policy new`

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};

use super::{error::CommandError, output::Output};

/// The file to start from.
const TEMPLATE: &str = include_str!("new_policy.toml");

/// Write policy files
#[derive(Args)]
pub(super) struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    New(New),
}

/// Write a commented policy file to start from
///
/// Every rule is in the file with a comment: edit the values, and remove the # before the rules that you need.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sip-password policy new mine.toml
  sip-password explain --policy-file mine.toml
  sip-password generate --policy-file mine.toml
  sip-password explain huawei --format toml > mine.toml    a preset's rules to start from")]
struct New {
    /// The new file; standard output if it is missing
    file: Option<PathBuf>,
    /// Overwrite an existing file
    #[arg(long, requires = "file")]
    force: bool,
}

pub(super) fn run(command: &Command) -> Result<ExitCode, CommandError> {
    let What::New(New { file, force }) = &command.what;
    let mut output = Output::open(file.as_deref(), *force)?;
    output.records(TEMPLATE.as_bytes())?;
    output.finish()?;
    Ok(ExitCode::SUCCESS)
}
