//! `sip-password generate`

mod list;

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    str::{self, FromStr},
};

use clap::{Args, ValueEnum};
use sip_password::Job;

use super::{
    csv,
    error::CommandError,
    json::Object,
    output::Output,
    policy::{
        accepted_by::AcceptedBy,
        fits::Fits,
        known::{Known, KnownParser},
        options::{Exclusions, Length, MISSING, PolicySource},
        own_rule::OwnRule,
        words::Words,
    },
    progress::{Progress, while_waiting},
    seed,
    usage::number,
};
use list::ListOptions;

/// Generate passwords, uniformly at random among the compliant ones of the policy's alphabet
///
/// The random bits are the keystream of ChaCha20, whose seed comes from the operating system or from a file.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sip-password generate huawei
  sip-password generate exotel --length 24 --count 1000 --format csv --output new.csv
  sip-password generate huawei --exclude '0O1lI' --count 5
  sip-password generate huawei --bits 80 --safe-for uri,freeswitch
  sip-password generate --min-length 12 --special '!@#' --require upper,lower,digit
  sip-password generate --policy-file examples/policies/huawei-tenant.toml
  sip-password generate nxcloud --format json | jq -r .password
  sip-password generate huawei --accepted-by twilio,cisco-phone    what all three accept
  sip-password generate huawei --for users.csv --output new.csv
  sip-password generate huawei --for users.csv --not-containing user --output new.csv

A job in 64 parts with GNU parallel; each part can be repeated by itself:
  sip-password generate --new-seed seed
  parallel -k sip-password generate huawei --count 1000000000 --threads 1 \\
      --seed-file seed --part {}/64 ::: $(seq 64) > passwords")]
pub(super) struct Options {
    /// The policy to follow: exotel, huawei, nxcloud, nxcloud-random, or a name of explain --all
    #[arg(value_parser = KnownParser, hide_possible_values = true, value_name = "POLICY")]
    policy: Option<Known>,
    #[command(flatten)]
    source: PolicySource,
    #[command(flatten)]
    length: Length,
    /// The number of passwords
    #[arg(long, short = 'n', value_name = "N", default_value_t = 1, value_parser = number::<u64>(0..=u64::MAX), allow_negative_numbers = true)]
    count: u64,
    #[command(flatten)]
    exclusions: Exclusions,
    #[command(flatten)]
    accepted_by: AcceptedBy,
    #[command(flatten)]
    fits: Fits,
    #[command(flatten)]
    words: Words,
    #[command(flatten)]
    list: ListOptions,
    #[cfg(feature = "provision")]
    #[command(flatten)]
    template: super::provision::TemplateOptions,
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
    #[arg(long, value_name = "N", value_parser = number::<u16>(1..=super::MAX_THREADS))]
    threads: Option<u16>,
    /// Make only the I-th of N parts of the --count, such as 2/8
    ///
    /// With the same --seed-file, the parts in order are the same bytes as the output without --part; the first part has the
    /// header of CSV. Without a seed file, each part has its own seed.
    #[arg(long, value_name = "I/N")]
    part: Option<Part>,
    /// Read the seed from a file of 32 bytes; - stands for standard input
    ///
    /// For a job that is spread over machines or must be repeatable. The same seed, policy, length and exclusions give the
    /// same passwords in every format. Whoever has the file can make the passwords again, so keep it as secret as they are.
    /// Make a new file for each job, with --new-seed. A file that others can read is refused (this is not checked on Windows).
    #[arg(long, value_name = "FILE")]
    seed_file: Option<PathBuf>,
    /// Write a new seed to a new file that only its owner can read, for --seed-file, and generate nothing
    #[arg(long, value_name = "FILE", exclusive = true)]
    new_seed: Option<PathBuf>,
    #[command(flatten)]
    rule: OwnRule,
}

/// One of several parts. Parts count from 1.
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

pub(super) fn run(options: &Options) -> Result<ExitCode, CommandError> {
    if let Some(path) = &options.new_seed {
        seed::write(path)?;
        return Ok(ExitCode::SUCCESS);
    }
    let named = options.rule.or_none(&options.source, options.policy)?;
    let named = options.accepted_by.or_none(named, &options.source)?;
    let mut named = options.fits.of(named.ok_or_else(|| CommandError::new(MISSING.as_str()))?)?;
    if !options.list.is_given() {
        named = options.words.of(named)?;
    }
    let narrowed = named.without(&options.exclusions, &options.length)?;
    let (policy, length) = (narrowed.policy(), narrowed.length(&options.length)?);
    let entropy = narrowed.counts().entropy(length);

    #[cfg(feature = "provision")]
    let record = options.record()?;
    let list = options.list.open(options.words.names())?;
    let is_text = options.format == Format::Text && list.is_none();
    let separator: &[u8] = if is_text { b"\n" } else { b"" };
    // What must be counted for rare passwords may take long.
    let bulk = while_waiting("counting the policy's passwords", || policy.bulk(length, separator));
    let bulk = bulk.map_err(|error| CommandError::new(error.to_string()))?;
    // A list has fewer rows than that.
    let count = if list.is_some() { u64::MAX } else { options.count };
    let whole = Job::new(bulk, count, seed::seed(options.seed_file.as_deref())?);

    named.report_doubts();
    if super::is_weak(entropy) {
        super::report(&format!("sip-password: {entropy:.2} bits of entropy; weak: {}", super::WEAK));
    }
    let path = options.output.as_deref().filter(|&path| path != Path::new("-"));
    let mut output = Output::open(path, options.force)?;
    if let Some(list) = list {
        let mut progress = Progress::of_bytes(list.size(), path.is_none());
        let mut filler = list.begin(policy, length, &mut output, &mut progress)?;
        let ended = super::pool(options.threads, u64::MAX)?.install(|| whole.write(&mut filler, |_| {}));
        filler.finish(ended)?;
    } else {
        let policy = narrowed.named.name();
        let printer =
            Printer { output: &mut output, format: options.format, policy, length, entropy, error: None };
        print(whole, options, printer, path.is_none())?;
    }
    output.finish()?;
    #[cfg(feature = "provision")]
    if let Some(list) = record {
        let (column, delimiter) = options.list.new_column();
        super::provision::from_list(Some(list), column, delimiter, &options.template, None, options.force)
            .map_err(|error| {
                CommandError::new(format!("{error}. The passwords are in {list:?}, which provision reads"))
            })?;
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(feature = "provision")]
impl Options {
    /// The list that is written, if a template makes files of it: HA1 in a phone's file is no copy of a password.
    fn record(&self) -> Result<Option<&Path>, CommandError> {
        if !self.template.is_given() {
            return Ok(None);
        }
        self.template.check()?;
        let output = self.output.as_deref().filter(|&path| path != Path::new("-"));
        match (self.list.is_given(), self.template.has_directory(), output) {
            (true, true, Some(output)) => Ok(Some(output)),
            _ => Err(CommandError::new(
                "--template: expected --for with a list, --output for the list with its passwords, and --output-dir for the template's files",
            )),
        }
    }
}

/// Prints the passwords of a job, or of its part.
fn print(
    whole: Job<'_>,
    options: &Options,
    mut printer: Printer<'_>,
    prints: bool,
) -> Result<(), CommandError> {
    let Part { number, of } = options.part.unwrap_or(Part { number: 1, of: 1 });
    let job = whole.part(number, of).expect("a `Part` is one of the parts");
    let mut progress = Progress::of_passwords(job.count(), prints);
    if options.format == Format::Csv && number == 1 {
        printer.output.record(|to| csv::write_row(&["password"], to))?;
    }
    let mut before = 0;
    let written = super::pool(options.threads, job.count().div_ceil(Job::BLOCK))?.install(|| {
        job.write(&mut printer, |done| {
            progress.add(done - before);
            before = done;
        })
    });
    drop(progress);
    written.map_err(|error| printer.error.unwrap_or_else(|| CommandError::new(error.to_string())))
}

/// Receives passwords from the job, many at once, and prints them.
struct Printer<'a> {
    output: &'a mut Output,
    format: Format,
    policy: &'a str,
    length: usize,
    entropy: f64,
    /// The error behind the [`io::Error`] that the job returns.
    error: Option<CommandError>,
}

impl Printer<'_> {
    fn print(&mut self, passwords: &[u8]) -> Result<(), CommandError> {
        if self.format == Format::Text {
            return self.output.records(passwords);
        }
        for password in passwords.chunks_exact(self.length) {
            let password = str::from_utf8(password).expect("passwords are ASCII");
            self.output.record(|to| match self.format {
                Format::Json => {
                    Object::begin(to)
                        .member("policy", self.policy)
                        .member("password", password)
                        .member("length", &self.length)
                        .member("entropy", &self.entropy)
                        .end();
                    to.push(b'\n');
                }
                _ => csv::write_row(&[password], to),
            })?;
        }
        Ok(())
    }
}

impl Write for Printer<'_> {
    fn write(&mut self, passwords: &[u8]) -> io::Result<usize> {
        self.print(passwords).map_err(|error| {
            self.error = Some(error);
            io::ErrorKind::Other
        })?;
        Ok(passwords.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
