//! Why a text is not a policy file.

use core::fmt;
use std::string::String;

/// Why a text is not a [`PolicyFile`](crate::PolicyFile): where, what was expected and what was found.
///
/// Prints one line, without the name of the file, which only the caller knows:
/// `line 7, class "digits", characters: expected printable ASCII, found 'é'`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicyFileError {
    /// The line, from 1.
    pub line: usize,
    /// The position in that line, in characters from 1.
    pub column: usize,
    /// The key, after its class if it has one: `class "digits", characters`. `None` if the text is not TOML, or if the
    /// error concerns several rules.
    pub key: Option<String>,
    /// What was expected and what was found.
    pub message: String,
}

impl PolicyFileError {
    /// An error at byte `at` of `text`.
    pub(super) fn new(text: &str, at: usize, key: Option<String>, message: impl Into<String>) -> Self {
        let boundary = (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or_default();
        let before = text.get(..boundary).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        Self {
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
            key,
            message: message.into(),
        }
    }
}

impl fmt::Display for PolicyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => write!(f, "line {}, {key}: {}", self.line, self.message),
            None => write!(f, "line {}, column {}: {}", self.line, self.column, self.message),
        }
    }
}

impl core::error::Error for PolicyFileError {}
