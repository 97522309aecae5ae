//! A random generator that is wiped.

use core::{convert::Infallible, fmt};

use chacha20::ChaCha20Rng;
use rand_core::{SeedableRng, TryCryptoRng, TryRng};
use zeroize::ZeroizeOnDrop;

use crate::generate::seed::Seed;

/// The keystream of ChaCha20: a cryptographic random generator whose seed and buffered words are zeroed on drop.
///
/// It gives the same words as `rand_chacha`'s `ChaCha20Rng`. That one leaves its seed and up to 256 bytes of keystream in
/// memory: past and future passwords. Making or moving a `Keystream` may leave copies on the stack, which nothing wipes; so
/// make it where it stays.
///
/// ```
/// use sip_password::{HUAWEI, Keystream, Password, Seed};
///
/// let seed = Seed::take(&mut [7; 32]); // in a program: `Seed::from_source`
/// let mut rng = Keystream::new(&seed);
/// let password = Password::<16>::generate(&HUAWEI, 16, &mut rng)?;
/// # assert_eq!(password.expose_secret().len(), 16);
/// # Ok::<(), sip_password::GenerateError<core::convert::Infallible>>(())
/// ```
pub struct Keystream(ChaCha20Rng);

impl Keystream {
    /// The keystream of a seed: its stream number 0.
    pub fn new(seed: &Seed) -> Self {
        Self(ChaCha20Rng::from_seed(*seed.expose()))
    }

    /// The stream with the number `stream` of a seed.
    ///
    /// A seed has 2^64 streams of 2^70 bytes each, and no stream tells anything about another. So work that is cut into
    /// parts takes a stream for each part.
    pub fn stream(seed: &Seed, stream: u64) -> Self {
        // Nothing was drawn from stream 0 yet, so nothing of it is left in the buffer.
        let mut own = Self::new(seed);
        own.0.set_stream(stream);
        own
    }

    /// The keystream from the block on whose counter and nonce are the two halves of `block`, as little-endian numbers.
    pub(crate) fn block(seed: &Seed, block: [u8; 16]) -> Self {
        let block = u128::from_le_bytes(block);
        let mut own = Self::stream(seed, (block >> 64) as u64);
        own.0.set_block_pos(block as u64);
        own
    }

    /// A keystream whose seed is drawn from `source`.
    ///
    /// # Errors
    ///
    /// That of the source.
    pub fn from_source<R>(source: &mut R) -> Result<Self, R::Error>
    where
        R: TryCryptoRng + ?Sized,
    {
        Ok(Self::new(&Seed::from_source(source)?))
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

/// Redacted.
impl fmt::Debug for Keystream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keystream(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words and bytes come from the stream in the same order, however they are drawn.
    #[test]
    fn words_are_bytes_of_the_stream() {
        let seed = Seed::take(&mut [7; 32]);
        let [mut words, mut pairs, mut bytes] = [(); 3].map(|()| Keystream::stream(&seed, 7));
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
