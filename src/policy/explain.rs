//! The rule in words.

use core::fmt;

use super::Policy;
use crate::rules::{FIELDS, MAX_LENGTH, Rules, charset::CharSet};

impl Policy {
    /// The rule in English, for people. Prints several lines, without a line break at the end.
    ///
    /// ```
    /// assert_eq!(
    ///     sip_password::HUAWEI.explain().to_string(),
    ///     "8 to 16 characters; 16 by default
    /// characters of at least 3 of these 4 classes:
    ///   uppercase letters: A-Z (26)
    ///   lowercase letters: a-z (26)
    ///   digits: 0-9 (10)
    ///   special characters: *+.?@^_~ (8)
    /// no other character"
    /// );
    /// ```
    pub const fn explain(&self) -> Explanation<'_> {
        Explanation(self)
    }
}

/// A policy's rule in words; see [`Policy::explain`].
#[derive(Clone, Copy, Debug)]
pub struct Explanation<'p>(&'p Policy);

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policy = self.0;
        let rules = policy.rules();
        const _: () = assert!(FIELDS == 16, "a rule that was added must be explained here");
        let (min, max, default) = (rules.min_length(), rules.max_length(), rules.default_length());
        if u16::from(min) == max {
            write!(f, "exactly {min} character{}", if min == 1 { "" } else { "s" })?;
        } else {
            write!(f, "{min} to {max} characters; {default} by default")?;
        }
        if usize::from(max) > MAX_LENGTH {
            write!(f, "; at most {MAX_LENGTH} are generated")?;
        }
        let classes = rules.classes().len();
        match usize::from(rules.min_classes()) {
            0 if classes > 0 => write!(f, "\ncharacters of these classes:")?,
            0 => {}
            required if required == classes => write!(f, "\ncharacters of each of these classes:")?,
            required => write!(f, "\ncharacters of at least {required} of these {classes} classes:")?,
        }
        for class in rules.classes() {
            write!(f, "\n  {}: {}", class.name(), Spans(class.characters()))?;
            if class.minimum() > 0 {
                write!(f, ", at least {}", class.minimum())?;
            }
        }
        if rules.uncounted().is_empty() {
            write!(f, "\nno other character")?;
        } else {
            write!(f, "\nalso allowed, for no class: {}", Spans(rules.uncounted()))?;
        }
        let excluded = rules.excluded().intersection(rules.accepted());
        if !excluded.is_empty() {
            write!(f, "\naccepted but not generated: {}", Spans(excluded))?;
        }
        let not_first = rules.excluded_first().intersection(rules.alphabet());
        if !not_first.is_empty() {
            write!(f, "\naccepted but not generated as the first character: {}", Spans(not_first))?;
        }
        write_order(policy, &rules, f)
    }
}

/// The rules on what follows what, and on words.
fn write_order(policy: &Policy, rules: &Rules, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let Some(max) = rules.max_repeat() {
        write!(f, "\nthe same character at most {max} times in a row")?;
    }
    if let Some((max, classes)) = rules.max_run() {
        let characters = if max == 1 { "character" } else { "characters" };
        write!(
            f,
            "\nat most {max} {characters} in a row from one of these: {}",
            policy.classes().only(classes)
        )?;
    }
    if let Some(max) = rules.max_sequence() {
        let characters = if max == 1 { "character" } else { "characters" };
        write!(f, "\nat most {max} {characters} in a row that ascend or descend, like abc or 321")?;
    }
    if rules.min_distinct() > 1 {
        write!(f, "\nat least {} different characters", rules.min_distinct())?;
    }
    if let Some(first) = rules.first() {
        write!(f, "\nthe first character is one of these: {}", policy.classes().only(first))?;
    }
    for (number, word) in rules.context().enumerate() {
        f.write_str(if number == 0 { "\ndoes not contain " } else { ", " })?;
        write!(f, "{word:?}")?;
    }
    if rules.context().next().is_some() {
        let reversed = if rules.reversed_context() { ", forwards or backwards" } else { "" };
        write!(f, ", in upper or lower case{reversed}")?;
    }
    Ok(())
}

/// The characters of a set and their number. Four or more letters or digits in a row print as `a-z`, the space as its name.
struct Spans(CharSet);

impl fmt::Display for Spans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut characters = self.0.iter().peekable();
        while let Some(first) = characters.next() {
            let mut last = first;
            while let Some(next) = characters.next_if(|&next| follows(last, next)) {
                last = next;
            }
            match last as usize - first as usize {
                0 if first == ' ' => f.write_str("space ")?,
                0..=2 => (first..=last).try_for_each(|character| write!(f, "{character}"))?,
                _ => write!(f, "{first}-{last}")?,
            }
        }
        write!(f, " ({})", self.0.len())
    }
}

/// Whether `next` follows `last` in the alphabet or among the digits.
fn follows(last: char, next: char) -> bool {
    let kinds = [char::is_ascii_digit, char::is_ascii_lowercase, char::is_ascii_uppercase];
    next as u32 == last as u32 + 1 && kinds.iter().any(|is| is(&last) && is(&next))
}
