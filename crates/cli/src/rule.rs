//! The arguments that select a policy, exclude characters and set a length, for every command that takes them.

use std::{
    cell::OnceCell,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use clap::{
    Args,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use sip_password::{CharSet, Conflict, Counts, PRESETS, Policy, PolicyError, PolicyFile, Preset, SafeFor};

use super::failure::Failure;

/// A source of the rule other than a preset.
#[derive(Args)]
pub(super) struct Source {
    /// Follow the rule in a policy file; `sip-password explain POLICY --format toml` prints one to start from
    #[arg(long, value_name = "FILE")]
    policy_file: Option<PathBuf>,
    /// Follow a password manager's rule, such as 'minlength: 8; required: lower; required: digit'
    #[arg(long, value_name = "RULE", conflicts_with = "policy_file")]
    password_rules: Option<String>,
}

/// Characters that are not generated.
#[derive(Args)]
pub(super) struct Exclusions {
    /// Generate none of these characters, such as '0O1lI'; can be given several times
    ///
    /// Write characters that begin with a hyphen as --exclude='-_'.
    #[arg(long, short = 'x', value_name = "CHARS")]
    pub(super) exclude: Vec<String>,
    /// Generate only characters that need no escaping in this context; can be given several times, or as a list with commas
    #[arg(long, value_name = "CONTEXT", value_delimiter = ',', value_parser = contexts())]
    pub(super) safe_for: Vec<SafeFor>,
}

/// The length of passwords.
#[derive(Args)]
pub(super) struct Length {
    /// The number of characters in each password [default: that of the policy, usually 16]
    #[arg(long, short, value_name = "N")]
    pub(super) length: Option<usize>,
    /// The shortest length with at least this many bits of entropy
    #[arg(long, value_name = "BITS", conflicts_with = "length", value_parser = bits)]
    pub(super) bits: Option<f64>,
}

/// A policy with its name and source.
pub(super) struct Rule {
    file: PolicyFile,
    counts: OnceCell<Counts>,
    /// The argument that selects it.
    pub(super) argument: String,
    /// Whether it is a vendor's rule as this project reads it.
    pub(super) preset: bool,
}

impl Source {
    /// Whether the rule comes from here.
    pub(super) const fn is_given(&self) -> bool {
        self.policy_file.is_some() || self.password_rules.is_some()
    }

    /// The rule, if it comes from here.
    pub(super) fn rule(&self) -> Result<Option<Rule>, Failure> {
        if let Some(path) = &self.policy_file {
            return file(path).map(Some);
        }
        let Some(text) = &self.password_rules else { return Ok(None) };
        let policy = Policy::from_password_rules(text)
            .map_err(|error| Failure::Use(format!("--password-rules: {error}")))?;
        let mut file = PolicyFile::from(policy);
        file.name = Some("password-rules".into());
        file.title = Some("a password manager's rule".into());
        Ok(Some(Rule::new(file, "--password-rules".into(), false)))
    }

    /// The rule: from here, or that of a preset.
    pub(super) fn or(&self, preset: Option<&'static Preset>) -> Result<Rule, Failure> {
        match (self.rule()?, preset) {
            (Some(_), Some(preset)) => {
                Err(Failure::Use(format!("expected one rule, found {} and another", preset.name)))
            }
            (Some(rule), None) => Ok(rule),
            (None, Some(preset)) => Ok(preset.into()),
            (None, None) => Err(Failure::Use(MISSING.clone())),
        }
    }
}

/// The message if no rule is given.
pub(super) static MISSING: LazyLock<String> = LazyLock::new(|| {
    let names: Vec<_> = PRESETS.iter().map(|preset| preset.name).collect();
    format!("expected a policy ({}), --policy-file or --password-rules; found none", names.join(", "))
});

impl From<&'static Preset> for Rule {
    fn from(preset: &'static Preset) -> Self {
        Self::new(preset.into(), preset.name.into(), true)
    }
}

impl Rule {
    fn new(file: PolicyFile, argument: String, preset: bool) -> Self {
        Self { file, counts: OnceCell::new(), argument, preset }
    }

    pub(super) fn name(&self) -> &str {
        self.file.name.as_deref().unwrap_or("policy-file")
    }

    pub(super) fn title(&self) -> &str {
        self.file.title.as_deref().unwrap_or("a policy file")
    }

    /// The document that states the rule; empty if it is unknown.
    pub(super) fn source(&self) -> &str {
        self.file.source.as_deref().unwrap_or_default()
    }

    pub(super) fn notes(&self) -> &[String] {
        &self.file.notes
    }

    pub(super) const fn policy(&self) -> &Policy {
        self.file.policy()
    }

    /// The counts of the policy, which are counted once.
    pub(super) fn counts(&self) -> &Counts {
        self.counts.get_or_init(|| self.file.counts())
    }

    /// The same rule with the characters excluded.
    pub(super) fn without(&self, exclusions: &Exclusions, length: &Length) -> Result<Narrowed<'_>, Failure> {
        let excluded = CharSet::new(&exclusions.exclude.concat())
            .map_err(|error| Failure::Use(format!("--exclude: {error}")))?;
        let contexts = exclusions.safe_for.iter();
        let safe = contexts.fold(CharSet::PRINTABLE, |safe, context| safe.intersection(context.characters()));
        let mut narrowed = Narrowed { narrower: None, rule: self };
        for (option, characters) in
            [("--exclude", excluded), ("--safe-for", CharSet::PRINTABLE.difference(safe))]
        {
            if let Some(narrower) = narrowed.excluding(characters, length, option)? {
                narrowed.narrower = Some(narrower);
            }
        }
        Ok(narrowed)
    }
}

/// A rule, and the policy that is left of it after characters are excluded.
pub(super) struct Narrowed<'r> {
    pub(super) rule: &'r Rule,
    narrower: Option<(Policy, Counts)>,
}

impl Narrowed<'_> {
    pub(super) fn policy(&self) -> &Policy {
        self.narrower.as_ref().map_or_else(|| self.rule.policy(), |(policy, _)| policy)
    }

    pub(super) fn counts(&self) -> &Counts {
        self.narrower.as_ref().map_or_else(|| self.rule.counts(), |(_, counts)| counts)
    }

    /// The policy without more characters, if these make a difference. It must leave a password of the default length or of the
    /// length that is asked for.
    fn excluding(
        &self,
        characters: CharSet,
        length: &Length,
        option: &str,
    ) -> Result<Option<(Policy, Counts)>, Failure> {
        let policy = self.policy();
        if characters.intersection(policy.alphabet()).is_empty() {
            return Ok(None);
        }
        let rules = policy.rules();
        let rules = rules.clone().with_excluded(rules.excluded() | characters);
        let other_default = |error| {
            let lengths = rules.min_length()..=rules.max_length();
            let mut asked = lengths.filter(|&one| length.bits.is_some() || length.length == Some(one.into()));
            let narrower = |default| Policy::with_counts(rules.clone().with_default_length(default)).ok();
            asked.find_map(narrower).ok_or(error)
        };
        let narrower = Policy::with_counts(rules.clone()).or_else(other_default);
        narrower.map(Some).map_err(|error| self.not_left(option, error))
    }

    fn not_left(&self, option: &str, error: PolicyError) -> Failure {
        let (name, argument) = (self.rule.name(), &self.rule.argument);
        Failure::Use(match error {
            PolicyError::NothingToGenerate { conflict } => format!(
                "{option}: without these characters no password satisfies {name} ({}); see sip-password explain {argument}",
                self.describe(&conflict),
            ),
            error => format!("{name}: {error}"),
        })
    }

    /// The rules in a conflict.
    fn describe(&self, conflict: &Conflict) -> String {
        let rules = self.policy().rules();
        let minima = conflict.minima.iter().filter_map(|index| rules.classes().get(index));
        let minima = minima.map(|class| format!("at least {} {}", class.minimum(), class.name()));
        let others = [
            (conflict.min_classes, format!("{} character classes", rules.min_classes())),
            (conflict.max_repeat, "max_repeat".into()),
            (conflict.first, "the classes of the first character".into()),
            (conflict.context, "the context word".into()),
        ];
        let others = others.into_iter().filter(|(part, _)| *part).map(|(_, name)| name);
        let names: Vec<_> = minima.chain(others).collect();
        match names.as_slice() {
            [] => format!("{} characters", conflict.length),
            _ => format!("{} characters, {}", conflict.length, names.join(" and ")),
        }
    }

    /// Checks that there is a password of this length, before a file is created or a random bit is drawn.
    fn check_length(&self, length: usize) -> Result<(), Failure> {
        let (policy, name) = (self.policy(), self.rule.name());
        if policy.tries(length).is_some() {
            return Ok(());
        }
        let (min, max) = (*policy.lengths().start(), *policy.lengths().end());
        Err(Failure::Use(if policy.lengths().contains(&length) {
            format!(
                "--length: no password of {length} characters satisfies {name} with the characters that are left"
            )
        } else if min == max {
            format!("--length: expected {min} characters for {name}, found {length}")
        } else {
            format!("--length: expected {min} to {max} characters for {name}, found {length}")
        }))
    }

    /// The number of characters, at which there is a password to generate.
    pub(super) fn length(&self, asked: &Length) -> Result<usize, Failure> {
        if let Some(bits) = asked.bits {
            return self.counts().shortest(bits).ok_or_else(|| {
                let most = self.policy().lengths().map(|length| self.counts().entropy(length)).fold(0.0, f64::max);
                Failure::Use(format!(
                    "--bits: expected at most {most:.2}, the entropy of the longest {} password, found {bits}",
                    self.rule.name()
                ))
            });
        }
        let length = asked.length.unwrap_or_else(|| self.policy().default_length());
        self.check_length(length)?;
        Ok(length)
    }
}

impl Length {
    /// Whether a length is given.
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

/// The names of the presets as values of an argument.
pub(super) fn presets() -> impl TypedValueParser<Value = &'static Preset> {
    PossibleValuesParser::new(preset_values())
        .map(|name| Preset::named(&name).expect("only the names of presets are possible"))
}

/// The names of the presets with their titles.
pub(super) fn preset_values() -> impl Iterator<Item = PossibleValue> {
    PRESETS.iter().map(|preset| PossibleValue::new(preset.name).help(preset.title))
}

fn contexts() -> impl TypedValueParser<Value = SafeFor> {
    let value = |context: &SafeFor| PossibleValue::new(context.name()).help(context.source());
    PossibleValuesParser::new(SafeFor::ALL.iter().map(value)).map(|name| {
        let context = SafeFor::ALL.iter().copied().find(|context| context.name() == name);
        context.expect("only the names of contexts are possible")
    })
}

fn bits(text: &str) -> Result<f64, String> {
    let bits = text.parse().ok().filter(|bits: &f64| bits.is_finite() && *bits > 0.0);
    bits.ok_or_else(|| "expected a number over 0, such as 80".into())
}

/// The longest policy file that is read, in bytes: far more than any needs.
const MAX_FILE: u64 = 1 << 20;

/// The rule in a policy file.
pub(super) fn file(path: &Path) -> Result<Rule, Failure> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(MAX_FILE + 1).read_to_string(&mut text));
    read.map_err(Failure::with("read", path))?;
    if text.len() as u64 > MAX_FILE {
        return Err(Failure::Use(format!(
            "{path:?}: expected a policy file of at most {MAX_FILE} bytes, found more"
        )));
    }
    let mut file = PolicyFile::parse(&text).map_err(|error| Failure::Use(format!("{path:?}: {error}")))?;
    if file.name.is_none() {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        // The name is printed, also to terminals.
        file.name = stem.filter(|stem| stem.chars().all(|c| c.is_alphanumeric() || c.is_ascii_graphic()));
    }
    Ok(Rule::new(file, format!("--policy-file {path:?}"), false))
}
