//! Counts of many passwords, in memory that does not grow with their number.

use rayon::prelude::*;

use crate::{case::Rule, seed::Seed, source::Source};

/// The number of passwords that are made from one stream of the seed.
const BLOCK: u64 = 4096;

/// In place of an index: the character is not in the alphabet.
const STRAY: u8 = u8::MAX;

/// Passwords of one length, counted.
pub(crate) struct Tally {
    rule: Rule,
    length: usize,
    /// The index of each byte in the alphabet, or [`STRAY`].
    index: [u8; 256],
    /// The class of each character, by its index.
    class: Vec<usize>,
    /// What each character adds to the index of the pattern.
    weight: Vec<usize>,
    /// By pattern: the number of characters of each class, as digits to the base `length + 1`.
    patterns: Vec<u64>,
    /// By position, character there and character at the next position.
    neighbours: Vec<u64>,
    /// The number of passwords with a character outside the alphabet.
    strays: u64,
}

impl Tally {
    /// Counts `count` passwords of a run of the seed, on all cores.
    pub(crate) fn count(
        source: &Source<'_>,
        (rule, length): (Rule, usize),
        count: u64,
        seed: &Seed,
        run: u64,
    ) -> Result<Self, String> {
        let threads = rayon::current_num_threads() as u64;
        let work = |thread: u64| {
            let mut tally = Self::new(rule, length);
            let mut buffer = vec![0; BLOCK as usize * length];
            for block in (thread..count.div_ceil(BLOCK)).step_by(threads as usize) {
                let passwords = BLOCK.min(count - block * BLOCK) as usize;
                let buffer = &mut buffer[..passwords * length];
                source.fill(&mut seed.keystream(run, block), length, buffer)?;
                buffer.chunks_exact(length).for_each(|password| tally.add(password));
            }
            Ok(tally)
        };
        let merge = |one: Result<Self, String>, other| Ok(one?.merged(&other?));
        (0..threads).into_par_iter().map(work).reduce(|| Ok(Self::new(rule, length)), merge)
    }

    fn new(rule: Rule, length: usize) -> Self {
        let mut index = [STRAY; 256];
        for (position, byte) in rule.alphabet().bytes().enumerate() {
            index[usize::from(byte)] = position as u8;
        }
        let classes = rule.classes.iter().enumerate();
        let class: Vec<usize> =
            classes.flat_map(|(class, characters)| vec![class; characters.len()]).collect();
        Self {
            rule,
            length,
            index,
            patterns: vec![0; (length + 1).pow(rule.classes.len() as u32)],
            neighbours: vec![0; (length - 1) * class.len().pow(2)],
            weight: class.iter().map(|&class| (length + 1).pow(class as u32)).collect(),
            class,
            strays: 0,
        }
    }

    fn add(&mut self, password: &[u8]) {
        if password.iter().any(|&byte| self.index[usize::from(byte)] == STRAY) {
            self.strays += 1;
            return;
        }
        let size = self.class.len();
        let mut pattern = 0;
        let mut before = None;
        for (position, &byte) in password.iter().enumerate() {
            let character = usize::from(self.index[usize::from(byte)]);
            pattern += self.weight[character];
            if let Some(before) = before {
                self.neighbours[((position - 1) * size + before) * size + character] += 1;
            }
            before = Some(character);
        }
        self.patterns[pattern] += 1;
    }

    fn merged(mut self, other: &Self) -> Self {
        let add = |to: &mut [u64], from: &[u64]| to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
        add(&mut self.patterns, &other.patterns);
        add(&mut self.neighbours, &other.neighbours);
        self.strays += other.strays;
        self
    }

    /// The number of characters in the alphabet.
    pub(crate) fn alphabet(&self) -> usize {
        self.class.len()
    }

    /// The class of a character.
    pub(crate) fn class(&self, character: usize) -> usize {
        self.class[character]
    }

    /// The number of passwords with a character outside the alphabet.
    pub(crate) fn strays(&self) -> u64 {
        self.strays
    }

    /// Every pattern, compliant or not, with the number of passwords that have it.
    pub(crate) fn patterns(&self) -> impl Iterator<Item = (Vec<usize>, u64)> {
        let base = self.length + 1;
        let digits = move |number| {
            (0..self.rule.classes.len())
                .map(move |class| number / base.pow(class as u32) % base)
                .collect::<Vec<_>>()
        };
        let all = self.patterns.iter().enumerate().map(move |(number, &observed)| (digits(number), observed));
        all.filter(|(pattern, _)| pattern.iter().sum::<usize>() == self.length)
    }

    /// The number of passwords with one character at a position and another, or the same, at the next.
    pub(crate) fn neighbours(&self, position: usize, character: usize, next: usize) -> u64 {
        let size = self.alphabet();
        self.neighbours[(position * size + character) * size + next]
    }

    /// The number of passwords with a character at a position.
    pub(crate) fn character(&self, position: usize, character: usize) -> u64 {
        let characters = 0..self.alphabet();
        if position + 1 < self.length {
            characters.map(|next| self.neighbours(position, character, next)).sum()
        } else {
            characters.map(|before| self.neighbours(position - 1, before, character)).sum()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule { classes: &["AB", "12"], min_classes: 1 };

    fn tally(passwords: &[&str]) -> Tally {
        let mut tally = Tally::new(RULE, 3);
        passwords.iter().for_each(|password| tally.add(password.as_bytes()));
        tally
    }

    #[test]
    fn counts_of_five_passwords() {
        let one = tally(&["AA1", "AA1", "2B1"]);
        let both = one.merged(&tally(&["A1 ", "111"]));
        assert_eq!(both.strays(), 1);
        let patterns: Vec<_> = both.patterns().filter(|&(_, observed)| observed > 0).collect();
        assert_eq!(patterns, [(vec![2, 1], 2), (vec![1, 2], 1), (vec![0, 3], 1)]);
        assert_eq!(both.patterns().count(), 4);
        let characters = |position| [0, 1, 2, 3].map(|character| both.character(position, character));
        assert_eq!([0, 1, 2].map(characters), [[2, 0, 1, 1], [2, 1, 1, 0], [0, 0, 4, 0]]);
        assert_eq!((both.neighbours(0, 0, 0), both.neighbours(1, 0, 2), both.neighbours(1, 2, 0)), (2, 2, 0));
    }

    #[test]
    fn the_same_on_any_number_of_threads() {
        let count = |threads| {
            let pool =
                rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started");
            let case = (RULE, 3);
            let tally = || Tally::count(&Source::Modulo(RULE), case, 2 * BLOCK + 5, &Seed::default(), 1);
            let tally = pool.install(tally).expect("this generator cannot fail");
            (tally.patterns, tally.neighbours)
        };
        let one = count(1);
        assert_eq!(one.0.iter().sum::<u64>(), 2 * BLOCK + 5);
        assert_eq!(one, count(3));
    }
}
