//! A seed that is wiped.

use core::fmt;

use rand_core::TryCryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// 32 bytes of full entropy, from which passwords are made: as secret as they are. Zeroed on drop.
///
/// This is the only way to hand over a seed, and it wipes the bytes that it is made of:
///
/// ```
/// use sip_password::{HUAWEI, Keystream, Password, Seed};
///
/// let mut bytes = [0; 32];
/// # bytes = [7; 32];
/// // fill `bytes` from the operating system or the hardware
/// let seed = Seed::take(&mut bytes);
/// assert_eq!(bytes, [0; 32]);
///
/// let password = Password::<16>::generate(&HUAWEI, 16, &mut Keystream::new(&seed))?;
/// # assert_eq!(password.expose_secret().len(), 16);
/// # Ok::<(), sip_password::GenerateError<core::convert::Infallible>>(())
/// ```
///
/// With the feature `std` the bytes are on the heap, and moving a seed leaves no copy behind; without it they move with the
/// value, which may leave copies on the stack.
pub struct Seed(Room);

#[cfg(feature = "std")]
type Room = std::boxed::Box<Zeroizing<[u8; 32]>>;
#[cfg(not(feature = "std"))]
type Room = Zeroizing<[u8; 32]>;

impl Seed {
    /// The seed with these bytes, which are zeroed where they are.
    pub fn take(bytes: &mut [u8; 32]) -> Self {
        let mut seed = Self::zeros();
        seed.0.copy_from_slice(bytes);
        bytes.zeroize();
        seed
    }

    /// A seed drawn from `source`.
    ///
    /// # Errors
    ///
    /// That of the source.
    pub fn from_source<R>(source: &mut R) -> Result<Self, R::Error>
    where
        R: TryCryptoRng + ?Sized,
    {
        let mut seed = Self::zeros();
        source.try_fill_bytes(seed.0.as_mut_slice())?;
        Ok(seed)
    }

    fn zeros() -> Self {
        Self(Zeroizing::new([0; 32]).into())
    }

    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl ZeroizeOnDrop for Seed {}

/// Redacted.
impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(redacted)")
    }
}
