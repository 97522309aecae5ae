//! Which rules cannot hold together.

use core::fmt;

use super::PolicyError;
use crate::{
    counting::tally,
    rules::{
        Rules,
        charset::CharSet,
        class::{Class, ClassSet, MAX_CLASSES},
    },
};

/// Rules that each make sense and cannot hold together for passwords of the default length: without any one of them there would be
/// such a password. Prints them by their names in [`Rules`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Conflict {
    /// [`Rules::default_length`], in characters; or the only length that is allowed.
    pub length: u8,
    /// [`Rules::required_classes`] is one of them.
    pub required_classes: bool,
    /// The minima of these classes are, by their places in [`Rules::classes`].
    pub minima: ClassSet,
    /// [`Rules::longest_run`] is.
    pub longest_run: bool,
    /// [`Rules::first`] is.
    pub first: bool,
    /// [`Rules::context`] is.
    pub context: bool,
    /// [`Rules::never_generated`] is.
    pub never_generated: bool,
}

impl Conflict {
    /// Not yet known to be any.
    pub(super) const NONE: Self = Self {
        length: 0,
        required_classes: false,
        minima: ClassSet::EMPTY,
        longest_run: false,
        first: false,
        context: false,
        never_generated: false,
    };
}

/// What is wrong with sound rules that leave no password of the default length to generate.
///
/// One rule after another is left out. Where there is still no password, it has no part in the conflict and stays out; otherwise
/// it has.
pub(super) fn error(rules: &Rules<'_>) -> PolicyError {
    let mut classes = [Class::new("", CharSet::EMPTY); MAX_CLASSES];
    for (own, class) in classes.iter_mut().zip(rules.classes) {
        *own = *class;
    }
    let classes = &mut classes[..rules.classes.len().min(MAX_CLASSES)];
    let (mut left, mut conflict) = (*rules, Conflict { length: rules.default_length, ..Conflict::NONE });

    let without = Rules { never_generated: CharSet::EMPTY, ..left };
    conflict.never_generated = has_part(&mut left, without, classes);
    let without = Rules { context: None, ..left };
    conflict.context = has_part(&mut left, without, classes);
    let without = Rules { longest_run: None, ..left };
    conflict.longest_run = has_part(&mut left, without, classes);
    let without = Rules { first: None, ..left };
    conflict.first = has_part(&mut left, without, classes);
    let without = Rules { required_classes: 0, ..left };
    conflict.required_classes = has_part(&mut left, without, classes);
    for place in 0..classes.len() {
        let minimum = core::mem::take(&mut classes[place].minimum);
        if minimum != 0 && possible(&left, classes) {
            classes[place].minimum = minimum;
            conflict.minima = conflict.minima.with(place);
        }
    }
    match conflict.never_generated {
        true => PolicyError::NothingToGenerate { conflict },
        false => PolicyError::Infeasible { conflict },
    }
}

/// Whether there is a password without a rule that `left` has. If not, it is left out.
fn has_part<'a>(left: &mut Rules<'a>, without: Rules<'a>, classes: &[Class<'_>]) -> bool {
    let part = without != *left && possible(&without, classes);
    if !part {
        *left = without;
    }
    part
}

/// Whether there is a password of the default length to generate.
fn possible(rules: &Rules<'_>, classes: &[Class<'_>]) -> bool {
    let mut rules = Rules { classes, ..*rules };
    // What is longer need not be counted.
    rules.max_length = rules.default_length;
    let tally = tally(&rules, rules.alphabet());
    tally.get(usize::from(rules.default_length)).is_some_and(|count| !count.is_zero())
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules = [
            (self.required_classes, "required_classes"),
            (self.longest_run, "longest_run"),
            (self.first, "first"),
            (self.context, "context"),
            (self.never_generated, "never_generated"),
        ];
        write!(f, "of {} character{}", self.length, if self.length == 1 { "" } else { "s" })?;
        let mut before = ", ";
        for place in self.minima.iter() {
            write!(f, "{before}minimum of class {place}")?;
            before = " and ";
        }
        for (_, name) in rules.iter().filter(|(part, _)| *part) {
            write!(f, "{before}{name}")?;
            before = " and ";
        }
        Ok(())
    }
}
