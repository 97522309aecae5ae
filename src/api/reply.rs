//! A reply, and what the vendors' readings of it share.

use core::str;

use http::{
    HeaderMap, StatusCode,
    header::{CONTENT_ENCODING, CONTENT_TYPE},
};

pub(crate) mod call;
pub(crate) mod json;
pub(crate) mod outcome;
pub(crate) mod text;

use self::{
    json::Json,
    outcome::{Failure, FailureKind, ReplyError},
    text::VendorText,
};

/// The longest reply that is read, in bytes: a limit of this library. The documented ones are under 300, and with
/// it there is room for some 2,000 phones of NXCloud in one.
pub const MAX_REPLY: usize = 64 * 1024;

/// What came back, and what must not be shown of it.
#[derive(Clone, Copy)]
pub(crate) struct Reply<'a> {
    pub(crate) vendor: &'static str,
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
    /// Whether a secret of the request stands in a text.
    pub(crate) is_secret: &'a dyn Fn(&str) -> bool,
}

impl<'a> Reply<'a> {
    /// The body as JSON. The content type does not matter, since servers mislabel JSON: what is JSON is JSON.
    pub(crate) fn json(&self) -> Result<Json<'a>, ReplyError> {
        if self.body.len() > MAX_REPLY {
            return Err(ReplyError::TooLong { max: MAX_REPLY });
        }
        let encoded = self.headers.get_all(CONTENT_ENCODING).iter().any(|encoding| {
            !encoding.as_bytes().is_empty() && !encoding.as_bytes().eq_ignore_ascii_case(b"identity")
        });
        if encoded {
            return Err(ReplyError::Compressed);
        }
        let begun = self.body.trim_ascii_start();
        if begun.is_empty() {
            return Err(ReplyError::Empty);
        }
        let html = begun.starts_with(b"<")
            || self.headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let text = str::from_utf8(self.body)
            .map_err(|_| if html { ReplyError::Html } else { ReplyError::NotUtf8 })?;
        Json::parse(text).ok_or(if html { ReplyError::Html } else { ReplyError::NotJson })
    }

    /// What a string or number of the reply says, for a person. Nothing for anything else: a message of another
    /// type is no reason not to understand the rest.
    pub(crate) fn text(&self, value: Option<Json<'_>>) -> Option<VendorText> {
        let text = value?.lossy_text()?;
        Some(VendorText::new(&text, self.is_secret))
    }

    /// A failure of that kind, with nothing else known.
    pub(crate) const fn failure(&self, kind: FailureKind) -> Failure {
        Failure {
            vendor: self.vendor,
            kind,
            status: self.status,
            code: None,
            message: None,
            request_id: None,
            failed_check: false,
        }
    }

    /// What the status says. One of 400 to 499 that is not documented is a refusal where the vendor itself
    /// `answered`.
    pub(crate) fn failure_of_status(&self, answered: bool) -> Failure {
        let kind = match FailureKind::from_status(self.status, self.headers) {
            FailureKind::UnexpectedStatus if answered && self.status.is_client_error() => {
                FailureKind::Refused
            }
            kind => kind,
        };
        self.failure(kind)
    }
}
