//! Requests as bytes, in memory that is wiped.

use core::{
    fmt::{self, Display},
    mem,
};
use std::{format, io, string::String, vec, vec::Vec};

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{
    HeaderValue, Method, Request,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{base_url::BaseUrl, secret::Secret};

/// The body of a request: bytes that contain secrets, and are wiped on drop.
///
/// `Debug` prints `Body(redacted)`, and there is no `Clone`. The body is `AsRef<[u8]>`: a client that owns what it sends can take it
/// without a copy, by `bytes::Bytes::from_owner(body)` for example, and it is still wiped on drop.
///
/// ```
/// use sip_password::{api::Secret, huawei::TokenByAkSk};
/// # use sip_password::api::BaseUrl;
///
/// # let base = BaseUrl::new("https://service.besclouds.com").unwrap();
/// let call = TokenByAkSk::new(&base, Secret::new("not-a-real-key"), Secret::new("not-a-real-secret"));
/// let (parts, body) = call.request()?.into_parts();
/// assert_eq!(format!("{body:?}"), "Body(redacted)");
/// assert_eq!(
///     body.expose_secret_bytes(),
///     br#"{"app_key":"not-a-real-key","app_secret":"not-a-real-secret"}"#
/// );
/// # Ok::<(), sip_password::api::FieldError>(())
/// ```
pub struct Body(Zeroizing<Vec<u8>>);

impl Body {
    /// The bytes that `write` writes. It is called twice, and must write the same both times: the first call only counts, so that
    /// the buffer has the exact size. A buffer that grew would leave a copy behind.
    pub(crate) fn from_writer(write: impl Fn(&mut dyn io::Write) -> io::Result<()>) -> Self {
        const MEMORY: &str = "writing to memory cannot fail";
        let mut length = Length(0);
        write(&mut length).expect(MEMORY);
        let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
        write(&mut *bytes).expect(MEMORY);
        debug_assert_eq!(bytes.len(), length.0, "both calls write the same");
        Self(bytes)
    }

    /// The bytes.
    pub fn expose_secret_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The number of bytes, as in `Content-Length`.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the body is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes without a copy. They are still wiped on drop.
    pub fn into_zeroizing(self) -> Zeroizing<Vec<u8>> {
        self.0
    }
}

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Zeroize for Body {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl ZeroizeOnDrop for Body {}

/// Without the bytes.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body(redacted)")
    }
}

/// Counts the bytes that are written to it.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// All characters but the unreserved ones of RFC 3986: `--data-urlencode` of curl leaves those as they are, and a path segment may
/// contain them.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-encodes everything but letters, digits and `-._~`. The pieces are slices of the text or static, so nothing is copied.
pub(crate) fn percent_encoded(text: &str) -> impl Iterator<Item = &str> + Clone + Display {
    utf8_percent_encode(text, RESERVED)
}

/// A `POST` request.
pub(crate) fn post(base: &BaseUrl, path: &str, content_type: &'static str, body: Body) -> Request<Body> {
    request(Method::POST, base, path, content_type, body)
}

/// A request with `body` as compact JSON, its members in the order of its fields.
pub(crate) fn json_request(
    method: Method,
    base: &BaseUrl,
    path: &str,
    body: &impl Serialize,
) -> Request<Body> {
    // serde_json writes a string in slices of the string itself: no copy of a secret.
    let body = Body::from_writer(|to| Ok(serde_json::to_writer(to, body)?));
    request(method, base, path, "application/json", body)
}

fn request(
    method: Method,
    base: &BaseUrl,
    path: &str,
    content_type: &'static str,
    body: Body,
) -> Request<Body> {
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = format!("{base}{path}").parse().expect("both are valid, and short enough");
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    request
}

/// The value of a sensitive header: `pieces` of visible ASCII or spaces, one after the other, in memory that is wiped when the last
/// clone of the value is dropped.
pub(crate) fn header(pieces: &[&[u8]]) -> HeaderValue {
    let Body(bytes) = Body::from_writer(|to| pieces.iter().try_for_each(|piece| to.write_all(piece)));
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(Owner(bytes)))
        .expect("the fields are visible ASCII");
    value.set_sensitive(true);
    value
}

/// Sets `Authorization` to the bearer token: RFC 6750.
pub(crate) fn bearer(request: &mut Request<Body>, token: Secret<'_>) {
    let value = header(&[b"Bearer ", token.expose_secret().as_bytes()]);
    request.headers_mut().insert(AUTHORIZATION, value);
}

/// Sets `Authorization` to the credentials of Basic authentication: RFC 7617.
pub(crate) fn basic(request: &mut Request<Body>, name: Secret<'_>, password: Secret<'_>) {
    let value = header(&[b"Basic ", basic_credentials(name, password).as_bytes()]);
    request.headers_mut().insert(AUTHORIZATION, value);
}

/// `name:password` in Base64.
pub(crate) fn basic_credentials(name: Secret<'_>, password: Secret<'_>) -> Zeroizing<String> {
    let Body(plain) = Body::from_writer(|to| {
        [name.expose_secret(), ":", password.expose_secret()]
            .into_iter()
            .try_for_each(|piece| to.write_all(piece.as_bytes()))
    });
    // Into a slice: the crate's other functions encode into a buffer of their own, which nothing wipes.
    let mut encoded = Zeroizing::new(vec![0; plain.len().div_ceil(3) * 4]);
    BASE64_STANDARD.encode_slice(&**plain, &mut encoded).expect("Base64 has four characters for three bytes");
    let encoded = String::from_utf8(mem::take(&mut *encoded)).expect("Base64 is ASCII");
    Zeroizing::new(encoded)
}

/// Owns the bytes of a header's value, for `Bytes`.
struct Owner(Zeroizing<Vec<u8>>);

impl AsRef<[u8]> for Owner {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn length_counts_the_written_bytes() {
        let mut length = Length(0);
        length.write_all(b"four").and_then(|()| length.write_all(b"5")).expect("it never fails");
        length.flush().expect("it never fails");
        assert_eq!(length.0, 5);
    }
}
