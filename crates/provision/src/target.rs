//! The phones and PBXs whose files this crate writes.

use sip_password::{CharSet, SafeFor};

use crate::{error::TemplateError, place::Place, template::Template};

/// A program or a phone that reads a file with passwords.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Target {
    /// The name in the command: `"freeswitch-a1"`.
    pub name: &'static str,
    /// What reads the file, in words.
    pub title: &'static str,
    /// The document, or the source code, that states the file's form.
    pub source: &'static str,
    /// What its templates were tried against: the program itself, or what stands for it.
    pub tried: &'static str,
    /// The template, in the language of Jinja2.
    pub template: &'static str,
    /// How the values in the file are escaped.
    pub place: Place,
    /// The template of a phone's file name, if each phone has a file of its own.
    pub file_name: Option<&'static str>,
    /// The usual name of the file of all phones, if they have one.
    pub file_of_all: &'static str,
    /// The characters of passwords to generate for it. A cautious set where nobody could try all: [`Template::render`] refuses only what certainly fails.
    pub alphabet: CharSet,
    /// The longest password, in characters. Longer ones are refused.
    pub max_length: Option<usize>,
}

/// What a phone's own parser takes where only letters, digits and these were seen in documents and reports.
const CAUTIOUS: CharSet =
    CharSet::UPPERCASE.union(CharSet::LOWERCASE).union(CharSet::DIGITS).union(CharSet::of("-_.!*@+~"));

/// The width of the column `password` of the table `subscriber`, in characters: MySQL cuts what is longer, unless it is strict (Kamailio 5.6,
/// auth_db-create.sql of its databases).
const SUBSCRIBER: Option<usize> = Some(64);
/// The same of OpenSIPS 3.2, whose table has no HA1B.
const OPENSIPS_SUBSCRIBER: Option<usize> = Some(25);

macro_rules! template {
    ($file:literal) => {
        include_str!(concat!("../templates/", $file))
    };
}

/// Every target, by name.
pub const TARGETS: &[Target] = &[
    Target {
        name: "asterisk",
        title: "Asterisk: an auth section with a password for each user, for pjsip.conf",
        source: "Asterisk, configs/samples/pjsip.conf.sample and main/config.c",
        tried: "a reader of Asterisk's grammar; its escapes were tried on Asterisk of 2026-08",
        template: template!("asterisk.conf.j2"),
        place: Place::Pjsip,
        file_name: None,
        file_of_all: "pjsip_auth.conf",
        alphabet: CharSet::GRAPHIC,
        max_length: None,
    },
    Target {
        name: "asterisk-md5",
        title: "Asterisk: the same with HA1 in place of the password",
        source: "Asterisk, configs/samples/pjsip.conf.sample: auth_type = md5, md5_cred",
        tried: "a reader of Asterisk's grammar",
        template: template!("asterisk-md5.conf.j2"),
        place: Place::Pjsip,
        file_name: None,
        file_of_all: "pjsip_auth.conf",
        alphabet: CharSet::GRAPHIC,
        max_length: None,
    },
    Target {
        name: "baresip",
        title: "baresip: a line of its accounts file",
        source: "baresip 1.0, docs/examples/accounts",
        tried: "baresip 1.0, by checks/registrar/run; an independent reader of its quoted parameters",
        template: template!("baresip.j2"),
        place: Place::Baresip,
        file_name: None,
        file_of_all: "accounts",
        alphabet: CharSet::GRAPHIC.difference(CharSet::of("\"\\")),
        max_length: Some(63),
    },
    Target {
        name: "cisco",
        title: "Cisco 7900 to 8800 with enterprise firmware: SEPMAC.cnf.xml",
        source: "usecallmanagernz.github.io/sepmac-cnf-xml.html (2026-04)",
        tried: "expat",
        template: template!("cisco.xml.j2"),
        place: Place::Xml,
        file_name: Some("SEP{{ mac | mac | upper }}.cnf.xml"),
        file_of_all: "",
        alphabet: CAUTIOUS,
        max_length: Some(30),
    },
    Target {
        name: "fanvil",
        title: "Fanvil: the phone's configuration file, MAC.cfg",
        source: "FusionPBX, resources/templates/provision/fanvil, and files of other provisioning servers",
        tried: "an independent reader of NAME :VALUE lines",
        template: template!("fanvil.cfg.j2"),
        place: Place::Line,
        file_name: Some("{{ mac | mac }}.cfg"),
        file_of_all: "",
        alphabet: CAUTIOUS,
        max_length: None,
    },
    Target {
        name: "freeswitch",
        title: "FreeSWITCH: a user of its directory, with the password",
        source: "FreeSWITCH, conf/vanilla/directory/default and src/switch_xml.c",
        tried: "expat, behind a reader that expands variables as switch_xml.c does",
        template: template!("freeswitch.xml.j2"),
        place: Place::Freeswitch,
        file_name: Some("{{ user }}.xml"),
        file_of_all: "",
        alphabet: CharSet::GRAPHIC,
        max_length: None,
    },
    Target {
        name: "freeswitch-a1",
        title: "FreeSWITCH: the same with HA1 in place of the password",
        source: "FreeSWITCH, src/mod/endpoints/mod_sofia: the parameter a1-hash",
        tried: "expat, behind a reader that expands variables as switch_xml.c does",
        template: template!("freeswitch-a1.xml.j2"),
        place: Place::Freeswitch,
        file_name: Some("{{ user }}.xml"),
        file_of_all: "",
        alphabet: CharSet::GRAPHIC,
        max_length: None,
    },
    Target {
        name: "grandstream",
        title: "Grandstream GXP and GRP: cfgMAC.xml",
        source: "Grandstream's provisioning guide: P34, P35, P36 and P47",
        tried: "expat",
        template: template!("grandstream.xml.j2"),
        place: Place::Xml,
        file_name: Some("cfg{{ mac | mac }}.xml"),
        file_of_all: "",
        alphabet: SafeFor::Grandstream.characters(),
        max_length: None,
    },
    Target {
        name: "kamailio",
        title: "Kamailio: SQL that gives users of the table subscriber new passwords, HA1 and HA1B",
        source: "Kamailio 5.6, the table subscriber of db_schema",
        tried: "SQLite",
        template: template!("kamailio.sql.j2"),
        place: Place::Sql,
        file_name: None,
        file_of_all: "subscriber.sql",
        alphabet: CharSet::GRAPHIC.difference(CharSet::of("\\")),
        max_length: SUBSCRIBER,
    },
    Target {
        name: "kamailio-csv",
        title: "Kamailio: rows of the table subscriber",
        source: "Kamailio 5.6, the table subscriber of db_schema",
        tried: "the csv module of Python",
        template: template!("kamailio.csv.j2"),
        place: Place::Csv,
        file_name: None,
        file_of_all: "subscriber.csv",
        alphabet: CharSet::GRAPHIC,
        max_length: SUBSCRIBER,
    },
    Target {
        name: "kamailio-new",
        title: "Kamailio: SQL that adds users to the table subscriber",
        source: "Kamailio 5.6, the table subscriber of db_schema",
        tried: "Kamailio 5.6 on SQLite, by checks/registrar/run",
        template: template!("kamailio-new.sql.j2"),
        place: Place::Sql,
        file_name: None,
        file_of_all: "subscriber.sql",
        alphabet: CharSet::GRAPHIC.difference(CharSet::of("\\")),
        max_length: SUBSCRIBER,
    },
    Target {
        name: "linphone",
        title: "Linphone: the accounts of linphonec, linphone-daemon and the desktop, for linphonerc",
        source: "liblinphone, coreapi/lpconfig.c: lines of KEY=VALUE, whose spaces at the end are dropped",
        tried: "linphone-daemon 5.1, by checks/registrar/run; an independent reader of KEY=VALUE lines",
        template: template!("linphone.rc.j2"),
        place: Place::Line,
        file_name: None,
        file_of_all: "linphonerc",
        alphabet: CharSet::GRAPHIC,
        max_length: None,
    },
    Target {
        name: "opensips",
        title: "OpenSIPS 3.2 and later: SQL that gives users of the table subscriber new passwords and HA1 by three algorithms",
        source: "OpenSIPS 3.2, the table subscriber (version 8) of scripts/mysql/auth_db-create.sql",
        tried: "SQLite",
        template: template!("opensips.sql.j2"),
        place: Place::Sql,
        file_name: None,
        file_of_all: "subscriber.sql",
        alphabet: CharSet::GRAPHIC.difference(CharSet::of("\\")),
        max_length: OPENSIPS_SUBSCRIBER,
    },
    Target {
        name: "opensips-new",
        title: "OpenSIPS 3.2 and later: SQL that adds users to the table subscriber",
        source: "OpenSIPS 3.2, the table subscriber (version 8) of scripts/mysql/auth_db-create.sql",
        tried: "SQLite",
        template: template!("opensips-new.sql.j2"),
        place: Place::Sql,
        file_name: None,
        file_of_all: "subscriber.sql",
        alphabet: CharSet::GRAPHIC.difference(CharSet::of("\\")),
        max_length: OPENSIPS_SUBSCRIBER,
    },
    Target {
        name: "poly",
        title: "Poly (Polycom): the phone's configuration file, MAC-phone.cfg",
        source: "Poly's UC software administrator guide: reg.x.auth.password",
        tried: "expat",
        template: template!("poly.xml.j2"),
        place: Place::Xml,
        file_name: Some("{{ mac | mac }}-phone.cfg"),
        file_of_all: "",
        alphabet: CAUTIOUS,
        max_length: None,
    },
    Target {
        name: "snom",
        title: "Snom: the phone's settings, MAC.xml",
        source: "Snom's service hub: XML definitions, user_pass",
        tried: "expat",
        template: template!("snom.xml.j2"),
        place: Place::Xml,
        file_name: Some("{{ mac | mac | upper }}.xml"),
        file_of_all: "",
        alphabet: SafeFor::Xml.characters(),
        max_length: None,
    },
    Target {
        name: "yealink",
        title: "Yealink: the phone's configuration file, MAC.cfg",
        source: "Yealink's administrator guide: account.X.password",
        tried: "an independent reader of NAME = VALUE lines",
        template: template!("yealink.cfg.j2"),
        place: Place::Line,
        file_name: Some("{{ mac | mac }}.cfg"),
        file_of_all: "",
        alphabet: CAUTIOUS,
        max_length: None,
    },
];

impl Target {
    /// The target of this name.
    ///
    /// ```
    /// use sip_password_provision::Target;
    ///
    /// assert!(Target::named("yealink").is_some());
    /// ```
    pub fn named(name: &str) -> Option<&'static Self> {
        TARGETS.iter().find(|target| target.name == name)
    }

    /// The target's template, parsed.
    ///
    /// # Panics
    ///
    /// Never: each is parsed by a test.
    pub fn parsed(&self) -> Template {
        let parsed =
            Template::new(self.name, self.template, self.place).and_then(|template| match self.file_name {
                Some(name) => template.with_file_name(name),
                None => Ok(template),
            });
        parsed.expect("it is a template")
    }

    /// Refuses a password that the target certainly cannot carry for its length. What its characters are is up to the template.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] with both lengths.
    pub fn check_length(&self, password: &str) -> Result<(), TemplateError> {
        let length = password.chars().count();
        match self.max_length.filter(|&max| length > max) {
            Some(max) => Err(TemplateError::because(
                self.name,
                format_args!("expected a password of at most {max} characters, found {length}"),
            )),
            None => Ok(()),
        }
    }
}
