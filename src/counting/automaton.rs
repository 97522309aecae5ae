//! The finite automaton that reads a password from left to right and remembers just what the rules will ask about: how
//! many characters of each class there were, capped at what is wanted; which character stood last and how often in a row;
//! and how much of the context word has just been spelt.
//!
//! [`tally`](crate::tally) counts the ways into its states, and [`exact`](crate::exact) the ways out of them. Characters that no
//! rule tells apart are one step with a factor.
//!
//! Everything is `const`, so that the compiler can count. Where a policy is made at run time, no index and no division brings in
//! the machinery of panics: each is guarded by a condition that always holds, and that the compiler can see.

use crate::rules::{MAX_LENGTH, Rules, charset::CharSet, class::MAX_CLASSES};

/// The classes, and one more for the characters that count for none.
const SLOTS: usize = MAX_CLASSES + 1;
/// A group for the rest of each slot, and one for each character that can stand in the context word.
const GROUPS: usize = SLOTS + 95;

/// Characters that no rule tells apart.
#[derive(Clone, Copy)]
pub(crate) struct Group {
    pub(crate) slot: usize,
    /// The one character, in lower case, where it stands in the context word; 0 otherwise.
    letter: u8,
    /// Whether `letter` is an upper-case one.
    capital: bool,
    pub(crate) size: u64,
}

/// Where one more character leads.
#[derive(Clone, Copy)]
pub(crate) struct Last {
    /// How much of the context word the password ends with.
    matched: usize,
    /// The last character's slot, where runs are counted and `matched` is 0.
    slot: usize,
    /// Whether the last character is a capital, where runs are counted and `matched` is not 0.
    capital: bool,
    /// How often it stands there in a row.
    run: usize,
}

pub(crate) struct Automaton<'a> {
    rules: &'a Rules<'a>,
    groups: [Group; GROUPS],
    group_count: usize,
    /// The longest run that the rules allow, or 0 where any is allowed that fits.
    pub(crate) longest_run: usize,
    /// The context word, or nothing where none fits.
    word: &'a [u8],
    /// `fallback[m]`: the longest proper prefix of the word that its first `m` characters end with.
    fallback: [usize; MAX_LENGTH + 1],
    /// How far the characters of each slot are counted: 0 for not at all.
    caps: [u8; SLOTS],
}

impl<'a> Automaton<'a> {
    pub(crate) const fn new(rules: &'a Rules<'a>, characters: CharSet) -> Self {
        let word = match rules.context {
            Some(word) if word.len() <= rules.max_length as usize => word.as_bytes(),
            _ => &[],
        };
        let longest_run = match rules.longest_run {
            Some(run) if run < rules.max_length => run as usize,
            _ => 0,
        };
        let mut automaton = Self {
            rules,
            groups: [Group { slot: 0, letter: 0, capital: false, size: 0 }; GROUPS],
            group_count: 0,
            longest_run,
            word,
            fallback: fallback(word),
            caps: caps(rules),
        };
        let mut slot = 0;
        while slot <= rules.classes.len() {
            let set =
                if slot < rules.classes.len() { rules.classes[slot].characters } else { rules.uncounted };
            automaton.add_groups(slot, set.intersection(characters));
            slot += 1;
        }
        automaton
    }

    /// Divides a slot's characters into those of the context word, each alone, and the rest.
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

    /// Those that have a character.
    pub(crate) const fn groups(&self) -> &[Group] {
        match self.groups.split_at_checked(self.group_count) {
            Some((groups, _)) => groups,
            None => &[],
        }
    }

    /// Whether `letter` stands in the context word.
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

    /// The values that the capped count of one slot can have, at least one.
    pub(crate) const fn values(&self, slot: usize) -> usize {
        match self.caps.split_at_checked(slot) {
            Some((_, [cap, ..])) => *cap as usize + 1,
            _ => 1,
        }
    }

    /// The values that the capped counts of the classes can have together.
    pub(crate) const fn vectors(&self) -> usize {
        let mut vectors: usize = 1;
        let mut caps = self.caps.as_slice();
        while let [cap, others @ ..] = caps {
            vectors = vectors.saturating_mul(*cap as usize + 1);
            caps = others;
        }
        vectors
    }

    /// The values that [`Last`] can have.
    pub(crate) const fn nodes(&self) -> usize {
        let prefixes = self.word.len().saturating_sub(1);
        match self.longest_run {
            0 => 1 + prefixes,
            runs => 1 + (self.rules.classes.len() + 1) * runs + prefixes * 2 * runs,
        }
    }

    /// The greatest length that the rules allow, in characters.
    pub(crate) const fn longest(&self) -> usize {
        self.rules.max_length as usize
    }

    pub(crate) const fn states(&self) -> usize {
        self.vectors().saturating_mul(self.nodes())
    }

    /// The place of a [`Last`] among the nodes. Node 0 is the start, and where runs are not counted
    /// also every other with nothing matched.
    pub(crate) const fn node(&self, last: Last) -> usize {
        match (self.longest_run, last.matched) {
            (0, matched) => matched,
            (runs, 0) => 1 + last.slot * runs + last.run - 1,
            (runs, matched) => {
                let slots = self.rules.classes.len() + 1;
                1 + slots * runs + ((matched - 1) * 2 + last.capital as usize) * runs + last.run - 1
            }
        }
    }

    /// The inverse of [`node`](Self::node), which the start has none of.
    pub(crate) const fn last(&self, node: usize) -> Option<Last> {
        let none = Last { matched: 0, slot: 0, capital: false, run: 0 };
        if self.longest_run == 0 {
            return if node == 0 { None } else { Some(Last { matched: node, ..none }) };
        }
        let (runs, slots) = (self.longest_run, self.rules.classes.len() + 1);
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

    /// How much of the context word is spelt after `letter` follows on `matched` characters of it.
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

    /// Where one more character of `group` leads from `last`: another one than the last, or `again` the same. Nowhere
    /// where it stands too often in a row then, or completes the context word.
    pub(crate) const fn arrival(&self, last: Option<Last>, group: Group, again: bool) -> Option<Last> {
        let (before, run) = match last {
            Some(last) if again => (last.matched, last.run + 1),
            Some(last) => (last.matched, 1),
            None => (0, 1),
        };
        let matched = self.spelt(before, group.letter);
        if run > self.longest_run && self.longest_run > 0
            || !self.word.is_empty() && matched == self.word.len()
        {
            return None;
        }
        Some(Last { matched, slot: group.slot, capital: group.capital, run })
    }

    /// The counts of the classes after one more character of `slot`, whose `stride` and `values` those are.
    pub(crate) const fn counted(vector: usize, stride: usize, values: usize) -> usize {
        let full = stride == 0 || values == 0 || vector / stride % values == values - 1;
        if full { vector } else { vector + stride }
    }

    /// The states after one more character of the group at a place: another one than the last, and the last again.
    /// The latter is the same as the former where runs are not counted. `start`: there is no character yet.
    #[cfg(feature = "std")]
    pub(crate) fn moves(&self, state: u32, place: usize, start: bool) -> [Option<u32>; 2] {
        let vectors = self.vectors();
        let (node, vector) = (state as usize / vectors, state as usize % vectors);
        let (last, group) = (self.last(node), self.groups[place]);
        if start && !self.may_start(group.slot) {
            return [None; 2];
        }
        let counted = Self::counted(vector, self.stride(group.slot), self.values(group.slot));
        let state = |arrival: Option<Last>| arrival.map(|last| (self.node(last) * vectors + counted) as u32);
        let other = state(self.arrival(last, group, false));
        if self.longest_run == 0 {
            return [other; 2];
        }
        let repeats = last.is_some_and(|last| self.may_end_with(last, group));
        let again = if repeats { self.arrival(last, group, true) } else { None };
        [other, state(again)]
    }

    /// Whether the last character may be one of the group at a place.
    #[cfg(feature = "std")]
    pub(crate) fn may_repeat(&self, state: usize, place: usize) -> bool {
        let last = self.last(state / self.vectors());
        last.is_some_and(|last| self.may_end_with(last, self.groups[place]))
    }

    /// How many characters are still wanted in a state, at the least: for the minima, and for "k of n".
    #[cfg(feature = "std")]
    pub(crate) fn missing(&self, state: usize) -> usize {
        let (mut left, mut missing, mut present) = (state, 0, 0);
        for (slot, class) in self.rules.classes.iter().enumerate() {
            let count = left % self.values(slot);
            left /= self.values(slot);
            missing += usize::from(class.minimum).saturating_sub(count);
            // What the minima will bring is there in the end.
            present += usize::from(count > 0 || class.minimum > 0);
        }
        missing + usize::from(self.rules.required_classes).saturating_sub(present)
    }

    /// Whether the group at a place has a character.
    #[cfg(feature = "std")]
    pub(crate) fn has(&self, place: usize, byte: u8) -> bool {
        let Group { slot, letter, capital, .. } = self.groups[place];
        let set = self.rules.classes.get(slot).map_or(self.rules.uncounted, |class| class.characters);
        let lower = byte.to_ascii_lowercase();
        set.has(byte)
            && if letter == 0 { !self.spells(lower) } else { lower == letter && (lower != byte) == capital }
    }

    /// Whether the last character may be one of `group`: certainly not where it is known to be another.
    /// Where nothing is matched only its slot is known, and that it does not start the word.
    pub(crate) const fn may_end_with(&self, last: Last, group: Group) -> bool {
        if last.matched == 0 {
            // A word may start with NUL: that is no letter of a group.
            let spells = group.letter != 0 && !self.word.is_empty();
            let starts = spells && self.word[0].to_ascii_lowercase() == group.letter;
            group.slot == last.slot && !starts
        } else {
            let before = last.matched - 1;
            let same = before < self.word.len() && self.word[before].to_ascii_lowercase() == group.letter;
            same && group.capital == last.capital
        }
    }

    /// Whether a password may start with a character of `slot`.
    pub(crate) const fn may_start(&self, slot: usize) -> bool {
        match self.rules.first {
            Some(classes) => classes.contains(slot),
            None => true,
        }
    }

    /// What one character of `slot` adds to a vector of capped counts.
    pub(crate) const fn stride(&self, slot: usize) -> usize {
        let mut stride = 1;
        let mut at = 0;
        while at < slot {
            stride *= self.values(at);
            at += 1;
        }
        stride
    }

    /// Whether a password satisfies the rules on classes, by its state or, since there is no more to see, its vector.
    pub(crate) const fn complies(&self, state: usize) -> bool {
        let mut left = state;
        let mut present = 0;
        let mut slot = 0;
        while slot < self.rules.classes.len() {
            let count = left % self.values(slot);
            left /= self.values(slot);
            let minimum = self.rules.classes[slot].minimum as usize;
            if count < minimum {
                return false;
            }
            // A class that is not counted is not asked about: see `caps`.
            present += (count > 0) as usize;
            slot += 1;
        }
        present >= self.rules.required_classes as usize
    }
}

/// How far each class must be counted: to its minimum, or to one where "k of n" asks whether it is
/// there at all. Minima that already bring k classes leave nothing to ask.
const fn caps(rules: &Rules<'_>) -> [u8; SLOTS] {
    let mut certain = 0;
    let mut at = 0;
    while at < rules.classes.len() {
        certain += (rules.classes[at].minimum > 0) as usize;
        at += 1;
    }
    let mut caps = [0; SLOTS];
    let mut at = 0;
    while at < rules.classes.len() && at < MAX_CLASSES {
        caps[at] = rules.classes[at].minimum;
        if caps[at] == 0 && certain < rules.required_classes as usize {
            caps[at] = 1;
        }
        at += 1;
    }
    caps
}

/// The failure function of Knuth, Morris and Pratt, upper and lower case being the same.
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

/// Whether the letters at two places are the same.
const fn same(word: &[u8], one: usize, other: usize) -> bool {
    one < word.len() && other < word.len() && word[one].eq_ignore_ascii_case(&word[other])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::class::Class;

    /// Classes are counted no further than is asked: of which there must be some anyway, k of n asks no more.
    #[test]
    fn no_more_states_than_are_asked_about() {
        let sets = ["a", "b", "c", "d"].map(CharSet::of);
        let [a, b, c, d] = sets.map(|set| Class::new("one", set));
        let classes = [a.at_least(1), b.at_least(2), c, d];
        let states = |required_classes| {
            let rules = Rules { classes: &classes, required_classes, ..Rules::NONE };
            Automaton::new(&rules, rules.alphabet()).states()
        };
        assert_eq!([0, 2, 3, 4].map(states), [6, 6, 24, 24]);
    }

    /// By trying each prefix of each word of up to seven letters.
    #[test]
    fn where_to_go_on_in_a_word() {
        for length in 1..=7 {
            for bits in 0..1 << (2 * length) {
                let letters: [u8; 7] = core::array::from_fn(|at| b"abAB"[bits >> (2 * at) & 3]);
                let word = &letters[..length];
                let found = fallback(word);
                for m in 1..=length {
                    let ends = |prefix: &usize| word[..*prefix].eq_ignore_ascii_case(&word[m - prefix..m]);
                    assert_eq!(found[m], (0..m).rev().find(ends).expect("nothing always does"), "{word:?}");
                }
            }
        }
    }
}
