//! The command `statistics`: the same tests pass every preset and reject every biased generator.

use std::fmt;

use crate::{
    case::{CASES, Case},
    seed::Seed,
    source::Source,
    suite::{Outcome, STATISTICS, Statistic, outcomes},
    tally::Tally,
};

/// The probability that the tests of all presets together reject a true generator, with a seed that nobody searched for.
const FALSE_ALARM: f64 = 1e-6;

/// The number of runs for each case: one for the library and one for each biased generator.
const RUNS: u64 = 3;

/// Applies every test to every preset.
///
/// # Errors
///
/// If the library cannot count or generate.
pub(crate) fn statistics(count: u64, seed: &Seed) -> Result<Report, String> {
    let results = CASES.iter().zip(0..).map(|(case, number)| Results::new(case, count, seed, number * RUNS));
    let results = results.collect::<Result<Vec<_>, String>>()?;
    let tests = results.iter().map(|results| tests(&results.library).count()).sum();
    // Both a fit that is too bad and one that is too good are rejected.
    Ok(Report { count, tests, limit: FALSE_ALARM / (2 * tests) as f64, results })
}

/// The results of all presets, a table for each.
pub(crate) struct Report {
    count: u64,
    tests: usize,
    /// A generator is rejected for a p-value under this limit, and for one over 1 minus this limit.
    limit: f64,
    results: Vec<Results>,
}

/// The results of one preset and length.
struct Results {
    case: Case,
    library: Vec<Outcome>,
    biased: Vec<(&'static str, Vec<Outcome>)>,
}

impl Report {
    /// What must not happen: the library is rejected, or a biased generator is not.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.results.iter().flat_map(|results| results.complaints(self.limit)).collect()
    }
}

impl Results {
    fn new(case: &Case, count: u64, seed: &Seed, run: u64) -> Result<Self, String> {
        let exact = case.exact()?;
        let of = |source: &Source<'_>, run| -> Result<Vec<Outcome>, String> {
            let tally = Tally::count(source, (case.rule, case.length), count, seed, run)?;
            Ok(outcomes(&exact, &tally, count, case.length))
        };
        let library = of(&Source::library(case).map_err(|error| error.to_string())?, run)?;
        let biased = Source::biased(case.rule).zip(1..);
        let biased = biased.map(|((name, source), number)| Ok((name, of(&source, run + number)?)));
        Ok(Self { case: *case, library, biased: biased.collect::<Result<_, String>>()? })
    }

    fn complaints(&self, limit: f64) -> Vec<String> {
        let case = format!("{}, {} characters", self.case.name, self.case.length);
        let rejected = self.library.iter().filter(|outcome| outcome.is_rejected(limit));
        let rejected = rejected.map(|outcome| format!("{case}: the library is rejected by {outcome}"));
        let missed =
            self.biased.iter().filter(|(_, outcomes)| !outcomes.iter().any(|o| o.is_rejected(limit)));
        rejected.chain(missed.map(|(name, _)| format!("{case}: {name} is not rejected"))).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, tests: number, limit, .. } = self;
        writeln!(
            f,
            "{count} passwords of each generator, {number} tests of the library's. A p-value is rejected"
        )?;
        writeln!(
            f,
            "under {limit:.1e} or over 1 - {limit:.1e}: at most one run in a million of a true generator has one."
        )?;
        for Results { case, library, biased } in &self.results {
            writeln!(f, "\n{}, {} characters", case.name, case.length)?;
            writeln!(
                f,
                "  {:<27}{:>6}{:>9}{:>10}{:>12}",
                "chi-square of", "tests", "freedom", "lowest p", "highest p"
            )?;
            STATISTICS.iter().try_for_each(|statistic| row(f, *statistic, library))?;
            for (name, outcomes) in biased {
                let rejected = outcomes.iter().filter(|outcome| outcome.is_rejected(*limit)).count();
                writeln!(f, "  {name}: rejected by {rejected} of {}", tests(outcomes).count())?;
            }
        }
        Ok(())
    }
}

/// All tests of one statistic, which have the same degrees of freedom.
fn row(f: &mut fmt::Formatter<'_>, statistic: Statistic, outcomes: &[Outcome]) -> fmt::Result {
    let fits = || tests(outcomes).filter(|outcome| outcome.statistic == statistic).map(|outcome| outcome.fit);
    let Some(first) = fits().next() else {
        return writeln!(f, "  {statistic:<27}  constant");
    };
    let (least, greatest) =
        fits().fold((1.0_f64, 0.0_f64), |(least, greatest), fit| (least.min(fit.p), greatest.max(fit.p)));
    writeln!(f, "  {statistic:<27}{:>6}{:>9}{least:>10.4}{greatest:>12.4}", fits().count(), first.freedom)
}

/// The tests that can fail.
fn tests(outcomes: &[Outcome]) -> impl Iterator<Item = &Outcome> {
    outcomes.iter().filter(|outcome| outcome.fit.freedom > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints() {
        let case = &CASES[0];
        let mut results = Results::new(case, 100_000, &Seed::default(), 0).expect("the library generates");
        assert!(results.complaints(1e-9).is_empty());
        assert!(results.complaints(1.0).len() > 1, "a limit of 1 rejects everything");
        let library = std::mem::take(&mut results.library);
        let biased = std::mem::replace(&mut results.biased[0].1, library);
        assert_eq!(results.complaints(1e-9), ["exotel, 16 characters: fill and shuffle is not rejected"]);
        results.biased[0].1.clear();
        results.library = biased;
        assert!(
            results.complaints(1e-9)[0].contains("the library is rejected by classes present: chi-square")
        );
    }
}
