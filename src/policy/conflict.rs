//! Which rules conflict.

use core::fmt;

use super::PolicyError;
use crate::{
    counting::count,
    rules::{FIELDS, Rules, alphabet::Alphabet, charset::CharSet, class::ClassSet, words::WordList},
};

/// Rules that are valid each by itself and that no password of the default length satisfies together. Without any one of
/// them there would be such a password. Prints the names of the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Conflict {
    /// The length at which the rules conflict, in characters: the default length, or the only one that is allowed.
    pub length: u8,
    /// Whether `min_classes` is one of the rules.
    pub min_classes: bool,
    /// The classes whose minima are among the rules.
    pub minima: ClassSet,
    /// Whether `max_repeat` is one of the rules.
    pub max_repeat: bool,
    /// Whether `max_run` is one of the rules.
    pub max_run: bool,
    /// Whether `max_sequence` is one of the rules.
    pub max_sequence: bool,
    /// Whether `min_distinct` is one of the rules.
    pub min_distinct: bool,
    /// Whether the classes of the first character are one of the rules.
    pub first: bool,
    /// Whether the context is one of the rules.
    pub context: bool,
    /// Whether the exclusion of characters is one of the rules.
    pub excluded: bool,
    /// Whether the exclusion of first characters is one of the rules.
    pub excluded_first: bool,
}

impl Conflict {
    /// No rule is known to take part.
    pub(super) const NONE: Self = Self {
        length: 0,
        min_classes: false,
        minima: ClassSet::EMPTY,
        max_repeat: false,
        max_run: false,
        max_sequence: false,
        min_distinct: false,
        first: false,
        context: false,
        excluded: false,
        excluded_first: false,
    };
}

/// The error of valid rules that leave no password of the default length to generate.
///
/// One rule after another is left out. If there is still no password without it, the rule has no part in the conflict and
/// stays out; otherwise it takes part and is put back.
pub(super) fn error(rules: &Rules) -> PolicyError {
    let (mut left, mut conflict) =
        (rules.clone(), Conflict { length: rules.default_length, ..Conflict::NONE });
    const _: () = assert!(FIELDS == 16, "a rule that was added must be left out here like the others");
    // Longer passwords need not be counted.
    left.max_length = left.default_length as u16;

    conflict.excluded_first = takes_part(&mut left, |rules| rules.excluded_first = CharSet::EMPTY);
    conflict.excluded = takes_part(&mut left, |rules| rules.excluded = CharSet::EMPTY);
    conflict.context = takes_part(&mut left, |rules| rules.context = WordList::EMPTY);
    conflict.max_repeat = takes_part(&mut left, |rules| rules.max_repeat = None);
    conflict.max_run = takes_part(&mut left, |rules| rules.max_run = None);
    conflict.max_sequence = takes_part(&mut left, |rules| rules.max_sequence = None);
    conflict.min_distinct = takes_part(&mut left, |rules| rules.min_distinct = 0);
    conflict.first = takes_part(&mut left, |rules| rules.first = None);
    conflict.min_classes = takes_part(&mut left, |rules| rules.min_classes = 0);
    for index in 0..left.classes().len() {
        let without_minimum = |rules: &mut Rules| {
            if let Some(class) = rules.classes.get_mut(index) {
                *class = class.at_least(0);
            }
        };
        if takes_part(&mut left, without_minimum) {
            conflict.minima = conflict.minima.with(index);
        }
    }
    match conflict.excluded || conflict.excluded_first {
        true => PolicyError::NothingToGenerate { conflict },
        false => PolicyError::Infeasible { conflict },
    }
}

/// Whether a rule that `left` states is needed for the conflict. If not, it is left out.
fn takes_part(left: &mut Rules, leave_out: impl FnOnce(&mut Rules)) -> bool {
    let mut without = left.clone();
    leave_out(&mut without);
    if without == *left {
        return false;
    }
    let takes_part = is_feasible(&without);
    if !takes_part {
        *left = without;
    }
    takes_part
}

/// Whether there is a password of the default length to generate.
fn is_feasible(rules: &Rules) -> bool {
    let counts = count(rules, Alphabet::generated(rules));
    counts.get(usize::from(rules.default_length)).is_some_and(|count| !count.is_zero())
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules = [
            (self.min_classes, "min_classes"),
            (self.max_repeat, "max_repeat"),
            (self.max_run, "max_run"),
            (self.max_sequence, "max_sequence"),
            (self.min_distinct, "min_distinct"),
            (self.first, "first"),
            (self.context, "context"),
            (self.excluded, "excluded"),
            (self.excluded_first, "excluded_first"),
        ];
        write!(f, "at {} character{}, conflict: ", self.length, if self.length == 1 { "" } else { "s" })?;
        let mut separator = "";
        for index in self.minima {
            write!(f, "{separator}minimum of class {index}")?;
            separator = " and ";
        }
        for (_, name) in rules.iter().filter(|(part, _)| *part) {
            write!(f, "{separator}{name}")?;
            separator = " and ";
        }
        Ok(())
    }
}
