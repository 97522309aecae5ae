//! The removal of secrets from memory.

use core::{ffi::c_void, mem::MaybeUninit, slice};

use zeroize::Zeroize;

use crate::pointer::is_possible;

/// Zeroes `size` bytes, by writes that no compiler leaves out: for a password that is no longer needed. Does
/// nothing if `buffer` is NULL, or if no object can have `size` bytes, such as the -1 of a failed `read`.
///
/// # Safety
///
/// `buffer` is NULL or has `size` bytes that can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sip_password_wipe(buffer: *mut c_void, size: usize) {
    if is_possible(buffer.cast(), size) {
        // SAFETY: the pointer is not NULL, a `MaybeUninit` needs no value, bytes need no alignment, the size fits in `isize`, and the
        // caller promises the rest.
        let bytes = unsafe { slice::from_raw_parts_mut(buffer.cast::<MaybeUninit<u8>>(), size) };
        bytes.zeroize();
    }
}
