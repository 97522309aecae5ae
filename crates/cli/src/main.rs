//! The command `sip-password`: what can be asked of it, and what it answers to the shell.

#![forbid(unsafe_code)]

mod connection;
mod csv;
mod explain;
mod failure;
mod generate;
mod input;
mod manual;
mod output;
mod progress;
mod rotate;
mod rule;
mod secrets;
mod seed;
mod submit;
mod tenant;
mod validate;

use std::{
    io::{self, Write},
    process::ExitCode,
    thread,
};

use clap::{
    Parser, Subcommand,
    error::{ContextKind, ContextValue, ErrorKind},
};
use rayon::{ThreadPool, ThreadPoolBuilder};

use failure::Failure;

/// The exit status where some password is not compliant.
const NOT_COMPLIANT: u8 = 1;
/// The exit status of wrong use and of an input or output error. `clap` has the same.
const FAILED: u8 = 2;

/// Generate, validate and explain SIP phone passwords by the rules of Huawei Cloud, Exotel and NXCloud.
#[derive(Parser)]
#[command(name = "sip-password", version, arg_required_else_help = true, after_help = EXIT_STATUS)]
#[command(after_long_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_STATUS: &str = "Exit status: 0 all good; 1 some password is not compliant; 2 wrong use, or an input \
                           or output error.";

const EXAMPLES: &str = "\
Examples:
  sip-password generate huawei                    one password of 16 characters
  sip-password generate exotel --length 24 --count 1000 --format csv --output new.csv
  sip-password generate huawei --exclude '0O1lI'  none of these characters
  sip-password generate huawei --bits 80 --safe-for uri,xml
  sip-password generate --policy-file mine.toml   by a rule of your own
  sip-password validate huawei passwords.txt      a verdict for each line
  sip-password explain                            the policies, side by side

Exit status:
  0  all good
  1  some password is not compliant
  2  wrong use, or an input or output error";

#[derive(Subcommand)]
enum Command {
    Generate(generate::Options),
    Validate(validate::Options),
    Explain(explain::Options),
    Submit(submit::Options),
    Rotate(rotate::Options),
    Completions(manual::Options),
    /// Print a manual page of the command and of all its subcommands
    #[command(after_help = "Example:\n  sip-password man | man -l -")]
    Man,
}

/// Runs the command line; says on standard error what went wrong.
fn main() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|error| without_stray_values(error).exit());
    let done = match cli.command {
        Command::Generate(options) => generate::run(&options),
        Command::Validate(options) => validate::run(&options),
        Command::Explain(options) => explain::run(&options),
        Command::Submit(options) => submit::run(&options),
        Command::Rotate(options) => rotate::run(&options),
        Command::Completions(options) => manual::completions(&options),
        Command::Man => manual::page(),
    };
    match done {
        Ok(status) => status,
        // Whoever read the output has what they wanted.
        Err(Failure::ClosedPipe) => ExitCode::SUCCESS,
        Err(failure) => {
            say(&format!("sip-password: {failure}"));
            ExitCode::from(FAILED)
        }
    }
}

/// The error without a value that stands where none belongs: it may be a password.
fn without_stray_values(mut error: clap::Error) -> clap::Error {
    let stray = match (error.kind(), error.get(ContextKind::InvalidArg)) {
        (ErrorKind::TooManyValues, _) => ContextKind::InvalidValue,
        (ErrorKind::InvalidValue, Some(ContextValue::String(name))) if name.contains("POLICY") => {
            ContextKind::InvalidValue
        }
        // The name of an option is no secret.
        (ErrorKind::UnknownArgument, Some(ContextValue::String(name)))
            if name.starts_with("--") || name.len() == "-x".len() =>
        {
            return error;
        }
        (ErrorKind::UnknownArgument, _) => ContextKind::InvalidArg,
        _ => return error,
    };
    error.insert(stray, ContextValue::String("***".into()));
    error.remove(ContextKind::Suggested);
    error
}

/// Says something on standard error. Where nobody can hear it, there is nobody to tell that either.
fn say(what: &str) {
    let _ = writeln!(io::stderr(), "{what}");
}

/// Each takes some memory. More than any machine has cores.
const MAX_THREADS: i64 = 1024;

/// So many threads, or one for each core, but no more than there is work for.
fn pool(threads: Option<u16>, work: u64) -> Result<ThreadPool, Failure> {
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.map_or_else(cores, usize::from);
    let threads = threads.min(usize::try_from(work).unwrap_or(usize::MAX)).max(1);
    let pool = ThreadPoolBuilder::new().num_threads(threads).use_current_thread().build();
    pool.map_err(|error| Failure::Use(format!("--threads: cannot start {threads}: {error}")))
}

/// Under so many bits, the command calls a password weak.
///
/// Whoever records one SIP login can try passwords against its MD5 digest: 2^37 a second on one
/// graphics card, which goes through 2^64 in four years.
const WEAK_BITS: f64 = 64.0;
const WEAK: &str = "whoever records a login can try them all";

fn is_weak(bits: f64) -> bool {
    bits < WEAK_BITS
}
