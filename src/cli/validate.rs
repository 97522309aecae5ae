//! `sip-password validate`

use std::{io::Write, path::PathBuf, process::ExitCode};

use clap::{Args, ValueEnum};
use serde::Serialize;
use sip_password::{Code, Preset, Violation, Violations};

use super::{NOT_COMPLIANT, failure::Failure, input::Lines, output::Output, progress::Progress};

/// Say of each line of a file whether it is a compliant password, and why not
///
/// The verdicts go to standard output and a summary to standard error. No password is ever printed.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sip-password validate huawei passwords.txt
  sip-password validate exotel --format json < passwords.txt | jq 'select(.compliant | not)'
  sip-password validate huawei --quiet passwords.txt && echo all good

Exit status: 0 all lines are compliant, 1 some are not, 2 wrong use or an input or output error.")]
pub(super) struct Options {
    /// Whose rule to follow
    #[arg(value_parser = super::policies(), value_name = "POLICY")]
    policy: &'static Preset,
    /// A file with one password a line; standard input where it is missing or -
    file: Option<PathBuf>,
    /// How to print the verdicts
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Print the summary only
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// `LINE: ok`, or `LINE: ` and the codes with their figures
    Text,
    /// One object a line
    Json,
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
    let mut lines = Lines::open(options.file.as_deref(), options.quiet)?;
    let mut output = Output::open(None, false)?;
    let mut summary = Summary::default();
    let mut progress = Progress::of_bytes(lines.size(), !options.quiet);
    let trouble = loop {
        let (line, password) = match lines.next() {
            Ok(Some(next)) => next,
            Ok(None) => break None,
            Err(failure) => break Some(failure),
        };
        let bytes = password.len() as u64 + 1;
        let verdict = options.policy.policy.check(password).map(drop);
        summary.add(&verdict);
        if !options.quiet {
            let printed = output.record(|to| match options.format {
                Format::Text => match &verdict {
                    Ok(()) => writeln!(to, "{line}: ok"),
                    Err(violations) => writeln!(to, "{line}: {violations}"),
                },
                Format::Json => {
                    serde_json::to_writer(&mut *to, &Record::new(line, &verdict))?;
                    to.write_all(b"\n")
                }
            });
            if let Err(Failure::ClosedPipe) = printed {
                return Ok(summary.unfinished());
            }
            printed?;
        }
        progress.add(bytes);
    };
    drop(progress);
    // What was found before the trouble is told all the same.
    match output.finish() {
        Err(Failure::ClosedPipe) => return Ok(summary.unfinished()),
        finished => finished?,
    }
    super::say(&summary.text(options.policy));
    trouble.map_or_else(|| Ok(summary.status()), Err)
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
        let code = violation.code().as_str();
        let names =
            |classes: sip_password::Classes<'static>| classes.iter().map(|class| class.name).collect();
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
                Self { classes: vec![class.name], ..figures(found, class.minimum.into()) }
            }
            Violation::WrongFirst { wanted } => Self { code, classes: names(wanted), ..Self::default() },
            _ => Self { code, ..Self::default() },
        }
    }
}

/// How many lines, and how often each code.
#[derive(Default)]
struct Summary {
    lines: u64,
    not_compliant: u64,
    codes: [u64; Code::ALL.len()],
}

impl Summary {
    fn add(&mut self, verdict: &Result<(), Violations<'_>>) {
        self.lines += 1;
        let Err(violations) = verdict else { return };
        self.not_compliant += 1;
        for (count, code) in self.codes.iter_mut().zip(Code::ALL) {
            *count += u64::from(violations.codes().contains(code));
        }
    }

    fn text(&self, preset: &Preset) -> String {
        let Self { lines, not_compliant, codes } = self;
        let plural = if *lines == 1 { "" } else { "s" };
        let mut text = format!(
            "{lines} line{plural}, {} compliant with {}, {not_compliant} not",
            lines - not_compliant,
            preset.name
        );
        for (count, code) in codes.iter().zip(Code::ALL).filter(|&(&count, _)| count > 0) {
            text += &format!("{}{code} {count}", if text.contains(": ") { ", " } else { ": " });
        }
        text
    }

    fn status(&self) -> ExitCode {
        ExitCode::from(if self.not_compliant > 0 { NOT_COMPLIANT } else { 0 })
    }

    /// Where the output was closed before the last line: not all good, as far as anybody knows.
    fn unfinished(&self) -> ExitCode {
        ExitCode::from(if self.not_compliant > 0 { NOT_COMPLIANT } else { super::FAILED })
    }
}
