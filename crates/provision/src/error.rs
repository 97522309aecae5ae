//! Why a template cannot be used, or a phone cannot be written by it.

use core::fmt;
use std::error::Error;

use minijinja::ErrorKind;

/// Why a template cannot be used, or a phone cannot be written by it. Names the template, the line in it and the character; has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TemplateError {
    /// The template's name.
    pub template: String,
    /// The line of the template, from 1, if one is known.
    pub line: Option<usize>,
    /// What was expected and found.
    pub message: String,
}

/// What a filter of ours says. Messages of the engine's own filters may quote a value, which may be a password.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) String);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Refusal {}

/// An error of a filter of ours.
pub(crate) fn refused(message: impl fmt::Display) -> minijinja::Error {
    minijinja::Error::new(ErrorKind::InvalidOperation, "refused").with_source(Refusal(message.to_string()))
}

impl TemplateError {
    pub(crate) fn new(template: &str, error: &minijinja::Error) -> Self {
        let mut source: Option<&(dyn Error + 'static)> = Some(error);
        let mut refusal = None;
        let mut line = error.line();
        while let Some(cause) = source {
            if let Some(inner) = cause.downcast_ref::<minijinja::Error>() {
                line = inner.line().or(line);
            }
            refusal = refusal.or_else(|| cause.downcast_ref::<Refusal>());
            source = cause.source();
        }
        let message = match (refusal, error.kind()) {
            (Some(refusal), _) => refusal.to_string(),
            // Of the template alone.
            (
                None,
                kind @ (ErrorKind::SyntaxError
                | ErrorKind::UnknownFilter
                | ErrorKind::UnknownFunction
                | ErrorKind::UnknownTest
                | ErrorKind::TemplateNotFound),
            ) => match error.detail() {
                Some(detail) => format!("{kind}: {detail}"),
                None => kind.to_string(),
            },
            (None, kind) => kind.to_string(),
        };
        Self { template: template.to_owned(), line, message }
    }

    pub(crate) fn because(template: &str, message: impl fmt::Display) -> Self {
        Self { template: template.to_owned(), line: None, message: message.to_string() }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "template {}", self.template)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl Error for TemplateError {}
