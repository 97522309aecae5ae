//! How many passwords of each length rules allow: exact counting by dynamic programming.
//!
//! The strings that lead into each state of the [`automaton`] are counted, one character at a time; the strings in states
//! that satisfy the rules are added up.

pub(crate) mod automaton;
mod distinct;
pub(crate) mod natural;
mod trie;
#[cfg(feature = "std")]
pub(crate) mod unrank;

use crate::{
    counting::{
        automaton::{Automaton, GROUPS, Group, Last},
        distinct::Used,
        natural::Natural,
    },
    rules::{MAX_LENGTH, Rules, alphabet::Alphabet},
};

/// The largest number of states that are counted without an allocator (feature `std`), and in a `const`.
///
/// A preset has up to 16 states. Four classes with a minimum of two each, no character three times in a row and a context
/// word of ten letters have 3,807. They are counted on the stack, in `2 * 56` bytes a state; with everything else an
/// optimised build needs 32 KiB of stack for up to 64 states, 96 KiB for up to 512 and 480 KiB for more, and an unoptimised
/// one up to twice that. The usual 2 MiB of a thread suffice.
const MAX_STATES_ON_STACK: usize = 4096;

/// The largest number of states that [`Policy::new`](crate::Policy::new) counts.
///
/// With `std` they are counted on the heap: a million in 112 MiB and, for passwords of 64 characters, in some seconds. Four
/// classes with a minimum of nine each, no character three times in a row and a context word of ten letters have 470,000.
pub(crate) const MAX_STATES: usize = if cfg!(feature = "std") { 1 << 20 } else { MAX_STATES_ON_STACK };

/// The largest number of states that [`Policy::of`](crate::Policy::of) counts in a `const`.
pub(crate) const MAX_STATES_CONST: usize = MAX_STATES_ON_STACK;

/// The number of passwords of each length: `[n]` of n characters.
pub(crate) type Lengths = [Natural; MAX_LENGTH + 1];

/// Counts the strings over an alphabet that satisfy `rules`, for each length from 1 to the longest that `rules` allow; the
/// shortest length has no effect. The rules must be valid and have at most [`MAX_STATES`] states.
pub(crate) fn count(rules: &Rules, alphabet: Alphabet) -> Lengths {
    #[cfg(feature = "std")]
    if states(rules) > MAX_STATES_ON_STACK {
        let automaton = Automaton::new(rules, alphabet);
        let mut now = std::vec![Natural::ZERO; automaton.states()];
        let mut next = now.clone();
        return run(&automaton, &mut now, &mut next);
    }
    count_on_stack(rules, alphabet)
}

/// [`count`] without an allocator, for at most [`MAX_STATES_CONST`] states; of a policy of the catalogue with more, it finds none.
pub(crate) const fn count_on_stack(rules: &Rules, alphabet: Alphabet) -> Lengths {
    let automaton = Automaton::new(rules, alphabet);
    match automaton.states() {
        0..=64 => on_stack::<64>(&automaton),
        65..=512 => on_stack::<512>(&automaton),
        513..=MAX_STATES_ON_STACK => on_stack::<MAX_STATES_ON_STACK>(&automaton),
        _ => [Natural::ZERO; MAX_LENGTH + 1],
    }
}

/// The number of states of the automaton of `rules`; `usize::MAX` stands for more.
pub(crate) const fn states(rules: &Rules) -> usize {
    Automaton::new(rules, Alphabet::accepted(rules)).states()
}

// Not inlined: a policy of few states must not need the stack of one with many.
#[inline(never)]
const fn on_stack<const STATES: usize>(automaton: &Automaton<'_>) -> Lengths {
    run(automaton, &mut [Natural::ZERO; STATES], &mut [Natural::ZERO; STATES])
}

/// Both slices contain zeros and have room for the states.
const fn run(automaton: &Automaton<'_>, now: &mut [Natural], next: &mut [Natural]) -> Lengths {
    let mut counts = [Natural::ZERO; MAX_LENGTH + 1];
    let (together, states) = (automaton.counted_together(), automaton.states());
    let (Some((now, _)), Some((next, _))) =
        (now.split_at_mut_checked(states), next.split_at_mut_checked(states))
    else {
        return counts;
    };
    if let Some(start) = now.first_mut() {
        *start = Natural::ONE;
    }
    let mut length = 1;
    while length <= automaton.longest() && length <= MAX_LENGTH {
        // Back and forth between the two slices, since copying them takes time.
        let counted: &[Natural] = if length % 2 == 1 {
            step(automaton, now, next, length);
            next
        } else {
            step(automaton, next, now, length);
            now
        };
        let mut first = 0;
        while first < together {
            let mut state = first;
            while automaton.complies(first) && state < counted.len() {
                counts[length].add_product(&counted[state], 1, length);
                state += together;
            }
            first += 1;
        }
        length += 1;
    }
    counts
}

/// Every transition by one character, to passwords of `length`.
const fn step(automaton: &Automaton<'_>, now: &[Natural], next: &mut [Natural], length: usize) {
    let mut state = 0;
    while state < next.len() {
        next[state] = Natural::ZERO;
        state += 1;
    }
    let (mut node, mut rest) = (0, now);
    while let Some((ways, others)) = rest.split_at_checked(automaton.counted_together()) {
        if reached(ways) {
            follow(automaton, ways, next, node, length);
        }
        (node, rest) = (node + 1, others);
    }
}

/// Every transition from `node`, into whose states `ways` strings lead.
const fn follow(
    automaton: &Automaton<'_>,
    ways: &[Natural],
    next: &mut [Natural],
    node: usize,
    length: usize,
) {
    let last = automaton.last(node);
    let (mut part, mut rest) = (0, ways);
    while let Some((ways, others)) = rest.split_at_checked(automaton.vectors())
        && !ways.is_empty()
    {
        if reached(ways) {
            let from = From { ways, last, part, length };
            match automaton.distinct.used(part) {
                Some(used) => from.follow_used(automaton, next, &used),
                None => from.follow(automaton, next),
            }
        }
        (part, rest) = (part + 1, others);
    }
}

/// States with the same end and the same number of different characters.
#[derive(Clone, Copy)]
struct From<'a> {
    /// The number of strings that lead into each.
    ways: &'a [Natural],
    last: Option<Last>,
    /// The number of different characters.
    part: usize,
    /// The length of the strings after the next transition.
    length: usize,
}

impl From<'_> {
    /// The number of characters of a group that can come next. Which of them was the first makes no difference for what follows.
    const fn size(self, group: &Group) -> u64 {
        (if self.length == 1 { group.first } else { group.size }) as u64
    }

    /// Every transition, where it does not matter which characters are there.
    const fn follow(self, automaton: &Automaton<'_>, next: &mut [Natural]) {
        // The last character belongs to one group: it is taken out of that group and makes a transition of its own.
        let mut repeated = automaton.max_repeat == 0;
        let mut at = 0;
        while let Some((_, [group, ..])) = automaton.groups().split_at_checked(at) {
            let mut others = self.size(group);
            if let (Some(last), false) = (self.last, repeated)
                && automaton.may_end_with(last, *group)
            {
                repeated = true;
                others -= 1;
                self.arrive(automaton, next, *group, true, self.part, 1);
            }
            self.arrive(automaton, next, *group, false, self.part, others);
            at += 1;
        }
    }

    /// The same where new characters count, and these are there.
    const fn follow_used(self, automaton: &Automaton<'_>, next: &mut [Natural], used: &Used) {
        let mut repeated = automaton.max_repeat == 0;
        let mut at = 0;
        while let Some((_, [group, ..])) = automaton.groups().split_at_checked(at) {
            let mut old = if at < GROUPS { used[at] as u64 } else { 0 };
            // Other numbers belong to no string.
            if old <= self.size(group) {
                let new = self.size(group) - old;
                if let (Some(last), false) = (self.last, repeated)
                    && automaton.may_end_with(last, *group)
                    && old > 0
                {
                    repeated = true;
                    old -= 1;
                    self.arrive(automaton, next, *group, true, self.part, 1);
                }
                self.arrive(automaton, next, *group, false, self.part, old);
                if new > 0 {
                    self.arrive(automaton, next, *group, false, automaton.distinct.after(used, at), new);
                }
            }
            at += 1;
        }
    }

    /// Adds the strings, continued by any of `factor` characters of `group`, to the states that these lead to.
    const fn arrive(
        self,
        automaton: &Automaton<'_>,
        next: &mut [Natural],
        group: Group,
        again: bool,
        part: usize,
        factor: u64,
    ) {
        if factor == 0 {
            return;
        }
        let Some(arrival) = automaton.arrival(self.last, group, again) else { return };
        let to = automaton.node(arrival) * automaton.counted_together() + part * automaton.vectors();
        let (stride, values) = (automaton.stride(group.slot), automaton.values(group.slot));
        let mut vector = 0;
        while vector < self.ways.len() {
            let counted = to + Automaton::counted(vector, stride, values);
            if !self.ways[vector].is_zero()
                && let Some((_, [state, ..])) = next.split_at_mut_checked(counted)
            {
                state.add_product(&self.ways[vector], factor, self.length);
            }
            vector += 1;
        }
    }
}

/// Whether a string leads into one of these states.
const fn reached(ways: &[Natural]) -> bool {
    let mut at = 0;
    while at < ways.len() {
        if !ways[at].is_zero() {
            return true;
        }
        at += 1;
    }
    false
}
