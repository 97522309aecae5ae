//! Why the command failed.

use std::{fmt, io, path::Path};

/// Why the command failed. It never holds a password.
#[derive(Debug)]
pub(super) enum CommandError {
    /// What is wrong, and what to do.
    Message(String),
    /// Reading or writing failed.
    Io {
        /// What was tried: `cannot read "phones.txt"`.
        action: String,
        error: io::Error,
    },
    /// The reader of the output has closed it.
    ClosedPipe,
}

impl CommandError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self::Message(message.into())
    }

    /// For `map_err`: what was tried, and with which file.
    pub(super) fn with(action: &str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::Io { action: format!("cannot {action} {}", name_of(path)), error }
    }

    /// For `map_err`: reading this source failed.
    pub(super) fn reading(name: &str) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::Io { action: format!("cannot read {name}"), error }
    }

    /// For `map_err`: writing to standard output failed.
    pub(super) fn printing(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Io { action: "cannot write to standard output".into(), error },
        }
    }
}

/// A file's name for a message. A name that no file has is hidden unless it looks like a path: it may be a password in the wrong place.
pub(super) fn name_of(path: &Path) -> String {
    let extensions = ["cfg", "conf", "crt", "csv", "db", "env", "json", "pem", "toml", "txt"];
    let has_extension = path.extension().is_some_and(|found| extensions.iter().any(|known| found == *known));
    let directory = path.parent().filter(|parent| parent.file_name().is_some());
    if has_extension || directory.is_some_and(Path::exists) || path.symlink_metadata().is_ok() {
        // Quoted, so that no character of a file's name can control a terminal.
        format!("{path:?}")
    } else {
        "*** (a name that no file has is not shown: it may be a password)".into()
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(message) => f.write_str(message),
            Self::Io { action, error } => write!(f, "{action}: {error}"),
            Self::ClosedPipe => f.write_str("the reader of the output has closed it"),
        }
    }
}

impl std::error::Error for CommandError {}
