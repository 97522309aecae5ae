//! A random generator that is wiped.

#[cfg(all(feature = "std", target_arch = "x86_64"))]
mod blocks;

use core::{convert::Infallible, fmt};

#[cfg(all(feature = "std", target_arch = "x86_64"))]
use blocks::Blocks;
#[cfg(not(all(feature = "std", target_arch = "x86_64")))]
use chacha20::ChaCha20Rng;
#[cfg(not(all(feature = "std", target_arch = "x86_64")))]
use rand_core::SeedableRng;
use rand_core::{TryCryptoRng, TryRng};
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
///
/// With the feature `std`, on x86-64, sixteen blocks of 64 bytes are made at once: by AVX-512 in a third of the time of `rand_chacha`,
/// by AVX2 in two thirds of it (`cargo bench` measures it). There a `Keystream` takes 1.1 KiB; elsewhere 0.3 KiB.
pub struct Keystream(Words);

#[cfg(all(feature = "std", target_arch = "x86_64"))]
type Words = Blocks;
#[cfg(not(all(feature = "std", target_arch = "x86_64")))]
type Words = ChaCha20Rng;

impl Keystream {
    /// The keystream of a seed: its stream number 0.
    pub fn new(seed: &Seed) -> Self {
        Self(Words::from_seed(*seed.expose()))
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

#[cfg(all(test, feature = "std"))]
mod tests {
    use rand_core::SeedableRng;

    use super::*;

    /// Whatever is drawn, in whatever order, is what the generator of `chacha20` gives, also for bytes that end within a word.
    #[test]
    fn like_the_twin() {
        let seed = Seed::take(&mut [9; 32]);
        let mut twin = chacha20::ChaCha20Rng::from_seed([9; 32]);
        twin.set_stream(3);
        let mut own = Keystream::stream(&seed, 3);
        let (mut found, mut expected) = (std::vec![0; 5000], std::vec![0; 5000]);
        for step in 0_usize..3000 {
            match step % 3 {
                0 => assert_eq!(own.try_next_u32(), twin.try_next_u32(), "{step}"),
                1 => assert_eq!(own.try_next_u64(), twin.try_next_u64(), "{step}"),
                _ => {
                    // Mostly few bytes; from time to time more than several groups of blocks.
                    let length = step * 7919 % if step % 5 == 0 { 5000 } else { 70 };
                    own.try_fill_bytes(&mut found[..length]).unwrap_or_else(|never| match never {});
                    twin.try_fill_bytes(&mut expected[..length]).unwrap_or_else(|never| match never {});
                    assert!(found[..length] == expected[..length], "{step} {length}");
                }
            }
        }
    }

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
