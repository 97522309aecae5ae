//! Policies as password policies of HashiCorp Vault.

use core::fmt;
use std::{string::String, vec::Vec};

use crate::{
    generate::LengthError,
    policy::Policy,
    rules::{
        FIELDS,
        alphabet::Alphabet,
        charset::CharSet,
        cnf::{characters, clauses},
    },
};

/// A password policy of HashiCorp Vault, in HCL. [`Policy::vault`] makes it; `Display` writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaultPolicy {
    length: usize,
    /// The character sets, and of each how many characters a password has at least.
    rules: Vec<(CharSet, u8)>,
}

impl VaultPolicy {
    /// The shortest password, in characters, that Vault generates by a policy.
    pub const MIN_LENGTH: usize = 4;

    /// The rarest policy that is written for Vault: of its candidates, one in a hundred complies.
    ///
    /// Vault draws a candidate, and draws another one if a rule is not satisfied. When a policy is stored, it generates ten passwords,
    /// which must not take longer than a second. By this limit, that takes about a thousand candidates.
    pub const MIN_ACCEPTANCE: f64 = 0.01;
}

/// Why Vault cannot have a policy. No rule is ever left out or weakened instead.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum VaultError {
    /// The policy does not allow this length, or allows it and generates none.
    Length(LengthError),
    /// Fewer characters than [`VaultPolicy::MIN_LENGTH`].
    TooShort {
        /// The length that was asked for, in characters.
        length: usize,
    },
    /// Vault requires that the minima of all its rules together are no more than the length: "3 of 5 classes" takes 10 rules.
    TooManyRules {
        /// The sum of the minima.
        required: usize,
        /// The length that was asked for, in characters.
        length: usize,
    },
    /// Fewer candidates comply than [`VaultPolicy::MIN_ACCEPTANCE`].
    TooRare {
        /// The proportion of candidates that comply.
        acceptance: f64,
    },
    /// A rule for which Vault has none: the name of its key in a policy file, such as `max_repeat`.
    Rule(&'static str),
}

impl Policy {
    /// Writes the policy as a password policy of HashiCorp Vault, for passwords of this length in characters.
    ///
    /// Vault's passwords are then those of [`generate`](Self::generate), each with the same probability: Vault draws every character uniformly
    /// from all sets together, and draws again unless each set has its minimum. "At least k of n classes" becomes one rule for every
    /// set of n - k + 1 classes, since at most n - k may be missing:
    ///
    /// ```
    /// use sip_password::EXOTEL;
    ///
    /// let policy = EXOTEL.vault(16)?.to_string();
    /// assert!(policy.starts_with("length = 16\n\nrule \"charset\" {\n"));
    /// assert_eq!(policy.matches("min-chars = 1").count(), 6); // 3 of 4 classes
    /// # Ok::<(), sip_password::VaultError>(())
    /// ```
    ///
    /// Source: `sdk/helper/random` of Vault, `string_generator.go` and `rules.go`, read in 2026. It was not tried with a running Vault.
    ///
    /// # Errors
    ///
    /// [`VaultError`] names the rule or the limit.
    pub fn vault(&self, length: usize) -> Result<VaultPolicy, VaultError> {
        let rules = &self.rules();
        if let Some(rule) = inexpressible(self) {
            return Err(VaultError::Rule(rule));
        }
        self.feasible(length).map_err(VaultError::Length)?;
        if length < VaultPolicy::MIN_LENGTH {
            return Err(VaultError::TooShort { length });
        }
        let alphabet = rules.alphabet();
        let set = |clause| characters(rules, clause).intersection(alphabet);
        let minimum = |set: CharSet| {
            let class = rules.classes().iter().find(|class| class.characters().intersection(alphabet) == set);
            class.map_or(1, |class| class.minimum().max(1))
        };
        let mut written: Vec<(CharSet, u8)> =
            clauses(rules, alphabet).into_iter().map(set).map(|set| (set, minimum(set))).collect();
        let rest = written.iter().fold(alphabet, |rest, &(set, _)| rest.difference(set));
        if !rest.is_empty() {
            written.push((rest, 0));
        }
        let required = written.iter().map(|&(_, minimum)| usize::from(minimum)).sum();
        if required > length {
            return Err(VaultError::TooManyRules { required, length });
        }
        let acceptance = self.counts().acceptance(length);
        if acceptance < VaultPolicy::MIN_ACCEPTANCE {
            return Err(VaultError::TooRare { acceptance });
        }
        Ok(VaultPolicy { length, rules: written })
    }
}

/// The first rule that Vault has no word for.
fn inexpressible(policy: &Policy) -> Option<&'static str> {
    const _: () = assert!(FIELDS == 16, "a rule that was added must be written above, or refused here");
    let rules = &policy.rules();
    [
        (rules.max_repeat().is_some(), "max_repeat"),
        (rules.max_run().is_some(), "max_run"),
        (rules.max_sequence().is_some(), "max_sequence"),
        (rules.min_distinct() > 1, "min_distinct"),
        (rules.first().is_some(), "first"),
        (Alphabet::generated(rules).first != rules.alphabet(), "excluded_first"),
        (rules.context().next().is_some(), "context"),
    ]
    .into_iter()
    .find_map(|(is_given, name)| is_given.then_some(name))
}

impl fmt::Display for VaultPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "length = {}", self.length)?;
        self.rules.iter().try_for_each(|&(set, minimum)| {
            write!(f, "\nrule \"charset\" {{\n  charset = \"{}\"\n  min-chars = {minimum}\n}}\n", quoted(set))
        })
    }
}

/// The characters within quotes of HCL. `{` is the first one, so that it never follows `$` or `%`, which would begin a template.
fn quoted(set: CharSet) -> String {
    let brace = CharSet::of("{");
    let characters = set.intersection(brace).iter().chain(set.difference(brace).iter());
    characters.fold(String::new(), |mut text, character| {
        if matches!(character, '"' | '\\') {
            text.push('\\');
        }
        text.push(character);
        text
    })
}

impl fmt::Display for VaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault cannot have this policy: ")?;
        match self {
            Self::Length(error) => error.fmt(f),
            Self::TooShort { length } => {
                write!(f, "length: expected at least {} characters, found {length}", VaultPolicy::MIN_LENGTH)
            }
            Self::TooManyRules { required, length } => write!(
                f,
                "length: expected at least {required} characters, since Vault adds up the minima of its rules, found {length}"
            ),
            Self::TooRare { acceptance } => write!(
                f,
                "expected that at least {} of its candidates comply, since Vault draws until one does, found {acceptance:.6}",
                VaultPolicy::MIN_ACCEPTANCE
            ),
            Self::Rule(name) => write!(f, "{name}: Vault has no such rule"),
        }
    }
}

impl core::error::Error for VaultError {}
