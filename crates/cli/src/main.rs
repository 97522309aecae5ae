//! The command `sip-password`: its subcommands, and the exit status that it returns to the shell.

// Not `forbid`: the macro of `ctor` in `standard_output` allows it for the code that it makes.
#![deny(unsafe_code)]

#[cfg(feature = "registered")]
mod certificates;
#[cfg(feature = "submit")]
mod connection;
mod csv;
#[cfg(feature = "demo")]
mod demo;
#[cfg(feature = "strength")]
mod deny_list;
mod encoding;
mod error;
mod explain;
mod generate;
#[cfg(feature = "submit")]
mod headers;
#[cfg(feature = "submit")]
mod hook;
mod input;
mod json;
mod list;
mod manual;
mod new_policy;
mod output;
mod permissions;
mod policy;
mod private_file;
mod progress;
#[cfg(feature = "submit")]
#[cfg_attr(not(feature = "rotate"), expect(dead_code, reason = "only rotate needs the fleets"))]
mod providers;
#[cfg(feature = "provision")]
mod provision;
#[cfg(feature = "registered")]
mod registered;
#[cfg(feature = "rotate")]
mod rotate;
#[cfg(feature = "submit")]
#[cfg_attr(
    not(feature = "rotate"),
    expect(dead_code, reason = "only rotate asks where the file of secrets is")
)]
mod secrets;
mod seed;
mod signals;
mod standard_output;
#[cfg(feature = "submit")]
mod submit;
mod usage;
mod validate;
mod welcome;

use std::{
    io::{self, Write},
    process::ExitCode,
    thread,
};

use clap::{Parser, Subcommand};
use rayon::{ThreadPool, ThreadPoolBuilder};
use sip_password::InstructionSet;

use error::CommandError;

/// The exit status if a password is not compliant, or is weak.
const NOT_COMPLIANT: u8 = 1;
/// The exit status of wrong usage and of input and output errors, as `clap` has it too.
const FAILED: u8 = 2;

/// Generate, validate, explain and set SIP phone passwords for Huawei Cloud, Exotel and NXCloud
#[derive(Parser)]
#[command(name = "sip-password", version, disable_version_flag = true)]
#[command(after_help = EXIT_STATUS, after_long_help = EXAMPLES)]
struct Cli {
    /// Print the version
    #[arg(short = 'V', long)]
    version: bool,
    /// With --version, also print which processor instructions make and check many passwords
    #[arg(long, requires = "version")]
    verbose: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

const EXIT_STATUS: &str = "\
Exit status: 0 success; 1 a password is not compliant; 2 wrong usage, or an input or output error; submit, rotate and registered have \
more; 130 after Ctrl-C.";

const EXAMPLES: &str = "\
Examples:
  sip-password generate huawei                    one password of 16 characters
  sip-password generate exotel --length 24 --count 1000 --format csv --output new.csv
  sip-password generate huawei --exclude '0O1lI'  none of these characters
  sip-password generate huawei --bits 80 --safe-for uri,xml
  sip-password generate --policy-file mine.toml   by a policy of your own
  sip-password validate huawei passwords.txt      a verdict for each line
  sip-password explain                            the policies, side by side

Exit status:
  0  success
  1  a password is not compliant
  2  wrong usage, or an input or output error
submit, rotate and registered have more; 130 after Ctrl-C";

#[derive(Subcommand)]
enum Command {
    Generate(generate::Options),
    Validate(validate::Options),
    Explain(explain::Options),
    Policy(new_policy::Command),
    #[cfg(feature = "strength")]
    DenyList(deny_list::Command),
    #[cfg(feature = "provision")]
    Provision(provision::Options),
    #[cfg(feature = "submit")]
    Submit(submit::Command),
    #[cfg(feature = "rotate")]
    Rotate(rotate::Command),
    #[cfg(feature = "registered")]
    Registered(registered::Options),
    #[cfg(feature = "demo")]
    Demo(demo::Options),
    Completions(manual::CompletionsOptions),
    Man(manual::ManOptions),
}

impl Command {
    fn run(&self) -> Result<ExitCode, CommandError> {
        match self {
            Self::Generate(options) => generate::run(options),
            Self::Validate(options) => validate::run(options),
            Self::Explain(options) => explain::run(options),
            Self::Policy(command) => new_policy::run(command),
            #[cfg(feature = "strength")]
            Self::DenyList(command) => deny_list::run(command),
            #[cfg(feature = "provision")]
            Self::Provision(options) => provision::run(options),
            #[cfg(feature = "submit")]
            Self::Submit(command) => submit::run(command),
            #[cfg(feature = "rotate")]
            Self::Rotate(command) => rotate::run(command),
            #[cfg(feature = "registered")]
            Self::Registered(options) => registered::run(options),
            #[cfg(feature = "demo")]
            Self::Demo(options) => demo::run(options),
            Self::Completions(options) => manual::completions(options),
            Self::Man(options) => manual::man(options),
        }
    }
}

/// Runs the command line, and reports errors on standard error.
fn main() -> ExitCode {
    if let Err(error) = signals::handle() {
        report(&format!("sip-password: {error}"));
        return ExitCode::from(FAILED);
    }
    signals::hide_memory();
    match Cli::try_parse() {
        Ok(Cli { version: true, verbose, .. }) => status(version(verbose)),
        Ok(Cli { command: Some(command), .. }) => status(command.run()),
        Ok(Cli { command: None, .. }) => status(welcome::run()),
        Err(error) => usage::report(error),
    }
}

fn version(verbose: bool) -> Result<ExitCode, CommandError> {
    let mut text = format!("sip-password {}\n", env!("CARGO_PKG_VERSION"));
    if verbose {
        text += &format!("instructions: {}\n", InstructionSet::current());
    }
    standard_output::print(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Reports the error, if there is one, and returns the exit status.
fn status(ended: Result<ExitCode, CommandError>) -> ExitCode {
    match ended {
        Ok(status) => status,
        // The reader of the output has got what they wanted.
        Err(CommandError::ClosedPipe) => ExitCode::SUCCESS,
        Err(error) => {
            report(&format!("sip-password: {error}"));
            ExitCode::from(FAILED)
        }
    }
}

/// Writes a message to standard error. If that fails, there is nobody to report it to.
fn report(message: &str) {
    let _ = writeln!(io::stderr(), "{message}");
}

/// The ending of a noun in the plural, for this count.
const fn plural(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// More threads than any machine has cores. Each takes some memory.
const MAX_THREADS: u64 = 1024;

/// A pool of this many threads, or of one for each core, but of no more than there are pieces of work.
fn pool(threads: Option<u16>, pieces: u64) -> Result<ThreadPool, CommandError> {
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.map_or_else(cores, usize::from);
    let threads = threads.min(usize::try_from(pieces).unwrap_or(usize::MAX)).max(1);
    let pool = ThreadPoolBuilder::new().num_threads(threads).use_current_thread().build();
    pool.map_err(|error| CommandError::new(format!("--threads: cannot start {threads} threads: {error}")))
}

/// With less entropy than this, in bits, the command calls a password weak.
///
/// Whoever records one SIP login can try passwords against its MD5 digest: 2^37 a second on one graphics card, which goes
/// through 2^64 in four years.
const WEAK_BITS: f64 = 64.0;
const WEAK: &str = "whoever records a login can try all passwords";

fn is_weak(entropy: f64) -> bool {
    entropy < WEAK_BITS
}
