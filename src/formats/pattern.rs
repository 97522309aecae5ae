//! The rules as a regular expression.

use core::fmt;

use crate::{
    policy::Policy,
    rules::{
        Rules,
        charset::CharSet,
        cnf::{characters, clauses},
    },
};

impl<'a> Policy<'a> {
    /// The policy as a regular expression for the HTML attribute `pattern`: it matches exactly the passwords that
    /// [`check`](Self::check) passes.
    ///
    /// ```
    /// assert_eq!(
    ///     sip_password::NXCLOUD.pattern().to_string(),
    ///     "(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])[A-Za-z0-9]{8,32}"
    /// );
    /// ```
    ///
    /// It must match the whole password, as it does in HTML; elsewhere write `^(?:` before it and `)$` after it. It is
    /// valid in JavaScript with the flag `v`, as browsers compile it, in `fancy-regex` and in Python's `re`. An engine
    /// needs lookahead, and backreferences where the longest run is limited.
    ///
    /// Of the password's characters all but letters and digits stand in it as `\xHH`, so it needs no escaping in an
    /// attribute. To refuse a text takes a time of its length squared, at the most.
    pub const fn pattern(&self) -> Pattern<'_> {
        Pattern(self.rules())
    }
}

/// A policy as a regular expression: prints itself; made by [`Policy::pattern`].
#[derive(Clone, Copy, Debug)]
pub struct Pattern<'a>(&'a Rules<'a>);

impl fmt::Display for Pattern<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules = self.0;
        for clause in clauses(rules, rules.accepted()) {
            let class = OneOf(characters(rules, clause));
            let minimum = match clause.len() {
                1 => clause.iter().map(|place| rules.classes[place].minimum).sum(),
                _ => 0,
            };
            match minimum {
                0 | 1 => write!(f, "(?=.*{class})")?,
                // One way to match each part, so that a text without enough of them is refused at once.
                _ => write!(f, "(?=(?:{class:#}*{class}){{{minimum}}})")?,
            }
        }
        if let Some(first) = rules.first {
            write!(f, "(?={})", OneOf(characters(rules, first)))?;
        }
        if let Some(run) = rules.longest_run {
            write!(f, r"(?!.*(.)\1{{{run}}})")?;
        }
        // A word with another character cannot appear in a password of accepted ones.
        if let Some(word) = rules.context.filter(|word| word.is_ascii()) {
            f.write_str("(?!.*")?;
            for byte in word.bytes() {
                let cases = [byte.to_ascii_uppercase(), byte.to_ascii_lowercase()];
                write!(f, "{}", OneOf(cases.into_iter().fold(CharSet::EMPTY, CharSet::with)))?;
            }
            f.write_str(")")?;
        }
        write!(f, "{}", OneOf(rules.accepted()))?;
        match (rules.min_length, rules.max_length) {
            (min, max) if min == max => write!(f, "{{{min}}}"),
            (min, max) => write!(f, "{{{min},{max}}}"),
        }
    }
}

/// One of these characters, in brackets; with `#`, one of all others.
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
                    0..=1 => (first..=last).try_for_each(|character| write!(f, "{}", Itself(character)))?,
                    _ => write!(f, "{}-{}", Itself(first), Itself(last))?,
                }
            }
        }
        f.write_str("]")
    }
}

/// A character that means itself, in brackets and outside, in every engine and in an attribute.
struct Itself(char);

impl fmt::Display for Itself {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            letter if letter.is_ascii_alphanumeric() => write!(f, "{letter}"),
            other => write!(f, r"\x{:02X}", other as u32),
        }
    }
}
