//! The evidence for the library's claims about its passwords: statistics against exact expected values, and the figures and the plot of
//! `docs/EVIDENCE.md`; see `README.md`.

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

/// The evidence for docs/EVIDENCE.md.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Chi-square tests of every preset, and of biased generators, which must be rejected; exit status 1 otherwise
    Statistics {
        /// The number of passwords of each preset, length and generator
        // With fewer, digits by the remainder of a byte, which are 2 % off, might not be noticed.
        #[arg(long, default_value_t = 1_000_000, value_parser = value_parser!(u64).range(300_000..))]
        count: u64,
        /// The seed of the passwords, 64 hexadecimal digits
        #[arg(long, value_name = "HEX", default_value_t)]
        seed: Seed,
    },
    /// Draws the distribution of the number of digits: exact, the library's, and that of a biased generator
    Plot {
        /// The path of the SVG image
        #[arg(long)]
        output: PathBuf,
        /// The number of passwords of each generator
        #[arg(long, default_value_t = 1_000_000, value_parser = value_parser!(u64).range(100_000..))]
        count: u64,
        /// The seed of the passwords, 64 hexadecimal digits
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

/// Writes to standard output. A closed pipe is an error, not a panic.
fn print(text: &str) -> Result<(), String> {
    io::stdout().write_all(text.as_bytes()).map_err(|error| format!("standard output: {error}"))
}
