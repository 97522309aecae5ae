//! A secret that the caller lends.

use core::fmt;

/// A secret that the caller owns and wipes: a token, a key, an account's password.
///
/// It prints as `Secret(redacted)`.
///
/// ```
/// use sip_password::api::Secret;
///
/// let token = Secret::new("not-a-real-token");
/// assert_eq!(format!("{token:?}"), "Secret(redacted)");
/// assert_eq!(token.expose_secret(), "not-a-real-token");
/// ```
#[derive(Clone, Copy)]
pub struct Secret<'a>(&'a str);

impl<'a> Secret<'a> {
    /// Takes the text as it is; the call that it is for checks it.
    pub const fn new(secret: &'a str) -> Self {
        Self(secret)
    }

    /// The secret itself.
    pub const fn expose_secret(self) -> &'a str {
        self.0
    }
}

/// Only that there is one.
impl fmt::Debug for Secret<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}
