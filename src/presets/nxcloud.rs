//! NXCloud.

use super::{DIGITS, LOWERCASE, Preset, UPPERCASE};
use crate::{policy::Policy, rules::Rules};

/// A rule for passwords chosen for NXCloud: 8 to 32 letters and digits, with upper case, lower case and
/// a digit.
///
/// It is this library's, not the vendor's, which publishes none: these are the characters that every
/// interface of the vendor is seen to take. The only source is its `updatePassword` page, which
/// allows to set a `new_password` and states no rule for it.
pub static NXCLOUD: Policy<'static> = Policy::constant(Rules {
    min_length: 8,
    max_length: 32,
    default_length: 16,
    classes: &[UPPERCASE, LOWERCASE, DIGITS],
    required_classes: 3,
    ..Rules::NONE
});

/// The passwords that NXCloud's server makes when it is not given one: exactly 6 digits.
///
/// Weak: one in a million, 19.93 bits. Source: both examples of the `updatePassword` page are 6
/// digits (`671897`, `888799`).
pub static NXCLOUD_RANDOM: Policy<'static> = Policy::constant(Rules {
    min_length: 6,
    max_length: 6,
    default_length: 6,
    classes: &[DIGITS],
    required_classes: 1,
    ..Rules::NONE
});

const SOURCE: &str = "NXCloud, sipphone/updatePassword, \"Interface for modifying phone passwords\"";

pub(super) const PRESET: Preset = Preset {
    name: "nxcloud",
    title: "NXCloud, chosen password",
    policy: &NXCLOUD,
    source: SOURCE,
    notes: &[
        "The rule is this library's: the vendor publishes none for a chosen password.",
        "Letters and digits only, because a comma separates several passwords and other characters are \
         not documented.",
    ],
};

pub(super) const RANDOM_PRESET: Preset = Preset {
    name: "nxcloud-random",
    title: "NXCloud, as its server makes them",
    policy: &NXCLOUD_RANDOM,
    source: SOURCE,
    notes: &[
        "Weak: one of a million, which a program tries in no time. Prefer the policy nxcloud.",
        "Inferred from the two examples of the page, which states no rule.",
    ],
};
