//! The evidence for what the library says of its passwords: statistics against exact expected values, and the figures
//! and the plot of `docs/EVIDENCE.md`; see `README.md`.

mod case;
mod chi_square;
mod exact;
mod figures;
mod plot;
mod seed;
mod source;
mod statistics;
mod suite;
mod tally;

use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand, value_parser};

use crate::seed::Seed;

/// The evidence for what docs/EVIDENCE.md says.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Chi-square tests of every preset, and of biased generators, which must be caught; exit status 1 otherwise
    Statistics {
        /// How many passwords of each preset, length and generator
        // With fewer, the digits by the remainder of a byte, which are 2 % off, need not show.
        #[arg(long, default_value_t = 1_000_000, value_parser = value_parser!(u64).range(300_000..))]
        count: u64,
        /// What the passwords are made of, 64 hexadecimal digits
        #[arg(long, value_name = "HEX", default_value_t)]
        seed: Seed,
    },
    /// Draws how many digits passwords have: exact, the library's, and those of a biased generator
    Plot {
        /// Where the SVG image goes
        #[arg(long)]
        output: PathBuf,
        /// How many passwords of each generator
        #[arg(long, default_value_t = 1_000_000, value_parser = value_parser!(u64).range(100_000..))]
        count: u64,
        /// What the passwords are made of, 64 hexadecimal digits
        #[arg(long, value_name = "HEX", default_value_t)]
        seed: Seed,
    },
    /// Prints the tables of exact numbers in docs/EVIDENCE.md
    Figures,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("evidence: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Statistics { count, seed } => {
            let report = statistics::statistics(count, &seed)?;
            print(&report.to_string())?;
            let complaints = report.complaints();
            if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\nevidence: ")) }
        }
        Command::Plot { output, count, seed } => {
            let image = plot::plot(count, &seed)?;
            fs::write(&output, image).map_err(|error| format!("{}: {error}", output.display()))
        }
        Command::Figures => print(&figures::figures()?),
    }
}

/// To standard output; that nobody reads it is an error and no panic.
fn print(text: &str) -> Result<(), String> {
    io::stdout().write_all(text.as_bytes()).map_err(|error| format!("standard output: {error}"))
}
