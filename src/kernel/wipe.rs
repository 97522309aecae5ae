//! Wiping of large buffers, at the speed of memory, and of the stack.

use core::ops::{Deref, DerefMut};

use zeroize::{optimization_barrier, zeroize_stack};

/// Bytes that are zeroed on drop. `Zeroizing` would take one write for each byte.
///
/// An array begins where a line of the processor's cache does: from elsewhere, every register that a vector unit reads or writes would be in
/// two lines, and in some processes the keystream took twice as long.
#[repr(align(64))]
pub(crate) struct ZeroizingBytes<T: AsMut<[u8]>>(T);

impl<T: AsMut<[u8]>> ZeroizingBytes<T> {
    pub(crate) const fn new(bytes: T) -> Self {
        Self(bytes)
    }
}

impl<T: AsMut<[u8]>> Drop for ZeroizingBytes<T> {
    fn drop(&mut self) {
        let bytes = self.0.as_mut();
        bytes.fill(0);
        // To the compiler somebody may read the zeros, so it cannot leave them out.
        optimization_barrier(bytes);
    }
}

impl<T: AsMut<[u8]>> Deref for ZeroizingBytes<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: AsMut<[u8]>> DerefMut for ZeroizingBytes<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

/// Runs `work`, then wipes the `BYTES` bytes of the stack on which it ran; does not wipe if it panics.
pub(crate) fn with_wiped_stack<const BYTES: usize, T>(work: impl FnOnce() -> T) -> T {
    /// Its frame, and all that it calls, is below that of the caller.
    #[inline(never)]
    fn below<T>(work: impl FnOnce() -> T) -> T {
        work()
    }
    let done = below(work);
    zeroize_stack::<BYTES>();
    done
}
