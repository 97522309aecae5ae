//! The rules as Apple's `passwordrules` say them.

mod parse;
mod read;

use core::fmt;
use std::vec::Vec;

use crate::{
    charset::CharSet,
    clauses::{characters, clauses},
    policy::Policy,
};

pub use read::ParsePasswordRulesError;

/// Which of a policy's characters [`Policy::password_rules`] speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Characters {
    /// Those that are accepted: the rule says what a password may be.
    Accepted,
    /// Those of them that are generated, without [`Rules::never_generated`](crate::Rules::never_generated): the rule
    /// says what to make. This is the one for a password manager.
    Generated,
}

/// A policy's rule for password managers, in the language of the HTML attribute `passwordrules`: prints
/// itself; made by [`Policy::password_rules`].
///
/// The text is the same for the same rules: lengths first, the `required` rules in the order of the policy's classes,
/// `allowed` last. Of the named classes only `upper`, `lower` and `digit` are used: on the characters of `special`
/// Apple's page and Apple's parser differ by `/` and `\`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordRules {
    min_length: u8,
    max_length: u8,
    longest_run: Option<u8>,
    /// Of each a password needs a character.
    required: Vec<CharSet>,
    /// What may stand in a password besides.
    allowed: CharSet,
}

/// Why the `passwordrules` cannot say a policy. Nothing is left out or weakened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PasswordRulesError {
    /// A class of which more than one character is wanted: they can ask for one.
    Minimum {
        /// Its place in [`Rules::classes`](crate::Rules::classes).
        place: usize,
        /// How many are wanted.
        minimum: u8,
    },
    /// [`Rules::first`](crate::Rules::first).
    First,
    /// [`Rules::context`](crate::Rules::context).
    Context,
}

impl Policy<'_> {
    /// The policy as Apple's `passwordrules`, exactly: with [`Characters::Accepted`] the rule accepts what
    /// [`check`](Self::check) passes, with [`Characters::Generated`] what [`generate`](Self::generate) can make.
    ///
    /// "At least k of n classes" is the conjunction of all pairs, triples and so on that cannot all be missing:
    ///
    /// ```
    /// use sip_password::{Characters, HUAWEI};
    ///
    /// assert_eq!(
    ///     HUAWEI.password_rules(Characters::Generated)?.to_string(),
    ///     "minlength: 8; maxlength: 16; \
    ///      required: upper, lower; required: upper, digit; required: upper, [*+.?@^_~]; \
    ///      required: lower, digit; required: lower, [*+.?@^_~]; required: digit, [*+.?@^_~];"
    /// );
    /// # Ok::<(), sip_password::PasswordRulesError>(())
    /// ```
    ///
    /// [`OwnedRules::from_password_rules`](crate::OwnedRules::from_password_rules) reads it back.
    ///
    /// Source: Apple, "Customizing Password AutoFill Rules", and the proposal for HTML (whatwg/html issue 3518), which
    /// has `minlength` and `maxlength`.
    ///
    /// # Errors
    ///
    /// [`PasswordRulesError`] names the rule that cannot be said.
    pub fn password_rules(&self, of: Characters) -> Result<PasswordRules, PasswordRulesError> {
        let rules = self.rules();
        if let Some((place, class)) = rules.classes.iter().enumerate().find(|(_, class)| class.minimum > 1) {
            return Err(PasswordRulesError::Minimum { place, minimum: class.minimum });
        }
        if rules.first.is_some() {
            return Err(PasswordRulesError::First);
        }
        if rules.context.is_some() {
            return Err(PasswordRulesError::Context);
        }
        let all = match of {
            Characters::Accepted => rules.accepted(),
            Characters::Generated => rules.alphabet(),
        };
        let clauses = clauses(rules, all);
        let required: Vec<_> =
            clauses.iter().map(|&clause| characters(rules, clause).intersection(all)).collect();
        Ok(PasswordRules {
            min_length: rules.min_length,
            max_length: rules.max_length,
            longest_run: rules.longest_run,
            allowed: required.iter().fold(all, |allowed, &set| allowed.difference(set)),
            required,
        })
    }
}

impl fmt::Display for PasswordRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "minlength: {}; maxlength: {};", self.min_length, self.max_length)?;
        if let Some(run) = self.longest_run {
            write!(f, " max-consecutive: {run};")?;
        }
        self.required.iter().try_for_each(|&set| write!(f, " required: {};", Listed(set)))?;
        if !self.allowed.is_empty() {
            write!(f, " allowed: {};", Listed(self.allowed))?;
        }
        Ok(())
    }
}

/// The characters of a set, with commas between the classes: named ones, and one of all other characters.
struct Listed(CharSet);

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMED: [(&str, CharSet); 3] =
            [("upper", CharSet::UPPERCASE), ("lower", CharSet::LOWERCASE), ("digit", CharSet::DIGITS)];
        let (mut rest, mut comma) = (self.0, "");
        for (name, characters) in NAMED {
            if characters.is_subset(self.0) {
                write!(f, "{comma}{name}")?;
                (rest, comma) = (rest.difference(characters), ", ");
            }
        }
        if rest.is_empty() {
            return Ok(());
        }
        // In brackets these two mean themselves only at the one end and at the other.
        let (dash, bracket) = (CharSet::of("-"), CharSet::of("]"));
        let between = rest.difference(dash).difference(bracket);
        write!(f, "{comma}[{}{between}{}]", rest.intersection(dash), rest.intersection(bracket))
    }
}

impl fmt::Display for PasswordRulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("passwordrules cannot say this policy: ")?;
        match self {
            Self::Minimum { place, minimum } => {
                write!(f, "minimum: {minimum} characters of class {place}, and they can ask for 1")
            }
            Self::First => f.write_str("first: they have no rule for the first character"),
            Self::Context => f.write_str("context: they have no rule against a word"),
        }
    }
}

impl core::error::Error for PasswordRulesError {}
