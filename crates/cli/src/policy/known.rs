//! The policies that have names: the vendors' presets, and the systems of the catalogue.

use std::{ffi::OsStr, path::PathBuf};

use clap::{
    Arg, Command,
    builder::{PossibleValue, TypedValueParser},
    error::{ContextKind, ContextValue, ErrorKind},
};
use sip_password::{CATALOGUE, Certainty, PRESETS, Preset, System, SystemGroup};

/// A policy that has a name.
#[derive(Clone, Copy)]
pub(crate) enum Known {
    Preset(&'static Preset),
    System(&'static System),
}

impl Known {
    /// Every policy: the vendors' first, then the systems by group.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        PRESETS.iter().copied().map(Self::Preset).chain(CATALOGUE.iter().map(Self::System))
    }

    /// The policy with this name or alias, in any case of letters.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let preset = PRESETS.iter().copied().find(|preset| preset.name.eq_ignore_ascii_case(name));
        preset.map(Self::Preset).or_else(|| System::named(name).map(Self::System))
    }

    /// The policy with its head.
    pub(crate) const fn preset(self) -> &'static Preset {
        match self {
            Self::Preset(preset) => preset,
            Self::System(system) => &system.preset,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        self.preset().name
    }

    pub(crate) const fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Preset(_) => &[],
            Self::System(system) => system.aliases,
        }
    }

    pub(crate) const fn title(self) -> &'static str {
        self.preset().title
    }

    /// The group of a system; a vendor has none.
    pub(crate) const fn group(self) -> Option<SystemGroup> {
        match self {
            Self::Preset(_) => None,
            Self::System(system) => Some(system.group),
        }
    }

    /// Whether each word of a text is in the name, an alias, the title or the group, in any case of letters.
    pub(crate) fn matches(self, text: &str) -> bool {
        let group = self.group().map_or("vendors", SystemGroup::name);
        let own = [self.name(), self.title(), group].into_iter().chain(self.aliases().iter().copied());
        let own: Vec<String> = own.map(str::to_lowercase).collect();
        text.to_lowercase().split_whitespace().all(|word| own.iter().any(|one| one.contains(word)))
    }
}

/// What a list says of a policy unless its certainty is high.
pub(crate) fn unsure(certainty: Option<Certainty>) -> String {
    match certainty {
        Some(certainty) if certainty < Certainty::High => format!("; certainty: {certainty}"),
        _ => String::new(),
    }
}

/// The names and aliases of all policies.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    Known::all().flat_map(|known| [known.name()].into_iter().chain(known.aliases().iter().copied()))
}

/// The names of all policies with their titles, for completions.
pub(crate) fn values() -> impl Iterator<Item = PossibleValue> {
    Known::all().map(|known| PossibleValue::new(known.name()).help(known.title()))
}

/// For the value of an argument: the name of a policy.
#[derive(Clone, Copy)]
pub(crate) struct KnownParser;

impl TypedValueParser for KnownParser {
    type Value = Known;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Known, clap::Error> {
        value.to_str().and_then(Known::named).ok_or_else(|| wrong_name(command, argument, value))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(values()))
    }
}

/// The policy of a name, or of a file whose name ends with `.toml`.
#[derive(Clone)]
pub(crate) enum KnownOrFile {
    Known(Known),
    File(PathBuf),
}

/// For the value of an argument: the name of a policy, or of a file whose name ends with `.toml`.
#[derive(Clone, Copy)]
pub(crate) struct KnownOrFileParser;

impl TypedValueParser for KnownOrFileParser {
    type Value = KnownOrFile;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<KnownOrFile, clap::Error> {
        let path = PathBuf::from(value);
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml")) {
            return Ok(KnownOrFile::File(path));
        }
        KnownParser.parse_ref(command, argument, value).map(KnownOrFile::Known)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        KnownParser.possible_values()
    }
}

/// The error of `clap` about a value that is none of a list. It lists the vendors, and says how many more there are.
fn wrong_name(command: &Command, argument: Option<&Arg>, value: &OsStr) -> clap::Error {
    let mut error = clap::Error::new(ErrorKind::InvalidValue).with_cmd(command);
    if let Some(argument) = argument {
        error.insert(ContextKind::InvalidArg, ContextValue::String(argument.to_string()));
    }
    error.insert(ContextKind::InvalidValue, ContextValue::String(value.to_string_lossy().into_owned()));
    let vendors = PRESETS.iter().map(|preset| preset.name.to_owned());
    error.insert(ContextKind::ValidValue, ContextValue::Strings(vendors.collect()));
    let more = format!("'sip-password explain --all' lists {} more", CATALOGUE.len());
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![more.into()]));
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Completions put them into scripts of shells.
    #[test]
    fn titles_mean_nothing_to_a_shell() {
        for known in Known::all() {
            assert!(!known.title().contains(['$', '"', '\\', '`']), "{}", known.name());
        }
    }

    #[test]
    fn names_and_aliases() {
        for name in names() {
            assert!(Known::named(&name.to_uppercase()).is_some(), "{name}");
        }
        assert_eq!(Known::named("aws").map(Known::name), Some("chime"));
        assert_eq!(Known::named("asterisk").map(Known::name), Some("freepbx"));
        assert!(Known::named("").is_none());
        let found =
            |text| Known::all().filter(|known| known.matches(text)).map(Known::name).collect::<Vec<_>>();
        assert_eq!(found("tw"), ["twilio"]);
        assert_eq!(found("SIPCITY"), ["2talk"]);
        assert_eq!(found("phone CISCO"), ["cisco-phone"]);
        assert_eq!(found("stores").len(), 4);
        assert_eq!(found(""), Known::all().map(Known::name).collect::<Vec<_>>());
    }
}
