//! The code that runs over secrets: no branch and no memory address in it depends on one.

pub(crate) mod ct;
pub(crate) mod declassify;
pub(crate) mod swar;
pub(crate) mod uniform;
#[cfg(feature = "std")]
pub(crate) mod wipe;
