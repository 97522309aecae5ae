//! Writes a policy file.

use core::fmt;
use std::borrow::ToOwned;

use toml_writer::{TomlStringBuilder, WriteTomlValue};

use super::{PolicyFile, characters::Written};
use crate::{
    policy::Policy,
    rules::{FIELDS, Rules, class::Class},
};

/// The file, which [`PolicyFile::parse`] reads as the same. Keys have the order of the type's description; a key that states a
/// default is left out.
impl fmt::Display for PolicyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules = self.policy.rules();
        const _: () = assert!(FIELDS == 16, "a rule that was added must be written here");
        let certainty = self.certainty.map(|certainty| certainty.name().to_owned());
        let texts = [
            ("name", &self.name),
            ("title", &self.title),
            ("source", &self.source),
            ("read", &self.read),
            ("certainty", &certainty),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                writeln!(f, "{key} = {}", Quoted(text))?;
            }
        }
        if !self.notes.is_empty() {
            writeln!(f, "notes = [")?;
            self.notes.iter().try_for_each(|note| writeln!(f, "    {},", Quoted(note)))?;
            writeln!(f, "]")?;
        }
        if texts.iter().any(|(_, text)| text.is_some()) || !self.notes.is_empty() {
            writeln!(f)?;
        }
        writeln!(f, "min_length = {}\nmax_length = {}", rules.min_length(), rules.max_length())?;
        if rules.default_length() != self.usual_length() {
            writeln!(f, "default_length = {}", rules.default_length())?;
        }
        if rules.min_classes() > 0 {
            writeln!(f, "min_classes = {}", rules.min_classes())?;
        }
        let sets = [
            ("uncounted", rules.uncounted()),
            ("excluded", rules.excluded()),
            ("excluded_first", rules.excluded_first()),
        ];
        for (key, set) in sets {
            if !set.is_empty() {
                writeln!(f, "{key} = {}", Quoted(Written(set)))?;
            }
        }
        write_order(&self.policy, &rules, f)?;
        rules.classes().iter().try_for_each(|class| write_class(class, f))
    }
}

/// The rules on what follows what, and on words.
fn write_order(policy: &Policy, rules: &Rules, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let Some(max) = rules.max_repeat() {
        writeln!(f, "max_repeat = {max}")?;
    }
    if let Some((max, classes)) = rules.max_run() {
        writeln!(f, "max_run = {max}")?;
        if classes.len() < rules.classes().len() {
            let names = policy.classes().only(classes);
            writeln!(f, "run_classes = {}", List(names.iter().map(|class| Quoted(class.name().to_owned()))))?;
        }
    }
    if let Some(max) = rules.max_sequence() {
        writeln!(f, "max_sequence = {max}")?;
    }
    if rules.min_distinct() > 0 {
        writeln!(f, "min_distinct = {}", rules.min_distinct())?;
    }
    if let Some(first) = rules.first() {
        let names = policy.classes().only(first);
        writeln!(f, "first = {}", List(names.iter().map(|class| Quoted(class.name().to_owned()))))?;
    }
    match (rules.context().count(), rules.context().next()) {
        (1, Some(word)) => writeln!(f, "context = {}", Quoted(word))?,
        (0, _) => {}
        _ => writeln!(f, "context = {}", List(rules.context().map(Quoted)))?,
    }
    if rules.reversed_context() {
        writeln!(f, "context_reversed = true")?;
    }
    Ok(())
}

fn write_class(class: &Class, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f, "\n[[class]]\nname = {}", Quoted(class.name()))?;
    writeln!(f, "characters = {}", Quoted(Written(class.characters())))?;
    if class.minimum() > 0 {
        writeln!(f, "minimum = {}", class.minimum())?;
    }
    Ok(())
}

impl PolicyFile {
    /// The default length of a file that states none.
    fn usual_length(&self) -> u8 {
        Policy::usual_length(&self.policy.rules(), self.generated(), Rules::new().default_length())
    }
}

/// A TOML list in one line.
struct List<I>(I);

impl<I> fmt::Display for List<I>
where
    I: Iterator<Item: fmt::Display> + Clone,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (number, item) in self.0.clone().enumerate() {
            write!(f, "{}{item}", if number == 0 { "" } else { ", " })?;
        }
        f.write_str("]")
    }
}

/// A TOML string in one line: literal in `'…'` if `"…"` would need escapes and `'…'` can hold it.
struct Quoted<T>(T);

impl<T: fmt::Display> fmt::Display for Quoted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = std::format!("{}", self.0);
        let string = TomlStringBuilder::new(&text);
        let string =
            string.as_basic_pretty().or_else(|| string.as_literal()).unwrap_or_else(|| string.as_basic());
        string.write_toml_value(f)
    }
}
