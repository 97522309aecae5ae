//! HA1: what a registrar can keep in place of a password (RFC 2617, RFC 7616, RFC 8760).

use core::fmt;

use md5::Md5;
use sha2::{Digest, Sha256, Sha512_256};
use zeroize::{Zeroize, Zeroizing};

/// The hash of a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DigestAlgorithm {
    /// MD5, which every SIP phone has.
    Md5,
    /// SHA-256.
    Sha256,
    /// SHA-512/256.
    Sha512_256,
}

/// A user with a colon. HA1 is of `user:realm:password`: with a colon in the user or the realm, two logins would have one HA1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colon;

impl DigestAlgorithm {
    /// Every algorithm.
    pub const ALL: &[Self] = &[Self::Md5, Self::Sha256, Self::Sha512_256];

    /// The name in a SIP header (RFC 8760): `"SHA-512-256"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
            Self::Sha512_256 => "SHA-512-256",
        }
    }

    /// The algorithm of this name, in any case of letters.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    /// HA1: the hash of `user:realm:password` in lower-case hexadecimal digits, 32 of them for MD5 and 64 for the others.
    ///
    /// Whoever has it can log in as the user: keep it as secret as the password.
    ///
    /// ```
    /// use sip_password_provision::DigestAlgorithm;
    ///
    /// // The example of RFC 2617, section 3.5.
    /// let ha1 = DigestAlgorithm::Md5.ha1("Mufasa", "testrealm@host.com", "Circle Of Life")?;
    /// assert_eq!(*ha1, "939e7578ed9e3c518a452acee763bce9");
    /// # Ok::<(), sip_password_provision::Colon>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Colon`] if the user or the realm has one.
    pub fn ha1(self, user: &str, realm: &str, password: &str) -> Result<Zeroizing<String>, Colon> {
        if user.contains(':') || realm.contains(':') {
            return Err(Colon);
        }
        let parts = [user, ":", realm, ":", password];
        Ok(match self {
            Self::Md5 => hash::<Md5>(&parts),
            Self::Sha256 => hash::<Sha256>(&parts),
            Self::Sha512_256 => hash::<Sha512_256>(&parts),
        })
    }
}

fn hash<D: Digest>(parts: &[&str]) -> Zeroizing<String> {
    let mut digest = D::new();
    parts.iter().for_each(|part| digest.update(part));
    let mut hash = digest.finalize();
    let mut text = Zeroizing::new(String::with_capacity(2 * hash.len()));
    for byte in &hash {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(digit.into(), 16).expect("it is less than 16"));
        }
    }
    hash.as_mut_slice().zeroize();
    text
}

impl fmt::Display for Colon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a user and a realm without a colon")
    }
}

impl core::error::Error for Colon {}
