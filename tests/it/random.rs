//! Random rules for property tests.

use proptest::{prelude::*, sample::subsequence};
use sip_password::{CharSet, Class, ClassSet, Policy, Rules};

/// Random rules over some of the characters of `alphabet`, for passwords of up to `longest` characters. Most are a policy; the default
/// length is the longest.
pub(crate) fn rules(alphabet: &'static str, longest: u8) -> impl Strategy<Value = Rules> {
    let characters: Vec<char> = alphabet.chars().collect();
    let most = characters.len();
    let context: Vec<char> = alphabet.chars().chain(['Z']).collect();
    let sets =
        (subsequence(characters.clone(), 1..=most), prop::collection::vec(0..9_usize, most), 1..=4_usize)
            .prop_map(|(characters, slots, classes)| {
                let mut sets = vec![CharSet::EMPTY; classes + 1];
                for (character, slot) in characters.iter().zip(slots) {
                    sets[slot % (classes + 1)].extend([*character]);
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
            |((sets, uncounted), minima, excluded, (min, max), min_classes, max_repeat, first, context)| {
                let class = |((number, set), minimum): ((usize, &CharSet), u8)| {
                    Class::new(&format!("class {number}"), *set).at_least(minimum)
                };
                let classes: Vec<_> = (1..).zip(&sets).zip(minima).map(class).collect();
                let mut rules = Rules::new()
                    .with_lengths(min, max.into())
                    .with_default_length(max)
                    .with_classes(&classes)
                    .with_min_classes(min_classes.min(classes.len() as u8))
                    .with_uncounted(uncounted)
                    .with_excluded(excluded.into_iter().collect());
                if let Some(max) = max_repeat {
                    rules = rules.with_max_repeat(max);
                }
                if let Some(bits) = first {
                    let first: ClassSet = (0..classes.len()).filter(|index| bits >> index & 1 == 1).collect();
                    rules = rules.with_first(first);
                }
                if let Some(letters) = context {
                    rules = rules.with_context(&letters.into_iter().collect::<String>());
                }
                rules
            },
        )
}

/// The policies among [`rules`].
pub(crate) fn policies(alphabet: &'static str, longest: u8) -> impl Strategy<Value = Policy> {
    rules(alphabet, longest).prop_filter_map("no policy", |rules| Policy::new(rules).ok())
}
