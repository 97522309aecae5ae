//! Systems of the group [`Store`](SystemGroup::Store). Made from `presets/` by
//! `UPDATE_CATALOGUE=1 cargo test -p sip-password-formats systems`.

use super::{NOT_ALPHANUMERIC, System, SystemGroup};
use crate::{
    policy::Policy,
    presets::{Preset, certainty::Certainty},
    rules::{Rules, charset::CharSet, class::{Class}},
};

/// Jambonz, the registration of a trunk.
pub static JAMBONZ: Policy = Policy::counted_before(
    Rules::new().with_lengths(1, 64).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(1, 15), (5, 17), (9, 18), (13, 19), (17, 20), (21, 21), (25, 22), (29, 23), (37, 24), (41, 25), (49, 26), (57, 27)],
);

/// Kamailio, the table of subscribers.
pub static KAMAILIO: Policy = Policy::counted_before(
    Rules::new().with_lengths(1, 64).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(1, 15), (5, 17), (9, 18), (13, 19), (17, 20), (21, 21), (25, 22), (29, 23), (37, 24), (41, 25), (49, 26), (57, 27)],
);

/// Linphone account manager, an account.
pub static LINPHONE: Policy = Policy::counted_before(
    Rules::new().with_lengths(8, 256).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(8, 17), (9, 18), (13, 19), (17, 20), (21, 21), (25, 22), (29, 23), (37, 24), (41, 25), (49, 26), (57, 27)],
);

/// OpenSIPS Control Panel, a user.
pub static OPENSIPS: Policy = Policy::counted_before(
    Rules::new().with_lengths(6, 64).with_default_length(16)
        .with_class(Class::new("uppercase letters", CharSet::UPPERCASE)).with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(Class::new("digits", CharSet::DIGITS)).with_uncounted(NOT_ALPHANUMERIC).with_excluded(NOT_ALPHANUMERIC),
    &[(6, 17), (9, 18), (13, 19), (17, 20), (21, 21), (25, 22), (29, 23), (37, 24), (41, 25), (49, 26), (57, 27)],
);

pub(super) const SYSTEMS: &[System] = &[
    System { aliases: &[], group: SystemGroup::Store, preset: Preset {
        name: "jambonz", title: "Jambonz, the registration of a trunk", policy: &JAMBONZ, read: Some("2026-04"), certainty: Certainty::High,
        source: "jambonz-api-server, db/jambones-sql.sql and utils.js, line 432",
        notes: &["The length of the column is the limit. A SIP client has none (1024), and the portal asks for 8 to 20 characters."],
    } },
    System { aliases: &[], group: SystemGroup::Store, preset: Preset {
        name: "kamailio", title: "Kamailio, the table of subscribers", policy: &KAMAILIO, read: Some("2026"), certainty: Certainty::High,
        source: "kamailio, entities.xml (38711a3e78): the column password",
        notes: &["The length of the column is the limit; the columns ha1 hold a digest instead."],
    } },
    System { aliases: &["flexisip"], group: SystemGroup::Store, preset: Preset {
        name: "linphone", title: "Linphone account manager, an account", policy: &LINPHONE, read: Some("2026-08"), certainty: Certainty::High,
        source: "flexisip-account-manager, Request.php, line 63, and ImportController.php",
        notes: &[
            "A new account asks for at least 3 characters, an import for 6, a reset for 8: all three accept what is stated here.",
            "Linphone desktop was seen to hold at most 34 characters: see --fits linphone.",
            "The source does not say which characters are allowed: printable ASCII is accepted, letters and digits are generated.",
            "No longest password is stated: 256 characters is the limit of this library.",
        ],
    } },
    System { aliases: &[], group: SystemGroup::Store, preset: Preset {
        name: "opensips", title: "OpenSIPS Control Panel, a user", policy: &OPENSIPS, read: Some("2026"), certainty: Certainty::High,
        source: "opensips-cp, user_management.form.php",
        notes: &[
            "The length of the column is the limit.",
            "The source does not say which characters are allowed: printable ASCII is accepted, letters and digits are generated.",
        ],
    } },
];
