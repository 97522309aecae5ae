//! What rules on classes require, as clauses: a minimum for each set of characters.

use std::{vec, vec::Vec};

use crate::rules::{Rules, charset::CharSet, cnf};

/// A password has at least `minimum` of these characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clause {
    pub(super) characters: CharSet,
    pub(super) minimum: usize,
}

/// The most steps of the search of [`is_implied`]. Rules that people write take some dozens.
const MAX_STEPS: usize = 20_000;

/// What `rules` ask for in passwords of the characters `accepted`. `None` if no such password has the classes that must be present.
pub(super) fn clauses(rules: &Rules, accepted: CharSet) -> Option<Vec<Clause>> {
    let classes = rules.classes().iter().map(|class| class.characters().intersection(accepted));
    if classes.filter(|class| !class.is_empty()).count() < usize::from(rules.min_classes()) {
        return None;
    }
    let present = cnf::clauses(rules, accepted)
        .into_iter()
        .map(|set| Clause { characters: cnf::characters(rules, set).intersection(accepted), minimum: 1 });
    let minima = rules.classes().iter().filter(|class| class.minimum() > 1).map(|class| Clause {
        characters: class.characters().intersection(accepted),
        minimum: class.minimum().into(),
    });
    let clauses: Vec<_> = present.chain(minima).collect();
    clauses.iter().all(|clause| !clause.characters.is_empty()).then_some(clauses)
}

/// Leaves out each clause that the others imply, the widest first.
pub(super) fn reduce(mut clauses: Vec<Clause>) -> Vec<Clause> {
    clauses.sort_by_key(|clause| clause.characters.len());
    let mut index = clauses.len();
    while index > 0 {
        index -= 1;
        let clause = clauses.remove(index);
        if !is_implied(&clause, &clauses) {
            clauses.insert(index, clause);
        }
    }
    clauses
}

/// Whether two lists of clauses ask for the same. `false` also where this is not found out within [`MAX_STEPS`].
pub(super) fn are_equivalent(one: &[Clause], other: &[Clause]) -> bool {
    one.iter().all(|clause| is_implied(clause, other)) && other.iter().all(|clause| is_implied(clause, one))
}

/// Whether every password that satisfies all of `others` satisfies `clause`. `false` also where this is not found out within [`MAX_STEPS`].
///
/// A password that has all that it wants of the other characters is the worst case: only the clauses within the characters of `clause`
/// are left then, and what they need at least is searched for with fewer characters than `clause` asks for.
fn is_implied(clause: &Clause, others: &[Clause]) -> bool {
    let mut within: Vec<_> =
        others.iter().filter(|other| other.characters.is_subset(clause.characters)).copied().collect();
    // A clause with few alternatives decides much.
    within.sort_by_key(|other| other.characters.len());
    let sets = within.iter().map(|other| other.characters);
    let mut search = Search { kinds: partition(clause.characters, sets), within: &within, steps: 0 };
    let mut counts = vec![0; search.kinds.len()];
    search.is_satisfiable(&mut counts, clause.minimum.saturating_sub(1)) == Some(false)
}

/// The characters of `all` in groups: two are in one group if no set tells them apart. In ASCII order of each group's first character.
pub(super) fn partition(all: CharSet, sets: impl Iterator<Item = CharSet>) -> Vec<CharSet> {
    let mut groups = vec![all];
    for set in sets {
        groups = groups
            .into_iter()
            .flat_map(|group| [group.intersection(set), group.difference(set)])
            .filter(|group| !group.is_empty())
            .collect();
    }
    groups.retain(|group| !group.is_empty());
    groups.sort_by_key(|group| group.iter().next());
    groups
}

/// A search for a few characters that satisfy clauses.
struct Search<'a> {
    /// Characters that no clause tells apart.
    kinds: Vec<CharSet>,
    within: &'a [Clause],
    steps: usize,
}

impl Search<'_> {
    /// Whether at most `left` more characters, besides those that are counted, satisfy every clause; `None` if that takes too long.
    fn is_satisfiable(&mut self, counts: &mut [usize], left: usize) -> Option<bool> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return None;
        }
        let has = |clause: &Clause| -> usize {
            let kinds = self.kinds.iter().zip(counts.iter());
            kinds.filter(|(kind, _)| kind.is_subset(clause.characters)).map(|(_, count)| count).sum()
        };
        let Some((clause, missing)) = self
            .within
            .iter()
            .map(|clause| (clause, clause.minimum.saturating_sub(has(clause))))
            .find(|(_, missing)| *missing > 0)
        else {
            return Some(true);
        };
        if missing > left {
            return Some(false);
        }
        let alternatives: Vec<_> =
            (0..counts.len()).filter(|&kind| self.kinds[kind].is_subset(clause.characters)).collect();
        // The only kind takes all that is missing at once.
        let take = if alternatives.len() == 1 { missing } else { 1 };
        for kind in alternatives {
            counts[kind] += take;
            let found = self.is_satisfiable(counts, left - take);
            counts[kind] -= take;
            if found != Some(false) {
                return found;
            }
        }
        Some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(characters: &str, minimum: usize) -> Clause {
        Clause { characters: CharSet::of(characters), minimum }
    }

    /// Every pair of numbers of three characters, up to the largest that a clause asks for.
    fn is_implied_naively(one: &Clause, others: &[Clause]) -> bool {
        let satisfies = |clause: &Clause, counts: [usize; 3]| {
            let has = "abc".chars().zip(counts).filter(|(kind, _)| clause.characters.contains(*kind));
            has.map(|(_, count)| count).sum::<usize>() >= clause.minimum
        };
        let counts = (0..=4).flat_map(|a| (0..=4).flat_map(move |b| (0..=4).map(move |c| [a, b, c])));
        let mut satisfying = counts.filter(|&counts| others.iter().all(|clause| satisfies(clause, counts)));
        satisfying.all(|counts| satisfies(one, counts))
    }

    /// Every clause of three characters that asks for up to four, beside every three others of a list.
    #[test]
    fn implications() {
        let sets = ["a", "b", "c", "ab", "ac", "bc", "abc"];
        let all: Vec<_> =
            sets.iter().flat_map(|set| (1..=4).map(move |minimum| clause(set, minimum))).collect();
        let few: Vec<_> = all.iter().filter(|clause| clause.minimum <= 2).copied().collect();
        let mut implied = 0;
        for one in &all {
            for (at, first) in few.iter().enumerate() {
                for second in &few[at..] {
                    for third in &few {
                        let others = [*first, *second, *third];
                        assert_eq!(
                            is_implied(one, &others),
                            is_implied_naively(one, &others),
                            "{one:?} {others:?}"
                        );
                        implied += usize::from(is_implied(one, &others));
                    }
                }
            }
        }
        assert!((1_000..40_000).contains(&implied), "{implied}");
    }

    #[test]
    fn two_letters_follow_from_one_of_each_case() {
        let cases = vec![clause("A", 1), clause("a", 1), clause("Aa", 2)];
        assert_eq!(reduce(cases), [clause("A", 1), clause("a", 1)]);
    }

    /// Without a limit the search would take hours.
    #[test]
    fn what_takes_too_long_is_not_implied() {
        let letters = "abcdefghijklmnop";
        let pairs = (0..letters.len()).flat_map(|one| (0..one).map(move |other| (one, other)));
        let others: Vec<_> = pairs
            .map(|(one, other)| {
                let characters = CharSet::of(&letters[one..=one]).union(CharSet::of(&letters[other..=other]));
                Clause { characters, minimum: 30 }
            })
            .collect();
        assert!(!is_implied(&clause(letters, 200), &others));
    }

    #[test]
    fn groups_that_no_set_tells_apart() {
        let sets = [CharSet::of("abc"), CharSet::of("cd")];
        let groups = partition(CharSet::of("abcdef"), sets.into_iter());
        assert_eq!(groups, ["ab", "c", "d", "ef"].map(CharSet::of));
        assert_eq!(partition(CharSet::EMPTY, sets.into_iter()), []);
    }
}
