//! Policies in the language of Apple's `passwordrules`.

mod parse;
mod read;

use core::fmt;
use std::vec::Vec;

use crate::{
    policy::Policy,
    rules::{
        FIELDS,
        alphabet::Alphabet,
        charset::CharSet,
        cnf::{characters, clauses},
    },
};

pub use read::ParsePasswordRulesError;

/// Which characters of a policy [`Policy::password_rules`] lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Characters {
    /// All accepted characters: the text describes which passwords comply.
    Accepted,
    /// The accepted characters without the [excluded](crate::Rules::with_excluded) ones: the text describes which passwords
    /// to generate. Use this for a password manager.
    Generated,
}

/// The value of the HTML attribute `passwordrules`, which password managers read. [`Policy::password_rules`] makes it;
/// `Display` writes it.
///
/// Equal rules give equal texts: first the lengths, then the `required` rules in the order of the policy's classes, last
/// `allowed`. The class `special` is written as a list of characters, because Apple's page and Apple's parser disagree
/// on whether it contains `/` and `\`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordRules {
    min_length: u8,
    max_length: u16,
    max_repeating: Option<u8>,
    max_sequential: Option<u8>,
    /// A password needs a character of each set.
    required: Vec<CharSet>,
    /// The other characters that a password may contain.
    allowed: CharSet,
}

/// The rule of a policy that `passwordrules` cannot express. No rule is ever left out or weakened instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PasswordRulesError {
    /// A class with a minimum over 1: a `required` rule means at least one character.
    Minimum {
        /// The index of the class in [`Rules::classes`](crate::Rules::classes).
        class: usize,
        /// Its minimum, in characters.
        minimum: u8,
    },
    /// [`Rules::with_max_run`](crate::Rules::with_max_run): there is no rule for a row of one class.
    MaxRun,
    /// [`Rules::with_min_distinct`](crate::Rules::with_min_distinct): there is no rule for different characters.
    MinDistinct,
    /// [`Rules::with_first`](crate::Rules::with_first): there is no rule for the first character.
    First,
    /// [`Rules::with_excluded_first`](crate::Rules::with_excluded_first), for [`Characters::Generated`] alone: there is no rule for the
    /// first character.
    ExcludedFirst,
    /// [`Rules::with_context`](crate::Rules::with_context): there is no rule against a word.
    Context,
}

impl Policy {
    /// Writes the policy as Apple's `passwordrules`, exactly: with [`Characters::Accepted`] the text accepts the
    /// passwords that [`check`](Self::check) accepts, with [`Characters::Generated`] those that
    /// [`generate`](Self::generate) can return.
    ///
    /// "At least k of n classes" becomes one `required` rule for every set of n - k + 1 classes, since at most n - k may
    /// be missing:
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
    /// [`Policy::from_password_rules`] reads the text back. The text has at
    /// most 70 `required` rules.
    ///
    /// [`max_repeat`](crate::Rules::with_max_repeat) becomes `max-repeating`, and [`max_sequence`](crate::Rules::with_max_sequence)
    /// `max-sequential`. Apple's parser knows both since 2026-09-10. Until then it had `max-consecutive`, which now means both.
    ///
    /// Source: Apple, "Customizing Password AutoFill Rules", and password-manager-resources, pull request 1255; `minlength` and `maxlength` are from the proposal for HTML,
    /// whatwg/html issue 3518.
    ///
    /// # Errors
    ///
    /// [`PasswordRulesError`] names the rule that `passwordrules` cannot express.
    pub fn password_rules(&self, of: Characters) -> Result<PasswordRules, PasswordRulesError> {
        let rules = &self.rules();
        const _: () = assert!(FIELDS == 16, "a rule that was added must be written here, or refused");
        if let Some((index, class)) =
            rules.classes().iter().enumerate().find(|(_, class)| class.minimum() > 1)
        {
            return Err(PasswordRulesError::Minimum { class: index, minimum: class.minimum() });
        }
        if rules.max_run().is_some() {
            return Err(PasswordRulesError::MaxRun);
        }
        if rules.min_distinct() > 1 {
            return Err(PasswordRulesError::MinDistinct);
        }
        if rules.first().is_some() {
            return Err(PasswordRulesError::First);
        }
        if of == Characters::Generated && Alphabet::generated(rules).first != rules.alphabet() {
            return Err(PasswordRulesError::ExcludedFirst);
        }
        if rules.context().next().is_some() {
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
            min_length: rules.min_length(),
            max_length: rules.max_length(),
            max_repeating: rules.max_repeat(),
            max_sequential: rules.max_sequence(),
            allowed: required.iter().fold(all, |allowed, &set| allowed.difference(set)),
            required,
        })
    }
}

impl fmt::Display for PasswordRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "minlength: {}; maxlength: {};", self.min_length, self.max_length)?;
        if let Some(max) = self.max_repeating {
            write!(f, " max-repeating: {max};")?;
        }
        if let Some(max) = self.max_sequential {
            write!(f, " max-sequential: {max};")?;
        }
        self.required.iter().try_for_each(|&set| write!(f, " required: {};", Listed(set)))?;
        if !self.allowed.is_empty() {
            write!(f, " allowed: {};", Listed(self.allowed))?;
        }
        Ok(())
    }
}

/// Writes a set as a list of classes: the named classes that it contains, and one in brackets for the other characters.
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
        // In brackets a dash must be the first character, and a closing bracket the last.
        let (dash, bracket) = (CharSet::of("-"), CharSet::of("]"));
        let between = rest.difference(dash).difference(bracket);
        write!(f, "{comma}[{}{between}{}]", rest.intersection(dash), rest.intersection(bracket))
    }
}

impl fmt::Display for PasswordRulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("passwordrules cannot express this policy: ")?;
        match self {
            Self::Minimum { class, minimum } => {
                write!(f, "minimum: expected at most 1 for each class, found {minimum} for class {class}")
            }
            Self::MaxRun => f.write_str("max_run: there is no rule for a row of one class"),
            Self::MinDistinct => f.write_str("min_distinct: there is no rule for different characters"),
            Self::First => f.write_str("first: there is no rule for the first character"),
            Self::ExcludedFirst => f.write_str("excluded_first: there is no rule for the first character"),
            Self::Context => f.write_str("context: there is no rule against a word"),
        }
    }
}

impl core::error::Error for PasswordRulesError {}
