//! A borrowed secret.

use core::fmt;

/// A borrowed secret: a token, a key, an account's password. The caller owns it, and wipes it.
///
/// `Debug` prints `Secret(redacted)`.
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
    /// Borrows any text. The call that uses the secret validates it: at most [`MAX_SECRET`](crate::api::MAX_SECRET) bytes.
    pub const fn new(secret: &'a str) -> Self {
        Self(secret)
    }

    /// The secret itself.
    pub const fn expose_secret(self) -> &'a str {
        self.0
    }
}

/// Without the secret.
impl fmt::Debug for Secret<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}
