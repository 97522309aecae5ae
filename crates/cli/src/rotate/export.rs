//! `sip-password rotate export`

pub(super) mod columns;
mod templated;
mod watch;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::SystemTime,
};

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use sip_password_rotate::{Journal, PhoneRecord, RotationState, display_name, display_text};

use self::columns::{Columns, Format, MAX_RECORD};
use super::{
    INCOMPLETE,
    anchor::{OlderCopy, unlock_to_read},
    journal::{VisitError, journal_error, open_or_read},
    key::{FileOption, GivenKey, KEY_HELP},
};
use crate::{
    error::CommandError,
    output::Output,
    plural,
    private_file::{directory, is_same},
    provision::TemplateOptions,
    secrets,
};

/// Write the new passwords to a file, to provision the phones with; also while a rotation runs
///
/// The columns are: those of the accounts file, in its order, but for an account password's; password, the new one, which confirmed and unknown phones have (refused and planned
/// phones keep their old ones); vendor_password, what the vendor reported in place of the new one, if it did; state; calls, the number
/// of calls for the phone; sent and changed, the times when its last call began and ended; reason; provisioned, the time when the new password was handed on
/// (by --on-confirmed or by files of --template); registered, which password a registrar accepted for `rotate check`. A column of the accounts file that has
/// one of these names gets "accounts_" before it.
///
/// `forget` erases the passwords that were exported. After that, no export overwrites a file: that file may be the only copy of
/// the passwords. Before, an export that overwrites a file with phones other than the confirmed ones makes all phones count as
/// not exported.
///
/// With --template, the files of phones or a PBX are written in place of a list, of the phones that have a new password: confirmed ones, or with
/// --only unknown those. `password` is the one that the vendor reported, if it did, else the new one. Such files do not count as exported: HA1 is no copy of a
/// password.
#[derive(Args)]
#[command(after_help = format!("{KEY_HELP}

Examples:
  sip-password rotate export --journal rotation.db --key-file rotation.key \\
      --only confirmed --output passwords.csv
  sip-password rotate export --journal rotation.db --key-file rotation.key \\
      --new --format json --output new.jsonl              # those confirmed since the last export
  sip-password rotate export --journal rotation.db --key-file rotation.key \\
      --since 2026-03-01T09:00:00Z --output since.csv     # by time, also while a rotation runs
  sip-password rotate export --journal rotation.db --key-file rotation.key \\
      --watch --output - | provision-phones                # while a rotation runs
  sip-password rotate export --journal rotation.db --key-file rotation.key \\
      --template yealink --set registrar=sip.example.com --output-dir tftp

Exit status: 0, or 3 if somebody changed rows of the journal, or the journal as a whole, or put an older copy in its place: then \
the passwords that can be decrypted are exported, and nothing counts as exported; 2 wrong usage, or an error."))]
pub(super) struct Options {
    /// The journal of the rotation
    #[arg(long, value_name = "FILE")]
    journal: PathBuf,
    /// Write to a new file that only its owner can read
    #[arg(
        long,
        short,
        value_name = "FILE",
        required_unless_present = "output_dir",
        conflicts_with = "output_dir"
    )]
    output: Option<PathBuf>,
    /// Only phones in this state
    #[arg(long, value_enum, value_name = "STATE")]
    only: Option<Only>,
    /// Only phones that were confirmed since the last export. Not while a rotation runs, which alone writes its journal
    #[arg(long, conflicts_with_all = ["only", "since", "force", "template"])]
    new: bool,
    /// Only phones whose last call ended at this time or later, in UTC: 2026-03-01T09:00:00Z. They do not count as exported
    #[arg(long, value_name = "TIME", value_parser = time)]
    since: Option<SystemTime>,
    /// The format of the file
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", conflicts_with = "template")]
    format: Format,
    #[command(flatten)]
    template: TemplateOptions,
    /// Write each phone when it is confirmed, as a line of JSON, until the rotation ends; those that are confirmed already come first. To a file, or with --output - to another program. The phones do not count as exported
    #[arg(long, conflicts_with_all = ["only", "new", "force", "template", "output_dir"])]
    watch: bool,
    /// Overwrite an existing file, unless the journal has forgotten passwords, which may be in it
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    key: FileOption,
    #[command(flatten)]
    secrets: secrets::Options,
    #[command(flatten)]
    older: OlderCopy,
}

impl Options {
    /// Whether a phone's last call ended at the time that was given, or later.
    fn is_since(&self, phone: &PhoneRecord<'_>) -> bool {
        self.since.is_none_or(|since| phone.changed.is_some_and(|changed| changed >= since))
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Only {
    Confirmed,
    Unknown,
    Refused,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, CommandError> {
    let secrets = options.secrets.open()?;
    let path = &options.journal;
    if options.watch {
        return watch::run(options, &secrets);
    }
    let (mut journal, is_running) = open_or_read(path)?;
    if is_running && options.new {
        return Err(CommandError::new(
            "--new: a rotation is running, which alone writes its journal: expected --since TIME meanwhile",
        ));
    }
    if let Some(target) = &options.output {
        check_target(options, target)?;
    }
    let given = GivenKey::find(&options.key, false, &secrets)?;
    let key = given.for_existing(journal.protection(), path)?;
    unlock_to_read(&mut journal, &key, options.older.is_accepted(), path)?;
    let trouble = journal.check_integrity().err().map(journal_error(path));
    let overwritten =
        options.output.as_deref().filter(|target| options.force && fs::symlink_metadata(target).is_ok());
    if let Some(target) = overwritten {
        check_overwriting(&journal, trouble.as_ref(), path, target)?;
    }
    let damaged = match &options.output {
        Some(target) if !options.template.is_given() => {
            list(&mut journal, options, target, is_running, trouble.is_none())?
        }
        _ => templated::write(&mut journal, options, is_running, trouble.as_ref())?,
    };
    report_troubles(is_running, trouble.as_ref(), &damaged);
    let is_whole = trouble.is_none() && damaged.is_empty();
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::from(INCOMPLETE) })
}

/// Writes the list of the phones, and marks those that are in it as exported: the phones whose rows are damaged.
fn list(
    journal: &mut Journal,
    options: &Options,
    target: &Path,
    is_running: bool,
    is_whole: bool,
) -> Result<Vec<String>, CommandError> {
    let path = &options.journal;
    let overwrites = options.force && fs::symlink_metadata(target).is_ok();
    let mut output = Output::for_records(MAX_RECORD, Some(target), options.force)?;
    let exported = write(journal, options, &mut output).map_err(VisitError::at(path))?;
    let has_all_confirmed = options.since.is_none() && matches!(options.only, None | Some(Only::Confirmed));
    if !is_running && overwrites && !has_all_confirmed {
        // The file may have been an export of confirmed phones, and it will be none: the journal must keep their passwords.
        journal.unmark_exported().map_err(journal_error(path))?;
    }
    output.finish()?;
    if !is_running && has_all_confirmed && exported.confirmed > 0 && exported.damaged.is_empty() && is_whole {
        journal.mark_exported().map_err(journal_error(path))?;
    }
    crate::report(&exported.summary(target));
    Ok(exported.damaged)
}

/// Refuses to overwrite a file that may be the only copy of a password.
fn check_overwriting(
    journal: &Journal,
    trouble: Option<&CommandError>,
    path: &Path,
    target: &Path,
) -> Result<(), CommandError> {
    let forgotten = journal.forgotten().map_err(journal_error(path))?;
    if forgotten > 0 {
        return Err(CommandError::new(format!(
            "the journal has forgotten {forgotten} password{}, and {target:?} may be the only copy; choose another file",
            plural(forgotten)
        )));
    }
    match trouble {
        Some(trouble) => {
            Err(CommandError::new(format!("{trouble}. Choose another file: {target:?} may be the only copy")))
        }
        None => Ok(()),
    }
}

/// Says why the file is not all that there will be, or not certain.
fn report_troubles(is_running: bool, trouble: Option<&CommandError>, damaged: &[String]) {
    if is_running {
        crate::report(
            "A rotation is running: these are the passwords so far, and for `rotate forget` they do not count as exported. Export \
             again when it has ended.",
        );
    }
    if let Some(trouble) = trouble {
        crate::report(&format!(
            "sip-password: {trouble}\nThe passwords in the file are right as far as they go: phones may be missing, and states be wrong. \
             Nothing counts as exported."
        ));
    }
    if !damaged.is_empty() {
        crate::report(&format!(
            "The rows of these phones were changed or damaged. Their states are not known, and the passwords that are left of them are in the \
             file; nothing counts as exported:\n{}",
            damaged.join("\n")
        ));
    }
}

/// Refuses to overwrite a file that the export itself reads.
fn check_target(options: &Options, target: &Path) -> Result<(), CommandError> {
    if target == Path::new("-") && !options.watch {
        return Err(CommandError::new("--output: expected a file for the passwords, found standard output"));
    }
    let journal = &options.journal;
    let refused = |what: &str| Err(CommandError::new(format!("--output: {target:?} is {what}")));
    for (source, what) in [
        (Some(&**journal), "the journal itself"),
        (options.key.file(), "the --key-file"),
        (options.secrets.file(), "the --secrets file"),
    ] {
        if source.is_some_and(|source| is_same(source, target)) {
            return refused(what);
        }
    }
    if is_side_file(journal, target) {
        return refused("a name that the journal needs for its own files");
    }
    Ok(())
}

/// Whether SQLite takes a file of this name for a side file of the journal, and would remove it.
fn is_side_file(journal: &Path, target: &Path) -> bool {
    let Ok(journal) = fs::canonicalize(journal) else { return false };
    Journal::side_files(&journal).iter().any(|file| {
        file.file_name() == target.file_name()
            && file.parent().is_some_and(|parent| is_same(parent, directory(target)))
    })
}

/// How many phones are in the file.
#[derive(Default)]
struct Exported {
    phones: u64,
    confirmed: u64,
    /// With their passwords.
    passwords: u64,
    /// Those whose passwords the journal has forgotten.
    forgotten: u64,
    /// Those whose rows in the journal are damaged.
    damaged: Vec<String>,
}

impl Exported {
    fn summary(&self, target: &Path) -> String {
        let forgotten = match self.forgotten {
            0 => String::new(),
            forgotten => {
                format!(
                    "; the journal has forgotten the password{0} of {forgotten} phone{0}",
                    plural(forgotten)
                )
            }
        };
        let Self { phones, passwords, .. } = self;
        format!(
            "sip-password: {phones} phone{}, {passwords} with a password, in {target:?}{forgotten}",
            plural(*phones)
        )
    }
}

/// A time of the option `--since`.
fn time(text: &str) -> Result<SystemTime, String> {
    let is_utc = text.ends_with('Z');
    text.parse::<Timestamp>()
        .ok()
        .filter(|_| is_utc)
        .map(SystemTime::from)
        .ok_or_else(|| String::from("expected a time in UTC such as 2026-03-01T09:00:00Z"))
}

fn write(journal: &Journal, options: &Options, output: &mut Output) -> Result<Exported, VisitError> {
    let states = match options.only {
        None if options.new => &[RotationState::Confirmed],
        None => &RotationState::ALL[..],
        Some(Only::Confirmed) => &[RotationState::Confirmed],
        Some(Only::Unknown) => &[RotationState::Unknown],
        Some(Only::Refused) => &[RotationState::Refused],
    };
    let columns = Columns::new(journal, options.format);
    output.record(|to| columns.write_header(to))?;
    let mut exported = Exported::default();
    journal.passwords::<VisitError>(states, |phone, passwords| {
        if !options.is_since(phone) || options.new && phone.exported {
            return Ok(());
        }
        output.record(|to| columns.write_phone(phone, passwords, to))?;
        if phone.damaged {
            exported.damaged.push(format!("{}: {}", display_name(&phone.names), display_text(phone.reason)));
        }
        let password = passwords.new;
        let is_confirmed = phone.state == RotationState::Confirmed;
        // A phone in no line of the accounts file never had one.
        let has_new = phone.line != 0 && (is_confirmed || phone.state == RotationState::Unknown);
        exported.phones += 1;
        exported.confirmed += u64::from(is_confirmed && !phone.damaged);
        exported.passwords += u64::from(!password.is_empty());
        exported.forgotten += u64::from(has_new && password.is_empty() && !phone.damaged);
        Ok(())
    })?;
    Ok(exported)
}
