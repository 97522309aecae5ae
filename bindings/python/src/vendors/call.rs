//! What the calls have in common: addresses, passwords, and the pieces of a reply.

use pyo3::{exceptions::PyValueError, prelude::*};
use sip_password::{
    Policy,
    api::{BaseUrl, FieldError, FieldErrorKind, NewPassword},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
};
use zeroize::Zeroizing;

use crate::{error::field_error, policy::PyPolicy, text::type_error};

/// Text that is wiped.
pub(super) type Secret = Zeroizing<String>;

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
    pub(super) fn new(password: String, policy: Option<Py<PyPolicy>>, preset: &Policy) -> PyResult<Self> {
        let owned = Self { password: Zeroizing::new(password), policy };
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
        let (name, value): (String, String) = pair?.extract()?;
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            map.append(name, value);
        }
    }
    Ok((status, map))
}
