//! The outcome of a call.

use std::time::SystemTime;

use pyo3::prelude::*;
use sip_password::{
    api::{Failure, FailureKind},
    nxcloud::{PhoneState, Report, ServerPassword},
};
use zeroize::Zeroizing;

/// A reply that reports no success. It contains no secret of the request.
#[pyclass(frozen, module = "sip_password._sip_password", name = "Failure")]
#[derive(Clone)]
pub(crate) struct PyFailure(Failure);

impl From<Failure> for PyFailure {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

#[pymethods]
impl PyFailure {
    /// The kind: `"refused"`, `"unauthorized"`, `"rate-limited"` and others.
    #[getter]
    fn kind(&self) -> &'static str {
        match self.0.kind() {
            FailureKind::Refused => "refused",
            FailureKind::BadRequest => "bad-request",
            FailureKind::Unauthorized => "unauthorized",
            FailureKind::Forbidden => "forbidden",
            FailureKind::NotFound => "not-found",
            FailureKind::RequestTimeout => "request-timeout",
            FailureKind::RateLimited { .. } => "rate-limited",
            FailureKind::BusinessFailure => "business-failure",
            FailureKind::ServerError => "server-error",
            FailureKind::Unavailable { .. } => "unavailable",
            FailureKind::Redirected => "redirected",
            FailureKind::UnexpectedStatus => "unexpected-status",
            FailureKind::InvalidReply { .. } => "invalid-reply",
            _ => "other",
        }
    }

    /// The HTTP status.
    #[getter]
    fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    /// The vendor's code.
    #[getter]
    fn code(&self) -> Option<&str> {
        self.0.code().map(|text| text.as_str())
    }

    /// The vendor's message, for a person to read.
    #[getter]
    fn vendor_message(&self) -> Option<&str> {
        self.0.message().map(|text| text.as_str())
    }

    /// The vendor's identifier of the request.
    #[getter]
    fn request_id(&self) -> Option<&str> {
        self.0.request_id().map(|text| text.as_str())
    }

    /// How long to wait before the next request, in seconds, if the reply says so.
    #[getter]
    fn retry_after(&self) -> Option<f64> {
        match self.0.kind() {
            FailureKind::RateLimited { retry_after } | FailureKind::Unavailable { retry_after } => {
                retry_after.map(|wait| wait.wait(SystemTime::now()).as_secs_f64())
            }
            _ => None,
        }
    }

    /// Whether the reply may report a failed check of an account's password. Three of them lock a Huawei account.
    #[getter]
    fn counts_as_failed_check(&self) -> bool {
        self.0.counts_as_failed_check()
    }

    /// Whether the password may have been updated, although the reply does not say so. Then keep the old one and the new one.
    #[getter]
    fn may_have_changed(&self) -> bool {
        self.0.may_have_changed()
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<Failure {}>", self.0)
    }
}

/// The state of a phone that the request did not name.
const UNREQUESTED: &str = "unrequested";

/// A phone in a reply of NXCloud.
#[pyclass(frozen, module = "sip_password._sip_password", name = "Phone")]
pub(crate) struct PyPhone {
    /// Of one that was not requested, it is what the reply has in the place of a name, which may be a password.
    username: Option<Zeroizing<String>>,
    /// `"updated"`, `"updated-to"`, `"missing"`, `"different"`, `"unreadable"`, or `"unrequested"`.
    #[pyo3(get)]
    state: &'static str,
    password: Option<Zeroizing<String>>,
}

#[pymethods]
impl PyPhone {
    /// `None` if the reply has no name that can be one.
    #[getter]
    fn username(&self) -> Option<&str> {
        self.username.as_ref().map(|name| name.as_str())
    }

    /// The password that the server reports, if it is not the one that was sent. Keep it: the phone has it, or may have it.
    #[getter]
    fn password(&self) -> Option<&str> {
        self.password.as_ref().map(|password| password.as_str())
    }

    fn __repr__(&self) -> String {
        let name = match self.state {
            UNREQUESTED => "redacted",
            _ => self.username().unwrap_or("without a name"),
        };
        format!("<Phone {name}: {}>", self.state)
    }
}

/// The outcome of a call: true if the vendor confirms every password of the request.
#[pyclass(frozen, module = "sip_password._sip_password", name = "Outcome")]
pub(crate) struct PyOutcome {
    updated: bool,
    failure: Option<PyFailure>,
    request_id: Option<String>,
    phones: Vec<Py<PyPhone>>,
}

impl PyOutcome {
    pub(super) fn confirmed(request_id: Option<String>) -> Self {
        Self { updated: true, failure: None, request_id, phones: Vec::new() }
    }

    pub(super) fn failed(failure: Failure) -> Self {
        let request_id = failure.request_id().map(|id| id.as_str().to_owned());
        Self { updated: false, failure: Some(failure.into()), request_id, phones: Vec::new() }
    }

    /// NXCloud's report on each phone.
    pub(super) fn reported(py: Python<'_>, updated: bool, report: Report<'_>) -> PyResult<Self> {
        let secret = |password: ServerPassword| Some(Zeroizing::from(password));
        let requested = report.phones.into_iter().map(|phone| {
            let (state, password) = match phone.state {
                PhoneState::Updated => ("updated", None),
                PhoneState::UpdatedTo(password) => ("updated-to", secret(password)),
                PhoneState::Missing => ("missing", None),
                PhoneState::Different(password) => ("different", secret(password)),
                _ => ("unreadable", None),
            };
            PyPhone { username: Some(Zeroizing::new(phone.username.to_owned())), state, password }
        });
        let others = report.unrequested.into_iter().map(|phone| PyPhone {
            username: phone.username().map(|name| Zeroizing::new(name.to_owned())),
            state: UNREQUESTED,
            password: phone.password.and_then(secret),
        });
        let phones = requested.chain(others).map(|phone| Py::new(py, phone)).collect::<PyResult<_>>()?;
        Ok(Self { updated, failure: None, request_id: None, phones })
    }
}

#[pymethods]
impl PyOutcome {
    /// Whether the vendor confirms every password of the request.
    #[getter]
    fn updated(&self) -> bool {
        self.updated
    }

    /// The failure, if the vendor does not report success.
    #[getter]
    fn failure(&self) -> Option<PyFailure> {
        self.failure.clone()
    }

    /// The vendor's identifier of the request.
    #[getter]
    fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// NXCloud's report: the phones of the request in its order, then those that it did not name.
    #[getter]
    fn phones(&self, py: Python<'_>) -> Vec<Py<PyPhone>> {
        self.phones.iter().map(|phone| phone.clone_ref(py)).collect()
    }

    fn __bool__(&self) -> bool {
        self.updated
    }

    fn __str__(&self) -> String {
        match (&self.failure, self.updated) {
            (Some(failure), _) => failure.__str__(),
            (None, true) => "updated".to_owned(),
            (None, false) => "the report on the phones does not match the request".to_owned(),
        }
    }

    fn __repr__(&self) -> String {
        format!("<Outcome {}>", self.__str__())
    }
}
