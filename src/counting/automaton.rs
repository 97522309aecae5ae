//! The finite automaton that reads a password from left to right.
//!
//! A state remembers exactly what the rules ask about: the number of characters of each class, capped at the number that is
//! required; the last character and how often it was repeated; and the longest prefix of the context word that the
//! password ends with. Characters that no rule distinguishes form a group, and a group is one transition with a factor.
//!
//! [`counting`](crate::counting) counts the strings that lead into each state, [`unrank`](crate::counting::unrank) those that
//! lead out of it.
//!
//! Everything is `const`, so that the compiler can count. A policy that is made at run time must not bring the machinery of
//! panics into firmware: each index and each division stands behind a condition that always holds and that the compiler
//! sees.

use crate::rules::{MAX_LENGTH, Rules, charset::CharSet, class::MAX_CLASSES};

/// The classes, and one more slot for the characters that count for none.
const SLOTS: usize = MAX_CLASSES + 1;
/// A group for each character that the context word can contain, and one for the rest of each slot.
const GROUPS: usize = SLOTS + 95;

/// Characters that no rule distinguishes.
#[derive(Clone, Copy)]
pub(crate) struct Group {
    pub(crate) slot: usize,
    /// The only character, in lower case, if the context word contains it; 0 otherwise.
    letter: u8,
    /// Whether the only character is an upper-case letter.
    capital: bool,
    pub(crate) size: u64,
}

/// What a state remembers of the end of the password.
#[derive(Clone, Copy)]
pub(crate) struct Last {
    /// The length of the longest prefix of the context word that the password ends with.
    matched: usize,
    /// The slot of the last character, if repeats are counted and `matched` is 0.
    slot: usize,
    /// Whether the last character is an upper-case letter, if repeats are counted and `matched` is not 0.
    capital: bool,
    /// How often the last character stands in a row.
    run: usize,
}

pub(crate) struct Automaton<'a> {
    rules: &'a Rules,
    groups: [Group; GROUPS],
    group_count: usize,
    /// The largest number of repeats that the rules allow; 0 if they allow as many as fit.
    pub(crate) max_repeat: usize,
    /// The context word; empty if there is none, or if it is longer than every password that is counted.
    word: &'a [u8],
    /// `fallback[m]`: the longest proper prefix of the word that its first `m` characters end with.
    fallback: [usize; MAX_LENGTH + 1],
    /// How far the characters of each slot are counted; 0 for not at all.
    caps: [u8; SLOTS],
}

impl<'a> Automaton<'a> {
    pub(crate) const fn new(rules: &'a Rules, characters: CharSet) -> Self {
        let word = match &rules.context {
            Some(word) if word.len() <= rules.longest_generated() as usize => word.as_bytes(),
            _ => &[],
        };
        let max_repeat = match rules.max_repeat {
            Some(run) if run < rules.longest_generated() => run as usize,
            _ => 0,
        };
        let mut automaton = Self {
            rules,
            groups: [Group { slot: 0, letter: 0, capital: false, size: 0 }; GROUPS],
            group_count: 0,
            max_repeat,
            word,
            fallback: fallback(word),
            caps: caps(rules),
        };
        let mut slot = 0;
        while slot <= rules.classes().len() {
            automaton.add_groups(slot, rules.slot(slot).intersection(characters));
            slot += 1;
        }
        automaton
    }

    /// Divides the characters of a slot into those of the context word, each by itself, and the rest.
    const fn add_groups(&mut self, slot: usize, set: CharSet) {
        let mut rest = Group { slot, letter: 0, capital: false, size: set.len() as u64 };
        let mut byte: u8 = 0;
        while byte.is_ascii() {
            let letter = byte.to_ascii_lowercase();
            if set.has(byte) && self.spells(letter) {
                let capital = letter != byte;
                self.add_group(Group { slot, letter, capital, size: 1 });
                rest.size -= 1;
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

    /// Whether the context word contains `letter`.
    const fn spells(&self, letter: u8) -> bool {
        let mut at = 0;
        while at < self.word.len() {
            if self.word[at].to_ascii_lowercase() == letter {
                return true;
            }
            at += 1;
        }
        false
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

    /// The number of values that [`Last`] can have.
    pub(crate) const fn nodes(&self) -> usize {
        let prefixes = self.word.len().saturating_sub(1);
        match self.max_repeat {
            0 => 1 + prefixes,
            runs => 1 + (self.rules.classes().len() + 1) * runs + prefixes * 2 * runs,
        }
    }

    /// The longest password that is counted, in characters.
    pub(crate) const fn longest(&self) -> usize {
        self.rules.longest_generated() as usize
    }

    pub(crate) const fn states(&self) -> usize {
        self.vectors().saturating_mul(self.nodes())
    }

    /// The index of a [`Last`] among the nodes. Node 0 is the start; if repeats are not counted, it is also every
    /// other end at which nothing of the context word is matched.
    pub(crate) const fn node(&self, last: Last) -> usize {
        match (self.max_repeat, last.matched) {
            (0, matched) => matched,
            (runs, 0) => 1 + last.slot * runs + last.run - 1,
            (runs, matched) => {
                let slots = self.rules.classes().len() + 1;
                1 + slots * runs + ((matched - 1) * 2 + last.capital as usize) * runs + last.run - 1
            }
        }
    }

    /// The inverse of [`node`](Self::node); `None` for the start.
    pub(crate) const fn last(&self, node: usize) -> Option<Last> {
        let none = Last { matched: 0, slot: 0, capital: false, run: 0 };
        if self.max_repeat == 0 {
            return if node == 0 { None } else { Some(Last { matched: node, ..none }) };
        }
        let (runs, slots) = (self.max_repeat, self.rules.classes().len() + 1);
        if node == 0 {
            return None;
        }
        let run = (node - 1) % runs + 1;
        let place = (node - 1) / runs;
        Some(if place < slots {
            Last { slot: place, run, ..none }
        } else {
            let place = place - slots;
            Last { matched: place / 2 + 1, capital: place % 2 == 1, run, ..none }
        })
    }

    /// The number of characters of the context word that are matched after `letter` follows `matched` of them.
    const fn spelt(&self, mut matched: usize, letter: u8) -> usize {
        if letter == 0 {
            return 0;
        }
        loop {
            if matched < self.word.len() && self.word[matched].to_ascii_lowercase() == letter {
                return matched + 1;
            }
            if matched == 0 || matched > MAX_LENGTH {
                return 0;
            }
            matched = self.fallback[matched];
        }
    }

    /// Where one more character of `group` leads from `last`: a character other than the last one or, with `again`, the
    /// same one. `None` if that is one repeat too many or completes the context word.
    pub(crate) const fn arrival(&self, last: Option<Last>, group: Group, again: bool) -> Option<Last> {
        let (before, run) = match last {
            Some(last) if again => (last.matched, last.run + 1),
            Some(last) => (last.matched, 1),
            None => (0, 1),
        };
        let matched = self.spelt(before, group.letter);
        if run > self.max_repeat && self.max_repeat > 0 || !self.word.is_empty() && matched == self.word.len()
        {
            return None;
        }
        Some(Last { matched, slot: group.slot, capital: group.capital, run })
    }

    /// The counts of the classes after one more character of the slot that `stride` and `values` belong to.
    pub(crate) const fn counted(vector: usize, stride: usize, values: usize) -> usize {
        let full = stride == 0 || values == 0 || vector / stride % values == values - 1;
        if full { vector } else { vector + stride }
    }

    /// The states after one more character of the group at `index`: after a character other than the last one, and after
    /// the last one again. Both are the same if repeats are not counted. `start` means that there is no character yet.
    #[cfg(feature = "std")]
    pub(crate) fn moves(&self, state: u32, index: usize, start: bool) -> [Option<u32>; 2] {
        let vectors = self.vectors();
        let (node, vector) = (state as usize / vectors, state as usize % vectors);
        let (last, group) = (self.last(node), self.groups[index]);
        if start && !self.may_start(group.slot) {
            return [None; 2];
        }
        let counted = Self::counted(vector, self.stride(group.slot), self.values(group.slot));
        let state = |arrival: Option<Last>| arrival.map(|last| (self.node(last) * vectors + counted) as u32);
        let other = state(self.arrival(last, group, false));
        if self.max_repeat == 0 {
            return [other; 2];
        }
        let repeats = last.is_some_and(|last| self.may_end_with(last, group));
        let again = if repeats { self.arrival(last, group, true) } else { None };
        [other, state(again)]
    }

    /// Whether the last character can belong to the group at `index`.
    #[cfg(feature = "std")]
    pub(crate) fn may_repeat(&self, state: usize, index: usize) -> bool {
        let last = self.last(state / self.vectors());
        last.is_some_and(|last| self.may_end_with(last, self.groups[index]))
    }

    /// The smallest number of characters that a state still lacks: for the minima, and for "k of n".
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
        missing + usize::from(self.rules.min_classes).saturating_sub(present)
    }

    /// Whether the group at `index` contains a character.
    #[cfg(feature = "std")]
    pub(crate) fn has(&self, index: usize, byte: u8) -> bool {
        let Group { slot, letter, capital, .. } = self.groups[index];
        let set = self.rules.slot(slot);
        let lower = byte.to_ascii_lowercase();
        set.has(byte)
            && if letter == 0 { !self.spells(lower) } else { lower == letter && (lower != byte) == capital }
    }

    /// Whether the last character can belong to `group`. If nothing of the context word is matched, all that is known of
    /// the last character is its slot, and that it does not start the word.
    pub(crate) const fn may_end_with(&self, last: Last, group: Group) -> bool {
        if last.matched == 0 {
            // A word can start with NUL, which is the letter of no group.
            let spells = group.letter != 0 && !self.word.is_empty();
            let starts = spells && self.word[0].to_ascii_lowercase() == group.letter;
            group.slot == last.slot && !starts
        } else {
            let before = last.matched - 1;
            let same = before < self.word.len() && self.word[before].to_ascii_lowercase() == group.letter;
            same && group.capital == last.capital
        }
    }

    /// Whether a password can start with a character of `slot`.
    pub(crate) const fn may_start(&self, slot: usize) -> bool {
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

    /// Whether a password in this state satisfies the rules on classes. The number for the capped counts will do too: it is
    /// the part of the state that decides.
    pub(crate) const fn complies(&self, state: usize) -> bool {
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

/// The failure function of Knuth, Morris and Pratt, without regard to case.
const fn fallback(word: &[u8]) -> [usize; MAX_LENGTH + 1] {
    let mut fallback = [0; MAX_LENGTH + 1];
    let mut matched = 0;
    let mut at = 1;
    while at < word.len() && at < MAX_LENGTH {
        while matched > 0 && !same(word, at, matched) {
            matched = if matched < at { fallback[matched] } else { 0 };
        }
        if same(word, at, matched) {
            matched += 1;
        }
        fallback[at + 1] = matched;
        at += 1;
    }
    fallback
}

/// Whether two letters of the word are the same, without regard to case.
const fn same(word: &[u8], one: usize, other: usize) -> bool {
    one < word.len() && other < word.len() && word[one].eq_ignore_ascii_case(&word[other])
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
            Automaton::new(&rules, rules.alphabet()).states()
        };
        assert_eq!([0, 2, 3, 4].map(states), [6, 6, 24, 24]);
    }

    /// Compares with every prefix of every word of up to seven letters.
    #[test]
    fn failure_function() {
        for length in 1..=7 {
            for bits in 0..1 << (2 * length) {
                let letters: [u8; 7] = core::array::from_fn(|at| b"abAB"[bits >> (2 * at) & 3]);
                let word = &letters[..length];
                let found = fallback(word);
                for m in 1..=length {
                    let ends = |prefix: &usize| word[..*prefix].eq_ignore_ascii_case(&word[m - prefix..m]);
                    assert_eq!(found[m], (0..m).rev().find(ends).expect("the empty prefix does"), "{word:?}");
                }
            }
        }
    }
}
