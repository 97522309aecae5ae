//! The policy that a subcommand follows: with its name and source, and with fewer characters if some are excluded.

pub(super) mod accepted_by;
pub(super) mod fits;
pub(super) mod known;
pub(super) mod options;
pub(super) mod own_rule;
pub(super) mod words;

use std::{cell::OnceCell, io::Read, path::Path};

use sip_password::{Certainty, Conflict, Counts, MAX_LENGTH, Policy, PolicyError, PolicyFile, Preset};

use super::{encoding, error::CommandError, input, progress::while_waiting, usage::found};
use known::Known;
use options::{Exclusions, Length, Restriction};

/// The longest policy file that is read, in bytes: far longer than any needs to be.
const MAX_FILE: u64 = 1 << 16;

/// The most states of a policy file, or of what several systems accept, without `--allow-slow`. They take a third of a second to count, or a whole one on a slow machine; a
/// few hundred bytes can ask for eight times as many.
const MAX_STATES: usize = 1 << 17;

const fn max_states(allow_slow: bool) -> usize {
    if allow_slow { usize::MAX } else { MAX_STATES }
}

/// A policy with its name and its source.
pub(super) struct NamedPolicy {
    file: PolicyFile,
    counts: OnceCell<Counts>,
    /// The argument that selects the policy.
    argument: String,
    is_preset: bool,
    /// Whether what it excludes is only what its source does not name: a system of the catalogue.
    is_cautious: bool,
    /// The systems whose rules may be others, by name.
    doubts: Vec<(String, Certainty)>,
}

impl From<&'static Preset> for NamedPolicy {
    fn from(preset: &'static Preset) -> Self {
        Self::new(preset.into(), preset.name.into(), true)
    }
}

impl From<Known> for NamedPolicy {
    fn from(known: Known) -> Self {
        let is_system = matches!(known, Known::System(_));
        Self { is_cautious: is_system, is_preset: !is_system, ..known.preset().into() }
    }
}

impl NamedPolicy {
    fn new(file: PolicyFile, argument: String, is_preset: bool) -> Self {
        let mut named = Self {
            file,
            counts: OnceCell::new(),
            argument,
            is_preset,
            is_cautious: false,
            doubts: Vec::new(),
        };
        if let Some(certainty) = named.certainty().filter(|&certainty| certainty < Certainty::High) {
            named.doubts.push((named.name().to_owned(), certainty));
        }
        named
    }

    /// Another policy, made from this one, with its head. No longer a vendor's.
    fn with_policy(&self, policy: Policy, argument: String) -> Self {
        Self { doubts: self.doubts.clone(), ..Self::new(self.with_head(policy.into()), argument, false) }
    }

    /// The file with the name, title, source and notes of this policy.
    pub(super) fn with_head(&self, mut file: PolicyFile) -> PolicyFile {
        let text = |text: &str| Some(text).filter(|text| !text.is_empty()).map(str::to_owned);
        (file.name, file.title) = (text(self.name()), text(self.title()));
        (file.source, file.notes) = (text(self.source()), self.notes().to_vec());
        (file.read, file.certainty) = (self.file.read.clone(), self.file.certainty);
        file
    }

    /// A policy that was made of others.
    fn made(
        policy: Policy,
        all: &[Self],
        (name, title): (String, String),
        notes: Vec<String>,
        argument: String,
    ) -> Self {
        let mut file = PolicyFile::from(policy);
        (file.name, file.title, file.notes) = (Some(name), Some(title), notes);
        let mut doubts = Vec::new();
        for doubt in all.iter().flat_map(|one| &one.doubts) {
            if !doubts.contains(doubt) {
                doubts.push(doubt.clone());
            }
        }
        Self { doubts, ..Self::new(file, argument, false) }
    }

    /// The policy in a file.
    fn read(path: &Path, allow_slow: bool) -> Result<Self, CommandError> {
        // Read once: it may be a pipe.
        let (file, name) = input::open(Some(path))?;
        let mut text = Vec::new();
        file.take(MAX_FILE + 1).read_to_end(&mut text).map_err(CommandError::reading(&name))?;
        if text.len() as u64 > MAX_FILE {
            return Err(CommandError::new(format!(
                "{name}: expected a policy file of at most {MAX_FILE} bytes, found more"
            )));
        }
        let text = encoding::text(&text).map_err(|found| CommandError::new(format!("{name}: {found}")))?;
        let max_states = max_states(allow_slow);
        let counted =
            while_waiting("counting the policy's passwords", || PolicyFile::parse_within(text, max_states));
        let mut file = counted.map_err(|error| {
            let advice =
                if error.message.contains("which take long") { "; --allow-slow counts them" } else { "" };
            CommandError::new(format!("{name}: {error}{advice}"))
        })?;
        if file.name.is_none() {
            let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
            // The name is printed, also to terminals.
            let stem = stem.filter(|stem| stem != "-");
            file.name = stem.filter(|stem| stem.chars().all(|c| c.is_alphanumeric() || c.is_ascii_graphic()));
        }
        Ok(Self::new(file, format!("--policy-file {path:?}"), false))
    }

    /// The policy that a password manager's rules state.
    fn of_password_rules(rules: &str) -> Result<Self, CommandError> {
        if !rules.contains(':') {
            // The error of the parser quotes the text, which may be a password in the wrong place.
            return Err(CommandError::new(
                "--password-rules: expected rules such as 'minlength: 8; required: lower', found a text without a colon",
            ));
        }
        let policy = Policy::from_password_rules(rules)
            .map_err(|error| CommandError::new(format!("--password-rules: {error}")))?;
        let mut file = PolicyFile::from(policy);
        file.name = Some("password-rules".into());
        file.title = Some("a password manager's rules".into());
        Ok(Self::new(file, "--password-rules".into(), false))
    }

    pub(super) fn name(&self) -> &str {
        self.file.name.as_deref().unwrap_or("policy-file")
    }

    pub(super) fn title(&self) -> &str {
        self.file.title.as_deref().unwrap_or("a policy file")
    }

    /// The document that states the policy; empty if it is unknown.
    pub(super) fn source(&self) -> &str {
        self.file.source.as_deref().unwrap_or_default()
    }

    /// Whether what it excludes is only what its source does not name.
    pub(super) const fn is_cautious(&self) -> bool {
        self.is_cautious
    }

    /// The date of the source and how sure it is, in brackets; empty if neither is known.
    pub(super) fn described(&self) -> String {
        let read = self.file.read.as_ref().map(|read| format!("of {read}"));
        let certainty = self.file.certainty.map(|certainty| format!("certainty: {certainty}"));
        let known: Vec<_> = read.into_iter().chain(certainty).collect();
        if known.is_empty() { String::new() } else { format!(" ({})", known.join("; ")) }
    }

    /// Says on standard error of which systems it is not certain that this is the rule.
    pub(super) fn report_doubts(&self) {
        for (name, certainty) in &self.doubts {
            super::report(&format!(
                "sip-password: {name}: the rule may be another (certainty: {certainty}); explain has its source and notes"
            ));
        }
    }

    /// What a list says of the policy unless its certainty is high.
    pub(super) fn unsure(&self) -> String {
        known::unsure(self.file.certainty)
    }

    pub(super) const fn certainty(&self) -> Option<Certainty> {
        self.file.certainty
    }

    pub(super) fn read_on(&self) -> Option<&str> {
        self.file.read.as_deref()
    }

    pub(super) fn notes(&self) -> &[String] {
        &self.file.notes
    }

    /// Whether the policy is a vendor's, as this project reads its documents.
    pub(super) const fn is_preset(&self) -> bool {
        self.is_preset
    }

    pub(super) const fn policy(&self) -> &Policy {
        self.file.policy()
    }

    /// The counts of the policy, which are computed once.
    pub(super) fn counts(&self) -> &Counts {
        self.counts.get_or_init(|| self.file.counts())
    }

    /// The policy without the excluded characters.
    pub(super) fn without(
        &self,
        exclusions: &Exclusions,
        length: &Length,
    ) -> Result<Narrowed<'_>, CommandError> {
        let mut narrowed = Narrowed { narrower: None, named: self };
        for restriction in exclusions.restrictions()? {
            if let Some(narrower) = narrowed.excluding(restriction, length)? {
                narrowed.narrower = Some(narrower);
            }
        }
        Ok(narrowed)
    }
}

/// A policy, and what is left of it after characters are excluded.
pub(super) struct Narrowed<'p> {
    pub(super) named: &'p NamedPolicy,
    narrower: Option<(Policy, Counts)>,
}

impl Narrowed<'_> {
    pub(super) fn policy(&self) -> &Policy {
        self.narrower.as_ref().map_or_else(|| self.named.policy(), |(policy, _)| policy)
    }

    /// The policy as a file. Counts nothing again, unless characters are excluded.
    pub(super) fn file(&self) -> PolicyFile {
        match &self.narrower {
            Some((policy, _)) => policy.clone().into(),
            None => self.named.file.clone(),
        }
    }

    pub(super) fn counts(&self) -> &Counts {
        self.narrower.as_ref().map_or_else(|| self.named.counts(), |(_, counts)| counts)
    }

    /// The number of characters in each password: one for which a password can be generated.
    pub(super) fn length(&self, asked: &Length) -> Result<usize, CommandError> {
        if let Some(bits) = asked.bits {
            return self.counts().shortest(bits).ok_or_else(|| {
                let entropies = self.policy().lengths().map(|length| self.counts().entropy(length));
                let most = rounded_down(entropies.fold(0.0, f64::max));
                CommandError::new(format!(
                    "--bits: expected at most {most}, the entropy of the longest {} password, found {}",
                    self.named.name(),
                    found(bits)
                ))
            });
        }
        let length = asked.length.unwrap_or_else(|| self.policy().default_length());
        self.check_length(length)?;
        Ok(length)
    }

    /// Checks that there is a password of this length, before a file is created or a random bit is drawn.
    fn check_length(&self, length: usize) -> Result<(), CommandError> {
        let (policy, name) = (self.policy(), self.named.name());
        if policy.tries(length).is_some() {
            return Ok(());
        }
        let (min, allowed) = (*policy.lengths().start(), *policy.lengths().end());
        let max = allowed.min(MAX_LENGTH);
        let found = found(length as f64);
        Err(CommandError::new(if length > max && allowed > max {
            format!(
                "--length: expected at most {max} characters, which is the most that is generated, found {found}"
            )
        } else if policy.lengths().contains(&length) {
            format!(
                "--length: no password of {length} characters satisfies {name} with the characters that are left"
            )
        } else if min == max {
            format!("--length: expected {min} characters for {name}, found {found}")
        } else {
            format!("--length: expected {min} to {max} characters for {name}, found {found}")
        }))
    }

    /// The policy without what is excluded, if that makes a difference. A password of the default length or of the length that
    /// is asked for must be left.
    fn excluding(
        &self,
        restriction: Restriction,
        length: &Length,
    ) -> Result<Option<(Policy, Counts)>, CommandError> {
        let Some(rules) = restriction.narrow(self.policy().rules()) else {
            return Ok(None);
        };
        let other_default = |error| {
            let lengths = rules.min_length()..=rules.max_length().min(MAX_LENGTH as u16) as u8;
            let mut asked = lengths.filter(|&one| length.bits.is_some() || length.length == Some(one.into()));
            let narrower = |default| Policy::with_counts(rules.clone().with_default_length(default)).ok();
            asked.find_map(narrower).ok_or(error)
        };
        let narrower = while_waiting("counting the passwords without the excluded characters", || {
            Policy::with_counts(rules.clone()).or_else(other_default)
        });
        narrower.map(Some).map_err(|error| self.nothing_left(restriction.option, error))
    }

    fn nothing_left(&self, option: &str, error: PolicyError) -> CommandError {
        let (name, argument) = (self.named.name(), &self.named.argument);
        CommandError::new(match error {
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
            (conflict.max_run, "the longest row of one class".into()),
            (conflict.max_sequence, "the longest sequence".into()),
            (conflict.min_distinct, format!("{} different characters", rules.min_distinct())),
            (conflict.context, "the words of the context".into()),
        ];
        let others = others.into_iter().filter(|(in_conflict, _)| *in_conflict).map(|(_, name)| name);
        let names: Vec<_> = minima.chain(others).collect();
        match names.as_slice() {
            [] => format!("{} characters", conflict.length),
            _ => format!("{} characters, {}", conflict.length, names.join(" and ")),
        }
    }
}

/// Bits of entropy as a text with four decimals, rounded down: `--bits` accepts what is printed.
pub(super) fn rounded_down(entropy: f64) -> String {
    let text = format!("{entropy:.4}");
    match text.parse() {
        Ok(printed) if entropy < printed => format!("{:.4}", (entropy - 1e-4).max(0.0)),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropies_are_rounded_down() {
        for (entropy, text) in [
            (0.0, "0.0000"),
            (80.0, "80.0000"),
            (98.05599, "98.0559"),
            (19.931_568_569, "19.9315"),
            (6e-5, "0.0000"),
        ] {
            assert_eq!(rounded_down(entropy), text);
        }
        for number in 0..100_000 {
            let entropy = f64::from(number).sqrt();
            for entropy in [entropy, entropy.next_up(), entropy.next_down().max(0.0)] {
                let printed: f64 = rounded_down(entropy).parse().expect("it is a number");
                assert!(printed <= entropy && entropy < printed + 1.001e-4, "{entropy}");
            }
        }
    }
}
