//! `sip-password submit`

mod check;
mod contradiction;
mod ending;
mod password;
mod redacted;
mod submission;

use std::process::ExitCode;

use clap::Args;

use super::{
    error::CommandError,
    providers::{Provider, SubmitHelp, each_vendor},
};
pub(super) use submission::{Submission, check, show};

/// The exit status if the vendor refused the password.
pub(super) const REFUSED: u8 = 1;
/// The exit status if nobody knows whether the phone has the new password.
const UNKNOWN: u8 = 3;
/// The exit status if the phone has the new password, and it could not be handed on, or is not seen to register with it.
const NOT_PROVISIONED: u8 = 4;

/// Set one phone's password through its vendor's API
///
/// The password is generated, or read from standard input. It is written to --output before the request is sent, so that it is
/// not lost if the reply is. Each request is sent only once.
#[derive(Args)]
#[command(after_help = EXIT_STATUS, after_long_help = EXAMPLES)]
pub(super) struct Command {
    #[command(subcommand)]
    vendor: Vendor,
}

each_vendor!();

const EXIT_STATUS: &str = "\
Exit status: 0 updated; 1 refused by the vendor; 2 wrong usage, or not sent (also if there is no token); 3 the outcome is unknown; 4 updated, \
but the files of --template could not be written, or --on-confirmed has failed.";

const EXAMPLES: &str = "\
Examples:
  export HUAWEI_APP_KEY=... HUAWEI_APP_SECRET=... HUAWEI_ACCOUNT_PASSWORD=...
  sip-password submit huawei --base-url https://service.besclouds.com \\
      --user-account agent1 --output agent1.txt

  sip-password submit exotel --secrets exotel.env --region mumbai \\
      --account-sid acme1 --user-uuid 0a1b2c --device-id 12345 \\
      --output 12345.txt
  sip-password submit nxcloud --secrets nxcloud.env --username 1049001 --dry-run

  # the phone's own file, written only after the vendor confirms
  sip-password submit nxcloud --secrets nxcloud.env --username 1049001 \\
      --output 1049001.txt --template yealink --output-dir tftp \\
      --set user=1049001 --set mac=001565abcdef --set registrar=sip.example.com

  # or a program that hands the password on, as with rotate; then the registrar is
  # asked whether it accepts the password
  sip-password submit nxcloud --secrets nxcloud.env --username 1049001 \\
      --output 1049001.txt --on-confirmed ./hand-on \\
      --registrar sip.example.com --registrar-user 1049001

  # the same password again, after an unknown outcome
  sip-password submit nxcloud --secrets nxcloud.env --username 1049001 \\
      --output 1049001.txt --again

An existing file is never overwritten: it may be the only copy of the phone's
current password.

Exit status:
  0  updated
  1  refused by the vendor: the phone keeps its current password
  2  wrong usage, or not sent (for example, because no token was issued): the
     phone keeps its current password
  3  the outcome is unknown, and --registrar, if given, does not accept the new
     password: the phone has the old password or the new one, which is in the
     file; or a third one that the vendor reports, which is added to the file in a
     labelled line. Keep all of them, and find out with which one the phone
     registers, or send the new one --again. At Huawei find out first: three
     failed checks of the account's password lock the account. After Ctrl-C (130),
     the same holds if the file exists
  4  updated, but the files of --template could not be written, --on-confirmed has
     failed, or --registrar is not known to accept the new password, which is in the
     file that --output names";

/// The options of `submit VENDOR`.
#[derive(Args)]
#[command(about = SubmitHelp::about_of::<P>(), long_about = None, after_help = SubmitHelp::text_of::<P>())]
#[group(skip)]
struct Options<P: Provider> {
    #[command(flatten)]
    tenant: P::TenantOptions,
    #[command(flatten)]
    phone: P::PhoneOptions,
    #[command(flatten)]
    submission: Submission,
}

impl<P: Provider> Options<P> {
    fn run(&self) -> Result<ExitCode, CommandError> {
        let secrets = self.submission.secrets()?;
        self.submission.check_output()?;
        let provider = P::open(&self.tenant, self.submission.connection(), &secrets)?;
        provider.submit(&self.phone, &secrets, &self.submission)
    }
}

pub(super) fn run(command: &Command) -> Result<ExitCode, CommandError> {
    command.vendor.run()
}
