//! Why nobody knows whether a password is accepted.

use std::{error::Error, fmt, io};

/// Why nobody knows whether a password is accepted. It has no secret, and no text that the registrar has chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// No reply came in time.
    NoReply,
    /// There is no connection, or it broke.
    Connection(io::ErrorKind),
    /// The registrar's certificate is not trusted, or is another host's.
    Certificate,
    /// TLS failed otherwise.
    Tls,
    /// The registrar closed the connection before it replied.
    Closed,
    /// What came over a connection is not SIP, or a reply is longer than [`MAX_REPLY`](crate::MAX_REPLY).
    NotSip,
    /// The registrar accepts the user without a password.
    NoPassword,
    /// The registrar asks for a password in no way that is supported: a digest by MD5, SHA-256 or SHA-512-256, with `qop=auth` or without
    /// `qop`.
    NoDigest,
    /// The registrar calls each nonce stale, also the one that it has just sent.
    Stale,
    /// After one answer, another realm or another server asks for one too.
    OtherChallenge,
    /// The registrar replied 403 to the digest. By the standard it knows who the user is then, and allows nothing (RFC 3261, section 10.3, step 4), as
    /// Kamailio and OpenSIPS do whose user is not that of the address; Asterisk's chan_sip and FreeSWITCH refuse a wrong password by it.
    Forbidden,
    /// The registrar replied with this status, which says nothing about the password.
    Status {
        /// The status code, from 100 to 999.
        status: u16,
        /// Whether it had the digest of the password by then.
        is_answered: bool,
    },
    /// The system has no random numbers. Nothing was sent.
    NoRandomNumbers,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoReply => f.write_str("no reply"),
            Self::Connection(kind) => write!(f, "no connection: {kind}"),
            Self::Certificate => f.write_str("the certificate is not trusted, or is another host's"),
            Self::Tls => f.write_str("TLS failed"),
            Self::Closed => f.write_str("the registrar closed the connection without a reply"),
            Self::NotSip => f.write_str("the reply is not SIP, or is too long"),
            Self::NoPassword => f.write_str("the registrar asks for no password"),
            Self::NoDigest => f.write_str("the registrar asks for a password by no digest that is supported"),
            Self::Stale => f.write_str("the registrar calls each nonce stale"),
            Self::OtherChallenge => f.write_str("another realm or server asks for a password too"),
            Self::Forbidden => f.write_str(
                "the registrar replied 403 to the digest: a wrong password, or a user who may not register",
            ),
            Self::Status { status, is_answered } => {
                let when = if *is_answered { "to the digest" } else { "before it asked for a password" };
                write!(f, "the registrar replied {status} {when}")
            }
            Self::NoRandomNumbers => f.write_str("the system has no random numbers"),
        }
    }
}

impl Error for Reason {}

impl From<getrandom::Error> for Reason {
    fn from(_: getrandom::Error) -> Self {
        Self::NoRandomNumbers
    }
}
