//! Reads a policy file.

use std::{
    boxed::Box,
    format,
    string::{String, ToString},
    vec::Vec,
};

use toml::de::DeTable;

use super::{
    PolicyFile, PolicyFileError,
    table::{Table, quoted},
};
use crate::{
    counting::MAX_STATES,
    policy::{Conflict, Policy, PolicyError},
    presets::certainty::Certainty,
    rules::{
        MAX_CHECKED_LENGTH, MAX_LENGTH, Rules,
        class::{Class, ClassSet, MAX_CLASS_NAME, MAX_CLASS_NAMES, MAX_CLASSES},
    },
};

const KEYS: [&str; 22] = [
    "name",
    "title",
    "source",
    "read",
    "certainty",
    "notes",
    "min_length",
    "max_length",
    "default_length",
    "min_classes",
    "uncounted",
    "excluded",
    "excluded_first",
    "max_repeat",
    "max_run",
    "run_classes",
    "max_sequence",
    "min_distinct",
    "first",
    "context",
    "context_reversed",
    "class",
];
const CLASS_KEYS: [&str; 3] = ["name", "characters", "minimum"];

const LONGEST: u8 = MAX_LENGTH as u8;

pub(super) fn read(text: &str, max_states: usize) -> Result<PolicyFile, PolicyFileError> {
    let tree = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        PolicyFileError::new(text, at, None, error.message())
    })?;
    let file = Table { text, tree: tree.get_ref(), prefix: String::new(), at: 0 };
    file.only(&KEYS, &[])?;
    let (name, title, source) = (file.line("name")?, file.line("title")?, file.line("source")?);
    let (read, certainty) = (file.line("read")?, certainty(&file)?);
    let notes = file.lines("notes")?.unwrap_or_default().into_iter().map(|(note, _)| note).collect();
    let classes = file.classes()?;
    let rules = rules(&file, &classes)?;
    // The possible length nearest to the usual one, if the file states none.
    let usual =
        if file.tree.contains_key("default_length") { None } else { Some(Rules::new().default_length()) };
    let (policy, generated) =
        Policy::counted_within(rules.clone(), usual, max_states).map_err(|error| match error {
            PolicyError::TooComplex { states } if states <= MAX_STATES => {
                let message = format!(
                    "minimum, max_repeat, max_run, max_sequence, min_distinct and context: expected at most {max_states} states, found {states}, which take long to count"
                );
                PolicyFileError::new(text, file.position("default_length"), None, message)
            }
            error => located(error, &rules, &file, &classes),
        })?;
    Ok(PolicyFile {
        name,
        title,
        source,
        read,
        certainty,
        notes,
        policy,
        generated: Box::new(generated).into(),
    })
}

fn certainty(file: &Table<'_>) -> Result<Option<Certainty>, PolicyFileError> {
    let Some(name) = file.line("certainty")? else { return Ok(None) };
    let certainty = Certainty::ALL.into_iter().find(|certainty| certainty.name() == name);
    let message = || format!("expected \"high\", \"medium\" or \"low\", found {}", quoted(&name));
    certainty.map(Some).ok_or_else(|| file.wrong("certainty", message()))
}

fn rules(file: &Table<'_>, tables: &[Table<'_>]) -> Result<Rules, PolicyFileError> {
    let classes = tables.iter().map(class).collect::<Result<Vec<_>, _>>()?;
    check_names(tables, &classes)?;
    let missing = |key| move || file.missing(key);
    let mut rules = Rules::new()
        .with_lengths(
            file.number("min_length", 1, LONGEST)?.ok_or_else(missing("min_length"))?,
            file.number("max_length", 1, MAX_CHECKED_LENGTH)?.ok_or_else(missing("max_length"))?,
        )
        .with_classes(&classes)
        .with_min_classes(file.number("min_classes", 0, MAX_CLASSES as u8)?.unwrap_or_default())
        .with_uncounted(file.characters("uncounted")?.unwrap_or_default())
        .with_excluded(file.characters("excluded")?.unwrap_or_default())
        .with_excluded_first(file.characters("excluded_first")?.unwrap_or_default());
    if let Some(length) = file.number("default_length", 1, LONGEST)? {
        rules = rules.with_default_length(length);
    }
    if let Some(max) = file.number("max_repeat", 1, u8::MAX)? {
        rules = rules.with_max_repeat(max);
    }
    let of = set_of_classes(file, "run_classes", &classes)?;
    match (file.number("max_run", 1, u8::MAX)?, of) {
        (None, None) => {}
        (None, Some(_)) => {
            return Err(file.wrong("run_classes", "expected it beside max_run, found no max_run"));
        }
        (Some(max), of) => rules = rules.with_max_run(max, of.unwrap_or((0..classes.len()).collect())),
    }
    if let Some(max) = file.number("max_sequence", 1, u8::MAX)? {
        rules = rules.with_max_sequence(max);
    }
    rules = rules.with_min_distinct(file.number("min_distinct", 0, LONGEST)?.unwrap_or_default());
    if let Some(first) = set_of_classes(file, "first", &classes)? {
        rules = rules.with_first(first);
    }
    let words = file.words("context")?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let reversed = file.flag("context_reversed")?;
    if reversed && words.is_empty() {
        return Err(file.wrong("context_reversed", "expected it beside context, found no context"));
    }
    Ok(rules.with_context_words(&words).with_reversed_context(reversed))
}

fn class(table: &Table<'_>) -> Result<Class, PolicyFileError> {
    table.only(&CLASS_KEYS, &KEYS)?;
    let name = table.line("name")?.ok_or_else(|| table.missing("name"))?;
    let characters = table.characters("characters")?.ok_or_else(|| table.missing("characters"))?;
    Ok(Class::new(&name, characters).at_least(table.number("minimum", 0, LONGEST)?.unwrap_or_default()))
}

/// Names are short and unique: messages and `first` call a class by its name.
fn check_names(tables: &[Table<'_>], classes: &[Class]) -> Result<(), PolicyFileError> {
    for (index, (table, class)) in tables.iter().zip(classes).enumerate() {
        if class.text().is_too_long() {
            let found = class.text().len();
            let message = format!("expected at most {MAX_CLASS_NAME} bytes of UTF-8, found {found}");
            return Err(table.wrong("name", message));
        }
        if let Some(other) = classes.iter().take(index).position(|other| other.name() == class.name()) {
            let message = format!("expected a unique name, found that of class {}", other + 1);
            return Err(table.wrong("name", message));
        }
    }
    Ok(())
}

/// The classes that a list names.
fn set_of_classes(
    file: &Table<'_>,
    key: &str,
    classes: &[Class],
) -> Result<Option<ClassSet>, PolicyFileError> {
    let Some(names) = file.lines(key)? else {
        return Ok(None);
    };
    let known: Vec<_> = classes.iter().map(|class| quoted(class.name())).collect();
    let known = known.join(", ");
    if names.is_empty() {
        return Err(file.wrong(key, format!("expected names of classes ({known}), found none")));
    }
    let mut set = ClassSet::EMPTY;
    for (name, at) in names {
        let index = classes.iter().position(|class| class.name() == name);
        let message = || format!("expected the name of a class ({known}), found {}", quoted(&name));
        set = set.with(index.ok_or_else(|| file.error(key, at, message()))?);
    }
    Ok(Some(set))
}

/// The error of [`Policy::new`] at the key that it is about.
fn located(error: PolicyError, rules: &Rules, file: &Table<'_>, classes: &[Table<'_>]) -> PolicyFileError {
    match error {
        PolicyError::Lengths { min, max } => {
            file.wrong("min_length", format!("expected at most max_length, {max}, found {min}"))
        }
        PolicyError::DefaultLength { default, min, max } => file
            .wrong("default_length", format!("expected an allowed length, {min} to {max}, found {default}")),
        PolicyError::TooManyClasses { classes: found } => {
            let at = classes.get(MAX_CLASSES).map_or(file.at, |class| class.at);
            file.error("class", at, format!("expected at most {MAX_CLASSES} classes, found {found}"))
        }
        PolicyError::Overlap { first, second } => overlap(first, second, rules, file, classes),
        PolicyError::NoCharacters => {
            file.wrong("class", "expected a [[class]] with characters, found no character that is allowed")
        }
        PolicyError::MinClasses { required, classes } => file.wrong(
            "min_classes",
            format!("expected at most the number of classes, {classes}, found {required}"),
        ),
        PolicyError::Minima { sum, max } => {
            let last = rules.classes().iter().rposition(|class| class.minimum() > 0);
            let longest = match usize::from(max) <= MAX_LENGTH {
                true => format!("max_length, {max}"),
                false => format!("{MAX_LENGTH} (the limit of this library)"),
            };
            let message = format!("expected minima that add up to at most {longest}, found a sum of {sum}");
            last.and_then(|index| classes.get(index)).unwrap_or(file).wrong("minimum", message)
        }
        PolicyError::Context { length } => {
            let expected = "expected words of at least 1 byte, and of at most";
            let list = " together, with one more for each word after the first";
            let list = if file.has_list("context") { list } else { "" };
            file.wrong("context", format!("{expected} {MAX_LENGTH} bytes{list}; found {length}"))
        }
        PolicyError::MaxRun { .. } => {
            file.wrong("max_run", "expected a [[class]] that it is about, found none")
        }
        PolicyError::MinDistinct { found, max } => {
            let expected = "expected at most max_length and at most the number of allowed characters";
            let accepted = rules.accepted().len();
            file.wrong("min_distinct", format!("{expected}, {max} and {accepted}; found {found}"))
        }
        PolicyError::EmptyClass { index } => {
            let message = "expected at least one character, found none";
            classes.get(index).unwrap_or(file).wrong("characters", message)
        }
        PolicyError::ClassNames { length } => {
            let message =
                format!("expected at most {MAX_CLASS_NAMES} bytes in all names together, found {length}");
            classes.last().unwrap_or(file).wrong("name", message)
        }
        PolicyError::Infeasible { conflict } | PolicyError::NothingToGenerate { conflict } => {
            conflicting(&conflict, rules, file, classes)
        }
        // An error that no single key causes names the rules itself.
        _ => PolicyFileError::new(file.text, file.position("default_length"), None, error.to_string()),
    }
}

fn overlap(
    first: usize,
    second: usize,
    rules: &Rules,
    file: &Table<'_>,
    classes: &[Table<'_>],
) -> PolicyFileError {
    let both = rules.slot(first).intersection(rules.slot(second)).iter().next().unwrap_or_default();
    let name = rules.classes().get(first).map_or_else(String::new, |class| quoted(class.name()));
    let message = format!("found {both:?}, which is also in class {name}");
    match classes.get(second) {
        Some(table) => table.wrong("characters", format!("expected characters of no other class, {message}")),
        None => file.wrong("uncounted", format!("expected characters of no class, {message}")),
    }
}

/// Rules that conflict, at the first of them.
fn conflicting(
    conflict: &Conflict,
    rules: &Rules,
    file: &Table<'_>,
    classes: &[Table<'_>],
) -> PolicyFileError {
    let keys = [
        (conflict.min_classes, "min_classes"),
        (conflict.max_repeat, "max_repeat"),
        (conflict.max_run, "max_run"),
        (conflict.max_sequence, "max_sequence"),
        (conflict.min_distinct, "min_distinct"),
        (conflict.first, "first"),
        (conflict.context, "context"),
        (conflict.excluded, "excluded"),
        (conflict.excluded_first, "excluded_first"),
    ];
    let keys: Vec<_> = keys.into_iter().filter(|(part, _)| *part).map(|(_, key)| key).collect();
    let minima = conflict.minima.iter().filter_map(|index| rules.classes().get(index));
    let minima = minima.map(|class| format!("minimum of {}", quoted(class.name())));
    let names: Vec<_> = minima.chain(keys.iter().map(|&key| key.into())).collect();
    let message = format!(
        "no password of the default length, {} characters, satisfies {}{}; change {} or default_length",
        conflict.length,
        names.join(" and "),
        if names.len() > 1 { " together" } else { "" },
        if names.len() > 1 { "one of them" } else { "it" },
    );
    match (conflict.minima.iter().find_map(|index| classes.get(index)), keys.first()) {
        (Some(class), _) => class.wrong("minimum", message),
        (None, Some(key)) => file.wrong(key, message),
        (None, None) => PolicyFileError::new(file.text, file.position("default_length"), None, message),
    }
}
