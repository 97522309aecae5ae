//! Large buffers that are wiped at the speed of memory.

use core::ops::{Deref, DerefMut};

use zeroize::optimization_barrier;

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
