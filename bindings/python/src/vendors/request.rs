//! A request, for any client.

use pyo3::{
    prelude::*,
    types::{PyBytes, PyDict},
};
use sip_password::{
    api::Body,
    http::{Request, request::Parts},
};

/// A request that any HTTP client can send: once, without following redirects. It contains secrets.
#[pyclass(frozen, module = "sip_password._sip_password", name = "Request")]
pub(crate) struct PyRequest {
    parts: Parts,
    body: Body,
}

impl From<Request<Body>> for PyRequest {
    fn from(request: Request<Body>) -> Self {
        let (parts, body) = request.into_parts();
        Self { parts, body }
    }
}

#[pymethods]
impl PyRequest {
    /// The HTTP method.
    #[getter]
    fn method(&self) -> &str {
        self.parts.method.as_str()
    }

    /// The whole URL. It contains no secret.
    #[getter]
    fn url(&self) -> String {
        self.parts.uri.to_string()
    }

    /// The headers. They ask for a reply that is not compressed: most clients would decompress it and leave the header that says so.
    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let headers = PyDict::new(py);
        headers.set_item("accept-encoding", "identity")?;
        for (name, value) in &self.parts.headers {
            headers.set_item(name.as_str(), value.to_str().unwrap_or_default())?;
        }
        Ok(headers)
    }

    /// The body.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.body.expose_secret_bytes())
    }

    fn __repr__(&self) -> String {
        format!("<Request {} {}>", self.method(), self.url())
    }
}
