//! A policy file, written.

use core::fmt;

use super::{PolicyFile, characters::Written};
use crate::policy::usual_length;

/// The file: every key in the order of the type's description, without those that say what holds anyway. Cost: as
/// [`PolicyFile::parse`].
///
/// [`PolicyFile::parse`] reads it as the same, whatever `parse` can return. Where the rules are no policy it is
/// TOML that `parse` refuses.
impl fmt::Display for PolicyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules = &self.rules;
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
        writeln!(f, "min_length = {}\nmax_length = {}", rules.min_length, rules.max_length)?;
        if rules.default_length != usual_length(&rules.rules(&rules.classes())) {
            writeln!(f, "default_length = {}", rules.default_length)?;
        }
        if rules.required_classes > 0 {
            writeln!(f, "required_classes = {}", rules.required_classes)?;
        }
        for (key, set) in [("uncounted", rules.uncounted), ("never_generated", rules.never_generated)] {
            if !set.is_empty() {
                writeln!(f, "{key} = {}", Quoted(Written(set)))?;
            }
        }
        if let Some(run) = rules.longest_run {
            writeln!(f, "longest_run = {run}")?;
        }
        if let Some(first) = rules.first {
            write!(f, "first = [")?;
            for (number, class) in first.iter().filter_map(|place| rules.classes.get(place)).enumerate() {
                write!(f, "{}{}", if number == 0 { "" } else { ", " }, Quoted(&class.name))?;
            }
            writeln!(f, "]")?;
        }
        if let Some(word) = &rules.context {
            writeln!(f, "context = {}", Quoted(word))?;
        }
        for class in &rules.classes {
            writeln!(f, "\n[[class]]\nname = {}", Quoted(&class.name))?;
            writeln!(f, "characters = {}", Quoted(Written(class.characters)))?;
            if class.minimum > 0 {
                writeln!(f, "minimum = {}", class.minimum)?;
            }
        }
        Ok(())
    }
}

/// A TOML string: as it is in `'…'` where `"…"` would need escapes and `'…'` can have it.
struct Quoted<T>(T);

impl<T: fmt::Display> fmt::Display for Quoted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = std::format!("{}", self.0);
        let literal = !text.contains(|c: char| c == '\'' || c.is_control());
        if literal && text.contains(['"', '\\']) {
            return write!(f, "'{text}'");
        }
        f.write_str("\"")?;
        for character in text.chars() {
            match character {
                '"' | '\\' => write!(f, "\\{character}")?,
                _ if character.is_control() => write!(f, "\\u{:04X}", u32::from(character))?,
                _ => write!(f, "{character}")?,
            }
        }
        f.write_str("\"")
    }
}
