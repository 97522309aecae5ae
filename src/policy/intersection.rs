//! The passwords that several policies accept, as one policy.

mod clause;
mod error;
mod names;

use std::{string::String, vec::Vec};

use crate::{
    counting::MAX_STATES,
    policy::{Policy, PolicyError},
    rules::{
        FIELDS, Rules,
        charset::CharSet,
        class::{Class, ClassSet, MAX_CLASSES},
        cnf,
    },
};
use clause::{Clause, are_equivalent, clauses, partition, reduce};

pub use error::{IntersectionConflict, IntersectionError};

impl Policy {
    /// Returns the policy whose passwords every one of `policies` accepts: exactly these, or an error. What any of them never
    /// generates is not generated.
    ///
    /// Classes are split where the policies differ, and what the others imply is left out:
    ///
    /// ```
    /// use sip_password::{CharSet, Class, HUAWEI, Policy, Rules};
    ///
    /// let digits = Class::new("digits", CharSet::DIGITS).at_least(2);
    /// let rules = Rules::new().with_lengths(10, 30).with_class(digits);
    /// let pbx = Policy::new(rules.clone().with_uncounted(CharSet::GRAPHIC.difference(CharSet::DIGITS)))?;
    /// let both = Policy::intersection(&[&HUAWEI, &pbx])?;
    /// assert_eq!(both.lengths(), 10..=16);
    /// assert!(both.check("fake.FAKE.12").is_ok());
    /// assert!(both.check("fake.FAKE.1x").is_err());
    ///
    /// let letters_and_digits = Policy::new(rules.with_uncounted(CharSet::LOWERCASE))?;
    /// let error = Policy::intersection(&[&HUAWEI, &pbx, &letters_and_digits]).unwrap_err();
    /// assert_eq!(error.to_string(), "policies 0 and 2: one requires a class of which another accepts no character");
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// The default length is that of the first policy, or the nearest one that is possible.
    ///
    /// Cost: that of [`new`](Self::new), and some microseconds for each policy; after an error with three policies or more, that for each
    /// pair.
    ///
    /// # Errors
    ///
    /// [`IntersectionError`] if no password satisfies all policies, if none is left to generate without what any of them excludes, or if
    /// no single policy can state the combined rules (words of more than 64 bytes together, for example); then check a password against
    /// each policy. The error names the first two policies that exclude each other or, if no two do, the first two whose rules cannot be
    /// combined.
    pub fn intersection(policies: &[&Self]) -> Result<Self, IntersectionError> {
        Self::intersection_within(policies, usize::MAX)
    }

    /// [`intersection`](Self::intersection) for policies from somebody else: refuses one of more states than this before it counts them. The
    /// time to count is about proportional to the [`states`](Self::states): some 2 µs each. A single policy is counted already.
    ///
    /// # Errors
    ///
    /// Those of [`intersection`](Self::intersection), and [`IntersectionConflict::States`].
    pub fn intersection_within(policies: &[&Self], max_states: usize) -> Result<Self, IntersectionError> {
        let conflict = match intersection(policies, max_states) {
            Ok(policy) => return Ok(policy),
            Err(conflict) => conflict,
        };
        if policies.len() == 2 {
            return Err(IntersectionError { policies: Some((0, 1)), conflict });
        }
        // That no policy can state two rules together may be of no account, since a third can imply them.
        let mut unstated = None;
        for (second, policy) in policies.iter().enumerate() {
            for (first, other) in policies.iter().take(second).enumerate() {
                if let Err(conflict) = intersection(&[other, policy], max_states) {
                    let error = IntersectionError { policies: Some((first, second)), conflict };
                    if !conflict.is_of_statement() {
                        return Err(error);
                    }
                    unstated.get_or_insert(error);
                }
            }
        }
        Err(unstated.unwrap_or(IntersectionError { policies: None, conflict }))
    }
}

fn intersection(policies: &[&Policy], max_states: usize) -> Result<Policy, IntersectionConflict> {
    let rules = match policies {
        [] => return Err(IntersectionConflict::NoPolicies),
        [policy] => return Ok((*policy).clone()),
        _ => policies.iter().map(|policy| policy.rules()).collect::<Vec<_>>(),
    };
    const _: () = assert!(FIELDS == 16, "a rule that was added must be joined here");
    let joined = with_order(with_lengths(&rules)?, &rules);
    let accepted = rules.iter().fold(CharSet::PRINTABLE, |set, one| set.intersection(one.accepted()));
    if accepted.is_empty() {
        return Err(IntersectionConflict::Characters);
    }
    let needs = class_rules(&rules, accepted, joined.min_length())?;
    let (min, max) = (needs.min_length, joined.max_length());
    if u16::from(min) > max {
        return Err(IntersectionConflict::Lengths { min, max });
    }
    let joined = with_classes(joined.with_lengths(min, max), &needs, accepted, &rules)?;
    let excluded = rules.iter().fold(CharSet::EMPTY, |set, one| set.union(one.excluded()));
    let not_first = rules.iter().fold(CharSet::EMPTY, |set, one| set.union(one.excluded_first()));
    let joined = joined.with_excluded(excluded.intersection(accepted));
    let joined = with_context(joined.with_excluded_first(not_first.intersection(accepted)), &rules);
    let usual = rules.first().map(Rules::default_length);
    match Policy::counted_within(joined, usual, max_states) {
        Ok((policy, _)) => Ok(policy),
        Err(PolicyError::TooComplex { states }) if states <= MAX_STATES => {
            Err(IntersectionConflict::States { states, max: max_states })
        }
        Err(error) => Err(IntersectionConflict::Rules(error)),
    }
}

/// Rules of the lengths that all allow.
fn with_lengths(rules: &[Rules]) -> Result<Rules, IntersectionConflict> {
    let min = rules.iter().map(Rules::min_length).max().unwrap_or(1);
    let max = rules.iter().map(Rules::max_length).min().unwrap_or(1);
    if u16::from(min) > max {
        return Err(IntersectionConflict::Lengths { min, max });
    }
    Ok(Rules::new().with_lengths(min, max))
}

/// The strictest of the rules on characters of any class.
fn with_order(mut joined: Rules, rules: &[Rules]) -> Rules {
    if let Some(max) = rules.iter().filter_map(Rules::max_repeat).min() {
        joined = joined.with_max_repeat(max);
    }
    if let Some(max) = rules.iter().filter_map(Rules::max_sequence).min() {
        joined = joined.with_max_sequence(max);
    }
    joined.with_min_distinct(rules.iter().map(Rules::min_distinct).max().unwrap_or(0))
}

/// The words of all. Where only some refuse them reversed, the reversed words stand beside the words.
fn with_context(joined: Rules, rules: &[Rules]) -> Rules {
    let mut words: Vec<String> = Vec::new();
    let with_words = || rules.iter().filter(|one| one.context().next().is_some());
    let all_reversed = with_words().all(Rules::reversed_context);
    for one in with_words() {
        for word in one.context() {
            let word = String::from(word);
            let reversed: Option<String> =
                (one.reversed_context() && !all_reversed).then(|| word.chars().rev().collect());
            for word in [Some(word), reversed].into_iter().flatten() {
                if !words.iter().any(|other: &String| other.eq_ignore_ascii_case(&word)) {
                    words.push(word);
                }
            }
        }
    }
    // What contains another word is refused anyway.
    let lower: Vec<String> = words.iter().map(|word| word.to_ascii_lowercase()).collect();
    let is_needed = |word: &str| !lower.iter().any(|other| other != word && word.contains(other.as_str()));
    let words: Vec<_> =
        words.iter().zip(&lower).filter(|(_, lower)| is_needed(lower)).map(|(word, _)| word).collect();
    if words.is_empty() {
        return joined;
    }
    let words: Vec<&str> = words.into_iter().map(String::as_str).collect();
    joined.with_context_words(&words).with_reversed_context(all_reversed)
}

/// What several policies together ask of classes.
struct ClassRules {
    /// The shortest length, in characters.
    min_length: u8,
    /// None follows from the others.
    clauses: Vec<Clause>,
    /// The longest run, and the sets of characters that it is about.
    runs: Option<(u8, Vec<CharSet>)>,
    /// The characters to which the first one must belong.
    first: Option<CharSet>,
}

fn class_rules(rules: &[Rules], accepted: CharSet, min: u8) -> Result<ClassRules, IntersectionConflict> {
    let mut needed = Vec::new();
    for one in rules {
        needed.extend(clauses(one, accepted).ok_or(IntersectionConflict::MissingClass)?);
    }
    // A minimum of all characters is a length. If there is nothing else, the class that has all of them keeps its name.
    let is_alone = needed.iter().all(|clause| clause.characters == accepted);
    let is_length = |clause: &Clause| {
        clause.characters == accepted && clause.minimum > 1 && (!is_alone || clause.minimum <= min.into())
    };
    let lengths = needed.iter().filter(|clause| is_length(clause)).map(|clause| clause.minimum as u8);
    let min_length = lengths.fold(min, u8::max);
    needed.retain(|clause| !is_length(clause));
    let first = rules.iter().filter_map(|one| Some(cnf::characters(one, one.first()?)));
    let first = first.fold(accepted, CharSet::intersection);
    if first.is_empty() {
        return Err(IntersectionConflict::First);
    }
    let first = (first != accepted).then_some(first);
    Ok(ClassRules { min_length, clauses: reduce(needed), runs: runs(rules, accepted)?, first })
}

/// The longest run, and the sets of characters that it is about. One policy can state one length.
fn runs(rules: &[Rules], accepted: CharSet) -> Result<Option<(u8, Vec<CharSet>)>, IntersectionConflict> {
    let mut runs = Vec::new();
    for (one, max, classes) in rules.iter().filter_map(|one| one.max_run().map(|(max, set)| (one, max, set)))
    {
        let sets = classes.iter().map(|index| one.slot(index).intersection(accepted));
        runs.extend(sets.filter(|set| !set.is_empty()).map(|set| (set, max)));
    }
    // A limit for a set holds for each part of it.
    let is_implied = |at: usize, (set, max): (CharSet, u8)| {
        runs.iter().enumerate().any(|(other, &(wider, fewer))| {
            let is_same = (wider, fewer) == (set, max);
            other != at && set.is_subset(wider) && fewer <= max && (!is_same || other < at)
        })
    };
    let left: Vec<_> = runs.iter().enumerate().filter(|&(at, &run)| !is_implied(at, run)).collect();
    let Some(&(_, &(_, max))) = left.first() else { return Ok(None) };
    if left.iter().any(|(_, run)| run.1 != max) {
        return Err(IntersectionConflict::MaxRun);
    }
    Ok(Some((max, left.into_iter().map(|(_, run)| run.0).collect())))
}

/// The classes by which one policy states what is needed.
///
/// Characters that no rule tells apart are of one class, so there is only one way to divide them, and each class has the minimum that
/// a clause states. What is left to find is how many classes must be present.
fn with_classes(
    joined: Rules,
    needs: &ClassRules,
    accepted: CharSet,
    rules: &[Rules],
) -> Result<Rules, IntersectionConflict> {
    let runs = needs.runs.as_ref().map(|(_, sets)| sets.as_slice()).unwrap_or_default();
    let needed = needs.clauses.iter().map(|clause| clause.characters);
    let mut sets: Vec<_> = needed.chain(runs.iter().copied()).chain(needs.first).collect();
    if sets.is_empty() {
        // What is a class in every policy keeps its name, if there is room.
        sets = named_everywhere(accepted, rules);
    }
    let groups = partition(accepted, sets.iter().copied());
    let (mut classes, others): (Vec<_>, Vec<_>) =
        groups.into_iter().partition(|group| sets.iter().any(|set| group.is_subset(*set)));
    if classes.len() > MAX_CLASSES {
        return Err(IntersectionConflict::TooManyClasses { classes: classes.len() });
    }
    if runs.iter().any(|run| !classes.contains(run)) {
        return Err(IntersectionConflict::MaxRun);
    }
    names::sort(&mut classes, rules);
    let names = names::names(&classes, rules);
    let minimum = |group: &CharSet| {
        let own = needs.clauses.iter().filter(|clause| clause.characters == *group);
        own.map(|clause| clause.minimum).max().unwrap_or(0)
    };
    let uncounted = others.into_iter().fold(CharSet::EMPTY, CharSet::union);
    let candidate = |required: usize| {
        let all = classes.iter().zip(&names).map(|(group, name)| {
            // If every class must be present, this need not be said of each.
            let minimum = minimum(group) as u8;
            let minimum = if required == classes.len() && minimum == 1 { 0 } else { minimum };
            Class::new(name, *group).at_least(minimum)
        });
        let all: Vec<_> = all.collect();
        joined.clone().with_classes(&all).with_uncounted(uncounted).with_min_classes(required as u8)
    };
    let states_it = |candidate: &Rules| {
        clauses(candidate, accepted).is_some_and(|stated| are_equivalent(&stated, &needs.clauses))
    };
    let found = (0..=classes.len()).rev().map(candidate).find(states_it);
    let mut found = found.ok_or(IntersectionConflict::Classes)?;
    let indices = |is_in: &dyn Fn(&CharSet) -> bool| {
        (0..classes.len()).filter(|&index| is_in(&classes[index])).fold(ClassSet::EMPTY, ClassSet::with)
    };
    if let Some((max, _)) = needs.runs {
        found = found.with_max_run(max, indices(&|class| runs.contains(class)));
    }
    if let Some(first) = needs.first {
        found = found.with_first(indices(&|class| class.is_subset(first)));
    }
    Ok(found)
}

/// The groups of characters that are within a class of every policy; none if they are more than a policy can have.
fn named_everywhere(accepted: CharSet, rules: &[Rules]) -> Vec<CharSet> {
    let classes = |one: &Rules| one.classes().iter().map(|class| class.characters()).collect::<Vec<_>>();
    let mut groups = partition(accepted, rules.iter().flat_map(classes));
    groups.retain(|group| rules.iter().all(|one| classes(one).iter().any(|class| group.is_subset(*class))));
    if groups.len() > MAX_CLASSES { Vec::new() } else { groups }
}
