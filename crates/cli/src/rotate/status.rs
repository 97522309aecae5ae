//! `sip-password rotate status`

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use sip_password_rotate::{Integrity, Key, Protection};

use super::{
    anchor::unlock_to_read,
    journal::{journal_error, open_to_read},
    key::{FileOption, GivenKey},
    summary::{self, Format, Summary},
};
use crate::{error::CommandError, secrets};

/// Print the state of a rotation, also while it runs; with the key, also whether somebody changed the journal
///
/// Without the key, the summary is what the file says, and nobody can tell whether somebody else wrote it. The terminal is not asked for a
/// passphrase.
#[derive(Args)]
#[command(after_help = "\
Secrets, in the environment or the --secrets file; none is needed:
  ROTATION_KEY         the journal's key, 64 hex digits; or use --key-file
  ROTATION_PASSPHRASE  or a passphrase

Example:
  sip-password rotate status --journal rotation.db --format json | jq .unknown

Exit status: 0 all phones are confirmed; 1 some are refused; 2 wrong usage, or an error of the journal, also if somebody changed \
it as a whole or it is an older copy; 3 some are unknown or not sent yet. In the JSON summary, to_send says how many phones another run \
would send; 0 means that it would do nothing. integrity is unverified without the key, unauthenticated for a journal that was \
planned with --plaintext, or else intact, damaged rows, edited or older copy.")]
pub(super) struct Options {
    /// The journal of the rotation
    #[arg(long, value_name = "FILE")]
    journal: PathBuf,
    #[command(flatten)]
    key: FileOption,
    #[command(flatten)]
    secrets: secrets::Options,
    /// The format of the summary
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, CommandError> {
    let path = &options.journal;
    let key = GivenKey::find(&options.key, false, &options.secrets.open()?)?;
    let mut journal = open_to_read(path)?;
    let key = match journal.protection() {
        protection if key.is_given() => Some(key.for_existing(protection, path)?),
        Protection::Plaintext => Some(Key::Plaintext),
        Protection::Bytes | Protection::Passphrase => None,
    };
    if let Some(key) = key {
        unlock_to_read(&mut journal, &key, false, path)?;
    }
    Summary::new(&journal, path, None)?.with_integrity().print_with_advice(options.format)?;
    if journal.integrity() != Integrity::Unverified {
        journal.check_integrity().map_err(journal_error(path))?;
    }
    Ok(summary::status(&journal.counts()))
}
