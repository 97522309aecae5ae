//! Why a reply cannot be read.

use core::fmt;

/// Why a reply cannot be read. It contains nothing of the reply but the name of a documented member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReplyError {
    /// The reply has no body.
    Empty,
    /// The body is too long.
    TooLong {
        /// The greatest length, in bytes.
        max: usize,
    },
    /// The body is compressed. The request did not allow that.
    Compressed,
    /// The body is HTML: perhaps the page of a proxy or a login page.
    Html,
    /// The body is not UTF-8.
    NotUtf8,
    /// The body is not exactly one JSON value. It may be truncated.
    NotJson,
    /// A required member is missing.
    Missing {
        /// Its name.
        field: &'static str,
    },
    /// A member occurs twice, so its value is ambiguous.
    Duplicate {
        /// Its name.
        field: &'static str,
    },
    /// A member has another type than the vendor documents.
    WrongType {
        /// Its name, or `"the reply"`.
        field: &'static str,
    },
    /// A member has a value that the vendor does not document.
    UnknownValue {
        /// Its name.
        field: &'static str,
    },
    /// This member contradicts another one, or the HTTP status: one of them reports success and the other does not.
    Contradiction {
        /// Its name.
        field: &'static str,
    },
}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("expected a body, found none"),
            Self::TooLong { max } => write!(f, "expected at most {max} bytes, found more"),
            Self::Compressed => f.write_str("expected an uncompressed body, found a compressed one"),
            Self::Html => f.write_str("expected JSON, found HTML, perhaps of a proxy or a login page"),
            Self::NotUtf8 => f.write_str("expected UTF-8, found other bytes"),
            Self::NotJson => {
                f.write_str("expected one JSON value, found another text; the reply may be truncated")
            }
            Self::Missing { field } => write!(f, "expected the member {field}, found none"),
            Self::Duplicate { field } => write!(f, "expected the member {field} once, found it twice"),
            Self::WrongType { field } => {
                write!(f, "expected the documented type of {field}, found another type")
            }
            Self::UnknownValue { field } => {
                write!(f, "expected a documented value of {field}, found another value")
            }
            Self::Contradiction { field } => {
                write!(f, "expected {field} to agree with the rest of the reply, found a contradiction")
            }
        }
    }
}

impl core::error::Error for ReplyError {}
