//! What a request is made of, in memory that is wiped.

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

/// The body of a request: bytes with secrets in them, overwritten on drop.
///
/// It prints as `Body(redacted)`, and cannot be cloned. It is `AsRef<[u8]>`, so that a client which owns
/// what it sends can take it without a copy, and still drops it wiped: by `bytes::Bytes::from_owner(body)`, say.
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
    /// What `write` writes. It is called twice and writes the same both times: first for the
    /// length, so that the buffer never grows and leaves a copy behind.
    pub(crate) fn from_writer(write: impl Fn(&mut dyn io::Write) -> io::Result<()>) -> Self {
        const MEMORY: &str = "writing to memory cannot fail";
        let mut length = Length(0);
        write(&mut length).expect(MEMORY);
        let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
        write(&mut *bytes).expect(MEMORY);
        debug_assert_eq!(bytes.len(), length.0, "the two times are the same");
        Self(bytes)
    }

    /// The bytes.
    pub fn expose_secret_bytes(&self) -> &[u8] {
        &self.0
    }

    /// How many bytes: what `Content-Length` says.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes, still wiped on drop.
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

/// Only that there is one.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body(redacted)")
    }
}

/// Counts what is written to it.
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

/// What `--data-urlencode` of curl leaves as it is, and what a path segment may hold: RFC 3986, unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The text with everything but letters, digits and `-._~` percent-encoded, piece by piece.
pub(crate) fn percent_encoded(text: &str) -> impl Iterator<Item = &str> + Clone + Display {
    utf8_percent_encode(text, RESERVED)
}

/// A `POST` to a path of the base, of that content type.
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
    // serde_json writes a string in pieces of the string itself.
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
    *request.uri_mut() =
        format!("{base}{path}").parse().expect("the base and the path were checked, and are short");
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    request
}

/// A sensitive header's value of `pieces`, which were checked to be visible ASCII or spaces, in memory
/// that is wiped when the last clone of it is dropped.
pub(crate) fn header(pieces: &[&[u8]]) -> HeaderValue {
    let Body(bytes) = Body::from_writer(|to| pieces.iter().try_for_each(|piece| to.write_all(piece)));
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(Owner(bytes)))
        .expect("the fields were checked to be visible ASCII");
    value.set_sensitive(true);
    value
}

/// Says the token in the header of `request`.
pub(crate) fn bearer(request: &mut Request<Body>, token: Secret<'_>) {
    let value = header(&[b"Bearer ", token.expose_secret().as_bytes()]);
    request.headers_mut().insert(AUTHORIZATION, value);
}

/// Says the name and the password in the header of `request`: RFC 7617.
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
    // Into a slice: the other functions encode by way of a buffer of their own.
    let mut encoded = Zeroizing::new(vec![0; plain.len().div_ceil(3) * 4]);
    BASE64_STANDARD.encode_slice(&**plain, &mut encoded).expect("four characters for three bytes, or fewer");
    let encoded = String::from_utf8(mem::take(&mut *encoded)).expect("Base64 is ASCII");
    Zeroizing::new(encoded)
}

/// The bytes of a header's value.
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
    fn bytes_are_counted_as_they_are_written() {
        let mut length = Length(0);
        length.write_all(b"four").and_then(|()| length.write_all(b"5")).expect("it takes all");
        length.flush().expect("it keeps nothing");
        assert_eq!(length.0, 5);
    }
}
