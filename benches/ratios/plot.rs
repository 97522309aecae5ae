//! The plot: the time for one password, a dot for each measurement, on a logarithmic axis.

use std::fmt::Write;

use crate::{estimates::Time, rows::Cost};

const WIDTH: f64 = 760.0;
/// The start and the end of the axis: labels stand to the left, figures to the right.
const AXIS: (f64, f64) = (200.0, 630.0);
const LINE: f64 = 22.0;

/// Panels, each with a title and its measurements, as an SVG image.
pub(crate) fn plot(panels: &[(&str, Vec<(Cost, Time)>)]) -> String {
    let times = || panels.iter().flat_map(|(_, costs)| costs).map(|(_, time)| time.median.log10());
    let axis = Axis {
        from: times().fold(f64::INFINITY, f64::min).floor(),
        to: times().fold(f64::NEG_INFINITY, f64::max).ceil(),
    };
    let mut body = String::new();
    let mut y = LINE;
    text(&mut body, 10.0, y, "start", "Nanoseconds for one password: median ± median absolute deviation");
    for (title, costs) in panels {
        y += 1.5 * LINE;
        text(&mut body, 10.0, y, "start", title);
        let top = y + 0.4 * LINE;
        grid(&mut body, &axis, top, top + costs.len() as f64 * LINE);
        for (cost, time) in costs {
            y += LINE;
            dot(&mut body, &axis, y, *cost, *time);
        }
        y += LINE;
    }
    let height = y + LINE;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n{body}</svg>\n"
    )
}

/// Powers of ten.
struct Axis {
    from: f64,
    to: f64,
}

impl Axis {
    fn x(&self, value: f64) -> f64 {
        // A spread can reach down to zero, and out of the axis.
        let power = value.max(0.0).log10().clamp(self.from, self.to);
        AXIS.0 + (AXIS.1 - AXIS.0) * (power - self.from) / (self.to - self.from)
    }
}

fn dot(body: &mut String, axis: &Axis, y: f64, cost: Cost, time: Time) {
    let colour = match cost.group() {
        "floor" => "#666666",
        "peer" => "#d55e00",
        _ => "#0072b2",
    };
    let (x, middle) = (axis.x(time.median), y - 4.0);
    let (low, high) = (axis.x(time.median - time.spread), axis.x(time.median + time.spread));
    text(body, AXIS.0 - 10.0, y, "end", &cost.label());
    element(
        body,
        &format!(
            "line x1=\"{low:.1}\" x2=\"{high:.1}\" y1=\"{middle}\" y2=\"{middle}\" \
             stroke=\"{colour}\" stroke-width=\"2\""
        ),
    );
    element(body, &format!("circle cx=\"{x:.1}\" cy=\"{middle}\" r=\"4\" fill=\"{colour}\""));
    text(body, AXIS.1 + 10.0, y, "start", &format!("{:.2} ± {:.2}", time.median, time.spread));
}

/// A line and a figure for each power of ten.
fn grid(body: &mut String, axis: &Axis, top: f64, bottom: f64) {
    for power in axis.from as i32..=axis.to as i32 {
        let value = 10_f64.powi(power);
        let x = axis.x(value);
        element(
            body,
            &format!(
                "line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{top:.1}\" y2=\"{bottom:.1}\" stroke=\"#dddddd\""
            ),
        );
        text(body, x, bottom + 0.6 * LINE, "middle", &value.to_string());
    }
}

fn element(body: &mut String, inner: &str) {
    body.extend(["<", inner, "/>\n"]);
}

fn text(body: &mut String, x: f64, y: f64, anchor: &str, text: &str) {
    writeln!(body, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>")
        .expect("writing to a string does not fail");
}
