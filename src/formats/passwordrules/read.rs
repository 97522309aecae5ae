//! Reads `passwordrules` into the rules of a policy.

use core::fmt;
use std::{format, string::String, vec::Vec};

use super::{
    Listed,
    parse::{Rule, SPECIAL, Value, parse},
};
use crate::{
    policy::{Policy, PolicyError},
    rules::{
        MAX_CHECKED_LENGTH, MAX_LENGTH, Rules,
        charset::CharSet,
        class::{Class, MAX_CLASS_NAME, MAX_CLASS_NAMES, MAX_CLASSES},
    },
};

/// Why a `passwordrules` text cannot be read, or why no policy states the same rules. Positions are in bytes from the
/// start of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParsePasswordRulesError {
    /// The text is empty or only whitespace.
    Empty,
    /// The text does not follow the grammar.
    Syntax {
        /// The position of what was found.
        at: usize,
        /// What is allowed at this position, in words.
        expected: &'static str,
        /// What was found: a quoted character, a quoted word (its first 30 characters), or "the end".
        found: String,
    },
    /// A `required` rule lists classes, but none of them has a printable ASCII character.
    NothingRequired {
        /// The position of the rule's name.
        at: usize,
    },
    /// The class `unicode`: no policy accepts a character outside ASCII.
    Unicode,
    /// The least length is greater than the greatest.
    Lengths {
        /// The largest `minlength`; 1 if there is none.
        min: u32,
        /// The smallest `maxlength`, at most [`MAX_LENGTH`]: a longer password could not be generated.
        max: u32,
    },
    /// `max-repeating`, `max-sequential` or `max-consecutive` is 0.
    ZeroInARow {
        /// The name of the rule.
        rule: &'static str,
    },
    /// The `required` rules together are not of the form "a character of each of these classes, and of at least k of
    /// those", with at most [`MAX_CLASSES`] classes.
    Required,
    /// The `required` rules have that form, but with more than [`MAX_CLASSES`] classes.
    TooManyClasses {
        /// How many classes were found.
        classes: usize,
    },
    /// The rules contradict each other, or are too complex to count.
    Policy(PolicyError),
}

/// The number of clauses of "at least 5 of 8 classes": no policy needs more.
const MAX_CLAUSES: usize = 70;

impl Policy {
    /// Reads Apple's `passwordrules`: the policy accepts exactly the same passwords, up to [`MAX_CHECKED_LENGTH`]
    /// characters long.
    ///
    /// ```
    /// use sip_password::Policy;
    ///
    /// let policy = Policy::from_password_rules(
    ///     "minlength: 8; maxlength: 20; max-repeating: 2; allowed: [-_]; \
    ///      required: upper, lower; required: upper, digit; required: lower, digit;",
    /// )?;
    /// assert_eq!(
    ///     policy.explain().to_string(),
    ///     "8 to 20 characters; 16 by default
    /// characters of at least 2 of these 3 classes:
    ///   uppercase letters: A-Z (26)
    ///   lowercase letters: a-z (26)
    ///   digits: 0-9 (10)
    /// also allowed, for no class: -_ (2)
    /// the same character at most 2 times in a row"
    /// );
    /// # Ok::<(), sip_password::ParsePasswordRulesError>(())
    /// ```
    ///
    /// How the text is interpreted:
    ///
    /// - A password contains a character of each `required` rule, and only characters of `required` and `allowed`
    ///   rules. Without either, every printable ASCII character is allowed. `required` rules that together mean "at
    ///   least k of n classes" are recognised in any order, even if some of them follow from others.
    /// - `max-repeating` limits how often a character stands in a row, `max-sequential` a sequence such as `abc` or `321`, and
    ///   `max-consecutive`, which is out of date, both.
    /// - If `minlength`, `maxlength` or one of these occurs more than once, the strictest applies. The least length
    ///   is at least 1 and at most [`MAX_LENGTH`], the greatest at most [`MAX_CHECKED_LENGTH`].
    /// - `special` is the space and all printable ASCII except letters and digits, as in Apple's parser; Apple's page
    ///   leaves out `/` and `\`.
    /// - Characters in brackets that are not printable ASCII are ignored, as is a rule without a value: Apple's
    ///   documentation says so. But a `required` rule whose characters are all ignored is an error.
    /// - Names match in upper and lower case. Whitespace is ASCII whitespace.
    /// - Text for which Apple's parser prints a warning is an error here: an unknown name, an empty text, and `[a-z]`,
    ///   where the dash would not mean a range.
    ///
    /// Each class is named after the characters in it. The default length is the possible length nearest to 16.
    ///
    /// Cost: that of [`Policy::new`]. Reading the text takes time and memory linear in its length.
    ///
    /// Source: Apple, "Customizing Password AutoFill Rules", and Apple's parser in password-manager-resources, with pull request 1255.
    ///
    /// # Errors
    ///
    /// [`ParsePasswordRulesError`] says what is wrong with the text, or why no policy states the same rules.
    pub fn from_password_rules(text: &str) -> Result<Self, ParsePasswordRulesError> {
        use ParsePasswordRulesError as Error;

        if text.trim_ascii().is_empty() {
            return Err(Error::Empty);
        }
        let asked = Asked::new(&parse(text)?)?;
        let (min_length, max_length) = (asked.min_length as u8, asked.max_length as u16);
        let accepted = asked.required.iter().fold(asked.allowed, |all, &clause| all.union(clause));
        let clauses = minimal(asked.required)?;
        let classes = classes(&clauses);
        let (each, min_classes) = k_of_n(&clauses, &classes)?;
        if classes.len() > MAX_CLASSES {
            return Err(Error::TooManyClasses { classes: classes.len() });
        }
        let named = names(&classes).into_iter().zip(&classes).map(|(name, &characters)| {
            Class::new(&name, characters).at_least(each.contains(&characters).into())
        });
        let mut rules = Rules::new()
            .with_lengths(min_length, max_length)
            .with_classes(&named.collect::<Vec<_>>())
            .with_min_classes(min_classes as u8)
            .with_uncounted(classes.iter().fold(accepted, |rest, &class| rest.difference(class)));
        // No row is longer than the password.
        if asked.max_repeating < asked.max_length {
            rules = rules.with_max_repeat(asked.max_repeating as u8);
        }
        if asked.max_sequential < asked.max_length {
            rules = rules.with_max_sequence(asked.max_sequential as u8);
        }
        let usual = Some(Rules::new().default_length());
        Self::counted(rules, usual).map(|(policy, _)| policy).map_err(Error::Policy)
    }
}

/// The rules of a text, combined: their order does not matter, and of several numbers the strictest applies.
struct Asked {
    min_length: u32,
    max_length: u32,
    max_repeating: u32,
    max_sequential: u32,
    /// A password contains a character of each set.
    required: Vec<CharSet>,
    /// The other characters that a password may contain.
    allowed: CharSet,
}

impl Asked {
    fn new(rules: &[Rule]) -> Result<Self, ParsePasswordRulesError> {
        use ParsePasswordRulesError as Error;

        let mut asked = Self {
            min_length: 1,
            max_length: MAX_CHECKED_LENGTH.into(),
            max_repeating: u32::MAX,
            max_sequential: u32::MAX,
            required: Vec::new(),
            allowed: CharSet::EMPTY,
        };
        for rule in rules {
            match rule.value {
                Value::Required(list) | Value::Allowed(list) if list.unicode => return Err(Error::Unicode),
                Value::Required(list) if list.characters.is_empty() => {
                    return Err(Error::NothingRequired { at: rule.at });
                }
                Value::Required(list) => asked.required.push(list.characters),
                Value::Allowed(list) => asked.allowed = asked.allowed.union(list.characters),
                Value::MinLength(min) => asked.min_length = asked.min_length.max(min),
                Value::MaxLength(max) => asked.max_length = asked.max_length.min(max),
                Value::MaxRepeating(0) => return Err(Error::ZeroInARow { rule: "max-repeating" }),
                Value::MaxSequential(0) => return Err(Error::ZeroInARow { rule: "max-sequential" }),
                Value::MaxConsecutive(0) => return Err(Error::ZeroInARow { rule: "max-consecutive" }),
                Value::MaxRepeating(max) => asked.max_repeating = asked.max_repeating.min(max),
                Value::MaxSequential(max) => asked.max_sequential = asked.max_sequential.min(max),
                Value::MaxConsecutive(max) => {
                    asked.max_repeating = asked.max_repeating.min(max);
                    asked.max_sequential = asked.max_sequential.min(max);
                }
            }
        }
        let longest = asked.max_length.min(MAX_LENGTH as u32);
        if asked.min_length > longest {
            return Err(Error::Lengths { min: asked.min_length, max: longest });
        }
        if asked.required.is_empty() && asked.allowed.is_empty() {
            asked.allowed = CharSet::PRINTABLE;
        }
        Ok(asked)
    }
}

/// The clauses that contain no other clause: a password that satisfies a clause also satisfies every superset of it.
fn minimal(mut clauses: Vec<CharSet>) -> Result<Vec<CharSet>, ParsePasswordRulesError> {
    clauses.sort_by_key(|clause| clause.len());
    let mut minimal: Vec<CharSet> = Vec::new();
    for clause in clauses {
        if !minimal.iter().any(|smaller| smaller.is_subset(clause)) {
            minimal.push(clause);
        }
        if minimal.len() > MAX_CLAUSES {
            return Err(ParsePasswordRulesError::Required);
        }
    }
    Ok(minimal)
}

/// The classes that the clauses are unions of: two characters belong to one class if they occur in the same clauses.
fn classes(clauses: &[CharSet]) -> Vec<CharSet> {
    let mut classes: Vec<(Vec<bool>, CharSet)> = Vec::new();
    for character in KINDS.iter().flat_map(|(.., kind)| kind.iter()) {
        let occurs: Vec<bool> = clauses.iter().map(|clause| clause.contains(character)).collect();
        if !occurs.contains(&true) {
            continue;
        }
        match classes.iter_mut().find(|(other, _)| *other == occurs) {
            Some((_, class)) => *class = class.with(character as u8),
            None => classes.push((occurs, CharSet::EMPTY.with(character as u8))),
        }
    }
    classes.into_iter().map(|(_, class)| class).collect()
}

/// The classes that every password needs, and how many classes it needs in all.
///
/// A clause that is one class makes this class mandatory. The other clauses must be all sets of s of the remaining
/// classes, for one s: then at most s - 1 of those may be missing.
fn k_of_n(
    clauses: &[CharSet],
    classes: &[CharSet],
) -> Result<(Vec<CharSet>, usize), ParsePasswordRulesError> {
    let (each, others): (Vec<CharSet>, Vec<CharSet>) =
        clauses.iter().partition(|&clause| classes.contains(clause));
    let remaining = classes.len() - each.len();
    let size = |clause: CharSet| classes.iter().filter(|class| class.is_subset(clause)).count();
    let Some(&one) = others.first() else {
        return Ok((each, 0));
    };
    let size_of_one = size(one);
    if others.iter().any(|&clause| size(clause) != size_of_one)
        || others.len() as u128 != binomial(remaining, size_of_one)
    {
        return Err(ParsePasswordRulesError::Required);
    }
    let required = each.len() + remaining - size_of_one + 1;
    Ok((each, required))
}

/// The number of sets of `size` out of `of` classes, of which there are at most 95.
fn binomial(of: usize, size: usize) -> u128 {
    (0..size as u128).fold(1, |sets, chosen| sets * (of as u128 - chosen) / (chosen + 1))
}

/// The kinds of printable ASCII, in the usual order of policies, with a long and a short name.
const KINDS: [(&str, &str, CharSet); 4] = [
    ("uppercase letters", "uppercase", CharSet::UPPERCASE),
    ("lowercase letters", "lowercase", CharSet::LOWERCASE),
    ("digits", "digits", CharSet::DIGITS),
    ("special characters", "specials", SPECIAL),
];

/// The names of the classes in messages, which are unique.
fn names(classes: &[CharSet]) -> Vec<String> {
    let numbered = |number: usize, class: CharSet, room: usize| {
        let mut name = format!("class {number}: {class}");
        // ASCII, so it can be cut anywhere.
        if name.len() > room {
            name.truncate(room - "...".len());
            name.push_str("...");
        }
        name
    };
    let name = |(number, &class): (usize, &CharSet)| {
        let descriptive = [describe(class, classes, false), describe(class, classes, true)];
        let mut fitting = descriptive.into_iter().filter(|name| name.len() <= MAX_CLASS_NAME);
        fitting.next().unwrap_or_else(|| numbered(number, class, MAX_CLASS_NAME))
    };
    let names: Vec<_> = (1..).zip(classes).map(name).collect();
    if names.iter().map(String::len).sum::<usize>() <= MAX_CLASS_NAMES {
        return names;
    }
    (1..)
        .zip(classes)
        .map(|(number, &class)| numbered(number, class, MAX_CLASS_NAMES / MAX_CLASSES))
        .collect()
}

/// The kinds of characters in a class, followed by the characters if the kinds do not identify the class.
fn describe(class: CharSet, classes: &[CharSet], short: bool) -> String {
    let has = |set: CharSet| KINDS.map(|(.., kind)| !kind.intersection(set).is_empty());
    let kinds = KINDS.iter().zip(has(class)).filter(|&(_, has)| has).map(|(kind, _)| kind);
    let mut names: Vec<&str> = kinds.clone().map(|kind| if short { kind.1 } else { kind.0 }).collect();
    if let [true, true, ..] = has(class) {
        names.splice(..2, ["letters"]);
    }
    let names = names.join(if short { ", " } else { " and " });
    let whole = kinds.clone().all(|&(.., kind)| kind == SPECIAL || kind.is_subset(class));
    let alone = classes.iter().filter(|&&other| has(other) == has(class)).count() == 1;
    if whole && alone { names } else { format!("{names} ({})", Listed(class)) }
}

impl fmt::Display for ParsePasswordRulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("passwordrules: ")?;
        match self {
            Self::Empty => f.write_str("expected at least one rule, found none"),
            Self::Syntax { at, expected, found } => {
                write!(f, "at byte {at}: expected {expected}, found {found}")
            }
            Self::NothingRequired { at } => {
                write!(f, "at byte {at}: required: expected a printable ASCII character, found none")
            }
            Self::Unicode => f.write_str("unicode: a policy accepts only printable ASCII"),
            Self::Lengths { min, max } => {
                write!(f, "minlength: expected at most the greatest length, {max}, found {min} ")?;
                write!(f, "(the limit of this library is {MAX_LENGTH})")
            }
            Self::ZeroInARow { rule } => write!(f, "{rule}: expected at least 1, found 0"),
            Self::Required => write!(
                f,
                "required: together these rules must mean \"each of these classes\", \"at least k of those\" or both, \
                 with at most {MAX_CLASSES} classes"
            ),
            Self::TooManyClasses { classes } => {
                write!(f, "required: expected at most {MAX_CLASSES} classes, found {classes}")
            }
            Self::Policy(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for ParsePasswordRulesError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Policy(error) => Some(error),
            _ => None,
        }
    }
}
