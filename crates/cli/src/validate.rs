//! `sip-password validate`

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
use serde::Serialize;
use sip_password::{Classes, LineCounts, Messages, Policy, Preset, Violation, ViolationKind, Violations};

use super::{
    NOT_COMPLIANT, failure::Failure, input::Input, output::Output, progress::Progress, rule, rule::Rule,
};

/// Check each line of a file: whether it is a compliant password, and if not, why
///
/// The verdicts go to standard output and a summary to standard error. No password is ever printed.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sip-password validate huawei passwords.txt
  sip-password validate exotel --format json < passwords.txt | jq 'select(.compliant | not)'
  sip-password validate huawei --quiet passwords.txt && echo all good
  sip-password validate --policy-file mine.toml passwords.txt
  sip-password validate huawei --language zh passwords.txt

Exit status: 0 all lines are compliant, 1 some are not, 2 wrong use or an input or output error.")]
pub(super) struct Options {
    /// The policy to follow, unless --policy-file or --password-rules is given
    #[arg(value_parser = Preferred, value_name = "POLICY")]
    policy: Option<OsString>,
    /// A file with one password a line; standard input if it is missing or -
    file: Option<PathBuf>,
    #[command(flatten)]
    source: rule::Source,
    /// The output format of the verdicts
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Print the summary only
    #[arg(long, short)]
    quiet: bool,
    /// The language of the reasons in --format text
    #[arg(long, value_name = "LANGUAGE", value_parser = PossibleValuesParser::new(Messages::LANGUAGES), default_value = "en")]
    language: String,
    /// The number of threads with --quiet [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=super::MAX_THREADS))]
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
    Text(Option<&'a Messages>),
    Json,
}

/// The name of a policy or, with --policy-file and --password-rules, the file.
#[derive(Clone)]
struct Preferred;

impl TypedValueParser for Preferred {
    type Value = OsString;

    fn parse_ref(&self, _: &Command, _: Option<&Arg>, value: &OsStr) -> Result<OsString, clap::Error> {
        Ok(value.into())
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(rule::preset_values()))
    }
}

impl Options {
    /// The rule and the file.
    fn subject(&self) -> Result<(Rule, Option<PathBuf>), Failure> {
        let first = self.policy.as_deref();
        match (self.source.rule()?, first, &self.file) {
            (Some(rule), file, None) => Ok((rule, file.map(PathBuf::from))),
            (Some(_), _, Some(_)) => {
                Err(Failure::Use("expected one rule, found a POLICY and another".into()))
            }
            (None, None, _) => Err(Failure::Use(rule::MISSING.clone())),
            // The message does not repeat the argument, which may be a password.
            (None, Some(first), file) => match first.to_str().and_then(Preset::named) {
                Some(preset) => Ok((preset.into(), file.clone())),
                None => Err(Failure::Use(rule::MISSING.clone())),
            },
        }
    }
}

/// One line of `--format json`.
#[derive(Serialize)]
struct Record {
    line: u64,
    compliant: bool,
    violations: Vec<Reason>,
}

/// A violation with its figures.
#[derive(Serialize, Default)]
struct Reason {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    classes: Vec<String>,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let (rule, file) = options.subject()?;
    let policy = rule.policy();
    // English needs no messages, and is faster.
    let language = Messages::named(&options.language).filter(|_| options.language != "en");
    let format = match options.format {
        Format::Text => Printed::Text(language.as_ref()),
        Format::Json => Printed::Json,
    };
    let mut input = Input::open(file.as_deref(), options.quiet)?;
    let mut output = Output::open(None, false)?;
    let mut counts = LineCounts::default();
    // One thread prints the verdicts.
    let pool = super::pool(options.threads, if options.quiet { u64::MAX } else { 1 })?;
    let mut progress = Progress::of_bytes(input.size(), !options.quiet);
    let trouble = loop {
        let block = match input.next() {
            Ok(Some(block)) => block,
            Ok(None) => break None,
            Err(failure) => break Some(failure),
        };
        if options.quiet {
            counts += pool.install(|| policy.par_count_lines(block));
        } else if let Err(failure) = print(policy, block, &format, &mut counts, &mut output) {
            break Some(failure);
        }
        progress.add(block.len() as u64);
    };
    drop(progress);
    // The lines before the failure are reported anyway.
    match (trouble, output.finish()) {
        (Some(Failure::ClosedPipe), _) | (None, Err(Failure::ClosedPipe)) => Ok(unfinished(&counts)),
        (Some(trouble), _) | (None, Err(trouble)) => {
            super::say(&summary(&counts, rule.name()));
            Err(trouble)
        }
        (None, Ok(())) => {
            super::say(&summary(&counts, rule.name()));
            Ok(status(&counts))
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
) -> Result<(), Failure> {
    let mut printed = Ok(());
    policy.check_lines(block, |verdict| {
        // After a failure, the rest of the block is neither printed nor counted.
        if printed.is_err() {
            return;
        }
        counts.add(&verdict);
        let line = counts.lines();
        printed = output.record(|to| match format {
            Printed::Text(language) => match (&verdict, language) {
                (Ok(()), _) => writeln!(to, "{line}: ok"),
                (Err(violations), None) => writeln!(to, "{line}: {violations}"),
                (Err(violations), Some(language)) => {
                    writeln!(to, "{line}: {}", language.describe(violations))
                }
            },
            Printed::Json => {
                serde_json::to_writer(&mut *to, &Record::new(line, &verdict))?;
                to.write_all(b"\n")
            }
        });
    });
    printed
}

fn summary(counts: &LineCounts, name: &str) -> String {
    let (lines, compliant) = (counts.lines(), counts.compliant());
    let plural = if lines == 1 { "" } else { "s" };
    let rest = lines - compliant;
    let mut text = format!("{lines} line{plural}, {compliant} compliant with {name}, {rest} not");
    for &kind in ViolationKind::ALL.iter().filter(|kind| counts.count(**kind) > 0) {
        text += &format!("{}{kind} {}", if text.contains(": ") { ", " } else { ": " }, counts.count(kind));
    }
    text
}

fn status(counts: &LineCounts) -> ExitCode {
    ExitCode::from(if counts.compliant() < counts.lines() { NOT_COMPLIANT } else { 0 })
}

/// The status if the output was closed before the last line: not known to be all compliant.
fn unfinished(counts: &LineCounts) -> ExitCode {
    ExitCode::from(if counts.compliant() < counts.lines() { NOT_COMPLIANT } else { super::FAILED })
}

impl Record {
    fn new(line: u64, verdict: &Result<(), Violations<'_>>) -> Self {
        let violations =
            verdict.as_ref().err().into_iter().flat_map(Violations::iter).map(Reason::from).collect();
        Self { line, compliant: verdict.is_ok(), violations }
    }
}

impl From<Violation<'_>> for Reason {
    fn from(violation: Violation<'_>) -> Self {
        let kind = violation.kind().as_str();
        let names = |classes: Classes<'_>| classes.iter().map(|class| class.name().to_owned()).collect();
        let figures =
            |found, expected| Self { kind, found: Some(found), expected: Some(expected), ..Self::default() };
        match violation {
            Violation::TooShort { found, expected }
            | Violation::TooLong { found, expected }
            | Violation::TooManyRepeats { found, expected } => figures(found, expected),
            Violation::NotAscii { found, position } | Violation::NotAllowed { found, position } => {
                Self { kind, found: Some(found), position: Some(position), ..Self::default() }
            }
            Violation::TooFewClasses { found, expected, missing } => {
                Self { missing: names(missing), ..figures(found, expected) }
            }
            Violation::TooFewOfClass { class, found, expected } => {
                Self { class: Some(class.name().to_owned()), ..figures(found, expected) }
            }
            Violation::WrongFirst { expected } => Self { kind, classes: names(expected), ..Self::default() },
            _ => Self { kind, ..Self::default() },
        }
    }
}
