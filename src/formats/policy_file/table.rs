//! A table of a policy file, with errors that name line and key.

use core::fmt;
use std::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{PolicyFileError, characters};
use crate::rules::charset::CharSet;

/// The whole file, or one of its classes.
pub(super) struct Table<'t> {
    pub(super) text: &'t str,
    pub(super) tree: &'t DeTable<'t>,
    /// What precedes a key in messages: nothing, or the class and a comma.
    pub(super) prefix: String,
    /// The position of the table, in bytes.
    pub(super) at: usize,
}

impl<'t> Table<'t> {
    /// The tables under `[[class]]`.
    pub(super) fn classes(&self) -> Result<Vec<Self>, PolicyFileError> {
        const EXPECTED: &str = "a [[class]] for each class";
        let array = match self.tree.get("class") {
            None => return Ok(Vec::new()),
            Some(value) => match value.get_ref() {
                DeValue::Array(array) => array,
                _ => return Err(self.expected("class", value, EXPECTED)),
            },
        };
        let table = |(number, value): (usize, &'t Spanned<DeValue<'t>>)| match value.get_ref() {
            DeValue::Table(tree) => {
                let prefix = match tree.get("name").map(Spanned::get_ref) {
                    Some(DeValue::String(name)) if !name.is_empty() => format!("class {}, ", quoted(name)),
                    _ => format!("class {number}, "),
                };
                Ok(Self { text: self.text, tree, prefix, at: value.span().start })
            }
            _ => Err(self.expected("class", value, EXPECTED)),
        };
        (1..).zip(array.iter()).map(table).collect()
    }

    /// Refuses every key that is not in `known`. `elsewhere` are the keys of the whole file.
    pub(super) fn only(&self, known: &[&str], elsewhere: &[&str]) -> Result<(), PolicyFileError> {
        let unknown = self.tree.keys().filter(|key| !known.contains(&key.get_ref().as_ref()));
        let Some(key) = unknown.min_by_key(|key| key.span().start) else {
            return Ok(());
        };
        let name: &str = key.get_ref().as_ref();
        let message = match elsewhere.contains(&name) {
            true => "expected this key above the first [[class]], found it in a class".into(),
            false => format!("expected one of {}; found an unknown key", known.join(", ")),
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
        let shown = if name.chars().all(plain) { cut(name) } else { quoted(name) };
        Err(self.error(&shown, key.span().start, message))
    }

    /// A whole number from `min` to `max`.
    pub(super) fn number<N>(&self, key: &str, min: N, max: N) -> Result<Option<N>, PolicyFileError>
    where
        N: TryFrom<u16> + PartialOrd + fmt::Display,
    {
        let Some(value) = self.tree.get(key) else {
            return Ok(None);
        };
        let number = match value.get_ref() {
            DeValue::Integer(number) => u16::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        let number = number.and_then(|number| N::try_from(number).ok());
        let number = number.filter(|number| (&min..=&max).contains(&number));
        let limit = if key.ends_with("_length") { " (the limit of this library)" } else { "" };
        let expected = || format!("a whole number from {min} to {max}{limit}");
        number.ok_or_else(|| self.expected(key, value, expected())).map(Some)
    }

    /// A set of characters.
    pub(super) fn characters(&self, key: &str) -> Result<Option<CharSet>, PolicyFileError> {
        let Some(value) = self.tree.get(key) else {
            return Ok(None);
        };
        let DeValue::String(text) = value.get_ref() else {
            return Err(self.expected(key, value, "characters in quotes, such as \"A-Z_.\""));
        };
        characters::read(text).map(Some).map_err(|message| self.wrong(key, message))
    }

    /// One line of text.
    pub(super) fn line(&self, key: &str) -> Result<Option<String>, PolicyFileError> {
        self.tree.get(key).map(|value| self.line_in(key, value)).transpose()
    }

    /// A list of lines, each with its position in bytes.
    pub(super) fn lines(&self, key: &str) -> Result<Option<Vec<(String, usize)>>, PolicyFileError> {
        let Some(value) = self.tree.get(key) else {
            return Ok(None);
        };
        let DeValue::Array(array) = value.get_ref() else {
            return Err(self.expected(key, value, "a list of texts, such as [\"…\", \"…\"]"));
        };
        let texts = array.iter().map(|value| Ok((self.line_in(key, value)?, value.span().start)));
        texts.collect::<Result<_, _>>().map(Some)
    }

    /// One line of text, or a list of such; none if there is no such key.
    pub(super) fn words(&self, key: &str) -> Result<Vec<String>, PolicyFileError> {
        match self.tree.get(key) {
            None => Ok(Vec::new()),
            Some(_) if self.has_list(key) => {
                let words = self.lines(key)?.unwrap_or_default();
                match words.is_empty() {
                    true => Err(self.wrong(key, "expected at least one word, found an empty list")),
                    false => Ok(words.into_iter().map(|(word, _)| word).collect()),
                }
            }
            Some(value) => Ok(Vec::from([self.line_in(key, value)?])),
        }
    }

    pub(super) fn has_list(&self, key: &str) -> bool {
        self.tree.get(key).is_some_and(|value| matches!(value.get_ref(), DeValue::Array(_)))
    }

    /// `true` or `false`; `false` if there is no such key.
    pub(super) fn flag(&self, key: &str) -> Result<bool, PolicyFileError> {
        match self.tree.get(key) {
            None => Ok(false),
            Some(value) => match value.get_ref() {
                DeValue::Boolean(flag) => Ok(*flag),
                _ => Err(self.expected(key, value, "true or false")),
            },
        }
    }

    /// Text that messages can print as it is: a file must not command a terminal.
    fn line_in(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<String, PolicyFileError> {
        match value.get_ref() {
            DeValue::String(text) if !text.is_empty() && !text.contains(char::is_control) => {
                Ok(text.clone().into_owned())
            }
            _ => Err(self.expected(key, value, "one line of text in quotes, with at least one character")),
        }
    }

    pub(super) fn missing(&self, key: &str) -> PolicyFileError {
        self.error(key, self.at, "expected this key, found none")
    }

    /// An error about a value that is not what is expected.
    fn expected(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        expected: impl AsRef<str>,
    ) -> PolicyFileError {
        let found = match value.get_ref() {
            DeValue::String(text) => quoted(text),
            DeValue::Array(_) => "a list".into(),
            DeValue::Table(_) => "a table".into(),
            _ => cut(self.text.get(value.span()).unwrap_or_default()),
        };
        self.error(key, value.span().start, format!("expected {}, found {found}", expected.as_ref()))
    }

    /// An error about the value of `key`.
    pub(super) fn wrong(&self, key: &str, message: impl Into<String>) -> PolicyFileError {
        self.error(key, self.position(key), message)
    }

    pub(super) fn error(&self, key: &str, at: usize, message: impl Into<String>) -> PolicyFileError {
        PolicyFileError::new(self.text, at, Some(format!("{}{key}", self.prefix)), message)
    }

    /// The position of the value of `key`, in bytes; of the table if there is no such key.
    pub(super) fn position(&self, key: &str) -> usize {
        self.tree.get(key).map_or(self.at, |value| value.span().start)
    }
}

pub(super) fn quoted(text: &str) -> String {
    format!("{:?}", cut(text))
}

/// The first 40 characters of `text`.
fn cut(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_string(),
    }
}
