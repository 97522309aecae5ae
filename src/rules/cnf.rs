//! "At least k of n classes" as a conjunction of clauses: of each clause, a set of classes, at least one must be present.

use std::vec::Vec;

use crate::rules::{
    Rules,
    charset::CharSet,
    class::{ClassSet, MAX_CLASSES},
};

/// The smallest conjunction that is equivalent to [`Rules::min_classes`] and the minima of the classes, where a
/// minimum over 1 counts as 1: a password of `characters` satisfies these rules if and only if it has, for every clause,
/// a character of one of its classes.
///
/// No clause contains another. First there is a clause of one class for each minimum, then every set of s + 1 of the
/// other classes, where s is how many of them a password may lack. There are at most 70 clauses, for 5 of 8 classes.
pub(crate) fn clauses(rules: &Rules, characters: CharSet) -> Vec<ClassSet> {
    let select = |include: &dyn Fn(usize) -> bool| {
        (0..rules.classes().len()).filter(|&index| include(index)).fold(ClassSet::EMPTY, ClassSet::with)
    };
    let mandatory = select(&|index| rules.classes()[index].minimum() > 0);
    // No password has a character of an empty class, so the required number must come from the other classes.
    let others = select(&|index| {
        !mandatory.contains(index) && !rules.classes()[index].characters().intersection(characters).is_empty()
    });
    let more = usize::from(rules.min_classes).saturating_sub(mandatory.len());
    let spare = others.len().saturating_sub(more);
    let every = sets()
        .filter(|set| more > 0 && set.len() == spare + 1 && set.iter().all(|index| others.contains(index)));
    mandatory.iter().map(|index| ClassSet::EMPTY.with(index)).chain(every).collect()
}

/// The characters of a set of the rules' classes.
pub(crate) fn characters(rules: &Rules, classes: ClassSet) -> CharSet {
    let classes = classes.iter().filter_map(|index| rules.classes().get(index));
    classes.fold(CharSet::EMPTY, |set, class| set.union(class.characters()))
}

/// Every non-empty set of classes, those with class 0 first, and among these and the others those with class 1 first,
/// and so on.
fn sets() -> impl Iterator<Item = ClassSet> {
    let set = |bits: u8| (0..MAX_CLASSES).filter(move |index| bits << index & 0x80 != 0);
    (1..=u8::MAX).rev().map(move |bits| set(bits).fold(ClassSet::EMPTY, ClassSet::with))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::class::Class;

    const LETTERS: [u8; MAX_CLASSES] = *b"abcdefgh";

    fn classes(count: usize, mandatory: usize) -> Vec<Class> {
        let class = |index: usize| {
            let letter = LETTERS[index];
            Class::new("a class", CharSet::range(letter, letter)).at_least((mandatory >> index & 1) as u8)
        };
        (0..count).map(class).collect()
    }

    /// Every number of classes, every set of them that is mandatory, every required number, and every set of classes
    /// that a password can have.
    #[test]
    fn every_set_of_classes() {
        for count in 0..=MAX_CLASSES {
            for (mandatory, required) in
                (0..1 << count).flat_map(|mandatory| (0..=count).map(move |k| (mandatory, k)))
            {
                let classes = classes(count, mandatory);
                let rules = Rules::new().with_classes(&classes).with_min_classes(required as u8);
                let clauses: Vec<usize> =
                    clauses(&rules, rules.accepted()).iter().map(|set| set.bits().into()).collect();
                for present in 0..1_usize << count {
                    let complies = mandatory & !present == 0 && present.count_ones() as usize >= required;
                    let satisfied = clauses.iter().all(|clause| clause & present != 0);
                    assert_eq!(
                        satisfied, complies,
                        "{required} of {count}, {mandatory:b} mandatory, {present:b} present"
                    );
                }
                for (index, clause) in clauses.iter().enumerate() {
                    let within = |(other, more): (usize, &usize)| other != index && clause & !more == 0;
                    assert!(!clauses.iter().enumerate().any(within), "{clauses:?}");
                }
            }
        }
    }

    /// The required number must come from the classes that have characters left.
    #[test]
    fn classes_without_characters() {
        let classes = classes(4, 0);
        let rules = Rules::new().with_classes(&classes).with_min_classes(3);
        let single = |index| ClassSet::EMPTY.with(index);
        assert_eq!(clauses(&rules, CharSet::of("abd")), [single(0), single(1), single(3)]);
    }
}
