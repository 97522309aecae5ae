//! Replies: JSON that is read in place, and the outcome that it stands for. The three vendors share this.

use core::str;

use http::{
    HeaderMap, StatusCode,
    header::{CONTENT_ENCODING, CONTENT_TYPE},
};

pub(crate) mod error;
pub(crate) mod failure;
pub(crate) mod json;
pub(crate) mod outcome;
pub(crate) mod retry_after;
pub(crate) mod text;

use self::{
    error::ReplyError,
    failure::{Failure, FailureKind},
    json::Json,
    text::VendorText,
};

/// The greatest length of a reply, in bytes. A limit of this library: the documented replies are shorter than 300 bytes, and a reply
/// of NXCloud at this limit has room for some 2,000 phones.
pub const MAX_REPLY: usize = 64 * 1024;

/// A reply, and the secrets that must not be shown.
#[derive(Clone, Copy)]
pub(crate) struct Reply<'a> {
    pub(crate) vendor: &'static str,
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
    /// Whether a text contains a secret of the request.
    pub(crate) is_secret: &'a dyn Fn(&str) -> bool,
}

impl<'a> Reply<'a> {
    /// The body as JSON, whatever the content type: servers mislabel JSON.
    pub(crate) fn json(&self) -> Result<Json<'a>, ReplyError> {
        if self.body.len() > MAX_REPLY {
            return Err(ReplyError::TooLong { max: MAX_REPLY });
        }
        let is_encoded = self.headers.get_all(CONTENT_ENCODING).iter().any(|encoding| {
            !encoding.as_bytes().is_empty() && !encoding.as_bytes().eq_ignore_ascii_case(b"identity")
        });
        if is_encoded {
            return Err(ReplyError::Compressed);
        }
        // Some servers write a byte order mark, and RFC 8259, section 8.1, allows a parser to ignore it.
        let body = self.body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(self.body);
        let start = body.trim_ascii_start();
        if start.is_empty() {
            return Err(ReplyError::Empty);
        }
        let is_html = start.starts_with(b"<")
            || self.headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let text =
            str::from_utf8(body).map_err(|_| if is_html { ReplyError::Html } else { ReplyError::NotUtf8 })?;
        Json::parse(text).ok_or(if is_html { ReplyError::Html } else { ReplyError::NotJson })
    }

    /// A string or a number of the reply, for a person to read. `None` for other types: a message of the wrong type does not make
    /// the rest of the reply invalid.
    pub(crate) fn text(&self, value: Option<Json<'_>>) -> Option<VendorText> {
        let text = value?.lossy_text()?;
        Some(VendorText::new(&text, self.is_secret))
    }

    /// A failure of this kind, with nothing else known.
    pub(crate) const fn failure(&self, kind: FailureKind) -> Failure {
        Failure {
            vendor: self.vendor,
            kind,
            status: self.status,
            advice: None,
            code: None,
            message: None,
            request_id: None,
            failed_check: false,
            may_have_changed: kind.may_have_changed(),
        }
    }

    /// The failure that the status stands for. An undocumented status from 400 to 499 is a refusal if the body is one of the
    /// vendor's, `refused`, and not that of a proxy on the way.
    pub(crate) fn failure_from_status(&self, refused: bool) -> Failure {
        let kind = match FailureKind::from_status(self.status, self.headers) {
            FailureKind::UnexpectedStatus if refused && self.status.is_client_error() => FailureKind::Refused,
            kind => kind,
        };
        self.failure(kind)
    }
}
