//! From what C hands over to what Rust can use: NULL is `None`, a length that no object can have as well (a
//! failed `read`, say), and what C may not have initialised is written before it is lent.

use core::{
    ffi::{CStr, c_char},
    slice,
};

/// The bytes of a text that has a length.
///
/// # Safety
///
/// `text` is NULL, or `length` bytes from there on can be read, and nobody writes to them during `'a`.
pub(crate) unsafe fn bytes<'a>(text: *const c_char, length: usize) -> Option<&'a [u8]> {
    // SAFETY: it is not NULL, a byte needs no alignment, and the caller promises the rest.
    possible(text, length).then(|| unsafe { slice::from_raw_parts(text.cast(), length) })
}

/// A text that ends with a NUL.
///
/// # Safety
///
/// `text` is NULL, or ends with a NUL, and nobody writes to it during `'a`.
pub(crate) unsafe fn string<'a>(text: *const c_char) -> Option<&'a CStr> {
    // SAFETY: it is not NULL, and the caller promises the rest.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) })
}

/// A buffer, zeroed.
///
/// # Safety
///
/// `buffer` is NULL, or `size` bytes from there on can be written, and nobody else uses them during `'a`.
pub(crate) unsafe fn zeroed<'a>(buffer: *mut c_char, size: usize) -> Option<&'a mut [u8]> {
    if !possible(buffer, size) {
        return None;
    }
    // SAFETY: the caller promises that they can be written.
    unsafe { buffer.write_bytes(0, size) };
    // SAFETY: they are initialised now, a byte needs no alignment, and the caller promises the rest.
    Some(unsafe { slice::from_raw_parts_mut(buffer.cast(), size) })
}

/// That it is not NULL, and not longer than memory can be.
fn possible(pointer: *const c_char, length: usize) -> bool {
    !pointer.is_null() && length <= isize::MAX as usize
}

/// A variable for a result, with `value` in it until there is one.
///
/// # Safety
///
/// `variable` is NULL, or aligned and can be written, and nobody else uses it during `'a`.
pub(crate) unsafe fn variable<'a, T: Copy>(variable: *mut T, value: T) -> Option<&'a mut T> {
    if variable.is_null() {
        return None;
    }
    // SAFETY: it is not NULL, and the caller promises the rest.
    unsafe { variable.write(value) };
    // SAFETY: it is initialised now, and the caller promises the rest.
    unsafe { variable.as_mut() }
}
