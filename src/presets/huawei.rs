//! Huawei Cloud, Customer Engagement Center (CEC; formerly Cognitive Engagement Center, also sold as AICC).

use super::{Certainty, DIGITS, LOWERCASE, Preset, SPECIALS, UPPERCASE};
use crate::{
    policy::Policy,
    rules::{Rules, charset::CharSet, class::Class},
};

/// The SIP phone passwords that Huawei's default password rule group accepts: 8 to 16 characters, of at least three of these
/// classes: upper case, lower case, digits and `~@^*_+.?`; no other character.
///
/// Source: API reference of the Customer Engagement Center, "Changing the SIP Phone Number Login Password of an Agent
/// (updateSipPhonePassword)", parameter `newPhonePwd`, updated 2025-11-13; the rule has the same words as in the edition of
/// 2023-09-27. The page says "any combination of the following three types" and lists four; the Chinese page has the same
/// words. A password with all four types satisfies every reading, at a cost of 0.35 bits for 16 characters. Tenants can add
/// rule groups with other lengths and types: change [`Policy::rules`].
pub static HUAWEI: Policy = Policy::of(
    Rules::new()
        .with_lengths(8, 16)
        .with_classes(&[UPPERCASE, LOWERCASE, DIGITS, Class::new(SPECIALS, CharSet::of("~@^*_+.?"))])
        .with_min_classes(3),
);

pub(super) const PRESET: Preset = Preset {
    name: "huawei",
    title: "Huawei Cloud CEC, default rule group",
    policy: &HUAWEI,
    source: "Huawei Cloud, Customer Engagement Center, API Reference: \"Changing the SIP Phone Number \
             Login Password of an Agent (updateSipPhonePassword)\", parameter newPhonePwd, 2025-11-13",
    read: Some("2025-11-13"),
    certainty: Certainty::High,
    notes: &[
        "This is the default rule group; a tenant's own group can differ.",
        "The page says \"any combination of the following three types\" and lists four, in English and in \
         Chinese. This library reads it as at least three of the four; a password of all four types \
         satisfies every reading.",
        "No character outside the four types is accepted: no space, no other special character.",
        "The agent's account password has another rule.",
    ],
};
