//! `sip-password rotate export`

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::SystemTime,
};

use clap::{Args, ValueEnum};
use sip_password_rotate::{Journal, RotationState};

use super::{
    Trouble, journal,
    key::{FileOption, Given},
    open,
};
use crate::{csv, failure::Failure, output::Output, secrets};

/// Write the new passwords to a CSV file, to provision the phones with
///
/// Its columns: the names of the phone; password, which is there for confirmed and for unknown phones (refused and planned ones
/// have those that they had); state; tries; sent and changed, when the last call was made and when it was over; why.
///
/// `forget` forgets what was exported. After that, no export overwrites a file, which may be all that has the passwords. Before
/// it, an export of other phones than the confirmed ones that overwrites a file counts them all as not exported.
#[derive(Args)]
#[command(after_help = "\
Secrets, in the environment or the --secrets file:
  ROTATION_KEY         the journal's key, 64 hex digits; or --key-file
  ROTATION_PASSPHRASE  or a passphrase; else it is asked for at the terminal

Example:
  sip-password rotate export --journal rotation.db --key-file rotation.key \\
      --only confirmed --output passwords.csv")]
pub(super) struct Options {
    /// The journal of the rotation
    #[arg(long, value_name = "FILE")]
    journal: PathBuf,
    /// Write to a new file that only its owner can read
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Only phones of this state
    #[arg(long, value_enum, value_name = "STATE")]
    only: Option<Only>,
    /// Overwrite the file; not where the journal has forgotten passwords, which may be in it
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    key: FileOption,
    #[command(flatten)]
    secrets: secrets::Options,
}

#[derive(Clone, Copy, ValueEnum)]
enum Only {
    Confirmed,
    Unknown,
    Refused,
}

/// The longest reason that is exported, in bytes; with two names, quoted as they may be, a row has room in [`Output`].
const LONGEST_WHY: usize = 1 << 10;

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let (path, target) = (&options.journal, &options.output);
    let secrets = options.secrets.open()?;
    if target == Path::new("-") {
        return Err(Failure::Use("--output: the passwords go to a file, not to standard output".into()));
    }
    let mut found = open(path)?;
    for (source, what) in [
        (Some(&**path), "the journal itself"),
        (options.key.file(), "the --key-file"),
        (options.secrets.file(), "the --secrets file"),
    ] {
        if source.is_some_and(|source| is_same(source, target)) {
            return Err(Failure::Use(format!("--output: {target:?} is {what}")));
        }
    }
    if is_side_file(path, target) {
        return Err(Failure::Use(format!(
            "--output: {target:?} is a name that the journal needs for itself"
        )));
    }
    let given = Given::find(&options.key, false, &secrets)?;
    let key = given.for_existing(found.protection(), path)?;
    found.unlock(&key).map_err(journal(path))?;

    let overwrites = options.force && fs::symlink_metadata(target).is_ok();
    let forgotten = found.forgotten().map_err(journal(path))?;
    if overwrites && forgotten > 0 {
        // The file may be what they were exported to.
        return Err(Failure::Use(format!(
            "the journal has forgotten {forgotten} of the passwords, and {target:?} may have them; take another name"
        )));
    }
    let mut output = Output::open(Some(target), options.force)?;
    let written = write(&found, options, &mut output).map_err(Trouble::at(path))?;
    if overwrites && !matches!(options.only, None | Some(Only::Confirmed)) {
        // It may be what they were exported to, and it will not have them: the journal must keep them.
        found.unmark_exported().map_err(journal(path))?;
    }
    output.finish()?;
    if written.confirmed > 0 {
        found.mark_exported().map_err(journal(path))?;
    }
    let plural = if written.phones == 1 { "" } else { "s" };
    let forgotten = match written.forgotten {
        0 => String::new(),
        forgotten => format!("; {forgotten} confirmed without, since it was forgotten"),
    };
    crate::say(&format!(
        "sip-password: {} phone{plural}, {} with a password, in {target:?}{forgotten}",
        written.phones, written.passwords
    ));
    Ok(ExitCode::SUCCESS)
}

fn is_same(one: &Path, other: &Path) -> bool {
    fs::canonicalize(one).is_ok_and(|one| fs::canonicalize(other).is_ok_and(|other| one == other))
}

/// Whether SQLite uses this name for a side file of the journal, and would remove it.
fn is_side_file(journal: &Path, target: &Path) -> bool {
    let Ok(journal) = fs::canonicalize(journal) else { return false };
    let directory = match target.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    Journal::side_files(&journal).iter().any(|file| {
        file.file_name() == target.file_name()
            && file.parent().is_some_and(|parent| is_same(parent, directory))
    })
}

/// How many phones are in the file.
#[derive(Default)]
struct Written {
    phones: u64,
    confirmed: u64,
    /// With their passwords.
    passwords: u64,
    /// Confirmed ones whose passwords the journal has no longer.
    forgotten: u64,
}

fn write(found: &Journal, options: &Options, output: &mut Output) -> Result<Written, Trouble> {
    let states = match options.only {
        None => &RotationState::ALL[..],
        Some(Only::Confirmed) => &[RotationState::Confirmed],
        Some(Only::Unknown) => &[RotationState::Unknown],
        Some(Only::Refused) => &[RotationState::Refused],
    };
    let header: Vec<_> =
        found.columns().chain(["password", "state", "tries", "sent", "changed", "why"]).collect();
    output.record(|to| csv::row(&header, to))?;
    let mut written = Written::default();
    found.passwords::<Trouble>(states, |record, password| {
        let [sent, changed] = [record.sent, record.changed].map(|time| time.map(utc).unwrap_or_default());
        let tries = record.calls.to_string();
        let why = record.reason.get(..record.reason.floor_char_boundary(LONGEST_WHY)).unwrap_or_default();
        let mut row = record.names.clone();
        row.extend([password, record.state.name(), &tries, &sent, &changed, why]);
        output.record(|to| csv::row(&row, to))?;
        let confirmed = record.state == RotationState::Confirmed;
        written.phones += 1;
        written.confirmed += u64::from(confirmed);
        written.passwords += u64::from(!password.is_empty());
        written.forgotten += u64::from(confirmed && password.is_empty());
        Ok(())
    })?;
    Ok(written)
}

/// As RFC 3339 has it, in seconds; empty where it is no time of four-digit years.
fn utc(time: SystemTime) -> String {
    let mut text = String::new();
    match write!(text, "{}", humantime::format_rfc3339_seconds(time)) {
        Ok(()) => text,
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn times() {
        for (seconds, text) in
            [(0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"), (1 << 40, "")]
        {
            assert_eq!(utc(UNIX_EPOCH + Duration::from_secs(seconds)), text);
        }
    }
}
