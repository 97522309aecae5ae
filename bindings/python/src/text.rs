//! Passwords as Python has them: text, bytes, or a buffer of bytes.

use pyo3::{
    buffer::PyBuffer,
    exceptions::PyTypeError,
    prelude::*,
    types::{PyBytes, PyString},
};
use zeroize::Zeroizing;

/// Calls `judge` with the bytes of a password; `None` if the object is neither text nor bytes.
///
/// Text with a lone surrogate, which UTF-8 has no bytes for, is passed on in the generalised form of UTF-8: one character outside ASCII
/// for each. An error would contain the whole text.
pub(crate) fn with_bytes<R>(
    password: &Bound<'_, PyAny>,
    judge: impl FnOnce(&[u8]) -> R,
) -> PyResult<Option<R>> {
    if let Ok(text) = password.cast::<PyString>() {
        return match text.to_str() {
            Ok(text) => Ok(Some(judge(text.as_bytes()))),
            Err(_) => {
                let bytes = text.call_method1("encode", ("utf-8", "surrogatepass"))?;
                Ok(Some(judge(bytes.cast::<PyBytes>()?.as_bytes())))
            }
        };
    }
    if let Ok(bytes) = password.cast::<PyBytes>() {
        return Ok(Some(judge(bytes.as_bytes())));
    }
    // Another thread may write to it, so it is copied.
    match PyBuffer::<u8>::get(password) {
        Ok(buffer) if buffer.dimensions() == 1 => {
            let bytes = Zeroizing::new(buffer.to_vec(password.py())?);
            Ok(Some(judge(&bytes)))
        }
        _ => Ok(None),
    }
}

/// What was found in the place of something else: the name of its type, and nothing of its value.
pub(crate) fn type_error(expected: &str, found: &Bound<'_, PyAny>) -> PyErr {
    match found.get_type().name() {
        Ok(name) => PyTypeError::new_err(format!("expected {expected}, found {name}")),
        Err(error) => error,
    }
}
