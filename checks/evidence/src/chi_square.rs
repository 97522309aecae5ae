//! Pearson's chi-square test of observed counts against expected ones.

use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Cells that expect fewer are pooled: the usual rule, under which the statistic has nearly the chi-square distribution.
pub(crate) const LEAST_EXPECTED: f64 = 5.0;

/// How well the counts fit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fit {
    pub(crate) statistic: f64,
    /// The degrees of freedom; 0 if there is one cell alone, which always fits.
    pub(crate) freedom: usize,
    /// The probability of a statistic as large or larger; 0 if something impossible was observed.
    pub(crate) p: f64,
}

/// Compares observed counts with expected ones, cell by cell.
pub(crate) fn chi_square(cells: impl IntoIterator<Item = (u64, f64)>) -> Fit {
    let (possible, impossible): (Vec<_>, Vec<_>) =
        cells.into_iter().partition(|&(_, expected)| expected > 0.0);
    let cells = pooled(possible);
    let freedom = cells.len().saturating_sub(1);
    if impossible.iter().any(|&(observed, _)| observed > 0) {
        return Fit { statistic: f64::INFINITY, freedom, p: 0.0 };
    }
    let statistic =
        cells.iter().map(|&(observed, expected)| (observed as f64 - expected).powi(2) / expected).sum();
    let p = match ChiSquared::new(freedom as f64) {
        Ok(distribution) => distribution.sf(statistic),
        Err(_) => 1.0, // no degree of freedom
    };
    Fit { statistic, freedom, p }
}

/// The same cells, with those that expect few as one; if even that one expects few, the smallest other cell joins it.
fn pooled(mut cells: Vec<(u64, f64)>) -> Vec<(u64, f64)> {
    cells.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    let large = cells.partition_point(|&(_, expected)| expected >= LEAST_EXPECTED);
    let together = |(o, e): (u64, f64), &(observed, expected): &(u64, f64)| (o + observed, e + expected);
    let mut pool = cells.drain(large..).fold((0, 0.0), |pool, cell| together(pool, &cell));
    if pool.1 > 0.0 {
        if pool.1 < LEAST_EXPECTED
            && let Some(least) = cells.pop()
        {
            pool = together(pool, &least);
        }
        cells.push(pool);
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For even degrees of freedom, the tail is a sum of Poisson probabilities.
    fn tail(statistic: f64, freedom: usize) -> f64 {
        let mean = statistic / 2.0;
        let logarithm =
            |k: usize| k as f64 * mean.ln() - mean - (1..=k).map(|i| (i as f64).ln()).sum::<f64>();
        (0..freedom / 2).map(|k| logarithm(k).exp()).sum()
    }

    #[test]
    fn the_tail_is_a_sum() {
        for freedom in [2, 10, 100, 968, 4898] {
            for deviations in [-6.0, -2.0, 0.0, 1.0, 3.0, 6.5] {
                let statistic = freedom as f64 + deviations * (2.0 * freedom as f64).sqrt();
                if statistic > 0.0 {
                    let p = ChiSquared::new(freedom as f64).expect("the freedom is positive").sf(statistic);
                    let expected = tail(statistic, freedom);
                    assert!((p - expected).abs() < 1e-6 * expected, "{freedom} {deviations}: {p} {expected}");
                }
            }
        }
    }

    #[test]
    fn a_die() {
        let fit = chi_square([5, 8, 9, 8, 10, 20].map(|observed| (observed, 10.0)));
        assert_eq!((fit.statistic, fit.freedom), (13.4, 5));
        assert!((fit.p - 0.0199).abs() < 1e-4, "{}", fit.p);
    }

    #[test]
    fn small_cells_are_pooled() {
        let mut cells = vec![(1, 2.0), (100, 90.0), (3, 4.0), (6, 5.0)];
        assert_eq!(pooled(cells.clone()), [(100, 90.0), (6, 5.0), (4, 6.0)]);
        cells[2].1 = 2.5;
        assert_eq!(pooled(cells), [(100, 90.0), (10, 9.5)]);
        assert_eq!(pooled(vec![(1, 1.0)]), [(1, 1.0)]);
    }

    #[test]
    fn the_impossible_does_not_fit() {
        assert_eq!(chi_square([(10, 10.0), (0, 0.0)]), Fit { statistic: 0.0, freedom: 0, p: 1.0 });
        assert_eq!(chi_square([(10, 10.0), (1, 0.0)]).p, 0.0);
    }
}
