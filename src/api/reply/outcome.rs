//! What became of a request.

use core::{convert::Infallible, fmt};
use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode, header::RETRY_AFTER};

use super::text::VendorText;

/// What became of a request to change passwords.
///
/// Only NXCloud can update some phones and not others. For the other vendors `P` is [`Infallible`], which has no value, so a
/// `match` on their outcomes needs no arm for [`Partial`](Self::Partial):
///
/// ```
/// use sip_password::{api::Outcome, exotel::Confirmation};
///
/// fn print(outcome: Outcome<Confirmation>) {
///     match outcome {
///         Outcome::Updated(_) => println!("updated"),
///         Outcome::Failed(failure) => println!("{failure}"),
///     }
/// }
/// ```
#[derive(Debug)]
#[must_use = "a password is changed only where the outcome says so"]
pub enum Outcome<T = (), P = Infallible> {
    /// The vendor says that every password asked for is changed.
    Updated(T),
    /// The vendor says that the request was carried out, and its report on each phone does not match what was asked.
    Partial(P),
    /// Anything else.
    Failed(Failure),
}

impl<T, P> Outcome<T, P> {
    /// Whether every password asked for is changed.
    pub const fn is_updated(&self) -> bool {
        matches!(self, Self::Updated(_))
    }

    /// The failure, if the outcome is one.
    pub const fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            _ => None,
        }
    }
}

/// Why nothing was changed, or why nobody knows whether it was. It holds no secret of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub(crate) vendor: &'static str,
    pub(crate) kind: FailureKind,
    pub(crate) status: StatusCode,
    pub(crate) code: Option<VendorText>,
    pub(crate) message: Option<VendorText>,
    pub(crate) request_id: Option<VendorText>,
    pub(crate) failed_check: bool,
}

impl Failure {
    /// What kind of failure.
    pub const fn kind(&self) -> FailureKind {
        self.kind
    }

    /// The HTTP status.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The vendor's own code, where the reply has one.
    pub const fn code(&self) -> Option<&VendorText> {
        self.code.as_ref()
    }

    /// The vendor's words, where the reply has some.
    pub const fn message(&self) -> Option<&VendorText> {
        self.message.as_ref()
    }

    /// The vendor's number of the request, where the reply has one: what its support asks for.
    pub const fn request_id(&self) -> Option<&VendorText> {
        self.request_id.as_ref()
    }

    /// Whether this may have been a failed check of an account's password, three of which in a row lock a
    /// Huawei account for 30 minutes. After one, find the cause before the account is asked again.
    ///
    /// By Huawei's page these are the replies 200 with a result other than `"0"`, 400, 401 and 500. To be on the
    /// safe side, so is every other reply that may hide one of these: a 200 that cannot be understood, a
    /// status that the page does not have. Those that do not come from the vendor's check are not: 404, 407, 429,
    /// redirects, 502, 503 and 504; but where [`may_have_changed`](Self::may_have_changed) contains_secret, there may have been one
    /// all the same, before a gateway gave up, so two of these in a row are as many as there should be. Always false for the other vendors, which lock nothing.
    pub const fn counts_as_failed_check(&self) -> bool {
        self.failed_check
    }

    /// Whether the password may have been changed all the same, since the reply does not say.
    ///
    /// Keep both passwords, then, until one is seen to work. To send the same request again is harmless
    /// at Exotel, and at NXCloud with chosen passwords; at Huawei see
    /// [`counts_as_failed_check`](Self::counts_as_failed_check).
    pub const fn may_have_changed(&self) -> bool {
        match self.kind {
            FailureKind::Refused
            | FailureKind::BadRequest
            | FailureKind::Unauthorized
            | FailureKind::Forbidden
            | FailureKind::NotFound
            | FailureKind::RateLimited { .. } => false,
            // A server that broke says the same; only a result of the vendor's own is a refusal.
            FailureKind::BusinessFailure => self.code.is_none(),
            FailureKind::Redirected
            | FailureKind::RequestTimeout
            | FailureKind::ServerError
            | FailureKind::Unavailable { .. }
            | FailureKind::UnexpectedStatus
            | FailureKind::InvalidReply { .. } => true,
        }
    }
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureKind {
    /// The vendor understood the request and refused it, in its own words: see [`Failure::code`] and
    /// [`Failure::message`].
    Refused,
    /// 400: the request is wrong.
    BadRequest,
    /// 401: the credentials are wrong; at Huawei also that the service was not bought, or the state of the
    /// account.
    Unauthorized,
    /// 403: the credentials are right and do not allow this.
    Forbidden,
    /// 404: a wrong path, or one of its identifiers does not exist.
    NotFound,
    /// 408: the request did not arrive in time.
    RequestTimeout,
    /// 429: too many requests.
    RateLimited {
        /// How long to wait, if the reply says so.
        retry_after: Option<RetryAfter>,
    },
    /// 500 from Huawei, by whose page it is a failure of the business: values of the request are wrong.
    BusinessFailure,
    /// 500 and more, of which nothing else is known.
    ServerError,
    /// 503: the service is down for a while.
    Unavailable {
        /// How long to wait, if the reply says so.
        retry_after: Option<RetryAfter>,
    },
    /// 300 to 399. A redirect is not followed: it would carry the secrets to another place.
    Redirected,
    /// A status that no document has for this call.
    UnexpectedStatus,
    /// The reply cannot be understood.
    InvalidReply {
        /// Why not.
        error: ReplyError,
    },
}

impl FailureKind {
    /// What the status alone says.
    pub(crate) fn from_status(status: StatusCode, headers: &HeaderMap) -> Self {
        match status.as_u16() {
            300..=399 => Self::Redirected,
            400 => Self::BadRequest,
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            408 => Self::RequestTimeout,
            429 => Self::RateLimited { retry_after: RetryAfter::from_headers(headers) },
            503 => Self::Unavailable { retry_after: RetryAfter::from_headers(headers) },
            500..=599 => Self::ServerError,
            _ => Self::UnexpectedStatus,
        }
    }
}

/// Why a reply cannot be understood. It holds nothing of the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplyError {
    /// It has no body.
    Empty,
    /// It is longer than a reply can be.
    TooLong {
        /// The greatest length, in bytes.
        max: usize,
    },
    /// It is compressed, which nobody asked for.
    Compressed,
    /// It is HTML: from a proxy or a log-in page, perhaps, and not from the vendor.
    Html,
    /// It is not UTF-8.
    NotUtf8,
    /// It is not one JSON value: cut off, or with something before or after it.
    NotJson,
    /// A member that matters is not there.
    Missing {
        /// Its name.
        field: &'static str,
    },
    /// A member that matters is there twice, and can mean either.
    Duplicate {
        /// Its name.
        field: &'static str,
    },
    /// A member that matters is of another type than the document says.
    WrongType {
        /// Its name.
        field: &'static str,
    },
    /// A member has a value that no document has.
    UnknownValue {
        /// Its name.
        field: &'static str,
    },
    /// One member says that it is done, and another that it is not.
    Contradiction {
        /// The name of the other.
        field: &'static str,
    },
}

/// How long to wait, as `Retry-After` says it: RFC 9110, section 10.2.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// For so long, from now on. At most `u32::MAX` seconds.
    For(Duration),
    /// Until that time.
    Until(SystemTime),
}

impl RetryAfter {
    /// What the headers say. Nothing where the header is missing, is there twice, or is neither a number of
    /// seconds nor a date.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use sip_password::{api::RetryAfter, http::{HeaderMap, HeaderValue, header::RETRY_AFTER}};
    ///
    /// let mut headers = HeaderMap::new();
    /// headers.insert(RETRY_AFTER, HeaderValue::from_static("120"));
    /// assert_eq!(RetryAfter::from_headers(&headers), Some(RetryAfter::For(Duration::from_secs(120))));
    ///
    /// headers.insert(RETRY_AFTER, HeaderValue::from_static("Thu, 01 Jan 1970 00:02:00 GMT"));
    /// let wait = RetryAfter::from_headers(&headers).expect("it is a date").wait(SystemTime::UNIX_EPOCH);
    /// assert_eq!(wait, Duration::from_secs(120));
    /// ```
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(RETRY_AFTER).iter();
        let (Some(value), None) = (values.next(), values.next()) else { return None };
        let text = value.to_str().ok()?.trim();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            // More digits than fit are a very long time.
            return Some(Self::For(Duration::from_secs(text.parse().unwrap_or(u32::MAX).into())));
        }
        httpdate::parse_http_date(text).ok().map(Self::Until)
    }

    /// How long to wait from `now` on: zero where the time has passed. The reply can say any time, years ahead
    /// too; the caller sets a limit.
    pub fn wait(self, now: SystemTime) -> Duration {
        match self {
            Self::For(wait) => wait,
            Self::Until(time) => time.duration_since(now).unwrap_or_default(),
        }
    }
}

/// What happened, what would be right, and the vendor's words.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} (HTTP {}", self.vendor, self.kind, self.status.as_u16())?;
        if let Some(code) = &self.code {
            write!(f, ", code {code}")?;
        }
        if let Some(request_id) = &self.request_id {
            write!(f, ", request {request_id}")?;
        }
        f.write_str(")")?;
        match &self.message {
            Some(message) => write!(f, "; it says: {message}"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for Failure {}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::RateLimited { retry_after } | Self::Unavailable { retry_after }) = self else {
            return match self {
                Self::InvalidReply { error } => write!(f, "the reply cannot be understood: {error}"),
                other => f.write_str(other.words()),
            };
        };
        f.write_str(self.words())?;
        match retry_after {
            Some(RetryAfter::For(wait)) => write!(f, "; try again in {} s", wait.as_secs()),
            Some(RetryAfter::Until(time)) => {
                write!(f, "; try again after {}", httpdate::HttpDate::from(*time))
            }
            None => f.write_str("; try again later"),
        }
    }
}

impl FailureKind {
    const fn words(self) -> &'static str {
        match self {
            Self::Refused => "the vendor refused it",
            Self::BadRequest => "the vendor calls the request wrong; check the base URL and the fields",
            Self::Unauthorized => {
                "not authorised; check the credentials, that the service was bought, and the account's state"
            }
            Self::Forbidden => "the credentials do not allow it",
            Self::NotFound => "not found; check the base URL and the identifiers",
            Self::RequestTimeout => "the vendor waited too long for the request",
            Self::RateLimited { .. } => "too many requests",
            Self::BusinessFailure => "a failure of the business; check the values of the fields",
            Self::ServerError => "the vendor's server failed",
            Self::Unavailable { .. } => "the service is unavailable",
            Self::Redirected => "a redirect, which is not followed; check the base URL",
            Self::UnexpectedStatus => "a status that no document has for this call",
            Self::InvalidReply { .. } => "the reply cannot be understood",
        }
    }
}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it has no body"),
            Self::TooLong { max } => write!(f, "it is longer than {max} bytes"),
            Self::Compressed => f.write_str("it is compressed, which nobody asked for"),
            Self::Html => f.write_str("it is HTML, from a proxy perhaps, and not from the vendor"),
            Self::NotUtf8 => f.write_str("it is not UTF-8"),
            Self::NotJson => f.write_str("it is not one JSON value; it may be cut off"),
            Self::Missing { field } => write!(f, "{field} is missing"),
            Self::Duplicate { field } => write!(f, "{field} is there twice"),
            Self::WrongType { field } => write!(f, "{field} is not of the documented type"),
            Self::UnknownValue { field } => write!(f, "{field} has a value that is not documented"),
            Self::Contradiction { field } => write!(f, "it says that it is done, and {field} that it is not"),
        }
    }
}
