//! The format of a language's file: a message a line, `name = text` or `name[form] = text`.

use std::{borrow::ToOwned, string::String, vec::Vec};

use super::{
    MessagesError,
    plural::{Form, PluralRule},
};

/// Every message, and the placeholders that its text may use.
pub(super) const MESSAGES: [(&str, &[&str]); 15] = [
    ("too-short", &["found", "expected"]),
    ("too-long", &["found", "expected"]),
    ("not-ascii", &["found", "position"]),
    ("not-allowed", &["found", "position"]),
    ("too-few-classes", &["found", "expected", "classes"]),
    ("too-few-of-class", &["found", "expected", "class"]),
    ("too-many-repeats", &["found", "expected"]),
    ("wrong-first", &["classes"]),
    ("contains-context", &[]),
    ("too-long-run", &["found", "expected", "classes"]),
    ("too-long-sequence", &["found", "expected"]),
    ("too-few-distinct", &["found", "expected"]),
    ("reason", &["kind", "text"]),
    ("list-of-reasons", &["left", "right"]),
    ("list-of-classes", &["left", "right"]),
];

/// One message in one form.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) name: String,
    pub(super) form: Form,
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Placeholder(&'static str),
}

impl Message {
    /// The text, with each placeholder replaced by its value.
    pub(super) fn fill(&self, values: &[(&str, String)]) -> String {
        let value = |name: &str| values.iter().find(|(other, _)| *other == name).map(|(_, value)| value);
        let part = |part| match part {
            &Part::Placeholder(name) => value(name).map_or("", String::as_str),
            Part::Text(text) => text,
        };
        self.parts.iter().map(part).collect()
    }
}

/// The messages of a file, complete and each of them once.
pub(super) fn parse(text: &str, rule: PluralRule) -> Result<Vec<Message>, MessagesError> {
    let mut messages: Vec<Message> = Vec::new();
    // Some editors begin a file with a byte-order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (line, content) in (1..).zip(text.lines().map(str::trim)) {
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let message = message(line, content, rule)?;
        if messages.iter().any(|other| other.name == message.name && other.form == message.form) {
            return Err(MessagesError::Duplicate { line });
        }
        messages.push(message);
    }
    let missing =
        |name: &str| !messages.iter().any(|message| message.name == name && message.form == Form::Other);
    match MESSAGES.into_iter().find(|&(name, _)| missing(name)) {
        Some((name, _)) => Err(MessagesError::Missing { name }),
        None => Ok(messages),
    }
}

fn message(line: usize, content: &str, rule: PluralRule) -> Result<Message, MessagesError> {
    let (full_name, text) = content.split_once('=').ok_or(MessagesError::Syntax { line })?;
    let (full_name, text) = (full_name.trim_end(), text.trim_start());
    let unknown = || MessagesError::UnknownName { line, name: full_name.to_owned() };
    let (name, suffix) = match full_name.strip_suffix(']').and_then(|name| name.split_once('[')) {
        Some((name, suffix)) => (name, Some(suffix)),
        None => (full_name, None),
    };
    let placeholders = match MESSAGES.into_iter().find(|&(known, _)| known == name) {
        Some((_, placeholders)) => placeholders,
        None if name.starts_with("class-") => &[],
        None => return Err(unknown()),
    };
    let form = match suffix {
        None => Form::Other,
        Some(suffix) if placeholders.contains(&"found") => rule.named(suffix).ok_or_else(unknown)?,
        Some(_) => return Err(unknown()),
    };
    Ok(Message { name: name.to_owned(), form, parts: parts(line, text, placeholders)? })
}

fn parts(line: usize, text: &str, placeholders: &[&'static str]) -> Result<Vec<Part>, MessagesError> {
    let syntax = MessagesError::Syntax { line };
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, brace) = rest.split_at(at);
        let inner = brace.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        let (name, after) = inner.ok_or_else(|| syntax.clone())?;
        let known = placeholders.iter().find(|&&known| known == name.trim());
        let unknown = || MessagesError::UnknownPlaceholder { line, placeholder: name.to_owned() };
        parts.push(Part::Text(before.to_owned()));
        parts.push(Part::Placeholder(known.copied().ok_or_else(unknown)?));
        rest = after;
    }
    parts.push(Part::Text(rest.to_owned()));
    if text.is_empty() { Err(syntax) } else { Ok(parts) }
}
