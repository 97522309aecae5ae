//! Systems of the group [`Cloud`](SystemGroup::Cloud). Made from `presets/` by
//! `UPDATE_CATALOGUE=1 cargo test -p sip-password-formats systems`.

use super::{NOT_ALPHANUMERIC, System, SystemGroup};
use crate::{
    policy::Policy,
    presets::{Preset, certainty::Certainty},
    rules::{Rules, charset::CharSet, class::{Class, ClassSet}},
};

/// 2talk and SIPcity, a number.
pub static _2TALK: Policy = Policy::counted_before(
    Rules::new().with_lengths(8, 256).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE).at_least(1)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE).at_least(1)).with_class(Class::new("digits", CharSet::DIGITS).at_least(1)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(8, 69), (9, 60), (10, 53), (11, 48), (12, 44), (13, 41), (14, 38), (15, 36), (16, 34), (17, 32), (18, 31), (19, 29), (20, 28), (22, 27), (23, 26), (24, 25), (27, 24), (41, 25), (49, 26), (57, 27)],
);

/// Bland, a SIP account.
pub static BLAND: Policy = Policy::counted_before(
    Rules::new().with_lengths(8, 256).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(CharSet::of(" !\"#$%&'()*+,-./01:;<=>?@IO[\\]^_`l{|}~")),
    &[(8, 17), (9, 18), (13, 19), (17, 20), (21, 21), (25, 22), (33, 23), (37, 24), (45, 25), (53, 26), (61, 27)],
);

/// Amazon Chime SDK, a Voice Connector.
pub static CHIME: Policy = Policy::counted_before(
    Rules::new().with_lengths(1, 256).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(1, 15), (5, 17), (9, 18), (13, 19), (17, 20), (21, 21), (25, 22), (29, 23), (37, 24), (41, 25), (49, 26), (57, 27)],
);

/// OVH, a line.
pub static OVH: Policy = Policy::counted_before(
    Rules::new().with_lengths(8, 20).with_default_length(16)
        .with_class(Class::new("letters and digits", CharSet::of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))),
    &[(8, 17), (9, 18), (13, 19), (17, 20), (21, 0)],
);

/// Plivo, an endpoint.
pub static PLIVO: Policy = Policy::counted_before(
    Rules::new().with_lengths(5, 256).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(5, 17), (9, 18), (13, 19), (17, 20), (21, 21), (25, 22), (29, 23), (37, 24), (41, 25), (49, 26), (57, 27)],
);

/// SIP.US, a trunk.
pub static SIP_US: Policy = Policy::counted_before(
    Rules::new().with_lengths(16, 256).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(16, 19), (17, 20), (21, 21), (25, 22), (29, 23), (37, 24), (41, 25), (49, 26), (57, 27)],
);

/// Telnyx, a credential connection.
pub static TELNYX: Policy = Policy::counted_before(
    Rules::new().with_lengths(8, 128).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(8, 17), (9, 18), (13, 19), (17, 20), (21, 21), (25, 22), (29, 23), (37, 24), (41, 25), (49, 26), (57, 27)],
);

/// ThinkTel (Distributel), a SIP trunk.
pub static THINKTEL: Policy = Policy::counted_before(
    Rules::new().with_lengths(8, 15).with_default_length(15)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE).at_least(1)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE).at_least(1)).with_class(Class::new("digits", CharSet::DIGITS).at_least(1)).with_uncounted(CharSet::of("!#$%*+-=?@^_")).with_max_run(3, ClassSet::EMPTY.with(2)),
    &[(8, 89), (9, 76), (10, 67), (11, 60), (12, 54), (13, 50), (14, 46), (15, 43), (16, 0)],
);

/// Twilio, a SIP credential.
pub static TWILIO: Policy = Policy::counted_before(
    Rules::new().with_lengths(12, 255).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE).at_least(1)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE).at_least(1)).with_class(Class::new("digits", CharSet::DIGITS).at_least(1)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(12, 44), (13, 41), (14, 38), (15, 36), (16, 34), (17, 32), (18, 31), (19, 29), (20, 28), (22, 27), (23, 26), (24, 25), (27, 24), (41, 25), (49, 26), (57, 27)],
);

/// Zoom, an account.
pub static ZOOM: Policy = Policy::counted_before(
    Rules::new().with_lengths(8, 32).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC).with_max_repeat(3),
    &[(8, 17), (9, 18), (13, 19), (17, 20), (21, 21), (25, 22), (29, 23), (33, 0)],
);

pub(super) const SYSTEMS: &[System] = &[
    System { aliases: &["sipcity"], group: SystemGroup::Cloud, preset: Preset {
        name: "2talk", title: "2talk and SIPcity, a number", policy: &_2TALK, read: Some("2021"), certainty: Certainty::High,
        source: "support.2talk.com, Adding a password to your numbers",
        notes: &[
            "The source does not say which characters are allowed: printable ASCII is accepted, letters and digits are generated.",
            "No longest password is stated: 256 characters is the limit of this library.",
        ],
    } },
    System { aliases: &[], group: SystemGroup::Cloud, preset: Preset {
        name: "bland", title: "Bland, a SIP account", policy: &BLAND, read: Some("2026"), certainty: Certainty::High,
        source: "docs.bland.ai/api-v1/get/sip-generate-password",
        notes: &["Bland makes 16 or 32 characters without 0O1lI and without what must be escaped, which it does not list: printable ASCII is accepted, letters and digits without 0O1lI are generated."],
    } },
    System { aliases: &["amazon", "aws"], group: SystemGroup::Cloud, preset: Preset {
        name: "chime", title: "Amazon Chime SDK, a Voice Connector", policy: &CHIME, read: None, certainty: Certainty::High,
        source: "boto3, chime-sdk-voice: the credential of a Voice Connector",
        notes: &[
            "The source asks for US-ASCII as in RFC 2617, and for no length: printable ASCII is accepted, letters and digits are generated.",
            "No longest password is stated: 256 characters is the limit of this library.",
        ],
    } },
    System { aliases: &[], group: SystemGroup::Cloud, preset: Preset {
        name: "ovh", title: "OVH, a line", policy: &OVH, read: None, certainty: Certainty::High,
        source: "OVH API, /telephony/{billingAccount}/line/{serviceName}/phone/changePassword, by its Java client",
        notes: &[],
    } },
    System { aliases: &[], group: SystemGroup::Cloud, preset: Preset {
        name: "plivo", title: "Plivo, an endpoint", policy: &PLIVO, read: None, certainty: Certainty::High,
        source: "plivo.com/docs/voice/api/endpoint",
        notes: &[
            "The source does not say which characters are allowed: printable ASCII is accepted, letters and digits are generated.",
            "No longest password is stated: 256 characters is the limit of this library.",
        ],
    } },
    System { aliases: &[], group: SystemGroup::Cloud, preset: Preset {
        name: "sip-us", title: "SIP.US, a trunk", policy: &SIP_US, read: None, certainty: Certainty::High,
        source: "support.sip.us, article 360004888252",
        notes: &[
            "The source does not say which characters are allowed: printable ASCII is accepted, letters and digits are generated.",
            "No longest password is stated: 256 characters is the limit of this library.",
        ],
    } },
    System { aliases: &[], group: SystemGroup::Cloud, preset: Preset {
        name: "telnyx", title: "Telnyx, a credential connection", policy: &TELNYX, read: None, certainty: Certainty::High,
        source: "Telnyx SDKs for Java, PHP, Ruby and Node: the password of a credential connection",
        notes: &["The source does not say which characters are allowed: printable ASCII is accepted, letters and digits are generated."],
    } },
    System { aliases: &["distributel"], group: SystemGroup::Cloud, preset: Preset {
        name: "thinktel", title: "ThinkTel (Distributel), a SIP trunk", policy: &THINKTEL, read: None, certainty: Certainty::High,
        source: "distributel.happyfox.com/kb/article/49",
        notes: &["The provider's portal also refuses parts of the account's number, which this file does not state: see --not-containing."],
    } },
    System { aliases: &[], group: SystemGroup::Cloud, preset: Preset {
        name: "twilio", title: "Twilio, a SIP credential", policy: &TWILIO, read: Some("2026-04"), certainty: Certainty::High,
        source: "Twilio API v2010 (twilio-oai, spec/json/twilio_api_v2010.json, d50069b), and error 21223",
        notes: &["The source does not say which characters are allowed: printable ASCII is accepted, letters and digits are generated."],
    } },
    System { aliases: &[], group: SystemGroup::Cloud, preset: Preset {
        name: "zoom", title: "Zoom, an account", policy: &ZOOM, read: Some("2026-08"), certainty: Certainty::Medium,
        source: "Apple's password manager resources, quirks (pull request 1235)",
        notes: &[
            "This is not the SIP secret but a neighbouring password of the same product.",
            "The source is a list that a community keeps: it states the lengths, and at most three equal characters in a row (six until August 2026).",
            "The source does not say which characters are allowed: printable ASCII is accepted, letters and digits are generated.",
        ],
    } },
];
