//! How the secrets in a journal are encrypted.

use core::fmt;
use std::{string::String, vec::Vec};

use chacha20poly1305::{AeadInOut, KeyInit, Tag, XChaCha20Poly1305, XNonce};
use sip_password::rand_core::TryCryptoRng;
use zeroize::Zeroizing;

/// The key that encrypts a journal's secrets (the phones' new passwords, the passwords of Huawei's accounts, and what the accounts file has in
/// other columns) and authenticates the whole journal.
///
/// It protects the secrets from whoever gets the file: a copy, a backup, a discarded disk. It does not protect them from whoever can
/// also read the key, or the memory of the process. The names of the phones, the states, the times and the vendors' messages are not
/// encrypted.
///
/// Each secret is encrypted by itself with XChaCha20-Poly1305, bound to its journal, its phone and its column. Each row and the head
/// have a MAC (BLAKE2b), and the head's covers all rows: [`Journal::unlock`](crate::Journal::unlock) notices every row that was
/// changed, removed, added or replaced by an older version of itself. The file alone cannot show that it is as a whole an older copy:
/// see [`Journal::anchor`](crate::Journal::anchor).
pub enum Key {
    /// 32 random bytes.
    Bytes(Zeroizing<[u8; 32]>),
    /// A passphrase, from which Argon2id derives a key with 19 MiB of memory and 2 passes. It is as strong as it is hard to guess.
    /// The journal stores these numbers, and another one is opened with its own: from 19 MiB to 1 GiB, and from 2 to 16 passes.
    Passphrase(Zeroizing<String>),
    /// No key: the file has the secrets in the clear, and nothing is authenticated. Whoever can write the file can change everything
    /// in it, unnoticed.
    Plaintext,
}

/// How the secrets of a journal are protected, and so which [`Key`] opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// By [`Key::Bytes`].
    Bytes,
    /// By [`Key::Passphrase`].
    Passphrase,
    /// Not at all.
    Plaintext,
}

/// Only the kind of key.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bytes(_) => "Bytes(redacted)",
            Self::Passphrase(_) => "Passphrase(redacted)",
            Self::Plaintext => "Plaintext",
        })
    }
}

impl Key {
    /// The protection that this key gives.
    pub const fn protection(&self) -> Protection {
        match self {
            Self::Bytes(_) => Protection::Bytes,
            Self::Passphrase(_) => Protection::Passphrase,
            Self::Plaintext => Protection::Plaintext,
        }
    }
}

impl Protection {
    const ALL: [Self; 3] = [Self::Bytes, Self::Passphrase, Self::Plaintext];

    /// The word in the journal. Journals on disk have these words: none may change.
    pub(super) const fn to_sql(self) -> &'static str {
        match self {
            Self::Bytes => "key",
            Self::Passphrase => "argon2id",
            Self::Plaintext => "plaintext",
        }
    }

    /// The protection with this word in the journal.
    pub(super) fn from_sql(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protection| protection.to_sql() == word)
    }
}

/// The size of a journal's own number, in bytes; it is also the salt of the passphrase.
pub(super) const SALT: usize = 16;
/// The size of XChaCha20's nonces, in bytes: large enough to be drawn at random.
const NONCE: usize = 24;
/// The size of Poly1305's tags, in bytes.
const TAG: usize = 16;

/// What the right key decrypts from the journal's header.
pub(super) const KEY_CHECK: &str = "sip-password rotation journal";

/// Which secret of a phone: its new password, its account's, the one that the vendor reported, or what the accounts file has in its other
/// columns. Sealed secrets are bound to these numbers: none may change.
#[derive(Clone, Copy)]
pub(super) enum SecretKind {
    New = 1,
    Account = 2,
    Vendor = 3,
    Fields = 4,
}

/// What a sealed secret is bound to: its journal, its phone, and which secret it is.
pub(super) fn context(salt: &[u8; SALT], name: &str, kind: SecretKind) -> Vec<u8> {
    [salt, &[kind as u8][..], name.as_bytes()].concat()
}

/// Seals secrets, and opens them. `None` leaves them in the clear.
pub(super) struct Seal(Option<XChaCha20Poly1305>);

/// The sealed secret was changed, or belongs elsewhere, or the key is another.
#[derive(Debug)]
pub(super) struct OpenError;

impl Seal {
    pub(super) fn new(key: Option<&[u8; 32]>) -> Self {
        Self(key.map(|key| XChaCha20Poly1305::new(key.into())))
    }

    /// Encrypts a secret; [`open`](Self::open) needs the same `context`.
    pub(super) fn seal<R: TryCryptoRng>(
        &self,
        secret: &str,
        context: &[u8],
        rng: &mut R,
    ) -> Result<Zeroizing<Vec<u8>>, R::Error> {
        let Some(cipher) = &self.0 else { return Ok(Zeroizing::new(secret.as_bytes().to_vec())) };
        // Of its size from the start: a buffer that grows leaves a copy behind.
        let mut sealed = Zeroizing::new(Vec::with_capacity(NONCE + secret.len() + TAG));
        let mut nonce = XNonce::default();
        rng.try_fill_bytes(&mut nonce)?;
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(secret.as_bytes());
        let tag = cipher
            .encrypt_inout_detached(&nonce, context, (&mut sealed[NONCE..]).into())
            .expect("a secret is shorter than 256 GiB");
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// Decrypts a secret.
    pub(super) fn open(&self, sealed: &[u8], context: &[u8]) -> Result<Zeroizing<String>, OpenError> {
        let Some(cipher) = &self.0 else { return into_text(Zeroizing::new(sealed.to_vec())) };
        let (nonce, rest) = sealed.split_at_checked(NONCE).ok_or(OpenError)?;
        let (secret, tag) = rest.split_at_checked(rest.len().wrapping_sub(TAG)).ok_or(OpenError)?;
        let nonce = XNonce::try_from(nonce).map_err(|_| OpenError)?;
        let tag = Tag::try_from(tag).map_err(|_| OpenError)?;
        let mut secret = Zeroizing::new(secret.to_vec());
        cipher
            .decrypt_inout_detached(&nonce, context, secret.as_mut_slice().into(), &tag)
            .map_err(|_| OpenError)?;
        into_text(secret)
    }
}

/// The same memory as text.
fn into_text(mut bytes: Zeroizing<Vec<u8>>) -> Result<Zeroizing<String>, OpenError> {
    match String::from_utf8(core::mem::take(&mut *bytes)) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            Err(OpenError)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::{super::derivation::Keys, *};
    use sip_password::Keystream;

    const SECRET: &str = "not-a-real-password";

    fn seals() -> [Seal; 4] {
        let bytes = Key::Bytes(Zeroizing::new([7; 32]));
        let passphrase = Key::Passphrase(Zeroizing::new("not a real phrase".to_string()));
        [(&bytes, 1), (&bytes, 2), (&passphrase, 1), (&passphrase, 2)].map(|(key, salt)| {
            let keys = Keys::derive(key, &[salt; SALT], key.protection().cost());
            Seal::new(keys.expect("the cost is the default").as_ref().map(|keys| &*keys.encryption))
        })
    }

    #[test]
    fn a_key_opens_what_it_sealed_and_nothing_else() {
        let mut rng = Keystream::new(&sip_password::Seed::take(&mut [3; 32]));
        let seals = seals();
        for (place, seal) in seals.iter().enumerate() {
            let sealed = seal.seal(SECRET, b"here", &mut rng).expect("a keystream does not fail");
            assert_eq!(sealed.len(), NONCE + SECRET.len() + TAG);
            assert_eq!(*seal.open(&sealed, b"here").expect("it is its own"), SECRET);
            assert!(seal.open(&sealed, b"there").is_err());
            for (other, seal) in seals.iter().enumerate() {
                assert_eq!(seal.open(&sealed, b"here").is_ok(), place == other);
            }
        }
    }

    #[test]
    fn every_changed_bit_and_every_cut_is_recognised() {
        let seal = &seals()[0];
        let mut rng = Keystream::new(&sip_password::Seed::take(&mut [3; 32]));
        let sealed = seal.seal(SECRET, b"here", &mut rng).expect("a keystream does not fail");
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.to_vec();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(seal.open(&changed, b"here").is_err(), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert!(seal.open(&sealed[..length], b"here").is_err(), "{length} bytes");
        }
    }

    #[test]
    fn a_secret_is_never_sealed_the_same_way_twice() {
        let mut rng = Keystream::new(&sip_password::Seed::take(&mut [3; 32]));
        let mut seal = || seals()[0].seal(SECRET, b"here", &mut rng).expect("a keystream does not fail");
        assert_ne!(*seal(), *seal());
    }

    #[test]
    fn plaintext_is_stored_in_the_clear() {
        let mut rng = Keystream::new(&sip_password::Seed::take(&mut [3; 32]));
        let seal = Seal::new(None);
        assert_eq!(*seal.seal(SECRET, b"", &mut rng).expect("nothing is drawn"), SECRET.as_bytes().to_vec());
        assert_eq!(*seal.open(SECRET.as_bytes(), b"").expect("it is a text"), SECRET);
        assert!(seal.open(&[0xff], b"").is_err());
    }
}
