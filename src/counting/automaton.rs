//! The finite automaton that reads a password from left to right.
//!
//! A state remembers exactly what the rules ask about: the number of characters of each class, capped at the number that is
//! required; how many different ones of each group there are; the last character, how often it was repeated, and the sequence and the row of its class that it ends; and the longest
//! beginning of a context word that the password ends with. Characters that no rule distinguishes form a group, and a group is one
//! transition with a factor.
//!
//! [`counting`](crate::counting) counts the strings that lead into each state, [`unrank`](crate::counting::unrank) those that
//! lead out of it.
//!
//! Everything is `const`, so that the compiler can count. A policy that is made at run time must not bring the machinery of
//! panics into firmware: each index and each division stands behind a condition that always holds and that the compiler
//! sees.

mod end;

pub(crate) use end::Last;

use crate::{
    counting::{distinct::Distinct, trie::Trie},
    rules::{Rules, alphabet::Alphabet, charset::CharSet, class::MAX_CLASSES},
};

/// The classes, and one more slot for the characters that count for none.
const SLOTS: usize = MAX_CLASSES + 1;
/// A group for each character, and one for the rest of each slot.
pub(super) const GROUPS: usize = SLOTS + 95;

/// Characters that no rule distinguishes.
#[derive(Clone, Copy)]
pub(crate) struct Group {
    pub(crate) slot: usize,
    /// The only character, if a context word contains it or a sequence can; 0 otherwise.
    only: u8,
    /// The number of characters.
    pub(crate) size: u8,
    /// How many of them a password can begin with.
    pub(crate) first: u8,
}

pub(crate) struct Automaton<'a> {
    rules: &'a Rules,
    groups: [Group; GROUPS],
    group_count: usize,
    /// The largest number of repeats that the rules allow; 0 if they allow as many as fit.
    pub(crate) max_repeat: usize,
    /// The longest sequence that the rules allow; 0 if they allow any.
    max_sequence: usize,
    /// The longest row of one class that the rules allow; 0 if they allow any.
    max_run: usize,
    /// The characters that can be part of a sequence that is too long.
    sequential: CharSet,
    words: Trie,
    pub(super) distinct: Distinct,
    /// How far the characters of each slot are counted; 0 for not at all.
    caps: [u8; SLOTS],
}

impl<'a> Automaton<'a> {
    pub(crate) const fn new(rules: &'a Rules, alphabet: Alphabet) -> Self {
        let mut automaton = Self {
            rules,
            groups: [Group { slot: 0, only: 0, size: 0, first: 0 }; GROUPS],
            group_count: 0,
            max_repeat: limit(rules.max_repeat, rules.longest_generated()),
            max_sequence: limit(rules.max_sequence, rules.longest_generated()),
            max_run: limit(rules.max_run, rules.longest_generated()),
            sequential: CharSet::EMPTY,
            words: Trie::new(&rules.context, rules.longest_generated() as usize),
            distinct: Distinct::new(0, 0),
            caps: caps(rules),
        };
        if automaton.max_sequence > 0 {
            automaton.sequential = sequential(alphabet.all, automaton.max_sequence);
        }
        let mut slot = 0;
        while slot <= rules.classes().len() {
            let first = if automaton.may_start(slot) { alphabet.first } else { CharSet::EMPTY };
            automaton.add_groups(slot, rules.slot(slot).intersection(alphabet.all), first);
            slot += 1;
        }
        automaton.distinct = Distinct::new(rules.min_distinct as usize, automaton.group_count);
        automaton
    }

    /// Divides the characters of a slot into those of context words and sequences, each by itself, and the rest. A password can begin
    /// with those in `first`.
    const fn add_groups(&mut self, slot: usize, set: CharSet, first: CharSet) {
        let first = set.intersection(first);
        let mut rest = Group { slot, only: 0, size: set.len() as u8, first: first.len() as u8 };
        let mut byte: u8 = 0;
        while byte.is_ascii() {
            if set.has(byte) && self.is_alone(byte) {
                let is_first = first.has(byte) as u8;
                self.add_group(Group { slot, only: byte, size: 1, first: is_first });
                rest.size -= 1;
                rest.first -= is_first;
            }
            byte += 1;
        }
        if rest.size > 0 {
            self.add_group(rest);
        }
    }

    const fn add_group(&mut self, group: Group) {
        if let Some((_, [place, ..])) = self.groups.split_at_mut_checked(self.group_count) {
            *place = group;
            self.group_count += 1;
        }
    }

    /// The groups that have a character.
    pub(crate) const fn groups(&self) -> &[Group] {
        match self.groups.split_at_checked(self.group_count) {
            Some((groups, _)) => groups,
            None => &[],
        }
    }

    /// The number of values that the capped count of one slot can have, at least one.
    pub(crate) const fn values(&self, slot: usize) -> usize {
        match self.caps.split_at_checked(slot) {
            Some((_, [cap, ..])) => *cap as usize + 1,
            _ => 1,
        }
    }

    /// The number of values that the capped counts of all classes can have together.
    pub(crate) const fn vectors(&self) -> usize {
        let mut vectors: usize = 1;
        let mut caps = self.caps.as_slice();
        while let [cap, others @ ..] = caps {
            vectors = vectors.saturating_mul(*cap as usize + 1);
            caps = others;
        }
        vectors
    }

    /// The number of states with the same [`Last`]: for each number of different characters, if that is asked for, all values of the
    /// capped counts.
    pub(crate) const fn counted_together(&self) -> usize {
        self.vectors().saturating_mul(self.distinct.parts())
    }

    /// The longest password that is counted, in characters.
    pub(crate) const fn longest(&self) -> usize {
        self.rules.longest_generated() as usize
    }

    pub(crate) const fn states(&self) -> usize {
        self.counted_together().saturating_mul(self.nodes())
    }

    /// The counts of the classes after one more character of the slot that `stride` and `values` belong to.
    pub(crate) const fn counted(vector: usize, stride: usize, values: usize) -> usize {
        let full = stride == 0 || values == 0 || vector / stride % values == values - 1;
        if full { vector } else { vector + stride }
    }

    /// The states after one more character of the group at `index`: after one that is not there yet, after the last one again, and
    /// after another that is there already. Those of which no rule asks are the same as the first. `start` means that there is no
    /// character yet.
    #[cfg(feature = "std")]
    pub(crate) fn moves(&self, state: u32, index: usize, start: bool) -> [Option<u32>; 3] {
        let (together, vectors) = (self.counted_together(), self.vectors());
        let (node, part) = (state as usize / together, state as usize % together / vectors);
        let vector = state as usize % vectors;
        let (last, group) = (self.last(node), self.groups[index]);
        if start && group.first == 0 {
            return [None; 3];
        }
        let counted = Self::counted(vector, self.stride(group.slot), self.values(group.slot));
        let state = |arrival: Option<Last>, part: usize| {
            arrival.map(|last| (self.node(last) * together + part * vectors + counted) as u32)
        };
        let other = self.arrival(last, group, false);
        let is_old = state(other, part);
        let is_new = match self.distinct.used(part) {
            Some(used) if used[index] < group.size => state(other, self.distinct.after(&used, index)),
            Some(_) => None,
            None => is_old,
        };
        if self.max_repeat == 0 {
            return [is_new, is_old, is_old];
        }
        let repeats = last.is_some_and(|last| self.may_end_with(last, group));
        let again = if repeats { self.arrival(last, group, true) } else { None };
        [is_new, state(again, part), is_old]
    }

    /// The number of characters of the group at `index` that are in the password; `None` if no rule asks.
    #[cfg(feature = "std")]
    pub(crate) fn used(&self, state: usize, index: usize) -> Option<u8> {
        let part = state % self.counted_together() / self.vectors();
        self.distinct.used(part).map(|used| used[index])
    }

    /// Whether the last character can belong to the group at `index`.
    #[cfg(feature = "std")]
    pub(crate) fn may_repeat(&self, state: usize, index: usize) -> bool {
        let last = self.last(state / self.counted_together());
        last.is_some_and(|last| self.may_end_with(last, self.groups[index]))
    }

    /// The smallest number of characters that a state still lacks: for the minima, for "k of n", and for different ones.
    #[cfg(feature = "std")]
    pub(crate) fn missing(&self, state: usize) -> usize {
        let (mut left, mut missing, mut present) = (state, 0, 0);
        for (slot, class) in self.rules.classes().iter().enumerate() {
            let count = left % self.values(slot);
            left /= self.values(slot);
            missing += usize::from(class.minimum()).saturating_sub(count);
            // A class with a minimum will be present in the end.
            present += usize::from(count > 0 || class.minimum() > 0);
        }
        missing += usize::from(self.rules.min_classes).saturating_sub(present);
        missing.max(self.distinct.missing(state % self.counted_together() / self.vectors()))
    }

    /// Whether the group at `index` contains a character.
    #[cfg(feature = "std")]
    pub(crate) fn has(&self, index: usize, byte: u8) -> bool {
        match self.groups[index] {
            Group { slot, only: 0, .. } => self.rules.slot(slot).has(byte) && !self.is_alone(byte),
            Group { only, .. } => byte == only,
        }
    }

    /// Whether a character has a group of its own.
    const fn is_alone(&self, byte: u8) -> bool {
        self.words.spells(byte.to_ascii_lowercase()) || self.sequential.has(byte)
    }

    /// Whether a password can start with a character of `slot`.
    const fn may_start(&self, slot: usize) -> bool {
        match self.rules.first {
            Some(classes) => classes.contains(slot),
            None => true,
        }
    }

    /// What one character of `slot` adds to the number that stands for the capped counts.
    pub(crate) const fn stride(&self, slot: usize) -> usize {
        let mut stride = 1;
        let mut at = 0;
        while at < slot {
            stride *= self.values(at);
            at += 1;
        }
        stride
    }

    /// Whether a password in this state satisfies the rules on classes and on different characters. The index among those that are
    /// [counted together](Self::counted_together) will do too: it is the part of the state that decides.
    pub(crate) const fn complies(&self, state: usize) -> bool {
        let (together, vectors) = (self.counted_together(), self.vectors());
        if together == 0 || vectors == 0 || !self.distinct.is_enough(state % together / vectors) {
            return false;
        }
        let mut left = state;
        let mut present = 0;
        let mut slot = 0;
        while slot < self.rules.classes().len() {
            let count = left % self.values(slot);
            left /= self.values(slot);
            let minimum = self.rules.classes()[slot].minimum() as usize;
            if count < minimum {
                return false;
            }
            // The rules do not ask about a class that is not counted: see `caps`.
            present += (count > 0) as usize;
            slot += 1;
        }
        present >= self.rules.min_classes as usize
    }
}

/// How far each class must be counted: to its minimum, or to 1 if "k of n" asks whether the class is present at all.
/// Minima of k classes already answer that.
const fn caps(rules: &Rules) -> [u8; SLOTS] {
    let mut certain = 0;
    let mut at = 0;
    while at < rules.classes().len() {
        certain += (rules.classes()[at].minimum() > 0) as usize;
        at += 1;
    }
    let mut caps = [0; SLOTS];
    let mut at = 0;
    while at < rules.classes().len() && at < MAX_CLASSES {
        caps[at] = rules.classes()[at].minimum();
        if caps[at] == 0 && certain < rules.min_classes as usize {
            caps[at] = 1;
        }
        at += 1;
    }
    caps
}

/// A limit on a row; 0 if a password can be no longer than it.
const fn limit(max: Option<u8>, longest: u8) -> usize {
    match max {
        Some(max) if max < longest => max as usize,
        _ => 0,
    }
}

/// The letters and digits with which more than `max` of the characters ascend one by one.
const fn sequential(characters: CharSet, max: usize) -> CharSet {
    let mut sequential = CharSet::EMPTY;
    let mut first: u8 = 0;
    while first.is_ascii() {
        let mut end = first;
        while end.is_ascii_alphanumeric() && characters.has(end) {
            end += 1;
        }
        if (end - first) as usize > max {
            sequential = sequential.union(CharSet::range(first, end - 1));
        }
        first = end + 1;
    }
    sequential
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::class::Class;

    /// A class is counted no further than the rules ask: k of n adds nothing to k minima.
    #[test]
    fn no_more_states_than_needed() {
        let [a, b, c, d] = ["a", "b", "c", "d"].map(|set| Class::new("one", CharSet::of(set)));
        let states = |min_classes| {
            let classes = [a.at_least(1), b.at_least(2), c, d];
            let rules = Rules::new().with_classes(&classes).with_min_classes(min_classes);
            Automaton::new(&rules, Alphabet::generated(&rules)).states()
        };
        assert_eq!([0, 2, 3, 4].map(states), [6, 6, 24, 24]);
    }
}
