//! The checks of each rule by itself, and of conflicts that show without counting.

use super::PolicyError;
use crate::rules::{
    MAX_CHECKED_LENGTH, MAX_LENGTH, Rules,
    charset::CharSet,
    class::{MAX_CLASS_NAMES, MAX_CLASSES},
};

/// Whether every rule is valid by itself.
pub(super) const fn validate(rules: &Rules) -> Result<(), PolicyError> {
    let (min, max, default) = (rules.min_length, rules.max_length, rules.default_length);
    if min == 0 || min as usize > MAX_LENGTH || min as u16 > max || max > MAX_CHECKED_LENGTH {
        return Err(PolicyError::Lengths { min, max });
    }
    if default < min || default > rules.longest_generated() {
        return Err(PolicyError::DefaultLength { default, min, max });
    }
    let classes = rules.class_count as usize;
    if classes > MAX_CLASSES {
        return Err(PolicyError::TooManyClasses { classes });
    }
    if let Err(error) = validate_classes(rules) {
        return Err(error);
    }
    if rules.accepted().is_empty() {
        return Err(PolicyError::NoCharacters);
    }
    if rules.min_classes as usize > classes {
        return Err(PolicyError::MinClasses { required: rules.min_classes, classes });
    }
    let sum = sum_of_minima(rules);
    if sum > rules.longest_generated() as usize {
        return Err(PolicyError::Minima { sum, max });
    }
    if let Some(0) = rules.max_repeat {
        return Err(PolicyError::MaxRepeat);
    }
    if let Some(first) = rules.first
        && (first.is_empty() || first.bits() as usize >= 1 << classes)
    {
        return Err(PolicyError::First { classes });
    }
    if let Some(max) = rules.max_run
        && (max == 0 || rules.run_classes.is_empty() || rules.run_classes.bits() as usize >= 1 << classes)
    {
        return Err(PolicyError::MaxRun { found: max, classes });
    }
    if let Some(0) = rules.max_sequence {
        return Err(PolicyError::MaxSequence);
    }
    let distinct = rules.min_distinct as usize;
    let longest = rules.longest_generated();
    if distinct > longest as usize || distinct > rules.accepted().len() {
        return Err(PolicyError::MinDistinct { found: rules.min_distinct, max: longest });
    }
    if let Some(length) = rules.context.wrong_length() {
        return Err(PolicyError::Context { length });
    }
    Ok(())
}

/// Whether the classes have short names and share no character.
const fn validate_classes(rules: &Rules) -> Result<(), PolicyError> {
    let mut names = 0;
    let mut index = 0;
    while index <= rules.classes().len() {
        let characters = rules.slot(index);
        if index < rules.classes().len() {
            let name = rules.classes()[index].text();
            if name.is_too_long() {
                return Err(PolicyError::ClassName { index, length: name.len() });
            }
            names += name.len();
            if characters.is_empty() {
                return Err(PolicyError::EmptyClass { index });
            }
        }
        if !characters.is_subset(CharSet::PRINTABLE) {
            return Err(PolicyError::NotPrintable { index });
        }
        let mut other = 0;
        while other < index {
            if !characters.intersection(rules.slot(other)).is_empty() {
                return Err(PolicyError::Overlap { first: other, second: index });
            }
            other += 1;
        }
        index += 1;
    }
    if names > MAX_CLASS_NAMES {
        return Err(PolicyError::ClassNames { length: names });
    }
    Ok(())
}

const fn sum_of_minima(rules: &Rules) -> usize {
    let mut sum = 0;
    let mut rest = rules.classes();
    while let [class, others @ ..] = rest {
        sum += class.minimum() as usize;
        rest = others;
    }
    sum
}
