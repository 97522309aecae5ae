//! From `passwordrules` to rules.

use core::fmt;
use std::{borrow::ToOwned, format, string::String, vec::Vec};

use password_rules_parser::{
    CharacterClass, PasswordRules as Parsed,
    error::{Expected, PasswordRulesError as Failure},
    parse_password_rules,
};

use super::Listed;
use crate::{
    policy::{Policy, PolicyError, usual_length},
    rules::{
        MAX_LENGTH,
        charset::CharSet,
        class::MAX_CLASSES,
        owned::{OwnedClass, OwnedRules},
    },
};

/// Why `passwordrules` were not read, or are not the rules of a policy. Places are in bytes from the start of
/// the text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParsePasswordRulesError {
    /// There is no rule in the text.
    Empty,
    /// The text is not of the grammar.
    Syntax {
        /// The place.
        at: usize,
        /// What could stand there, in words.
        expected: String,
    },
    /// A `required` rule with classes, and without a printable ASCII character in them.
    NothingRequired {
        /// Where the rule starts.
        at: usize,
    },
    /// The class `unicode`: no policy accepts a character outside ASCII.
    Unicode,
    /// `minlength` is over the greatest length.
    Lengths {
        /// `minlength`, 1 where there is none.
        min: u32,
        /// `maxlength`, [`MAX_LENGTH`] where it is over that or there is none.
        max: u32,
    },
    /// A `max-consecutive` of 0.
    MaxConsecutive,
    /// The `required` rules together do not come down to "each of these classes, and at least so many of those", of
    /// [`MAX_CLASSES`] classes or fewer.
    Required,
    /// They would, and there are more than [`MAX_CLASSES`] classes.
    TooManyClasses {
        /// How many.
        classes: usize,
    },
    /// The rules contradict each other, or are too complex to count.
    Policy(PolicyError),
}

/// The most clauses that classes can need, for 5 of 8.
const MAX_CLAUSES: usize = 70;

impl OwnedRules {
    /// The rules of a policy that accepts exactly what Apple's `passwordrules` accept, of the lengths up to
    /// [`MAX_LENGTH`].
    ///
    /// ```
    /// use sip_password::{OwnedRules, Policy};
    ///
    /// let owned = OwnedRules::from_password_rules(
    ///     "minlength: 8; maxlength: 20; max-consecutive: 2; allowed: [-_]; \
    ///      required: upper, lower; required: upper, digit; required: lower, digit;",
    /// )?;
    /// let classes = owned.classes();
    /// assert_eq!(
    ///     Policy::new(owned.rules(&classes))?.explain().to_string(),
    ///     "8 to 20 characters; 16 unless another length is asked for
    /// characters of at least 2 of these 3 classes:
    ///   uppercase letters: A-Z (26)
    ///   lowercase letters: a-z (26)
    ///   digits: 0-9 (10)
    /// also allowed, counting for no class: -_ (2)
    /// the same character at most 2 times in a row"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// How the text is read:
    ///
    /// - A password has a character of each `required` rule, and only characters of `required` and `allowed` rules; without
    ///   both, any printable ASCII. Clauses are recognised as "k of n" whatever their order, also where some follow from
    ///   others.
    /// - The strictest `minlength`, `maxlength` and `max-consecutive` counts. Without `maxlength`, or with a greater one, the
    ///   greatest length is [`MAX_LENGTH`]; the least is 1, also for 0.
    /// - `special` is the space and all printable ASCII but letters and digits, as Apple's parser reads it; Apple's page
    ///   leaves out `/` and `\`.
    /// - What is not printable ASCII in a class of one's own (`[…]`) is ignored, and so is a rule without a value, as the
    ///   documents say. A `required` rule is not, where that leaves no character in it: it is an error.
    /// - Names are read in upper and lower case. What Apple's parser only warns of is an error: `[a-z]`, in which the
    ///   dash would mean nothing, an unknown name, an empty text.
    ///
    /// The classes are named for what is in them. The default length is the nearest to 16 of which there is a password.
    ///
    /// Cost: that of [`Policy::new`], usually twice; time and memory are linear in the text.
    ///
    /// Source: Apple, "Customizing Password AutoFill Rules", and Apple's parser in password-manager-resources.
    ///
    /// # Errors
    ///
    /// [`ParsePasswordRulesError`] says what is wrong with the text, or why no policy says the same.
    pub fn from_password_rules(text: &str) -> Result<Self, ParsePasswordRulesError> {
        use ParsePasswordRulesError as Error;

        let parsed = parsed(text)?;
        let (min, max) = lengths(&parsed)?;
        let longest_run = match parsed.max_consecutive {
            Some(0) => return Err(Error::MaxConsecutive),
            // No run is longer than the password.
            Some(run) if run < max.into() => Some(run as u8),
            _ => None,
        };
        let clauses: Vec<_> = parsed.required.iter().map(|classes| union(classes)).collect();
        let accepted = clauses.iter().fold(union(&parsed.allowed), |set, &clause| set.union(clause));
        let clauses = least(clauses)?;
        let blocks = blocks(&clauses);
        let (each, required_classes) = counted(&clauses, &blocks)?;
        if blocks.len() > MAX_CLASSES {
            return Err(Error::TooManyClasses { classes: blocks.len() });
        }
        let class = |&characters: &CharSet| OwnedClass {
            name: name(characters, &blocks),
            characters,
            minimum: each.contains(&characters).into(),
        };
        let mut owned = Self {
            min_length: min,
            max_length: max,
            default_length: min,
            classes: blocks.iter().map(class).collect(),
            required_classes: required_classes as u8,
            uncounted: blocks.iter().fold(accepted, |rest, &block| rest.difference(block)),
            never_generated: CharSet::EMPTY,
            longest_run,
            first: None,
            context: None,
        };
        owned.default_length = usual_length(&owned.rules(&owned.classes()));
        Policy::new(owned.rules(&owned.classes())).map_err(Error::Policy)?;
        Ok(owned)
    }
}

fn parsed(text: &str) -> Result<Parsed, ParsePasswordRulesError> {
    use ParsePasswordRulesError as Error;

    if text.trim().is_empty() {
        return Err(Error::Empty);
    }
    let parsed = parse_password_rules(text, true).map_err(|failure| syntax(text, &failure))?;
    // The parser leaves out such a rule, and with it what it asks.
    let nothing = |rule: &str| {
        let value = rule.split_once(':').map_or("", |(_, value)| value);
        let is_required =
            rule.trim_start().get(..8).is_some_and(|name| name.eq_ignore_ascii_case("required"));
        let without = || parse_password_rules(rule, false).is_ok_and(|parsed| parsed.required.is_empty());
        is_required && !value.trim().is_empty() && without()
    };
    if let Some((at, _)) = rules(text).into_iter().find(|(_, rule)| nothing(rule)) {
        return Err(Error::NothingRequired { at });
    }
    if parsed.required.iter().flatten().chain(&parsed.allowed).any(|class| *class == CharacterClass::Unicode)
    {
        return Err(Error::Unicode);
    }
    Ok(parsed)
}

/// The places that the parser came to, in words: those at the last of them, since up to there all is well.
fn syntax(text: &str, failure: &Failure) -> ParsePasswordRulesError {
    // The parser counts from the first character that is not white.
    let white = text.len() - text.trim_start().len();
    let at = failure.expectations.iter().map(|expected| expected.index).max().unwrap_or_default();
    let mut expected: Vec<String> = Vec::new();
    for found in failure.expectations.iter().filter(|expected| expected.index == at) {
        let words = match found.expected {
            Expected::Eof => "the end".to_owned(),
            Expected::Char(character) => format!("{character:?}"),
            Expected::Tag(word) => word.to_owned(),
            Expected::Number => "a number".to_owned(),
        };
        if !expected.contains(&words) {
            expected.push(words);
        }
    }
    ParsePasswordRulesError::Syntax { at: white + at, expected: expected.join(", ") }
}

/// Each rule of a text that is of the grammar, as it is written, and its place. In brackets a semicolon
/// is a character.
fn rules(text: &str) -> Vec<(usize, &str)> {
    let mut rules = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(found) = text[at..].find([';', '[']) {
        at += found;
        if text[at..].starts_with('[') {
            at = text[at..].find(']').map_or(text.len(), |close| at + close + 1);
        } else {
            rules.push((start, &text[start..at]));
            (start, at) = (at + 1, at + 1);
        }
    }
    rules.push((start, &text[start..]));
    rules
}

fn lengths(parsed: &Parsed) -> Result<(u8, u8), ParsePasswordRulesError> {
    let min = parsed.min_length.unwrap_or_default().max(1);
    let max = parsed.max_length.unwrap_or(u32::MAX).min(MAX_LENGTH as u32);
    if min > max {
        return Err(ParsePasswordRulesError::Lengths { min, max });
    }
    Ok((min as u8, max as u8))
}

fn union(classes: &[CharacterClass]) -> CharSet {
    let characters = classes.iter().flat_map(CharacterClass::chars).filter(char::is_ascii);
    characters.fold(CharSet::EMPTY, |set, character| set.with(character as u8))
}

/// The clauses that none of the others contains: a password that has a character of a clause has one of every
/// greater one.
fn least(mut clauses: Vec<CharSet>) -> Result<Vec<CharSet>, ParsePasswordRulesError> {
    clauses.sort_by_key(|clause| clause.len());
    let mut least: Vec<CharSet> = Vec::new();
    for clause in clauses {
        if !least.iter().any(|smaller| smaller.is_subset(clause)) {
            least.push(clause);
        }
        if least.len() > MAX_CLAUSES {
            return Err(ParsePasswordRulesError::Required);
        }
    }
    Ok(least)
}

/// The characters that stand in a clause, together with those that stand in the same ones: what asks for either
/// asks for both, so a class has all of them or none.
fn blocks(clauses: &[CharSet]) -> Vec<CharSet> {
    let mut blocks: Vec<(Vec<bool>, CharSet)> = Vec::new();
    for character in KINDS.iter().flat_map(|(_, kind)| kind.iter()) {
        let within: Vec<bool> = clauses.iter().map(|clause| clause.contains(character)).collect();
        match blocks.iter_mut().find(|(other, _)| *other == within) {
            Some((_, block)) => *block = block.with(character as u8),
            None => blocks.push((within, CharSet::EMPTY.with(character as u8))),
        }
    }
    blocks.retain(|(within, _)| within.contains(&true));
    blocks.into_iter().map(|(_, block)| block).collect()
}

/// The classes that every password needs, and how many classes it needs in all.
///
/// Clauses without a common class are classes themselves. The others must be every set of one size of the other
/// classes: then no more classes may be missing than one less than that.
fn counted(
    clauses: &[CharSet],
    blocks: &[CharSet],
) -> Result<(Vec<CharSet>, usize), ParsePasswordRulesError> {
    let (each, others): (Vec<CharSet>, Vec<CharSet>) =
        clauses.iter().partition(|&clause| blocks.contains(clause));
    let classes = blocks.len() - each.len();
    let size = |clause: CharSet| blocks.iter().filter(|block| block.is_subset(clause)).count();
    let Some(&one) = others.first() else {
        return Ok((each, 0));
    };
    let size_of_one = size(one);
    if others.iter().any(|&clause| size(clause) != size_of_one)
        || others.len() as u128 != choose(classes, size_of_one)
    {
        return Err(ParsePasswordRulesError::Required);
    }
    let required = each.len() + classes - size_of_one + 1;
    Ok((each, required))
}

/// How many sets of `size` there are of `of` things, of which there are at most 95.
fn choose(of: usize, size: usize) -> u128 {
    (0..size as u128).fold(1, |sets, chosen| sets * (of as u128 - chosen) / (chosen + 1))
}

/// What there is in printable ASCII, in the order in which policies usually have it.
const KINDS: [(&str, CharSet); 4] = [
    ("uppercase letters", CharSet::UPPERCASE),
    ("lowercase letters", CharSet::LOWERCASE),
    ("digits", CharSet::DIGITS),
    ("special characters", SPECIAL),
];

const SPECIAL: CharSet = CharSet::PRINTABLE
    .difference(CharSet::UPPERCASE)
    .difference(CharSet::LOWERCASE)
    .difference(CharSet::DIGITS);

/// What messages call a class: the kinds of characters in it, and the characters where that is not enough to
/// know them.
fn name(class: CharSet, classes: &[CharSet]) -> String {
    let has = |set: CharSet| KINDS.map(|(_, kind)| !kind.intersection(set).is_empty());
    let kinds = KINDS.iter().zip(has(class)).filter(|&(_, has)| has).map(|(kind, _)| kind);
    let names: Vec<&str> = kinds.clone().map(|&(name, _)| name).collect();
    let names = names.join(" and ");
    let whole = kinds.clone().all(|&(_, kind)| kind == SPECIAL || kind.is_subset(class));
    let alone = classes.iter().filter(|&&other| has(other) == has(class)).count() == 1;
    if whole && alone { names } else { format!("{names} ({})", Listed(class)) }
}

impl fmt::Display for ParsePasswordRulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("passwordrules: ")?;
        match self {
            Self::Empty => f.write_str("there is no rule in them"),
            Self::Syntax { at, expected } => write!(f, "at byte {at}: expected is one of: {expected}"),
            Self::NothingRequired { at } => {
                write!(f, "at byte {at}: required: no class there has a printable ASCII character")
            }
            Self::Unicode => f.write_str("unicode: a policy accepts printable ASCII only"),
            Self::Lengths { min, max } => {
                write!(f, "minlength: it must not be over the greatest length ({min}, over {max}; ")?;
                write!(f, "the limit is {MAX_LENGTH})")
            }
            Self::MaxConsecutive => f.write_str("max-consecutive: it must be at least 1"),
            Self::Required => write!(
                f,
                "required: wanted is each of some classes, at least so many of others, or both, of up to {MAX_CLASSES} \
                 classes; together these rules are something else"
            ),
            Self::TooManyClasses { classes } => {
                write!(f, "required: too many classes (found {classes}; the limit is {MAX_CLASSES})")
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
