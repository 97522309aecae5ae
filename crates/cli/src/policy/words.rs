//! Words that passwords may not contain: those of an account.

use clap::Args;
use sip_password::Policy;

use super::NamedPolicy;
use crate::{error::CommandError, progress::while_waiting};

#[derive(Args)]
pub(crate) struct Words {
    /// Allow no password that contains this word, such as a user's name, in upper or lower case; can be given several times
    ///
    /// The words are added to those of the policy. Together they have at most 64 bytes, with one more for each word after the first. With a list
    /// (--column of validate, --for of generate), it is the column that has the word of each row, of any length; an empty field is no word.
    #[arg(long, value_name = "WORD")]
    not_containing: Vec<String>,
}

impl Words {
    pub(crate) fn is_given(&self) -> bool {
        !self.not_containing.is_empty()
    }

    /// The words; of a list, the columns that have them.
    pub(crate) fn names(&self) -> &[String] {
        &self.not_containing
    }

    /// The policy of the passwords without these words.
    pub(crate) fn of(&self, named: NamedPolicy) -> Result<NamedPolicy, CommandError> {
        if !self.is_given() {
            return Ok(named);
        }
        let rules = named.policy().rules();
        let own = self.not_containing.iter().map(String::as_str);
        let words: Vec<&str> = rules.context().chain(own).collect();
        let reversed = rules.reversed_context();
        let changed = rules.clone().with_context_words(&words).with_reversed_context(reversed);
        let policy = while_waiting("counting the passwords without these words", || Policy::new(changed));
        let policy = policy
            .map_err(|error| CommandError::new(format!("--not-containing: {}: {error}", named.name())))?;
        let argument = format!("{} --not-containing …", named.argument);
        Ok(NamedPolicy { is_preset: named.is_preset, ..named.with_policy(policy, argument) })
    }
}
