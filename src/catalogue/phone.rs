//! Systems of the group [`Phone`](SystemGroup::Phone). Made from `presets/` by
//! `UPDATE_CATALOGUE=1 cargo test -p sip-password-formats systems`.

use super::{NOT_ALPHANUMERIC, System, SystemGroup};
use crate::{
    policy::Policy,
    presets::{Preset, certainty::Certainty},
    rules::{Rules, charset::CharSet, class::{Class, ClassSet}},
};

/// AudioCodes Mediant 8000.
pub static AUDIOCODES_MEDIANT: Policy = Policy::counted_before(
    Rules::new().with_lengths(1, 15).with_default_length(15)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(1, 15), (5, 17), (9, 18), (13, 19), (16, 0)],
);

/// Avaya J100 with open SIP.
pub static AVAYA_J100: Policy = Policy::counted_before(
    Rules::new().with_lengths(1, 31).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(1, 15), (5, 17), (9, 18), (13, 19), (17, 20), (21, 21), (25, 22), (29, 23), (32, 0)],
);

/// BAS-IP panels, a SIP account.
pub static BAS_IP: Policy = Policy::counted_before(
    Rules::new().with_lengths(6, 31).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(6, 17), (9, 18), (13, 19), (17, 20), (21, 21), (25, 22), (29, 23), (32, 0)],
);

/// Cisco 7900 to 8800 phones, enterprise firmware.
pub static CISCO_PHONE: Policy = Policy::counted_before(
    Rules::new().with_lengths(1, 30).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(1, 15), (5, 17), (9, 18), (13, 19), (17, 20), (21, 21), (25, 22), (29, 23), (31, 0)],
);

/// HP and 3Com MSR routers, a SIP trunk account.
pub static HP_MSR: Policy = Policy::counted_before(
    Rules::new().with_lengths(1, 16).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(1, 15), (5, 17), (9, 18), (13, 19), (17, 0)],
);

/// Huawei IPC6125 camera, a login.
pub static HUAWEI_IPC: Policy = Policy::counted_before(
    Rules::new().with_lengths(8, 20).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_class(Class::new("special characters", CharSet::of("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"))).with_min_classes(2).with_excluded(CharSet::of("\"#$%&'(),/:;<=>?@[\\]^`{|}~")),
    &[(8, 20), (9, 21), (13, 22), (17, 24), (21, 0)],
);

/// Huawei SUN2000 inverter, a login.
pub static HUAWEI_SUN2000: Policy = Policy::counted_before(
    Rules::new().with_lengths(6, 20).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_class(Class::new("special characters", CharSet::of("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"))).with_min_classes(2).with_excluded(CharSet::of("\"#$%&'(),/:;<=>?@[\\]^`{|}~")),
    &[(6, 22), (7, 20), (9, 21), (13, 22), (17, 24), (21, 0)],
);

/// Nokia A-020W, a login.
pub static NOKIA_A020W: Policy = Policy::counted_before(
    Rules::new().with_lengths(8, 24).with_default_length(16)
        .with_class(Class::new("letters", CharSet::of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))).with_class(Class::new("digits", CharSet::DIGITS)).with_class(Class::new("special characters", CharSet::of("!#+,-/:=@]_"))).with_min_classes(2).with_max_repeat(8).with_first(ClassSet::EMPTY.with(0).with(1)),
    &[(8, 59), (9, 56), (10, 54), (11, 52), (12, 51), (13, 50), (15, 49), (25, 0)],
);

/// Poly HDX, a login.
pub static POLY_HDX: Policy = Policy::counted_before(
    Rules::new().with_lengths(1, 40).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(CharSet::of("!#$&*,-./;@\\_")),
    &[(1, 18), (5, 20), (9, 22), (13, 24), (17, 25), (21, 26), (25, 28), (29, 29), (33, 30), (37, 31), (41, 0)],
);

/// Poly Trio, a login.
pub static POLY_TRIO: Policy = Policy::counted_before(
    Rules::new().with_lengths(1, 256).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(1, 15), (5, 17), (9, 18), (13, 19), (17, 20), (21, 21), (25, 22), (29, 23), (37, 24), (41, 25), (49, 26), (57, 27)],
);

/// Snom phones, an identity.
pub static SNOM: Policy = Policy::counted_before(
    Rules::new().with_lengths(1, 256).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(1, 15), (5, 17), (9, 18), (13, 19), (17, 20), (21, 21), (25, 22), (29, 23), (37, 24), (41, 25), (49, 26), (57, 27)],
);

/// Yealink VC400, its web login.
pub static YEALINK_VC: Policy = Policy::counted_before(
    Rules::new().with_lengths(1, 256).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(1, 15), (5, 17), (9, 18), (13, 19), (17, 20), (21, 21), (25, 22), (29, 23), (37, 24), (41, 25), (49, 26), (57, 27)],
);

pub(super) const SYSTEMS: &[System] = &[
    System { aliases: &["audiocodes"], group: SystemGroup::Phone, preset: Preset {
        name: "audiocodes-mediant", title: "AudioCodes Mediant 8000", policy: &AUDIOCODES_MEDIANT, read: Some("2014"), certainty: Certainty::High,
        source: "easymanua.ls/audiocodes/mediant-8000/manual, page 561",
        notes: &["The source does not say which characters are allowed: printable ASCII is accepted, letters and digits are generated."],
    } },
    System { aliases: &[], group: SystemGroup::Phone, preset: Preset {
        name: "avaya-j100", title: "Avaya J100 with open SIP", policy: &AVAYA_J100, read: None, certainty: Certainty::High,
        source: "dev-docs.avaya.com, Installing and Administering J100",
        notes: &["ASCII: printable ASCII is accepted, letters and digits are generated."],
    } },
    System { aliases: &[], group: SystemGroup::Phone, preset: Preset {
        name: "bas-ip", title: "BAS-IP panels, a SIP account", policy: &BAS_IP, read: None, certainty: Certainty::Medium,
        source: "developers.bas-ip.com, set first account SIP settings",
        notes: &["The source lists the characters, with white space; the list is not repeated here: printable ASCII is accepted, letters and digits are generated."],
    } },
    System { aliases: &["cisco"], group: SystemGroup::Phone, preset: Preset {
        name: "cisco-phone", title: "Cisco 7900 to 8800 phones, enterprise firmware", policy: &CISCO_PHONE, read: Some("2026-04"), certainty: Certainty::Medium,
        source: "usecallmanagernz.github.io/sepmac-cnf-xml.html, line.authPassword (7d160c3)",
        notes: &[
            "The source is the community's reference of the configuration file: it states the length.",
            "The source does not say which characters are allowed: printable ASCII is accepted, letters and digits are generated.",
        ],
    } },
    System { aliases: &["3com"], group: SystemGroup::Phone, preset: Preset {
        name: "hp-msr", title: "HP and 3Com MSR routers, a SIP trunk account", policy: &HP_MSR, read: None, certainty: Certainty::High,
        source: "manualshelf.com, HP MSR, Voice Command Reference, page 132",
        notes: &[
            "The case of letters counts.",
            "The source does not say which characters are allowed: printable ASCII is accepted, letters and digits are generated.",
        ],
    } },
    System { aliases: &[], group: SystemGroup::Phone, preset: Preset {
        name: "huawei-ipc", title: "Huawei IPC6125 camera, a login", policy: &HUAWEI_IPC, read: Some("2016"), certainty: Certainty::High,
        source: "manualshive.com, IPC6125, page 167",
        notes: &[
            "The source does not name the special characters: all visible ones are accepted, and those generated are - . _ * + and !.",
            "This is no SIP device; its rule is listed because people copy it.",
            "The user name, its reverse, the last two passwords and weak ones are refused too: see --not-containing and validate --deny.",
        ],
    } },
    System { aliases: &[], group: SystemGroup::Phone, preset: Preset {
        name: "huawei-sun2000", title: "Huawei SUN2000 inverter, a login", policy: &HUAWEI_SUN2000, read: Some("2016"), certainty: Certainty::High,
        source: "easymanua.ls/huawei/sun2000, page 100",
        notes: &[
            "The source does not name the special characters: all visible ones are accepted, and those generated are - . _ * + and !.",
            "This is no SIP device; its rule is listed because people copy it.",
            "The user name, its reverse and the last two passwords are refused too: see --not-containing.",
        ],
    } },
    System { aliases: &["nokia"], group: SystemGroup::Phone, preset: Preset {
        name: "nokia-a020w", title: "Nokia A-020W, a login", policy: &NOKIA_A020W, read: Some("2018"), certainty: Certainty::High,
        source: "easymanua.ls/nokia/7368-isam-cpe, page 95",
        notes: &["This is not the SIP secret but a neighbouring password of the same product."],
    } },
    System { aliases: &["polycom-hdx"], group: SystemGroup::Phone, preset: Preset {
        name: "poly-hdx", title: "Poly HDX, a login", policy: &POLY_HDX, read: None, certainty: Certainty::High,
        source: "HDX Administrator Guide, page 8-25",
        notes: &[
            "This is not the SIP secret but a neighbouring password of the same product.",
            "It can also refuse the ID, its reverse, repeated characters and a password that changes too few characters: all are settings.",
        ],
    } },
    System { aliases: &["poly", "polycom"], group: SystemGroup::Phone, preset: Preset {
        name: "poly-trio", title: "Poly Trio, a login", policy: &POLY_TRIO, read: None, certainty: Certainty::High,
        source: "easymanua.ls/polycom/trio-visualplus, page 137",
        notes: &[
            "This is not the SIP secret but a neighbouring password of the same product.",
            "The shortest length is a setting, from 0 to 32. The factory defaults are 456 and 123: change them.",
            "The source does not say which characters are allowed: printable ASCII is accepted, letters and digits are generated.",
            "No longest password is stated: 256 characters is the limit of this library.",
        ],
    } },
    System { aliases: &[], group: SystemGroup::Phone, preset: Preset {
        name: "snom", title: "Snom phones, an identity", policy: &SNOM, read: None, certainty: Certainty::High,
        source: "wiki.snom.com/Web_Interface/Identities/Login",
        notes: &[
            "Any text, or its MD5 (user_hash). On the keypad, entry starts with digits.",
            "No longest password is stated: 256 characters is the limit of this library.",
        ],
    } },
    System { aliases: &["yealink"], group: SystemGroup::Phone, preset: Preset {
        name: "yealink-vc", title: "Yealink VC400, its web login", policy: &YEALINK_VC, read: None, certainty: Certainty::High,
        source: "Yealink VC400 guide, page 264",
        notes: &[
            "This is not the SIP secret but a neighbouring password of the same product.",
            "No rule for the SIP password of Yealink phones was found.",
            "Printable ASCII (32 to 126) is accepted, letters and digits are generated.",
            "No longest password is stated: 256 characters is the limit of this library.",
        ],
    } },
];
