//! A policy as a file that people write.

mod characters;
mod error;
mod read;
mod write;

use std::{string::String, vec::Vec};

use crate::{presets::Preset, rules::owned::OwnedRules};

pub use error::PolicyFileError;

/// A policy as a file of TOML that people write: rules, with what they are called and where they come from.
///
/// ```
/// use sip_password::{Policy, PolicyFile};
///
/// let file = PolicyFile::parse(
///     r#"
///     title = "Front desk"
///     min_length = 10
///     max_length = 20
///     required_classes = 2
///     uncounted = "_.-"
///     never_generated = "0O1lI"
///
///     [[class]]
///     name = "letters"
///     characters = "A-Za-z"
///
///     [[class]]
///     name = "digits"
///     characters = "0-9"
///     minimum = 2
///     "#,
/// )?;
/// let classes = file.rules.classes();
/// let policy = Policy::new(file.rules.rules(&classes))?;
/// assert!(policy.check("but-here-42").is_ok());
/// assert!(policy.check("no-digit-here").is_err());
///
/// assert_eq!(PolicyFile::parse(&file.to_string())?, file);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// # The keys
///
/// Above the first `[[class]]`, in any order; those that are not said to be needed can be left out:
///
/// | key | value |
/// |---|---|
/// | `name` | what a program calls the policy: `"huawei"` |
/// | `title` | whose it is, and for what |
/// | `source` | the document that states the rule |
/// | `notes` | a list of texts: how the source is read, what a person should know |
/// | `min_length` | needed: the shortest password, 1 to 64 characters |
/// | `max_length` | needed: the longest; 64 is a limit of this library, [`MAX_LENGTH`](crate::MAX_LENGTH) |
/// | `default_length` | the length to generate; left out, the nearest to 16 of which there is a password to generate |
/// | `required_classes` | of how many classes a password must have a character, 0 to 8; left out, 0 |
/// | `uncounted` | characters that may stand in a password and count for no class |
/// | `never_generated` | characters that are accepted and never generated |
/// | `longest_run` | how often one character may stand in a row at the most, 1 to 255 |
/// | `first` | a list of class names: what the first character must be one of |
/// | `context` | a word that may not appear, in upper or lower case, 1 to 64 bytes |
///
/// And up to eight classes, each under a line `[[class]]`. No character can be in two of them, or in one and `uncounted`:
///
/// | key | value |
/// |---|---|
/// | `name` | needed: what messages call it, in the plural; no other class has the same |
/// | `characters` | needed: the characters that count for it |
/// | `minimum` | how many of them every password needs at the least, 0 to 64; left out, 0 |
///
/// Every other key is an error. Texts are one line, without control characters. [`Rules`](crate::Rules) says more about each rule.
///
/// # Characters
///
/// Characters are one string, as in `tr`: each stands for itself, in any order, and `A-Z` for all from the one to
/// the other, where they are two capitals, two small letters or two digits. A hyphen that is meant itself stands first
/// or last. They are printable ASCII, `' '` to `'~'`. TOML takes what is in `'…'` as it is; in `"…"` it wants
/// `\"` and `\\` for the quote and the backslash.
///
/// # Examples that ship
///
/// In `examples/policies`: the presets as files, a tenant's own Huawei rule group, a file with every key, and
/// `policy.schema.json`, a JSON Schema of the format. Editors check a file against it that starts with the line
/// `#:schema policy.schema.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFile {
    /// What a program calls the policy.
    pub name: Option<String>,
    /// Whose it is, and for what.
    pub title: Option<String>,
    /// The document that states the rule.
    pub source: Option<String>,
    /// What a person should know about it.
    pub notes: Vec<String>,
    /// The rules.
    pub rules: OwnedRules,
}

impl PolicyFile {
    /// The policy file in `text`. Its rules are a policy: [`Policy::new`](crate::Policy::new) takes them.
    ///
    /// Cost: that of [`Policy::new`](crate::Policy::new); without `default_length`, up to once for each allowed
    /// length.
    ///
    /// ```
    /// use sip_password::PolicyFile;
    ///
    /// let error = PolicyFile::parse("min_length = 8\nmax_length = 100\n").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "line 2, max_length: found 100; wanted is a whole number from 1 to 64, the limit of this library"
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// [`PolicyFileError`] where it is not TOML, where a key is missing, unknown or has a value that it cannot have,
    /// and where the rules make no sense together.
    pub fn parse(text: &str) -> Result<Self, PolicyFileError> {
        read::read(text)
    }
}

/// The preset as a file: a start for a tenant's own.
impl From<&Preset> for PolicyFile {
    fn from(preset: &Preset) -> Self {
        Self {
            name: Some(preset.name.into()),
            title: Some(preset.title.into()),
            source: Some(preset.source.into()),
            notes: preset.notes.iter().map(|&note| note.into()).collect(),
            rules: preset.policy.rules().into(),
        }
    }
}
