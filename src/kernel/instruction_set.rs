//! Which instructions of the processor are used.

use core::fmt;
#[cfg(target_arch = "x86_64")]
use core::sync::atomic::{AtomicU8, Ordering};

#[cfg(target_arch = "x86_64")]
use fearless_simd::{
    Level,
    x86::{Avx2, Avx512},
};

/// The instructions that make and check many passwords at once. Each set gives the same passwords and the same verdicts; the later ones
/// in this list are faster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum InstructionSet {
    /// Those that every processor of an architecture has.
    Portable,
    /// AVX2, with what else Intel's processors have had since Haswell and AMD's since Zen.
    Avx2,
    /// AVX-512 with VBMI, VBMI2 and what else Intel's processors have had since Ice Lake and AMD's since Zen 4.
    Avx512,
}

impl InstructionSet {
    /// The set that this process uses: the best one that the processor has, or the one that [`limit`](Self::limit) allows.
    ///
    /// ```
    /// use sip_password::InstructionSet;
    ///
    /// println!("passwords are made by {} instructions", InstructionSet::current());
    /// # assert!(InstructionSet::current() >= InstructionSet::Portable);
    /// ```
    pub fn current() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if avx512().is_some() {
                return Self::Avx512;
            }
            if avx2().is_some() {
                return Self::Avx2;
            }
        }
        Self::Portable
    }

    /// Limits the instructions that this library uses from now on. It is for tests and measurements: no result changes by it.
    ///
    /// A [`Bulk`](crate::Bulk) that already exists keeps its own, and crates on which the library depends choose for themselves. A later
    /// call can raise the limit again.
    ///
    /// ```
    /// use sip_password::InstructionSet;
    ///
    /// InstructionSet::Portable.limit();
    /// assert_eq!(InstructionSet::current(), InstructionSet::Portable);
    /// ```
    pub fn limit(self) {
        #[cfg(target_arch = "x86_64")]
        LIMIT.store(self as u8, Ordering::Relaxed);
    }
}

impl fmt::Display for InstructionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Portable => "portable",
            Self::Avx2 => "AVX2",
            Self::Avx512 => "AVX-512",
        })
    }
}

#[cfg(target_arch = "x86_64")]
static LIMIT: AtomicU8 = AtomicU8::new(InstructionSet::Avx512 as u8);

/// The proof that AVX2 is there and may be used.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(crate) fn avx2() -> Option<Avx2> {
    Level::new().as_avx2().filter(|_| LIMIT.load(Ordering::Relaxed) >= InstructionSet::Avx2 as u8)
}

/// The proof that AVX-512 is there and may be used.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(crate) fn avx512() -> Option<Avx512> {
    Level::new().as_avx512().filter(|_| LIMIT.load(Ordering::Relaxed) >= InstructionSet::Avx512 as u8)
}
