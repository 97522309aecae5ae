//! Why a call has no outcome, and whether the vendor may have acted nevertheless.

use core::fmt;
use std::{
    io,
    string::{String, ToString},
};

use ureq::Timeout;

use super::proxy::ProxyError;
use crate::api::{lockout::LockoutEffect, request::field::FieldError};

/// Why [`Client::send`](super::Client::send) has no outcome.
#[derive(Debug)]
#[non_exhaustive]
pub enum SendError {
    /// A field of the call is invalid. Nothing was sent.
    Field(FieldError),
    /// Earlier checks of this account's password failed, or may have, and one more could lock the account. This client sends
    /// nothing for the account any more. Find the cause; the vendor's administrator can unlock an account.
    AtRisk,
    /// At the level `trace`, `ureq` would write credentials and the vendor's reply to the log, and that level is enabled for one of
    /// its targets. Nothing was sent. Set that target to `debug` or below.
    TraceLogEnabled {
        /// The target: `"ureq_proto::util"`.
        target: &'static str,
    },
    /// The request never reached the vendor. It may be sent again.
    NotSent(TransportError),
    /// The request may have reached the vendor, and there is no reply. Keep both passwords until one is seen to work. Sending the
    /// same new password again does no harm, unless the account can be locked.
    Unknown(TransportError),
}

/// What went wrong between the client and the vendor. It holds nothing of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportError {
    /// The host's name has no address.
    HostNotFound,
    /// The connection failed or broke.
    Io(io::ErrorKind),
    /// The connection would not be secure: the certificate has expired, is for another host, or is not signed by a trusted
    /// authority.
    Tls(
        /// The TLS library's message.
        String,
    ),
    /// The deadline for the connection or for the whole call passed.
    TimedOut {
        /// What the client was waiting for.
        waiting_for: &'static str,
    },
    /// The proxy refuses the connection, or is a SOCKS proxy, which this client does not support.
    Proxy,
    /// The environment names a proxy that is none.
    ProxySetting(ProxyError),
    /// The reply is not HTTP.
    NotHttp,
}

/// Why a text has no certificate authorities for [`ClientBuilder::private_roots`](super::ClientBuilder::private_roots).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RootsError {
    /// The text is not PEM.
    NotPem,
    /// The text has no certificate.
    NoCertificate,
}

impl SendError {
    /// Whether the password may have been changed nevertheless.
    pub const fn may_have_changed(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// The effect of the call on the vendor's count of the account's failed checks.
    pub const fn lockout_effect(&self) -> LockoutEffect {
        match self {
            // Nothing was sent.
            Self::Field(_) | Self::AtRisk | Self::TraceLogEnabled { .. } | Self::NotSent(_) => {
                LockoutEffect::NotChecked
            }
            Self::Unknown(_) => LockoutEffect::Unknown,
        }
    }

    /// `begun` says whether any of the body was taken to be sent.
    pub(super) fn from_ureq(error: &ureq::Error, begun: bool) -> Self {
        let error = TransportError::from_ureq(error);
        if begun { Self::Unknown(error) } else { Self::NotSent(error) }
    }
}

impl TransportError {
    /// Drops the text of `error`, which can contain a URL.
    fn from_ureq(error: &ureq::Error) -> Self {
        match error {
            ureq::Error::HostNotFound => Self::HostNotFound,
            ureq::Error::ConnectionFailed => Self::Io(io::ErrorKind::NotConnected),
            ureq::Error::Timeout(timeout) => Self::TimedOut { waiting_for: stage(*timeout) },
            ureq::Error::Io(error) => Self::from_io(error),
            ureq::Error::Rustls(error) => Self::Tls(error.to_string()),
            ureq::Error::Tls(message) => Self::Tls((*message).to_string()),
            ureq::Error::TlsRequired => Self::Tls("TLS is required, and the connection has none".to_string()),
            ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl => Self::Proxy,
            _ => Self::NotHttp,
        }
    }

    /// `ureq` wraps the TLS library's errors in those of reading and writing.
    fn from_io(error: &io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(tls) => Self::Tls(tls.to_string()),
            // The standard library has no kind for this. The messages are those of Unix and Windows.
            None if ["failed to lookup address information", "No such host is known"]
                .iter()
                .any(|message| error.to_string().contains(message)) =>
            {
                Self::HostNotFound
            }
            None => Self::Io(error.kind()),
        }
    }
}

const fn stage(timeout: Timeout) -> &'static str {
    match timeout {
        Timeout::Resolve => "the host's address",
        Timeout::Connect => "the connection",
        Timeout::SendRequest | Timeout::SendBody | Timeout::PerWrite => "the request to be accepted",
        Timeout::RecvResponse | Timeout::RecvBody | Timeout::PerRead => "the reply",
        _ => "the whole call",
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(error) => error.fmt(f),
            Self::AtRisk => f.write_str(
                "not sent: earlier checks of this account's password failed, or may have, and the third locks the account; find \
                 the cause first",
            ),
            Self::TraceLogEnabled { target } => write!(
                f,
                "not sent: the log level trace is enabled for {target}, where credentials would be written to the log; \
                 set {target} to debug or below",
            ),
            Self::NotSent(error) => write!(f, "not sent, so it is safe to send it again: {error}"),
            Self::Unknown(error) => write!(f, "sent, and the outcome is unknown: {error}"),
        }
    }
}

impl core::error::Error for SendError {}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HostNotFound => {
                f.write_str("the host's name cannot be resolved (DNS); check the base URL and the network")
            }
            Self::Io(kind) => f.write_str(match kind {
                io::ErrorKind::ConnectionRefused => {
                    "the host refuses the connection; check the base URL and its port"
                }
                io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe => "the connection was closed by the other side",
                io::ErrorKind::UnexpectedEof => "the connection ended too early",
                io::ErrorKind::HostUnreachable
                | io::ErrorKind::NetworkUnreachable
                | io::ErrorKind::NetworkDown => "there is no way to the host; check the network",
                io::ErrorKind::NotConnected => "no connection can be made",
                io::ErrorKind::TimedOut => "the connection timed out",
                io::ErrorKind::PermissionDenied => "the system does not permit the connection",
                _ => "the connection failed",
            }),
            Self::Tls(message) => write!(f, "the connection is not secure: {message}"),
            Self::TimedOut { waiting_for } => write!(f, "timed out waiting for {waiting_for}"),
            Self::Proxy => f.write_str(
                "the proxy refuses the connection, or is a SOCKS proxy; use an HTTP or HTTPS proxy",
            ),
            Self::ProxySetting(error) => error.fmt(f),
            Self::NotHttp => f.write_str("the reply is not HTTP; check the base URL"),
        }
    }
}

impl core::error::Error for TransportError {}

impl fmt::Display for RootsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotPem => "expected PEM with certificates, which begin with -----BEGIN CERTIFICATE-----, found another text",
            Self::NoCertificate => "expected a certificate, which begins with -----BEGIN CERTIFICATE-----, found none",
        })
    }
}

impl core::error::Error for RootsError {}
