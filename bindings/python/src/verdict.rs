//! The verdict on one password.

use pyo3::{prelude::*, types::PyTuple};
use sip_password::{Messages, Violation, Violations};

/// One way in which a password violates a policy. Lengths and positions are in characters; positions count from 1.
#[pyclass(frozen, eq, get_all, module = "sip_password._sip_password", name = "Violation")]
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PyViolation {
    /// The stable word for this kind of violation, such as `"too-short"`.
    kind: &'static str,
    /// The number that was found, if the violation is about a number.
    found: Option<usize>,
    /// The number that the policy expects.
    expected: Option<usize>,
    /// Where the first disallowed character stands.
    position: Option<usize>,
    /// The character classes that the violation is about.
    classes: Vec<String>,
    /// What was found and what was expected, in words; never a character of the password.
    message: String,
}

impl PyViolation {
    fn new(violation: &Violation<'_>, messages: Option<&Messages>) -> Self {
        let names = |classes: sip_password::Classes<'_>| {
            classes.iter().map(|class| class.name().to_owned()).collect::<Vec<_>>()
        };
        let (mut found, mut expected, mut position, mut about) = (None, None, None, Vec::new());
        match *violation {
            Violation::TooShort { found: f, expected: e }
            | Violation::TooLong { found: f, expected: e }
            | Violation::TooManyRepeats { found: f, expected: e }
            | Violation::TooLongSequence { found: f, expected: e }
            | Violation::TooFewDistinct { found: f, expected: e } => (found, expected) = (Some(f), Some(e)),
            Violation::NotAscii { found: f, position: p }
            | Violation::NotAllowed { found: f, position: p } => {
                // None is allowed.
                (found, expected, position) = (Some(f), Some(0), Some(p));
            }
            Violation::TooFewClasses { found: f, expected: e, missing } => {
                (found, expected, about) = (Some(f), Some(e), names(missing));
            }
            Violation::TooFewOfClass { class, found: f, expected: e } => {
                (found, expected, about) = (Some(f), Some(e), vec![class.name().to_owned()]);
            }
            Violation::WrongFirst { expected: classes } => about = names(classes),
            Violation::TooLongRun { found: f, expected: e, classes } => {
                (found, expected, about) = (Some(f), Some(e), names(classes));
            }
            // A word that was found, and kinds of later versions.
            _ => {}
        }
        Self {
            kind: violation.kind().as_str(),
            found,
            expected,
            position,
            classes: about,
            message: match messages {
                Some(messages) => messages.describe_violation(violation),
                None => violation.to_string(),
            },
        }
    }
}

#[pymethods]
impl PyViolation {
    fn __str__(&self) -> String {
        format!("{} ({})", self.kind, self.message)
    }

    fn __repr__(&self) -> String {
        format!("<Violation {} ({})>", self.kind, self.message)
    }
}

/// The verdict on one password: true if it is compliant. It contains nothing of the password.
#[pyclass(frozen, eq, module = "sip_password._sip_password", name = "Verdict")]
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PyVerdict {
    violations: Vec<PyViolation>,
}

impl PyVerdict {
    pub(crate) const COMPLIANT: Self = Self { violations: Vec::new() };

    pub(crate) fn new(violations: &Violations<'_>, messages: Option<&Messages>) -> Self {
        Self {
            violations: violations.iter().map(|violation| PyViolation::new(&violation, messages)).collect(),
        }
    }
}

#[pymethods]
impl PyVerdict {
    /// Whether the password is compliant.
    #[getter]
    fn compliant(&self) -> bool {
        self.violations.is_empty()
    }

    /// Every way in which the password violates the policy.
    #[getter]
    fn violations(&self) -> Vec<PyViolation> {
        self.violations.clone()
    }

    /// The kinds of the violations: `("too-short", "too-few-classes")`.
    #[getter]
    fn kinds<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.violations.iter().map(|violation| violation.kind))
    }

    fn __bool__(&self) -> bool {
        self.compliant()
    }

    fn __str__(&self) -> String {
        if self.compliant() {
            return "compliant".to_owned();
        }
        self.violations.iter().map(PyViolation::__str__).collect::<Vec<_>>().join(", ")
    }

    fn __repr__(&self) -> String {
        format!("<Verdict {}>", self.__str__())
    }
}
