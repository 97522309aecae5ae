//! NXCloud's call.

use pyo3::{exceptions::PyTypeError, prelude::*};
use sip_password::{
    NXCLOUD,
    api::{self, BaseUrl, FieldError, Outcome},
    nxcloud::{Assignment, UpdatePassword},
};

use super::{
    call::{OwnedPassword, base_url, head},
    outcome::PyOutcome,
    request::PyRequest,
};
use crate::{
    error::field_error,
    policy::PyPolicy,
    text::{Secret, with_body},
};

/// Updates the passwords of phones.
#[pyclass(frozen, module = "sip_password._sip_password", name = "NxcloudUpdatePassword")]
pub(crate) struct PyUpdatePassword {
    base: BaseUrl,
    app_key: Secret,
    secret_key: Secret,
    /// The password of each phone; `None` if the server generates it.
    phones: Vec<(Secret, Option<OwnedPassword>)>,
}

impl PyUpdatePassword {
    fn with<R>(&self, use_call: impl FnOnce(UpdatePassword<'_>) -> R) -> Result<R, FieldError> {
        let (mut pairs, mut usernames) = (Vec::new(), Vec::new());
        for (username, password) in &self.phones {
            match password {
                Some(password) => pairs.push((&**username, password.borrow(&NXCLOUD)?)),
                None => usernames.push(&**username),
            }
        }
        Ok(use_call(UpdatePassword {
            base: &self.base,
            app_key: api::Secret::new(&self.app_key),
            secret_key: api::Secret::new(&self.secret_key),
            assignment: match usernames.as_slice() {
                [] => Assignment::Individual(&pairs),
                usernames => Assignment::ServerGenerated(usernames),
            },
        }))
    }
}

#[pymethods]
impl PyUpdatePassword {
    #[new]
    #[pyo3(signature = (base_url, *, app_key, secret_key, phones, policy=None, plain_loopback=false))]
    fn new(
        py: Python<'_>,
        base_url: Secret,
        app_key: Secret,
        secret_key: Secret,
        phones: Vec<(Secret, Option<Secret>)>,
        policy: Option<Py<PyPolicy>>,
        plain_loopback: bool,
    ) -> PyResult<Self> {
        if phones.is_empty() {
            return Err(field_error("phones: expected at least one, found none"));
        }
        let chosen = phones.iter().filter(|(_, password)| password.is_some()).count();
        if chosen != 0 && chosen != phones.len() {
            return Err(PyTypeError::new_err(
                "phones: expected a password for every phone or for none, found one for some",
            ));
        }
        let owned = phones.into_iter().map(|(username, password)| {
            let policy = policy.as_ref().map(|policy| policy.clone_ref(py));
            let password = password.map(|password| OwnedPassword::new(password, policy, &NXCLOUD));
            Ok((username, password.transpose()?))
        });
        let call = Self {
            base: self::base_url(&base_url, plain_loopback)?,
            app_key,
            secret_key,
            phones: owned.collect::<PyResult<_>>()?,
        };
        call.request()?;
        Ok(call)
    }

    /// The request.
    fn request(&self) -> PyResult<PyRequest> {
        let request = self.with(|call| call.request()).and_then(|request| request);
        request.map(PyRequest::from).map_err(field_error)
    }

    /// The outcome that the reply stands for.
    fn outcome(
        &self,
        py: Python<'_>,
        status: u16,
        headers: &Bound<'_, PyAny>,
        body: &Bound<'_, PyAny>,
    ) -> PyResult<PyOutcome> {
        let (status, headers) = head(status, headers)?;
        let outcome = |call: UpdatePassword<'_>, body: &[u8]| match call.outcome(status, &headers, body) {
            Outcome::Updated(report) => PyOutcome::reported(py, true, report),
            Outcome::Partial(report) => PyOutcome::reported(py, false, report),
            Outcome::Failed(failure) => Ok(PyOutcome::failed(failure)),
        };
        with_body("body", body, |body| self.with(|call| outcome(call, body)))?.map_err(field_error)?
    }

    fn __repr__(&self) -> String {
        format!("<UpdatePassword {}: {} phones>", self.base, self.phones.len())
    }
}
