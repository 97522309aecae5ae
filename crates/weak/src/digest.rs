//! The hashes by which deny lists name passwords.

use md4::Md4;
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

/// A hash function without a salt. Both are broken for other purposes; here they are the names that a list gives to passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HashKind {
    /// SHA-1 of the password's bytes: 40 hexadecimal digits.
    Sha1,
    /// NTLM, which is MD4 of the password in UTF-16, little-endian: 32 hexadecimal digits.
    Ntlm,
}

/// The most bytes of a hash.
pub(crate) const MAX_HASH: usize = 20;

impl HashKind {
    /// The number of bytes of a hash.
    pub(crate) const fn size(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Ntlm => 16,
        }
    }

    /// The hash of a password, followed by zeros. `None` if the password has none: NTLM has no hash of bytes that are not UTF-8.
    pub(crate) fn hash(self, password: &[u8]) -> Option<Zeroizing<[u8; MAX_HASH]>> {
        let mut hash = Zeroizing::new([0; MAX_HASH]);
        match self {
            Self::Sha1 => {
                let mut hasher = Sha1::new();
                hasher.update(password);
                hasher.finalize_into((&mut *hash).into());
            }
            Self::Ntlm => {
                let text = str::from_utf8(password).ok()?;
                // With room for all of it, since growing would leave a copy that is not wiped.
                let mut utf_16 = Zeroizing::new(Vec::with_capacity(2 * text.len()));
                utf_16.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
                let mut hasher = Md4::new();
                hasher.update(&*utf_16);
                let place: &mut [u8; 16] = hash.first_chunk_mut().expect("a hash has 20 bytes");
                hasher.finalize_into(place.into());
            }
        }
        Some(hash)
    }
}

/// The first 64 bits of a hash, in the order of the hashes.
pub(crate) fn key(hash: &[u8; MAX_HASH]) -> u64 {
    u64::from_be_bytes(*hash.first_chunk().expect("a hash has 20 bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4's example, and the NTLM hash of "password", as Microsoft's documents have it.
    #[test]
    fn hashes_of_the_documents() {
        let hash = |kind: HashKind, password: &[u8]| {
            let hash = kind.hash(password).expect("it is text");
            hash[..kind.size()].iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        assert_eq!(hash(HashKind::Sha1, b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(hash(HashKind::Ntlm, b"password"), "8846f7eaee8fb117ad06bdd830b7586c");
        assert_eq!(hash(HashKind::Ntlm, b""), "31d6cfe0d16ae931b73c59d7e0c089c0");
        assert!(HashKind::Ntlm.hash(b"\xff").is_none());
        assert_eq!(key(&HashKind::Sha1.hash(b"abc").expect("any bytes")), 0xa999_3e36_4706_816a);
    }
}
