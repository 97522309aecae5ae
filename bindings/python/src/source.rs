//! The operating system's generator, asked once for a password instead of once for a word.

use sip_password::rand_core::{TryCryptoRng, TryRng};
use zeroize::Zeroizing;

/// The bytes that are drawn at once. Linux gives up to 32 bytes without a second block of its own generator.
const STEP: usize = 32;

/// Random words of the operating system, some at a time, in memory that is wiped on drop. It lives for one password, so a process that
/// forks takes none along.
pub(crate) struct SystemWords {
    bytes: Zeroizing<[u8; STEP]>,
    /// The bytes that are still to be used are the last ones.
    left: usize,
}

impl SystemWords {
    pub(crate) fn new() -> Self {
        Self { bytes: Zeroizing::new([0; STEP]), left: 0 }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], getrandom::Error> {
        if self.left < N {
            getrandom::fill(&mut *self.bytes)?;
            self.left = STEP;
        }
        let start = STEP - self.left;
        self.left -= N;
        let mut taken = [0; N];
        taken.copy_from_slice(&self.bytes[start..start + N]);
        Ok(taken)
    }
}

impl TryRng for SystemWords {
    type Error = getrandom::Error;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.take().map(u32::from_le_bytes)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.take().map(u64::from_le_bytes)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        getrandom::fill(bytes)
    }
}

/// The operating system's generator is one for cryptography.
impl TryCryptoRng for SystemWords {}
