//! The rules of many SIP systems, each a policy file with its source.
//!
//! A system is a file in `presets/` and a word in [`CATALOGUE`].

use core::fmt;

use crate::{
    formats::policy_file::{PolicyFile, PolicyFileError},
    presets::certainty::Certainty,
};

/// A system that states a rule for passwords of SIP phones, or for its neighbouring ones.
///
/// ```
/// use sip_password::System;
///
/// let twilio = System::named("Twilio").expect("it is in the catalogue").file()?;
/// assert!(twilio.policy().check("Not-a-real-1").is_ok());
/// assert_eq!(twilio.certainty.map(|certainty| certainty.name()), Some("high"));
/// # Ok::<(), sip_password::PolicyFileError>(())
/// ```
///
/// The vendors whose interfaces this library speaks are not among them: they have a [`Preset`](crate::Preset).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct System {
    /// The name in programs: `"twilio"`.
    pub name: &'static str,
    /// Other names by which it is found.
    pub aliases: &'static [&'static str],
    /// What kind of system it is.
    pub group: SystemGroup,
    /// Its policy file.
    pub text: &'static str,
}

/// A kind of system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SystemGroup {
    /// Services in the cloud.
    Cloud,
    /// Private branch exchanges.
    Pbx,
    /// Phones, clients and gateways.
    Phone,
    /// Servers and tools that store the passwords of a registrar.
    Store,
}

/// The list of systems: the name, which is that of the file, and other names in brackets.
macro_rules! systems {
    ($($group:ident: $($name:literal $([$($alias:literal),+])?)+;)+) => {
        &[$($(System {
            name: $name,
            aliases: &[$($($alias),+)?],
            group: SystemGroup::$group,
            text: include_str!(concat!("../presets/", $name, ".toml")),
        }),+),+]
    };
}

/// Every system, by group and name.
pub const CATALOGUE: &[System] = systems! {
    Cloud:
        "2talk" ["sipcity"]
        "bland"
        "chime" ["amazon", "aws"]
        "ovh"
        "plivo"
        "sip-us"
        "telnyx"
        "thinktel" ["distributel"]
        "twilio"
        "zoom";
    Pbx:
        "3cx"
        "altigen" ["maxcs"]
        "auerswald" ["comtrexx"]
        "avaya-ip-office"
        "cisco-be3000"
        "cisco-expressway" ["expressway"]
        "cucm" ["callmanager"]
        "esi"
        "freepbx" ["asterisk", "issabel"]
        "fs-pbx" ["fspbx"]
        "fusionpbx"
        "grandstream-ucm" ["ucm"]
        "ivozprovider"
        "karel"
        "kazoo"
        "magnusbilling"
        "matrix-eternity" ["sarvam"]
        "mikopbx"
        "mitel-mivoice-400" ["mivoice"]
        "openvox"
        "sipwise-ngcp" ["ngcp"]
        "vantage"
        "vertical-wave"
        "vicidial"
        "wazo"
        "yeastar-p"
        "yeastar-s" ["yeastar"]
        "yeastar-trunk";
    Phone:
        "audiocodes-mediant" ["audiocodes"]
        "avaya-j100"
        "bas-ip"
        "cisco-phone" ["cisco"]
        "hp-msr" ["3com"]
        "huawei-ipc"
        "huawei-sun2000"
        "nokia-a020w" ["nokia"]
        "poly-hdx" ["polycom-hdx"]
        "poly-trio" ["poly", "polycom"]
        "snom"
        "yealink-vc" ["yealink"];
    Store:
        "jambonz"
        "kamailio"
        "linphone" ["flexisip"]
        "opensips";
};

impl System {
    /// The system with this name or alias, in any case of ASCII letters.
    pub fn named(name: &str) -> Option<&'static Self> {
        let is_named = |system: &&Self| {
            let mut names = core::iter::once(&system.name).chain(system.aliases);
            names.any(|one| one.eq_ignore_ascii_case(name))
        };
        CATALOGUE.iter().find(is_named)
    }

    /// The product and the kind of password: `"Twilio, a SIP credential"`. Unlike [`file`](Self::file), this counts nothing.
    pub fn title(&self) -> &'static str {
        self.line("title").unwrap_or(self.name)
    }

    /// How sure it is that the rule is right. Unlike [`file`](Self::file), this counts nothing.
    pub fn certainty(&self) -> Option<Certainty> {
        let name = self.line("certainty")?;
        Certainty::ALL.into_iter().find(|certainty| certainty.name() == name)
    }

    /// The date of the source. Unlike [`file`](Self::file), this counts nothing.
    pub fn read(&self) -> Option<&'static str> {
        self.line("read")
    }

    /// The text of a key that stands in one line, without escapes.
    fn line(&self, key: &str) -> Option<&'static str> {
        let value = |line: &'static str| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"');
        self.text.lines().find_map(value)
    }

    /// The rule, with its source and what is not known of it.
    ///
    /// Cost: that of [`PolicyFile::parse`], some 50 microseconds for most systems, and up to half a second where sequences are refused.
    ///
    /// # Errors
    ///
    /// None: every file of the catalogue is tested to be a policy.
    pub fn file(&self) -> Result<PolicyFile, PolicyFileError> {
        PolicyFile::parse(self.text)
    }
}

impl SystemGroup {
    /// Every group, in the order of the catalogue.
    pub const ALL: [Self; 4] = [Self::Cloud, Self::Pbx, Self::Phone, Self::Store];

    /// The group in words: `"phones and gateways"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cloud => "cloud services",
            Self::Pbx => "PBX",
            Self::Phone => "phones and gateways",
            Self::Store => "stores",
        }
    }
}

impl fmt::Display for SystemGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
