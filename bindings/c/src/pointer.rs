//! From the pointers of C to the types of Rust. NULL becomes `None`, and so does a length that no object can have: that of a
//! failed `read`, for instance.

use core::{
    ffi::{CStr, c_char},
    mem::MaybeUninit,
    slice,
};

/// The bytes of a text with a known length.
///
/// # Safety
///
/// `text` is NULL, or points to `length` bytes that can be read and that nobody writes to during `'a`.
pub(crate) unsafe fn bytes<'a>(text: *const c_char, length: usize) -> Option<&'a [u8]> {
    // SAFETY: the pointer is not NULL, bytes need no alignment, the length fits in `isize`, and the caller promises the rest.
    is_possible(text, length).then(|| unsafe { slice::from_raw_parts(text.cast(), length) })
}

/// A text that ends with a NUL.
///
/// # Safety
///
/// `text` is NULL, or points to a string that ends with a NUL and that nobody writes to during `'a`.
pub(crate) unsafe fn string<'a>(text: *const c_char) -> Option<&'a CStr> {
    // SAFETY: the pointer is not NULL, and the caller promises the rest.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) })
}

/// A buffer, zeroed.
///
/// # Safety
///
/// `buffer` is NULL, or points to `size` bytes that can be written and that nobody else uses during `'a`.
pub(crate) unsafe fn zeroed<'a>(buffer: *mut c_char, size: usize) -> Option<&'a mut [u8]> {
    if !is_possible(buffer, size) {
        return None;
    }
    // SAFETY: the caller promises that the bytes can be written.
    unsafe { buffer.write_bytes(0, size) };
    // SAFETY: the bytes are initialised now, they need no alignment, the size fits in `isize`, and the caller promises the rest.
    Some(unsafe { slice::from_raw_parts_mut(buffer.cast(), size) })
}

/// Whether an object can be there: the pointer is not NULL, and the length fits in `isize`.
pub(crate) fn is_possible(pointer: *const c_char, length: usize) -> bool {
    !pointer.is_null() && length <= isize::MAX as usize
}

/// Sets a variable of C, which may be uninitialised, unless the pointer to it is NULL.
pub(crate) fn set<T>(variable: &mut Option<&mut MaybeUninit<T>>, value: T) {
    if let Some(variable) = variable {
        variable.write(value);
    }
}
