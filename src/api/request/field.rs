//! What goes into a request, and why it may not.

use core::fmt;

use super::secret::Secret;
use crate::{
    check::{Compliant, kind::ViolationKinds},
    policy::Policy,
};

/// The greatest length of an account's or a phone's identifier, in bytes: a limit of this library, far above
/// what the vendors' documents show.
pub const MAX_ID: usize = 256;

/// The greatest length of a token, a key or an account's password, in bytes: a limit of this library. Many servers
/// refuse headers of more than 8 KiB, and Base64 makes two of them, key and token, a third longer.
pub const MAX_SECRET: usize = 4096;

/// The new password of a phone, and whose rule it follows.
///
/// A vendor refuses what its rule does not allow, and at Huawei a refusal counts towards a lock. So
/// the password must satisfy the vendor's preset, or the caller says that the tenant has a rule of its
/// own.
///
/// ```
/// use sip_password::{HUAWEI, Policy, api::NewPassword};
///
/// let by_default = NewPassword::from(HUAWEI.check("Not_a_real_1")?);
///
/// // A tenant whose own rule group allows 20 characters.
/// let tenant = Policy::new(HUAWEI.rules().with_lengths(8, 20))?;
/// let password = tenant.check("Not_a_real_password1").expect("it satisfies the tenant's rule");
/// let by_tenant = NewPassword::TenantPolicy { password, policy: &tenant };
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub enum NewPassword<'a> {
    /// By the rule of the vendor's preset, which is checked again, whatever policy the proof is of.
    VendorPolicy(Compliant<'a>),
    /// By the tenant's own rule, which the caller vouches for.
    TenantPolicy {
        /// The password.
        password: Compliant<'a>,
        /// The tenant's rule, which the password is checked against again.
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

    /// Checks it against the tenant's rule, or else against `preset`.
    pub(crate) fn checked(self, field: &'static str, preset: &Policy) -> Result<&'a str, FieldError> {
        let secret = self.expose_secret();
        let rule = match self {
            Self::VendorPolicy(_) => preset,
            Self::TenantPolicy { policy, .. } => policy,
        };
        match rule.check(secret) {
            Ok(_) => Ok(secret),
            Err(violations) => {
                Err(FieldError { field, kind: FieldErrorKind::NotCompliant(violations.kinds()) })
            }
        }
    }
}

/// By the vendor's rule.
impl<'a> From<Compliant<'a>> for NewPassword<'a> {
    fn from(password: Compliant<'a>) -> Self {
        Self::VendorPolicy(password)
    }
}

/// Only whose rule it follows.
impl fmt::Debug for NewPassword<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::VendorPolicy(_) => "VendorPolicy(redacted)",
            Self::TenantPolicy { .. } => "TenantPolicy(redacted)",
        })
    }
}

/// Which field of a request is wrong, and how. It holds nothing of what the field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FieldError {
    /// The name of the field, as in the struct of the call: `"device_id"`.
    pub field: &'static str,
    /// What is wrong with it.
    pub kind: FieldErrorKind,
}

/// What is wrong with a field. Places count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldErrorKind {
    /// It is empty.
    Empty,
    /// It is too long.
    TooLong {
        /// The greatest length, in bytes.
        max: usize,
    },
    /// It has a control character, such as the end of a line.
    ControlCharacter {
        /// Its place, in characters.
        position: usize,
    },
    /// It goes into a header, and has a character that is not visible ASCII: a space, an accent.
    NotVisibleAscii {
        /// Its place, in characters.
        position: usize,
    },
    /// It has a comma, which separates several values.
    Comma {
        /// Its place, in characters.
        position: usize,
    },
    /// It has a colon, which would end it.
    Colon {
        /// Its place, in characters.
        position: usize,
    },
    /// It is `.` or `..`, which would change the path.
    DotSegment,
    /// The same phone stands in the list twice.
    Duplicate {
        /// The place of the second in the list.
        position: usize,
    },
    /// The number is out of its range.
    OutOfRange {
        /// The least.
        min: u32,
        /// The greatest.
        max: u32,
        /// The number.
        found: u32,
    },
    /// The new password does not satisfy the rule.
    NotCompliant(
        /// What is wrong with it.
        ViolationKinds,
    ),
}

/// A field's name, and the checks of what is in it.
#[derive(Clone, Copy)]
pub(crate) struct Field(pub(crate) &'static str);

impl Field {
    pub(crate) const fn error(self, kind: FieldErrorKind) -> FieldError {
        FieldError { field: self.0, kind }
    }

    /// Neither empty nor too long, and without control characters.
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

    /// A segment of a path.
    pub(crate) fn path_segment(self, text: &str) -> Result<&str, FieldError> {
        if matches!(text, "." | "..") {
            return Err(self.error(FieldErrorKind::DotSegment));
        }
        self.text(text, MAX_ID)
    }

    /// One of several values that a comma separates.
    pub(crate) fn list_item(self, text: &str) -> Result<&str, FieldError> {
        self.without(text, |char| char == ',', |position| FieldErrorKind::Comma { position })
    }

    pub(crate) fn without(
        self,
        text: &str,
        bad: impl Fn(char) -> bool,
        kind: impl Fn(usize) -> FieldErrorKind,
    ) -> Result<&str, FieldError> {
        match text.chars().position(bad) {
            Some(index) => Err(self.error(kind(index + 1))),
            None => Ok(text),
        }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.kind)
    }
}

impl core::error::Error for FieldError {}

/// Without the name of the field: `"is empty"`.
impl fmt::Display for FieldErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::TooLong { max } => write!(f, "is longer than {max} bytes"),
            Self::ControlCharacter { position } => {
                write!(f, "has a control character at position {position}")
            }
            Self::NotVisibleAscii { position } => {
                write!(
                    f,
                    "has a character at position {position} that is not visible ASCII, as a header needs"
                )
            }
            Self::Comma { position } => {
                write!(f, "has a comma at position {position}, which would separate two values")
            }
            Self::Colon { position } => write!(f, "has a colon at position {position}, which would end it"),
            Self::DotSegment => f.write_str("is . or .., which would change the path"),
            Self::Duplicate { position } => {
                write!(f, "stands in the list twice, again at position {position}")
            }
            Self::OutOfRange { min, max, .. } => write!(f, "is not from {min} to {max}"),
            Self::NotCompliant(kinds) => {
                f.write_str("does not satisfy the rule: ")?;
                for (index, kind) in kinds.iter().enumerate() {
                    write!(f, "{}{kind}", if index == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
        }
    }
}
