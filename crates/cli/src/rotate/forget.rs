//! `sip-password rotate forget`

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use super::{
    anchor::{OlderCopy, unlock},
    journal::{journal_error, open},
    key::{FileOption, GivenKey, KEY_HELP},
};
use crate::{error::CommandError, plural, secrets};

/// Overwrite the passwords of the phones that are confirmed and exported
///
/// Phones that are not confirmed keep theirs, and so do phones that were not exported. The file system or the disk may still
/// have copies of what was overwritten.
#[derive(Args)]
#[command(after_help = format!("{KEY_HELP}

Example:
  sip-password rotate forget --journal rotation.db --key-file rotation.key"))]
pub(super) struct Options {
    /// The journal of the rotation
    #[arg(long, value_name = "FILE")]
    journal: PathBuf,
    #[command(flatten)]
    key: FileOption,
    #[command(flatten)]
    secrets: secrets::Options,
    #[command(flatten)]
    older: OlderCopy,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, CommandError> {
    let path = &options.journal;
    let secrets = options.secrets.open()?;
    let mut journal = open(path)?;
    let key = GivenKey::find(&options.key, false, &secrets)?.for_existing(journal.protection(), path)?;
    unlock(&mut journal, &key, &options.older, path)?;
    let (forgotten, kept) = journal.forget().map_err(journal_error(path))?;
    let kept = match kept {
        0 => String::new(),
        kept => format!("; {kept} confirmed and not exported, so kept"),
    };
    crate::report(&format!("sip-password: {forgotten} password{} forgotten{kept}", plural(forgotten)));
    Ok(ExitCode::SUCCESS)
}
