//! A policy as a file that people write.

mod characters;
mod error;
mod read;
mod table;
mod write;

use core::fmt;
use std::{boxed::Box, string::String, sync::OnceLock, vec::Vec};

use crate::{
    counting::{Lengths, count},
    policy::{Policy, entropy::Counts},
    presets::{Preset, certainty::Certainty},
    rules::alphabet::Alphabet,
};

pub use error::PolicyFileError;

/// A policy as a TOML file that people write: the rules, with their name and their source.
///
/// ```
/// use sip_password::PolicyFile;
///
/// let file = PolicyFile::parse(
///     r#"
///     title = "Front desk"
///     min_length = 10
///     max_length = 20
///     min_classes = 2
///     uncounted = "_.-"
///     excluded = "0O1lI"
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
/// assert!(file.policy().check("but-here-42").is_ok());
/// assert!(file.policy().check("no-digit-here").is_err());
///
/// assert_eq!(PolicyFile::parse(&file.to_string())?, file);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// # The keys
///
/// Above the first `[[class]]`, in any order; all are optional except those marked as required:
///
/// | key | value |
/// |---|---|
/// | `name` | the name of the policy in programs: `"huawei"` |
/// | `title` | the vendor and the purpose |
/// | `source` | the document that states the rule |
/// | `read` | the date of that document, or of the day when it was read: `"2026-04"` |
/// | `certainty` | how sure it is that the rule is right: `"high"`, `"medium"` or `"low"`; see [`Certainty`] |
/// | `notes` | a list of texts: how the source is read, what a person should know |
/// | `min_length` | required: the shortest password, 1 to 64 characters; 64 is a limit of this library, [`MAX_LENGTH`](crate::MAX_LENGTH) |
/// | `max_length` | required: the longest password; 256 is a limit of this library, [`MAX_CHECKED_LENGTH`](crate::MAX_CHECKED_LENGTH) |
/// | `default_length` | the length to generate, up to 64 characters; by default the possible length nearest to 16 |
/// | `min_classes` | the number of classes of which a password must contain a character, 0 to 8; by default 0 |
/// | `uncounted` | characters that a password may contain and that count for no class |
/// | `excluded` | characters that are accepted and never generated |
/// | `excluded_first` | characters that are accepted and never generated as the first one; one that is not generated at all has no effect |
/// | `max_repeat` | how often one character may stand in a row, 1 to 255 |
/// | `max_run` | how many characters of one class may stand in a row, 1 to 255 |
/// | `run_classes` | a list of class names: the classes that `max_run` is about; by default all |
/// | `max_sequence` | how many characters in a row may ascend or descend one by one, like `abc` and `321`, 1 to 255 |
/// | `min_distinct` | the number of different characters that a password must contain, 0 to 64; by default 0 |
/// | `first` | a list of class names: the first character must belong to one of these classes |
/// | `context` | a word, or a list of words, that a password may not contain, in upper or lower case: 1 to 64 bytes; of a list each word after the first takes one more |
/// | `context_reversed` | `true` if a password may not contain them reversed either; by default `false` |
///
/// Then up to eight classes, each under a line `[[class]]`. No character can be in two of them, or in one and `uncounted`:
///
/// | key | value |
/// |---|---|
/// | `name` | required: what messages call the class, in the plural, in up to 31 bytes; unique |
/// | `characters` | required: the characters of the class |
/// | `minimum` | how many of them every password must contain, 0 to 64; by default 0 |
///
/// Every other key is an error. Texts have one line and no control characters. [`Rules`](crate::Rules) describes each rule.
///
/// # Characters
///
/// A set of characters is one string, as in `tr`: each character stands for itself, in any order, and `A-Z` for a range of
/// upper-case letters, lower-case letters or digits. A hyphen that stands for itself comes first or last. The characters are
/// printable ASCII, `' '` to `'~'`. TOML takes the text in `'…'` literally; in `"…"` it requires `\"` and `\\` for the quote and
/// the backslash.
///
/// # Examples
///
/// `examples/policies` has the presets as files, a tenant's own Huawei rule group, a file with
/// every key, and `policy.schema.json`, a JSON Schema of the format. Editors check a file against the schema if it starts with the line
/// `#:schema policy.schema.json`.
#[derive(Clone)]
pub struct PolicyFile {
    /// The name of the policy in programs.
    pub name: Option<String>,
    /// The vendor and the purpose.
    pub title: Option<String>,
    /// The document that states the rule.
    pub source: Option<String>,
    /// The date of the document, or of the day when it was read.
    pub read: Option<String>,
    /// How sure it is that the rule is right.
    pub certainty: Option<Certainty>,
    /// What a person should know about the policy.
    pub notes: Vec<String>,
    policy: Policy,
    /// The number of passwords that the policy generates: known from validating the rules of a text, counted when asked for otherwise.
    generated: OnceLock<Box<Lengths>>,
}

impl PolicyFile {
    /// Reads a policy file.
    ///
    /// Cost: that of [`Policy::new`].
    ///
    /// ```
    /// use sip_password::PolicyFile;
    ///
    /// let error = PolicyFile::parse("min_length = 8\nmax_length = 1000\n").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "line 2, max_length: expected a whole number from 1 to 256 (the limit of this library), found 1000"
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// [`PolicyFileError`] if the text is not TOML, if a key is missing, unknown or has an invalid value, and if the rules
    /// conflict.
    pub fn parse(text: &str) -> Result<Self, PolicyFileError> {
        read::read(text, usize::MAX)
    }

    /// [`parse`](Self::parse) for a text from somebody else: refuses a policy of more states than this before it counts them. The time
    /// to count is about proportional to the [`states`](Policy::states): some 2 µs each.
    ///
    /// ```
    /// use sip_password::PolicyFile;
    ///
    /// let text = PolicyFile::from(sip_password::HUAWEI.clone()).to_string();
    /// assert!(PolicyFile::parse_within(&text, 16).is_ok());
    /// let error = PolicyFile::parse_within(&text, 15).unwrap_err().to_string();
    /// assert!(error.contains("expected at most 15 states, found 16"), "{error}");
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`parse`](Self::parse), and [`PolicyFileError`] if there are more states.
    pub fn parse_within(text: &str, max_states: usize) -> Result<Self, PolicyFileError> {
        read::read(text, max_states)
    }

    /// The policy.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The exact [`Counts`] of the policy. Unlike [`Policy::counts`], this counts nothing again, unless characters are
    /// excluded: reading a file has counted, and a file made from a policy keeps what is counted here first.
    pub fn counts(&self) -> Counts {
        Counts::new(&self.policy, *self.generated())
    }

    fn generated(&self) -> &Lengths {
        self.generated.get_or_init(|| {
            let rules = self.policy.rules();
            Box::new(count(&rules, Alphabet::generated(&rules)))
        })
    }
}

/// Equal if the policies and all texts are.
impl PartialEq for PolicyFile {
    fn eq(&self, other: &Self) -> bool {
        // The counts follow from the policy.
        let Self { name, title, source, read, certainty, notes, policy, generated: _ } = self;
        (name, title, source, notes, policy)
            == (&other.name, &other.title, &other.source, &other.notes, &other.policy)
            && (read, certainty) == (&other.read, &other.certainty)
    }
}

impl Eq for PolicyFile {}

/// Without the counts.
impl fmt::Debug for PolicyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyFile")
            .field("name", &self.name)
            .field("title", &self.title)
            .field("source", &self.source)
            .field("read", &self.read)
            .field("certainty", &self.certainty)
            .field("notes", &self.notes)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

/// A file without name, title, source, date, certainty and notes.
impl From<Policy> for PolicyFile {
    fn from(policy: Policy) -> Self {
        Self {
            name: None,
            title: None,
            source: None,
            read: None,
            certainty: None,
            notes: Vec::new(),
            policy,
            generated: OnceLock::new(),
        }
    }
}

/// The preset as a file, from which a tenant's own can start.
impl From<&Preset> for PolicyFile {
    fn from(preset: &Preset) -> Self {
        Self {
            name: Some(preset.name.into()),
            title: Some(preset.title.into()),
            source: Some(preset.source.into()),
            read: preset.read.map(Into::into),
            certainty: Some(preset.certainty),
            notes: preset.notes.iter().map(|&note| note.into()).collect(),
            ..preset.policy.clone().into()
        }
    }
}
