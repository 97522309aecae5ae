//! `sip-password registered`

mod list;
mod pace;
pub(crate) mod record;
pub(crate) mod target;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, ValueEnum};
use sip_password_registered::{Registrar, Registration};

use super::{
    FAILED,
    error::CommandError,
    plural,
    progress::{StatusLine, clear_line},
    report,
    standard_output::print,
};
#[cfg(feature = "rotate")]
pub(crate) use list::Phone;
use list::{Columns, Entry, Phones};
pub(crate) use {
    pace::{Pace, Pacer},
    target::Target,
};

/// The exit status if some phones cannot register with their new passwords, or nobody knows.
const NOT_NEW: u8 = 1;

/// Ask a SIP registrar, for each row of a list, whether the phone can register with its new password
///
/// Sends a REGISTER without a contact, which changes no registration and diverts no call, and answers the registrar's challenge with a digest
/// of the password. Each password is tried once, since registrars lock accounts; the old one only if the new one is refused, or the reply is 403. No
/// password is sent or printed.
#[derive(Args)]
#[command(after_help = EXIT_STATUS, after_long_help = EXAMPLES)]
pub(super) struct Options {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    columns: Columns,
    /// The most questions to the registrar in a time, evenly spaced, such as 5/s or 100/min
    #[arg(long, value_name = "RATE", default_value = "5/s")]
    rate: Pace,
    /// Print who would be asked about, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// The output format
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// A list with a user and a password in each row: CSV with a header; standard input if it is missing or -
    #[arg(value_name = "LIST")]
    list: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// `LINE USER: OUTCOME`, and the reason if it is not known
    Text,
    /// One row a phone: line, user, outcome, reason
    Csv,
    /// One object a line
    Json,
}

const EXIT_STATUS: &str = "\
Exit status: 0 each phone can register with its new password; 1 some cannot, or it is not known; 2 wrong usage, no row at all, a wrong \
row, or an input or output error; 130 after Ctrl-C.";

const EXAMPLES: &str = "\
Examples:
  sip-password registered --registrar sip.example.com phones.csv
  sip-password registered --registrar sip.example.com --transport tls \\
      --user extension --password new --old-password old phones.csv
  sip-password registered --registrar 192.0.2.1:5070 --domain example.com \\
      --format csv phones.csv > outcomes.csv
  sip-password registered --registrar sip.example.com --dry-run phones.csv

Outcomes:
  new        the registrar accepts the new password. The old one was not tried
  old        it does not accept the new one, and accepts the old one
  neither    it refuses each password that was tried
  not known  there was no reply, or an unexpected one; the reason follows

A reply of 403 is not known: some registrars send it for a wrong password,
others for a user whose password is right.

FreeSWITCH rejects a REGISTER without a contact, so its phones are not known.

A refused password is a failed login. Registrars lock accounts and block
addresses after some of them: try a few phones first, and see --rate.

Exit status:
  0    each phone can register with its new password
  1    some cannot, or it is not known
  2    wrong usage, no row at all, a wrong row, or an input or output error
  130  after Ctrl-C: the outcomes so far are printed";

/// How many phones there were of each outcome.
#[derive(Default)]
pub(crate) struct Counts {
    new: u64,
    old: u64,
    neither: u64,
    not_known: u64,
    /// With `--dry-run`.
    not_asked: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, outcome: Option<Registration>) {
        *match outcome {
            Some(Registration::New) => &mut self.new,
            Some(Registration::Old) => &mut self.old,
            Some(Registration::Neither) => &mut self.neither,
            Some(_) => &mut self.not_known,
            None => &mut self.not_asked,
        } += 1;
    }

    /// A phone about which nothing could be asked.
    #[cfg(feature = "rotate")]
    pub(crate) const fn add_not_known(&mut self) {
        self.not_known += 1;
    }

    /// Whether each phone that was asked about can register with its new password.
    pub(crate) fn all_new(&self) -> bool {
        self.new + self.not_asked == self.total()
    }

    pub(crate) fn total(&self) -> u64 {
        self.new + self.old + self.neither + self.not_known + self.not_asked
    }

    pub(crate) fn text(&self) -> String {
        let Self { new, old, neither, not_known, .. } = self;
        let phones = self.total();
        format!(
            "{phones} phone{}: {new} new, {old} old, {neither} neither, {not_known} not known",
            plural(phones)
        )
    }

    /// The exit status. `if_new` is the one if all phones so far have their new passwords.
    fn status(&self, if_new: u8) -> ExitCode {
        ExitCode::from(if self.all_new() { if_new } else { NOT_NEW })
    }
}

pub(super) fn run(options: &Options) -> Result<ExitCode, CommandError> {
    let target = options.target.named();
    let transport = target.transport()?;
    let mut phones = options.columns.open(options.list.as_deref())?;
    let registrar = if options.dry_run { None } else { Some(target.resolve(transport)?) };
    let mut counts = Counts::default();
    let asked = ask_all(options, registrar.as_ref(), &mut phones, &mut counts);
    let summary = || match &registrar {
        Some(_) => report(&counts.text()),
        None => report(&format!("sip-password: nothing was sent; {}", target.text(counts.not_asked))),
    };
    match asked {
        // The reader of the output has not seen everything.
        Err(CommandError::ClosedPipe) => Ok(counts.status(FAILED)),
        Err(error) => {
            summary();
            Err(error)
        }
        Ok(()) if counts.total() == 0 && phones.wrong_rows() == 0 => {
            Err(CommandError::new("expected a row behind the header, found no row"))
        }
        Ok(()) => {
            summary();
            phones.check()?;
            Ok(counts.status(0))
        }
    }
}

/// Asks about each phone, or only names it if there is no registrar.
fn ask_all(
    options: &Options,
    registrar: Option<&Registrar>,
    phones: &mut Phones<'_>,
    counts: &mut Counts,
) -> Result<(), CommandError> {
    let mut pacer = Pacer::new(options.rate);
    let mut line = StatusLine::beside_results();
    let mut record = Vec::new();
    record::begin(options.format, &mut record);
    print(&record)?;
    let size = phones.size();
    let mut read = 0;
    while let Some(entry) = phones.next()? {
        let phone = match entry {
            Entry::Phone(phone) => phone,
            Entry::Wrong(message) => {
                clear_line();
                report(&format!("sip-password: {message}"));
                continue;
            }
        };
        let outcome = registrar
            .map(|registrar| registrar.registration(phone.user, phone.new, phone.old, || pacer.wait()));
        counts.add(outcome);
        record.clear();
        record::write(options.format, &phone, outcome, &mut record);
        read += phone.bytes;
        // At once: hours may pass until the last one.
        print(&record)?;
        if let Some(line) = &mut line {
            line.update(|| progress(counts, read, size));
        }
    }
    Ok(())
}

fn progress(counts: &Counts, read: u64, size: Option<u64>) -> String {
    let percent = size.filter(|&size| size > 0).map(|size| 100 * u128::from(read) / u128::from(size));
    let percent = percent.map(|percent| format!(" ({} %)", percent.min(100))).unwrap_or_default();
    counts.text() + &percent
}
