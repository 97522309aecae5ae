//! Headers that a tenant needs beside those of Huawei's pages.

use core::fmt;

use http::{HeaderName, Request};

use crate::api::request::{
    body::{Body, header},
    field::{Field, FieldError, FieldErrorKind, MAX_ID, MAX_SECRET},
};

/// Headers that a tenant needs beside those of Huawei's pages, by name: `X-TenantSpaceID`, by which a multi-tenant AICC finds the
/// tenant.
///
/// `Debug` prints the names alone. The values are not taken for secrets: a message of the vendor that repeats one is shown.
///
/// ```
/// use sip_password::{
///     api::{BaseUrl, Secret},
///     huawei::{ExtraHeaders, TokenByAkSk},
/// };
///
/// let extra_headers = ExtraHeaders::new(&[("X-TenantSpaceID", "201811")])?;
/// let base = BaseUrl::new("https://service.besclouds.com")?;
/// let call = TokenByAkSk {
///     extra_headers,
///     ..TokenByAkSk::new(&base, Secret::new("not-a-real-key"), Secret::new("not-a-real-secret"))
/// };
/// assert_eq!(call.request()?.headers()["x-tenantspaceid"], "201811");
///
/// let error = ExtraHeaders::new(&[("Authorization", "Bearer x")]).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "extra_headers: expected a header that the client does not set itself, found authorization at position 1 of the list"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct ExtraHeaders<'a>(&'a [(&'a str, &'a str)]);

/// The headers that the calls, the client and HTTP itself set. A second one of these would change what the request means.
const RESERVED: [&str; 18] = [
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-app-key",
    "x-token-expire",
];

impl<'a> ExtraHeaders<'a> {
    /// No extra headers, as in Huawei's pages.
    pub const NONE: Self = Self(&[]);

    /// The greatest number of extra headers. A limit of this library: one is known.
    pub const MAX: usize = 16;

    /// Headers as pairs of a name and a value, in the order in which they are sent.
    ///
    /// A name is 1 to [`MAX_ID`] letters, digits and ``!#$%&'*+-.^_`|~`` (RFC 9110, section 5.1), in upper or lower case. A value is 1
    /// to [`MAX_SECRET`] visible ASCII characters, with spaces between them.
    ///
    /// # Errors
    ///
    /// [`FieldError`], with the position of the header in the list, for a name or a value that is not of this form, a name that occurs
    /// twice, a header that the call, the client or HTTP itself sets, and more than [`MAX`](Self::MAX) headers. It contains nothing of
    /// a value.
    pub fn new(headers: &'a [(&'a str, &'a str)]) -> Result<Self, FieldError> {
        let error = |kind| Field("extra_headers").error(kind);
        if headers.len() > Self::MAX {
            return Err(error(FieldErrorKind::TooMany { max: Self::MAX }));
        }
        for (index, (name, value)) in headers.iter().enumerate() {
            let position = index + 1;
            if name.len() > MAX_ID || HeaderName::from_bytes(name.as_bytes()).is_err() {
                return Err(error(FieldErrorKind::HeaderName { position }));
            }
            if let Some(name) = RESERVED.into_iter().find(|reserved| reserved.eq_ignore_ascii_case(name)) {
                return Err(error(FieldErrorKind::ReservedHeader { name, position }));
            }
            if headers[..index].iter().any(|(earlier, _)| earlier.eq_ignore_ascii_case(name)) {
                return Err(error(FieldErrorKind::DuplicateHeader { position }));
            }
            let is_printable = value.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
            if value.trim() != *value || !is_printable || !(1..=MAX_SECRET).contains(&value.len()) {
                return Err(error(FieldErrorKind::HeaderValue { position }));
            }
        }
        Ok(Self(headers))
    }

    /// The pairs.
    pub const fn pairs(self) -> &'a [(&'a str, &'a str)] {
        self.0
    }

    pub(super) fn insert_into(self, request: &mut Request<Body>) {
        for (name, value) in self.0 {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("`new` has read it");
            request.headers_mut().insert(name, header(&[value.as_bytes()]));
        }
    }
}

/// The names alone.
impl fmt::Debug for ExtraHeaders<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
