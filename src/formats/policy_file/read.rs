//! A policy file, read.

use std::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{PolicyFile, PolicyFileError, characters};
use crate::{
    policy::{Conflict, Policy, PolicyError, usual_length},
    rules::{
        MAX_LENGTH,
        charset::CharSet,
        class::{ClassSet, MAX_CLASSES},
        owned::{OwnedClass, OwnedRules},
    },
};

const KEYS: [&str; 14] = [
    "name",
    "title",
    "source",
    "notes",
    "min_length",
    "max_length",
    "default_length",
    "required_classes",
    "uncounted",
    "never_generated",
    "longest_run",
    "first",
    "context",
    "class",
];
const CLASS_KEYS: [&str; 3] = ["name", "characters", "minimum"];

const LONGEST: u8 = MAX_LENGTH as u8;

pub(super) fn read(text: &str) -> Result<PolicyFile, PolicyFileError> {
    let tree = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        PolicyFileError::new(text, at, None, error.message())
    })?;
    let file = Table { text, tree: tree.get_ref(), of: String::new(), at: 0 };
    file.only(&KEYS)?;
    let classes = file.classes()?;
    Ok(PolicyFile {
        name: file.words("name")?,
        title: file.words("title")?,
        source: file.words("source")?,
        notes: file.list("notes")?.unwrap_or_default().into_iter().map(|(note, _)| note).collect(),
        rules: rules(&file, &classes)?,
    })
}

fn rules(file: &Table<'_>, tables: &[Table<'_>]) -> Result<OwnedRules, PolicyFileError> {
    let classes = tables.iter().map(Table::class).collect::<Result<Vec<_>, _>>()?;
    distinct(tables, &classes)?;
    let default_length = file.number("default_length", 1, LONGEST)?;
    let mut rules = OwnedRules {
        min_length: file.number("min_length", 1, LONGEST)?.ok_or_else(|| file.missing("min_length"))?,
        max_length: file.number("max_length", 1, LONGEST)?.ok_or_else(|| file.missing("max_length"))?,
        default_length: default_length.unwrap_or_default(),
        required_classes: file.number("required_classes", 0, MAX_CLASSES as u8)?.unwrap_or(0),
        uncounted: file.characters("uncounted")?.unwrap_or(CharSet::EMPTY),
        never_generated: file.characters("never_generated")?.unwrap_or(CharSet::EMPTY),
        longest_run: file.number("longest_run", 1, u8::MAX)?,
        first: first(file, &classes)?,
        context: file.words("context")?,
        classes,
    };
    if default_length.is_none() {
        rules.default_length = usual_length(&rules.rules(&rules.classes()));
    }
    match Policy::new(rules.rules(&rules.classes())) {
        Ok(_) => Ok(rules),
        Err(error) => Err(located(error, &rules, file, tables)),
    }
}

/// Messages and `first` call a class by its name.
fn distinct(tables: &[Table<'_>], classes: &[OwnedClass]) -> Result<(), PolicyFileError> {
    for (place, (table, class)) in tables.iter().zip(classes).enumerate() {
        if let Some(other) = classes.iter().take(place).position(|other| other.name == class.name) {
            let message = format!("class {} has this name too; wanted is one of its own", other + 1);
            return Err(table.wrong("name", message));
        }
    }
    Ok(())
}

fn first(file: &Table<'_>, classes: &[OwnedClass]) -> Result<Option<ClassSet>, PolicyFileError> {
    let Some(names) = file.list("first")? else {
        return Ok(None);
    };
    let known: Vec<_> = classes.iter().map(|class| quoted(&class.name)).collect();
    let wanted = format!("wanted are names of classes: {}", known.join(", "));
    if names.is_empty() {
        return Err(file.wrong("first", format!("found no name; {wanted}")));
    }
    let mut set = ClassSet::EMPTY;
    for (name, at) in names {
        let place = classes.iter().position(|class| class.name == name);
        let message = || format!("no class has the name {}; {wanted}", quoted(&name));
        set = set.with(place.ok_or_else(|| file.error("first", at, message()))?);
    }
    Ok(Some(set))
}

/// The error of [`Policy::new`] at the key that it is about.
fn located(
    error: PolicyError,
    rules: &OwnedRules,
    file: &Table<'_>,
    classes: &[Table<'_>],
) -> PolicyFileError {
    let (min, max) = (rules.min_length, rules.max_length);
    match error {
        PolicyError::Lengths { .. } => {
            file.wrong("min_length", format!("found {min}; wanted is at most max_length, which is {max}"))
        }
        PolicyError::DefaultLength { default } => file.wrong(
            "default_length",
            format!("found {default}; wanted is an allowed length, which is from {min} to {max}"),
        ),
        PolicyError::TooManyClasses { classes: count } => {
            let at = classes.get(MAX_CLASSES).map_or(file.at, |class| class.at);
            file.error("class", at, format!("found {count}; wanted are at most {MAX_CLASSES}"))
        }
        PolicyError::EmptyClass { place } if let Some(class) = classes.get(place) => {
            class.wrong("characters", "found none; wanted is at least one")
        }
        PolicyError::Overlap { first, second } if let Some(class) = rules.classes.get(first) => {
            let other = rules.classes.get(second).map_or(rules.uncounted, |class| class.characters);
            let both = class.characters.intersection(other).iter().next().unwrap_or_default();
            let message = format!("{both:?} stands in class {} too", quoted(&class.name));
            match classes.get(second) {
                Some(table) => {
                    table.wrong("characters", format!("{message}; no character can count for two classes"))
                }
                None => file.wrong("uncounted", format!("{message}; wanted are characters of no class")),
            }
        }
        PolicyError::NoCharacters => file.wrong(
            "class",
            "no character may stand in a password; wanted is a [[class]] with its characters",
        ),
        PolicyError::RequiredClasses { required, classes } => file.wrong(
            "required_classes",
            format!("found {required}; wanted is at most the number of classes, which is {classes}"),
        ),
        PolicyError::Minima { sum, max } => {
            let last = rules.classes.iter().rposition(|class| class.minimum > 0);
            let message = format!("the minima add up to {sum}; wanted is at most max_length, which is {max}");
            last.and_then(|place| classes.get(place)).unwrap_or(file).wrong("minimum", message)
        }
        PolicyError::Context { length } => {
            file.wrong("context", format!("found {length} bytes; wanted is a word of 1 to {MAX_LENGTH}"))
        }
        PolicyError::Infeasible { conflict } | PolicyError::NothingToGenerate { conflict } => {
            together(&conflict, rules, file, classes)
        }
        // What no single key can be blamed for names the rules itself.
        _ => PolicyFileError::new(file.text, file.place("default_length"), None, error.to_string()),
    }
}

/// Rules that cannot hold together, at the first of them.
fn together(
    conflict: &Conflict,
    rules: &OwnedRules,
    file: &Table<'_>,
    classes: &[Table<'_>],
) -> PolicyFileError {
    let keys = [
        (conflict.required_classes, "required_classes"),
        (conflict.longest_run, "longest_run"),
        (conflict.first, "first"),
        (conflict.context, "context"),
        (conflict.never_generated, "never_generated"),
    ];
    let keys: Vec<_> = keys.into_iter().filter(|(part, _)| *part).map(|(_, key)| key).collect();
    let minima = conflict.minima.iter().filter_map(|place| rules.classes.get(place));
    let minima = minima.map(|class| format!("minimum of {}", quoted(&class.name)));
    let names: Vec<_> = minima.chain(keys.iter().map(|&key| key.into())).collect();
    let length = conflict.length;
    let message = match names.as_slice() {
        [alone] => format!(
            "{alone} leaves no password of {length} characters, the default length; wanted is another, or another \
             default_length"
        ),
        names => format!(
            "no password of {length} characters, the default length, satisfies {} together; wanted is another of them, \
             or another default_length",
            names.join(" and ")
        ),
    };
    match (conflict.minima.iter().find_map(|place| classes.get(place)), keys.first()) {
        (Some(class), _) => class.wrong("minimum", message),
        (None, Some(key)) => file.wrong(key, message),
        (None, None) => PolicyFileError::new(file.text, file.place("default_length"), None, message),
    }
}

/// The file, or one of its classes.
struct Table<'t> {
    text: &'t str,
    tree: &'t DeTable<'t>,
    /// What stands before a key in messages: nothing, or the class's name and a comma.
    of: String,
    /// Where it starts, in bytes.
    at: usize,
}

impl<'t> Table<'t> {
    fn classes(&self) -> Result<Vec<Self>, PolicyFileError> {
        let found = |value| format!("found {}; wanted is a [[class]] for each class", self.found(value));
        let array = match self.tree.get("class") {
            None => return Ok(Vec::new()),
            Some(value) => match value.get_ref() {
                DeValue::Array(array) => array,
                _ => return Err(self.wrong("class", found(value))),
            },
        };
        let table = |(number, value): (usize, &'t Spanned<DeValue<'t>>)| match value.get_ref() {
            DeValue::Table(tree) => {
                let of = match tree.get("name").map(Spanned::get_ref) {
                    Some(DeValue::String(name)) if !name.is_empty() => format!("class {}, ", quoted(name)),
                    _ => format!("class {number}, "),
                };
                Ok(Self { text: self.text, tree, of, at: value.span().start })
            }
            _ => Err(self.error("class", value.span().start, found(value))),
        };
        (1..).zip(array.iter()).map(table).collect()
    }

    fn class(&self) -> Result<OwnedClass, PolicyFileError> {
        self.only(&CLASS_KEYS)?;
        Ok(OwnedClass {
            name: self.words("name")?.ok_or_else(|| self.missing("name"))?,
            characters: self.characters("characters")?.ok_or_else(|| self.missing("characters"))?,
            minimum: self.number("minimum", 0, LONGEST)?.unwrap_or(0),
        })
    }

    /// Refuses every key that is not `known`.
    fn only(&self, known: &[&str]) -> Result<(), PolicyFileError> {
        let unknown = self.tree.keys().filter(|key| !known.contains(&key.get_ref().as_ref()));
        let Some(key) = unknown.min_by_key(|key| key.span().start) else {
            return Ok(());
        };
        let mut message = format!("there is no such key; wanted is one of {}", known.join(", "));
        if KEYS.contains(&key.get_ref().as_ref()) {
            message = "it belongs to the whole policy; wanted is a place above the first [[class]]".into();
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
        let shown = if key.get_ref().chars().all(plain) { cut(key.get_ref()) } else { quoted(key.get_ref()) };
        Err(self.error(&shown, key.span().start, message))
    }

    fn number(&self, key: &str, least: u8, most: u8) -> Result<Option<u8>, PolicyFileError> {
        let Some(value) = self.tree.get(key) else {
            return Ok(None);
        };
        let number = match value.get_ref() {
            DeValue::Integer(number) => u8::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        let message = || {
            let whose = if key.ends_with("_length") { ", the limit of this library" } else { "" };
            let found = self.found(value);
            format!("found {found}; wanted is a whole number from {least} to {most}{whose}")
        };
        let number = number.filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| self.wrong(key, message())).map(Some)
    }

    fn characters(&self, key: &str) -> Result<Option<CharSet>, PolicyFileError> {
        let Some(value) = self.tree.get(key) else {
            return Ok(None);
        };
        let DeValue::String(text) = value.get_ref() else {
            let found = self.found(value);
            return Err(
                self.wrong(key, format!("found {found}; wanted are characters in quotes, as \"A-Z_.\""))
            );
        };
        characters::read(text).map(Some).map_err(|message| self.wrong(key, message))
    }

    fn words(&self, key: &str) -> Result<Option<String>, PolicyFileError> {
        self.tree.get(key).map(|value| self.line(key, value)).transpose()
    }

    /// A list of texts, each with its place in bytes.
    fn list(&self, key: &str) -> Result<Option<Vec<(String, usize)>>, PolicyFileError> {
        let Some(value) = self.tree.get(key) else {
            return Ok(None);
        };
        let DeValue::Array(array) = value.get_ref() else {
            let found = self.found(value);
            return Err(
                self.wrong(key, format!("found {found}; wanted is a list of texts, as [\"…\", \"…\"]"))
            );
        };
        let texts = array.iter().map(|value| Ok((self.line(key, value)?, value.span().start)));
        texts.collect::<Result<_, _>>().map(Some)
    }

    /// Text that messages can show as it is: what a file brings along must not command a terminal.
    fn line(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<String, PolicyFileError> {
        match value.get_ref() {
            DeValue::String(text) if !text.is_empty() && !text.contains(char::is_control) => {
                Ok(text.clone().into_owned())
            }
            _ => {
                let found = self.found(value);
                let message =
                    format!("found {found}; wanted is one line of text in quotes, with a character at least");
                Err(self.error(key, value.span().start, message))
            }
        }
    }

    fn missing(&self, key: &str) -> PolicyFileError {
        self.error(key, self.at, "the key is missing, and needed")
    }

    /// An error about the value of `key`.
    fn wrong(&self, key: &str, message: impl Into<String>) -> PolicyFileError {
        self.error(key, self.place(key), message)
    }

    fn error(&self, key: &str, at: usize, message: impl Into<String>) -> PolicyFileError {
        PolicyFileError::new(self.text, at, Some(format!("{}{key}", self.of)), message)
    }

    /// Where the value of `key` starts, in bytes; where there is none, the table.
    fn place(&self, key: &str) -> usize {
        self.tree.get(key).map_or(self.at, |value| value.span().start)
    }

    /// A value, for a message.
    fn found(&self, value: &Spanned<DeValue<'_>>) -> String {
        match value.get_ref() {
            DeValue::String(text) => quoted(text),
            DeValue::Array(_) => "a list".into(),
            DeValue::Table(_) => "a table".into(),
            _ => cut(self.text.get(value.span()).unwrap_or_default()),
        }
    }
}

fn quoted(text: &str) -> String {
    format!("{:?}", cut(text))
}

/// As much of `text` as a message bears.
fn cut(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.into(),
    }
}
