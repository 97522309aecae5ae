//! The contexts in which a password must survive without being escaped.

use core::fmt;

use crate::{
    policy::{Policy, PolicyError},
    rules::charset::CharSet,
};

/// A context into which a SIP password is pasted without being escaped, with the characters that have no other meaning there.
///
/// Programs should escape the passwords that they take. Not all of them do, and a password of these characters works anyway.
/// [`Policy::entropy`] tells the cost: at most 2.5 of 98 bits for Huawei's policy and any one context but the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SafeFor {
    /// A SIP URI, `sip:user:password@host`: letters, digits and `-_.!~*'()&=+$,`.
    Uri,
    /// `password=` in Asterisk's pjsip.conf: printable ASCII without the space and `;\`, and no `>` at the start.
    ///
    /// There `;` begins a comment, and `;--` one that goes over the ends of lines and so swallows the users that follow; `\` escapes a
    /// semicolon, and `>` at the start is taken for a part of the equals sign.
    Asterisk,
    /// The arguments of `Dial` in Asterisk's extensions.conf, and lines that register at another server: letters, digits and `-_.!*+`.
    ///
    /// There `,`, `|`, `^` and `&` separate arguments, `$`, braces and brackets mark variables, and `:`, `@`, `/`, `~` and `?`
    /// separate the parts of a line that registers.
    AsteriskDial,
    /// FreeSWITCH's directory: [`Xml`](Self::Xml) without `${}`, of which variables are made when the file is read.
    Freeswitch,
    /// kamctl, the shell command of Kamailio and OpenSIPS: printable ASCII without the space and `'\`.
    ///
    /// It writes `'` into SQL, and computes another `ha1` of a password with `\` or a space. The database takes all characters.
    Kamctl,
    /// Grandstream's phones, provisioned by a template that does not escape: [`Xml`](Self::Xml) without `$#`. With `$`, an
    /// authenticated request to restart fails.
    Grandstream,
    /// `auth_pass=` in the accounts file of baresip: printable ASCII without the space and `;"\`. A line with another password
    /// can make it load no account of the file.
    Baresip,
    /// `[authentication password=]` in a scenario of SIPp, its option `-ap` and its CSV files: printable ASCII without the space and
    /// `[]";`.
    Sipp,
    /// XML, with which phones are provisioned, by a template that does not escape: printable ASCII without the space and `&<>"'`.
    Xml,
    /// A JSON string, by a program that does not escape: printable ASCII without the space and `"\`.
    Json,
    /// The query of a URL, or a form, by a program that does not encode: letters, digits and `-._~!$'()*,:@/`. There `&`, `;` and `=`
    /// separate, `+` is a space, `%` begins an escape, and `#` and `?` a part of the URL.
    Query,
    /// A cell of a spreadsheet, and a field of a CSV file without quotes: printable ASCII without the space and `",;`, and none of
    /// `=+-@'` at the start.
    ///
    /// A cell that begins with `=`, `+`, `-` or `@` is a formula, and one that begins with `'` loses it; `,`, `;` and the tab separate, and
    /// `"` quotes. A spreadsheet may still take a password for a number, such as one of digits alone or `1E10`: import the column as text.
    Csv,
    /// A word of a shell command: letters, digits and `@%_+=:,./-`, and no `-` at the start, which begins an option.
    Shell,
    /// The keypad of a phone: letters, digits and `*`. On many phones `#` ends the input.
    Keypad,
    /// A person who reads it aloud: letters and digits without `0 1 I O l o`, which look like each other, and `$%*+=?@`, each
    /// of which has one name. The reader must say upper and lower case.
    ReadingAloud,
}

const ALPHANUMERIC: CharSet = CharSet::UPPERCASE.union(CharSet::LOWERCASE).union(CharSet::DIGITS);
const WITHOUT_ENTITIES: CharSet = CharSet::GRAPHIC.difference(CharSet::of("&<>\"'"));

impl SafeFor {
    /// Every context.
    pub const ALL: &[Self] = &[
        Self::Uri,
        Self::Asterisk,
        Self::AsteriskDial,
        Self::Freeswitch,
        Self::Kamctl,
        Self::Grandstream,
        Self::Baresip,
        Self::Sipp,
        Self::Xml,
        Self::Json,
        Self::Query,
        Self::Csv,
        Self::Shell,
        Self::Keypad,
        Self::ReadingAloud,
    ];

    /// The name in the command: `"reading-aloud"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uri => "uri",
            Self::Asterisk => "asterisk",
            Self::AsteriskDial => "asterisk-dial",
            Self::Freeswitch => "freeswitch",
            Self::Kamctl => "kamctl",
            Self::Grandstream => "grandstream",
            Self::Baresip => "baresip",
            Self::Sipp => "sipp",
            Self::Xml => "xml",
            Self::Json => "json",
            Self::Query => "query",
            Self::Csv => "csv",
            Self::Shell => "shell",
            Self::Keypad => "keypad",
            Self::ReadingAloud => "reading-aloud",
        }
    }

    /// The characters that are safe in this context; some of them not [at the start](Self::excluded_first).
    ///
    /// ```
    /// use sip_password::{HUAWEI, SafeFor};
    ///
    /// // Asterisk takes whatever Huawei does; who reads a password aloud needs names for its characters.
    /// assert!(HUAWEI.alphabet().is_subset(SafeFor::Asterisk.characters()));
    /// assert!(!HUAWEI.alphabet().is_subset(SafeFor::ReadingAloud.characters()));
    /// ```
    pub const fn characters(self) -> CharSet {
        match self {
            Self::Uri => ALPHANUMERIC.union(CharSet::of("-_.!~*'()&=+$,")),
            Self::Asterisk => CharSet::GRAPHIC.difference(CharSet::of(";\\")),
            Self::AsteriskDial => ALPHANUMERIC.union(CharSet::of("-_.!*+")),
            Self::Freeswitch => WITHOUT_ENTITIES.difference(CharSet::of("${}")),
            Self::Kamctl => CharSet::GRAPHIC.difference(CharSet::of("'\\")),
            Self::Grandstream => WITHOUT_ENTITIES.difference(CharSet::of("$#")),
            Self::Baresip => CharSet::GRAPHIC.difference(CharSet::of(";\"\\")),
            Self::Sipp => CharSet::GRAPHIC.difference(CharSet::of("[]\";")),
            Self::Xml => WITHOUT_ENTITIES,
            Self::Json => CharSet::GRAPHIC.difference(CharSet::of("\"\\")),
            Self::Query => ALPHANUMERIC.union(CharSet::of("-._~!$'()*,:@/")),
            Self::Csv => CharSet::GRAPHIC.difference(CharSet::of("\",;")),
            Self::Shell => ALPHANUMERIC.union(CharSet::of("@%_+=:,./-")),
            Self::Keypad => ALPHANUMERIC.union(CharSet::of("*")),
            Self::ReadingAloud => {
                ALPHANUMERIC.difference(CharSet::of("01IOlo")).union(CharSet::of("$%*+=?@"))
            }
        }
    }

    /// Those of the [`characters`](Self::characters) that are not safe at the start.
    ///
    /// ```
    /// use sip_password::{CharSet, SafeFor};
    ///
    /// assert_eq!(SafeFor::Csv.excluded_first(), CharSet::of("=+-@'"));
    /// assert!(SafeFor::Uri.excluded_first().is_empty());
    /// ```
    pub const fn excluded_first(self) -> CharSet {
        match self {
            Self::Asterisk => CharSet::of(">"),
            Self::Csv => CharSet::of("=+-@'"),
            Self::Shell => CharSet::of("-"),
            _ => CharSet::EMPTY,
        }
    }

    /// The source of the set of characters.
    pub const fn source(self) -> &'static str {
        match self {
            Self::Uri => "RFC 3261, section 25.1: password, without the characters that must be escaped",
            Self::Asterisk => {
                "Asterisk of 2026-08, tried with every printable character: password= in pjsip.conf, without the semicolon, the backslash and a greater-than sign at the start"
            }
            Self::AsteriskDial => {
                "Asterisk's documentation of Dial, variables and register lines: characters without a meaning there"
            }
            Self::Freeswitch => {
                "FreeSWITCH's documentation of vars.xml: XML without the characters that mark variables"
            }
            Self::Kamctl => {
                "kamctl of Kamailio 5.6, tried with every printable character: without the apostrophe, the backslash and the space"
            }
            Self::Grandstream => {
                "reports of users (FusionPBX issue 2328, FS PBX's generator): XML without the dollar and the number sign"
            }
            Self::Baresip => {
                "baresip 1.0, tried with every printable character: auth_pass= without the semicolon, the quotation mark and the backslash"
            }
            Self::Sipp => {
                "SIPp 3.6, tried with every printable character: scenarios, -ap and -inf without brackets, the quotation mark and the semicolon"
            }
            Self::Xml => {
                "XML 1.0, section 2.4: without the characters that are written as entities, and the space, which is trimmed"
            }
            Self::Json => "RFC 8259, section 7: without the characters that must be escaped",
            Self::Query => {
                "RFC 3986, section 3.4, and the WHATWG's URL standard: without those that separate, or that forms decode"
            }
            Self::Csv => {
                "OWASP ASVS 1.2.10 and RFC 4180, section 2: without those that separate or quote, and at the start those that begin a formula or a text"
            }
            Self::Shell => {
                "POSIX.1-2024, Shell Command Language, sections 2.2 and 2.6: without those that need quotes, and no hyphen at the start, which begins an option by section 12.2 of the Base Definitions"
            }
            Self::Keypad => "ITU-T E.161: the keys, with letters by repeated presses",
            Self::ReadingAloud => {
                "this library: Base58 without 1 and o, and special characters with one name"
            }
        }
    }
}

impl fmt::Display for SafeFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Policy {
    /// The same policy, generating only passwords that are safe in every context of `contexts`. What is accepted stays the same.
    ///
    /// ```
    /// use sip_password::{HUAWEI, SafeFor};
    ///
    /// let safe = HUAWEI.safe_for(&[SafeFor::Uri, SafeFor::AsteriskDial])?;
    /// assert_eq!(safe.alphabet().len(), 66);
    /// assert!(HUAWEI.entropy(16) - safe.entropy(16) < 1.4);
    /// # Ok::<(), sip_password::PolicyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`PolicyError::NothingToGenerate`] if no password of the default length is left.
    pub fn safe_for(&self, contexts: &[SafeFor]) -> Result<Self, PolicyError> {
        let rules = self.rules();
        let (mut excluded, mut first) = (rules.excluded(), rules.excluded_first());
        for context in contexts {
            excluded |= CharSet::PRINTABLE.difference(context.characters());
            first |= context.excluded_first();
        }
        Self::new(rules.with_excluded(excluded).with_excluded_first(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EXOTEL, HUAWEI, NXCLOUD};

    #[test]
    fn every_chosen_password_can_survive_everywhere() {
        for policy in [&HUAWEI, &EXOTEL, &NXCLOUD] {
            let safe = policy.safe_for(SafeFor::ALL).expect("letters and digits are enough");
            assert!(safe.alphabet().is_subset(policy.alphabet()));
            for context in SafeFor::ALL {
                assert!(safe.alphabet().is_subset(context.characters()), "{context}");
                assert!(context.characters().is_subset(CharSet::GRAPHIC), "{context}");
                assert!(context.excluded_first().is_subset(context.characters()), "{context}");
                let first = context.excluded_first().intersection(safe.alphabet());
                assert!(first.is_subset(safe.rules().excluded_first()), "{context}");
            }
            assert_eq!(safe.accepted(), policy.accepted());
        }
    }

    #[test]
    fn no_context_changes_nothing() {
        assert_eq!(HUAWEI.safe_for(&[]).expect("nothing changes").alphabet(), HUAWEI.alphabet());
    }

    #[test]
    fn sizes() {
        let sizes = SafeFor::ALL.iter().map(|context| context.characters().len());
        assert!(sizes.eq([76, 92, 68, 86, 92, 87, 91, 90, 89, 92, 76, 91, 72, 63, 63]));
    }

    /// Completions put them into scripts of shells.
    #[test]
    fn sources_mean_nothing_to_a_shell() {
        for context in SafeFor::ALL {
            assert!(!context.source().contains(['$', '"', '\\', '`']), "{context}");
        }
    }

    /// A line of three fields stays one, with either delimiter, and no field is a formula.
    #[test]
    fn a_csv_line_keeps_its_fields() {
        let (safe, first) = (SafeFor::Csv.characters(), SafeFor::Csv.excluded_first());
        for (character, at_start) in CharSet::GRAPHIC.iter().flat_map(|one| [(one, false), (one, true)]) {
            let password = std::format!("{}a{character}", if at_start { character } else { 'a' });
            let is_plain = |delimiter: char| {
                let line = std::format!("user{delimiter}{password}{delimiter}1");
                line.split(delimiter).eq(["user", &password, "1"])
            };
            let is_formula = password.starts_with(['=', '+', '-', '@']);
            let is_quoted = password.starts_with(['"', '\'']);
            let is_safe = is_plain(',') && is_plain(';') && !is_formula && !is_quoted;
            let is_generated = safe.contains(character) && !(at_start && first.contains(character));
            // A quotation mark elsewhere is read by some programs as it stands, and by others not.
            assert_eq!(is_generated, is_safe && character != '"', "{password}");
        }
    }

    #[test]
    fn asterisk_takes_what_the_vendors_do() {
        for policy in [&HUAWEI, &EXOTEL, &NXCLOUD] {
            let safe = policy.safe_for(&[SafeFor::Asterisk]).expect("nothing changes");
            assert_eq!(safe.alphabet(), policy.alphabet());
        }
    }
}
