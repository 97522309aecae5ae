//! This library, the floors and the peers side by side in one run, and their ratios; see `README.md`.

mod command;
mod estimates;
mod floors;
mod measure;
mod ours;
mod peers;
mod plot;
mod report;
mod rows;
mod table;
mod work;

use std::{error::Error, path::Path, time::Duration};

use criterion::Criterion;
use sip_password::InstructionSet;

use crate::estimates::Estimates;

/// The environment variable with the instruction set that the library is limited to: `avx2` or `portable`.
const INSTRUCTION_SET: &str = "INSTRUCTION_SET";

fn main() -> Result<(), Box<dyn Error>> {
    match std::env::var(INSTRUCTION_SET).as_deref() {
        Err(_) => {}
        Ok("avx2") => InstructionSet::Avx2.limit(),
        Ok("portable") => InstructionSet::Portable.limit(),
        Ok(other) => {
            return Err(format!("{INSTRUCTION_SET}: expected avx2 or portable, found {other}").into());
        }
    }
    println!("instruction set: {:?}", InstructionSet::current());
    // Criterion's own default, stated so that the estimates can be found there.
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("criterion");
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        // Resampling is for the confidence intervals on the screen alone, which need no more.
        .nresamples(2000)
        .without_plots()
        .output_directory(&directory)
        .configure_from_args();
    let estimates = Estimates::new(directory);

    floors::floors(&mut criterion);
    ours::generate(&mut criterion);
    ours::stream(&mut criterion);
    ours::bulk(&mut criterion);
    ours::rare(&mut criterion);
    ours::threads(&mut criterion);
    command::command(&mut criterion)?;
    ours::check(&mut criterion);
    ours::rules(&mut criterion);
    peers::generation(&mut criterion);
    peers::validation(&mut criterion);

    report::report(&estimates)
}
