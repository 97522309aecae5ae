//! The end of a run: the table on the screen and, if requested, table and plot in files.

use std::{env, error::Error, fs, path::Path, process::Command};

use crate::{
    estimates::{Estimates, Time},
    plot::plot,
    rows::{Cost, GENERATION, Measured, Row, VALIDATION},
    table::table,
};

/// The environment variable with the directory for `ratios.md` and `ratios.svg`.
const REPORT: &str = "REPORT";

/// Prints the table, unless nothing was measured.
pub(crate) fn report(estimates: &Estimates) -> Result<(), Box<dyn Error>> {
    let generation = measured(GENERATION, estimates)?;
    let validation = measured(VALIDATION, estimates)?;
    let rows = [generation.as_slice(), &validation].concat();
    if rows.is_empty() {
        return Ok(());
    }
    let table = table(&rows);
    println!("\nTime for one password, and ratios: median ± median absolute deviation\n\n{table}");
    // Printed, since nobody would miss a row with a wrong name.
    let all = GENERATION.len() + VALIDATION.len();
    if rows.len() < all {
        println!("\n{} of {all} rows: the others lack a side that was not measured in this run", rows.len());
    }
    if let Some(directory) = env::var_os(REPORT) {
        let directory = Path::new(&directory);
        let panels = [("Generation", costs(&generation)), ("Validation", costs(&validation))];
        fs::create_dir_all(directory)?;
        fs::write(
            directory.join("ratios.md"),
            format!("{}\n\n{table}\n![Time for one password](ratios.svg)\n", machine()),
        )?;
        fs::write(directory.join("ratios.svg"), plot(&panels))?;
    }
    Ok(())
}

/// The rows of which both sides were measured.
fn measured<'r>(rows: &'r [Row], estimates: &Estimates) -> Result<Vec<Measured<'r>>, Box<dyn Error>> {
    rows.iter().filter_map(|row| row.measured(estimates).transpose()).collect()
}

/// Each cost once, the lowest first.
fn costs(rows: &[Measured<'_>]) -> Vec<(Cost, Time)> {
    let mut costs: Vec<(Cost, Time)> = Vec::new();
    for &Measured { row, ours, other } in rows {
        for (cost, time) in [(row.ours, ours), (row.other, other)] {
            if costs.iter().all(|(known, _)| *known != cost) {
                costs.push((cost, time));
            }
        }
    }
    costs.sort_by(|(_, a), (_, b)| a.median.total_cmp(&b.median));
    costs
}

/// The machine and the compiler, as far as they are known.
fn machine() -> String {
    let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = information
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or(env::consts::ARCH, |(_, name)| name);
    let compiler = Command::new("rustc").arg("--version").output().map(|output| output.stdout);
    let compiler = String::from_utf8(compiler.unwrap_or_default()).unwrap_or_default();
    format!("{processor}, one core, {}; {}", env::consts::OS, compiler.trim())
}
