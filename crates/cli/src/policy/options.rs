//! The options that select a policy, exclude characters and set a length. Every subcommand that takes them shares them.

use std::{path::PathBuf, sync::LazyLock};

use clap::{
    ArgGroup, Args,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use sip_password::{CATALOGUE, CharSet, PRESETS, Rules, SafeFor};
#[cfg(feature = "provision")]
use sip_password_provision::{TARGETS, Target};

use super::{NamedPolicy, known::Known};
use crate::{error::CommandError, usage::number};

/// The options that name policy files.
pub(super) const FILES: &str = "policy_files";

/// A policy other than a preset.
#[derive(Args)]
#[command(group = ArgGroup::new(FILES).multiple(true))]
pub(crate) struct PolicySource {
    /// Follow the policy in a file, or - for standard input; `sip-password policy new` writes one to start from
    #[arg(long, value_name = "FILE", group = FILES)]
    policy_file: Option<PathBuf>,
    /// Follow a password manager's rules, such as 'minlength: 8; required: lower; required: digit'
    #[arg(long, value_name = "RULES", conflicts_with = "policy_file")]
    password_rules: Option<String>,
    /// Accept a policy file, or an intersection, that takes seconds to count, up to 1,048,576 states instead of 131,072
    #[arg(long, requires = FILES)]
    allow_slow: bool,
}

/// Characters that are accepted and never generated, or never as the first one.
#[derive(Args)]
pub(crate) struct Exclusions {
    /// Generate none of these characters, such as '0O1lI', or a range of letters or digits, such as A-Z; can be given several times
    ///
    /// Write characters that begin with a hyphen as --exclude='-_'. A hyphen between letters or digits stands for a range.
    #[arg(long, short = 'x', value_name = "CHARS")]
    exclude: Vec<String>,
    /// Generate only passwords that need no escaping in this context; can be given several times, or as a list with commas
    #[arg(long, value_name = "CONTEXT", value_delimiter = ',', value_parser = contexts())]
    safe_for: Vec<SafeFor>,
    /// Generate only passwords that this phone or PBX certainly carries in its file (see provision --list-templates); can be given several times,
    /// or as a list with commas
    #[cfg(feature = "provision")]
    #[arg(long, value_name = "TARGET", value_delimiter = ',', value_parser = targets())]
    for_target: Vec<&'static Target>,
}

/// The length of the passwords.
#[derive(Args)]
pub(crate) struct Length {
    /// The number of characters in each password [default: that of the policy, usually 16]
    #[arg(long, short, value_name = "N", value_parser = number::<usize>(1..=u64::MAX), allow_negative_numbers = true)]
    pub(crate) length: Option<usize>,
    /// The shortest length with at least this many bits of entropy
    #[arg(long, value_name = "BITS", conflicts_with = "length", value_parser = bits, allow_negative_numbers = true)]
    pub(crate) bits: Option<f64>,
}

impl PolicySource {
    /// The policy, if one of these options is given.
    pub(crate) fn policy(&self) -> Result<Option<NamedPolicy>, CommandError> {
        match (&self.policy_file, &self.password_rules) {
            (Some(path), _) => NamedPolicy::read(path, self.allow_slow).map(Some),
            (None, Some(rules)) => NamedPolicy::of_password_rules(rules).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// The policy of these options or of a preset, or none; both must not be given.
    pub(crate) fn or_none(&self, known: Option<Known>) -> Result<Option<NamedPolicy>, CommandError> {
        match (self.policy()?, known) {
            (Some(_), Some(known)) => {
                Err(CommandError::new(format!("expected one policy, found {} and another", known.name())))
            }
            (named, known) => Ok(named.or_else(|| known.map(NamedPolicy::from))),
        }
    }

    /// Whether a policy that takes long to count is counted.
    pub(crate) const fn allow_slow(&self) -> bool {
        self.allow_slow
    }
}

/// The message if no policy is given.
pub(crate) static MISSING: LazyLock<String> = LazyLock::new(|| {
    let names: Vec<_> = PRESETS.iter().map(|preset| preset.name).collect();
    format!(
        "expected a policy ({} or one of {} more of explain --all), --policy-file, --password-rules or a rule such as --min-length 12; found none",
        names.join(", "),
        CATALOGUE.len()
    )
});

impl Exclusions {
    pub(crate) fn is_empty(&self) -> bool {
        self.exclude.is_empty() && self.safe_for.is_empty() && self.carried() == CharSet::PRINTABLE
    }

    /// The characters that every target carries.
    fn carried(&self) -> CharSet {
        #[cfg(feature = "provision")]
        return self
            .for_target
            .iter()
            .fold(CharSet::PRINTABLE, |carried, target| carried.intersection(target.alphabet));
        #[cfg(not(feature = "provision"))]
        CharSet::PRINTABLE
    }

    /// The target with the shortest longest password, and its length in characters, if one of the targets has one.
    pub(super) fn longest(&self) -> Option<(&'static str, usize)> {
        #[cfg(feature = "provision")]
        return self
            .for_target
            .iter()
            .filter_map(|target| Some((target.name, target.max_length?)))
            .min_by_key(|&(_, longest)| longest);
        #[cfg(not(feature = "provision"))]
        None
    }

    /// What each option excludes.
    pub(super) fn restrictions(&self) -> Result<[Restriction; 3], CommandError> {
        let mut excluded = CharSet::EMPTY;
        for text in &self.exclude {
            let characters =
                characters(text).and_then(|text| CharSet::new(&text).map_err(|error| error.to_string()));
            excluded |= characters.map_err(|error| CommandError::new(format!("--exclude: {error}")))?;
        }
        let safe = self.safe_for.iter().fold(Restriction::NONE, |all, &context| all.with(context));
        Ok([
            Restriction { option: "--exclude", excluded, ..Restriction::NONE },
            Restriction { option: "--safe-for", ..safe },
            Restriction {
                option: "--for-target",
                excluded: CharSet::PRINTABLE.difference(self.carried()),
                ..Restriction::NONE
            },
        ])
    }
}

/// What an option excludes.
#[derive(Clone, Copy)]
pub(crate) struct Restriction {
    pub(super) option: &'static str,
    excluded: CharSet,
    excluded_first: CharSet,
}

impl Restriction {
    const NONE: Self = Self { option: "", excluded: CharSet::EMPTY, excluded_first: CharSet::EMPTY };

    /// What is not safe in a context.
    pub(crate) const fn of(context: SafeFor) -> Self {
        Self::NONE.with(context)
    }

    const fn with(self, context: SafeFor) -> Self {
        Self {
            option: self.option,
            excluded: self.excluded.union(CharSet::PRINTABLE.difference(context.characters())),
            excluded_first: self.excluded_first.union(context.excluded_first()),
        }
    }

    /// The rules with this restriction; `None` if that makes no difference.
    pub(crate) fn narrow(self, rules: Rules) -> Option<Rules> {
        let (excluded, excluded_first) =
            (rules.excluded() | self.excluded, rules.excluded_first() | self.excluded_first);
        let generated = rules.alphabet().difference(excluded);
        let is_same =
            generated == rules.alphabet() && generated.intersection(excluded_first) == rules.excluded_first();
        (!is_same).then(|| rules.with_excluded(excluded).with_excluded_first(excluded_first))
    }
}

impl Length {
    pub(crate) const fn is_given(&self) -> bool {
        self.length.is_some() || self.bits.is_some()
    }
}

fn contexts() -> impl TypedValueParser<Value = SafeFor> {
    let value = |context: &SafeFor| PossibleValue::new(context.name()).help(context.source());
    PossibleValuesParser::new(SafeFor::ALL.iter().map(value)).map(|name| {
        let context = SafeFor::ALL.iter().copied().find(|context| context.name() == name);
        context.expect("only the names of contexts are possible")
    })
}

#[cfg(feature = "provision")]
fn targets() -> impl TypedValueParser<Value = &'static Target> {
    let value = |target: &Target| PossibleValue::new(target.name).help(target.title);
    PossibleValuesParser::new(TARGETS.iter().map(value))
        .map(|name| Target::named(&name).expect("only the names of targets are possible"))
}

/// The characters with their ranges written out. A hyphen stands for a range between two letters or digits, and for itself elsewhere.
fn characters(text: &str) -> Result<String, String> {
    let chars: Vec<char> = text.chars().collect();
    let mut all = String::new();
    let mut at = 0;
    while at < chars.len() {
        let range = chars.get(at..at + 3).filter(|range| {
            range[1] == '-' && range[0].is_ascii_alphanumeric() && range[2].is_ascii_alphanumeric()
        });
        match range {
            Some(range) => {
                let (first, last) = (range[0], range[2]);
                let is_same = |is: fn(&char) -> bool| is(&first) && is(&last);
                let same_class = is_same(char::is_ascii_lowercase)
                    || is_same(char::is_ascii_uppercase)
                    || is_same(char::is_ascii_digit);
                if !same_class || first > last {
                    // The characters are not repeated: they may be of a password in the wrong place.
                    return Err(format!(
                        "expected a range within the digits or the letters of one case, such as A-Z, found another one at position \
                         {}; a hyphen itself goes to the beginning or the end",
                        at + 1
                    ));
                }
                all.extend(first..=last);
                at += 3;
            }
            None => {
                all.push(chars[at]);
                at += 1;
            }
        }
    }
    Ok(all)
}

fn bits(text: &str) -> Result<f64, String> {
    let bits = text.parse().ok().filter(|bits: &f64| bits.is_finite() && *bits > 0.0);
    bits.ok_or_else(|| "expected a number over 0, such as 80".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_hyphens() {
        for (text, expected) in [
            ("", ""),
            ("0O1lI", "0O1lI"),
            ("a-e", "abcde"),
            ("0-3x-z", "0123xyz"),
            ("A-A", "A"),
            ("a-c-e", "abc-e"),
            ("-_", "-_"),
            ("_-", "_-"),
            ("+-/", "+-/"),
            ("I-!", "I-!"),
            ("--", "--"),
            ("é", "é"),
        ] {
            assert_eq!(characters(text).as_deref(), Ok(expected), "{text}");
        }
        for text in ["Z-A", "9-0", "a-Z", "A-z", "0-Z", "x0-az"] {
            let message = characters(text).expect_err("it is no range");
            assert!(message.starts_with("expected a range within"), "{message}");
        }
    }
}
