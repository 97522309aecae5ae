//! `sip-password validate`

mod record;

use std::{
    ffi::{OsStr, OsString},
    io::Write,
    path::PathBuf,
    process::ExitCode,
};

use clap::{
    Arg, Args, Command, ValueEnum,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use sip_password::{LineCounts, Messages, Policy, ViolationKind};

use super::{
    FAILED, NOT_COMPLIANT,
    error::CommandError,
    input::Input,
    output::Output,
    plural,
    policy::{
        NamedPolicy,
        options::{MISSING, PolicySource, preset, preset_values},
    },
    progress::Progress,
    usage::{nearest_policy, number, policy_name},
};

/// Check each line of a file: whether it is a compliant password, and if not, why
///
/// The verdicts go to standard output, and a summary to standard error. No password is ever printed.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sip-password validate huawei passwords.txt
  sip-password validate exotel --format json < passwords.txt | jq 'select(.compliant | not)'
  sip-password validate huawei --quiet passwords.txt && echo all compliant
  sip-password validate --policy-file mine.toml passwords.txt
  sip-password validate huawei --language zh passwords.txt

Exit status: 0 all lines are compliant; 1 some are not; 2 wrong usage, no line at all, or an input \
or output error.")]
pub(super) struct Options {
    /// The policy to follow, unless --policy-file or --password-rules is given
    #[arg(value_parser = PolicyOrFile, value_name = "POLICY")]
    policy: Option<OsString>,
    /// A file with one password a line; standard input if it is missing or -
    file: Option<PathBuf>,
    #[command(flatten)]
    source: PolicySource,
    /// The output format of the verdicts
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Print the summary only
    #[arg(long, short)]
    quiet: bool,
    /// Accept an input without a line, which is otherwise an error
    #[arg(long)]
    allow_empty: bool,
    /// The language of the violations in --format text
    #[arg(long, value_name = "LANGUAGE", value_parser = PossibleValuesParser::new(Messages::LANGUAGES), default_value = "en")]
    language: String,
    /// The number of threads with --quiet [default: all cores]
    #[arg(long, value_name = "N", value_parser = number::<u16>(1..=super::MAX_THREADS))]
    threads: Option<u16>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// `LINE: ok`, or `LINE: ` and the violations with their figures
    Text,
    /// One object a line
    Json,
}

/// How verdicts are printed.
enum Printed<'a> {
    /// In English if there are no messages.
    Text(Option<&'a Messages>),
    Json,
}

/// The name of a policy or, with --policy-file and --password-rules, the file.
#[derive(Clone)]
struct PolicyOrFile;

impl TypedValueParser for PolicyOrFile {
    type Value = OsString;

    fn parse_ref(&self, _: &Command, _: Option<&Arg>, value: &OsStr) -> Result<OsString, clap::Error> {
        Ok(value.into())
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(preset_values()))
    }
}

impl Options {
    /// The policy and the file.
    fn subject(&self) -> Result<(NamedPolicy, Option<PathBuf>), CommandError> {
        let first = self.policy.as_deref();
        match (self.source.policy()?, first, &self.file) {
            (Some(named), file, None) => Ok((named, file.map(PathBuf::from))),
            (Some(_), _, Some(_)) => {
                Err(CommandError::new("expected one policy, found a POLICY and another"))
            }
            (None, None, _) => Err(CommandError::new(MISSING.as_str())),
            (None, Some(first), file) => match first.to_str().and_then(preset) {
                Some(preset) => Ok((preset.into(), file.clone())),
                None => Err(wrong_policy(&first.to_string_lossy())),
            },
        }
    }
}

/// The message does not repeat what may be a password.
fn wrong_policy(found: &str) -> CommandError {
    let expected = MISSING.trim_end_matches("found none");
    let nearest = nearest_policy(found).map(|name| format!("; did you mean {name}?")).unwrap_or_default();
    CommandError::new(format!("{expected}found {}{nearest}", policy_name(found)))
}

pub(super) fn run(options: &Options) -> Result<ExitCode, CommandError> {
    let (named, file) = options.subject()?;
    let policy = named.policy();
    // English needs no messages, and is faster without.
    let language = Messages::named(&options.language).filter(|_| options.language != "en");
    let format = match options.format {
        Format::Text => Printed::Text(language.as_ref()),
        Format::Json => Printed::Json,
    };
    let mut input = Input::open(file.as_deref(), options.quiet)?;
    let mut output = Output::open(None, false)?;
    let mut counts = LineCounts::default();
    // Verdicts are printed by one thread.
    let pool = super::pool(options.threads, if options.quiet { u64::MAX } else { 1 })?;
    let mut progress = Progress::of_bytes(input.size(), !options.quiet);
    let error = loop {
        let block = match input.next() {
            Ok(Some(block)) => block,
            Ok(None) => break None,
            Err(error) => break Some(error),
        };
        if options.quiet {
            counts += pool.install(|| policy.par_count_lines(block));
        } else if let Err(error) = print(policy, block, &format, &mut counts, &mut output) {
            break Some(error);
        }
        progress.add(block.len() as u64);
    };
    drop(progress);
    // The lines before the error are reported in any case.
    match (error, output.finish()) {
        (Some(CommandError::ClosedPipe), _) | (None, Err(CommandError::ClosedPipe)) => {
            Ok(status(&counts, FAILED))
        }
        (Some(error), _) | (None, Err(error)) => {
            super::report(&summary(&counts, named.name()));
            Err(error)
        }
        (None, Ok(())) if counts.lines() == 0 && !options.allow_empty => {
            Err(CommandError::new("expected a password a line, found no line; --allow-empty accepts that"))
        }
        (None, Ok(())) => {
            super::report(&summary(&counts, named.name()));
            Ok(status(&counts, 0))
        }
    }
}

/// Prints the verdict on each line of a block.
fn print(
    policy: &Policy,
    block: &[u8],
    format: &Printed<'_>,
    counts: &mut LineCounts,
    output: &mut Output,
) -> Result<(), CommandError> {
    let mut printed = Ok(());
    policy.check_lines(block, |verdict| {
        // After an error, the rest of the block is neither printed nor counted.
        if printed.is_err() {
            return;
        }
        counts.add(&verdict);
        let line = counts.lines();
        printed = output.record(|to| {
            let written = match (format, &verdict) {
                (Printed::Json, _) => {
                    record::write(line, &verdict, to);
                    Ok(())
                }
                (Printed::Text(_), Ok(())) => writeln!(to, "{line}: ok"),
                (Printed::Text(None), Err(violations)) => writeln!(to, "{line}: {violations}"),
                (Printed::Text(Some(language)), Err(violations)) => {
                    writeln!(to, "{line}: {}", language.describe(violations))
                }
            };
            written.expect("a Vec accepts every write");
        });
    });
    printed
}

fn summary(counts: &LineCounts, name: &str) -> String {
    let (lines, compliant) = (counts.lines(), counts.compliant());
    let rest = lines - compliant;
    let mut text = format!("{lines} line{}, {compliant} compliant with {name}, {rest} not", plural(lines));
    for &kind in ViolationKind::ALL.iter().filter(|kind| counts.count(**kind) > 0) {
        text += &format!("{}{kind} {}", if text.contains(": ") { ", " } else { ": " }, counts.count(kind));
    }
    text
}

/// The exit status. `if_compliant` is the one if all lines so far are compliant: an output that was closed early leaves the
/// others unchecked.
fn status(counts: &LineCounts, if_compliant: u8) -> ExitCode {
    ExitCode::from(if counts.compliant() < counts.lines() { NOT_COMPLIANT } else { if_compliant })
}
