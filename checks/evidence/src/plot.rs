//! The command `plot`: the distribution of the number of digits, as measured.

use std::ops::Range;

use crate::{
    case::{HUAWEI_16, HUAWEI_DIGITS},
    seed::Seed,
    source::Source,
    tally::Tally,
};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
/// The axes.
const X: Range<f64> = 70.0..700.0;
const Y: Range<f64> = 60.0..340.0;
/// The largest number of digits that is drawn; the share of more cannot be seen.
const DIGITS: usize = 10;
/// The largest share on the axis, in per cent, and the step of its lines.
const SHARE: usize = 30;
const STEP: usize = 5;

/// Colours that people with colour blindness can distinguish, on light and on dark, and a shape of its own for each series.
const STYLE: &str = "\
text { fill: #333333 } .back { fill: #ffffff } .grid { stroke: #dddddd }
.exact { fill: #bbbbbb } .ours { fill: #0072b2 } .biased { fill: none; stroke: #d55e00; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
text { fill: #dddddd } .back { fill: #0d1117 } .grid { stroke: #333333 }
.exact { fill: #555555 } .ours { fill: #56b4e9 } .biased { stroke: #e69f00 }
}";

/// The image, as SVG.
///
/// # Errors
///
/// If the library cannot count or generate.
pub(crate) fn plot(count: u64, seed: &Seed) -> Result<String, String> {
    let exact = HUAWEI_16.exact()?;
    let library = Source::library(&HUAWEI_16).map_err(|error| error.to_string())?;
    let ours = shares(&library, count, seed, 0)?;
    let biased = shares(&Source::FillAndShuffle(HUAWEI_16.rule), count, seed, 1)?;
    let exact: Vec<f64> = (0..=DIGITS).map(|digits| exact.of_class(HUAWEI_DIGITS, digits)).collect();
    Ok(image(&exact, &ours, &biased, count))
}

/// The shares of a source's passwords that have no digit, one, two, …
fn shares(source: &Source<'_>, count: u64, seed: &Seed, run: u64) -> Result<Vec<f64>, String> {
    let tally = Tally::count(source, (HUAWEI_16.rule, HUAWEI_16.length), count, seed, run)?;
    let mut passwords = [0; HUAWEI_16.length + 1];
    for (pattern, observed) in tally.patterns() {
        passwords[pattern[HUAWEI_DIGITS]] += observed;
    }
    Ok(passwords.iter().take(DIGITS + 1).map(|&observed| observed as f64 / count as f64).collect())
}

fn image(exact: &[f64], ours: &[f64], biased: &[f64], count: u64) -> String {
    let mut lines = vec![
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">"#
        ),
        format!("<style>\n{STYLE}\n</style>"),
        r#"<rect class="back" width="100%" height="100%"/>"#.to_owned(),
        format!(
            r#"<text x="{}" y="28" font-size="15">Digits in 16 characters for Huawei: {count} passwords of each generator</text>"#,
            X.start
        ),
    ];
    lines.extend((0..=SHARE).step_by(STEP).flat_map(grid));
    let digits = exact.iter().zip(ours).zip(biased).enumerate();
    lines.extend(digits.flat_map(|(digits, ((&exact, &ours), &biased))| bar(digits, exact, ours, biased)));
    lines.extend(axes());
    lines.extend(legend());
    lines.push("</svg>\n".to_owned());
    lines.join("\n")
}

/// The grid line of a share, in per cent.
fn grid(share: usize) -> [String; 2] {
    let (Range { start, end }, at) = (X, y(share as f64 / 100.0));
    [
        format!(r#"<line class="grid" x1="{start}" x2="{end}" y1="{at:.1}" y2="{at:.1}"/>"#),
        format!(r#"<text x="{}" y="{:.1}" text-anchor="end">{share} %</text>"#, start - 8.0, at + 4.0),
    ]
}

/// The shares of one number of digits. The figures appear when the pointer is over them.
fn bar(digits: usize, exact: f64, ours: f64, biased: f64) -> [String; 5] {
    let (x, base) = (x(digits), y(0.0));
    let [a, b, c] = [exact, ours, biased].map(|share| 100.0 * share);
    [
        format!(r#"<text x="{x:.1}" y="{:.1}" text-anchor="middle">{digits}</text>"#, base + 18.0),
        format!(
            "<g><title>{digits} digits: exact {a:.4} %, this library {b:.4} %, fill and shuffle {c:.4} %</title>"
        ),
        rectangle(x, y(exact), (36.0, base - y(exact))),
        circle(x, y(ours)),
        format!("{}</g>", diamond(x, y(biased))),
    ]
}

fn axes() -> [String; 2] {
    let (x, y) = ((X.start + X.end) / 2.0, (Y.start + Y.end) / 2.0);
    [
        format!(r#"<text x="{x}" y="{}" text-anchor="middle">digits in a password</text>"#, Y.end + 42.0),
        format!(
            r#"<text transform="translate(20 {y}) rotate(-90)" text-anchor="middle">share of the passwords</text>"#
        ),
    ]
}

fn legend() -> [String; 6] {
    let (x, rows) = (X.end - 210.0, [0.0, 1.0, 2.0].map(|row| Y.start + 18.0 + 22.0 * row));
    let name = |row: usize, name| format!(r#"<text x="{}" y="{}">{name}</text>"#, x + 18.0, rows[row] + 4.0);
    [
        rectangle(x, rows[0] - 6.0, (18.0, 12.0)),
        circle(x, rows[1]),
        diamond(x, rows[2]),
        name(0, "exact, by counting"),
        name(1, "this library, measured"),
        name(2, "fill and shuffle, measured"),
    ]
}

/// A rectangle by its middle and its top.
fn rectangle(x: f64, top: f64, (width, height): (f64, f64)) -> String {
    let left = x - width / 2.0;
    format!(r#"<rect class="exact" x="{left:.1}" y="{top:.1}" width="{width:.1}" height="{height:.1}"/>"#)
}

fn circle(x: f64, y: f64) -> String {
    format!(r#"<circle class="ours" cx="{x:.1}" cy="{y:.1}" r="4.5"/>"#)
}

fn diamond(x: f64, y: f64) -> String {
    let (left, top, right, bottom) = (x - 6.5, y - 6.5, x + 6.5, y + 6.5);
    format!(
        r#"<path class="biased" d="M{left:.1} {y:.1}L{x:.1} {top:.1}L{right:.1} {y:.1}L{x:.1} {bottom:.1}Z"/>"#
    )
}

fn x(digits: usize) -> f64 {
    X.start + (X.end - X.start) * (digits as f64 + 0.5) / (DIGITS + 1) as f64
}

fn y(share: f64) -> f64 {
    Y.end - (Y.end - Y.start) * share * 100.0 / SHARE as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_image_has_the_measured_shares() {
        let image = plot(100_000, &Seed::default()).expect("the library generates");
        assert_eq!(image.matches("<title>").count(), DIGITS + 1);
        assert!(image.contains("<title>2 digits: exact 28.5"), "{image}");
        assert!(image.starts_with("<svg ") && image.ends_with("</svg>\n"));
    }
}
