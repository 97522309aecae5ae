//! Why there is no reply, and whether the vendor can have acted all the same.

use core::fmt;
use std::{
    io,
    string::{String, ToString},
};

use ureq::Timeout;

use crate::api::{FieldError, lockout::LockoutEffect};

/// Why [`Client::send`](super::Client::send) has no outcome.
#[derive(Debug)]
#[non_exhaustive]
pub enum SendError {
    /// A field of the call is wrong. Nothing was sent.
    Field(FieldError),
    /// A check of this account's password failed before, or may have: another one could lock the account. Nothing was
    /// sent, and nothing will be by this client. Find the cause; the vendor's administrator can unlock an account.
    AtRisk,
    /// The level `trace` is enabled for a target of the `log` crate to which `ureq` would write credentials, and the vendor's reply. Nothing was sent. Set that target to `debug` or below.
    TraceLogEnabled {
        /// The target: `"ureq_proto::util"`.
        target: &'static str,
    },
    /// The request certainly never reached the vendor: it may be sent again.
    NotSent(TransportError),
    /// The request may have reached the vendor, and nobody knows what became of it: keep both passwords until one is
    /// seen to work. To send the same new password again is harmless, but where an account can be locked.
    Unknown(TransportError),
}

/// What went wrong on the way. It holds nothing of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportError {
    /// The host has no address.
    HostNotFound,
    /// No connection, or one that broke.
    Io(io::ErrorKind),
    /// The connection was not secure: the certificate is expired, for another host, not of a trusted authority.
    Tls(
        /// What the TLS library says.
        String,
    ),
    /// The deadline passed: of the connection, or of the whole call.
    TimedOut {
        /// What was waited for.
        waiting_for: &'static str,
    },
    /// The proxy does not let the connection through, or is one of SOCKS, which this client does not speak.
    Proxy,
    /// What came back is not HTTP.
    NotHttp,
}

/// Why a text has no roots for [`ClientBuilder::private_roots`](super::ClientBuilder::private_roots).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RootsError {
    /// It is not PEM.
    NotPem,
    /// There is no certificate in it.
    None,
}

impl SendError {
    /// Whether the password may have been changed all the same.
    pub const fn may_have_changed(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// What the call did to the vendor's count of the account's failed checks.
    pub const fn lockout_effect(&self) -> LockoutEffect {
        match self {
            // Nothing was sent.
            Self::Field(_) | Self::AtRisk | Self::TraceLogEnabled { .. } | Self::NotSent(_) => {
                LockoutEffect::NotChecked
            }
            Self::Unknown(_) => LockoutEffect::Unknown,
        }
    }

    /// `begun`: whether any of the body was taken to be sent.
    pub(super) fn of(error: &ureq::Error, begun: bool) -> Self {
        let error = TransportError::of(error);
        if begun { Self::Unknown(error) } else { Self::NotSent(error) }
    }
}

impl TransportError {
    /// Without the text of `error`, which can have a URL in it.
    fn of(error: &ureq::Error) -> Self {
        match error {
            ureq::Error::HostNotFound => Self::HostNotFound,
            ureq::Error::ConnectionFailed => Self::Io(io::ErrorKind::NotConnected),
            ureq::Error::Timeout(timeout) => Self::TimedOut { waiting_for: stage(*timeout) },
            ureq::Error::Io(error) => Self::of_io(error),
            ureq::Error::Rustls(error) => Self::Tls(error.to_string()),
            ureq::Error::Tls(what) => Self::Tls((*what).to_string()),
            ureq::Error::TlsRequired => Self::Tls("no TLS".to_string()),
            ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl => Self::Proxy,
            _ => Self::NotHttp,
        }
    }

    /// The TLS library's errors come wrapped in those of reading and writing.
    fn of_io(error: &io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(tls) => Self::Tls(tls.to_string()),
            None => Self::Io(error.kind()),
        }
    }
}

const fn stage(timeout: Timeout) -> &'static str {
    match timeout {
        Timeout::Resolve => "the host's address",
        Timeout::Connect => "the connection",
        Timeout::SendRequest | Timeout::SendBody | Timeout::PerWrite => "the request to be taken",
        Timeout::RecvResponse | Timeout::RecvBody | Timeout::PerRead => "the reply",
        _ => "the whole call",
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(error) => error.fmt(f),
            Self::AtRisk => f.write_str(
                "not sent: a check of this account's password failed before, and three lock the account; find the cause",
            ),
            Self::TraceLogEnabled { target } => write!(
                f,
                "not sent: the log level trace is enabled for {target}, where credentials would be written to the log; \
                 set {target} to debug or below",
            ),
            Self::NotSent(why) => write!(f, "not sent, and so safe to send again: {why}"),
            Self::Unknown(why) => write!(f, "sent, and what became of it is unknown: {why}"),
        }
    }
}

impl core::error::Error for SendError {}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HostNotFound => f.write_str("the host has no address; check the base URL"),
            Self::Io(kind) => write!(f, "{kind}"),
            Self::Tls(what) => write!(f, "the connection is not secure: {what}"),
            Self::TimedOut { waiting_for } => write!(f, "timed out waiting for {waiting_for}"),
            Self::Proxy => f.write_str("the proxy does not let it through, or is one of SOCKS"),
            Self::NotHttp => f.write_str("what came back is not HTTP"),
        }
    }
}

impl core::error::Error for TransportError {}

impl fmt::Display for RootsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotPem => "it is not PEM",
            Self::None => "there is no certificate in it: it begins with -----BEGIN CERTIFICATE-----",
        })
    }
}

impl core::error::Error for RootsError {}
