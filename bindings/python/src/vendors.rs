//! The vendors' requests and replies, for any HTTP client.

use pyo3::prelude::*;

mod call;
mod exotel;
mod huawei;
mod nxcloud;
mod outcome;
mod request;

/// Adds the classes to the module.
pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<request::PyRequest>()?;
    module.add_class::<outcome::PyFailure>()?;
    module.add_class::<outcome::PyOutcome>()?;
    module.add_class::<outcome::PyPhone>()?;
    module.add_class::<huawei::PyTokenByAkSk>()?;
    module.add_class::<huawei::PyAccessToken>()?;
    module.add_class::<huawei::PyUpdateSipPhonePassword>()?;
    module.add_class::<exotel::PyUpdatePassword>()?;
    module.add_class::<nxcloud::PyUpdatePassword>()
}
