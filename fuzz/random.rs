//! Random rules. Most are a policy, and of many kinds: wide and small alphabets, rare passwords, words that occur.

use arbitrary::Arbitrary;
use sip_password::CharSet;

use crate::naive::Parts;

#[derive(Arbitrary, Debug)]
pub(crate) struct RandomRules {
    /// A first character, how many more, and what they are.
    runs: Vec<(u8, u8, u8)>,
    classes: u8,
    minima: [u8; 9],
    /// The shortest passwords are of the first class alone: most are rare.
    strict: bool,
    lengths: (u8, u8),
    required: u8,
    longest_run: Option<u8>,
    first: Option<u8>,
    context: Option<Word>,
}

#[derive(Arbitrary, Debug)]
enum Word {
    /// Of characters that are accepted, by their places.
    Accepted(Vec<u8>),
    Any(String),
}

/// The classes, of which there can be one too many, what counts for none, what is never generated, and what is not allowed.
const SLOTS: usize = 12;
const UNCOUNTED: usize = 9;
const NEVER_GENERATED: usize = 10;

impl RandomRules {
    pub(crate) fn parts(&self) -> Parts {
        let classes = usize::from(self.classes % 10);
        let mut sets = [CharSet::EMPTY; SLOTS];
        for &(first, more, slot) in &self.runs {
            let run = match first {
                u8::MAX => CharSet::range(0x7f, 0x7f),
                _ => {
                    let first = b' ' + first % 95;
                    CharSet::range(first, (first + more % 32).min(b'~'))
                }
            };
            let to = usize::from(slot) % SLOTS;
            // Some are in two classes.
            if to != NEVER_GENERATED && slot < 250 {
                sets[..NEVER_GENERATED].iter_mut().for_each(|set| *set = set.difference(run));
            }
            sets[to] = sets[to].union(run);
        }
        let (a, b) = self.lengths;
        let min = if a < 160 { a % 10 } else { a % 66 };
        let max = if b < 160 { min + b % 10 } else { b % 66 };
        let mut parts = Parts {
            names: (0..classes).map(|place| format!("class {place}")).collect(),
            sets: sets[..classes].to_vec(),
            minima: (self.minima[..classes].iter())
                .map(|&minimum| if minimum < 160 { minimum % 3 } else { minimum % 66 })
                .collect(),
            uncounted: sets[UNCOUNTED],
            never_generated: sets[NEVER_GENERATED],
            lengths: (min, max),
            required: self.required % (classes as u8 + 2),
            longest_run: self.longest_run.map(|run| if run < 160 { run % 6 } else { run }),
            first: self.first.map(|first| match first % 16 {
                15 => first,
                _ => first & ((1_u16 << classes) - 1) as u8,
            }),
            context: None,
        };
        if let Some(minimum) = parts.minima.first_mut()
            && self.strict
        {
            *minimum = min;
        }
        parts.context = self.context.as_ref().map(|word| match word {
            Word::Accepted(places) => places.iter().map(|&place| accepted(&parts, place)).collect(),
            Word::Any(word) => word.clone(),
        });
        parts
    }
}

/// All characters that may stand in a password.
fn all_accepted(parts: &Parts) -> CharSet {
    parts.sets.iter().fold(parts.uncounted, |all, &set| all.union(set))
}

/// One of the characters that may stand in a password, in some case.
fn accepted(parts: &Parts, place: u8) -> char {
    let all = all_accepted(parts);
    let character = all.iter().nth(usize::from(place & 127) % all.len().max(1)).unwrap_or('x');
    if place < 128 { character } else { character.to_ascii_uppercase() }
}

/// A password that is compliant more often than not: most bytes are places among the accepted characters.
pub(crate) fn password(parts: &Parts, bytes: &[u8]) -> String {
    let odd = ['\0', '\n', ' ', '~', '\x7f', 'é', '\u{feff}', '😀'];
    let mut password = String::new();
    for &byte in bytes {
        match (byte, &parts.context) {
            (0xf0.., Some(word)) if byte % 2 == 0 => password.push_str(word),
            (0xf0.., _) => password.push(odd[usize::from(byte / 2 % 8)]),
            _ => password.push(accepted(parts, byte)),
        }
    }
    password
}

/// At the most so many steps does it take to count the passwords of such a policy: its states, for each character.
pub(crate) fn cost(parts: &Parts) -> usize {
    let asked = u8::from(parts.required > 0);
    let vectors = (parts.minima.iter()).map(|&minimum| usize::from(minimum.max(asked)) + 1);
    let prefixes = parts.context.as_ref().map_or(0, String::len);
    let slots = parts.sets.len() + 1;
    let runs = parts.longest_run.filter(|&run| run < parts.lengths.1).map_or(1, usize::from);
    let nodes = 1 + (slots + 2 * prefixes) * runs;
    vectors.fold(nodes, usize::saturating_mul).saturating_mul(parts.lengths.1.into())
}
