//! How many passwords of each length rules allow: exact counting by dynamic programming.
//!
//! A password is read from left to right by a finite automaton that remembers just what the rules
//! will ask about: how many characters of each class there were, capped at what is wanted; which
//! character stood last and how often in a row; and how much of the context word has just been spelt.
//! The strings that lead into each state are counted, one character at a time, and those in
//! states that satisfy the rules are added up. Characters that no rule tells apart are one step with
//! a factor.
//!
//! Everything is `const`, so that a preset's bound on tries is worked out by the compiler and firmware
//! carries none of this. Where a policy is made at run time, no index and no division brings in the machinery of
//! panics: each is guarded by a condition that always holds, and that the compiler can see.

use crate::{
    charset::CharSet,
    natural::Natural,
    rules::{MAX_CLASSES, MAX_LENGTH, Rules},
};

/// The most states that the automaton of a policy may have.
///
/// A preset has up to 16. Four classes with a minimum of two each, no character three times in a
/// row and a context word of ten letters have 3,807. The states are counted on the stack, in `2 * 56` bytes
/// each. With what else is needed an optimised build takes 32 KiB of stack for up to 64 states, 96 KiB for
/// up to 512 and 480 KiB for more; one without optimisation up to twice that. A thread's usual 2 MiB bear it.
pub const MAX_STATES: usize = 4096;

/// The passwords of each length: `[n]` of n characters.
pub(crate) type Tally = [Natural; MAX_LENGTH + 1];

/// Counts the strings over `characters` of each length from 1 to the greatest that `rules` allow
/// and that satisfy `rules`, whatever the least length. The rules must be sound and
/// [`states`] of them at most [`MAX_STATES`].
pub(crate) const fn tally(rules: &Rules<'_>, characters: CharSet) -> Tally {
    let automaton = Automaton::new(rules, characters);
    match automaton.states() {
        0..=64 => automaton.run::<64>(),
        65..=512 => automaton.run::<512>(),
        _ => automaton.run::<MAX_STATES>(),
    }
}

/// How many states the automaton of `rules` has; `usize::MAX` for more than can be told.
pub(crate) const fn states(rules: &Rules<'_>) -> usize {
    Automaton::new(rules, CharSet::EMPTY).states()
}

/// The classes, and one more for the characters that count for none.
const SLOTS: usize = MAX_CLASSES + 1;
/// A group for the rest of each slot, and one for each character that can stand in the context word.
const GROUPS: usize = SLOTS + 95;

/// Characters that no rule tells apart.
#[derive(Clone, Copy)]
struct Group {
    slot: usize,
    /// The one character, in lower case, where it stands in the context word; 0 otherwise.
    letter: u8,
    /// Whether `letter` is an upper-case one.
    capital: bool,
    size: u64,
}

/// Where one more character leads.
#[derive(Clone, Copy)]
struct Last {
    /// How much of the context word the password ends with.
    matched: usize,
    /// The last character's slot, where runs are counted and `matched` is 0.
    slot: usize,
    /// Whether the last character is a capital, where runs are counted and `matched` is not 0.
    capital: bool,
    /// How often it stands there in a row.
    run: usize,
}

struct Automaton<'a> {
    rules: &'a Rules<'a>,
    groups: [Group; GROUPS],
    group_count: usize,
    /// The longest run that the rules allow, or 0 where any is allowed that fits.
    longest_run: usize,
    /// The context word, or nothing where none fits.
    word: &'a [u8],
    /// `fallback[m]`: the longest proper prefix of the word that its first `m` characters end with.
    fallback: [usize; MAX_LENGTH + 1],
    /// How far the characters of each slot are counted: 0 for not at all.
    caps: [u8; SLOTS],
}

impl<'a> Automaton<'a> {
    const fn new(rules: &'a Rules<'a>, characters: CharSet) -> Self {
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
        while byte < 128 {
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
        if self.group_count < GROUPS {
            self.groups[self.group_count] = group;
            self.group_count += 1;
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
    const fn values(&self, slot: usize) -> usize {
        if slot < SLOTS { self.caps[slot] as usize + 1 } else { 1 }
    }

    /// The values that the capped counts of the classes can have together.
    const fn vectors(&self) -> usize {
        let mut vectors: usize = 1;
        let mut slot = 0;
        while slot < SLOTS {
            vectors = vectors.saturating_mul(self.values(slot));
            slot += 1;
        }
        vectors
    }

    /// The values that [`Last`] can have.
    const fn nodes(&self) -> usize {
        let prefixes = self.word.len().saturating_sub(1);
        match self.longest_run {
            0 => 1 + prefixes,
            runs => 1 + (self.rules.classes.len() + 1) * runs + prefixes * 2 * runs,
        }
    }

    const fn states(&self) -> usize {
        self.vectors().saturating_mul(self.nodes())
    }

    /// The place of a [`Last`] among the nodes. Node 0 is the start, and where runs are not counted
    /// also every other with nothing matched.
    const fn node(&self, last: Last) -> usize {
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
    const fn last(&self, node: usize) -> Option<Last> {
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
            Last { matched: 0, slot: place, run, ..none }
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

    /// Whether the last character may be one of `group`: certainly not where it is known to be another.
    /// Where nothing is matched only its slot is known, and that it does not start the word.
    const fn may_end_with(&self, last: Last, group: Group) -> bool {
        if last.matched == 0 {
            let starts = !self.word.is_empty() && self.word[0].to_ascii_lowercase() == group.letter;
            group.slot == last.slot && !starts
        } else {
            let before = last.matched - 1;
            let same = before < self.word.len() && self.word[before].to_ascii_lowercase() == group.letter;
            same && group.capital == last.capital
        }
    }

    /// Whether a password may start with a character of `slot`.
    const fn may_start(&self, slot: usize) -> bool {
        match self.rules.first {
            Some(classes) => slot < self.rules.classes.len() && classes.contains(slot),
            None => true,
        }
    }

    /// What one character of `slot` adds to a vector of capped counts.
    const fn stride(&self, slot: usize) -> usize {
        let mut stride = 1;
        let mut at = 0;
        while at < slot {
            stride *= self.values(at);
            at += 1;
        }
        stride
    }

    /// Whether a password with these counts satisfies the rules on classes.
    const fn complies(&self, vector: usize) -> bool {
        let mut left = vector;
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

    // Not inlined, so that what few states need is not on one stack with what many do.
    #[inline(never)]
    const fn run<const STATES: usize>(&self) -> Tally {
        let mut tally = [Natural::ZERO; MAX_LENGTH + 1];
        let vectors = self.vectors();
        let mut now = [Natural::ZERO; STATES];
        let mut next = [Natural::ZERO; STATES];
        now[0] = Natural::ONE;
        let mut length = 1;
        while length <= self.rules.max_length as usize && length <= MAX_LENGTH {
            // Back and forth between two, since to copy them takes its time.
            let counted = if length % 2 == 1 {
                self.step(&now, &mut next, length);
                &next
            } else {
                self.step(&next, &mut now, length);
                &now
            };
            let mut vector = 0;
            while vector < vectors {
                let mut state = vector;
                while self.complies(vector) && state < self.states() && state < STATES {
                    tally[length].add_product(&counted[state], 1, length);
                    state += vectors;
                }
                vector += 1;
            }
            length += 1;
        }
        tally
    }

    /// Every way to go on by one character, to passwords of `length`.
    const fn step<const STATES: usize>(
        &self,
        now: &[Natural; STATES],
        next: &mut [Natural; STATES],
        length: usize,
    ) {
        let mut state = 0;
        while state < self.states() && state < STATES {
            next[state] = Natural::ZERO;
            state += 1;
        }
        let vectors = self.vectors();
        let mut node = 0;
        while node < self.nodes() {
            if reached(now, node * vectors, vectors) {
                self.go_on(now, next, node, length);
            }
            node += 1;
        }
    }

    /// Every way to go on from `node`.
    const fn go_on<const STATES: usize>(
        &self,
        now: &[Natural; STATES],
        next: &mut [Natural; STATES],
        node: usize,
        length: usize,
    ) {
        let last = self.last(node);
        // The last character is of one group, so it is taken out of one, and goes on alone.
        let mut repeated = self.longest_run == 0 || last.is_none();
        let mut at = 0;
        while at < self.group_count && at < GROUPS {
            let group = self.groups[at];
            let matched = match last {
                Some(last) => self.spelt(last.matched, group.letter),
                None => self.spelt(0, group.letter),
            };
            let arrival = Last { matched, slot: group.slot, capital: group.capital, run: 1 };
            let mut others = group.size;
            if let (Some(last), false) = (last, repeated)
                && self.may_end_with(last, group)
            {
                repeated = true;
                others -= 1;
                if last.run < self.longest_run {
                    let again = Last { run: last.run + 1, ..arrival };
                    self.arrive(next, now, node, again, group.slot, 1, length);
                }
            }
            if length > 1 || self.may_start(group.slot) {
                self.arrive(next, now, node, arrival, group.slot, others, length);
            }
            at += 1;
        }
    }

    /// Adds the ways into the states of `node` to those that `factor` characters of `slot` lead to,
    /// unless they complete the context word.
    #[expect(clippy::too_many_arguments, reason = "one step of the automaton has so many parts")]
    const fn arrive<const STATES: usize>(
        &self,
        next: &mut [Natural; STATES],
        now: &[Natural; STATES],
        node: usize,
        arrival: Last,
        slot: usize,
        factor: u64,
        length: usize,
    ) {
        if factor == 0 || (!self.word.is_empty() && arrival.matched == self.word.len()) {
            return;
        }
        let vectors = self.vectors();
        let (from, to) = (node * vectors, self.node(arrival) * vectors);
        let (stride, values) = (self.stride(slot), self.values(slot));
        let mut vector = 0;
        while vector < vectors && from + vector < STATES && stride > 0 {
            let ways = &now[from + vector];
            if !ways.is_zero() {
                let full = vector / stride % values == values - 1;
                let counted = if full { to + vector } else { to + vector + stride };
                if counted < STATES {
                    next[counted].add_product(ways, factor, length);
                }
            }
            vector += 1;
        }
    }
}

/// Whether there is a way into one of `count` states from `first` on.
const fn reached(states: &[Natural], first: usize, count: usize) -> bool {
    let mut at = first;
    while at < first + count && at < states.len() {
        if !states[at].is_zero() {
            return true;
        }
        at += 1;
    }
    false
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
