//! Where random words come from.

#[cfg(feature = "everything")]
mod keystream;
#[cfg(not(feature = "everything"))]
mod pool;

#[cfg(feature = "everything")]
pub(crate) use keystream::{fill, is_ready, with_seed, with_source};
#[cfg(not(feature = "everything"))]
pub(crate) use pool::{Exhausted, Pool, fill, is_ready, with_source};

/// The words below which a call asks for new ones first.
const FEW: usize = 64;
