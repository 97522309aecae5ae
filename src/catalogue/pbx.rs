//! Systems of the group [`Pbx`](SystemGroup::Pbx). Made from `presets/` by
//! `UPDATE_CATALOGUE=1 cargo test -p sip-password-formats systems`.

use super::{NOT_ALPHANUMERIC, System, SystemGroup};
use crate::{
    policy::Policy,
    presets::{Preset, certainty::Certainty},
    rules::{Rules, charset::CharSet, class::{Class}},
};

/// 3CX, the web login of root.
pub static _3CX: Policy = Policy::counted_before(
    Rules::new().with_lengths(10, 256).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_class(Class::new("special characters", CharSet::of("!#$%&()*+,-./:;<=>?@{}"))).with_min_classes(4),
    &[(10, 89), (11, 77), (12, 68), (13, 62), (14, 56), (15, 52), (16, 48), (17, 45), (18, 43), (19, 40), (20, 38), (21, 37), (22, 36), (23, 34), (24, 33), (26, 32), (27, 31), (28, 30), (30, 29), (32, 28), (33, 29), (34, 28), (39, 27), (41, 28), (44, 27), (45, 28), (53, 29), (61, 30)],
);

/// AltiGen MaxCS, an extension.
pub static ALTIGEN: Policy = Policy::counted_before(
    Rules::new().with_lengths(4, 8).with_default_length(8)
        .with_class(Class::new("digits", CharSet::DIGITS)).with_max_sequence(3).with_min_distinct(2),
    &[(4, 16), (5, 17), (7, 18), (8, 19), (9, 0)],
);

/// Auerswald COMtrexx, the access of a user.
pub static AUERSWALD: Policy = Policy::counted_before(
    Rules::new().with_lengths(8, 256).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(CharSet::of("!$&'()*+,-.=_~")),
    &[(8, 20), (9, 22), (13, 24), (17, 25), (21, 27), (25, 28), (29, 29), (33, 30), (37, 31), (41, 32), (45, 33), (49, 34), (53, 35), (57, 36), (61, 37)],
);

/// Avaya IP Office, a login code.
pub static AVAYA_IP_OFFICE: Policy = Policy::counted_before(
    Rules::new().with_lengths(1, 31).with_default_length(31)
        .with_class(Class::new("digits", CharSet::DIGITS)).with_min_classes(1),
    &[(1, 14), (8, 15), (15, 16), (22, 17), (29, 18), (32, 0)],
);

/// Cisco Business Edition 3000, a user.
pub static CISCO_BE3000: Policy = Policy::counted_before(
    Rules::new().with_lengths(6, 256).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_class(Class::new("special characters", CharSet::of("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"))).with_min_classes(3).with_excluded(CharSet::of("\"#$%&'(),/:;<=>?@[\\]^`{|}~")).with_max_repeat(3).with_max_sequence(2),
    &[(6, 66), (7, 54), (8, 46), (9, 41), (10, 37), (11, 34), (12, 31), (13, 30), (14, 29), (15, 28), (16, 27), (20, 26), (21, 27), (25, 28), (29, 29), (33, 30), (37, 31), (41, 32), (45, 33), (49, 34), (53, 35), (57, 36), (61, 37)],
);

/// Cisco Expressway in strict mode, a user.
pub static CISCO_EXPRESSWAY: Policy = Policy::counted_before(
    Rules::new().with_lengths(15, 256).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE).at_least(2)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE).at_least(2)).with_class(Class::new("digits", CharSet::DIGITS).at_least(2)).with_class(Class::new("special characters", CharSet::of("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")).at_least(2)).with_excluded(CharSet::of("\"#$%&'(),/:;<=>?@[\\]^`{|}~")).with_max_sequence(2),
    &[(15, 344), (16, 287), (17, 246), (18, 214), (19, 188), (20, 167), (21, 151), (22, 137), (23, 125), (24, 115), (25, 107), (26, 99), (27, 93), (28, 87), (29, 82), (30, 78), (31, 74), (32, 70), (33, 68), (34, 65), (35, 62), (36, 60), (37, 58), (38, 56), (39, 54), (40, 52), (42, 50), (43, 49), (44, 48), (45, 47), (46, 46), (47, 45), (48, 44), (51, 43), (52, 42), (55, 41), (60, 40), (61, 41), (62, 40)],
);

/// Cisco Unified Communications Manager, an end user.
pub static CUCM: Policy = Policy::counted_before(
    Rules::new().with_lengths(5, 256).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(5, 17), (9, 18), (13, 19), (17, 20), (21, 21), (25, 22), (29, 23), (37, 24), (41, 25), (49, 26), (57, 27)],
);

/// ESI IP Server 900, a SIP extension.
pub static ESI: Policy = Policy::counted_before(
    Rules::new().with_lengths(1, 16).with_default_length(16)
        .with_class(Class::new("letters and digits", CharSet::of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))),
    &[(1, 15), (5, 17), (9, 18), (13, 19), (17, 0)],
);

/// FreePBX and Issabel, a strong secret of an extension.
pub static FREEPBX: Policy = Policy::counted_before(
    Rules::new().with_lengths(6, 256).with_default_length(16)
        .with_class(Class::new("letters", CharSet::of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")).at_least(2)).with_class(Class::new("digits", CharSet::DIGITS).at_least(2)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(6, 311), (7, 236), (8, 188), (9, 155), (10, 131), (11, 113), (12, 99), (13, 88), (14, 79), (15, 71), (16, 65), (17, 60), (18, 55), (19, 51), (20, 48), (21, 45), (22, 43), (23, 40), (24, 38), (25, 37), (26, 35), (27, 34), (28, 32), (30, 31), (31, 30), (32, 29), (34, 28), (35, 27), (38, 26), (57, 27)],
);

/// FS PBX, an extension.
pub static FS_PBX: Policy = Policy::counted_before(
    Rules::new().with_lengths(6, 255).with_default_length(25)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(CharSet::of(" \"#$&'()+,-/:;<=>@[\\]_`{|}~")),
    &[(6, 19), (9, 21), (13, 22), (17, 24), (21, 25), (25, 26), (29, 27), (33, 28), (37, 29), (45, 30), (49, 31), (53, 32), (57, 33)],
);

/// FusionPBX, an extension.
pub static FUSIONPBX: Policy = Policy::counted_before(
    Rules::new().with_lengths(20, 256).with_default_length(20)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE).at_least(1)).with_class(Class::new("digits", CharSet::DIGITS).at_least(1)).with_uncounted(CharSet::of("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")).with_excluded(CharSet::of("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")),
    &[(20, 28), (22, 27), (23, 26), (24, 25), (27, 24), (41, 25), (49, 26), (57, 27)],
);

/// Grandstream UCM6500 and UCM6100, a SIP extension.
pub static GRANDSTREAM_UCM: Policy = Policy::counted_before(
    Rules::new().with_lengths(4, 30).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_class(Class::new("special characters", CharSet::of("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"))).with_min_classes(2).with_excluded(CharSet::of("\"#$%&'(),/:;<=>?@[\\]^`{|}~")),
    &[(4, 30), (5, 25), (6, 22), (7, 20), (9, 21), (13, 22), (17, 24), (21, 25), (25, 26), (29, 27), (31, 0)],
);

/// Grandstream UCM, a password of digits.
pub static GRANDSTREAM_UCM_PIN: Policy = Policy::counted_before(
    Rules::new().with_lengths(4, 30).with_default_length(8)
        .with_class(Class::new("digits", CharSet::DIGITS)).with_max_repeat(2).with_max_sequence(2),
    &[(4, 30), (5, 35), (6, 38), (7, 42), (8, 46), (9, 49), (10, 53), (11, 56), (12, 59), (13, 63), (14, 66), (15, 70), (16, 73), (17, 77), (18, 80), (19, 84), (20, 88), (21, 91), (22, 95), (23, 99), (24, 103), (25, 107), (26, 111), (27, 116), (28, 120), (29, 125), (30, 129), (31, 0)],
);

/// IvozProvider, a terminal, friend, residential or retail account.
pub static IVOZPROVIDER: Policy = Policy::counted_before(
    Rules::new().with_lengths(10, 25).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE).at_least(3)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE).at_least(3)).with_class(Class::new("digits", CharSet::DIGITS).at_least(3)).with_class(Class::new("special characters", CharSet::of("*+-_")).at_least(1)).with_uncounted(CharSet::of(" !\"#$%&'(),./:;<=>?@[\\]^`{|}~")).with_excluded(CharSet::of(" !\"#$%&'(),./:;<=>?@[\\]^`{|}~")),
    &[(10, 6690), (11, 2265), (12, 1183), (13, 752), (14, 532), (15, 404), (16, 322), (17, 266), (18, 225), (19, 194), (20, 170), (21, 151), (22, 136), (23, 123), (24, 112), (25, 103), (26, 0)],
);

/// Karel MS48IP, a SIP extension.
pub static KAREL: Policy = Policy::counted_before(
    Rules::new().with_lengths(1, 16).with_default_length(16)
        .with_class(Class::new("digits", CharSet::DIGITS)).with_min_classes(1),
    &[(1, 14), (8, 15), (15, 16), (17, 0)],
);

/// Kazoo, a device.
pub static KAZOO: Policy = Policy::counted_before(
    Rules::new().with_lengths(5, 32).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(5, 17), (9, 18), (13, 19), (17, 20), (21, 21), (25, 22), (29, 23), (33, 0)],
);

/// MagnusBilling, a SIP user.
pub static MAGNUSBILLING: Policy = Policy::counted_before(
    Rules::new().with_lengths(4, 30).with_default_length(16)
        .with_class(Class::new("letters and digits", CharSet::of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))).with_uncounted(CharSet::of("!#$%&()*+,-./:;<=>?@[\\]^_`{|}~")).with_context_words(&["123456", "012345"]),
    &[(4, 22), (5, 26), (9, 30), (13, 32), (17, 35), (21, 38), (25, 40), (29, 42), (31, 0)],
);

/// Matrix ETERNITY and SARVAM, a SIP extension.
pub static MATRIX_ETERNITY: Policy = Policy::counted_before(
    Rules::new().with_lengths(8, 12).with_default_length(12)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_class(Class::new("special characters", CharSet::of("!$()*,-./:;?@[]^_`{|}~"))).with_min_classes(4),
    &[(8, 132), (9, 107), (10, 89), (11, 77), (12, 68), (13, 0)],
);

/// MikoPBX, an extension.
pub static MIKOPBX: Policy = Policy::counted_before(
    Rules::new().with_lengths(8, 64).with_default_length(20)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(8, 17), (9, 18), (13, 19), (17, 20), (21, 21), (25, 22), (29, 23), (37, 24), (41, 25), (49, 26), (57, 27)],
);

/// Mitel MiVoice 400, a user account.
pub static MITEL_MIVOICE_400: Policy = Policy::counted_before(
    Rules::new().with_lengths(8, 10).with_default_length(10)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(CharSet::of(" #*+,-./<=>?")),
    &[(8, 16), (9, 17), (11, 0)],
);

/// OpenVox UC, an extension.
pub static OPENVOX: Policy = Policy::counted_before(
    Rules::new().with_lengths(8, 256).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE).at_least(1)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE).at_least(1)).with_class(Class::new("digits", CharSet::DIGITS).at_least(1)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(8, 69), (9, 60), (10, 53), (11, 48), (12, 44), (13, 41), (14, 38), (15, 36), (16, 34), (17, 32), (18, 31), (19, 29), (20, 28), (22, 27), (23, 26), (24, 25), (27, 24), (41, 25), (49, 26), (57, 27)],
);

/// Sipwise NGCP, a subscriber's SIP password.
pub static SIPWISE_NGCP: Policy = Policy::counted_before(
    Rules::new().with_lengths(12, 40).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(CharSet::of("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")),
    &[(12, 12), (13, 13), (21, 14), (33, 15), (41, 0)],
);

/// Vantage (BroadWorks), a user.
pub static VANTAGE: Policy = Policy::counted_before(
    Rules::new().with_lengths(8, 10).with_default_length(10)
        .with_class(Class::new("digits", CharSet::DIGITS).at_least(1)).with_class(Class::new("letters", CharSet::of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))).with_class(Class::new("special characters", CharSet::of("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"))).with_min_classes(2).with_excluded(CharSet::of("\"#$%&'(),/:;<=>?@[\\]^`{|}~")),
    &[(8, 71), (9, 64), (10, 58), (11, 0)],
);

/// Vertical Wave, a SIP extension.
pub static VERTICAL_WAVE: Policy = Policy::counted_before(
    Rules::new().with_lengths(1, 48).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(1, 15), (5, 17), (9, 18), (13, 19), (17, 20), (21, 21), (25, 22), (29, 23), (37, 24), (41, 25), (49, 0)],
);

/// Vicidial, an account.
pub static VICIDIAL: Policy = Policy::counted_before(
    Rules::new().with_lengths(2, 100).with_default_length(16)
        .with_class(Class::new("letters and digits", CharSet::of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))),
    &[(2, 15), (5, 17), (9, 18), (13, 19), (17, 20), (21, 21), (25, 22), (29, 23), (37, 24), (41, 25), (49, 26), (57, 27)],
);

/// Wazo, a user.
pub static WAZO: Policy = Policy::counted_before(
    Rules::new().with_lengths(4, 64).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(CharSet::of("!$%&'()*+,-.;=_~")),
    &[(4, 11), (5, 12), (9, 13), (13, 14), (25, 15), (37, 16), (53, 17)],
);

/// Yeastar P-Series, a SIP extension.
pub static YEASTAR_P: Policy = Policy::counted_before(
    Rules::new().with_lengths(1, 63).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(1, 15), (5, 17), (9, 18), (13, 19), (17, 20), (21, 21), (25, 22), (29, 23), (37, 24), (41, 25), (49, 26), (57, 27), (64, 0)],
);

/// Yeastar S-Series, a SIP extension.
pub static YEASTAR_S: Policy = Policy::counted_before(
    Rules::new().with_lengths(10, 63).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE).at_least(1)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE).at_least(1)).with_class(Class::new("digits", CharSet::DIGITS).at_least(1)).with_uncounted(CharSet::of("*-?^_~")).with_max_sequence(3),
    &[(10, 61), (11, 55), (12, 50), (13, 46), (14, 43), (15, 41), (16, 38), (17, 37), (18, 35), (19, 34), (20, 32), (22, 31), (23, 30), (26, 29), (28, 28), (29, 29), (31, 28), (33, 29), (36, 28), (37, 29), (41, 30), (49, 31), (53, 32), (57, 33), (64, 0)],
);

/// Yeastar S-Series, an imported trunk.
pub static YEASTAR_TRUNK: Policy = Policy::counted_before(
    Rules::new().with_lengths(1, 256).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(CharSet::of("!#$%()*+,-./:=?@[]^_{}~")),
    &[(1, 16), (5, 18), (9, 20), (13, 21), (17, 22), (21, 23), (25, 24), (29, 25), (33, 26), (37, 27), (45, 28), (49, 29), (57, 30), (61, 31)],
);

pub(super) const SYSTEMS: &[System] = &[
    System { aliases: &[], group: SystemGroup::Pbx, preset: Preset {
        name: "3cx", title: "3CX, the web login of root", policy: &_3CX, read: None, certainty: Certainty::High,
        source: "3cx.cn/docs/pbx-security-credentials",
        notes: &[
            "This is not the SIP secret but a neighbouring password of the same product.",
            "No longest password is stated: 256 characters is the limit of this library.",
        ],
    } },
    System { aliases: &["maxcs"], group: SystemGroup::Pbx, preset: Preset {
        name: "altigen", title: "AltiGen MaxCS, an extension", policy: &ALTIGEN, read: None, certainty: Certainty::High,
        source: "AltiGen MaxCS 7.5 manual, page 379",
        notes: &[
            "This is not the SIP secret but a neighbouring password of the same product.",
            "The source speaks of consecutive digits as the whole password: here, no four digits in a row may ascend or descend, which refuses a few more.",
            "The extension's number is refused too; it is different for each account: see --not-containing.",
        ],
    } },
    System { aliases: &["comtrexx"], group: SystemGroup::Pbx, preset: Preset {
        name: "auerswald", title: "Auerswald COMtrexx, the access of a user", policy: &AUERSWALD, read: None, certainty: Certainty::High,
        source: "auerswald-root.de, Zugriffsberechtigungen, concept",
        notes: &[
            "This is not the SIP secret but a neighbouring password of the same product.",
            "The source lists letters, digits and special characters, and does not say that each kind is needed: none is asked for here.",
            "No longest password is stated: 256 characters is the limit of this library.",
        ],
    } },
    System { aliases: &[], group: SystemGroup::Pbx, preset: Preset {
        name: "avaya-ip-office", title: "Avaya IP Office, a login code", policy: &AVAYA_IP_OFFICE, read: None, certainty: Certainty::High,
        source: "documentation.avaya.com, IP Office, User Passwords and Login Codes",
        notes: &["The login code is the SIP secret. It may be empty, which this library calls not compliant."],
    } },
    System { aliases: &[], group: SystemGroup::Pbx, preset: Preset {
        name: "cisco-be3000", title: "Cisco Business Edition 3000, a user", policy: &CISCO_BE3000, read: None, certainty: Certainty::High,
        source: "easymanua.ls/cisco/ie-3000-8tc, page 407",
        notes: &[
            "The source does not name the special characters: all visible ones are accepted, and those generated are - . _ * + and !.",
            "This is not the SIP secret but a neighbouring password of the same product.",
            "The source gives 321 and ABC as examples of sequences.",
            "Alias, user name and extension are refused too; they are different for each account: see --not-containing.",
            "No longest password is stated: 256 characters is the limit of this library.",
        ],
    } },
    System { aliases: &["expressway"], group: SystemGroup::Pbx, preset: Preset {
        name: "cisco-expressway", title: "Cisco Expressway in strict mode, a user", policy: &CISCO_EXPRESSWAY, read: None, certainty: Certainty::High,
        source: "manualsbrain.com/1603242, page 160",
        notes: &[
            "The source does not name the special characters: all visible ones are accepted, and those generated are - . _ * + and !.",
            "This is not the SIP secret but a neighbouring password of the same product.",
            "Dictionary words, palindromes and passwords with too few different characters are refused too; the source gives no number for the last. The number of classes and of repeats are settings.",
            "No longest password is stated: 256 characters is the limit of this library.",
        ],
    } },
    System { aliases: &["callmanager"], group: SystemGroup::Pbx, preset: Preset {
        name: "cucm", title: "Cisco Unified Communications Manager, an end user", policy: &CUCM, read: None, certainty: Certainty::High,
        source: "cisco.com, administration guide, chapter 01100011",
        notes: &[
            "This is not the SIP secret but a neighbouring password of the same product.",
            "Special characters and blanks are allowed; no rule was found for digest credentials.",
            "No longest password is stated: 256 characters is the limit of this library.",
        ],
    } },
    System { aliases: &[], group: SystemGroup::Pbx, preset: Preset {
        name: "esi", title: "ESI IP Server 900, a SIP extension", policy: &ESI, read: None, certainty: Certainty::High,
        source: "easymanua.ls/esi/900/manual, page 84",
        notes: &["The source allows letters and digits, and names a factory default with another character, e$i789: change it."],
    } },
    System { aliases: &["asterisk", "issabel"], group: SystemGroup::Pbx, preset: Preset {
        name: "freepbx", title: "FreePBX and Issabel, a strong secret of an extension", policy: &FREEPBX, read: Some("2026"), certainty: Certainty::High,
        source: "FreePBX, pbxlib.js, weakSecret; issabelPBX, pbxlib.js, line 427",
        notes: &[
            "A secret that is not changed passes in any case.",
            "The source does not say which characters are allowed: printable ASCII is accepted, letters and digits are generated.",
            "No longest password is stated: 256 characters is the limit of this library.",
        ],
    } },
    System { aliases: &["fspbx"], group: SystemGroup::Pbx, preset: Preset {
        name: "fs-pbx", title: "FS PBX, an extension", policy: &FS_PBX, read: Some("2026-08"), certainty: Certainty::High,
        source: "nemerald-voip/fspbx, app/helpers.php and StoreExtensionRequest.php (24614c4e)",
        notes: &["The source limits no characters: printable ASCII is accepted. Generated are letters, digits and !^%*?. as by FS PBX itself, which avoids $: with it, the authenticated reboot of Grandstream phones fails."],
    } },
    System { aliases: &[], group: SystemGroup::Pbx, preset: Preset {
        name: "fusionpbx", title: "FusionPBX, an extension", policy: &FUSIONPBX, read: Some("2026-08"), certainty: Certainty::Medium,
        source: "fusionpbx, app/extensions/app_config.php and resources/functions.php (c7a00dcb3e)",
        notes: &[
            "This is what the default settings require. The form of an extension does not check it: its check is commented out.",
            "No longest password is stated: 256 characters is the limit of this library.",
        ],
    } },
    System { aliases: &["ucm"], group: SystemGroup::Pbx, preset: Preset {
        name: "grandstream-ucm", title: "Grandstream UCM6500 and UCM6100, a SIP extension", policy: &GRANDSTREAM_UCM, read: None, certainty: Certainty::High,
        source: "manualslib.com/manual/1223739, page 279 (firmware 1.0.10.39), and the security manual of the UCM6200",
        notes: &[
            "The source does not name the special characters: all visible ones are accepted, and those generated are - . _ * + and !.",
            "The longest length, 30, is that of logins; none is stated for extensions.",
            "Passwords of digits alone are not patterns such as 0000, 1234, 111222 and 321321: two classes leave none of digits alone.",
        ],
    } },
    System { aliases: &["ucm-pin"], group: SystemGroup::Pbx, preset: Preset {
        name: "grandstream-ucm-pin", title: "Grandstream UCM, a password of digits", policy: &GRANDSTREAM_UCM_PIN, read: None, certainty: Certainty::Medium,
        source: "manualslib.com/manual/1223739, page 279 (firmware 1.0.10.39), and the security manual of the UCM6200",
        notes: &[
            "This is not the SIP secret but a neighbouring password of the same product.",
            "The source gives 0000, 1234, 111222 and 321321 as examples of what is refused, and no rule: here, no digit stands three times in a row and no three digits in a row ascend or descend, which refuses all four and more.",
            "The longest length, 30, is that of logins.",
        ],
    } },
    System { aliases: &[], group: SystemGroup::Pbx, preset: Preset {
        name: "ivozprovider", title: "IvozProvider, a terminal, friend, residential or retail account", policy: &IVOZPROVIDER, read: Some("2026-08"), certainty: Certainty::High,
        source: "irontec/ivozprovider, Terminal.php and TerminalAbstract.php (d7fd31b66)",
        notes: &["Any other character is accepted; only those that IvozProvider names are generated."],
    } },
    System { aliases: &[], group: SystemGroup::Pbx, preset: Preset {
        name: "karel", title: "Karel MS48IP, a SIP extension", policy: &KAREL, read: None, certainty: Certainty::High,
        source: "manualshive.com, MS48IP, page 75",
        notes: &[],
    } },
    System { aliases: &[], group: SystemGroup::Pbx, preset: Preset {
        name: "kazoo", title: "Kazoo, a device", policy: &KAZOO, read: Some("2024-03"), certainty: Certainty::High,
        source: "2600hz/kazoo, schema devices.json (dcf86cbc6d)",
        notes: &["The source does not say which characters are allowed: printable ASCII is accepted, letters and digits are generated."],
    } },
    System { aliases: &[], group: SystemGroup::Pbx, preset: Preset {
        name: "magnusbilling", title: "MagnusBilling, a SIP user", policy: &MAGNUSBILLING, read: Some("2025-07"), certainty: Certainty::High,
        source: "magnusbilling7, protected/models/Sip.php (0872f723)",
        notes: &[
            "The source refuses a secret that is 123456, 12345678 or 012345: here, one that contains the first or the last, which refuses a few more.",
            "The user name is refused too; it is different for each account: see --not-containing.",
        ],
    } },
    System { aliases: &["sarvam"], group: SystemGroup::Pbx, preset: Preset {
        name: "matrix-eternity", title: "Matrix ETERNITY and SARVAM, a SIP extension", policy: &MATRIX_ETERNITY, read: None, certainty: Certainty::High,
        source: "easymanua.ls/matrix-telecom/eternity-ne/manual, page 397",
        notes: &[],
    } },
    System { aliases: &[], group: SystemGroup::Pbx, preset: Preset {
        name: "mikopbx", title: "MikoPBX, an extension", policy: &MIKOPBX, read: Some("2026-04"), certainty: Certainty::High,
        source: "mikopbx/Core, PasswordService.php (e26e6b973)",
        notes: &[
            "It also refuses passwords of the list rockyou (see validate --deny) and those under a score of its own.",
            "The source does not say which characters are allowed: printable ASCII is accepted, letters and digits are generated.",
        ],
    } },
    System { aliases: &["mivoice"], group: SystemGroup::Pbx, preset: Preset {
        name: "mitel-mivoice-400", title: "Mitel MiVoice 400, a user account", policy: &MITEL_MIVOICE_400, read: None, certainty: Certainty::High,
        source: "manualslib.com/manual/1413438, page 184",
        notes: &[
            "This is not the SIP secret but a neighbouring password of the same product.",
            "The user name is refused too; it is different for each account: see --not-containing.",
        ],
    } },
    System { aliases: &[], group: SystemGroup::Pbx, preset: Preset {
        name: "openvox", title: "OpenVox UC, an extension", policy: &OPENVOX, read: None, certainty: Certainty::High,
        source: "help.openvox.cn, extension security",
        notes: &[
            "It also refuses words and names: see validate --deny.",
            "The source does not say which characters are allowed: printable ASCII is accepted, letters and digits are generated.",
            "No longest password is stated: 256 characters is the limit of this library.",
        ],
    } },
    System { aliases: &["ngcp"], group: SystemGroup::Pbx, preset: Preset {
        name: "sipwise-ngcp", title: "Sipwise NGCP, a subscriber's SIP password", policy: &SIPWISE_NGCP, read: Some("2026-07"), certainty: Certainty::High,
        source: "sipwise/ngcp-panel, Utils/Form.pm (f677173e70)",
        notes: &[
            "A configuration can shorten the minimum to 6, and require a number of characters of each kind.",
            "It also requires a zxcvbn score of at least 3 (see validate --min-guesses) and a password that was not used before.",
            "The user name is refused in any case of letters; it is different for each account: see --not-containing.",
        ],
    } },
    System { aliases: &[], group: SystemGroup::Pbx, preset: Preset {
        name: "vantage", title: "Vantage (BroadWorks), a user", policy: &VANTAGE, read: None, certainty: Certainty::High,
        source: "resource.vantage.com, article 9635888",
        notes: &[
            "The source does not name the special characters: all visible ones are accepted, and those generated are - . _ * + and !.",
            "This is not the SIP secret but a neighbouring password of the same product.",
            "Passwords of one character, and sequences, are refused: a digit and another character leave none.",
            "Names and the previous password, also reversed, are refused too: see --not-containing.",
        ],
    } },
    System { aliases: &[], group: SystemGroup::Pbx, preset: Preset {
        name: "vertical-wave", title: "Vertical Wave, a SIP extension", policy: &VERTICAL_WAVE, read: Some("2010"), certainty: Certainty::High,
        source: "Wave Global Administrator Guide, page 11-56",
        notes: &[
            "Spaces are allowed. It may be empty, which this library calls not compliant.",
            "The source does not say which characters are allowed: printable ASCII is accepted, letters and digits are generated.",
        ],
    } },
    System { aliases: &[], group: SystemGroup::Pbx, preset: Preset {
        name: "vicidial", title: "Vicidial, an account", policy: &VICIDIAL, read: Some("2026"), certainty: Certainty::High,
        source: "Vicidial, administrator help",
        notes: &["This is not the SIP secret but a neighbouring password of the same product."],
    } },
    System { aliases: &[], group: SystemGroup::Pbx, preset: Preset {
        name: "wazo", title: "Wazo, a user", policy: &WAZO, read: Some("2026-08"), certainty: Certainty::High,
        source: "wazo-confd, plugins/user/schema.py (4086b2e45)",
        notes: &[
            "This is not the SIP secret but a neighbouring password of the same product.",
            "The SIP secret itself has no rule.",
        ],
    } },
    System { aliases: &[], group: SystemGroup::Pbx, preset: Preset {
        name: "yeastar-p", title: "Yeastar P-Series, a SIP extension", policy: &YEASTAR_P, read: None, certainty: Certainty::High,
        source: "help.yeastar.com, P-Series Cloud Edition, Enforce Password Policy",
        notes: &[
            "The administrator sets the shortest length; the longest is 63.",
            "The source does not say which characters are allowed: printable ASCII is accepted, letters and digits are generated.",
        ],
    } },
    System { aliases: &["yeastar"], group: SystemGroup::Pbx, preset: Preset {
        name: "yeastar-s", title: "Yeastar S-Series, a SIP extension", policy: &YEASTAR_S, read: None, certainty: Certainty::High,
        source: "help.yeastar.com/en/s-series/topic/extension_security.html",
        notes: &[
            "The source gives 4567 as an example: here, no four letters or digits in a row may ascend or descend.",
            "The number of the extension and the caller ID are refused too; they are different for each account: see --not-containing.",
        ],
    } },
    System { aliases: &[], group: SystemGroup::Pbx, preset: Preset {
        name: "yeastar-trunk", title: "Yeastar S-Series, an imported trunk", policy: &YEASTAR_TRUNK, read: None, certainty: Certainty::High,
        source: "help.yeastar.com, S-Series, import parameters of trunks",
        notes: &[
            "The source lists what is not allowed, and states no length.",
            "No longest password is stated: 256 characters is the limit of this library.",
        ],
    } },
];
