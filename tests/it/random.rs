//! Random rules for property tests.

use proptest::{prelude::*, sample::subsequence};
use sip_password::{CharSet, Class, ClassSet, Policy, Rules};

/// Random rules over some of the characters of `alphabet`, for passwords of up to `longest` characters. Most are a policy; the default
/// length is the longest.
#[expect(clippy::too_many_lines, reason = "one rule after the other")]
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
        (
            prop_oneof![2 => Just(Vec::new()), 1 => subsequence(characters.clone(), 0..=most)],
            prop_oneof![2 => Just(Vec::new()), 1 => subsequence(characters, 0..=most)],
        ),
        lengths,
        0..=4_u8,
        prop::option::of(1..=4_u8),
        prop::option::of(1..=255_u8),
        (
            prop::collection::vec(prop::collection::vec(prop::sample::select(context), 1..=4), 0..=3),
            any::<bool>(),
        ),
        (
            prop::option::weighted(0.3, (1..=4_u8, 1..=255_u8)),
            prop::option::weighted(0.3, 1..=4_u8),
            prop_oneof![2 => Just(0_u8), 1 => 1..=5_u8],
        ),
    )
        .prop_map(
            |(
                (sets, uncounted),
                minima,
                (excluded, excluded_first),
                (min, max),
                min_classes,
                max_repeat,
                first,
                (context, reversed),
                (max_run, max_sequence, min_distinct),
            )| {
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
                    .with_excluded(excluded.into_iter().collect())
                    .with_excluded_first(excluded_first.into_iter().collect());
                if let Some(max) = max_repeat {
                    rules = rules.with_max_repeat(max);
                }
                if let Some(bits) = first {
                    let first: ClassSet = (0..classes.len()).filter(|index| bits >> index & 1 == 1).collect();
                    rules = rules.with_first(first);
                }
                let of = |bits: u8| -> ClassSet {
                    (0..classes.len()).filter(|index| bits >> index & 1 == 1).collect()
                };
                if let Some((max, bits)) = max_run {
                    rules = rules.with_max_run(max, of(bits));
                }
                if let Some(max) = max_sequence {
                    rules = rules.with_max_sequence(max);
                }
                let words: Vec<String> =
                    context.into_iter().map(|letters| letters.into_iter().collect()).collect();
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                rules
                    .with_min_distinct(min_distinct.min(max))
                    .with_context_words(&words)
                    .with_reversed_context(reversed)
            },
        )
}

/// The policies among [`rules`].
pub(crate) fn policies(alphabet: &'static str, longest: u8) -> impl Strategy<Value = Policy> {
    rules(alphabet, longest).prop_filter_map("no policy", |rules| Policy::new(rules).ok())
}
