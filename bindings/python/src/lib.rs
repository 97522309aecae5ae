//! The library `sip-password` as a module for Python. `python/sip_password/_sip_password.pyi` has its types.

use pyo3::prelude::*;

mod buffer;
mod column;
mod error;
mod passwords;
mod policy;
mod source;
mod text;
mod vendors;
mod verdict;
mod verdicts;

/// What `python/sip_password/__init__.py` hands on.
#[pymodule]
fn _sip_password(module: &Bound<'_, PyModule>) -> PyResult<()> {
    error::add_to(module)?;
    vendors::add_to(module)?;
    module.add_class::<policy::PyPolicy>()?;
    module.add_class::<verdict::PyVerdict>()?;
    module.add_class::<verdict::PyViolation>()?;
    module.add_class::<verdicts::Verdicts>()?;
    module.add_class::<passwords::Passwords>()?;
    for preset in sip_password::PRESETS {
        let name = preset.name.replace('-', "_").to_uppercase();
        module.add(name, policy::PyPolicy::of_preset(preset))?;
    }
    let systems: Vec<_> = sip_password::CATALOGUE.iter().map(|system| system.preset.name).collect();
    module.add("CATALOGUE", pyo3::types::PyTuple::new(module.py(), systems)?)?;
    let places = sip_password::SafeFor::ALL.iter().map(|place| place.name()).collect::<Vec<_>>();
    module.add("SAFE_FOR", pyo3::types::PyTuple::new(module.py(), places)?)
}
