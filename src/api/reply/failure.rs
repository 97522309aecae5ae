//! A reply that reports no success: its kind, and what it means for the password and for the account.

use core::fmt;

use http::{HeaderMap, StatusCode};

use super::{error::ReplyError, retry_after::RetryAfter, text::VendorText};

/// A reply that reports no success. It contains no secret of the request.
///
/// `Display` prints the vendor, what happened and what to do, the vendor's code and the vendor's message, on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub(crate) vendor: &'static str,
    pub(crate) kind: FailureKind,
    pub(crate) status: StatusCode,
    /// What to do, if this vendor's documents say more than [`FailureKind::advice`].
    pub(crate) advice: Option<&'static str>,
    pub(crate) code: Option<VendorText>,
    pub(crate) message: Option<VendorText>,
    pub(crate) request_id: Option<VendorText>,
    pub(crate) failed_check: bool,
    pub(crate) may_have_changed: bool,
}

impl Failure {
    /// The kind of failure.
    pub const fn kind(&self) -> FailureKind {
        self.kind
    }

    /// The HTTP status.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The vendor's code, if the reply has one.
    pub const fn code(&self) -> Option<&VendorText> {
        self.code.as_ref()
    }

    /// The vendor's message, if the reply has one.
    pub const fn message(&self) -> Option<&VendorText> {
        self.message.as_ref()
    }

    /// The vendor's identifier of the request, if the reply has one. The vendor's support asks for it.
    pub const fn request_id(&self) -> Option<&VendorText> {
        self.request_id.as_ref()
    }

    /// Whether the reply may report a failed check of an account's password. Three failed checks lock a Huawei account for 30
    /// minutes, so find the cause before the next call for this account. Always false for the other vendors, which lock nothing.
    ///
    /// Huawei's page names four such replies: 200 with the result `"1"`, 400, 401 and 500. Every other reply that may hide
    /// one of these counts too: a 200 that cannot be read or has another result, and a status that the page does not name. These do not count, since they
    /// do not come from the vendor's check: 404, 407, 429, redirects, 502, 503 and 504.
    ///
    /// A gateway that gave up may still hide a check. So where this is false and [`may_have_changed`](Self::may_have_changed) is
    /// true, nobody knows whether a check failed: [`lockout`](crate::api::lockout) has the rule.
    pub const fn counts_as_failed_check(&self) -> bool {
        self.failed_check
    }

    /// Whether the password may have been updated, although the reply does not say so. False only for a refusal: a member or a
    /// status by which the vendor's documents, or HTTP's own, say that nothing was done, and no member that contradicts it.
    ///
    /// If so, keep the old and the new password until one is seen to work. Sending the same request again is harmless at Exotel,
    /// and at NXCloud with chosen passwords. At Huawei it may be one more failed check:
    /// [`counts_as_failed_check`](Self::counts_as_failed_check).
    pub const fn may_have_changed(&self) -> bool {
        self.may_have_changed
    }
}

/// The kinds of [`Failure`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureKind {
    /// The vendor understood the request and refused it: see [`Failure::code`] and [`Failure::message`].
    Refused,
    /// HTTP 400: the request is invalid.
    BadRequest,
    /// HTTP 401: the credentials are wrong. At Huawei also: the service is not purchased, or the state of the account is the cause.
    /// At Exotel also: the host is not that of the account's stamp.
    Unauthorized,
    /// HTTP 403: the credentials do not permit the call. For Huawei's tokens also: the address is not on the tenant's allow list. At
    /// Exotel: the account may be suspended.
    Forbidden,
    /// HTTP 404: the path is wrong, or an identifier does not exist.
    NotFound,
    /// HTTP 408: the request did not arrive in time.
    RequestTimeout,
    /// HTTP 429: too many requests.
    RateLimited {
        /// How long to wait, if the reply says so.
        retry_after: Option<RetryAfter>,
    },
    /// HTTP 500 from Huawei, whose page calls it a business failure: the value of a field is wrong.
    BusinessFailure,
    /// HTTP 500 to 599 without a meaning of its own.
    ServerError,
    /// HTTP 503: the service is temporarily unavailable.
    Unavailable {
        /// How long to wait, if the reply says so.
        retry_after: Option<RetryAfter>,
    },
    /// HTTP 300 to 399: a redirect. It is not followed, since that would take the secrets to another address.
    Redirected,
    /// An HTTP status that no document of the vendor has for this call.
    UnexpectedStatus,
    /// The reply cannot be read.
    InvalidReply {
        /// The cause.
        error: ReplyError,
    },
}

impl FailureKind {
    /// What the status alone means.
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

    /// Whether a reply of this kind, with no member that contradicts it, leaves open whether the password was updated.
    pub(crate) const fn may_have_changed(self) -> bool {
        match self {
            Self::Refused
            | Self::BadRequest
            | Self::Unauthorized
            | Self::Forbidden
            | Self::NotFound
            | Self::RateLimited { .. } => false,
            // A server that crashed has the same status as Huawei's business failure.
            Self::BusinessFailure
            | Self::Redirected
            | Self::RequestTimeout
            | Self::ServerError
            | Self::Unavailable { .. }
            | Self::UnexpectedStatus
            | Self::InvalidReply { .. } => true,
        }
    }

    const fn description(self) -> &'static str {
        match self {
            Self::Refused => "the vendor refused the request",
            Self::BadRequest => "the request is invalid",
            Self::Unauthorized => "not authorised",
            Self::Forbidden => "the credentials do not permit this call",
            Self::NotFound => "not found",
            Self::RequestTimeout => "the request did not arrive in time",
            Self::RateLimited { .. } => "too many requests",
            Self::BusinessFailure => "business failure",
            Self::ServerError => "the vendor's server failed",
            Self::Unavailable { .. } => "the service is unavailable",
            Self::Redirected => "expected a reply, found a redirect, which is not followed",
            Self::UnexpectedStatus => "expected a documented HTTP status, found another",
            Self::InvalidReply { .. } => "the reply cannot be read",
        }
    }

    /// What to do.
    const fn advice(self) -> Option<&'static str> {
        match self {
            Self::BadRequest => Some("check the base URL and the fields"),
            Self::Unauthorized => Some("check the credentials"),
            Self::NotFound => Some("check the base URL and the identifiers"),
            Self::BusinessFailure => Some("check the values of the fields"),
            Self::Redirected | Self::UnexpectedStatus => Some("check the base URL"),
            _ => None,
        }
    }

    fn write(self, advice: Option<&'static str>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.description())?;
        match self {
            Self::InvalidReply { error } => write!(f, ": {error}")?,
            Self::RateLimited { retry_after } | Self::Unavailable { retry_after } => match retry_after {
                Some(RetryAfter::For(wait)) => write!(f, "; try again in {} s", wait.as_secs())?,
                Some(RetryAfter::Until(time)) => {
                    write!(f, "; try again after {}", httpdate::HttpDate::from(time))?;
                }
                None => f.write_str("; try again later")?,
            },
            _ => {}
        }
        match advice {
            Some(advice) => write!(f, "; {advice}"),
            None => Ok(()),
        }
    }
}

/// What happened, and what to do.
impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(self.advice(), f)
    }
}

/// On one line.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.vendor)?;
        self.kind.write(self.advice.or(self.kind.advice()), f)?;
        write!(f, " (HTTP {}", self.status.as_u16())?;
        if let Some(code) = &self.code {
            write!(f, ", code {code}")?;
        }
        if let Some(request_id) = &self.request_id {
            write!(f, ", request {request_id}")?;
        }
        f.write_str(")")?;
        match &self.message {
            Some(message) => write!(f, "; the vendor says: {message}"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for Failure {}
