//! Where a value that depends on a secret becomes public: the verdict, and nothing else.
//!
//! The functions do nothing. But the programs of `checks/constant-time` are compiled with `--cfg constant_time` and run
//! where every branch and every address that depends on a secret is reported; they learn here what is public.

#[cfg(constant_time)]
use std::sync::OnceLock;

/// Receives every value that is declassified, before anything depends on it: verdicts as bytes of 0 or 1, or, like
/// line ends, as bits of bytes.
#[cfg(constant_time)]
pub static DECLASSIFY: OnceLock<fn(&mut [u8])> = OnceLock::new();

/// Makes a verdict public.
#[inline(always)]
pub(crate) fn declassify(verdict: bool) -> bool {
    #[cfg(constant_time)]
    if let Some(declassify) = DECLASSIFY.get() {
        let mut byte = [u8::from(verdict)];
        declassify(&mut byte);
        return byte[0] == 1;
    }
    verdict
}

/// Makes many verdicts public, 1 or 0 each.
#[cfg(all(feature = "std", target_arch = "x86_64"))]
#[inline(always)]
pub(crate) fn declassify_all(verdicts: &mut [u8]) {
    #[cfg(constant_time)]
    if let Some(declassify) = DECLASSIFY.get() {
        declassify(verdicts);
    }
    _ = verdicts;
}

/// Makes many verdicts or positions public, a bit each.
#[cfg(all(feature = "std", target_arch = "x86_64"))]
#[inline(always)]
pub(crate) fn declassify_bits(bits: u64) -> u64 {
    #[cfg(constant_time)]
    if let Some(declassify) = DECLASSIFY.get() {
        let mut bytes = bits.to_le_bytes();
        declassify(&mut bytes);
        return u64::from_le_bytes(bytes);
    }
    bits
}
