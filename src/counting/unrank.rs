//! Passwords so rare that trying would not find them: by exact counting.
//!
//! The compliant passwords of one length, in ASCII order, have numbers from 0. One number is drawn, each equally likely, and
//! becomes the password that has it: character by character, the passwords that start with a lower one are counted and passed over.
//! How many those are is known of each state of the [`automaton`](crate::automaton), from the last character back to the first.

use std::{vec, vec::Vec};

use crypto_bigint::U448;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeLess};
use zeroize::{Zeroize, Zeroizing};

use crate::{
    counting::automaton::Automaton,
    kernel::declassify::public,
    rules::{Rules, charset::CharSet},
};

/// The compliant passwords of one length, by their numbers.
#[derive(Debug)]
pub(crate) struct Exact {
    /// The alphabet in ASCII order, each character with its group in the automaton.
    members: Vec<(u8, usize)>,
    /// How many groups.
    groups: usize,
    /// What is known after no character, after one, and so on.
    layers: Vec<Layer>,
    /// How many passwords there are: numbers are lower.
    count: U448,
}

/// The states after some characters from which a compliant password can still come.
#[derive(Debug, Default)]
struct Layer {
    /// How many ways there are to end from each state.
    ways: Vec<U448>,
    /// For each state and each group, the places of two states in the next layer: after a character that is not the last one
    /// again, and after the last one again.
    moves: Vec<[u32; 2]>,
}

/// From here no compliant password comes.
const NOWHERE: u32 = u32::MAX;

/// What is known of all lengths may take so many bytes.
const MAX_MEMORY: usize = 1 << 30;

/// It would take more than [`MAX_MEMORY`].
#[derive(Debug)]
pub(crate) struct TooLarge;

impl Exact {
    /// Counts the passwords of `length` characters of `alphabet`. The rules must be sound, and allow the length.
    pub(crate) fn new(rules: &Rules<'_>, alphabet: CharSet, length: usize) -> Result<Self, TooLarge> {
        let automaton = Automaton::new(rules, alphabet);
        let groups = automaton.groups().len();
        let group_of = |byte: u8| (0..groups).find(|&group| automaton.has(group, byte));
        let members = (0..128).filter(|&byte| alphabet.has(byte));
        let members = members.filter_map(|byte| Some((byte, group_of(byte)?))).collect();

        let reached = reached(&automaton, length, MAX_MEMORY)?;
        let mut layers = Vec::new();
        // The states of the layer behind, ascending, of which some password comes.
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
                        let [other, again] = automaton.moves(state, group, at == 0).map(place);
                        layer
                            .moves
                            .push([other, again].map(|place| place.map_or(NOWHERE, |place| place as u32)));
                        // The last character is one, of the first of the groups that it may be of.
                        let mut others = automaton.groups()[group].size;
                        if automaton.may_repeat(state as usize, group) && !repeated {
                            repeated = true;
                            others -= 1;
                            ways = ways.wrapping_add(&again.map_or(U448::ZERO, |place| next[place]));
                        }
                        let each = other.map_or(U448::ZERO, |place| next[place]);
                        ways = ways.wrapping_add(&each.wrapping_mul(&U448::from_u64(others)));
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
        Ok(Self { members, groups, layers, count })
    }

    /// How many random words a candidate takes.
    pub(crate) fn words(&self) -> usize {
        self.bits().div_ceil(u32::BITS).max(1) as usize
    }

    /// How many bits a candidate's number has.
    fn bits(&self) -> u32 {
        self.count.wrapping_sub(&U448::ONE).bits_vartime()
    }

    /// Takes a number from the next words, the first the lowest, and says whether there is a password of that number; if so, writes
    /// it to `candidate`.
    ///
    /// No branch and no address depends on the number, but on whether there is a password.
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
        // Public: the candidate is thrown away, or handed out.
        let found = public(number.ct_lt(&self.count).into());
        if found {
            self.spell(&mut number, candidate);
        }
        Ok(found)
    }

    /// Writes the password of that number, which there must be.
    fn spell(&self, number: &mut U448, password: &mut [u8]) {
        let mut doors = Zeroizing::new(vec![Door::default(); self.groups]);
        // 0 is no character of a password.
        let (mut state, mut last) = (Zeroizing::new(0_u32), Zeroizing::new(0_u8));
        for (place, layers) in password.iter_mut().zip(self.layers.windows(2)) {
            let [layer, next] = layers else { return };
            layer.look(*state, &next.ways, &mut doors);
            let mut taken = Choice::from(0);
            for &(byte, group) in &self.members {
                let again = byte.ct_eq(&last);
                let door = &doors[group];
                let ways = U448::conditional_select(&door.ways[0], &door.ways[1], again);
                let to = u32::conditional_select(&door.to[0], &door.to[1], again);
                let here = number.ct_lt(&ways) & !taken;
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

/// What is behind a group of characters: states and how many ways lead on from there, after another character than the last one and
/// after the last one again.
#[derive(Clone, Copy, Default)]
struct Door {
    ways: [U448; 2],
    to: [u32; 2],
}

impl Zeroize for Door {
    fn zeroize(&mut self) {
        self.ways.zeroize();
        self.to.zeroize();
    }
}

impl Layer {
    /// What is behind each group from the state at a secret place. Looks at all states alike.
    fn look(&self, state: u32, next: &[U448], doors: &mut [Door]) {
        for door in &mut *doors {
            door.zeroize();
        }
        for (place, moves) in (0_u32..).zip(self.moves.chunks(doors.len())) {
            let here = place.ct_eq(&state);
            for (door, moves) in doors.iter_mut().zip(moves) {
                for (at, &to) in moves.iter().enumerate().filter(|&(_, &to)| to != NOWHERE) {
                    door.ways[at].conditional_assign(&next[to as usize], here);
                    door.to[at].conditional_assign(&to, here);
                }
            }
        }
    }
}

/// The states that each number of characters up to `length` can lead to, ascending, but for those after which too few characters
/// are left for the classes. No more than can be known of in so many bytes of `memory`.
fn reached(automaton: &Automaton<'_>, length: usize, memory: usize) -> Result<Vec<Vec<u32>>, TooLarge> {
    let each = size_of::<U448>() + automaton.groups().len() * size_of::<[u32; 2]>();
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
        rules::class::{Class, ClassSet},
    };

    /// Every password, in the order of their numbers; and as many as there should be.
    fn all(rules: &Rules<'_>, length: usize) -> Vec<String> {
        let exact = Exact::new(rules, rules.alphabet(), length).expect("it is small");
        let count = u64::from_le_bytes(exact.count.to_le_bytes()[..8].try_into().expect("8 bytes"));
        let mut password = vec![0; length];
        let mut nth = |number: u64| {
            exact.spell(&mut U448::from_u64(number), &mut password);
            String::from_utf8(password.clone()).expect("it is ASCII")
        };
        (0..count).map(&mut nth).collect()
    }

    /// All strings of so many characters, in ASCII order, that are compliant.
    fn compliant(policy: &Policy<'_>, length: usize) -> Vec<String> {
        let mut strings = vec![String::new()];
        for _ in 0..length {
            let longer = |string: String| policy.alphabet().iter().map(move |c| std::format!("{string}{c}"));
            strings = strings.into_iter().flat_map(longer).collect();
        }
        strings.retain(|string| policy.check(string).is_ok());
        strings
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]

        #[test]
        fn each_compliant_password_has_one_number(
            slots in prop::collection::vec(0..4_usize, 5),
            minima in prop::array::uniform3(prop_oneof![2 => Just(0_u8), 1 => 1..4_u8]),
            required_classes in 0..4_u8,
            never in prop::option::weighted(0.3, select(vec!["a", "A", "1", "ab"])),
            longest_run in prop::option::of(1..4_u8),
            first in prop::option::weighted(0.3, 1..8_u8),
            context in prop::option::weighted(0.5, select(vec!["a", "ab", "aA", "aba", "1a1", "AAB", "b1", "abab"])),
            lengths in (1..=5_u8, 0..3_u8),
        ) {
            let mut sets = [CharSet::EMPTY; 4];
            for (character, slot) in "aAbB1".chars().zip(slots) {
                sets[slot] = sets[slot].union(CharSet::range(character as u8, character as u8));
            }
            let classes: Vec<_> = (sets[..3].iter().zip(minima))
                .map(|(&set, minimum)| Class::new("some", set).at_least(minimum))
                .filter(|class| !class.characters.is_empty())
                .collect();
            let places = |bits: u8| (0..classes.len()).filter(move |place| bits >> place & 1 == 1);
            let rules = Rules {
                min_length: lengths.0,
                max_length: lengths.0 + lengths.1,
                default_length: lengths.0,
                classes: &classes,
                required_classes,
                uncounted: sets[3],
                never_generated: CharSet::of(never.unwrap_or_default()),
                longest_run,
                first: first.map(|bits| places(bits).fold(ClassSet::EMPTY, ClassSet::with)),
                context,
            };
            if let Ok(policy) = Policy::new(rules) {
                for length in lengths.0..=lengths.0 + lengths.1 {
                    prop_assert_eq!(all(&rules, length.into()), compliant(&policy, length.into()));
                }
            }
        }
    }

    /// 14 digits of 16 characters: two others at the most.
    #[test]
    fn states_from_which_a_password_can_come() {
        let digits = Class::new("digits", CharSet::DIGITS).at_least(14);
        let classes = [digits, Class::new("letters", CharSet::LOWERCASE)];
        let rules = Rules { classes: &classes, ..Rules::NONE };
        let automaton = Automaton::new(&rules, rules.alphabet());
        let states = reached(&automaton, 16, MAX_MEMORY).expect("they are few");
        let counts: Vec<_> = states.iter().map(Vec::len).collect();
        assert_eq!(counts, [1, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 1]);

        // One of each of three classes, in three characters: none twice.
        let classes = ["a", "b", "c"].map(|set| Class::new("one", CharSet::of(set)));
        let each = Rules { classes: &classes, required_classes: 3, ..Rules::NONE };
        let states = reached(&Automaton::new(&each, each.alphabet()), 3, MAX_MEMORY).expect("they are few");
        assert!(states.iter().map(Vec::len).eq([1, 3, 3, 1]));

        // A number of 56 bytes, and for either class two places of four; the start has none.
        let bytes = (56 + 2 * 2 * 4) * counts[1..].iter().sum::<usize>();
        assert!(reached(&automaton, 16, bytes).is_ok());
        assert!(reached(&automaton, 16, bytes - 1).is_err());
    }

    #[test]
    fn huawei_from_the_first_to_the_last() {
        let rules = crate::HUAWEI.rules();
        let exact = Exact::new(rules, rules.alphabet(), 8).expect("it is small");
        assert_eq!(exact.count, U448::from_u64(514_631_085_696_000));
        assert_eq!(exact.words(), 2);
        let nth = |number: u64| {
            let mut password = [0; 8];
            exact.spell(&mut U448::from_u64(number), &mut password);
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

    /// A number is drawn from no more bits than the count has: its bits are these, the lowest first.
    #[test]
    fn numbers_come_from_words() {
        let rules = crate::HUAWEI.rules();
        let exact = Exact::new(rules, rules.alphabet(), 8).expect("it is small");
        let draw = |words: [u32; 2]| {
            let mut words = words.into_iter();
            let mut password = [0; 8];
            let found =
                exact.candidate(|| words.next().ok_or(()), &mut password).expect("two words are enough");
            found.then(|| String::from_utf8(password.into()).expect("it is ASCII"))
        };
        let count = 514_631_085_696_000_u64;
        let words = |number: u64| [number as u32, (number >> 32) as u32];
        assert_eq!(draw([0, 0]).as_deref(), Some("******0A"));
        assert_eq!(draw(words(count - 1)).as_deref(), Some("~~~~~~zZ"));
        assert_eq!(draw(words(count)), None);
        assert_eq!(draw([u32::MAX; 2]), None);
        // 49 bits: what is higher is not looked at.
        assert_eq!(draw(words(1 << 49)).as_deref(), Some("******0A"));
        assert!(draw(words(1 << 48)).is_some());
        assert_eq!(draw(words(1 << 48 | 1 << 50)), draw(words(1 << 48)));
    }
}
