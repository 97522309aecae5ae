//! How many passwords of each length rules allow: exact counting by dynamic programming.
//!
//! The strings that lead into each state of the [`automaton`](crate::automaton) are counted, one character at a time, and those in
//! states that satisfy the rules are added up.

pub(crate) mod automaton;
pub(crate) mod natural;
#[cfg(feature = "std")]
pub(crate) mod unrank;

use crate::{
    counting::{
        automaton::{Automaton, Group, Last},
        natural::Natural,
    },
    rules::{MAX_LENGTH, Rules, charset::CharSet},
};

/// The most states that the automaton of a policy may have without an allocator (feature `std`), and in a `const`.
///
/// A preset has up to 16. Four classes with a minimum of two each, no character three times in a
/// row and a context word of ten letters have 3,807. The states are counted on the stack, in `2 * 56` bytes
/// each. With what else is needed an optimised build takes 32 KiB of stack for up to 64 states, 96 KiB for
/// up to 512 and 480 KiB for more; one without optimisation up to twice that. A thread's usual 2 MiB bear it.
pub const MAX_STATES: usize = 4096;

/// The most states that [`Policy::new`](crate::Policy::new) takes with the feature `std`: a million.
///
/// So many are counted on the heap, in 112 MiB and, for passwords of 64 characters, in some seconds. Four classes with a minimum of
/// nine each, no character three times in a row and a context word of ten letters have 470,000.
pub const MAX_STATES_STD: usize = 1 << 20;

/// The passwords of each length: `[n]` of n characters.
pub(crate) type Tally = [Natural; MAX_LENGTH + 1];

/// Counts the strings over `characters` of each length from 1 to the greatest that `rules` allow
/// and that satisfy `rules`, whatever the least length. The rules must be sound and have no more states than
/// [`Policy::new`](crate::Policy::new) takes.
pub(crate) fn tally(rules: &Rules<'_>, characters: CharSet) -> Tally {
    #[cfg(feature = "std")]
    if states(rules) > MAX_STATES {
        let automaton = Automaton::new(rules, characters);
        let mut now = std::vec![Natural::ZERO; automaton.states()];
        let mut next = now.clone();
        return run(&automaton, &mut now, &mut next);
    }
    tally_on_stack(rules, characters)
}

/// [`tally`] without an allocator: of [`MAX_STATES`] at the most.
pub(crate) const fn tally_on_stack(rules: &Rules<'_>, characters: CharSet) -> Tally {
    let automaton = Automaton::new(rules, characters);
    match automaton.states() {
        0..=64 => on_stack::<64>(&automaton),
        65..=512 => on_stack::<512>(&automaton),
        _ => on_stack::<MAX_STATES>(&automaton),
    }
}

/// How many states the automaton of `rules` has; `usize::MAX` for more than can be told.
pub(crate) const fn states(rules: &Rules<'_>) -> usize {
    Automaton::new(rules, CharSet::EMPTY).states()
}

// Not inlined, so that what few states need is not on one stack with what many do.
#[inline(never)]
const fn on_stack<const STATES: usize>(automaton: &Automaton<'_>) -> Tally {
    run(automaton, &mut [Natural::ZERO; STATES], &mut [Natural::ZERO; STATES])
}

/// Both slices are of noughts, and have room for the states.
const fn run(automaton: &Automaton<'_>, now: &mut [Natural], next: &mut [Natural]) -> Tally {
    let mut tally = [Natural::ZERO; MAX_LENGTH + 1];
    let (vectors, states) = (automaton.vectors(), automaton.states());
    let (Some((now, _)), Some((next, _))) =
        (now.split_at_mut_checked(states), next.split_at_mut_checked(states))
    else {
        return tally;
    };
    if let Some(start) = now.first_mut() {
        *start = Natural::ONE;
    }
    let mut length = 1;
    while length <= automaton.longest() && length <= MAX_LENGTH {
        // Back and forth between two, since to copy them takes its time.
        let counted: &[Natural] = if length % 2 == 1 {
            step(automaton, now, next, length);
            next
        } else {
            step(automaton, next, now, length);
            now
        };
        let mut vector = 0;
        while vector < vectors {
            let mut state = vector;
            while automaton.complies(vector) && state < counted.len() {
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
const fn step(automaton: &Automaton<'_>, now: &[Natural], next: &mut [Natural], length: usize) {
    let mut state = 0;
    while state < next.len() {
        next[state] = Natural::ZERO;
        state += 1;
    }
    let (mut node, mut rest) = (0, now);
    while let Some((ways, others)) = rest.split_at_checked(automaton.vectors()) {
        if reached(ways) {
            go_on(automaton, ways, next, node, length);
        }
        (node, rest) = (node + 1, others);
    }
}

/// Every way to go on from `node`, into whose states there are so many `ways`.
const fn go_on(
    automaton: &Automaton<'_>,
    ways: &[Natural],
    next: &mut [Natural],
    node: usize,
    length: usize,
) {
    let last = automaton.last(node);
    // The last character is of one group, so it is taken out of one, and goes on alone.
    let mut repeated = automaton.longest_run == 0;
    let groups = automaton.groups();
    let mut at = 0;
    while at < groups.len() {
        let group = groups[at];
        let mut others = group.size;
        if let (Some(last), false) = (last, repeated)
            && automaton.may_end_with(last, group)
        {
            repeated = true;
            others -= 1;
            let again = automaton.arrival(Some(last), group, true);
            arrive(automaton, ways, next, again, group, 1, length);
        }
        if length > 1 || automaton.may_start(group.slot) {
            arrive(automaton, ways, next, automaton.arrival(last, group, false), group, others, length);
        }
        at += 1;
    }
}

/// Adds the `ways` into the states of a node to those that `factor` characters of `group` lead to.
const fn arrive(
    automaton: &Automaton<'_>,
    ways: &[Natural],
    next: &mut [Natural],
    arrival: Option<Last>,
    group: Group,
    factor: u64,
    length: usize,
) {
    let Some(arrival) = arrival else { return };
    if factor == 0 {
        return;
    }
    let to = automaton.node(arrival) * automaton.vectors();
    let (stride, values) = (automaton.stride(group.slot), automaton.values(group.slot));
    let mut vector = 0;
    while vector < ways.len() {
        let counted = to + Automaton::counted(vector, stride, values);
        if !ways[vector].is_zero()
            && let Some((_, [state, ..])) = next.split_at_mut_checked(counted)
        {
            state.add_product(&ways[vector], factor, length);
        }
        vector += 1;
    }
}

/// Whether there is a way into one of these states.
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
