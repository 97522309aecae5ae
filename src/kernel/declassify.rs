//! What may be known of a secret: the verdict, and where it says so, nothing else.
//!
//! Nothing happens here. But the programs of `constant-time/` are compiled with `--cfg constant_time`, and run where
//! every branch and address that depends on a secret is reported: they are told what is public.

#[cfg(constant_time)]
use std::sync::OnceLock;

/// Is told of every verdict, before anything depends on it. One byte of 0 or 1 is one verdict; a word of little-endian
/// bytes says where lines end.
#[cfg(constant_time)]
pub static DECLARE: OnceLock<fn(&mut [u8])> = OnceLock::new();

/// A verdict, which is public from here on.
#[inline(always)]
pub(crate) fn public(verdict: bool) -> bool {
    #[cfg(constant_time)]
    if let Some(declare) = DECLARE.get() {
        let mut byte = [u8::from(verdict)];
        declare(&mut byte);
        return byte[0] == 1;
    }
    verdict
}

/// The verdicts on many, 1 or 0 each, which are public from here on.
#[cfg(all(feature = "std", target_arch = "x86_64"))]
#[inline(always)]
pub(crate) fn all_public(verdicts: &mut [u8]) {
    #[cfg(constant_time)]
    if let Some(declare) = DECLARE.get() {
        declare(verdicts);
    }
    _ = verdicts;
}

/// Where lines end among the next bytes, a bit each, which is public from here on.
#[cfg(all(feature = "std", target_arch = "x86_64"))]
#[inline(always)]
pub(crate) fn line_ends(ends: u32) -> u32 {
    #[cfg(constant_time)]
    if let Some(declare) = DECLARE.get() {
        let mut bytes = ends.to_le_bytes();
        declare(&mut bytes);
        return u32::from_le_bytes(bytes);
    }
    ends
}
