//! How the key of a journal becomes the keys that it is encrypted and authenticated with.

use core::ops::RangeInclusive;
use std::{borrow::ToOwned, format};

use argon2::{Algorithm, Argon2, Params, Version};
use blake2::{
    Blake2bMac,
    digest::{FixedOutput, Mac, consts::U32},
};
use zeroize::Zeroizing;

use super::encryption::{Key, Protection, SALT};
use crate::error::JournalError;

/// What Argon2id costs. A journal stores it, so that a release with a higher default still opens the journals of this one.
///
/// It is read before the key is known, so nothing authenticates it: whoever can write the file can ask for a hash that takes all
/// memory, or for a weak one. Therefore each number has limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Argon2Cost {
    /// In KiB.
    pub(super) memory: u32,
    pub(super) passes: u32,
    pub(super) lanes: u32,
    /// Argon2's own version: 19 is 1.3 (RFC 9106).
    pub(super) version: u32,
}

impl Argon2Cost {
    /// The cost of new journals: the second choice of OWASP's Password Storage Cheat Sheet, 19 MiB and 2 passes.
    pub(super) const DEFAULT: Self = Self { memory: 19 * 1024, passes: 2, lanes: 1, version: 19 };

    /// Up to 1 GiB, which takes a few seconds.
    const MEMORY: RangeInclusive<u32> = Self::DEFAULT.memory..=1024 * 1024;
    const PASSES: RangeInclusive<u32> = Self::DEFAULT.passes..=16;
    const LANES: RangeInclusive<u32> = 1..=16;
    const VERSION: RangeInclusive<u32> = Self::DEFAULT.version..=Self::DEFAULT.version;

    /// Checks each number against its limits.
    pub(super) fn check(self) -> Result<(), JournalError> {
        for (what, found, expected) in [
            ("memory in KiB", self.memory, Self::MEMORY),
            ("passes", self.passes, Self::PASSES),
            ("lanes", self.lanes, Self::LANES),
            ("version", self.version, Self::VERSION),
        ] {
            if !expected.contains(&found) {
                let (least, most) = expected.into_inner();
                return Err(JournalError::Edited(format!(
                    "Argon2's {what}: expected {least} to {most}, found {found}"
                )));
            }
        }
        Ok(())
    }

    /// The key that follows from a passphrase.
    fn derive(self, passphrase: &str, salt: &[u8; SALT]) -> Result<Zeroizing<[u8; 32]>, JournalError> {
        self.check()?;
        let refused = |_| JournalError::Edited("Argon2's cost".to_owned());
        let parameters = Params::new(self.memory, self.passes, self.lanes, None).map_err(refused)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
        let mut key = Zeroizing::new([0; 32]);
        match argon2.hash_password_into(passphrase.as_bytes(), salt, &mut *key) {
            Ok(()) => Ok(key),
            Err(_) => Err(JournalError::Io(std::io::ErrorKind::OutOfMemory)),
        }
    }
}

/// What a keyed hash is for: BLAKE2's personalisation, so that no hash for one purpose is one for another. Journals on disk depend on
/// these bytes: none may change.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    /// The key that encrypts.
    Encryption,
    /// The key of all the following.
    Authentication,
    /// The MAC of a row.
    Row,
    /// What a row adds to the digest of all rows.
    Set,
    /// The MAC of the head.
    Head,
    /// The MAC of an anchor.
    Anchor,
}

impl Purpose {
    pub(super) const fn personalisation(self) -> &'static [u8; 16] {
        match self {
            Self::Encryption => b"sipj encryption\0",
            Self::Authentication => b"sipj authenticat",
            Self::Row => b"sipj row\0\0\0\0\0\0\0\0",
            Self::Set => b"sipj set of rows",
            Self::Head => b"sipj head\0\0\0\0\0\0\0",
            Self::Anchor => b"sipj anchor\0\0\0\0\0",
        }
    }
}

/// The keyed hash of a journal: BLAKE2b, with the journal's own number as its salt.
pub(super) struct KeyedHash(Blake2bMac<U32>);

impl KeyedHash {
    pub(super) fn new(key: &[u8; 32], salt: &[u8; SALT], purpose: Purpose) -> Self {
        let hash = Blake2bMac::new_with_salt_and_personal(Some(key), salt, purpose.personalisation());
        Self(hash.expect("32, 16 and 16 bytes are within the limits"))
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        Mac::update(&mut self.0, bytes);
    }

    pub(super) fn finish(self) -> [u8; 32] {
        self.0.finalize_fixed().into()
    }

    /// Whether this is the hash; takes the same time wherever they differ.
    pub(super) fn is(self, expected: &[u8]) -> bool {
        self.0.verify_slice(expected).is_ok()
    }
}

/// The keys of one journal.
pub(super) struct Keys {
    pub(super) encryption: Zeroizing<[u8; 32]>,
    pub(super) authentication: Zeroizing<[u8; 32]>,
}

impl Keys {
    /// `None` for [`Key::Plaintext`].
    ///
    /// Cost: with a passphrase, as `cost` says; by default, some 20 ms and 19 MiB.
    pub(super) fn derive(
        key: &Key,
        salt: &[u8; SALT],
        cost: Option<Argon2Cost>,
    ) -> Result<Option<Self>, JournalError> {
        let derived;
        let key = match key {
            Key::Plaintext => return Ok(None),
            Key::Bytes(bytes) => bytes,
            Key::Passphrase(passphrase) => {
                let cost = cost.ok_or_else(|| JournalError::Edited("Argon2's cost is missing".to_owned()))?;
                derived = cost.derive(passphrase, salt)?;
                &derived
            }
        };
        let subkey = |purpose| Zeroizing::new(KeyedHash::new(key, salt, purpose).finish());
        Ok(Some(Self {
            encryption: subkey(Purpose::Encryption),
            authentication: subkey(Purpose::Authentication),
        }))
    }
}

impl Protection {
    /// The cost for a new journal.
    pub(super) const fn cost(self) -> Option<Argon2Cost> {
        match self {
            Self::Passphrase => Some(Argon2Cost::DEFAULT),
            Self::Bytes | Self::Plaintext => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::string::{String, ToString};

    use super::*;

    fn derive(cost: Argon2Cost) -> Result<Option<Keys>, JournalError> {
        let passphrase = Key::Passphrase(Zeroizing::new(String::from("not a real phrase")));
        Keys::derive(&passphrase, &[1; SALT], Some(cost))
    }

    /// A planted journal asks neither for all memory nor for a hash that is soon guessed.
    #[test]
    fn a_cost_out_of_its_limits_is_refused_before_anything_is_computed() {
        let right = Argon2Cost::DEFAULT;
        for (cost, message) in [
            (
                Argon2Cost { memory: 4 << 20, ..right },
                "memory in KiB: expected 19456 to 1048576, found 4194304",
            ),
            (Argon2Cost { memory: u32::MAX, ..right }, "memory in KiB"),
            (Argon2Cost { memory: 8, ..right }, "memory in KiB"),
            (Argon2Cost { passes: 1, ..right }, "passes: expected 2 to 16, found 1"),
            (Argon2Cost { passes: u32::MAX, ..right }, "passes"),
            (Argon2Cost { lanes: 0, ..right }, "lanes"),
            (Argon2Cost { lanes: 17, ..right }, "lanes"),
            (Argon2Cost { version: 16, ..right }, "version: expected 19 to 19, found 16"),
        ] {
            let Err(error) = derive(cost) else { panic!("{cost:?} is used") };
            assert!(error.to_string().contains(message), "{error}");
        }
    }

    #[test]
    fn each_number_of_the_cost_changes_the_keys() {
        let right = Argon2Cost::DEFAULT;
        let keys = |cost| derive(cost).expect("it is within the limits").expect("a passphrase is a key");
        let found = keys(right);
        assert_ne!(found.encryption, found.authentication);
        for cost in [
            Argon2Cost { memory: right.memory + 8, ..right },
            Argon2Cost { passes: 3, ..right },
            Argon2Cost { lanes: 2, ..right },
        ] {
            let other = keys(cost);
            assert!(other.encryption != found.encryption && other.authentication != found.authentication);
        }
    }

    /// The default of the crate `argon2`, with which a change of ours should be considered too.
    #[test]
    fn the_default_is_that_of_the_crate() {
        let Argon2Cost { memory, passes, lanes, version } = Argon2Cost::DEFAULT;
        let theirs = (Params::DEFAULT_M_COST, Params::DEFAULT_T_COST, Params::DEFAULT_P_COST);
        assert_eq!((memory, passes, lanes), theirs);
        assert_eq!(version, u32::from(Version::default()));
    }

    #[test]
    fn no_two_purposes_share_a_personalisation() {
        use Purpose::*;
        let all = [Encryption, Authentication, Row, Set, Head, Anchor];
        for (place, one) in all.iter().enumerate() {
            assert!(all[place + 1..].iter().all(|other| other.personalisation() != one.personalisation()));
        }
    }
}
