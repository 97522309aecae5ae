//! Writes a policy file.

use core::fmt;

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
        const _: () = assert!(FIELDS == 11, "a rule that was added must be written here");
        for (key, text) in [("name", &self.name), ("title", &self.title), ("source", &self.source)] {
            if let Some(text) = text {
                writeln!(f, "{key} = {}", Quoted(text))?;
            }
        }
        if !self.notes.is_empty() {
            writeln!(f, "notes = [")?;
            self.notes.iter().try_for_each(|note| writeln!(f, "    {},", Quoted(note)))?;
            writeln!(f, "]")?;
        }
        let described = self.name.is_some() || self.title.is_some() || self.source.is_some();
        if described || !self.notes.is_empty() {
            writeln!(f)?;
        }
        writeln!(f, "min_length = {}\nmax_length = {}", rules.min_length(), rules.max_length())?;
        if rules.default_length() != self.usual_length() {
            writeln!(f, "default_length = {}", rules.default_length())?;
        }
        if rules.min_classes() > 0 {
            writeln!(f, "min_classes = {}", rules.min_classes())?;
        }
        for (key, set) in [("uncounted", rules.uncounted()), ("excluded", rules.excluded())] {
            if !set.is_empty() {
                writeln!(f, "{key} = {}", Quoted(Written(set)))?;
            }
        }
        if let Some(max) = rules.max_repeat() {
            writeln!(f, "max_repeat = {max}")?;
        }
        if let Some(first) = rules.first() {
            write!(f, "first = [")?;
            for (number, class) in self.policy.classes().only(first).iter().enumerate() {
                write!(f, "{}{}", if number == 0 { "" } else { ", " }, Quoted(class.name()))?;
            }
            writeln!(f, "]")?;
        }
        if let Some(word) = rules.context() {
            writeln!(f, "context = {}", Quoted(word))?;
        }
        rules.classes().iter().try_for_each(|class| write_class(class, f))
    }
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
        Policy::usual_length(&self.policy.rules(), &self.generated, Rules::new().default_length())
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
