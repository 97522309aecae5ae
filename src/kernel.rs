//! The code that runs over secrets: no branch and no memory address in it depends on one.

#[cfg(all(feature = "chacha", feature = "std", target_arch = "x86_64"))]
pub(crate) mod chacha;
pub(crate) mod ct;
pub(crate) mod declassify;
#[cfg(feature = "std")]
pub(crate) mod instruction_set;
pub(crate) mod swar;
pub(crate) mod uniform;
#[cfg(feature = "std")]
pub(crate) mod wipe;
