//! Huawei's two calls.

use std::time::Duration;

use pyo3::prelude::*;
use sip_password::{
    HUAWEI,
    api::{self, BaseUrl, FieldError, Outcome},
    huawei::{AccessToken, BodyFormat, ExtraHeaders, TokenByAkSk, UpdateSipPhonePassword},
};

use super::{
    call::{OwnedPassword, base_url, head},
    outcome::{PyFailure, PyOutcome},
    request::PyRequest,
};
use crate::{
    error::field_error,
    policy::PyPolicy,
    text::{Secret, with_body},
};

/// Headers that a tenant needs beside those of Huawei's pages.
struct OwnedHeaders(Vec<(Secret, Secret)>);

impl OwnedHeaders {
    fn pairs(&self) -> Vec<(&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value)).collect()
    }
}

/// Requests an access token. Request one, and reuse it while it is usable.
#[pyclass(frozen, module = "sip_password._sip_password", name = "TokenByAkSk")]
pub(crate) struct PyTokenByAkSk {
    base: BaseUrl,
    app_key: Secret,
    app_secret: Secret,
    lifetime: u32,
    extra_headers: OwnedHeaders,
}

impl PyTokenByAkSk {
    fn with<R>(&self, use_call: impl FnOnce(TokenByAkSk<'_>) -> R) -> Result<R, FieldError> {
        let pairs = self.extra_headers.pairs();
        let extra_headers = ExtraHeaders::new(&pairs)?;
        let (key, secret) = (api::Secret::new(&self.app_key), api::Secret::new(&self.app_secret));
        let call = TokenByAkSk::new(&self.base, key, secret);
        Ok(use_call(TokenByAkSk { lifetime: self.lifetime, extra_headers, ..call }))
    }
}

#[pymethods]
impl PyTokenByAkSk {
    #[new]
    #[pyo3(signature = (base_url, *, app_key, app_secret, lifetime=600, extra_headers=Vec::new(), plain_loopback=false))]
    fn new(
        base_url: Secret,
        app_key: Secret,
        app_secret: Secret,
        lifetime: u32,
        extra_headers: Vec<(Secret, Secret)>,
        plain_loopback: bool,
    ) -> PyResult<Self> {
        let call = Self {
            app_key,
            app_secret,
            base: self::base_url(&base_url, plain_loopback)?,
            lifetime,
            extra_headers: OwnedHeaders(extra_headers),
        };
        call.request()?;
        Ok(call)
    }

    /// The request.
    fn request(&self) -> PyResult<PyRequest> {
        let request = self.with(|call| call.request()).and_then(|request| request);
        request.map(PyRequest::from).map_err(field_error)
    }

    /// The token in the reply, or the failure.
    fn outcome<'py>(
        &self,
        py: Python<'py>,
        status: u16,
        headers: &Bound<'py, PyAny>,
        body: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (status, headers) = head(status, headers)?;
        let outcome = |body: &[u8]| self.with(|call| call.outcome(status, &headers, body));
        match with_body("body", body, outcome)?.map_err(field_error)? {
            Ok(token) => Ok(Bound::new(py, PyAccessToken(token))?.into_any()),
            Err(failure) => Ok(Bound::new(py, PyFailure::from(failure))?.into_any()),
        }
    }

    fn __repr__(&self) -> String {
        format!("<TokenByAkSk {}>", self.base)
    }
}

/// A token, in memory that is wiped.
#[pyclass(frozen, module = "sip_password._sip_password", name = "AccessToken")]
pub(crate) struct PyAccessToken(AccessToken);

#[pymethods]
impl PyAccessToken {
    /// The token itself.
    fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }

    /// How long the token is valid after it was made, in seconds.
    #[getter]
    fn lifetime(&self) -> f64 {
        self.0.lifetime().as_secs_f64()
    }

    /// Whether the token can still be used, so many seconds after the request for it. A negative age is no age.
    fn is_usable(&self, age: f64) -> bool {
        Duration::try_from_secs_f64(age).is_ok_and(|age| self.0.is_usable(age))
    }

    fn __repr__(&self) -> &'static str {
        "AccessToken(redacted)"
    }
}

/// Updates the password of an agent's SIP phone. A refusal counts towards a lockout, so send it once.
#[pyclass(frozen, module = "sip_password._sip_password", name = "UpdateSipPhonePassword")]
pub(crate) struct PyUpdateSipPhonePassword {
    base: BaseUrl,
    token: Secret,
    app_key: Option<Secret>,
    user_account: Secret,
    account_password: Secret,
    new_password: OwnedPassword,
    body_format: BodyFormat,
    extra_headers: OwnedHeaders,
}

impl PyUpdateSipPhonePassword {
    fn with<R>(&self, use_call: impl FnOnce(UpdateSipPhonePassword<'_>) -> R) -> Result<R, FieldError> {
        let pairs = self.extra_headers.pairs();
        Ok(use_call(UpdateSipPhonePassword {
            base: &self.base,
            token: api::Secret::new(&self.token),
            app_key: self.app_key.as_ref().map(|key| api::Secret::new(key)),
            user_account: &self.user_account,
            account_password: api::Secret::new(&self.account_password),
            new_password: self.new_password.borrow(&HUAWEI)?,
            body_format: self.body_format,
            extra_headers: ExtraHeaders::new(&pairs)?,
        }))
    }
}

#[pymethods]
impl PyUpdateSipPhonePassword {
    #[new]
    #[pyo3(signature = (
        base_url, *, token, user_account, account_password, new_password, app_key=None, policy=None, wrapped=false,
        extra_headers=Vec::new(), plain_loopback=false
    ))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn new(
        base_url: Secret,
        token: Secret,
        user_account: Secret,
        account_password: Secret,
        new_password: Secret,
        app_key: Option<Secret>,
        policy: Option<Py<PyPolicy>>,
        wrapped: bool,
        extra_headers: Vec<(Secret, Secret)>,
        plain_loopback: bool,
    ) -> PyResult<Self> {
        let call = Self {
            token,
            app_key,
            account_password,
            new_password: OwnedPassword::new(new_password, policy, &HUAWEI)?,
            base: self::base_url(&base_url, plain_loopback)?,
            user_account,
            body_format: if wrapped { BodyFormat::Wrapped } else { BodyFormat::Flat },
            extra_headers: OwnedHeaders(extra_headers),
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
        status: u16,
        headers: &Bound<'_, PyAny>,
        body: &Bound<'_, PyAny>,
    ) -> PyResult<PyOutcome> {
        let (status, headers) = head(status, headers)?;
        let outcome = |body: &[u8]| self.with(|call| call.outcome(status, &headers, body));
        let outcome = with_body("body", body, outcome)?.map_err(field_error)?;
        Ok(match outcome {
            Outcome::Updated(()) => PyOutcome::confirmed(None),
            Outcome::Failed(failure) => PyOutcome::failed(failure),
        })
    }

    fn __repr__(&self) -> String {
        format!("<UpdateSipPhonePassword {} {:?}>", self.base, &*self.user_account)
    }
}
