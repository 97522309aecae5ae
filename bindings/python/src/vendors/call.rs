//! What the calls have in common: addresses, passwords, and the pieces of a reply.

use pyo3::{exceptions::PyValueError, prelude::*};
use sip_password::{
    Policy,
    api::{BaseUrl, FieldError, FieldErrorKind, NewPassword},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
};

use crate::{
    error::field_error,
    policy::PyPolicy,
    text::{Secret, type_error, with_bytes},
};

/// A base URL. Plain HTTP is for tests on loopback.
pub(super) fn base_url(url: &str, plain_loopback: bool) -> PyResult<BaseUrl> {
    let base = if plain_loopback { BaseUrl::allowing_plain_loopback(url) } else { BaseUrl::new(url) };
    base.map_err(field_error)
}

/// A phone's new password, and the tenant's own policy if it has one.
pub(super) struct OwnedPassword {
    password: Secret,
    policy: Option<Py<PyPolicy>>,
}

impl OwnedPassword {
    /// A password that satisfies the tenant's policy, or else `preset`.
    pub(super) fn new(password: Secret, policy: Option<Py<PyPolicy>>, preset: &Policy) -> PyResult<Self> {
        let owned = Self { password, policy };
        owned.borrow(preset).map(drop).map_err(field_error)?;
        Ok(owned)
    }

    /// The password, as the library's calls take it.
    pub(super) fn borrow<'a>(&'a self, preset: &'a Policy) -> Result<NewPassword<'a>, FieldError> {
        let policy = self.policy.as_ref().map(|policy| policy.get().policy());
        match policy.unwrap_or(preset).check(&*self.password) {
            Ok(password) => Ok(match policy {
                Some(policy) => NewPassword::TenantPolicy { password, policy },
                None => password.into(),
            }),
            Err(violations) => Err(FieldError {
                field: "new_password",
                kind: FieldErrorKind::NotCompliant(violations.kinds()),
            }),
        }
    }
}

/// The status and the headers of a reply. `headers` is a mapping, or a list of pairs; what is no header is left out.
pub(super) fn head(status: u16, headers: &Bound<'_, PyAny>) -> PyResult<(StatusCode, HeaderMap)> {
    let status = StatusCode::from_u16(status)
        .map_err(|_| PyValueError::new_err(format!("status: expected 100 to 999, found {status}")))?;
    let pairs = if headers.hasattr("items")? { headers.call_method0("items")? } else { headers.clone() };
    let mut map = HeaderMap::new();
    for pair in pairs.try_iter().map_err(|_| type_error("headers: a mapping or pairs", headers))? {
        if let Some((name, value)) = header(&pair?)
            && map.try_append(name, value).is_err()
        {
            // There are more than any reply of a vendor has.
            break;
        }
    }
    Ok((status, map))
}

/// A header, if the pair is one. An error would hide what the reply says about the password.
fn header(pair: &Bound<'_, PyAny>) -> Option<(HeaderName, HeaderValue)> {
    let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.extract().ok()?;
    let name = with_bytes(&name, |name| HeaderName::from_bytes(name).ok()).ok()??;
    let value = with_bytes(&value, |value| HeaderValue::from_bytes(value).ok()).ok()??;
    Some((name?, value?))
}
