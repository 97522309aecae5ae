//! Exotel, CCM v2.

use super::{Certainty, DIGITS, LOWERCASE, Preset, SPECIALS, UPPERCASE};
use crate::{
    policy::Policy,
    rules::{MAX_LENGTH, Rules, charset::CharSet, class::Class},
};

const DOCUMENTED: CharSet = CharSet::of("!@#$%^&*");
const OTHER: CharSet = CharSet::GRAPHIC
    .difference(CharSet::UPPERCASE)
    .difference(CharSet::LOWERCASE)
    .difference(CharSet::DIGITS)
    .difference(DOCUMENTED);

/// The SIP passwords that Exotel accepts: at least 8 characters, of at least three of these classes: upper case, lower case,
/// digits and `!@#$%^&*`.
///
/// Other visible ASCII characters are accepted, count for no class and are not generated: the page gives the eight specials
/// as examples ("ex."), and newer pages list the same eight without that word. The space is refused. The page states no
/// maximum; [`MAX_LENGTH`] is that of this library.
///
/// Source: Exotel support, CCM v2, "reset your user's SIP password"
/// (`PUT …/devices/{device_id}/password`).
pub static EXOTEL: Policy = Policy::of(
    Rules::new()
        .with_lengths(8, MAX_LENGTH as u16)
        .with_classes(&[UPPERCASE, LOWERCASE, DIGITS, Class::new(SPECIALS, DOCUMENTED)])
        .with_min_classes(3)
        .with_uncounted(OTHER)
        .with_excluded(OTHER),
);

pub(super) const PRESET: Preset = Preset {
    name: "exotel",
    title: "Exotel CCM v2, SIP password",
    policy: &EXOTEL,
    source: "Exotel, CCM v2 API: reset of a user's SIP password, PUT \
             /v2/accounts/<sid>/users/<uuid>/devices/<device_id>/password",
    read: None,
    certainty: Certainty::High,
    notes: &[
        "The maximum length of 64 is a limit of this library; Exotel states none.",
        "The page gives the eight special characters as examples. Only they count for the class, and no other \
         special character is generated.",
        "Other visible ASCII characters are accepted; a tenant's service may refuse them.",
    ],
};
