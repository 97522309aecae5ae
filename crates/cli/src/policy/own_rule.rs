//! A rule that is stated by options: that of a preset, changed, or one from nothing.

use std::ops::RangeInclusive;

use clap::{Args, ValueEnum};
use sip_password::{CharSet, Class, MAX_CHECKED_LENGTH, Policy, PolicyFile, Rules};

use super::{NamedPolicy, known::Known, options::PolicySource};
use crate::{error::CommandError, usage::number};

/// The lengths of a rule from nothing, in characters: those of Exotel, whose rule is the widest of the presets.
const LENGTHS: RangeInclusive<u8> = 8..=64;

/// The rules that have an option.
#[derive(Args)]
#[command(
    next_help_heading = "A rule of your own, which changes POLICY or, without POLICY, starts from nothing"
)]
pub(crate) struct OwnRule {
    /// The fewest characters of a password [from nothing: 8]
    #[arg(long, value_name = "N", value_parser = number::<u8>(1..=64), conflicts_with_all = OTHERS, allow_negative_numbers = true)]
    min_length: Option<u8>,
    /// The most characters of a password, up to 256, of which 64 are generated [from nothing: 64]
    #[arg(long, value_name = "N", value_parser = number::<u16>(1..=MAX_CHECKED_LENGTH.into()), conflicts_with_all = OTHERS, allow_negative_numbers = true)]
    max_length: Option<u16>,
    /// The special characters that a password may have, such as '!@#', beside letters and digits [from nothing: none]
    #[arg(long, value_name = "CHARS", conflicts_with_all = OTHERS)]
    special: Option<String>,
    /// The classes of which a password must have a character, as a list with commas
    #[arg(long, value_name = "CLASS", value_enum, value_delimiter = ',', conflicts_with_all = OTHERS)]
    require: Vec<ClassName>,
    /// The number of classes of which a password must have a character
    #[arg(long, value_name = "N", value_parser = number::<u8>(1..=8), conflicts_with_all = OTHERS, allow_negative_numbers = true)]
    classes: Option<u8>,
}

const OTHERS: [&str; 2] = ["policy_file", "password_rules"];

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ClassName {
    /// Uppercase letters
    Upper,
    /// Lowercase letters
    Lower,
    /// Digits
    Digit,
    /// Special characters
    Special,
}

impl ClassName {
    /// The name that the presets have for it.
    const fn in_presets(self) -> &'static str {
        match self {
            Self::Upper => "uppercase letters",
            Self::Lower => "lowercase letters",
            Self::Digit => "digits",
            Self::Special => "special characters",
        }
    }
}

impl OwnRule {
    pub(crate) fn is_given(&self) -> bool {
        let Self { min_length, max_length, special, require, classes } = self;
        min_length.is_some()
            || max_length.is_some()
            || special.is_some()
            || !require.is_empty()
            || classes.is_some()
    }

    /// The policy of these options, of the source or of a preset, or none.
    pub(crate) fn or_none(
        &self,
        source: &PolicySource,
        known: Option<Known>,
    ) -> Result<Option<NamedPolicy>, CommandError> {
        if self.is_given() { self.policy(known).map(Some) } else { source.or_none(known) }
    }

    fn policy(&self, known: Option<Known>) -> Result<NamedPolicy, CommandError> {
        let base = known.map(NamedPolicy::from);
        let policy = Policy::new(self.rules(base.as_ref().map(NamedPolicy::policy))?)
            .map_err(|error| CommandError::new(format!("the rule of these options: {error}")))?;
        let mut file = PolicyFile::from(policy);
        let (name, title, argument) = match known {
            Some(known) => (
                format!("{}-changed", known.name()),
                format!("{}, changed by options", known.title()),
                format!("{} with these options", known.name()),
            ),
            None => ("own-rule".into(), "a rule of options".into(), "with these options".into()),
        };
        (file.name, file.title) = (Some(name), Some(title));
        Ok(NamedPolicy::new(file, argument, false))
    }

    fn rules(&self, base: Option<&Policy>) -> Result<Rules, CommandError> {
        let mut rules = base.map_or_else(|| from_nothing(self.max_length), Policy::rules);
        let (min, max) =
            (self.min_length.unwrap_or(rules.min_length()), self.max_length.unwrap_or(rules.max_length()));
        if u16::from(min) > max {
            return Err(CommandError::new(format!(
                "expected a --min-length of at most {max}, the longest length, found {min}; --max-length sets another"
            )));
        }
        rules = rules.with_lengths(min, max);
        let mut classes = rules.classes().to_vec();
        if let Some(special) = &self.special {
            let special = special_characters(special)?;
            let name = ClassName::Special.in_presets();
            match classes.iter().position(|class| class.name() == name) {
                Some(index) if special.is_empty() => drop(classes.remove(index)),
                Some(index) => classes[index] = Class::new(name, special).at_least(classes[index].minimum()),
                None if special.is_empty() => {}
                None => classes.push(Class::new(name, special)),
            }
            // Special characters that count for no class are none of these.
            let uncounted = rules.uncounted().intersection(letters_and_digits());
            let excluded = rules.excluded().difference(special);
            rules = rules.with_uncounted(uncounted).with_excluded(excluded);
        }
        for required in &self.require {
            let name = required.in_presets();
            let Some(class) = classes.iter_mut().find(|class| class.name() == name) else {
                let hint = if *required == ClassName::Special { "; --special '!@#' adds one" } else { "" };
                return Err(CommandError::new(format!(
                    "--require: expected a class of the policy, found {name}{hint}"
                )));
            };
            *class = (*class).at_least(class.minimum().max(1));
        }
        rules = rules.with_classes(&classes);
        Ok(self.classes.map_or(rules.clone(), |classes| rules.with_min_classes(classes)))
    }
}

/// A maximum that is shorter than the minimum from nothing is the minimum, too.
fn from_nothing(max: Option<u16>) -> Rules {
    let class = |name: ClassName, characters| Class::new(name.in_presets(), characters);
    let min = max.map_or(*LENGTHS.start(), |max| max.min((*LENGTHS.start()).into()) as u8);
    Rules::new().with_lengths(min, (*LENGTHS.end()).into()).with_classes(&[
        class(ClassName::Upper, CharSet::UPPERCASE),
        class(ClassName::Lower, CharSet::LOWERCASE),
        class(ClassName::Digit, CharSet::DIGITS),
    ])
}

fn letters_and_digits() -> CharSet {
    CharSet::UPPERCASE | CharSet::LOWERCASE | CharSet::DIGITS
}

/// The characters are not repeated in an error: they may be a password in the wrong place.
fn special_characters(text: &str) -> Result<CharSet, CommandError> {
    let special = CharSet::new(text).map_err(|error| CommandError::new(format!("--special: {error}")))?;
    match special.is_subset(CharSet::PRINTABLE.difference(letters_and_digits())) {
        true => Ok(special),
        false => Err(CommandError::new(
            "--special: expected special characters such as '!@#', found a letter, a digit or a control character",
        )),
    }
}
