//! The random generator that this library seeds itself.

use core::{convert::Infallible, fmt};

use chacha20::ChaCha20Rng;
use rand_core::{SeedableRng, TryCryptoRng, TryRng};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The keystream of ChaCha20 for a seed of 32 bytes: a cryptographic random generator whose seed and
/// buffered words are overwritten on drop.
///
/// It gives the same words as `rand_chacha`'s `ChaCha20Rng`, but that one leaves its seed and up to 256 bytes of
/// keystream where it was: past and future passwords. To make or move a `Keystream` may leave copies on the
/// stack, which nothing wipes; so make it where it stays.
///
/// ```
/// use sip_password::{HUAWEI, Keystream, Password};
///
/// let mut seed = [0; 32];
/// # seed = [7; 32];
/// // fill `seed` from the operating system or the hardware
/// let mut rng = Keystream::from_seed(&mut seed);
/// assert_eq!(seed, [0; 32]); // taken, and wiped where it was
/// let password = Password::<16>::generate(&HUAWEI, 16, &mut rng)?;
/// # assert_eq!(password.expose_secret().len(), 16);
/// # Ok::<(), sip_password::GenerateError<core::convert::Infallible>>(())
/// ```
pub struct Keystream(ChaCha20Rng);

impl Keystream {
    /// The keystream of `seed`, which is zeroed. The seed must come from a source of full entropy:
    /// 32 bytes of the operating system's generator, say.
    pub fn from_seed(seed: &mut [u8; 32]) -> Self {
        let own = Zeroizing::new(*seed);
        seed.zeroize();
        Self(ChaCha20Rng::from_seed(*own))
    }

    /// The keystream with the number `stream` of `seed`, which stays as it is: the caller wipes it.
    ///
    /// A seed has 2^64 streams of 2^70 bytes each, none of which tells anything about another; stream 0 is
    /// what [`from_seed`](Self::from_seed) gives. So work that is cut into pieces takes a stream for each piece.
    pub fn stream(seed: &[u8; 32], stream: u64) -> Self {
        // Of the stream 0 nothing was drawn yet, so nothing of it is left in the buffer.
        let mut own = Self(ChaCha20Rng::from_seed(*seed));
        own.0.set_stream(stream);
        own
    }

    /// A keystream whose seed is drawn from `source`.
    ///
    /// # Errors
    ///
    /// That of the source, where it fails.
    pub fn from_source<R>(source: &mut R) -> Result<Self, R::Error>
    where
        R: TryCryptoRng + ?Sized,
    {
        let mut seed = Zeroizing::new([0; 32]);
        source.try_fill_bytes(&mut *seed)?;
        Ok(Self::from_seed(&mut seed))
    }
}

impl TryRng for Keystream {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.0.try_next_u32()
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0.try_next_u64()
    }

    #[inline]
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.try_fill_bytes(bytes)
    }
}

impl TryCryptoRng for Keystream {}

impl ZeroizeOnDrop for Keystream {}

/// Only that there is one.
impl fmt::Debug for Keystream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keystream(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes of a word are in the same order, whatever is asked for.
    #[test]
    fn words_are_bytes_of_the_stream() {
        let streams = [(); 3].map(|()| Keystream::stream(b"a seed of a test, and no secret!", 7));
        let [mut words, mut pairs, mut bytes] = streams;
        for _ in 0..100 {
            let mut eight = [0; 8];
            bytes.try_fill_bytes(&mut eight).unwrap_or_else(|never| match never {});
            assert_eq!(pairs.try_next_u64(), Ok(u64::from_le_bytes(eight)));
            for four in eight.as_chunks().0 {
                assert_eq!(words.try_next_u32(), Ok(u32::from_le_bytes(*four)));
            }
        }
    }
}
