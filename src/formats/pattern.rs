//! Policies as regular expressions.

use core::fmt;
use std::{string::String, vec::Vec};

use crate::{
    policy::Policy,
    rules::{
        FIELDS,
        charset::CharSet,
        class::Class,
        cnf::{characters, clauses},
    },
};

impl Policy {
    /// The policy as a regular expression for the HTML attribute `pattern`. It matches exactly the passwords that
    /// [`check`](Self::check) accepts.
    ///
    /// ```
    /// assert_eq!(
    ///     sip_password::NXCLOUD.pattern().to_string(),
    ///     "(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])[A-Za-z0-9]{8,32}"
    /// );
    /// ```
    ///
    /// It must match the whole password, as it does in HTML. Elsewhere, put `^(?:` before it and `)$` after it. The
    /// syntax is valid in JavaScript with the flag `v`, which browsers use, in `fancy-regex` and in Python's `re`. The
    /// engine must support lookahead and, if the policy limits repeats or requires different characters, backreferences.
    ///
    /// Password characters other than letters and digits are written as `\xHH`, so the text needs no escaping in an
    /// attribute. Matching takes at most quadratic time in the length of the password.
    pub const fn pattern(&self) -> Pattern<'_> {
        Pattern(self)
    }
}

/// A policy as a regular expression. [`Policy::pattern`] makes it; `Display` writes it.
#[derive(Clone, Copy, Debug)]
pub struct Pattern<'p>(&'p Policy);

impl fmt::Display for Pattern<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules = &self.0.rules();
        const _: () = assert!(FIELDS == 16, "a rule that was added must be written here");
        for clause in clauses(rules, rules.accepted()) {
            let class = OneOf(characters(rules, clause));
            let minimum = match clause.len() {
                1 => clause.iter().filter_map(|index| rules.classes().get(index)).map(Class::minimum).sum(),
                _ => 0,
            };
            match minimum {
                0 | 1 => write!(f, "(?=.*{class})")?,
                // The two sets are disjoint, so each text has only one way to match and failing needs no backtracking.
                _ => write!(f, "(?=(?:{class:#}*{class}){{{minimum}}})")?,
            }
        }
        if let Some(first) = rules.first() {
            write!(f, "(?={})", OneOf(characters(rules, first)))?;
        }
        if let Some(max) = rules.max_repeat() {
            write!(f, r"(?!.*(.)\1{{{max}}})")?;
        }
        if let Some((max, limited)) = rules.max_run() {
            let limited = limited.iter().filter_map(|index| rules.classes().get(index));
            for class in limited {
                write!(f, "(?!.*{}{{{}}})", OneOf(class.characters()), u16::from(max) + 1)?;
            }
        }
        if let Some(max) = rules.max_sequence() {
            write_sequences(rules.accepted(), usize::from(max) + 1, f)?;
        }
        if rules.min_distinct() > 1 {
            write_distinct(rules.min_distinct(), if rules.max_repeat().is_some() { 1 } else { 0 }, f)?;
        }
        // A word with a character outside ASCII cannot occur in a password: the last part rejects that character.
        for word in rules.context().filter(|word| word.is_ascii()) {
            write_word(word.bytes(), f)?;
            if rules.reversed_context() {
                write_word(word.bytes().rev(), f)?;
            }
        }
        write!(f, "{}", OneOf(rules.accepted()))?;
        match (rules.min_length(), rules.max_length()) {
            (min, max) if u16::from(min) == max => write!(f, "{{{min}}}"),
            (min, max) => write!(f, "{{{min},{max}}}"),
        }
    }
}

/// Refuses a word in upper and lower case.
fn write_word(word: impl Iterator<Item = u8>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("(?!.*")?;
    for byte in word {
        let cases = [byte.to_ascii_uppercase(), byte.to_ascii_lowercase()];
        write!(f, "{}", OneOf(cases.into_iter().fold(CharSet::EMPTY, CharSet::with)))?;
    }
    f.write_str(")")
}

/// Refuses every sequence of `length` of these characters, which ascends or descends.
fn write_sequences(characters: CharSet, length: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut separator = "(?!.*(?:";
    for range in [CharSet::UPPERCASE, CharSet::LOWERCASE, CharSet::DIGITS] {
        let all: Vec<char> = range.iter().collect();
        for sequence in all.windows(length) {
            if sequence.iter().all(|&character| characters.contains(character)) {
                let (up, down): (String, String) =
                    (sequence.iter().collect(), sequence.iter().rev().collect());
                write!(f, "{separator}{up}|{down}")?;
                separator = "|";
            }
        }
    }
    if separator == "|" { f.write_str("))") } else { Ok(()) }
}

/// Requires different characters, if there are `groups` before. Between two that are new there are only some of those before, so
/// each text has only one way to match and failing needs no backtracking.
fn write_distinct(required: u8, groups: u8, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let before = |f: &mut fmt::Formatter<'_>, count: u8| {
        (1..=count).try_for_each(|at| write!(f, r"{}\{}", if at == 1 { "" } else { "|" }, groups + at))
    };
    f.write_str("(?=(.)")?;
    for count in 1..required {
        f.write_str("(?:")?;
        before(f, count)?;
        f.write_str(")*(?!")?;
        before(f, count)?;
        f.write_str(")(.)")?;
    }
    f.write_str(")")
}

/// Writes a set as a class in brackets; with the flag `#`, its complement.
struct OneOf(CharSet);

impl fmt::Display for OneOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if f.alternate() { "[^" } else { "[" })?;
        let known = [CharSet::UPPERCASE, CharSet::LOWERCASE, CharSet::DIGITS];
        let other = known.iter().fold(self.0, |rest, &kind| rest.difference(kind));
        for part in known.map(|kind| kind.intersection(self.0)).into_iter().chain([other]) {
            let mut characters = part.iter().peekable();
            while let Some(first) = characters.next() {
                let mut last = first;
                while let Some(next) = characters.next_if(|&next| next as u32 == last as u32 + 1) {
                    last = next;
                }
                match last as u32 - first as u32 {
                    0..=1 => (first..=last).try_for_each(|character| write!(f, "{}", Literal(character)))?,
                    _ => write!(f, "{}-{}", Literal(first), Literal(last))?,
                }
            }
        }
        f.write_str("]")
    }
}

/// Writes a character so that it has no special meaning: in brackets and outside, in every engine, and in an attribute.
struct Literal(char);

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            letter if letter.is_ascii_alphanumeric() => write!(f, "{letter}"),
            other => write!(f, r"\x{:02X}", other as u32),
        }
    }
}
