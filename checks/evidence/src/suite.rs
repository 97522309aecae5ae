//! The tests that passwords are put to.

use std::{collections::BTreeMap, fmt};

use crate::{
    chi_square::{Fit, chi_square},
    exact::{Exact, present},
    tally::Tally,
};

/// What is compared with its exact distribution.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Statistic {
    /// Which classes are present in a password.
    ClassesPresent,
    /// How many characters of each class are in it.
    ClassCounts,
    /// Which character stands at a place.
    Character,
    /// Of which classes the characters at a place and the next are.
    NeighbourClasses,
    /// Which characters stand at a place and the next.
    Neighbours,
}

pub(crate) const STATISTICS: [Statistic; 5] = [
    Statistic::ClassesPresent,
    Statistic::ClassCounts,
    Statistic::Character,
    Statistic::NeighbourClasses,
    Statistic::Neighbours,
];

/// One test's result.
#[derive(Clone, Copy)]
pub(crate) struct Outcome {
    pub(crate) statistic: Statistic,
    /// The first place it looks at, from 1; `None` where it looks at the whole password.
    pub(crate) place: Option<usize>,
    pub(crate) fit: Fit,
}

impl Outcome {
    /// Whether the fit is worse, or better, than chance has it with a probability of `limit` each.
    pub(crate) fn is_caught(&self, limit: f64) -> bool {
        let fit = self.fit;
        fit.p < limit || (fit.freedom > 0 && fit.p > 1.0 - limit)
    }
}

/// Compares `count` passwords of `length` characters with what is expected.
pub(crate) fn outcomes(exact: &Exact, tally: &Tally, count: u64, length: usize) -> Vec<Outcome> {
    let expected = |probability: f64| count as f64 * probability;
    let whole = |statistic, fit| Outcome { statistic, place: None, fit };
    let mut outcomes = vec![
        whole(Statistic::ClassesPresent, classes_present(exact, tally, expected)),
        whole(Statistic::ClassCounts, class_counts(exact, tally, expected)),
    ];
    let characters = || 0..tally.alphabet();
    for place in 0..length {
        let mut push = |statistic, fit| outcomes.push(Outcome { statistic, place: Some(place + 1), fit });
        let cell = |c| (tally.character(place, c), expected(exact.character(tally.class(c))));
        push(Statistic::Character, chi_square(characters().map(cell)));
        if place + 1 < length {
            push(Statistic::NeighbourClasses, neighbour_classes(exact, tally, place, expected));
            let by_class = |a, b| expected(exact.neighbours(tally.class(a), tally.class(b)));
            let cell = |(a, b)| (tally.neighbours(place, a, b), by_class(a, b));
            push(Statistic::Neighbours, chi_square(pairs(tally).map(cell)));
        }
    }
    outcomes
}

/// Passwords with a character of no class fit nothing: none is expected.
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

fn neighbour_classes(exact: &Exact, tally: &Tally, place: usize, expected: impl Fn(f64) -> f64) -> Fit {
    let mut observed = BTreeMap::new();
    for (a, b) in pairs(tally) {
        *observed.entry((tally.class(a), tally.class(b))).or_default() += tally.neighbours(place, a, b);
    }
    chi_square(
        observed
            .into_iter()
            .map(|((a, b), passwords)| (passwords, expected(exact.classes_of_neighbours(a, b)))),
    )
}

/// Every character with every other, and with itself.
fn pairs(tally: &Tally) -> impl Iterator<Item = (usize, usize)> {
    let characters = 0..tally.alphabet();
    characters.clone().flat_map(move |a| characters.clone().map(move |b| (a, b)))
}

/// What was compared, where, and what came of it.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { statistic, place, fit } = self;
        write!(f, "{statistic}")?;
        if let Some(place) = place {
            write!(f, ", from place {place}")?;
        }
        write!(f, ": chi-square {:.1}, freedom {}, p {:.1e}", fit.statistic, fit.freedom, fit.p)
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ClassesPresent => "classes present",
            Self::ClassCounts => "characters of each class",
            Self::Character => "character at each place",
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

    /// The statistics that catch passwords of a policy, held against what is expected of a rule.
    fn caught(policy: &Policy<'_>, rule: Rule, length: usize) -> Vec<Statistic> {
        caught_by(&Exact::new(rule, length), policy, rule, length)
    }

    fn caught_by(exact: &Exact, policy: &Policy<'_>, rule: Rule, length: usize) -> Vec<Statistic> {
        let source = Source::policy(policy, length).expect("the policy has passwords of the length");
        let tally =
            Tally::count(&source, (rule, length), COUNT, &Seed::default(), 99).expect("the keystream works");
        let outcomes = outcomes(exact, &tally, COUNT, length);
        let caught = |statistic: &Statistic| {
            outcomes.iter().any(|outcome| outcome.statistic == *statistic && outcome.is_caught(LIMIT))
        };
        STATISTICS.into_iter().filter(caught).collect()
    }

    fn huawei(classes: &[Class<'_>], length: usize) -> Vec<Statistic> {
        let rules = Rules { classes, ..*HUAWEI_16.policy.rules() };
        caught(&Policy::new(rules).expect("it makes sense"), HUAWEI_16.rule, length)
    }

    #[test]
    fn presets_pass() {
        for Case { policy, rule, length, .. } in CASES {
            assert!(caught(policy, rule, length).is_empty());
        }
    }

    #[test]
    fn a_policy_that_misses_a_combination_of_classes() {
        let classes = HUAWEI_16.policy.rules().classes;
        let digits = [classes[0], classes[1], classes[2].at_least(1), classes[3]];
        assert!(huawei(&digits, 16).contains(&Statistic::ClassesPresent));
        assert!(huawei(&digits, 8).contains(&Statistic::ClassCounts));
    }

    #[test]
    fn a_policy_that_misses_a_character() {
        let classes = HUAWEI_16.policy.rules().classes;
        let missing = Class::new("digits", CharSet::DIGITS.difference(CharSet::of("7")));
        assert!(huawei(&[classes[0], classes[1], missing, classes[3]], 16).contains(&Statistic::Character));
    }

    #[test]
    fn a_policy_with_a_foreign_character() {
        let classes = HUAWEI_16.policy.rules().classes;
        let more = Class::new("special characters", classes[3].characters.union(CharSet::of("!")));
        assert!(huawei(&[classes[0], classes[1], classes[2], more], 8).contains(&Statistic::ClassCounts));
    }

    #[test]
    fn no_character_twice_in_a_row() {
        let rules = Rules { longest_run: Some(1), ..*HUAWEI_16.policy.rules() };
        let policy = Policy::new(rules).expect("it makes sense");
        assert!(caught(&policy, HUAWEI_16.rule, 16).contains(&Statistic::Neighbours));
    }

    #[test]
    fn two_classes_where_three_are_expected() {
        let rules = Rules { required_classes: 2, ..*HUAWEI_16.policy.rules() };
        let policy = Policy::new(rules).expect("it makes sense");
        assert!(caught(&policy, HUAWEI_16.rule, 8).contains(&Statistic::ClassesPresent));
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
        let caught = caught_by(&wrong, HUAWEI_16.policy, HUAWEI_16.rule, 16);
        assert!(caught.contains(&Statistic::ClassCounts) && caught.contains(&Statistic::NeighbourClasses));
    }
}
