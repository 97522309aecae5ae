//! What checks and generates, in a package of its own because a package has one level of optimisation: this one is for speed, and all that
//! reads and writes texts is for size. What is generic or `inline` in the library is compiled here.
#![no_std]
#![forbid(unsafe_code)]

mod source;

use core::convert::Infallible;

use chacha20::ChaCha20Rng;
use sip_password::{Bulk, GenerateError, Policy, Violations};

pub use source::{Source, fingerprint, keystream};

/// [`Policy::check`].
///
/// # Errors
///
/// The violations.
#[inline(never)]
pub fn check<'p>(policy: &'p Policy, password: &[u8]) -> Result<(), Violations<'p>> {
    policy.check(password).map(drop)
}

/// [`Policy::generate`].
///
/// # Errors
///
/// Those of the library.
#[inline(never)]
pub fn generate(
    policy: &Policy,
    source: &mut Source,
    password: &mut [u8],
) -> Result<(), GenerateError<Infallible>> {
    policy.generate(source, password).map(drop)
}

/// [`Bulk::fill`].
///
/// # Errors
///
/// Those of the library.
#[inline(never)]
pub fn fill(
    bulk: &Bulk<'_>,
    stream: &mut ChaCha20Rng,
    lines: &mut [u8],
) -> Result<(), GenerateError<Infallible>> {
    bulk.fill(stream, lines).map(drop)
}
