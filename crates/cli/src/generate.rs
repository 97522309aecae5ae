//! `sip-password generate`

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    str::{self, FromStr},
};

use clap::{Args, ValueEnum};
use serde::Serialize;
use sip_password::{Job, Preset};

use super::{csv, failure::Failure, output::Output, progress::Progress, rule, seed};

/// Generate passwords, uniformly at random among the compliant ones
///
/// The random bits are the keystream of ChaCha20, whose seed comes from the operating system or from a file.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sip-password generate huawei
  sip-password generate exotel --length 24 --count 1000 --format csv --output new.csv
  sip-password generate huawei --exclude '0O1lI' --count 5
  sip-password generate huawei --bits 80 --safe-for uri,asterisk
  sip-password generate --policy-file examples/policies/huawei-tenant.toml
  sip-password generate nxcloud --format json | jq -r .password

A job in 64 parts with GNU parallel; each part can be repeated by itself:
  umask 077; head -c 32 /dev/urandom > seed
  parallel -k sip-password generate huawei --count 1000000000 --threads 1 \
      --seed-file seed --part {}/64 ::: $(seq 64) > passwords")]
pub(super) struct Options {
    /// The policy to follow
    #[arg(value_parser = rule::presets(), value_name = "POLICY")]
    policy: Option<&'static Preset>,
    #[command(flatten)]
    source: rule::Source,
    #[command(flatten)]
    length: rule::Length,
    /// The number of passwords
    #[arg(long, short = 'n', value_name = "N", default_value_t = 1)]
    count: u64,
    #[command(flatten)]
    exclusions: rule::Exclusions,
    /// The output format
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write to a new file that only its owner can read; - stands for standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite an existing file
    #[arg(long, requires = "output")]
    force: bool,
    /// The number of threads, which makes no difference to the passwords [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=super::MAX_THREADS))]
    threads: Option<u16>,
    /// Make only the I-th of N parts of the --count, such as 2/8
    ///
    /// With one --seed-file, the parts in order are the same bytes as without --part; the first one has the header of CSV.
    /// Without a seed file, each part has its own seed.
    #[arg(long, value_name = "I/N")]
    part: Option<Part>,
    /// Read the seed from a file of 32 bytes; - stands for standard input
    ///
    /// For a job that is spread over machines or must be repeatable. The same seed, policy, length and exclusions give the
    /// same passwords in every format. Whoever has the file can make them again, so it is as secret as they are. Make a new
    /// one for each job: head -c 32 /dev/urandom
    #[arg(long, value_name = "FILE")]
    seed_file: Option<PathBuf>,
}

/// One part of several, from 1.
#[derive(Clone, Copy)]
struct Part {
    number: u64,
    of: u64,
}

impl FromStr for Part {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers = text.split_once('/');
        let parsed = numbers.and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match parsed {
            Some((number, of)) if (1..=of).contains(&number) => Ok(Self { number, of }),
            _ => Err("expected I/N with I from 1 to N, such as 2/8"),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One password a line, and nothing else
    Text,
    /// One column with the header `password`
    Csv,
    /// One object a line
    Json,
}

/// One line of `--format json`.
#[derive(Serialize)]
struct Record<'a> {
    policy: &'a str,
    password: &'a str,
    length: usize,
    entropy: f64,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let rule = options.source.or(options.policy)?;
    let narrowed = rule.without(&options.exclusions, &options.length)?;
    let (policy, length) = (narrowed.policy(), narrowed.length(&options.length)?);
    let entropy = narrowed.counts().entropy(length);

    let separator: &[u8] = if options.format == Format::Text { b"\n" } else { b"" };
    let bulk = policy.bulk(length, separator).map_err(|error| Failure::Use(error.to_string()))?;
    let whole = Job::new(bulk, options.count, seed::seed(options.seed_file.as_deref())?);
    let Part { number, of } = options.part.unwrap_or(Part { number: 1, of: 1 });
    let job = whole.part(number, of).expect("a `Part` is one of the parts");

    if super::is_weak(entropy) {
        super::say(&format!("sip-password: {entropy:.2} bits of entropy; weak: {}", super::WEAK));
    }
    let path = options.output.as_deref().filter(|&path| path != Path::new("-"));
    let mut output = Output::open(path, options.force)?;
    let mut progress = Progress::of_passwords(job.count(), path.is_none());
    if options.format == Format::Csv && number == 1 {
        output.record(|to| csv::row(&["password"], to))?;
    }
    let mut printer = Printer {
        output: &mut output,
        format: options.format,
        record: Record { policy: narrowed.rule.name(), password: "", length, entropy },
        failure: None,
    };
    let mut before = 0;
    let written = super::pool(options.threads, job.count().div_ceil(Job::BLOCK))?.install(|| {
        job.write(&mut printer, |done| {
            progress.add(done - before);
            before = done;
        })
    });
    drop(progress);
    written.map_err(|error| printer.failure.unwrap_or_else(|| Failure::Use(error.to_string())))?;
    output.finish()?;
    Ok(ExitCode::SUCCESS)
}

/// Receives passwords from the job, many at once, and prints them.
struct Printer<'a> {
    output: &'a mut Output,
    format: Format,
    /// Without the password.
    record: Record<'a>,
    /// The failure behind the [`io::Error`] that the job reports.
    failure: Option<Failure>,
}

impl Printer<'_> {
    fn print(&mut self, passwords: &[u8]) -> Result<(), Failure> {
        if self.format == Format::Text {
            return self.output.records(passwords);
        }
        for password in passwords.chunks_exact(self.record.length) {
            let password = str::from_utf8(password).expect("passwords are ASCII");
            self.output.record(|to| match self.format {
                Format::Json => {
                    serde_json::to_writer(&mut *to, &Record { password, ..self.record })?;
                    to.write_all(b"\n")
                }
                _ => csv::row(&[password], to),
            })?;
        }
        Ok(())
    }
}

impl Write for Printer<'_> {
    fn write(&mut self, passwords: &[u8]) -> io::Result<usize> {
        self.print(passwords).map_err(|failure| {
            self.failure = Some(failure);
            io::ErrorKind::Other
        })?;
        Ok(passwords.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
