//! The command `statistics`: every preset passes, and every biased generator is caught, by the same tests.

use std::fmt;

use crate::{
    case::{CASES, Case},
    seed::Seed,
    source::Source,
    suite::{Outcome, STATISTICS, Statistic, outcomes},
    tally::Tally,
};

/// How likely all tests of all presets together are to blame a true generator, with a seed that was not looked for.
const FALSE_ALARM: f64 = 1e-6;

/// Streams of the seed for each case: the library and the biased generators.
const RUNS: u64 = 3;

/// Puts every preset to every test.
///
/// # Errors
///
/// The library cannot count or generate.
pub(crate) fn statistics(count: u64, seed: &Seed) -> Result<Report, String> {
    let results = CASES.iter().zip(0..).map(|(case, number)| Results::new(case, count, seed, number * RUNS));
    let results = results.collect::<Result<Vec<_>, String>>()?;
    let tests = results.iter().map(|results| tests(&results.library).count()).sum();
    // A fit that is too bad is blamed, and one that is too good.
    Ok(Report { count, tests, limit: FALSE_ALARM / (2 * tests) as f64, results })
}

/// What came of all presets: a table each.
pub(crate) struct Report {
    count: u64,
    tests: usize,
    /// The p-value under which, and at the same distance from 1 over which, a generator is blamed.
    limit: f64,
    results: Vec<Results>,
}

/// What came of one preset and length.
struct Results {
    case: Case,
    library: Vec<Outcome>,
    biased: Vec<(&'static str, Vec<Outcome>)>,
}

impl Report {
    /// What is not as it must be: the library blamed, or a biased generator not.
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
        let whose = format!("{}, {} characters", self.case.name, self.case.length);
        let blamed = self.library.iter().filter(|outcome| outcome.is_caught(limit));
        let blamed = blamed.map(|outcome| format!("{whose}: the library is blamed for {outcome}"));
        let missed = self.biased.iter().filter(|(_, outcomes)| !outcomes.iter().any(|o| o.is_caught(limit)));
        blamed.chain(missed.map(|(name, _)| format!("{whose}: {name} is not caught"))).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, tests: number, limit, .. } = self;
        writeln!(
            f,
            "{count} passwords of each generator, {number} tests of the library's. Blamed is a p-value"
        )?;
        writeln!(
            f,
            "under {limit:.1e} or over 1 - {limit:.1e}: of a true generator, at most one run in a million has one."
        )?;
        for Results { case, library, biased } in &self.results {
            writeln!(f, "\n{}, {} characters", case.name, case.length)?;
            writeln!(
                f,
                "  {:<25}{:>6}{:>9}{:>10}{:>12}",
                "chi-square of", "tests", "freedom", "least p", "greatest p"
            )?;
            STATISTICS.iter().try_for_each(|statistic| row(f, *statistic, library))?;
            for (name, outcomes) in biased {
                let caught = outcomes.iter().filter(|outcome| outcome.is_caught(*limit)).count();
                writeln!(f, "  {name}: blamed by {caught} of {}", tests(outcomes).count())?;
            }
        }
        Ok(())
    }
}

/// All tests of one statistic, which have the same freedom.
fn row(f: &mut fmt::Formatter<'_>, statistic: Statistic, outcomes: &[Outcome]) -> fmt::Result {
    let fits = || tests(outcomes).filter(|outcome| outcome.statistic == statistic).map(|outcome| outcome.fit);
    let Some(first) = fits().next() else {
        return writeln!(f, "  {statistic:<25}  always the same");
    };
    let (least, greatest) =
        fits().fold((1.0_f64, 0.0_f64), |(least, greatest), fit| (least.min(fit.p), greatest.max(fit.p)));
    writeln!(f, "  {statistic:<25}{:>6}{:>9}{least:>10.4}{greatest:>12.4}", fits().count(), first.freedom)
}

/// Those from which anything can be learnt.
fn tests(outcomes: &[Outcome]) -> impl Iterator<Item = &Outcome> {
    outcomes.iter().filter(|outcome| outcome.fit.freedom > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_blamed_and_a_twin_not_are_complained_of() {
        let case = &CASES[0];
        let mut results = Results::new(case, 100_000, &Seed::default(), 0).expect("the library generates");
        assert!(results.complaints(1e-9).is_empty());
        assert!(results.complaints(1.0).len() > 1, "a limit of 1 blames everything");
        let library = std::mem::take(&mut results.library);
        let twin = std::mem::replace(&mut results.biased[0].1, library);
        assert_eq!(results.complaints(1e-9), ["exotel, 16 characters: fill and shuffle is not caught"]);
        results.biased[0].1.clear();
        results.library = twin;
        assert!(
            results.complaints(1e-9)[0].contains("the library is blamed for classes present: chi-square")
        );
    }
}
