//! An owned password: of fixed capacity, wiped and redacted.

use core::fmt;

use heapless::Vec;
use rand_core::TryCryptoRng;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
    check::Compliant,
    generate::{GenerateError, LengthError},
    policy::Policy,
};

/// A compliant password of up to `N` characters that owns its memory, without allocating.
///
/// The memory is zeroed on drop. A password prints as `Password(redacted)`, compares in constant time, and cannot be
/// cloned, displayed or serialised; [`expose_secret`](Self::expose_secret) reveals it, by a name that stands out in a
/// review. Moving it, for instance by returning it, may leave a copy behind. If that matters, let [`Policy::generate`] write
/// into a buffer that stays.
///
/// ```
/// use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
/// use sip_password::{HUAWEI, Password};
///
/// let mut rng = ChaCha20Rng::from_seed([7; 32]);
/// let password = Password::<16>::generate(&HUAWEI, 16, &mut rng)?;
/// assert_eq!(password.expose_secret().len(), 16);
/// assert_eq!(format!("{password:?}"), "Password(redacted)");
/// # Ok::<(), sip_password::GenerateError<core::convert::Infallible>>(())
/// ```
///
/// ```compile_fail,E0277
/// fn copy<T: Clone>(secret: &T) -> T { secret.clone() }
/// fn leak(password: &sip_password::Password<16>) { copy(password); }
/// ```
///
/// ```compile_fail,E0277
/// fn show<T: std::fmt::Display>(secret: &T) -> String { secret.to_string() }
/// fn leak(password: &sip_password::Password<16>) { show(password); }
/// ```
pub struct Password<const N: usize>(Vec<u8, N>);

/// The password is longer than the capacity of a [`Password`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapacityError {
    /// The length of the password, in characters.
    pub found: usize,
    /// The capacity, in characters.
    pub max: usize,
}

impl<const N: usize> Password<N> {
    /// Generates a password of `length` characters; see [`Policy::generate`].
    ///
    /// # Errors
    ///
    /// Those of [`Policy::generate`], and [`LengthError::Capacity`] if `length` is over `N`.
    pub fn generate<R>(policy: &Policy, length: usize, rng: &mut R) -> Result<Self, GenerateError<R::Error>>
    where
        R: TryCryptoRng + ?Sized,
    {
        // Made first, so that its memory is wiped whatever happens.
        let mut password = Self::zeros(length)
            .map_err(|CapacityError { found, max }| LengthError::Capacity { found, max })?;
        policy.generate(rng, &mut password.0)?;
        Ok(password)
    }

    /// The password.
    pub fn expose_secret(&self) -> &str {
        // It is ASCII. A panic would bring the machinery of panics into firmware.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The password as ASCII bytes; smaller than [`expose_secret`](Self::expose_secret) in firmware.
    pub fn expose_secret_bytes(&self) -> &[u8] {
        &self.0
    }

    fn zeros(length: usize) -> Result<Self, CapacityError> {
        let mut zeros = Vec::new();
        // All of the room, since memory that is not initialised may hold an earlier password.
        if length > N || zeros.resize(N, 0).is_err() {
            return Err(CapacityError { found: length, max: N });
        }
        zeros.truncate(length);
        Ok(Self(zeros))
    }
}

/// Copies a password that was checked.
impl<const N: usize> TryFrom<Compliant<'_>> for Password<N> {
    type Error = CapacityError;

    fn try_from(compliant: Compliant<'_>) -> Result<Self, CapacityError> {
        let secret = compliant.expose_secret_bytes();
        let mut password = Self::zeros(secret.len())?;
        password.0.copy_from_slice(secret);
        Ok(password)
    }
}

/// Compares in constant time passwords of the same length; lengths are not secret.
impl<const N: usize> ConstantTimeEq for Password<N> {
    fn ct_eq(&self, other: &Self) -> subtle::Choice {
        self.0.as_slice().ct_eq(other.0.as_slice())
    }
}

/// Compares by [`ConstantTimeEq`].
impl<const N: usize> PartialEq for Password<N> {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl<const N: usize> Eq for Password<N> {}

impl<const N: usize> Drop for Password<N> {
    fn drop(&mut self) {
        // The room beyond the length has never held anything but zeros.
        self.0.as_mut_slice().zeroize();
    }
}

impl<const N: usize> ZeroizeOnDrop for Password<N> {}

/// Redacted.
impl<const N: usize> fmt::Debug for Password<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(redacted)")
    }
}

impl fmt::Display for CapacityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected at most {} characters, found {}", self.max, self.found)
    }
}

impl core::error::Error for CapacityError {}
