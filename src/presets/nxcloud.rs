//! NXCloud.

use super::{Certainty, DIGITS, LOWERCASE, Preset, UPPERCASE};
use crate::{policy::Policy, rules::Rules};

/// A rule for chosen NXCloud passwords: 8 to 32 letters and digits, with an upper-case letter, a lower-case letter and a digit.
///
/// The rule is that of this library, not of the vendor, who publishes none: these are the characters that every interface of
/// the vendor is seen to take. The only source is the page of `updatePassword`, which allows a `new_password` and states no
/// rule for it.
pub static NXCLOUD: Policy = Policy::of(
    Rules::new().with_lengths(8, 32).with_classes(&[UPPERCASE, LOWERCASE, DIGITS]).with_min_classes(3),
);

/// The passwords that NXCloud's server makes if the request contains none: exactly 6 digits.
///
/// Weak: one in a million, 19.93 bits. Source: both examples on the page of `updatePassword` are 6 digits (`671897`,
/// `888799`).
pub static NXCLOUD_RANDOM: Policy =
    Policy::of(Rules::new().with_lengths(6, 6).with_class(DIGITS).with_min_classes(1));

const SOURCE: &str = "NXCloud, sipphone/updatePassword, \"Interface for modifying phone passwords\"";

pub(super) const PRESET: Preset = Preset {
    name: "nxcloud",
    title: "NXCloud, chosen password",
    policy: &NXCLOUD,
    source: SOURCE,
    read: None,
    certainty: Certainty::Low,
    notes: &[
        "The rule is that of this library: the vendor publishes none for a chosen password.",
        "Letters and digits only: a comma separates several passwords, and other characters are not \
         documented.",
    ],
};

pub(super) const RANDOM_PRESET: Preset = Preset {
    name: "nxcloud-random",
    title: "NXCloud, password made by its server",
    policy: &NXCLOUD_RANDOM,
    source: SOURCE,
    read: None,
    certainty: Certainty::Medium,
    notes: &[
        "Weak: one of a million, which a program tries in an instant. Prefer the policy nxcloud.",
        "Inferred from the two examples of the page, which states no rule.",
    ],
};
