//! Random rules. Most are a policy, and of many kinds: wide and small alphabets, rare passwords, words that occur.

use arbitrary::Arbitrary;
use sip_password::{CharSet, Class, ClassSet, Rules};

#[derive(Arbitrary, Debug)]
pub(crate) struct RandomRules {
    /// A first character, the number of further ones, and the slot that they belong to.
    runs: Vec<(u8, u8, u8)>,
    classes: u8,
    minima: [u8; 9],
    /// The shortest passwords consist of the first class alone: most are rare.
    strict: bool,
    lengths: (u8, u8),
    min_classes: u8,
    max_repeat: Option<u8>,
    first: Option<u8>,
    context: Option<Word>,
    /// The limit, and a bit for each class that it is about.
    max_run: Option<(u8, u8)>,
    max_sequence: Option<u8>,
    min_distinct: u8,
    second_word: Option<Word>,
    reversed: bool,
}

#[derive(Arbitrary, Debug)]
enum Word {
    /// Of accepted characters, by their indices.
    Accepted(Vec<u8>),
    Any(String),
}

/// Rules, and the texts that they are made of: rules hold no more of a text than is allowed.
#[derive(Debug)]
pub(crate) struct Parts {
    /// The names of the classes, of which there can be one too many.
    pub(crate) names: Vec<String>,
    pub(crate) sets: Vec<CharSet>,
    pub(crate) minima: Vec<u8>,
    pub(crate) context: Vec<String>,
    /// A bit for each class that a limit on rows is about.
    pub(crate) run_classes: u8,
    /// A bit for each class that the first character can belong to.
    pub(crate) first: Option<u8>,
    /// The default length is the longest that can be generated.
    pub(crate) rules: Rules,
}

/// The classes, of which there can be one too many, then the characters that count for none, the excluded ones, those that are
/// excluded as the first one, and those that are not allowed.
const SLOTS: usize = 13;
const UNCOUNTED: usize = 9;
const EXCLUDED: usize = 10;
const EXCLUDED_FIRST: usize = 11;

impl RandomRules {
    pub(crate) fn parts(&self) -> Parts {
        let count = usize::from(self.classes % 10);
        let sets = self.sets();
        let (min, max) = self.lengths();
        let mut parts = Parts {
            names: (0..count).map(|index| name(index, self.minima[index])).collect(),
            sets: sets[..count].to_vec(),
            minima: (self.minima[..count].iter())
                .map(|&minimum| if minimum < 160 { minimum % 3 } else { minimum % 66 })
                .collect(),
            context: Vec::new(),
            run_classes: 0,
            first: self.first.map(|first| match first % 16 {
                15 => first,
                _ => first & ((1_u16 << count) - 1) as u8,
            }),
            rules: Rules::new(),
        };
        if let Some(minimum) = parts.minima.first_mut()
            && self.strict
        {
            *minimum = min;
        }
        parts.rules = Rules::new()
            .with_lengths(min, max)
            .with_default_length(longest(max))
            .with_classes(&parts.classes())
            .with_min_classes(self.min_classes % (count as u8 + 2))
            .with_uncounted(sets[UNCOUNTED])
            .with_excluded(sets[EXCLUDED])
            .with_excluded_first(sets[EXCLUDED_FIRST]);
        if let Some(max) = self.max_repeat {
            parts.rules = parts.rules.with_max_repeat(if max < 160 { max % 6 } else { max });
        }
        if let Some(bits) = parts.first {
            parts.rules = parts.rules.with_first(classes_of(bits));
        }
        if let Some((max, bits)) = self.max_run {
            parts.run_classes = if max < 200 { bits & ((1_u16 << count) - 1) as u8 } else { bits };
            parts.rules = parts.rules.with_max_run(max % 6, classes_of(parts.run_classes));
        }
        if let Some(max) = self.max_sequence {
            parts.rules = parts.rules.with_max_sequence(max % 5);
        }
        parts.rules =
            parts.rules.with_min_distinct(if self.min_distinct < 128 { 0 } else { self.min_distinct % 9 });
        let words = [&self.context, &self.second_word].into_iter().flatten().map(|word| match word {
            Word::Accepted(indices) => indices.iter().map(|&index| accepted(&parts.rules, index)).collect(),
            Word::Any(word) => word.clone(),
        });
        let words = words.collect();
        parts.set_context(words, self.reversed);
        parts
    }

    /// The characters of each slot.
    fn sets(&self) -> [CharSet; SLOTS] {
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
            if to != EXCLUDED && to != EXCLUDED_FIRST && slot < 250 {
                sets[..EXCLUDED].iter_mut().for_each(|set| *set = set.difference(run));
            }
            sets[to] = sets[to].union(run);
        }
        sets
    }

    /// The longest length can be too long to be generated, or to be allowed.
    fn lengths(&self) -> (u8, u16) {
        let (a, b) = self.lengths;
        let min = if a < 160 { a % 10 } else { a % 66 };
        let max = match b {
            0..160 => u16::from(min + b % 10),
            160..224 => u16::from(b % 66),
            _ => u16::from(b - 224) * 9,
        };
        (min, max)
    }
}

impl Parts {
    pub(crate) fn classes(&self) -> Vec<Class> {
        (self.names.iter().zip(&self.sets).zip(&self.minima))
            .map(|((name, &set), &minimum)| Class::new(name, set).at_least(minimum))
            .collect()
    }

    pub(crate) fn set_context(&mut self, words: Vec<String>, reversed: bool) {
        let list: Vec<&str> = words.iter().map(String::as_str).collect();
        self.rules = self.rules.clone().with_context_words(&list).with_reversed_context(reversed);
        self.context = words;
    }
}

/// The longest password that can be generated.
pub(crate) fn longest(max: u16) -> u8 {
    max.min(64) as u8
}

/// A short name; a long one, which can be too long, for a class with one of the highest minima.
fn name(index: usize, minimum: u8) -> String {
    let padding = usize::from(minimum.saturating_sub(215));
    format!("class {index}{}", "x".repeat(padding))
}

/// A set of classes, by a bit for each.
pub(crate) fn classes_of(bits: u8) -> ClassSet {
    (0..8).filter(|index| bits >> index & 1 == 1).collect()
}

/// One of the accepted characters, in upper or lower case.
fn accepted(rules: &Rules, index: u8) -> char {
    let all = rules.accepted();
    let character = all.iter().nth(usize::from(index & 127) % all.len().max(1)).unwrap_or('x');
    if index < 128 { character } else { character.to_ascii_uppercase() }
}

/// A password that is compliant more often than not: most bytes are indices among the accepted characters.
pub(crate) fn password(parts: &Parts, bytes: &[u8]) -> String {
    let odd = ['\0', '\n', ' ', '~', '\x7f', 'é', '\u{feff}', '😀'];
    let mut password = String::new();
    for &byte in bytes {
        match (byte, parts.context.get(usize::from(byte / 2 % 2))) {
            (0xf0.., Some(word)) if byte % 2 == 0 && byte % 8 < 4 => password.push_str(word),
            (0xf0.., Some(word)) if byte % 2 == 0 => password.extend(word.chars().rev()),
            (0xf0.., _) => password.push(odd[usize::from(byte / 2 % 8)]),
            _ => password.push(accepted(&parts.rules, byte)),
        }
    }
    password
}

/// An upper bound on the steps that it takes to count the passwords of such a policy: its states, for each character.
pub(crate) fn cost(parts: &Parts) -> usize {
    let rules = &parts.rules;
    let least = u8::from(rules.min_classes() > 0);
    let vectors = (parts.minima.iter()).map(|&minimum| usize::from(minimum.max(least)) + 1);
    let prefixes = parts.context.iter().map(String::len).sum::<usize>() * 2;
    let slots = parts.sets.len() + 1;
    let limit =
        |limit: Option<u8>| limit.filter(|&max| max < longest(rules.max_length())).map_or(1, usize::from);
    let (sequential, steps) = match rules.max_sequence() {
        Some(max) => (62, 2 * usize::from(max)),
        None => (0, 0),
    };
    let ends = slots + sequential + 2 * prefixes;
    let rows = limit(rules.max_run().map(|(max, _)| max));
    let nodes = 1 + ends * (limit(rules.max_repeat()) + steps) * rows;
    // One more different character of any group: a tuple of numbers under the required one.
    let groups = (slots + sequential + 2 * prefixes) as f64;
    let distinct =
        (1..rules.min_distinct()).map(|at| (groups + f64::from(at)) / f64::from(at)).product::<f64>();
    let states = vectors.fold(nodes, usize::saturating_mul).saturating_mul(distinct as usize);
    // Every character is a transition of its own where sequences count.
    states.saturating_mul(longest(rules.max_length()).into()).saturating_mul(1 + sequential / 8)
}
