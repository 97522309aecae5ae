//! `sip-password rotate`

mod exotel;
mod export;
mod forget;
mod huawei;
mod interrupt;
mod key;
mod max_rate;
mod nxcloud;
mod progress;
mod rotation;
mod status;
mod summary;

use std::{
    fs::Metadata,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Subcommand};
use sip_password_rotate::{Journal, JournalError};

use max_rate::MaxRate;
use summary::Format;

use super::{connection, failure::Failure, rule, secrets};

/// Give every phone of a list a new password, by its vendor's API
///
/// All passwords are made first, and written to a journal, encrypted. Then they are sent, several at once and not faster than a
/// rate; each call is in the journal before it is made. Whatever ends the command, the same command goes on where it stopped.
#[derive(Args)]
#[command(after_help = EXIT_STATUS, after_long_help = LONG)]
pub(super) struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Huawei(huawei::Options),
    Exotel(exotel::Options),
    Nxcloud(nxcloud::Options),
    Status(status::Options),
    Export(export::Options),
    Forget(forget::Options),
}

const EXIT_STATUS: &str = "\
Exit status: 0 all confirmed; 1 some refused; 2 wrong use, or the journal or the accounts fail; 3 some unknown or not sent \
yet (the same command goes on with to_send of them, as the JSON summary says; with 0 it would do nothing); 130 after Ctrl-C.";

const LONG: &str = "\
Examples:
  (umask 077; head -c 32 /dev/urandom > rotation.key)
  sip-password rotate exotel --secrets exotel.env --key-file rotation.key \\
      --region mumbai --account-sid acme1 \\
      --accounts phones.csv --journal rotation.db

  # how far it is, without the key
  sip-password rotate status --journal rotation.db

  # what to provision the phones with
  sip-password rotate export --journal rotation.db --key-file rotation.key \\
      --output passwords.csv
  sip-password rotate forget --journal rotation.db

The same command goes on after Ctrl-C, a crash or an outage. --accounts can be
left out then.

Exit status:
  0    all phones are confirmed: they have the new passwords
  1    some are refused: these have the passwords that they had. None is unknown
       or left
  2    wrong use, or the journal or the accounts fail
  3    some are unknown, and have the old password or the new one; or are not sent
       yet. The same command goes on with some of them or all: to_send in the JSON
       summary says how many; 0 means that another run would do nothing. The others
       are left alone: the vendor refused after a call that may have worked
       (--retry-refused sends these again), or a failed check more could lock the
       account. See which password they have; for those that need another, plan a
       new journal with only their rows
  130  after Ctrl-C; calls under way ended first, and all is in the journal";

/// The exit status where the vendor refused some.
const REFUSED: u8 = 1;
/// The exit status where some are unknown or not sent.
const LEFT: u8 = 3;
/// The exit status after Ctrl-C, as shells have it.
const INTERRUPTED: u8 = 130;

/// What rotations of all vendors have in common.
#[derive(Args)]
struct Common {
    /// The phones: a CSV file with a header, its columns in any order. Only to plan; later it is compared
    #[arg(long, value_name = "FILE")]
    accounts: Option<PathBuf>,
    /// Where it is written down what was planned, sent and heard; a new file, or that of a rotation which is to go on
    #[arg(long, value_name = "FILE")]
    journal: PathBuf,
    /// At most so many calls in so much time, evenly spaced, such as 100/min, 10/s, 50/10s; or none
    #[arg(long, value_name = "RATE")]
    rate: Option<MaxRate>,
    /// At most so many calls at once
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    concurrency: u16,
    #[command(flatten)]
    length: rule::Length,
    #[command(flatten)]
    exclusions: rule::Exclusions,
    #[command(flatten)]
    source: rule::Source,
    #[command(flatten)]
    secrets: secrets::Options,
    #[command(flatten)]
    key: key::FileOption,
    /// Encrypt nothing: whoever gets the journal has the passwords
    #[arg(long)]
    plaintext: bool,
    #[command(flatten)]
    connection: connection::Options,
    /// Check all, say what would be sent, and send and keep nothing. Of a journal that is there already, calls that were under
    /// way are unknown from now on, as whenever it is opened; nothing else of it changes
    #[arg(long)]
    dry_run: bool,
    /// Send refused phones again, once their cause is found
    #[arg(long)]
    retry_refused: bool,
    /// How to print the summary
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    match &options.action {
        Action::Huawei(options) => huawei::run(options),
        Action::Exotel(options) => exotel::run(options),
        Action::Nxcloud(options) => nxcloud::run(options),
        Action::Status(options) => status::run(options),
        Action::Export(options) => export::run(options),
        Action::Forget(options) => forget::run(options),
    }
}

/// What went wrong while phones of a journal were looked at: the journal, or something else.
enum Trouble {
    Journal(JournalError),
    Other(Failure),
}

impl From<JournalError> for Trouble {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Other(failure)
    }
}

impl Trouble {
    /// For `map_err`, with the journal's path.
    fn at(path: &Path) -> impl FnOnce(Self) -> Failure {
        move |trouble| match trouble {
            Self::Journal(error) => journal(path)(error),
            Self::Other(failure) => failure,
        }
    }
}

/// Opens a journal, and says so if others can read it.
fn open(path: &Path) -> Result<Journal, Failure> {
    let found = Journal::open(path).map_err(journal(path))?;
    if let Ok(metadata) = path.metadata() {
        warn_if_shared(&metadata, path);
    }
    Ok(found)
}

fn warn_if_shared(file: &Metadata, path: &Path) {
    if secrets::is_shared(file) {
        crate::say(&format!("sip-password: {path:?} can be read by others than its owner: chmod 600"));
    }
}

/// For `map_err`: a journal failed.
fn journal(path: &Path) -> impl FnOnce(JournalError) -> Failure {
    move |error| {
        let option = match error {
            JournalError::Mismatch { what: "policy", .. } => " (--policy-file)",
            _ => "",
        };
        Failure::Use(format!("the journal {path:?}: {error}{option}"))
    }
}
