//! Random rules for property tests.

use proptest::{prelude::*, sample::subsequence};
use sip_password::CharSet;

use crate::naive::Parts;

/// Random rules over some of the characters of `alphabet`, up to `longest` characters long. Most are a
/// policy.
pub(crate) fn parts(alphabet: &'static str, longest: u8) -> impl Strategy<Value = Parts> {
    let characters: Vec<char> = alphabet.chars().collect();
    let most = characters.len();
    let context: Vec<char> = alphabet.chars().chain(['Z']).collect();
    let sets =
        (subsequence(characters.clone(), 1..=most), prop::collection::vec(0..9_usize, most), 1..=4_usize)
            .prop_map(|(characters, slots, classes)| {
                let mut sets = vec![CharSet::EMPTY; classes + 1];
                for (character, slot) in characters.iter().zip(slots) {
                    let set = &mut sets[slot % (classes + 1)];
                    *set = set.union(CharSet::of(&character.to_string()));
                }
                let uncounted = sets.pop().unwrap_or_default();
                sets.retain(|set| !set.is_empty());
                (sets, uncounted)
            });
    let lengths = (1..=longest, 1..=longest).prop_map(|(a, b)| (a.min(b), a.max(b)));
    (
        sets,
        prop::collection::vec(prop_oneof![3 => Just(0_u8), 1 => 1..=3_u8], 8),
        prop_oneof![2 => Just(Vec::new()), 1 => subsequence(characters, 0..=most)],
        lengths,
        0..=4_u8,
        prop::option::of(1..=4_u8),
        prop::option::of(1..=255_u8),
        prop::option::of(prop::collection::vec(prop::sample::select(context), 1..=4)),
    )
        .prop_map(
            |((sets, uncounted), minima, never, lengths, required, longest_run, first, context)| {
                let classes = sets.len();
                Parts {
                    names: (1..=classes).map(|number| format!("class {number}")).collect(),
                    minima: minima[..classes].to_vec(),
                    uncounted,
                    never_generated: CharSet::of(&never.iter().collect::<String>()),
                    lengths,
                    required: required.min(classes as u8),
                    longest_run,
                    first: first.map(|bits| bits & ((1_u16 << classes) - 1) as u8),
                    context: context.map(|letters| letters.into_iter().collect()),
                    sets,
                }
            },
        )
}
