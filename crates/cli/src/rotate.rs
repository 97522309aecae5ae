//! `sip-password rotate`

mod advice;
mod anchor;
mod check;
mod correction;
mod export;
mod forget;
mod interrupt;
mod journal;
mod key;
mod keygen;
mod max_rate;
mod plan;
mod progress;
mod rotation;
mod rows;
mod status;
mod summary;
mod waves;
mod window;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{
    error::CommandError,
    providers::{Provider, RotateHelp, each_vendor, list_of_secrets},
};
use rotation::Rotation;

/// The exit status if the vendor refused some phones.
const REFUSED: u8 = 1;
/// The exit status if some phones are unknown or not sent.
const INCOMPLETE: u8 = 3;

/// Give every phone in a list a new password, through its vendor's API
///
/// From the moment that the vendor has a new password until the phone has it, the phone cannot register: see `rotate plan`, --wave and --on-confirmed.
///
/// All passwords are made first, and written to a journal, encrypted unless --plaintext is given. Then they are sent, several at once
/// and at a limited rate; the journal has each call before it is made. If the command is interrupted, the same command resumes.
#[derive(Args)]
#[command(after_help = EXIT_STATUS, after_long_help = EXAMPLES)]
pub(super) struct Command {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    #[command(flatten)]
    Rotate(Box<Vendor>),
    Plan(plan::Options),
    Check(check::Options),
    Status(status::Options),
    Export(export::Options),
    Forget(forget::Options),
    Keygen(keygen::Options),
}

each_vendor!();

const EXIT_STATUS: &str = "\
Exit status: 0 all phones are confirmed; 1 some are refused; 2 wrong usage, or an error of the journal or the accounts; 3 some \
are unknown or not sent yet, or not provisioned by --on-confirmed (the same command sends to_send of them, as the JSON summary says; 0 means it would do nothing); \
130 after Ctrl-C.";

const EXAMPLES: &str = "\
Examples:
  sip-password rotate keygen rotation.key
  sip-password rotate exotel --secrets exotel.env --key-file rotation.key \\
      --region mumbai --account-sid acme1 \\
      --accounts phones.csv --journal rotation.db

  # twenty at a time, each handed on by a program before the next twenty
  sip-password rotate plan exotel --accounts phones.csv --provisioning-each 2s
  sip-password rotate exotel --secrets exotel.env --key-file rotation.key \\
      --region mumbai --account-sid acme1 \\
      --accounts phones.csv --journal rotation.db --on-confirmed ./hand-on

  # the rotation's state; with the key, also whether somebody changed the journal
  sip-password rotate status --journal rotation.db --key-file rotation.key

  # the passwords to provision the phones with
  sip-password rotate export --journal rotation.db --key-file rotation.key \\
      --output passwords.csv
  sip-password rotate forget --journal rotation.db --key-file rotation.key

After Ctrl-C, a crash or an outage, the same command resumes. Then --accounts can
be left out.

  # refused phones again, at Huawei with account passwords that were corrected
  sip-password rotate huawei --secrets huawei.env --key-file rotation.key \\
      --base-url https://service.besclouds.com --journal rotation.db \\
      --retry-refused --accounts fixed.csv

Exit status:
  0    all phones are confirmed: they have their new passwords
  1    some phones are refused: they have their old passwords. All others are
       confirmed
  2    wrong usage, or an error of the journal or the accounts
  3    some phones are unknown, with the old password or the new one, or not sent
       yet, or --on-confirmed has not provisioned them. The same command sends some or all of them: to_send in the JSON
       summary says how many; 0 means that another run would do nothing. The
       others are left alone, because the vendor refused after a call that may
       have worked (--retry-refused sends these again), or because one more failed
       check could lock the account. Find out which password they have; for those
       that need another one, plan a new journal with only their rows
  130  after Ctrl-C: the calls in flight were completed, and everything is in the
       journal";

/// The options of `rotate VENDOR`.
#[derive(Args)]
#[command(about = P::ROTATE.about, long_about = None, after_help = after_help(P::SECRETS, &P::ROTATE))]
#[group(skip)]
struct Options<P: Provider> {
    #[command(flatten)]
    tenant: P::TenantOptions,
    #[command(flatten)]
    fleet: P::FleetOptions,
    #[command(flatten)]
    rotation: Rotation,
}

impl<P: Provider> Options<P> {
    fn run(&self) -> Result<ExitCode, CommandError> {
        let secrets = self.rotation.secrets()?;
        let mut provider = P::open(&self.tenant, self.rotation.connection(), &secrets)?;
        let policy = self.rotation.policy(P::NAME)?;
        let names = Vendor::secrets().into_iter().chain(key::SECRETS.iter().map(|(name, _)| *name));
        let prepared = self.rotation.prepare(&secrets, names.collect())?;
        if let Some(journal) = prepared.existing() {
            let headers = journal.extra_headers().map(|(name, value)| (name.to_owned(), value.to_owned()));
            provider.resume_with_headers(headers.collect());
        }
        self.rotation.run(&provider.fleet(&self.fleet, policy.policy()), &policy, prepared)
    }
}

/// The text behind the options of `rotate VENDOR`.
fn after_help(secrets: &[(&str, &str)], help: &RotateHelp) -> String {
    let RotateHelp { accounts, rate, example, .. } = help;
    let secrets = list_of_secrets(&[secrets, &key::SECRETS].concat());
    format!("{accounts}\n\n{secrets}\nThe rate is {rate} unless --rate sets another.\n\nExample:\n{example}")
}

pub(super) fn run(command: &Command) -> Result<ExitCode, CommandError> {
    match &command.action {
        Action::Rotate(vendor) => vendor.run(),
        Action::Plan(options) => plan::run(options),
        Action::Check(options) => check::run(options),
        Action::Status(options) => status::run(options),
        Action::Export(options) => export::run(options),
        Action::Forget(options) => forget::run(options),
        Action::Keygen(options) => keygen::run(options),
    }
}
