//! The number of passwords by their number of characters of each class: whole numbers, from which every expected value follows.

use crate::case::Rule;

/// The exact numbers of the compliant passwords of one length.
///
/// Whether a rule of required classes holds depends neither on the order of the characters nor on which one of its class a character is.
/// So the number of passwords with n₁, n₂, … characters of classes of s₁, s₂, … characters is a multinomial coefficient times
/// s₁ⁿ¹·s₂ⁿ²·…; all arrangements have the same probability, and so have all characters of a class.
pub(crate) struct Exact {
    length: usize,
    sizes: Vec<usize>,
    /// The number of characters of each class, and the number of passwords with this pattern.
    patterns: Vec<(Vec<usize>, u128)>,
    total: u128,
}

impl Exact {
    /// Counts in 128 bits, enough for all strings of the longest case: 70¹⁶ < 2⁹⁹. A probability is rounded once, at the end.
    pub(crate) fn new(rule: Rule, length: usize) -> Self {
        let sizes: Vec<usize> = rule.classes.iter().map(|class| class.len()).collect();
        let mut patterns = Vec::new();
        extend(&sizes, length, &mut Vec::new(), 1, &mut patterns);
        patterns.retain(|(pattern, _)| present(pattern).count_ones() as usize >= rule.min_classes);
        let total = patterns.iter().map(|(_, number)| number).sum();
        Self { length, sizes, patterns, total }
    }

    /// The number of passwords.
    pub(crate) fn total(&self) -> u128 {
        self.total
    }

    /// Each pattern, the number of characters of each class, with its probability.
    pub(crate) fn patterns(&self) -> impl Iterator<Item = (&[usize], f64)> {
        self.patterns.iter().map(|(pattern, number)| (&pattern[..], *number as f64 / self.total as f64))
    }

    /// The probability of exactly this number of characters of a class.
    pub(crate) fn of_class(&self, class: usize, characters: usize) -> f64 {
        let with = self.patterns.iter().filter(|(pattern, _)| pattern[class] == characters);
        with.map(|(_, number)| number).sum::<u128>() as f64 / self.total as f64
    }

    /// The probability that exactly these classes are present, a bit for each.
    pub(crate) fn present(&self, classes: u32) -> f64 {
        let with = self.patterns.iter().filter(|(pattern, _)| present(pattern) == classes);
        with.map(|(_, number)| number).sum::<u128>() as f64 / self.total as f64
    }

    /// The probability of one character of a class at any one position.
    pub(crate) fn character(&self, class: usize) -> f64 {
        self.share(|pattern| pattern[class]) / (self.length * self.sizes[class]) as f64
    }

    /// The probability of one character of a class at a position and of one of another class, or the same, at the next.
    pub(crate) fn neighbours(&self, class: usize, other: usize) -> f64 {
        self.classes_of_neighbours(class, other) / (self.sizes[class] * self.sizes[other]) as f64
    }

    /// The probability of a class at a position and of another class, or the same, at the next.
    pub(crate) fn classes_of_neighbours(&self, class: usize, other: usize) -> f64 {
        let ordered = self.length * (self.length - 1);
        self.share(|pattern| {
            pattern[class] * (pattern[other] - usize::from(class == other && pattern[other] > 0))
        }) / ordered as f64
    }

    /// The expected value of a function of the pattern.
    fn share(&self, of: impl Fn(&[usize]) -> usize) -> f64 {
        let sum: u128 = self.patterns.iter().map(|(pattern, number)| number * of(pattern) as u128).sum();
        sum as f64 / self.total as f64
    }
}

/// The classes that are present, a bit for each.
pub(crate) fn present(pattern: &[usize]) -> u32 {
    pattern.iter().enumerate().map(|(class, &characters)| u32::from(characters > 0) << class).sum()
}

/// Continues a pattern of which the first classes are known, when `left` characters belong to the others.
fn extend(
    sizes: &[usize],
    left: usize,
    begun: &mut Vec<usize>,
    number: u128,
    patterns: &mut Vec<(Vec<usize>, u128)>,
) {
    let size = sizes[begun.len()] as u128;
    let last = begun.len() + 1 == sizes.len();
    for characters in if last { left..=left } else { 0..=left } {
        let number = number * binomial(left, characters) * size.pow(characters as u32);
        begun.push(characters);
        if last {
            patterns.push((begun.clone(), number));
        } else {
            extend(sizes, left - characters, begun, number, patterns);
        }
        begun.pop();
    }
}

fn binomial(n: usize, k: usize) -> u128 {
    (0..k as u128).fold(1, |number, i| number * (n as u128 - i) / (i + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All strings of a length.
    fn strings(alphabet: &[u8], length: usize) -> Vec<Vec<u8>> {
        (0..length).fold(vec![Vec::new()], |strings, _| {
            let longer =
                |string: &Vec<u8>| alphabet.iter().map(|&c| [&string[..], &[c]].concat()).collect::<Vec<_>>();
            strings.iter().flat_map(longer).collect()
        })
    }

    #[test]
    fn counted_one_by_one() {
        const CLASSES: &[&str] = &["A", "ab", "123"];
        for min_classes in 0..=3 {
            for length in 2..=6 {
                let rule = Rule { classes: CLASSES, min_classes };
                let class = |c: u8| {
                    CLASSES
                        .iter()
                        .position(|class| class.as_bytes().contains(&c))
                        .expect("every character has a class")
                };
                let pattern = |password: &[u8]| {
                    (0..3).map(|of| password.iter().filter(|&&c| class(c) == of).count()).collect::<Vec<_>>()
                };
                let mut all = strings(rule.alphabet().as_bytes(), length);
                all.retain(|password| present(&pattern(password)).count_ones() as usize >= min_classes);
                let exact = Exact::new(rule, length);
                if all.is_empty() {
                    assert_eq!(exact.total(), 0);
                    continue;
                }
                assert_eq!(exact.total(), all.len() as u128);
                let same = |expected: f64, is: &dyn Fn(&[u8]) -> bool| {
                    let counted =
                        all.iter().filter(|password| is(password)).count() as f64 / all.len() as f64;
                    assert!((expected - counted).abs() < 1e-12, "{expected} {counted}");
                };
                for (of, expected) in exact.patterns() {
                    same(expected, &|password| pattern(password) == of);
                }
                for classes in 0..8 {
                    same(exact.present(classes), &|password| present(&pattern(password)) == classes);
                }
                for at in 0..length - 1 {
                    for first in *b"Aab123" {
                        same(exact.character(class(first)), &|password| password[at + 1] == first);
                        for second in *b"Aab123" {
                            let (a, b) = (class(first), class(second));
                            same(exact.neighbours(a, b), &|password| {
                                password[at..].starts_with(&[first, second])
                            });
                            same(exact.classes_of_neighbours(a, b), &|password| {
                                class(password[at]) == a && class(password[at + 1]) == b
                            });
                        }
                    }
                }
                for characters in 0..=length {
                    same(exact.of_class(2, characters), &|password| pattern(password)[2] == characters);
                }
            }
        }
    }
}
