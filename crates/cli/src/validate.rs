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
use sip_password::{ViolationKind, Messages, PRESETS, Policy, Preset, Report, Violation, Violations};

use super::{
    NOT_COMPLIANT, failure::Failure, input::Input, output::Output, progress::Progress, rule, rule::Rule,
};

/// Say of each line of a file whether it is a compliant password, and why not
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
    /// Whose rule to follow; not with one of your own
    #[arg(value_parser = Preferred, value_name = "POLICY")]
    policy: Option<OsString>,
    /// A file with one password a line; standard input where it is missing or -
    file: Option<PathBuf>,
    #[command(flatten)]
    source: rule::Source,
    /// How to print the verdicts
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Print the summary only
    #[arg(long, short)]
    quiet: bool,
    /// In which language to say the reasons, in --format text
    #[arg(long, value_name = "LANGUAGE", value_parser = PossibleValuesParser::new(Messages::LANGUAGES), default_value = "en")]
    language: String,
    /// On how many threads, with --quiet [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=super::MAX_THREADS))]
    threads: Option<u16>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// `LINE: ok`, or `LINE: ` and the codes with their figures
    Text,
    /// One object a line
    Json,
}

/// How verdicts are printed.
enum Printed<'a> {
    Text(Option<&'a Messages>),
    Json,
}

/// A policy's name; or anything else, since with a rule of one's own the first argument is the file.
#[derive(Clone)]
struct Preferred;

impl TypedValueParser for Preferred {
    type Value = OsString;

    fn parse_ref(&self, _: &Command, _: Option<&Arg>, value: &OsStr) -> Result<OsString, clap::Error> {
        Ok(value.into())
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(PRESETS.into_iter().map(|preset| PossibleValue::new(preset.name).help(preset.title))))
    }
}

impl Options {
    /// Whose rule, and which file.
    fn subject(&self) -> Result<(Rule, Option<PathBuf>), Failure> {
        let first = self.policy.as_deref();
        match (self.source.rule()?, first, &self.file) {
            (Some(rule), file, None) => Ok((rule, file.map(PathBuf::from))),
            (Some(_), _, Some(_)) => {
                Err(Failure::Use("whose rule: a POLICY and one of your own; wanted is one of the two".into()))
            }
            (None, None, _) => Err(Failure::Use(rule::WHOSE.clone())),
            // What it is instead is not said: it may be a password.
            (None, Some(first), file) => match first.to_str().and_then(Preset::named) {
                Some(preset) => Ok((preset.into(), file.clone())),
                None => Err(Failure::Use(rule::WHOSE.clone())),
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

/// A violation with the figures that it has.
#[derive(Serialize, Default)]
struct Reason {
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wanted: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    classes: Vec<&'static str>,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let (rule, file) = options.subject()?;
    let policy = rule.policy;
    // English needs no file, and is faster.
    let language = Messages::named(&options.language).filter(|_| options.language != "en");
    let format = match options.format {
        Format::Text => Printed::Text(language.as_ref()),
        Format::Json => Printed::Json,
    };
    let mut input = Input::open(file.as_deref(), options.quiet)?;
    let mut output = Output::open(None, false)?;
    let mut report = Report::default();
    // Verdicts are printed one after another, by one thread.
    let pool = super::pool(options.threads, if options.quiet { u64::MAX } else { 1 })?;
    let mut progress = Progress::of_bytes(input.size(), !options.quiet);
    let trouble = loop {
        let block = match input.next() {
            Ok(Some(block)) => block,
            Ok(None) => break None,
            Err(failure) => break Some(failure),
        };
        if options.quiet {
            report += pool.install(|| policy.par_count_lines(block));
        } else if let Err(failure) = print(policy, block, &format, &mut report, &mut output) {
            break Some(failure);
        }
        progress.add(block.len() as u64);
    };
    drop(progress);
    // What was found before the trouble is told all the same.
    match (trouble, output.finish()) {
        (Some(Failure::ClosedPipe), _) | (None, Err(Failure::ClosedPipe)) => Ok(unfinished(&report)),
        (Some(trouble), _) | (None, Err(trouble)) => {
            super::say(&summary(&report, rule.name));
            Err(trouble)
        }
        (None, Ok(())) => {
            super::say(&summary(&report, rule.name));
            Ok(status(&report))
        }
    }
}

/// Prints the verdict on each line of a block.
fn print(
    policy: &'static Policy,
    block: &[u8],
    format: &Printed<'_>,
    report: &mut Report,
    output: &mut Output,
) -> Result<(), Failure> {
    let mut printed = Ok(());
    policy.check_lines(block, |verdict| {
        // After a failure, the rest of the block was neither told nor counted.
        if printed.is_err() {
            return;
        }
        report.add(&verdict);
        let line = report.lines();
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

fn summary(report: &Report, name: &str) -> String {
    let (lines, compliant) = (report.lines(), report.compliant());
    let plural = if lines == 1 { "" } else { "s" };
    let rest = lines - compliant;
    let mut text = format!("{lines} line{plural}, {compliant} compliant with {name}, {rest} not");
    for code in ViolationKind::ALL.into_iter().filter(|&code| report.count(code) > 0) {
        text += &format!("{}{code} {}", if text.contains(": ") { ", " } else { ": " }, report.count(code));
    }
    text
}

fn status(report: &Report) -> ExitCode {
    ExitCode::from(if report.compliant() < report.lines() { NOT_COMPLIANT } else { 0 })
}

/// Where the output was closed before the last line: not all good, as far as anybody knows.
fn unfinished(report: &Report) -> ExitCode {
    ExitCode::from(if report.compliant() < report.lines() { NOT_COMPLIANT } else { super::FAILED })
}

impl Record {
    fn new(line: u64, verdict: &Result<(), Violations<'static>>) -> Self {
        let violations =
            verdict.as_ref().err().into_iter().flat_map(Violations::iter).map(Reason::from).collect();
        Self { line, compliant: verdict.is_ok(), violations }
    }
}

impl From<Violation<'static>> for Reason {
    fn from(violation: Violation<'static>) -> Self {
        let code = violation.kind().as_str();
        let names =
            |classes: sip_password::Classes<'static>| classes.iter().map(|class| class.name()).collect();
        let figures =
            |found, wanted| Self { code, found: Some(found), wanted: Some(wanted), ..Self::default() };
        match violation {
            Violation::TooShort { found, wanted }
            | Violation::TooLong { found, wanted }
            | Violation::RunTooLong { found, wanted } => figures(found, wanted),
            Violation::NotAscii { found, first } | Violation::NotAllowed { found, first } => {
                Self { code, found: Some(found), first: Some(first), ..Self::default() }
            }
            Violation::TooFewClasses { found, wanted, missing } => {
                Self { classes: names(missing), ..figures(found, wanted) }
            }
            Violation::TooFewOfClass { class, found } => {
                Self { classes: vec![class.name()], ..figures(found, class.minimum().into()) }
            }
            Violation::WrongFirst { wanted } => Self { code, classes: names(wanted), ..Self::default() },
            _ => Self { code, ..Self::default() },
        }
    }
}
