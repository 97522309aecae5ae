//! Exotel's call.

use pyo3::prelude::*;
use sip_password::{
    EXOTEL,
    api::{self, BaseUrl, FieldError, Outcome},
    exotel::UpdatePassword,
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

/// Sets the SIP password of a user's device. Sending the same call again is harmless.
#[pyclass(frozen, module = "sip_password._sip_password", name = "ExotelUpdatePassword")]
pub(crate) struct PyUpdatePassword {
    base: BaseUrl,
    api_key: Secret,
    api_token: Secret,
    account_sid: Secret,
    user_uuid: Secret,
    device_id: Secret,
    new_password: OwnedPassword,
}

impl PyUpdatePassword {
    fn with<R>(&self, use_call: impl FnOnce(UpdatePassword<'_>) -> R) -> Result<R, FieldError> {
        Ok(use_call(UpdatePassword {
            base: &self.base,
            api_key: api::Secret::new(&self.api_key),
            api_token: api::Secret::new(&self.api_token),
            account_sid: &self.account_sid,
            user_uuid: &self.user_uuid,
            device_id: &self.device_id,
            new_password: self.new_password.borrow(&EXOTEL)?,
        }))
    }
}

#[pymethods]
impl PyUpdatePassword {
    #[new]
    #[pyo3(signature = (
        base_url, *, api_key, api_token, account_sid, user_uuid, device_id, new_password, policy=None, plain_loopback=false
    ))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn new(
        base_url: Secret,
        api_key: Secret,
        api_token: Secret,
        account_sid: Secret,
        user_uuid: Secret,
        device_id: Secret,
        new_password: Secret,
        policy: Option<Py<PyPolicy>>,
        plain_loopback: bool,
    ) -> PyResult<Self> {
        let call = Self {
            api_key,
            api_token,
            new_password: OwnedPassword::new(new_password, policy, &EXOTEL)?,
            base: self::base_url(&base_url, plain_loopback)?,
            account_sid,
            user_uuid,
            device_id,
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
            Outcome::Updated(confirmation) => {
                PyOutcome::confirmed(confirmation.request_id.map(|id| id.as_str().to_owned()))
            }
            Outcome::Failed(failure) => PyOutcome::failed(failure),
        })
    }

    fn __repr__(&self) -> String {
        format!("<UpdatePassword {} {:?}>", self.base, &*self.device_id)
    }
}
