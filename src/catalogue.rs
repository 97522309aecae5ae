//! The rules of many SIP systems, each with its source.
//!
//! A system is a file in `presets/` and a line in `presets/index.toml`; the modules of the groups are made from these. Their policies are
//! data that the compiler counts nothing for: counting the passwords of a system that refuses sequences would take it minutes.

#[rustfmt::skip] // One line a rule.
pub mod cloud;
#[rustfmt::skip]
pub mod pbx;
#[rustfmt::skip]
pub mod phone;
#[rustfmt::skip]
pub mod store;

use core::fmt;

use crate::{presets::Preset, rules::charset::CharSet};

/// A system that states a rule for passwords of SIP phones, or for its neighbouring ones.
///
/// ```
/// use sip_password::{System, catalogue};
///
/// let twilio = System::named("Twilio").expect("it is in the catalogue");
/// assert!(twilio.preset.policy.check("Not-a-real-1").is_ok());
/// assert_eq!(twilio.preset.certainty.name(), "high");
///
/// // Firmware that names one policy holds that one.
/// assert_eq!(*twilio.preset.policy, catalogue::cloud::TWILIO);
/// ```
///
/// The vendors whose interfaces this library speaks are not among them: they are in [`PRESETS`](crate::PRESETS).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct System {
    /// The policy, with its name and its source.
    pub preset: Preset,
    /// Other names by which it is found.
    pub aliases: &'static [&'static str],
    /// What kind of system it is.
    pub group: SystemGroup,
}

/// A kind of system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SystemGroup {
    /// Services in the cloud.
    Cloud,
    /// Private branch exchanges.
    Pbx,
    /// Phones, clients and gateways.
    Phone,
    /// Servers and tools that store the passwords of a registrar.
    Store,
}

/// Every system, by group and name.
pub const CATALOGUE: &[System] = &joined([cloud::SYSTEMS, pbx::SYSTEMS, phone::SYSTEMS, store::SYSTEMS]);

const COUNT: usize = cloud::SYSTEMS.len() + pbx::SYSTEMS.len() + phone::SYSTEMS.len() + store::SYSTEMS.len();

const fn joined(groups: [&[System]; 4]) -> [System; COUNT] {
    let mut all = [groups[0][0]; COUNT];
    let (mut group, mut at) = (0, 0);
    while group < groups.len() {
        let mut rest = groups[group];
        while let [system, others @ ..] = rest {
            all[at] = *system;
            (at, rest) = (at + 1, others);
        }
        group += 1;
    }
    all
}

/// What sources that name no characters leave to a system: accepted, and not generated.
const NOT_ALPHANUMERIC: CharSet = CharSet::PRINTABLE
    .difference(CharSet::UPPERCASE)
    .difference(CharSet::LOWERCASE)
    .difference(CharSet::DIGITS);

impl System {
    /// The system with this name or alias, in any case of ASCII letters.
    pub fn named(name: &str) -> Option<&'static Self> {
        let is_named = |system: &&Self| {
            let mut names = core::iter::once(&system.preset.name).chain(system.aliases);
            names.any(|one| one.eq_ignore_ascii_case(name))
        };
        CATALOGUE.iter().find(is_named)
    }
}

impl SystemGroup {
    /// Every group, in the order of the catalogue.
    pub const ALL: [Self; 4] = [Self::Cloud, Self::Pbx, Self::Phone, Self::Store];

    /// The group in words: `"phones and gateways"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cloud => "cloud services",
            Self::Pbx => "PBX",
            Self::Phone => "phones and gateways",
            Self::Store => "stores",
        }
    }
}

impl fmt::Display for SystemGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The compiler joins the groups; a program joins them alike.
    #[test]
    fn every_group_is_joined() {
        let groups = [cloud::SYSTEMS, pbx::SYSTEMS, phone::SYSTEMS, store::SYSTEMS];
        let names = joined(groups).map(|system| system.preset.name);
        assert!(names.iter().eq(groups.concat().iter().map(|system| &system.preset.name)));
        assert!(CATALOGUE.iter().map(|system| system.preset.name).eq(names));
    }
}
