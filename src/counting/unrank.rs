//! Passwords that are too rare to be found by trial, by exact counting.
//!
//! The compliant passwords of one length are ranked in ASCII order, from 0. A rank is drawn uniformly at random and unranked:
//! character by character, the passwords that continue with a lower character are counted and skipped. Their number is
//! known for each state of the [`automaton`](crate::counting::automaton), from the last character back to the first.

use std::{vec, vec::Vec};

use crypto_bigint::U448;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeLess};
use zeroize::{Zeroize, Zeroizing};

use crate::{
    counting::automaton::{Automaton, Group},
    kernel::declassify::declassify,
    rules::{Rules, alphabet::Alphabet, charset::CharSet},
};

/// The compliant passwords of one length, by their ranks.
#[derive(Debug)]
pub(crate) struct Unranker {
    /// The alphabet in ASCII order; each character with the index of its group in the automaton.
    members: Vec<(u8, usize)>,
    /// The characters with which a password can begin.
    first: CharSet,
    /// The number of groups.
    groups: usize,
    /// Layer n describes the states after n characters.
    layers: Vec<Layer>,
    /// The number of passwords; every rank is lower.
    count: U448,
}

/// The states after some number of characters that can still lead to a compliant password.
#[derive(Debug, Default)]
struct Layer {
    /// For each state, the number of compliant passwords that it leads to.
    ways: Vec<U448>,
    /// For each state and each group, the indices of three states in the next layer: the one after a character that is not there
    /// yet, the one after the last character again, and the one after another that is there already.
    moves: Vec<[u32; 3]>,
}

/// No compliant password comes from here.
const NOWHERE: u32 = u32::MAX;

/// The largest amount of memory that the layers of one length can take, in bytes.
const MAX_MEMORY: usize = 1 << 30;

/// The layers would take more than [`MAX_MEMORY`].
#[derive(Debug)]
pub(crate) struct TooLarge;

impl Unranker {
    /// Counts the passwords of `length` characters of an alphabet. The rules must be valid and allow the length.
    pub(crate) fn new(rules: &Rules, alphabet: Alphabet, length: usize) -> Result<Self, TooLarge> {
        let automaton = Automaton::new(rules, alphabet);
        let groups = automaton.groups().len();
        let group_of = |byte: u8| (0..groups).find(|&group| automaton.has(group, byte));
        let members = (0..128).filter(|&byte| alphabet.all.has(byte));
        let members = members.filter_map(|byte| Some((byte, group_of(byte)?))).collect();

        let reached = reached(&automaton, length, MAX_MEMORY)?;
        let mut layers = Vec::new();
        // The states of the following layer that lead to a password, ascending.
        let mut behind: Vec<u32> = Vec::new();
        for (at, states) in reached.iter().enumerate().rev() {
            let (mut layer, mut live) = (Layer::default(), Vec::new());
            let next: &[U448] = layers.last().map_or(&[], |next: &Layer| &next.ways);
            for &state in states {
                let mut ways = U448::ZERO;
                let begin = layer.moves.len();
                if at == length {
                    ways = U448::from_u8(automaton.complies(state as usize).into());
                } else {
                    let place = |next: Option<u32>| next.and_then(|next| behind.binary_search(&next).ok());
                    let mut repeated = false;
                    for group in 0..groups {
                        let moves = automaton.moves(state, group, at == 0).map(place);
                        layer.moves.push(moves.map(|place| place.map_or(NOWHERE, |place| place as u32)));
                        let [new, again, old] =
                            moves.map(|place| place.map_or(U448::ZERO, |place| next[place]));
                        let Group { size, first, .. } = automaton.groups()[group];
                        let size = if at == 0 { first } else { size };
                        // Where no rule asks, all characters are taken for old ones.
                        let mut used = automaton.used(state as usize, group).unwrap_or(size).min(size);
                        let others = size - used;
                        // The last character is a single one: of the first group that it can belong to.
                        if automaton.may_repeat(state as usize, group) && !repeated && used > 0 {
                            repeated = true;
                            used -= 1;
                            ways = ways.wrapping_add(&again);
                        }
                        ways = ways.wrapping_add(&new.wrapping_mul(&U448::from_u8(others)));
                        ways = ways.wrapping_add(&old.wrapping_mul(&U448::from_u8(used)));
                    }
                }
                if bool::from(ways.is_nonzero()) {
                    layer.ways.push(ways);
                    live.push(state);
                } else {
                    layer.moves.truncate(begin);
                }
            }
            layers.push(layer);
            behind = live;
        }
        layers.reverse();
        let count = layers.first().and_then(|first| first.ways.first()).copied().unwrap_or_default();
        Ok(Self { members, first: alphabet.first, groups, layers, count })
    }

    /// The number of random words that a candidate takes.
    pub(crate) fn words(&self) -> usize {
        self.bits().div_ceil(u32::BITS).max(1) as usize
    }

    /// The number of bits of a candidate's rank.
    fn bits(&self) -> u32 {
        U448::BITS - self.count.wrapping_sub(&U448::ONE).leading_zeros_vartime()
    }

    /// Takes a rank from the next words, the lowest first, and returns whether there is a password of that rank; if so, writes
    /// the password to `candidate`.
    ///
    /// No branch and no address depends on the rank, except on whether there is a password.
    pub(crate) fn candidate<E>(
        &self,
        mut next: impl FnMut() -> Result<u32, E>,
        candidate: &mut [u8],
    ) -> Result<bool, E> {
        let mut bytes = Zeroizing::new([0; U448::BYTES]);
        for word in bytes.chunks_mut(4).take(self.words()) {
            let drawn = Zeroizing::new(next()?.to_le_bytes());
            word.copy_from_slice(&*drawn);
        }
        let bits = self.bits() as usize;
        for (at, byte) in bytes.iter_mut().enumerate() {
            let kept = bits.saturating_sub(8 * at).min(8);
            *byte &= ((1_u16 << kept) - 1) as u8;
        }
        let mut number = Zeroizing::new(U448::from_le_slice(&*bytes));
        // Public: the candidate is rejected whole or handed out.
        let found = declassify(number.ct_lt(&self.count).into());
        if found {
            self.spell(&mut number, candidate);
        }
        Ok(found)
    }

    /// Writes the password of the rank `number`, which must be lower than their number.
    fn spell(&self, number: &mut U448, password: &mut [u8]) {
        let mut continuations = Zeroizing::new(vec![Continuation::default(); self.groups]);
        // No password contains NUL.
        let (mut state, mut last) = (Zeroizing::new(0_u32), Zeroizing::new(0_u8));
        // 1 for each character of the alphabet that is there.
        let mut used = Zeroizing::new(vec![0_u8; self.members.len()]);
        for (at, (place, layers)) in password.iter_mut().zip(self.layers.windows(2)).enumerate() {
            let [layer, next] = layers else { return };
            layer.look(*state, &next.ways, &mut continuations);
            let mut taken = Choice::from(0);
            for (&(byte, group), used) in self.members.iter().zip(used.iter_mut()) {
                // No password begins with it.
                if at == 0 && !self.first.has(byte) {
                    continue;
                }
                let (again, old) = (byte.ct_eq(&last), used.ct_eq(&1));
                let Continuation { ways, to } = &continuations[group];
                let other = U448::conditional_select(&ways[0], &ways[2], old);
                let ways = U448::conditional_select(&other, &ways[1], again);
                let other = u32::conditional_select(&to[0], &to[2], old);
                let to = u32::conditional_select(&other, &to[1], again);
                let here = number.ct_lt(&ways) & !taken;
                used.conditional_assign(&1, here);
                place.conditional_assign(&byte, here);
                state.conditional_assign(&to, here);
                taken |= here;
                let passed = number.wrapping_sub(&ways);
                number.conditional_assign(&passed, !taken);
            }
            *last = *place;
        }
    }
}

/// What follows a character of one group: the next state and the number of passwords that it leads to, for each of the three
/// [moves](Layer::moves).
#[derive(Clone, Copy, Default)]
struct Continuation {
    ways: [U448; 3],
    to: [u32; 3],
}

impl Zeroize for Continuation {
    fn zeroize(&mut self) {
        self.ways.zeroize();
        self.to.zeroize();
    }
}

impl Layer {
    /// What follows each group in the state at a secret index. Reads every state alike.
    fn look(&self, state: u32, next: &[U448], continuations: &mut [Continuation]) {
        for continuation in &mut *continuations {
            continuation.zeroize();
        }
        for (place, moves) in (0_u32..).zip(self.moves.chunks(continuations.len())) {
            let here = place.ct_eq(&state);
            for (continuation, moves) in continuations.iter_mut().zip(moves) {
                for (at, &to) in moves.iter().enumerate().filter(|&(_, &to)| to != NOWHERE) {
                    continuation.ways[at].conditional_assign(&next[to as usize], here);
                    continuation.to[at].conditional_assign(&to, here);
                }
            }
        }
    }
}

/// The states that 0 to `length` characters can lead to, ascending, without those that leave too few characters for the
/// classes. An error if describing them takes more than `memory` bytes.
fn reached(automaton: &Automaton<'_>, length: usize, memory: usize) -> Result<Vec<Vec<u32>>, TooLarge> {
    let each = size_of::<U448>() + automaton.groups().len() * size_of::<[u32; 3]>();
    let mut left = memory / each;
    let mut reached = vec![vec![0]];
    for at in 0..length {
        let mut there = vec![false; automaton.states()];
        for &state in &reached[at] {
            let groups = 0..automaton.groups().len();
            for next in groups.flat_map(|group| automaton.moves(state, group, at == 0)).flatten() {
                there[next as usize] = true;
            }
        }
        let next = (0..).zip(there).filter_map(|(state, there)| there.then_some(state));
        let next: Vec<u32> = next.filter(|&state| automaton.missing(state as usize) < length - at).collect();
        left = left.checked_sub(next.len()).ok_or(TooLarge)?;
        reached.push(next);
    }
    Ok(reached)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, string::String};

    use proptest::{prelude::*, sample::select};

    use crate::{
        policy::Policy,
        rules::{class::Class, words::WordList},
    };

    /// Every password, in the order of the ranks.
    fn all(rules: &Rules, length: usize) -> Vec<String> {
        let unranker = Unranker::new(rules, Alphabet::generated(rules), length).expect("it is small");
        let count = u64::from_le_bytes(unranker.count.to_le_bytes()[..8].try_into().expect("8 bytes"));
        let mut password = vec![0; length];
        let mut nth = |number: u64| {
            unranker.spell(&mut U448::from_u64(number), &mut password);
            String::from_utf8(password.clone()).expect("it is ASCII")
        };
        (0..count).map(&mut nth).collect()
    }

    /// Every compliant string of `length` characters, in ASCII order.
    fn compliant(policy: &Policy, length: usize) -> Vec<String> {
        let mut strings = vec![String::new()];
        for _ in 0..length {
            let longer = |string: String| policy.alphabet().iter().map(move |c| std::format!("{string}{c}"));
            strings = strings.into_iter().flat_map(longer).collect();
        }
        let first = policy.rules().excluded_first();
        strings.retain(|string| policy.check(string).is_ok() && !string.starts_with(|c| first.contains(c)));
        strings
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]

        #[test]
        fn each_compliant_password_has_one_rank(
            slots in prop::collection::vec(0..4_usize, 5),
            minima in prop::array::uniform3(prop_oneof![2 => Just(0_u8), 1 => 1..4_u8]),
            min_classes in 0..4_u8,
            excluded in prop::option::weighted(0.3, select(vec!["a", "A", "1", "ab"])),
            excluded_first in prop::option::weighted(0.4, select(vec!["a", "A", "1", "ab", "bA1", "aAb"])),
            max_repeat in prop::option::of(1..4_u8),
            first in prop::option::weighted(0.3, 1..8_u8),
            context in prop::option::weighted(0.5, select(vec!["a", "ab", "aA", "aba", "1a1", "AAB", "b1", "abab"])),
            (reversed, max_run, max_sequence, min_distinct) in
                (any::<bool>(), prop::option::weighted(0.3, (1..4_u8, 1..8_u8)), prop::option::weighted(0.3, 1..3_u8),
                prop_oneof![2 => Just(0), 1 => 2..=4_u8]),
            lengths in (1..=5_u8, 0..3_u8),
        ) {
            let mut sets = [CharSet::EMPTY; 4];
            for (character, slot) in "aAbB1".chars().zip(slots) {
                sets[slot] = sets[slot].union(CharSet::range(character as u8, character as u8));
            }
            let classes: Vec<_> = (sets[..3].iter().zip(minima))
                .map(|(&set, minimum)| Class::new("some", set).at_least(minimum))
                .filter(|class| !class.characters().is_empty())
                .collect();
            let mut rules = Rules::new()
                .with_lengths(lengths.0, (lengths.0 + lengths.1).into())
                .with_default_length(lengths.0)
                .with_classes(&classes)
                .with_min_classes(min_classes)
                .with_uncounted(sets[3])
                .with_excluded(CharSet::of(excluded.unwrap_or_default()))
                .with_excluded_first(CharSet::of(excluded_first.unwrap_or_default()));
            rules.max_repeat = max_repeat;
            let of = |bits: u8| (0..classes.len()).filter(|index| bits >> index & 1 == 1).collect();
            rules.first = first.map(of);
            if let Some((max, bits)) = max_run {
                rules = rules.with_max_run(max, of(bits));
            }
            rules.max_sequence = max_sequence;
            rules.min_distinct = min_distinct;
            rules.context = context.map_or(WordList::EMPTY, |word| WordList::new(&[word], reversed));
            if let Ok(policy) = Policy::new(rules.clone()) {
                for length in lengths.0..=lengths.0 + lengths.1 {
                    prop_assert_eq!(all(&rules, length.into()), compliant(&policy, length.into()));
                }
            }
        }
    }

    /// 14 digits of 16 characters leave room for two others.
    #[test]
    fn states_that_lead_to_a_password() {
        let digits = Class::new("digits", CharSet::DIGITS).at_least(14);
        let classes = [digits, Class::new("letters", CharSet::LOWERCASE)];
        let rules = Rules::new().with_classes(&classes);
        let automaton = Automaton::new(&rules, Alphabet::generated(&rules));
        let states = reached(&automaton, 16, MAX_MEMORY).expect("they are few");
        let counts: Vec<_> = states.iter().map(Vec::len).collect();
        assert_eq!(counts, [1, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 1]);

        // Three characters, one of each of three classes: no class twice.
        let classes = ["a", "b", "c"].map(|set| Class::new("one", CharSet::of(set)));
        let each = Rules::new().with_classes(&classes).with_min_classes(3);
        let states =
            reached(&Automaton::new(&each, Alphabet::generated(&each)), 3, MAX_MEMORY).expect("they are few");
        assert!(states.iter().map(Vec::len).eq([1, 3, 3, 1]));

        // 56 bytes for a number, and for either class three indices of four bytes; the start takes none.
        let bytes = (56 + 2 * 3 * 4) * counts[1..].iter().sum::<usize>();
        assert!(reached(&automaton, 16, bytes).is_ok());
        assert!(reached(&automaton, 16, bytes - 1).is_err());
    }

    #[test]
    fn huawei_from_the_first_to_the_last() {
        let rules = &crate::HUAWEI.rules();
        let unranker = Unranker::new(rules, Alphabet::generated(rules), 8).expect("it is small");
        assert_eq!(unranker.count, U448::from_u64(514_631_085_696_000));
        assert_eq!(unranker.words(), 2);
        let nth = |number: u64| {
            let mut password = [0; 8];
            unranker.spell(&mut U448::from_u64(number), &mut password);
            String::from_utf8(password.into()).expect("it is ASCII")
        };
        assert_eq!(nth(0), "******0A");
        assert_eq!(nth(1), "******0B");
        assert_eq!(nth(514_631_085_695_999), "~~~~~~zZ");
        let some: Vec<_> = (0..1000).map(|step| nth(step * 514_631_085_695)).collect();
        assert!(some.is_sorted());
        assert_eq!(some.iter().collect::<BTreeSet<_>>().len(), some.len());
        assert!(some.iter().all(|password| crate::HUAWEI.check(password).is_ok()));
    }

    /// A rank is drawn from as many bits as the highest rank has, the lowest first.
    #[test]
    fn ranks_come_from_words() {
        let rules = &crate::HUAWEI.rules();
        let unranker = Unranker::new(rules, Alphabet::generated(rules), 8).expect("it is small");
        let draw = |words: [u32; 2]| {
            let mut words = words.into_iter();
            let mut password = [0; 8];
            let found =
                unranker.candidate(|| words.next().ok_or(()), &mut password).expect("two words are enough");
            found.then(|| String::from_utf8(password.into()).expect("it is ASCII"))
        };
        let count = 514_631_085_696_000_u64;
        let words = |number: u64| [number as u32, (number >> 32) as u32];
        assert_eq!(draw([0, 0]).as_deref(), Some("******0A"));
        assert_eq!(draw(words(count - 1)).as_deref(), Some("~~~~~~zZ"));
        assert_eq!(draw(words(count)), None);
        assert_eq!(draw([u32::MAX; 2]), None);
        // 49 bits: higher ones have no effect.
        assert_eq!(draw(words(1 << 49)).as_deref(), Some("******0A"));
        assert!(draw(words(1 << 48)).is_some());
        assert_eq!(draw(words(1 << 48 | 1 << 50)), draw(words(1 << 48)));
    }
}
