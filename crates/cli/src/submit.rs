//! `sip-password submit`

mod blanked;
mod exotel;
mod huawei;
mod nxcloud;

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Subcommand};
use sip_password::{
    Client, Keystream, Preset, SendError,
    api::{Call, Failure as Reply, NewPassword, Outcome},
};
use zeroize::Zeroizing;

use blanked::blanked;

use super::{connection, failure::Failure, input, output::Output, rule, rule::Rule, secrets, seed};

/// The exit status where the vendor refused it.
const REFUSED: u8 = 1;
/// The exit status where nobody knows what became of it.
const UNKNOWN: u8 = 3;

/// Set one phone's password by its vendor's API
///
/// The password is generated, or read from standard input. It is written to --output before the request is sent, so
/// whatever happens it is not lost. Each request is sent once.
#[derive(Args)]
#[command(after_help = EXIT_STATUS, after_long_help = LONG)]
pub(super) struct Options {
    #[command(subcommand)]
    vendor: Vendor,
}

#[derive(Subcommand)]
enum Vendor {
    Huawei(huawei::Options),
    Exotel(exotel::Options),
    Nxcloud(nxcloud::Options),
}

const EXIT_STATUS: &str = "\
Exit status: 0 updated; 1 refused by the vendor; 2 wrong use, or not sent; 3 the outcome is unknown.";

const LONG: &str = "\
Examples:
  export HUAWEI_APP_KEY=... HUAWEI_APP_SECRET=... HUAWEI_ACCOUNT_PASSWORD=...
  sip-password submit huawei --base-url https://service.besclouds.com \\
      --user-account agent1 --output agent1.txt

  sip-password submit exotel --secrets exotel.env --region mumbai \\
      --account-sid acme1 --user-uuid 0a1b2c --device-id 12345 \\
      --output 12345.txt
  sip-password submit nxcloud --secrets nxcloud.env --username 1049001 --dry-run

  # the same password again, after the outcome was unknown
  sip-password submit nxcloud --secrets nxcloud.env --username 1049001 \\
      --output 1049001.txt --again

A file that exists is never overwritten: it may be all that knows the phone's present password.

Exit status:
  0  updated
  1  refused by the vendor: the phone keeps the password that it had
  2  wrong use, or not sent: the phone keeps the password that it had
  3  the outcome is unknown: the phone has the old password or the new one,
     which is in the file. Keep both, see with which the phone registers, or
     submit the new one --again. Not at Huawei, where three failed checks of
     the account's password lock the account: look first. After Ctrl-C (130)
     it is the same, where there is a file";

/// What the vendors have in common.
#[derive(Args)]
struct Common {
    /// Write the new password to a new file that only its owner can read, before it is sent
    #[arg(long, short, value_name = "FILE", required_unless_present = "dry_run")]
    output: Option<PathBuf>,
    /// Send the password that is in the file, and generate none
    #[arg(long, requires = "output", conflicts_with_all = ["password_stdin", "length", "bits", "exclude", "safe_for"])]
    again: bool,
    /// Read the new password from standard input, one line, and generate none
    #[arg(long, conflicts_with_all = ["length", "bits", "exclude", "safe_for"])]
    password_stdin: bool,
    #[command(flatten)]
    length: rule::Length,
    #[command(flatten)]
    exclusions: rule::Exclusions,
    #[command(flatten)]
    source: rule::Source,
    #[command(flatten)]
    secrets: secrets::Options,
    /// Print the requests with their secrets blanked, and send nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    connection: connection::Options,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let common = match &options.vendor {
        Vendor::Huawei(options) => &options.common,
        Vendor::Exotel(options) => &options.common,
        Vendor::Nxcloud(options) => &options.common,
    };
    common.secrets.refuse_arguments()?;
    if common.output.as_deref() == Some(Path::new("-")) {
        return Err(Failure::Use("--output: the password goes to a file, not to standard output".into()));
    }
    match &options.vendor {
        Vendor::Huawei(options) => huawei::run(options),
        Vendor::Exotel(options) => exotel::run(options),
        Vendor::Nxcloud(options) => nxcloud::run(options),
    }
}

impl Common {
    fn path(&self) -> &Path {
        self.output.as_deref().expect("it is required where something is sent")
    }

    /// Where the new password is to be written, if it is not there. All that is wrong with that, or with the call, comes
    /// out before anything is sent.
    fn open(&self, call: &impl Call) -> Result<Option<Output>, Failure> {
        call.request().map_err(|error| Failure::Use(format!("{error}; nothing was sent")))?;
        if self.again {
            return Ok(None);
        }
        let path = self.path();
        if fs::symlink_metadata(path).is_ok() {
            return Err(Failure::Use(format!(
                "{path:?} exists, and may be all that knows the phone's present password: --again sends the one that \
                 is in it; for a new one, move it away or take another name"
            )));
        }
        Output::open(Some(path), false).map(Some)
    }

    /// The new password: of the file, of standard input, or generated.
    fn password(&self, vendor: &str) -> Result<New, Failure> {
        let preset = Preset::named(vendor).expect("each vendor has a preset");
        let own = self.source.rule()?;
        let is_own = own.is_some();
        let rule = own.unwrap_or_else(|| preset.into());
        let mut new = New { rule, own: is_own, password: Zeroizing::default() };
        if self.again || self.password_stdin {
            let path = self.again.then(|| self.path());
            let (source, source_name) = input::open(path)?;
            new.password = line(source, &source_name)?;
            new.compliant().map_err(|failure| Failure::Use(format!("{source_name}: {failure}")))?;
            return Ok(new);
        }
        let narrowed = new.rule.without(&self.exclusions, &self.length)?;
        new.password.resize(narrowed.length(&self.length)?, 0);
        let mut keystream = Keystream::new(&seed::seed(None)?);
        let generated = narrowed.policy().generate(&mut keystream, &mut new.password);
        generated.map_err(|error| Failure::Use(error.to_string()))?;
        Ok(new)
    }

    /// Submits the call, or only shows it.
    fn submit_or_show<C: Call<Outcome = Outcome<T, P>>, T, P>(
        &self,
        call: &C,
        new: &New,
    ) -> Result<ExitCode, Failure> {
        if self.dry_run {
            show(call)?;
            return Ok(ExitCode::SUCCESS);
        }
        let client = self.connection.client(1)?;
        self.submit(&client, self.open(call)?, call, new)
    }

    /// Writes the password down, sends the call, and says what became of it.
    fn submit<C: Call<Outcome = Outcome<T, P>>, T, P>(
        &self,
        client: &Client,
        output: Option<Output>,
        call: &C,
        new: &New,
    ) -> Result<ExitCode, Failure> {
        if let Some(output) = output {
            new.keep(output)?;
        }
        let path = self.path();
        match client.send(call) {
            Ok(Outcome::Updated(_)) => {
                super::say(&format!("sip-password: updated; the password is in {path:?}"));
                Ok(ExitCode::SUCCESS)
            }
            Ok(Outcome::Failed(failure)) => Ok(self.failed(&failure)),
            // The vendor says that it is done, and says something else of the phone.
            Ok(Outcome::Partial(_)) => Ok(self
                .unknown("the vendor says that it is done, and does not confirm the password of this phone")),
            Err(SendError::Unknown(why)) => Ok(self.unknown(&format!("no reply: {why}"))),
            Err(error) => Err(Failure::Use(format!("{error}. {}", self.kept()))),
        }
    }

    fn failed(&self, failure: &Reply) -> ExitCode {
        if failure.may_have_changed() {
            return self.unknown(&failure.to_string());
        }
        let check = if failure.counts_as_failed_check() {
            "\nThis may have counted as a failed check; three in a row lock the account. Find the cause before you try again."
        } else {
            ""
        };
        super::say(&format!("sip-password: refused: {failure}\n{}{check}", self.kept()));
        ExitCode::from(REFUSED)
    }

    /// What is true of the phone where this call changed nothing. One before it may have: so after `--again` it can have
    /// either password.
    fn kept(&self) -> String {
        let path = self.path();
        if self.again {
            return format!("The phone keeps the password that it had, which may be the one in {path:?}.");
        }
        let rule = if self.source.is_given() { ", by the same rule" } else { "" };
        format!(
            "The phone keeps its old password; the one in {path:?} is not in use, and --again sends it{rule}."
        )
    }

    fn unknown(&self, why: &str) -> ExitCode {
        let path = self.path();
        super::say(&format!(
            "sip-password: the outcome is unknown: {why}\n\
             The phone has its old password, or the one in {path:?}. Keep both; see with which it registers."
        ));
        ExitCode::from(UNKNOWN)
    }
}

/// Prints the call's request, with its secrets blanked.
fn show(call: &impl Call) -> Result<(), Failure> {
    let request = call.request().map_err(|error| Failure::Use(error.to_string()))?;
    let mut stdout = io::stdout().lock();
    stdout.write_all(blanked(&request).as_bytes()).and_then(|()| stdout.flush()).map_err(Failure::printing)
}

/// A new password, and whose rule it follows.
struct New {
    rule: Rule,
    /// Whether the rule is the tenant's own, and not the vendor's.
    own: bool,
    password: Zeroizing<Vec<u8>>,
}

impl New {
    /// Writes the password down, for whoever must know it whatever happens.
    fn keep(&self, mut output: Output) -> Result<(), Failure> {
        output.record(|to| {
            to.write_all(&self.password)?;
            to.write_all(b"\n")
        })?;
        output.finish()
    }

    fn compliant(&self) -> Result<NewPassword<'_>, Failure> {
        let (name, rule) = (self.rule.name(), self.rule.policy());
        let password = rule.check(&*self.password);
        let password = password
            .map_err(|violations| Failure::Use(format!("not compliant with {name}: {violations}")))?;
        Ok(if self.own { NewPassword::TenantPolicy { password, policy: rule } } else { password.into() })
    }
}

/// The one line of a file or of standard input, in memory that is wiped.
fn line(source: fs::File, name: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    /// In bytes: more than any password.
    const LONGEST: usize = 1024;
    let mut found = Zeroizing::new(vec![0; LONGEST + 1]);
    let length = input::fill(source, &mut found)
        .map_err(|why| Failure::Io { doing: format!("cannot read {name}"), why })?;
    found.truncate(length);
    let text = found.strip_suffix(b"\n").unwrap_or(&found);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    if text.is_empty() || text.contains(&b'\n') || length > LONGEST {
        return Err(Failure::Use(format!("{name}: one line is wanted, with the password")));
    }
    Ok(Zeroizing::new(text.to_vec()))
}
