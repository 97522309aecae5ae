//! The contexts in which a password must survive without being escaped.

use core::fmt;

use crate::{
    policy::{Policy, PolicyError},
    rules::charset::CharSet,
};

/// A context into which a SIP password is pasted without being escaped, with the characters that have no other meaning there.
///
/// Programs should escape the passwords that they take. Not all of them do, and a password of these characters works anyway.
/// [`Policy::entropy`] tells the cost: 2.5 of 98 bits for Huawei's policy and every context but the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SafeFor {
    /// A SIP URI, `sip:user:password@host`: letters, digits and `-_.!~*'()&=+$,`.
    Uri,
    /// The files of Asterisk: letters, digits and `-_.!*+`.
    ///
    /// There `;` starts a comment, `\` escapes, `#` includes a file, `=` and `>` assign, `$`, braces and brackets mark
    /// variables, `,`, `|`, `^` and `&` separate arguments, and `:`, `@`, `/`, `~` and `?` separate the parts of a line that
    /// registers at another server.
    Asterisk,
    /// XML, with which phones are provisioned: printable ASCII without the space and `&<>"'`.
    Xml,
    /// The keypad of a phone: letters, digits and `*`. On many phones `#` ends the input.
    Keypad,
    /// A person who reads it aloud: letters and digits without `0 1 I O l o`, which look like each other, and `$%*+=?@`, each
    /// of which has one name. The reader must say upper and lower case.
    ReadingAloud,
}

const ALPHANUMERIC: CharSet = CharSet::UPPERCASE.union(CharSet::LOWERCASE).union(CharSet::DIGITS);

impl SafeFor {
    /// Every context.
    pub const ALL: &[Self] = &[Self::Uri, Self::Asterisk, Self::Xml, Self::Keypad, Self::ReadingAloud];

    /// The name in the command: `"reading-aloud"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uri => "uri",
            Self::Asterisk => "asterisk",
            Self::Xml => "xml",
            Self::Keypad => "keypad",
            Self::ReadingAloud => "reading-aloud",
        }
    }

    /// The characters that are safe in this context.
    ///
    /// ```
    /// use sip_password::{CharSet, SafeFor};
    ///
    /// // Of Huawei's special characters, one is safe everywhere.
    /// let safe = SafeFor::ALL.iter().fold(CharSet::of("~@^*_+.?"), |set, safe| set.intersection(safe.characters()));
    /// assert_eq!(safe.to_string(), "*");
    /// ```
    pub const fn characters(self) -> CharSet {
        match self {
            Self::Uri => ALPHANUMERIC.union(CharSet::of("-_.!~*'()&=+$,")),
            Self::Asterisk => ALPHANUMERIC.union(CharSet::of("-_.!*+")),
            Self::Xml => CharSet::GRAPHIC.difference(CharSet::of("&<>\"'")),
            Self::Keypad => ALPHANUMERIC.union(CharSet::of("*")),
            Self::ReadingAloud => {
                ALPHANUMERIC.difference(CharSet::of("01IOlo")).union(CharSet::of("$%*+=?@"))
            }
        }
    }

    /// The source of the set of characters.
    pub const fn source(self) -> &'static str {
        match self {
            Self::Uri => "RFC 3261, section 25.1: password, without the characters that must be escaped",
            Self::Asterisk => {
                "Asterisk's sample configuration: characters without a meaning in sip.conf, pjsip.conf or extensions.conf"
            }
            Self::Xml => {
                "XML 1.0, section 2.4: without the characters that are written as entities, and the space, which is trimmed"
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
    /// The same policy, generating only characters that are safe in every context of `contexts`. What is accepted stays the same.
    ///
    /// ```
    /// use sip_password::{HUAWEI, SafeFor};
    ///
    /// let safe = HUAWEI.safe_for(&[SafeFor::Uri, SafeFor::Asterisk])?;
    /// assert_eq!(safe.alphabet().len(), 66);
    /// assert!(HUAWEI.entropy(16) - safe.entropy(16) < 1.4);
    /// # Ok::<(), sip_password::PolicyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`PolicyError::NothingToGenerate`] if no password of the default length is left.
    pub fn safe_for(&self, contexts: &[SafeFor]) -> Result<Self, PolicyError> {
        let safe =
            contexts.iter().fold(CharSet::PRINTABLE, |safe, context| safe.intersection(context.characters()));
        self.excluding(CharSet::PRINTABLE.difference(safe))
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
        assert!(SafeFor::ALL.iter().map(|context| context.characters().len()).eq([76, 68, 89, 63, 63]));
    }
}
