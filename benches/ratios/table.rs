//! The table of ratios, in aligned Markdown.

use crate::{
    estimates::Time,
    rows::{Goal, Measured, Ratio},
};

const HEAD: [&str; 7] = ["what", "ours, ns", "other, ns", "ratio", "must", "aim", "verdict"];

/// A line for each row.
pub(crate) fn table(rows: &[Measured<'_>]) -> String {
    let mut lines = vec![HEAD.map(str::to_owned)];
    lines.extend(rows.iter().map(cells));
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; HEAD.len()] = std::array::from_fn(width);
    lines.insert(1, widths.map(|width| "-".repeat(width)));
    lines.iter().map(|line| aligned(line, &widths)).collect()
}

fn aligned(line: &[String], widths: &[usize]) -> String {
    let cells: Vec<_> = line.iter().zip(widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
    format!("| {} |\n", cells.join(" | "))
}

fn cells(measured: &Measured<'_>) -> [String; HEAD.len()] {
    let Measured { row, ours, other } = *measured;
    let ratio = measured.ratio();
    let bound = |bound: f64| match row.ratio {
        Ratio::Over => format!("≤ {bound}"),
        Ratio::Against => format!("≥ {bound} ×"),
    };
    let none = || "–".to_owned();
    let (must, aim, verdict) = match row.goal_here() {
        Some(goal) => (bound(goal.must), bound(goal.aim), verdict(row.ratio, goal, ratio.median).to_owned()),
        None => (none(), none(), none()),
    };
    let times = match row.ratio {
        Ratio::Over => "",
        Ratio::Against => " ×",
    };
    let ratio = format!("{}{times}", with_spread(ratio));
    [row.what.to_owned(), with_spread(ours), with_spread(other), ratio, must, aim, verdict]
}

fn verdict(ratio: Ratio, goal: Goal, found: f64) -> &'static str {
    let reached = |bound: f64| match ratio {
        Ratio::Over => found <= bound,
        Ratio::Against => found >= bound,
    };
    match (reached(goal.must), reached(goal.aim)) {
        (false, _) => "MISSED",
        (true, false) => "must",
        (true, true) => "aim",
    }
}

/// Three digits of the median, or more before the point; the spread with as many decimal places.
fn with_spread(time: Time) -> String {
    let places = (2 - time.median.log10().floor() as i32).clamp(0, 3) as usize;
    format!("{:.places$} ± {:.places$}", time.median, time.spread)
}
