//! What scanners try and configurations come with, written down from public documents. Small letters; substitutions such as `0` for
//! `o` are undone before, and need no entry; nor do numbers in order and repeated digits, which are walks. Each group names the documents that it comes from.

/// The groups.
pub(super) const WORDS: &[&[&str]] = &[SAMPLES, SWITCHES, DEVICES, HUAWEI, VENDORS, THINGS, USUAL];

/// Passwords of sample configurations that are copied: FreeSWITCH's `conf/vanilla/vars.xml` (`default_password=1234`) and
/// `event_socket.conf.xml` (`ClueCon`); Asterisk's documentation "Hello World" (`unsecurepassword`) and the comments of its samples
/// (`blah`, `mysecret`, `welcome`); `kamctlrc` of Kamailio and OpenSIPS, and their database modules' documentation (`kamailiorw`, `kamailioro`,
/// `opensipsrw`, `opensipsro`, before the projects parted `openserrw`, `openserro`); SER's administrator's guide (`heslo`).
const SAMPLES: &[&str] = &[
    "cluecon",
    "unsecurepassword",
    "blah",
    "mysecret",
    "welcome",
    "kamailiorw",
    "kamailioro",
    "opensipsrw",
    "opensipsro",
    "openserrw",
    "openserro",
    "heslo",
];

/// Passwords that distributions of telephone switches came with: FreePBX's `amportal.conf` (`amp109`, `amp111`, `passw0rd`); Elastix's
/// `elastix.conf` and its modules (`eLaStIx.2oo7`, and `palosanto`, the name of its vendor); trixbox's and Asterisk@Home's release notes
/// (`maint` with `password`); MagnusBilling's list of what it refuses (`123456`, `12345678`, `012345`).
const SWITCHES: &[&str] = &["amp109", "amp111", "elastix.2oo7", "palosanto", "maint"];

/// Passwords of devices by their manuals: Poly's phones and Trio (`456`, `123`) and its provisioning server (`PlcmSpIp`); Cisco's 7940 and
/// 7960 (`cisco`); Mitel's 6800, formerly Aastra (`22222`); Panasonic's KX-UT (`adminpass`); ESI's IP Server 900 (`e$i789`);
/// Yealink (`admin`, `user`, `var`) and Grandstream (`admin`, `123`); Mediatrix (`administrator`); Ubiquiti (`ubnt`).
const DEVICES: &[&str] = &["plcmspip", "adminpass", "e$i789", "administrator", "ubnt"];

/// Huawei's manuals of switches, gateways and terminals: `Admin@123`, `Admin@huawei.com`, `Changeme_123`, `admintelecom`. The first and the third are a word
/// and digits.
const HUAWEI: &[&str] =
    &["admin@huawei.com", "huawei.com", "changeme", "admintelecom", "telecomadmin", "telecom"];

/// Names of vendors and of products, which people put before a year or `@123`. They are the names in this library's own documents, and
/// of the makers of phones, gateways and switches in the systems that it is used with.
const VENDORS: &[&str] = &[
    "3cx",
    "aastra",
    "alcatel",
    "asterisk",
    "audiocodes",
    "avaya",
    "broadsoft",
    "cisco",
    "dinstar",
    "elastix",
    "exotel",
    "fanvil",
    "freepbx",
    "freeswitch",
    "fusionpbx",
    "gigaset",
    "grandstream",
    "huawei",
    "issabel",
    "kamailio",
    "linksys",
    "linphone",
    "lucent",
    "mediatrix",
    "microsip",
    "mikopbx",
    "mikrotik",
    "mitel",
    "newrock",
    "nokia",
    "nxcloud",
    "opensips",
    "openvox",
    "panasonic",
    "patton",
    "plivo",
    "polycom",
    "sangoma",
    "siemens",
    "sipwise",
    "snom",
    "telnyx",
    "trixbox",
    "twilio",
    "unify",
    "vicidial",
    "xlite",
    "yealink",
    "yeastar",
    "zoiper",
    "zte",
];

/// What a telephone system consists of, and who uses it: the user names and the words that lists for scanners begin with.
const THINGS: &[&str] = &[
    "account",
    "admin",
    "agent",
    "call",
    "callcenter",
    "client",
    "default",
    "demo",
    "device",
    "dial",
    "extension",
    "gateway",
    "guest",
    "manager",
    "mobile",
    "operator",
    "pabx",
    "pbx",
    "phone",
    "proxy",
    "reception",
    "register",
    "root",
    "secret",
    "security",
    "server",
    "service",
    "sip",
    "softphone",
    "super",
    "supervisor",
    "support",
    "system",
    "tech",
    "tel",
    "telephone",
    "temp",
    "test",
    "trunk",
    "user",
    "video",
    "voice",
    "voicemail",
    "voip",
];

/// The words that heads of every published ranking of passwords have in common, without their digits.
const USUAL: &[&str] = &[
    "dragon", "football", "hello", "iloveyou", "india", "letmein", "login", "master", "monkey", "password",
    "passwort", "pass", "princess", "shadow", "summer", "autumn", "spring", "sunshine", "winter", "company",
    "office",
];
