//! Why the command could not do what it was asked.

use std::{fmt, io, path::Path};

/// Anything but a verdict. Never holds a password.
#[derive(Debug)]
pub(super) enum Failure {
    /// What was asked cannot be done, and why.
    Use(String),
    /// A file or stream failed.
    Io {
        /// What was tried: `cannot read "phones.txt"`.
        doing: String,
        why: io::Error,
    },
    /// Nobody reads the output any more.
    ClosedPipe,
}

impl Failure {
    /// For `map_err`: what was tried, on which file.
    pub(super) fn with(doing: &str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        // Quoted, so that no character of a name does anything to a terminal.
        move |why| Self::Io { doing: format!("cannot {doing} {path:?}"), why }
    }

    /// For `map_err`: writing to standard output.
    pub(super) fn printing(why: io::Error) -> Self {
        match why.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Io { doing: "cannot write to standard output".into(), why },
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Use(what) => f.write_str(what),
            Self::Io { doing, why } => write!(f, "{doing}: {why}"),
            Self::ClosedPipe => f.write_str("nobody reads the output any more"),
        }
    }
}
