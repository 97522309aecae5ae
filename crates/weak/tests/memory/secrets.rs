//! The secrets to search for. Only the searching process knows them.

use md4::{Digest, Md4};
use sha1::Sha1;
use sip_password::{EXOTEL, Keystream, Seed};

use crate::scenarios::{COUNT, LENGTH};

/// The seed of all passwords. The other process does not have it.
pub(crate) const SEED: &[u8; 32] = b"a seed of a test, and no secret!";

/// The allocator overwrites so many bytes at the start of a block that is given back.
const OVERWRITTEN: usize = 16;

fn passwords() -> Vec<String> {
    let mut rng = Keystream::new(&Seed::take(&mut SEED.clone()));
    let mut buffer = [0; LENGTH];
    let mut one = || {
        let password = EXOTEL.generate(&mut rng, &mut buffer).expect("the source is good");
        password.expose_secret().to_owned()
    };
    (0..COUNT).map(|_| one()).collect()
}

/// The passwords, one behind the other.
pub(crate) fn input() -> Vec<u8> {
    passwords().concat().into_bytes()
}

/// The ends of the passwords, as they are and as they are hashed and compared, and their hashes.
pub(crate) fn needles() -> Vec<Vec<u8>> {
    let of_one = |password: String| {
        let utf_16: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let lower = password.to_ascii_lowercase().into_bytes();
        let hashes = [Sha1::digest(password.as_bytes()).to_vec(), Md4::digest(&utf_16).to_vec()];
        let texts = [password.into_bytes(), utf_16, lower];
        texts.into_iter().map(|text| text[OVERWRITTEN..].to_vec()).chain(hashes).collect::<Vec<_>>()
    };
    passwords().into_iter().flat_map(of_one).collect()
}
