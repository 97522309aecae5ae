//! Passwords as Python has them: text, bytes, or a buffer of bytes.

use std::ops::Deref;

use pyo3::{
    Borrowed,
    buffer::PyBuffer,
    exceptions::PyTypeError,
    prelude::*,
    types::{PyBytes, PyString},
};
use zeroize::Zeroizing;

use crate::error::{field_error, policy_error};

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
                let bytes = surrogates(text)?;
                Ok(Some(judge(bytes.as_bytes())))
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

/// Text with lone surrogates as bytes. A subclass may have a method `encode` of its own, so that of `str` is called.
fn surrogates<'py>(text: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyBytes>> {
    let encode = text.py().get_type::<PyString>().getattr("encode")?;
    Ok(encode.call1((text, "utf-8", "surrogatepass"))?.cast_into::<PyBytes>()?)
}

/// Calls `use_bytes` with bytes, or a buffer of them, which the argument `name` is expected to be.
pub(crate) fn with_body<R>(
    name: &str,
    body: &Bound<'_, PyAny>,
    use_bytes: impl FnOnce(&[u8]) -> R,
) -> PyResult<R> {
    let used = if body.is_instance_of::<PyString>() { None } else { with_bytes(body, use_bytes)? };
    used.ok_or_else(|| type_error(&format!("{name}: bytes"), body))
}

/// A field of a vendor's call, which may be secret: text, or bytes of it, in memory that is wiped. The conversion of `String` has the
/// whole text in its error if there is a lone surrogate in it.
pub(crate) struct Secret(Zeroizing<String>);

impl Deref for Secret {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'py> FromPyObject<'_, 'py> for Secret {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match with_bytes(&object, utf8)? {
            Some(Some(text)) => Ok(Self(text)),
            Some(None) => {
                Err(field_error("expected text without lone surrogates, or bytes of UTF-8, found others"))
            }
            None => Err(type_error("str or bytes", &object)),
        }
    }
}

/// Text about a policy, which may be a secret word as well.
pub(crate) struct Text(Zeroizing<String>);

/// The text of an argument that was not given.
impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'py> FromPyObject<'_, 'py> for Text {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if !object.is_instance_of::<PyString>() {
            return Err(type_error("str", &object));
        }
        let text = with_bytes(&object, utf8)?.flatten();
        text.map(Self).ok_or_else(|| policy_error("expected text without lone surrogates, found one"))
    }
}

/// A word that a password may not contain. Lone surrogates in it become characters that no compliant password has either.
pub(crate) struct Word(Zeroizing<String>);

impl Deref for Word {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'py> FromPyObject<'_, 'py> for Word {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if !object.is_instance_of::<PyString>() {
            return Err(type_error("str", &object));
        }
        let word = with_bytes(&object, |bytes| Zeroizing::new(String::from_utf8_lossy(bytes).into_owned()))?;
        word.map(Self).ok_or_else(|| type_error("str", &object))
    }
}

/// A copy of bytes, if they are text.
fn utf8(bytes: &[u8]) -> Option<Zeroizing<String>> {
    std::str::from_utf8(bytes).ok().map(|text| Zeroizing::new(text.to_owned()))
}

/// What was found in the place of something else: the name of its type, and nothing of its value.
pub(crate) fn type_error(expected: &str, found: &Bound<'_, PyAny>) -> PyErr {
    match found.get_type().name() {
        Ok(name) => PyTypeError::new_err(format!("expected {expected}, found {name}")),
        Err(error) => error,
    }
}
