//! Large buffers that are wiped at the speed of memory, and the stack below.

use core::ops::{Deref, DerefMut};

use zeroize::{optimization_barrier, zeroize_stack};

/// Bytes that are zeroed on drop, as `Zeroizing` would, which takes a write for each byte.
pub(crate) struct Wiped<T: AsMut<[u8]>>(T);

impl<T: AsMut<[u8]>> Wiped<T> {
    pub(crate) const fn new(bytes: T) -> Self {
        Self(bytes)
    }
}

impl<T: AsMut<[u8]>> Drop for Wiped<T> {
    fn drop(&mut self) {
        let bytes = self.0.as_mut();
        bytes.fill(0);
        // Somebody might look: so the zeros cannot be left out.
        optimization_barrier(bytes);
    }
}

impl<T: AsMut<[u8]>> Deref for Wiped<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: AsMut<[u8]>> DerefMut for Wiped<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

/// Does some work, and then wipes so many bytes of the stack on which it was done. Not where it panics.
pub(crate) fn traceless<const BYTES: usize, T>(work: impl FnOnce() -> T) -> T {
    /// In a frame of its own, so that it is below.
    #[inline(never)]
    fn below<T>(work: impl FnOnce() -> T) -> T {
        work()
    }
    let done = below(work);
    zeroize_stack::<BYTES>();
    done
}
