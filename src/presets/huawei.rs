//! Huawei Cloud, Cognitive Engagement Center (CEC, also sold as AICC).

use super::{DIGITS, LOWERCASE, Preset, SPECIALS, UPPERCASE};
use crate::{
    policy::Policy,
    rules::{Rules, charset::CharSet, class::Class},
};

/// The SIP phone passwords that Huawei's default password rule group accepts: 8 to 16 characters of
/// upper case, lower case, digits and `~@^*_+.?`, of at least three of these four classes, and no
/// other character.
///
/// Source: API reference of the Cognitive Engagement Center, "Changing the SIP Phone Number Login Password of
/// an Agent (updateSipPhonePassword)", parameter `newPhonePwd`, updated 2023-09-27. Its "any
/// combination of the following three types" lists four; the Chinese page says "any three of".
/// Tenants can add rule groups with other lengths and types: change [`Policy::rules`].
pub static HUAWEI: Policy<'static> = Policy::constant(Rules {
    min_length: 8,
    max_length: 16,
    default_length: 16,
    classes: &[UPPERCASE, LOWERCASE, DIGITS, Class::new(SPECIALS, CharSet::of("~@^*_+.?"))],
    required_classes: 3,
    ..Rules::NONE
});

pub(super) const PRESET: Preset = Preset {
    name: "huawei",
    title: "Huawei Cloud CEC, default rule group",
    policy: &HUAWEI,
    source: "Huawei Cloud, Cognitive Engagement Center, API Reference: \"Changing the SIP Phone Number \
             Login Password of an Agent (updateSipPhonePassword)\", parameter newPhonePwd, 2023-09-27",
    notes: &[
        "It is the default rule group; a tenant's own group can differ.",
        "The page lists four types and says \"any combination of the following three\"; read here as \
         at least three of the four, as the Chinese page has it.",
        "Nothing outside the four sets is accepted: no space, no other special character.",
        "It is not the rule of the agent's account password.",
    ],
};
