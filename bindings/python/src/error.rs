//! The exceptions. Their words are those of the library, which never contain a secret.

use pyo3::{create_exception, exceptions::PyValueError, prelude::*};

create_exception!(
    sip_password,
    PolicyError,
    PyValueError,
    "The rules of a policy are invalid, or cannot be read or written."
);
create_exception!(sip_password, LengthError, PyValueError, "No password of this length can be generated.");
create_exception!(
    sip_password,
    FieldError,
    PyValueError,
    "A field of a vendor's call is invalid. Nothing was sent."
);

/// An error of the library as a [`PolicyError`].
pub(crate) fn policy_error(error: impl std::fmt::Display) -> PyErr {
    PolicyError::new_err(error.to_string())
}

/// An error of the library as a [`LengthError`].
pub(crate) fn length_error(error: impl std::fmt::Display) -> PyErr {
    LengthError::new_err(error.to_string())
}

/// An error of the library as a [`FieldError`].
pub(crate) fn field_error(error: impl std::fmt::Display) -> PyErr {
    FieldError::new_err(error.to_string())
}

/// Adds the exceptions to the module.
pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("PolicyError", py.get_type::<PolicyError>())?;
    module.add("LengthError", py.get_type::<LengthError>())?;
    module.add("FieldError", py.get_type::<FieldError>())
}
