//! Where passwords are pasted without being escaped, and the characters that survive it.

use core::fmt;

use crate::{
    policy::{Policy, PolicyError},
    rules::charset::CharSet,
};

/// A place where a SIP password ends up as it is, without being escaped: each has a set of characters that mean nothing else there.
///
/// Everything that takes a password should escape it. Not everything does, and a password of these characters works all the same.
/// What it costs, in bits, is what [`Policy::bits`] says of the policy that [`Policy::safe_for`] makes: 2.5 of 98 for Huawei's policy
/// and all of the places but the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SafeFor {
    /// A SIP URI, `sip:user:password@host`: letters, digits and `-_.!~*'()&=+$,`.
    Uri,
    /// The files of Asterisk: letters, digits and `-_.!*+`.
    ///
    /// `;` starts a comment there, `\` escapes, `#` includes, `=` and `>` assign, `$`, braces and brackets are variables, `,`, `|`, `^` and `&`
    /// separate arguments, and `:`, `@`, `/`, `~` and `?` the parts of a line that registers at another server.
    Asterisk,
    /// XML, as phones are provisioned with: printable ASCII but the space and `&<>"'`.
    Xml,
    /// A telephone's keypad: letters, digits and `*`. `#` ends the input on many phones.
    Keypad,
    /// A person who reads it to another: letters and digits but `0 1 I O l o`, which look like each other, and `$%*+=?@`, which have
    /// one name each. Upper and lower case must be said.
    ReadingAloud,
}

const ALPHANUMERIC: CharSet = CharSet::UPPERCASE.union(CharSet::LOWERCASE).union(CharSet::DIGITS);

impl SafeFor {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Uri, Self::Asterisk, Self::Xml, Self::Keypad, Self::ReadingAloud];

    /// The name that the command knows it by: `"reading-aloud"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uri => "uri",
            Self::Asterisk => "asterisk",
            Self::Xml => "xml",
            Self::Keypad => "keypad",
            Self::ReadingAloud => "reading-aloud",
        }
    }

    /// The characters that are safe there.
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

    /// Where the set is from.
    pub const fn source(self) -> &'static str {
        match self {
            Self::Uri => "RFC 3261, section 25.1: password, without what must be escaped",
            Self::Asterisk => {
                "Asterisk's sample configuration: what has no meaning in sip.conf, pjsip.conf or extensions.conf"
            }
            Self::Xml => {
                "XML 1.0, section 2.4: what is written as an entity, and the space, which is trimmed"
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

impl Policy<'_> {
    /// The same policy that generates only characters that are safe in each of `places`. What is accepted stays as it is.
    ///
    /// ```
    /// use sip_password::{HUAWEI, SafeFor};
    ///
    /// let safe = HUAWEI.safe_for(&[SafeFor::Uri, SafeFor::Asterisk])?;
    /// assert_eq!(safe.alphabet().len(), 66);
    /// assert!(HUAWEI.bits(16) - safe.bits(16) < 1.4);
    /// # Ok::<(), sip_password::PolicyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`PolicyError::NothingToGenerate`] if no password of the default length is left.
    pub fn safe_for(&self, places: &[SafeFor]) -> Result<Self, PolicyError> {
        let safe =
            places.iter().fold(CharSet::PRINTABLE, |safe, place| safe.intersection(place.characters()));
        self.excluding(CharSet::PRINTABLE.difference(safe))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EXOTEL, HUAWEI, NXCLOUD};

    #[test]
    fn every_preset_of_people_survives_all_places() {
        for policy in [&HUAWEI, &EXOTEL, &NXCLOUD] {
            let safe = policy.safe_for(&SafeFor::ALL).expect("letters and digits are enough");
            assert!(safe.alphabet().is_subset(policy.alphabet()));
            for place in SafeFor::ALL {
                assert!(safe.alphabet().is_subset(place.characters()), "{place}");
                assert!(place.characters().is_subset(CharSet::GRAPHIC), "{place}");
            }
            assert_eq!(safe.rules().accepted(), policy.rules().accepted());
        }
    }

    #[test]
    fn none_is_all() {
        assert_eq!(HUAWEI.safe_for(&[]).expect("nothing changes").alphabet(), HUAWEI.alphabet());
    }

    #[test]
    fn sizes() {
        assert_eq!(SafeFor::ALL.map(|place| place.characters().len()), [76, 68, 89, 63, 63]);
    }
}
