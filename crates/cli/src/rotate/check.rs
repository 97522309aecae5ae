//! `sip-password rotate check`

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, ValueEnum};
use sip_password_registered::{FieldError, Password, Registrar, User};
use sip_password_rotate::{Journal, PhonePasswords, PhoneRecord, RegisteredWith, RotationState};

use super::{
    INCOMPLETE,
    anchor::{OlderCopy, unlock},
    interrupt::Interrupt,
    journal::{journal_error, open},
    key::{FileOption, GivenKey, KEY_HELP},
};
use crate::{
    error::CommandError,
    registered::{Counts, Format, Pace, Pacer, Phone, Target, record},
    report, secrets,
    signals::INTERRUPTED,
    standard_output::print,
    usage::nearest,
};

/// Ask a SIP registrar which password the phones of a rotation have, and settle those that are unknown
///
/// Sends a REGISTER without a contact, which changes no registration and diverts no call, and answers the registrar's challenge with a digest
/// of the new password; if that is refused, of the old one, if --old-password names its column. What it replies is in the journal before
/// the next phone. No phone is asked about twice between two calls of its rotation, unless --again says so: a refused password is a failed login, and registrars
/// lock accounts.
///
/// A phone whose state is unknown is confirmed if the registrar accepts its new password. If it accepts the old one, five minutes after the last
/// call or later, the next run sends the phone again, or it is refused, if that was the vendor's last word.
#[derive(Args)]
#[command(after_help = format!("{KEY_HELP}

Examples:
  sip-password rotate check --journal rotation.db --key-file rotation.key \\
      --registrar sip.example.com --user extension --dry-run
  sip-password rotate check --journal rotation.db --key-file rotation.key \\
      --registrar sip.example.com --user extension --only unknown,confirmed

Exit status: 0 the registrar accepts the new password of each phone that was asked about; 2 wrong usage, or an error of the journal; 3 of \
some it does not, or it is not known; 130 after Ctrl-C. rotate status says how the rotation stands."))]
pub(super) struct Options {
    /// The journal of the rotation, which no other command may be using
    #[arg(long, value_name = "FILE")]
    journal: PathBuf,
    #[command(flatten)]
    target: Target,
    /// The column of the accounts file with the user names, by which phones register [default: the last one that names a phone]
    #[arg(long, value_name = "COLUMN")]
    user: Option<String>,
    /// Try the password in this column of the accounts file if the new one is refused
    #[arg(long, value_name = "COLUMN")]
    old_password: Option<String>,
    /// Phones in these states, separated by commas
    #[arg(long, value_enum, value_name = "STATE", value_delimiter = ',', default_value = "unknown")]
    only: Vec<Only>,
    /// Include phones that were already asked about since their last call
    #[arg(long)]
    again: bool,
    /// The most questions to the registrar in a time, evenly spaced, such as 5/s or 100/min
    #[arg(long, value_name = "RATE", default_value = "5/s")]
    rate: Pace,
    /// Print who would be asked about, and send and record nothing
    #[arg(long)]
    dry_run: bool,
    /// The output format
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    key: FileOption,
    #[command(flatten)]
    secrets: secrets::Options,
    #[command(flatten)]
    older: OlderCopy,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Only {
    Confirmed,
    Unknown,
}

/// Where the user and the old password of a phone are, among its columns.
struct Places {
    user: usize,
    old: Option<usize>,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, CommandError> {
    let path = &options.journal;
    let target = options.target.named();
    let transport = target.transport()?;
    let secrets = options.secrets.open()?;
    let mut journal = open(path)?;
    let key = GivenKey::find(&options.key, false, &secrets)?.for_existing(journal.protection(), path)?;
    unlock(&mut journal, &key, &options.older, path)?;
    let places = Places {
        user: match &options.user {
            Some(name) => column(&journal, "--user", name)?,
            None => column(&journal, "--user", journal.columns().last().unwrap_or_default())?,
        },
        old: options
            .old_password
            .as_deref()
            .map(|name| column(&journal, "--old-password", name))
            .transpose()?,
    };
    let registrar = match options.dry_run {
        true => None,
        false => Some(target.resolve(transport)?),
    };
    let interrupt = Interrupt::watch();
    let mut counts = Counts::default();
    let mut output = Vec::new();
    record::begin(options.format, &mut output);
    print(&output)?;
    let mut check = Check {
        options,
        registrar,
        places,
        pacer: Pacer::new(options.rate),
        counts: &mut counts,
        error: None,
    };
    let states: Vec<RotationState> = options.only.iter().map(|only| only.state()).collect();
    let asked = match options.dry_run {
        true => check.name_all(&journal, &states),
        false => journal.ask_registrar(&states, options.again, |phone, passwords| match interrupt.is_set() {
            true => None,
            false => check.ask(phone, passwords),
        }),
    };
    let error = check.error.take();
    asked.map_err(journal_error(path))?;
    match options.dry_run {
        false => report(&format!("sip-password: {}", counts.text())),
        true => report(&format!("sip-password: nothing was sent; {}", target.text(counts.total()))),
    }
    match error {
        // The results are in the journal.
        Some(CommandError::ClosedPipe) | None => {}
        Some(error) => return Err(error),
    }
    Ok(match (interrupt.is_set(), counts.all_new()) {
        (true, _) => ExitCode::from(INTERRUPTED),
        (false, true) => ExitCode::SUCCESS,
        (false, false) => ExitCode::from(INCOMPLETE),
    })
}

impl Only {
    const fn state(self) -> RotationState {
        match self {
            Self::Confirmed => RotationState::Confirmed,
            Self::Unknown => RotationState::Unknown,
        }
    }
}

/// The place of a column of the accounts file.
fn column(journal: &Journal, option: &str, name: &str) -> Result<usize, CommandError> {
    let columns = journal.accounts_columns();
    columns.iter().position(|column| column == name).ok_or_else(|| {
        let hint = nearest(name, columns.iter().map(String::as_str));
        let hint = hint.map(|name| format!("; did you mean {name}?")).unwrap_or_default();
        CommandError::new(format!(
            "{option}: expected a column of the accounts file ({}), found no such column{hint}",
            columns.join(", ")
        ))
    })
}

/// Asks about one phone after another.
struct Check<'a> {
    options: &'a Options,
    registrar: Option<Registrar>,
    places: Places,
    pacer: Pacer,
    counts: &'a mut Counts,
    /// Why the results cannot be printed: no further phone is asked about.
    error: Option<CommandError>,
}

impl Check<'_> {
    /// What the registrar says of a phone; `None` if no more are to be asked about.
    fn ask(&mut self, phone: &PhoneRecord<'_>, passwords: PhonePasswords<'_>) -> Option<RegisteredWith> {
        if self.error.is_some() {
            return None;
        }
        let asked = match fields(phone, passwords.new, &self.places) {
            Ok(asked) => asked,
            Err(error) => {
                // It is named, and not known.
                report(&format!("sip-password: line {}: {error}", phone.line));
                self.counts.add_not_known();
                return Some(RegisteredWith::NotKnown);
            }
        };
        let (registrar, pacer) = (self.registrar.as_ref()?, &mut self.pacer);
        let outcome = registrar.registration(asked.user, asked.new, asked.old, || pacer.wait());
        self.counts.add(Some(outcome));
        let mut output = Vec::new();
        record::write(self.options.format, &asked, Some(outcome), &mut output);
        // This phone's result is kept in any case.
        self.error = print(&output).err();
        Some(recorded(outcome))
    }

    /// Names the phones that would be asked about.
    fn name_all(
        &mut self,
        journal: &Journal,
        states: &[RotationState],
    ) -> Result<(), sip_password_rotate::JournalError> {
        journal.passwords(states, |phone, passwords| {
            if self.error.is_some()
                || phone.line == 0
                || passwords.new.is_empty()
                || phone.damaged
                || phone.is_asked_since_last_call() && !self.options.again
            {
                return Ok(());
            }
            match fields(phone, passwords.new, &self.places) {
                Ok(asked) => {
                    self.counts.add(None);
                    let mut output = Vec::new();
                    record::write(self.options.format, &asked, None, &mut output);
                    self.error = print(&output).err();
                }
                Err(error) => report(&format!("sip-password: line {}: {error}", phone.line)),
            }
            Ok(())
        })
    }
}

/// What is asked about a phone.
fn fields<'a>(phone: &'a PhoneRecord<'_>, new: &'a str, places: &Places) -> Result<Phone<'a>, FieldError> {
    let field = |place: usize| phone.fields.get(place).copied().unwrap_or_default().as_bytes();
    let old = places.old.map(field).filter(|old| !old.is_empty());
    Ok(Phone {
        line: phone.line,
        user: User::new(field(places.user))?,
        new: Password::new(new.as_bytes())?,
        old: old.map(Password::new).transpose()?,
        bytes: 0,
    })
}

/// An outcome as the journal keeps it.
const fn recorded(outcome: sip_password_registered::Registration) -> RegisteredWith {
    use sip_password_registered::Registration;
    match outcome {
        Registration::New => RegisteredWith::New,
        Registration::Old => RegisteredWith::Old,
        Registration::Neither => RegisteredWith::Neither,
        _ => RegisteredWith::NotKnown,
    }
}
