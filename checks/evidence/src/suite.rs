//! The tests of passwords.

use std::{collections::BTreeMap, fmt};

use crate::{
    chi_square::{Fit, chi_square},
    exact::{Exact, present},
    tally::Tally,
};

/// A statistic that is compared with its exact distribution.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Statistic {
    /// The classes that are present in a password.
    ClassesPresent,
    /// The number of characters of each class.
    ClassCounts,
    /// The character at a position.
    Character,
    /// The classes of the characters at a position and at the next.
    NeighbourClasses,
    /// The characters at a position and at the next.
    Neighbours,
}

pub(crate) const STATISTICS: [Statistic; 5] = [
    Statistic::ClassesPresent,
    Statistic::ClassCounts,
    Statistic::Character,
    Statistic::NeighbourClasses,
    Statistic::Neighbours,
];

/// The result of one test.
#[derive(Clone, Copy)]
pub(crate) struct Outcome {
    pub(crate) statistic: Statistic,
    /// The first position that the test looks at, from 1; `None` if it looks at the whole password.
    pub(crate) position: Option<usize>,
    pub(crate) fit: Fit,
}

impl Outcome {
    /// Whether the fit is so bad, or so good, that chance makes it with a probability under `limit`.
    pub(crate) fn is_rejected(&self, limit: f64) -> bool {
        let fit = self.fit;
        fit.p < limit || (fit.freedom > 0 && fit.p > 1.0 - limit)
    }
}

/// Compares `count` passwords of `length` characters with the expected values.
pub(crate) fn outcomes(exact: &Exact, tally: &Tally, count: u64, length: usize) -> Vec<Outcome> {
    let expected = |probability: f64| count as f64 * probability;
    let whole = |statistic, fit| Outcome { statistic, position: None, fit };
    let mut outcomes = vec![
        whole(Statistic::ClassesPresent, classes_present(exact, tally, expected)),
        whole(Statistic::ClassCounts, class_counts(exact, tally, expected)),
    ];
    let characters = || 0..tally.alphabet();
    for position in 0..length {
        let mut push =
            |statistic, fit| outcomes.push(Outcome { statistic, position: Some(position + 1), fit });
        let cell = |c| (tally.character(position, c), expected(exact.character(tally.class(c))));
        push(Statistic::Character, chi_square(characters().map(cell)));
        if position + 1 < length {
            push(Statistic::NeighbourClasses, neighbour_classes(exact, tally, position, expected));
            let by_class = |a, b| expected(exact.neighbours(tally.class(a), tally.class(b)));
            let cell = |(a, b)| (tally.neighbours(position, a, b), by_class(a, b));
            push(Statistic::Neighbours, chi_square(pairs(tally).map(cell)));
        }
    }
    outcomes
}

/// No password with a character of no class is expected.
fn class_counts(exact: &Exact, tally: &Tally, expected: impl Fn(f64) -> f64) -> Fit {
    let likely: BTreeMap<&[usize], f64> = exact.patterns().collect();
    let probability = |pattern: &[usize]| likely.get(pattern).copied().unwrap_or_default();
    let cells = tally.patterns().map(|(pattern, observed)| (observed, expected(probability(&pattern))));
    chi_square(cells.chain([(tally.strays(), 0.0)]))
}

fn classes_present(exact: &Exact, tally: &Tally, expected: impl Fn(f64) -> f64) -> Fit {
    let mut observed = BTreeMap::new();
    for (pattern, passwords) in tally.patterns() {
        *observed.entry(present(&pattern)).or_default() += passwords;
    }
    let cells =
        observed.into_iter().map(|(classes, passwords)| (passwords, expected(exact.present(classes))));
    chi_square(cells.chain([(tally.strays(), 0.0)]))
}

fn neighbour_classes(exact: &Exact, tally: &Tally, position: usize, expected: impl Fn(f64) -> f64) -> Fit {
    let mut observed = BTreeMap::new();
    for (a, b) in pairs(tally) {
        *observed.entry((tally.class(a), tally.class(b))).or_default() += tally.neighbours(position, a, b);
    }
    chi_square(
        observed
            .into_iter()
            .map(|((a, b), passwords)| (passwords, expected(exact.classes_of_neighbours(a, b)))),
    )
}

/// Every ordered pair of characters, equal ones included.
fn pairs(tally: &Tally) -> impl Iterator<Item = (usize, usize)> {
    let characters = 0..tally.alphabet();
    characters.clone().flat_map(move |a| characters.clone().map(move |b| (a, b)))
}

/// The statistic, the position and the result.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { statistic, position, fit } = self;
        write!(f, "{statistic}")?;
        if let Some(position) = position {
            write!(f, ", from position {position}")?;
        }
        write!(f, ": chi-square {:.1}, freedom {}, p {:.1e}", fit.statistic, fit.freedom, fit.p)
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ClassesPresent => "classes present",
            Self::ClassCounts => "characters of each class",
            Self::Character => "character at each position",
            Self::NeighbourClasses => "classes of neighbours",
            Self::Neighbours => "characters of neighbours",
        })
    }
}

#[cfg(test)]
mod tests {
    use sip_password::{CharSet, Class, Policy, Rules};

    use super::*;
    use crate::{
        case::{CASES, Case, HUAWEI_16, Rule},
        seed::Seed,
        source::Source,
    };

    const COUNT: u64 = 200_000;
    const LIMIT: f64 = 1e-9;

    /// The statistics that reject passwords of a policy, compared with what is expected of a rule.
    fn rejecting(policy: &Policy, rule: Rule, length: usize) -> Vec<Statistic> {
        rejecting_by(&Exact::new(rule, length), policy, rule, length)
    }

    fn rejecting_by(exact: &Exact, policy: &Policy, rule: Rule, length: usize) -> Vec<Statistic> {
        let source = Source::policy(policy, length).expect("this length can be generated");
        let tally =
            Tally::count(&source, (rule, length), COUNT, &Seed::default(), 99).expect("the keystream works");
        let outcomes = outcomes(exact, &tally, COUNT, length);
        let is_rejecting = |statistic: &Statistic| {
            outcomes.iter().any(|outcome| outcome.statistic == *statistic && outcome.is_rejected(LIMIT))
        };
        STATISTICS.into_iter().filter(is_rejecting).collect()
    }

    /// The statistics that reject other rules, compared with what is expected of Huawei's.
    fn instead_of_huawei(rules: Rules, length: usize) -> Vec<Statistic> {
        rejecting(&Policy::new(rules).expect("the rules are valid"), HUAWEI_16.rule, length)
    }

    fn with_classes(classes: &[Class], length: usize) -> Vec<Statistic> {
        instead_of_huawei(HUAWEI_16.policy.rules().with_classes(classes), length)
    }

    fn classes() -> [Class; 4] {
        HUAWEI_16.policy.rules().classes().try_into().expect("Huawei has four classes")
    }

    #[test]
    fn presets_pass() {
        for Case { policy, rule, length, .. } in CASES {
            assert!(rejecting(policy, rule, length).is_empty());
        }
    }

    #[test]
    fn a_policy_that_misses_a_combination_of_classes() {
        let classes = classes();
        let digits = [classes[0], classes[1], classes[2].at_least(1), classes[3]];
        assert!(with_classes(&digits, 16).contains(&Statistic::ClassesPresent));
        assert!(with_classes(&digits, 8).contains(&Statistic::ClassCounts));
    }

    #[test]
    fn a_policy_that_misses_a_character() {
        let classes = classes();
        let missing = Class::new("digits", CharSet::DIGITS.difference(CharSet::of("7")));
        assert!(
            with_classes(&[classes[0], classes[1], missing, classes[3]], 16).contains(&Statistic::Character)
        );
    }

    #[test]
    fn a_policy_with_a_foreign_character() {
        let classes = classes();
        let more = Class::new("special characters", classes[3].characters().union(CharSet::of("!")));
        assert!(
            with_classes(&[classes[0], classes[1], classes[2], more], 8).contains(&Statistic::ClassCounts)
        );
    }

    #[test]
    fn no_character_twice_in_a_row() {
        let rules = HUAWEI_16.policy.rules().with_max_repeat(1);
        assert!(instead_of_huawei(rules, 16).contains(&Statistic::Neighbours));
    }

    #[test]
    fn two_classes_where_three_are_expected() {
        let rules = HUAWEI_16.policy.rules().with_min_classes(2);
        assert!(instead_of_huawei(rules, 8).contains(&Statistic::ClassesPresent));
    }

    #[test]
    fn wrong_expected_values() {
        const CLASSES: [&str; 4] = {
            let mut classes = [""; 4];
            classes.copy_from_slice(HUAWEI_16.rule.classes);
            classes[3] = "~@^*_+.";
            classes
        };
        let wrong = Exact::new(Rule { classes: &CLASSES, ..HUAWEI_16.rule }, 16);
        let rejecting = rejecting_by(&wrong, HUAWEI_16.policy, HUAWEI_16.rule, 16);
        assert!(rejecting.contains(&Statistic::ClassCounts));
        assert!(rejecting.contains(&Statistic::NeighbourClasses));
    }
}
