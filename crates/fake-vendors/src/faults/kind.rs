//! What can go wrong.

use std::time::Duration;

use crate::config::{Certificate, RetryAfter};

/// A point in the life of a connection or a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The connection is accepted. Nothing is read, not even TLS.
    Accepted,
    /// The TLS handshake is done. Nothing of a call is read.
    Handshake,
    /// The headers of the call are read, its body is not.
    Headers,
    /// The whole call is read, and the vendor has done nothing.
    Request,
    /// The vendor has carried out the call, and this many bytes of the reply are sent, counted from the status line.
    Reply(usize),
    /// The whole reply is sent.
    Sent,
}

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With a reset.
    Reset,
    /// In order for TCP, but without the `close_notify` of TLS: an attacker between the two could do that.
    Close,
    /// In order, with the `close_notify` of TLS.
    Farewell,
}

/// What goes wrong.
///
/// Kinds up to [`Kind::RateLimited`] replace what the vendor would have done: it does nothing, unless the fault is
/// [`Fault::applied`](crate::Fault::applied). [`Kind::Break`] and [`Kind::Stall`] strike at their stage. All others change the
/// reply to a call that the vendor has carried out.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// This connection is reset, and nobody listens for this time. Open connections are reset at their next call.
    Refuse(Duration),
    /// The connection gets another certificate.
    Certificate(Certificate),
    /// A reply with this status.
    Status {
        /// The status. After 100 to 199, nothing else follows, and the connection ends.
        status: u16,
        /// The headers, besides `Content-Length` and `Connection`.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// A page of HTML with this status, as proxies send it.
    Html(u16),
    /// A redirect.
    Redirect {
        /// The status: 301, 302, 303, 307, 308.
        status: u16,
        /// `Location`.
        to: String,
    },
    /// These bytes and nothing else; then the connection ends in order.
    Raw(Vec<u8>),
    /// The vendor's reply to a call over the rate limit.
    RateLimited {
        /// The form of `Retry-After`.
        form: RetryAfter,
        /// The time to wait, in whole seconds.
        wait: Duration,
    },
    /// The connection ends.
    Break {
        /// When.
        stage: Stage,
        /// How.
        how: Ending,
    },
    /// Nothing happens for this time. Then everything continues, even if the client has gone.
    Stall {
        /// When.
        stage: Stage,
        /// For how long.
        time: Duration,
    },
    /// The reply comes byte by byte, with this pause after each.
    Trickle(Duration),
    /// The reply's body has this many bytes.
    HugeBody(u64),
    /// The reply's headers have this many bytes.
    HugeHeaders(u64),
    /// Another `Content-Type`.
    ContentType(String),
    /// The body is compressed, with `Content-Encoding: gzip`.
    Gzip,
    /// The body comes in chunks of at most 7 bytes.
    Chunked,
    /// The reply comes twice.
    Twice,
    /// `100 Continue` comes first.
    Continue,
    /// Huawei's `resultCode` is a number; Exotel's `code` and `http_code` are texts.
    OtherTypes,
    /// Huawei's reply is inside `schema`; or it is not, if [`crate::Config::wrapped_reply`] is set.
    OtherShape,
    /// NXCloud's `row` lacks the last phone.
    RowMissing,
    /// NXCloud's `row` has a wrong password for the first phone, which has the right one.
    RowOther,
    /// NXCloud's `row` has numbers in place of passwords that are all digits: leading zeros are lost.
    RowNumbers,
    /// The field that tells whether the call succeeded is there twice, with opposite values.
    DuplicateKeys,
    /// Another field with this many nested arrays.
    Deep(u32),
    /// Another field, with bytes that are not UTF-8.
    InvalidUtf8,
}

/// What is known when a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Connection,
    Headers,
    Call,
}

impl Kind {
    pub(super) fn phase(&self) -> Phase {
        match self {
            Self::Refuse(_) | Self::Certificate(_) => Phase::Connection,
            Self::Break { stage, .. } | Self::Stall { stage, .. } => match stage {
                Stage::Accepted | Stage::Handshake => Phase::Connection,
                Stage::Headers => Phase::Headers,
                Stage::Request | Stage::Reply(_) | Stage::Sent => Phase::Call,
            },
            _ => Phase::Call,
        }
    }

    /// Whether the reply is not the vendor's.
    pub(crate) fn replaces_reply(&self) -> bool {
        matches!(
            self,
            Self::Status { .. }
                | Self::Html(_)
                | Self::Redirect { .. }
                | Self::Raw(_)
                | Self::RateLimited { .. }
        )
    }
}
