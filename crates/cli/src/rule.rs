//! Whose rule is followed, what is left out of it, and how long passwords are: what commands that take a policy have in common.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use clap::{
    Args,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use sip_password::{
    CharSet, Class, Conflict, OwnedRules, PRESETS, Policy, PolicyError, PolicyFile, Preset, Rules, SafeFor,
};

use super::failure::Failure;

/// Where a rule comes from, in place of a vendor's name.
#[derive(Args)]
pub(super) struct Source {
    /// Follow the rule in a policy file; sip-password explain POLICY --format toml prints one to start from
    #[arg(long, value_name = "FILE")]
    policy_file: Option<PathBuf>,
    /// Follow a password manager's rule, such as 'minlength: 8; required: lower; required: digit'
    #[arg(long, value_name = "RULE", conflicts_with = "policy_file")]
    password_rules: Option<String>,
}

/// What generated passwords do without.
#[derive(Args)]
pub(super) struct Exclusions {
    /// Characters that no password may have, such as '0O1lI'; can be given several times
    ///
    /// Characters that begin with a hyphen are written --exclude='-_'.
    #[arg(long, short = 'x', value_name = "CHARS")]
    pub(super) exclude: Vec<String>,
    /// Only characters that need no escaping there; can be given several times, or as a list with commas
    #[arg(long, value_name = "PLACE", value_delimiter = ',', value_parser = places())]
    pub(super) safe_for: Vec<SafeFor>,
}

/// How long passwords are.
#[derive(Args)]
pub(super) struct Length {
    /// How many characters each password has [default: the policy's, usually 16]
    #[arg(long, short, value_name = "N")]
    pub(super) length: Option<usize>,
    /// As few characters as make a password worth so many bits
    #[arg(long, value_name = "B", conflicts_with = "length", value_parser = bits)]
    pub(super) bits: Option<f64>,
}

/// A policy, and what there is to say of it. It lives as long as the command.
#[derive(Clone, Copy)]
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) policy: &'static Policy,
    /// The document that states it; empty where nobody says.
    pub(super) source: &'static str,
    pub(super) notes: &'static [&'static str],
    /// How a command line names it.
    pub(super) argument: &'static str,
    /// Whether it is a vendor's, as this project reads it.
    pub(super) preset: bool,
}

impl Source {
    /// Whether one is named.
    pub(super) const fn is_given(&self) -> bool {
        self.policy_file.is_some() || self.password_rules.is_some()
    }

    /// The rule, where one is named.
    pub(super) fn rule(&self) -> Result<Option<Rule>, Failure> {
        if let Some(path) = &self.policy_file {
            return file(path).map(Some);
        }
        let Some(text) = &self.password_rules else { return Ok(None) };
        let rules = OwnedRules::from_password_rules(text)
            .map_err(|error| Failure::Use(format!("--password-rules: {error}")))?;
        let rules = lasting(rules);
        let policy =
            Policy::new(rules).map_err(|error| Failure::Use(format!("--password-rules: {error}")))?;
        Ok(Some(Rule {
            name: "password-rules",
            title: "a password manager's rule",
            policy: Box::leak(Box::new(policy)),
            source: "",
            notes: &[],
            argument: "--password-rules",
            preset: false,
        }))
    }

    /// The rule: this one, or that of the vendor's name.
    pub(super) fn or(&self, preset: Option<&'static Preset>) -> Result<Rule, Failure> {
        match (self.rule()?, preset) {
            (Some(_), Some(preset)) => Err(Failure::Use(format!(
                "whose rule: {} and one of your own; wanted is one of the two",
                preset.name
            ))),
            (Some(rule), None) => Ok(rule),
            (None, Some(preset)) => Ok(preset.into()),
            (None, None) => Err(Failure::Use(WHOSE.clone())),
        }
    }
}

/// That a rule is missing.
pub(super) static WHOSE: LazyLock<String> = LazyLock::new(|| {
    let names = PRESETS.map(|preset| preset.name).join(", ");
    format!("whose rule? <POLICY> is one of {names}; or --policy-file or --password-rules has one")
});

impl From<&'static Preset> for Rule {
    fn from(preset: &'static Preset) -> Self {
        let Preset { name, title, policy, source, notes, .. } = *preset;
        Self { name, title, policy, source, notes, argument: name, preset: true }
    }
}

impl Rule {
    /// The policy without what is left out of it.
    pub(super) fn without(
        &self,
        exclusions: &Exclusions,
        length: &Length,
    ) -> Result<Policy, Failure> {
        let unwanted = CharSet::new(&exclusions.exclude.concat()).map_err(|error| {
            Failure::Use(format!("--exclude: {error}; passwords are of ASCII characters only"))
        })?;
        let name = self.name;
        let left = |option: &str, error| match error {
            PolicyError::NothingToGenerate { conflict } => Failure::Use(format!(
                "{option}: without these characters no password satisfies {name} ({}): see sip-password explain {}",
                self.conflict(&conflict),
                self.argument
            )),
            error => Failure::Use(format!("{name}: {error}")),
        };
        let policy = narrowed(self.policy, unwanted, length).map_err(|error| left("--exclude", error))?;
        let safe = exclusions
            .safe_for
            .iter()
            .fold(CharSet::PRINTABLE, |safe, place| safe.intersection(place.characters()));
        let unsafe_there = CharSet::PRINTABLE.difference(safe);
        narrowed(&policy, unsafe_there, length).map_err(|error| left("--safe-for", error))
    }

    /// Rules in conflict, by their names.
    fn conflict(&self, conflict: &Conflict) -> String {
        let classes = self.policy.rules().classes();
        let minima = conflict
            .minima
            .iter()
            .map(|place| format!("at least {} {}", classes[place].minimum, classes[place].name));
        let others = [
            (
                conflict.required_classes,
                format!("{} classes of characters", self.policy.rules().min_classes()),
            ),
            (conflict.longest_run, "the longest run".into()),
            (conflict.first, "the first character".into()),
            (conflict.context, "the word that may not appear".into()),
        ];
        let others = others.into_iter().filter(|(part, _)| *part).map(|(_, name)| name);
        let wanted: Vec<_> = minima.chain(others).collect();
        match wanted.as_slice() {
            [] => format!("of {} characters", conflict.length),
            _ => format!("of {} characters, with {}", conflict.length, wanted.join(" and ")),
        }
    }

    /// That there is such a password, before a file is made or a random bit is drawn.
    pub(super) fn possible(&self, policy: &Policy, length: usize) -> Result<(), Failure> {
        let (min, max) = (policy.rules().min_length(), policy.rules().max_length());
        let name = self.name;
        if policy.tries(length).is_some() {
            return Ok(());
        }
        Err(Failure::Use(if (min.into()..=max.into()).contains(&length) {
            format!(
                "--length: no password of {length} characters satisfies all rules of {name}, of the characters that are left"
            )
        } else if min == max {
            format!("--length: {name} passwords have {min} characters, not {length}")
        } else {
            format!("--length: {name} passwords have {min} to {max} characters, not {length}")
        }))
    }
}

/// The policy without these characters, where there is a password of its default length, or of the one that is asked for.
fn narrowed(
    policy: &Policy,
    unwanted: CharSet,
    length: &Length,
) -> Result<Policy, PolicyError> {
    let rules = policy.rules();
    // Whatever is left out of what is not generated anyway, the policy is as it was, and counted already.
    if unwanted.intersection(policy.alphabet()).is_empty() {
        return Ok(*policy);
    }
    let excluded = policy.excluding(unwanted);
    let lengths = rules.min_length()..=rules.max_length();
    let mut asked = lengths.filter(|&one| length.bits.is_some() || length.length == Some(one.into()));
    excluded.or_else(|error| {
        let never_generated = rules.excluded().union(unwanted);
        let of = |default_length| Policy::new(rules.clone().with_default_length(default_length).with_excluded(never_generated)).ok();
        asked.find_map(of).ok_or(error)
    })
}

impl Length {
    /// How many characters, where there is such a password of the policy, which is the rule's or part of it.
    pub(super) fn of(&self, rule: &Rule, policy: &Policy) -> Result<usize, Failure> {
        if let Some(bits) = self.bits {
            return policy.shortest(bits).ok_or_else(|| {
                let lengths = policy.rules().min_length()..=policy.rules().max_length();
                let most = lengths.map(|length| policy.bits(length.into())).fold(0.0, f64::max);
                Failure::Use(format!(
                    "--bits: {} passwords are worth {most:.2} bits at the most, not {bits}",
                    rule.name
                ))
            });
        }
        let length = self.length.unwrap_or(policy.rules().default_length().into());
        rule.possible(policy, length)?;
        Ok(length)
    }

    /// Whether one is asked for.
    pub(super) const fn is_given(&self) -> bool {
        self.length.is_some() || self.bits.is_some()
    }
}

impl Exclusions {
    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.exclude.is_empty() && self.safe_for.is_empty()
    }
}

/// The names of the presets, as an argument.
pub(super) fn presets() -> impl TypedValueParser<Value = &'static Preset> {
    PossibleValuesParser::new(PRESETS.map(|preset| PossibleValue::new(preset.name).help(preset.title)))
        .map(|name| Preset::named(&name).expect("only names of presets are possible"))
}

fn places() -> impl TypedValueParser<Value = SafeFor> {
    let help = |place: SafeFor| PossibleValue::new(place.name()).help(place.source());
    PossibleValuesParser::new(SafeFor::ALL.map(help)).map(|name| {
        let place = SafeFor::ALL.into_iter().find(|place| place.name() == name);
        place.expect("only names of places are possible")
    })
}

fn bits(text: &str) -> Result<f64, String> {
    let bits = text.parse().ok().filter(|bits: &f64| bits.is_finite() && *bits > 0.0);
    bits.ok_or_else(|| "wanted is a number over 0, such as 80".into())
}

/// The longest policy file that is read, in bytes: many times what any needs.
const LONGEST: u64 = 1 << 20;

/// The rule in a policy file.
pub(super) fn file(path: &Path) -> Result<Rule, Failure> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_string(&mut text));
    read.map_err(Failure::with("read", path))?;
    if text.len() as u64 > LONGEST {
        return Err(Failure::Use(format!("{path:?}: over {LONGEST} bytes; a policy file is far shorter")));
    }
    let file = PolicyFile::parse(&text).map_err(|error| Failure::Use(format!("{path:?}: {error}")))?;
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    // It is printed, also to terminals.
    let stem = stem.filter(|stem| stem.chars().all(|c| c.is_alphanumeric() || c.is_ascii_graphic()));
    let notes: Vec<&'static str> = file.notes.into_iter().map(|note| &*note.leak()).collect();
    let policy =
        Policy::new(lasting(file.rules)).map_err(|error| Failure::Use(format!("{path:?}: {error}")))?;
    Ok(Rule {
        name: file.name.or(stem).unwrap_or_else(|| "policy-file".into()).leak(),
        title: file.title.unwrap_or_else(|| "a policy file".into()).leak(),
        policy: Box::leak(Box::new(policy)),
        source: file.source.unwrap_or_default().leak(),
        notes: notes.leak(),
        argument: format!("--policy-file {path:?}").leak(),
        preset: false,
    })
}

/// Rules that live as long as the command: one rule is read, and all that follows borrows it.
fn lasting(rules: OwnedRules) -> Rules {
    let rules: &'static OwnedRules = Box::leak(Box::new(rules));
    let classes: &'static [Class] = rules.classes().leak();
    rules.rules(classes)
}
