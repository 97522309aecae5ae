//! The fields of a request: the limits, the validation, and the error that names the field.

use core::fmt;

use super::secret::Secret;
use crate::{
    check::{Compliant, kind::ViolationKinds},
    policy::Policy,
};

/// The greatest length of an identifier of an account or a phone, in bytes. A limit of this library, far above what the vendors'
/// documents show.
pub const MAX_ID: usize = 256;

/// The greatest length of a token, a key or an account's password, in bytes. A limit of this library: many servers refuse headers of
/// more than 8 KiB, and Basic authentication makes key and token a third longer.
pub const MAX_SECRET: usize = 4096;

/// The new password of a phone, and the policy that it must satisfy.
///
/// A vendor refuses a password that its policy does not allow, and at Huawei a refusal counts towards a lockout. So `request` checks
/// the password again: against the vendor's preset, or against a policy that the caller vouches for.
///
/// ```
/// use sip_password::{HUAWEI, Policy, api::NewPassword};
///
/// let by_preset = NewPassword::from(HUAWEI.check("Not_a_real_1")?);
///
/// // A tenant whose own rule group allows 20 characters.
/// let tenant = Policy::new(HUAWEI.rules().with_lengths(8, 20))?;
/// let password = tenant.check("Not_a_real_password1").expect("it satisfies the tenant's policy");
/// let by_tenant = NewPassword::TenantPolicy { password, policy: &tenant };
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub enum NewPassword<'a> {
    /// A password that must satisfy the vendor's preset, whichever policy accepted it before.
    VendorPolicy(Compliant<'a>),
    /// A password that must satisfy the tenant's own policy. The vendor may refuse it if that policy is wrong.
    TenantPolicy {
        /// The password.
        password: Compliant<'a>,
        /// The tenant's policy.
        policy: &'a Policy,
    },
}

impl<'a> NewPassword<'a> {
    /// The password itself.
    pub const fn expose_secret(&self) -> &'a str {
        match self {
            Self::VendorPolicy(password) | Self::TenantPolicy { password, .. } => password.expose_secret(),
        }
    }

    /// The password, if it satisfies the tenant's policy or else `preset`.
    pub(crate) fn checked(self, field: &'static str, preset: &Policy) -> Result<&'a str, FieldError> {
        let secret = self.expose_secret();
        let policy = match self {
            Self::VendorPolicy(_) => preset,
            Self::TenantPolicy { policy, .. } => policy,
        };
        match policy.check(secret) {
            Ok(_) => Ok(secret),
            Err(violations) => Err(Field(field).error(FieldErrorKind::NotCompliant(violations.kinds()))),
        }
    }
}

/// With [`NewPassword::VendorPolicy`].
impl<'a> From<Compliant<'a>> for NewPassword<'a> {
    fn from(password: Compliant<'a>) -> Self {
        Self::VendorPolicy(password)
    }
}

/// Without the password.
impl fmt::Debug for NewPassword<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::VendorPolicy(_) => "VendorPolicy(redacted)",
            Self::TenantPolicy { .. } => "TenantPolicy(redacted)",
        })
    }
}

/// A field of a call that is invalid. Nothing was sent. It contains nothing of the field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FieldError {
    /// The name of the field, as in the struct of the call: `"device_id"`.
    pub field: &'static str,
    /// What is wrong with it.
    pub kind: FieldErrorKind,
}

/// What is wrong with a field. Positions count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldErrorKind {
    /// The field is empty.
    Empty,
    /// The field is too long.
    TooLong {
        /// The greatest length, in bytes.
        max: usize,
    },
    /// The field contains a control character, such as a line feed.
    ControlCharacter {
        /// Its position, in characters.
        position: usize,
    },
    /// The field goes into a header, and contains a character that is not visible ASCII, such as a space or `é`.
    NotVisibleAscii {
        /// Its position, in characters.
        position: usize,
    },
    /// The field contains a comma, which separates the values of a list.
    Comma {
        /// Its position, in characters.
        position: usize,
    },
    /// The field contains a colon, which ends the user name of Basic authentication.
    Colon {
        /// Its position, in characters.
        position: usize,
    },
    /// The field is `.` or `..`, which would change the path of a URL.
    DotSegment,
    /// The field contains `/` or `\`, which servers and proxies may take for the end of a path segment, even if it is percent-encoded.
    Slash {
        /// Its position, in characters.
        position: usize,
    },
    /// The list contains the same phone twice.
    Duplicate {
        /// The position of the second one in the list.
        position: usize,
    },
    /// The number is out of range.
    OutOfRange {
        /// The smallest number.
        min: u32,
        /// The greatest number.
        max: u32,
        /// The number in the field.
        found: u32,
    },
    /// The list has too many entries.
    TooMany {
        /// The greatest number of entries.
        max: usize,
    },
    /// The text is not the name of a header.
    HeaderName {
        /// The position of the header in the list.
        position: usize,
    },
    /// The text is not the value of a header.
    HeaderValue {
        /// The position of the header in the list.
        position: usize,
    },
    /// The list contains the same header twice.
    DuplicateHeader {
        /// The position of the second one in the list.
        position: usize,
    },
    /// The call, the client or HTTP itself sets this header.
    ReservedHeader {
        /// Its name, in lower case.
        name: &'static str,
        /// Its position in the list.
        position: usize,
    },
    /// The new password does not satisfy the policy.
    NotCompliant(
        /// How it violates the policy.
        ViolationKinds,
    ),
}

/// The name of a field, and the validation of its value.
#[derive(Clone, Copy)]
pub(crate) struct Field(pub(crate) &'static str);

impl Field {
    pub(crate) const fn error(self, kind: FieldErrorKind) -> FieldError {
        FieldError { field: self.0, kind }
    }

    /// Any text that is neither empty nor longer than `max` bytes, without control characters.
    pub(crate) fn text(self, text: &str, max: usize) -> Result<&str, FieldError> {
        if text.is_empty() {
            return Err(self.error(FieldErrorKind::Empty));
        }
        if text.len() > max {
            return Err(self.error(FieldErrorKind::TooLong { max }));
        }
        self.without(text, char::is_control, |position| FieldErrorKind::ControlCharacter { position })
    }

    /// A secret in a body.
    pub(crate) fn secret(self, secret: Secret<'_>) -> Result<&str, FieldError> {
        self.text(secret.expose_secret(), MAX_SECRET)
    }

    /// A secret in a header.
    pub(crate) fn header_value(self, secret: Secret<'_>) -> Result<&str, FieldError> {
        let text = self.secret(secret)?;
        self.without(
            text,
            |char| !char.is_ascii_graphic(),
            |position| FieldErrorKind::NotVisibleAscii { position },
        )
    }

    /// An identifier of an account or a phone, which may become a segment of a path.
    pub(crate) fn id(self, text: &str) -> Result<&str, FieldError> {
        if matches!(text, "." | "..") {
            return Err(self.error(FieldErrorKind::DotSegment));
        }
        let text = self.text(text, MAX_ID)?;
        self.without(text, |char| matches!(char, '/' | '\\'), |position| FieldErrorKind::Slash { position })
    }

    /// A value of a list that is separated by commas.
    pub(crate) fn list_item(self, text: &str) -> Result<&str, FieldError> {
        self.without(text, |char| char == ',', |position| FieldErrorKind::Comma { position })
    }

    /// The text, if it contains no `forbidden` character.
    pub(crate) fn without(
        self,
        text: &str,
        forbidden: impl Fn(char) -> bool,
        kind_at: impl Fn(usize) -> FieldErrorKind,
    ) -> Result<&str, FieldError> {
        match text.chars().position(forbidden) {
            Some(index) => Err(self.error(kind_at(index + 1))),
            None => Ok(text),
        }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.kind)
    }
}

impl core::error::Error for FieldError {}

/// Without the name of the field: `"expected a value, found an empty text"`.
impl fmt::Display for FieldErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("expected a value, found an empty text"),
            Self::TooLong { max } => write!(f, "expected at most {max} bytes, found more"),
            Self::ControlCharacter { position } => {
                write!(f, "expected no control character, found one at position {position}")
            }
            Self::NotVisibleAscii { position } => write!(
                f,
                "expected visible ASCII characters, since the value goes into a header, found another character at position \
                 {position}"
            ),
            Self::Comma { position } => write!(
                f,
                "expected no comma, since commas separate the values of a list, found one at position {position}"
            ),
            Self::Colon { position } => write!(
                f,
                "expected no colon, since it would end the value in the header, found one at position {position}"
            ),
            Self::DotSegment => {
                f.write_str("expected an identifier, found . or .., which would change the path of the URL")
            }
            Self::Slash { position } => write!(
                f,
                "expected no slash or backslash, since a server may take it for the end of a part of the path, found one at position \
                 {position}"
            ),
            Self::Duplicate { position } => {
                write!(f, "expected each phone once, found one again at position {position} of the list")
            }
            Self::OutOfRange { min, max, found } => {
                write!(f, "expected a number from {min} to {max}, found {found}")
            }
            Self::TooMany { max } => write!(f, "expected at most {max} entries, found more"),
            Self::HeaderName { position } => write!(
                f,
                "expected the name of a header, of letters, digits and hyphens, found another text at position {position} of the \
                 list"
            ),
            Self::HeaderValue { position } => write!(
                f,
                "expected the value of a header, of visible ASCII characters with spaces only between them, found another text, \
                 or none, at position {position} of the list"
            ),
            Self::DuplicateHeader { position } => {
                write!(f, "expected each header once, found one again at position {position} of the list")
            }
            Self::ReservedHeader { name, position } => write!(
                f,
                "expected a header that the client does not set itself, found {name} at position {position} of the list"
            ),
            Self::NotCompliant(kinds) => {
                f.write_str("expected a password that satisfies the policy, found these violations: ")?;
                for (index, kind) in kinds.iter().enumerate() {
                    write!(f, "{}{kind}", if index == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
        }
    }
}
