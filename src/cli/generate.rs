//! `sip-password generate`

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, ValueEnum};
use getrandom::SysRng;
use serde::Serialize;
use sip_password::{CharSet, Keystream, MAX_LENGTH, Policy, PolicyError, Preset};
use zeroize::Zeroizing;

use super::{failure::Failure, output::Output, progress::Progress};

/// Generate passwords, each compliant one equally likely
///
/// The random bits are the keystream of ChaCha20, whose seed comes from the operating system.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sip-password generate huawei
  sip-password generate exotel --length 24 --count 1000 --format csv --output new.csv
  sip-password generate huawei --exclude '0O1lI' --count 5
  sip-password generate nxcloud --format json | jq -r .password")]
pub(super) struct Options {
    /// Whose rule to follow
    #[arg(value_parser = super::policies(), value_name = "POLICY")]
    policy: &'static Preset,
    /// How many characters each password has [default: 16, or 6 for nxcloud-random]
    #[arg(long, short, value_name = "N")]
    length: Option<usize>,
    /// How many passwords
    #[arg(long, short = 'n', value_name = "N", default_value_t = 1)]
    count: u64,
    /// Characters that no password may have, such as '0O1lI'; can be given several times
    ///
    /// Characters that begin with a hyphen are written --exclude='-_'.
    #[arg(long, short = 'x', value_name = "CHARS")]
    exclude: Vec<String>,
    /// How to print them
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write to a new file that only its owner can read; - is standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite the file
    #[arg(long, requires = "output")]
    force: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// One a line, and nothing else
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
    bits: f64,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let preset = options.policy;
    let policy = policy(preset, &options.exclude.concat())?;
    let length = options.length.unwrap_or(policy.rules().default_length.into());
    super::possible(preset, &policy, length)?;

    let mut rng = Keystream::from_source(&mut SysRng)
        .map_err(|error| Failure::Use(format!("the operating system gives no random bits: {error}")))?;
    let mut room = Zeroizing::new([0; MAX_LENGTH]);
    let buffer = &mut room[..length];
    let bits = policy.bits(length);

    if super::is_weak(bits) {
        super::say(&format!("sip-password: {bits:.2} bits each; weak: {}", super::WEAK));
    }
    let path = options.output.as_deref().filter(|&path| path != Path::new("-"));
    let mut output = Output::open(path, options.force)?;
    let mut progress = Progress::of_passwords(options.count, path.is_none());
    if let Format::Csv = options.format {
        output.record(|to| csv_row("password", to))?;
    }
    for _ in 0..options.count {
        let password = policy
            .generate(&mut rng, buffer)
            .map_err(|error| Failure::Use(error.to_string()))?
            .expose_secret();
        output.record(|to| match options.format {
            Format::Text => {
                to.extend_from_slice(password.as_bytes());
                to.push(b'\n');
                Ok(())
            }
            Format::Csv => csv_row(password, to),
            Format::Json => {
                serde_json::to_writer(&mut *to, &Record { policy: preset.name, password, length, bits })?;
                to.write_all(b"\n")
            }
        })?;
        progress.add(1);
    }
    drop(progress);
    output.finish()?;
    Ok(ExitCode::SUCCESS)
}

/// The preset's policy without the characters of `exclude`.
fn policy(preset: &Preset, exclude: &str) -> Result<Policy<'static>, Failure> {
    let unwanted = CharSet::new(exclude).map_err(|error| {
        Failure::Use(format!("--exclude: {error}; passwords are of ASCII characters only"))
    })?;
    preset.policy.excluding(unwanted).map_err(|error| {
        Failure::Use(match error {
            PolicyError::NothingToGenerate => format!(
                "--exclude: without these characters no password satisfies {}: see sip-password explain {}",
                preset.name, preset.name
            ),
            error => format!("{}: {error}", preset.name),
        })
    })
}

/// Writes one field as a row, quoted where it must be.
fn csv_row(field: &str, to: &mut Vec<u8>) -> io::Result<()> {
    let mut writer = csv_core::Writer::new();
    // Every character doubled and two quotes is the most that it can become.
    let mut row = Zeroizing::new([0; 2 * MAX_LENGTH + 2 + 1]);
    let (_, _, field_end) = writer.field(field.as_bytes(), &mut *row);
    let (_, end) = writer.terminator(&mut row[field_end..]);
    to.write_all(&row[..field_end + end])
}
