//! Exotel, CCM v2.

use super::{DIGITS, LOWERCASE, Preset, SPECIALS, UPPERCASE};
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

/// The SIP passwords that Exotel accepts: 8 characters or more, of at least three of upper case, lower case,
/// digits and `!@#$%^&*`.
///
/// Other printable ASCII is accepted, counts for no class and is never generated: the page gives the eight
/// specials as examples ("ex."), and newer pages list the same eight without that word. The space
/// is refused. No maximum is stated; [`MAX_LENGTH`] is this library's.
///
/// Source: Exotel support, CCM v2, "reset your user's SIP password"
/// (`PUT …/devices/{device_id}/password`).
pub static EXOTEL: Policy<'static> = Policy::constant(Rules {
    min_length: 8,
    max_length: MAX_LENGTH as u8,
    default_length: 16,
    classes: &[UPPERCASE, LOWERCASE, DIGITS, Class::new(SPECIALS, DOCUMENTED)],
    required_classes: 3,
    uncounted: OTHER,
    never_generated: OTHER,
    ..Rules::NONE
});

pub(super) const PRESET: Preset = Preset {
    name: "exotel",
    title: "Exotel CCM v2, SIP password",
    policy: &EXOTEL,
    source: "Exotel, CCM v2 API: reset of a user's SIP password, PUT \
             /v2/accounts/<sid>/users/<uuid>/devices/<device_id>/password",
    notes: &[
        "The greatest length, 64, is a limit of this library: Exotel states none.",
        "The page gives the eight special characters as examples; only they count for the class, \
         and no other is generated.",
        "Other printable ASCII but the space is accepted; a tenant's service may refuse it.",
    ],
};
