//! The estimates of criterion, from the files that it writes.

use std::{error::Error, fs, path::PathBuf, time::SystemTime};

use serde_json::Value;

/// A median and its spread, the median absolute deviation; of times in nanoseconds or of a ratio.
#[derive(Clone, Copy)]
pub(crate) struct Time {
    pub(crate) median: f64,
    pub(crate) spread: f64,
}

impl Time {
    pub(crate) fn times(self, factor: f64) -> Self {
        Self { median: self.median * factor, spread: self.spread * factor }
    }

    /// The quotient. The two spreads are independent of each other.
    pub(crate) fn over(self, other: Self) -> Self {
        let median = self.median / other.median;
        let relative = (self.spread / self.median).hypot(other.spread / other.median);
        Self { median, spread: median * relative }
    }
}

/// The estimates of this run, without those of earlier runs.
pub(crate) struct Estimates {
    directory: PathBuf,
    since: SystemTime,
}

impl Estimates {
    /// The estimates that criterion writes under `directory` from now on.
    pub(crate) fn new(directory: PathBuf) -> Self {
        Self { directory, since: SystemTime::now() }
    }

    /// The time of one iteration of `id`; `None` if it was not measured.
    pub(crate) fn iteration(&self, id: &str) -> Result<Option<Time>, Box<dyn Error>> {
        let path = self.directory.join(id).join("new").join("estimates.json");
        if !path.exists() || path.metadata()?.modified()? < self.since {
            return Ok(None);
        }
        let json: Value = serde_json::from_slice(&fs::read(&path)?)?;
        let estimate = |statistic: &str| {
            let point = json[statistic]["point_estimate"].as_f64();
            point.ok_or_else(|| format!("{}: no {statistic}", path.display()))
        };
        Ok(Some(Time { median: estimate("median")?, spread: estimate("median_abs_dev")? }))
    }
}
