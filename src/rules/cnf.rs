//! What rules ask of their classes, as a conjunction: of each of these sets of classes, at least one.

use std::vec::Vec;

use crate::rules::{
    Rules,
    charset::CharSet,
    class::{ClassSet, MAX_CLASSES},
};

/// The least clauses that say the same as the rules' minima (as far as one character of a class) and
/// [`Rules::required_classes`]: a password of `characters` complies with those iff it has, for every clause, a character
/// of one of its classes.
///
/// No clause contains another. First comes a class by itself for each minimum, then every set of classes of one
/// size: if a password may do without `spare` of the classes, every `spare + 1` of them have one that it does not do
/// without. There are at most 70, for 5 of 8 classes.
pub(crate) fn clauses(rules: &Rules<'_>, characters: CharSet) -> Vec<ClassSet> {
    let places = |wanted: &dyn Fn(usize) -> bool| {
        (0..rules.classes.len()).filter(|&place| wanted(place)).fold(ClassSet::EMPTY, ClassSet::with)
    };
    let wanted = places(&|place| rules.classes[place].minimum > 0);
    // A class without a character is never in a password, so the others have to make up the number.
    let others = places(&|place| {
        !wanted.contains(place) && !rules.classes[place].characters.intersection(characters).is_empty()
    });
    let more = usize::from(rules.required_classes).saturating_sub(wanted.len());
    let spare = others.len().saturating_sub(more);
    let every = sets()
        .filter(|set| more > 0 && set.len() == spare + 1 && set.iter().all(|place| others.contains(place)));
    wanted.iter().map(|place| ClassSet::EMPTY.with(place)).chain(every).collect()
}

/// The characters of some of the rules' classes.
pub(crate) fn characters(rules: &Rules<'_>, classes: ClassSet) -> CharSet {
    let classes = classes.iter().filter_map(|place| rules.classes.get(place));
    classes.fold(CharSet::EMPTY, |set, class| set.union(class.characters))
}

/// Every set of classes but the empty one; of two, first the one with the first class that they do not share.
fn sets() -> impl Iterator<Item = ClassSet> {
    let set = |bits: u8| (0..MAX_CLASSES).filter(move |place| bits << place & 0x80 != 0);
    (1..=u8::MAX).rev().map(move |bits| set(bits).fold(ClassSet::EMPTY, ClassSet::with))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::class::Class;

    const LETTERS: [u8; MAX_CLASSES] = *b"abcdefgh";

    fn classes(count: usize, wanted: usize) -> Vec<Class<'static>> {
        let class = |place: usize| {
            let letter = LETTERS[place];
            Class::new("a class", CharSet::range(letter, letter)).at_least((wanted >> place & 1) as u8)
        };
        (0..count).map(class).collect()
    }

    /// Every number of classes, every set of them that is wanted, every number required, and every set of them
    /// that a password can have.
    #[test]
    fn every_set_of_classes() {
        for count in 0..=MAX_CLASSES {
            for (wanted, required) in (0..1 << count).flat_map(|wanted| (0..=count).map(move |k| (wanted, k)))
            {
                let classes = classes(count, wanted);
                let rules = Rules { classes: &classes, required_classes: required as u8, ..Rules::NONE };
                let clauses: Vec<usize> =
                    clauses(&rules, rules.accepted()).iter().map(|set| set.bits().into()).collect();
                for present in 0..1_usize << count {
                    let complies = wanted & !present == 0 && present.count_ones() as usize >= required;
                    let said = clauses.iter().all(|clause| clause & present != 0);
                    assert_eq!(
                        said, complies,
                        "{required} of {count}, {wanted:b} wanted, {present:b} present"
                    );
                }
                for (place, clause) in clauses.iter().enumerate() {
                    let within = |(other, more): (usize, &usize)| other != place && clause & !more == 0;
                    assert!(!clauses.iter().enumerate().any(within), "{clauses:?}");
                }
            }
        }
    }

    /// Classes that have no character left are made up for by the others.
    #[test]
    fn classes_without_characters() {
        let classes = classes(4, 0);
        let rules = Rules { classes: &classes, required_classes: 3, ..Rules::NONE };
        let single = |place| ClassSet::EMPTY.with(place);
        assert_eq!(clauses(&rules, CharSet::of("abd")), [single(0), single(1), single(3)]);
    }
}
