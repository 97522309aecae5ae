//! The vendors' rules, one file a vendor.
//!
//! A [`Preset`] is a vendor's policy with its name, its source and what the source leaves open.

pub(crate) mod certainty;
pub(crate) mod exotel;
pub(crate) mod huawei;
pub(crate) mod nxcloud;
pub(crate) mod safe_for;

use crate::{
    policy::Policy,
    rules::{charset::CharSet, class::Class},
};

use certainty::Certainty;
pub use exotel::EXOTEL;
pub use huawei::HUAWEI;
pub use nxcloud::{NXCLOUD, NXCLOUD_RANDOM};

/// A vendor's policy with its name and its source.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Preset {
    /// The name in the command: `"nxcloud-random"`.
    pub name: &'static str,
    /// The vendor and the purpose: `"Huawei Cloud CEC, default rule group"`.
    pub title: &'static str,
    /// The policy.
    pub policy: &'static Policy,
    /// The document that states the rule.
    pub source: &'static str,
    /// The date of the document, or of the day when it was read: `"2025-11-13"`.
    pub read: Option<&'static str>,
    /// How sure it is that this is the vendor's rule.
    pub certainty: Certainty,
    /// How this library reads what the source leaves open, and what the preset does not promise.
    pub notes: &'static [&'static str],
}

/// Every preset, in the order of the vendors' names.
pub const PRESETS: &[&Preset] =
    &[&exotel::PRESET, &huawei::PRESET, &nxcloud::PRESET, &nxcloud::RANDOM_PRESET];

impl Preset {
    /// The preset with this name.
    ///
    /// ```
    /// let preset = sip_password::Preset::named("huawei").expect("Huawei has a preset");
    /// assert!(preset.policy.check("Not_a_real_1").is_ok());
    /// ```
    pub fn named(name: &str) -> Option<&'static Self> {
        PRESETS.iter().copied().find(|preset| preset.name == name)
    }
}

const UPPERCASE: Class = Class::new("uppercase letters", CharSet::UPPERCASE);
const LOWERCASE: Class = Class::new("lowercase letters", CharSet::LOWERCASE);
const DIGITS: Class = Class::new("digits", CharSet::DIGITS);
const SPECIALS: &str = "special characters";
