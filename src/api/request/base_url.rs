//! Where a vendor's API is.

use core::{fmt, str::FromStr};
use std::{
    borrow::Cow,
    format,
    net::{Ipv4Addr, Ipv6Addr},
};

/// Where a vendor's API is: `https://service.example.com`, with a port and a path where there are any.
///
/// The scheme is `https`. Plain `http` is possible to a loopback host, for a test, where the caller
/// asks for it by [`allowing_plain_loopback`](Self::allowing_plain_loopback). Credentials, a query and a
/// fragment are refused: they would end in logs.
///
/// ```
/// use sip_password::api::{BaseUrl, BaseUrlError};
///
/// let base = BaseUrl::new("https://service.besclouds.com/")?;
/// assert_eq!(base.as_str(), "https://service.besclouds.com");
/// assert_eq!(BaseUrl::new("http://service.besclouds.com").unwrap_err(), BaseUrlError::Plain);
/// assert!(BaseUrl::allowing_plain_loopback("http://127.0.0.1:8080").is_ok());
/// # Ok::<(), BaseUrlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BaseUrl(
    /// Without a slash at its end.
    Cow<'static, str>,
);

/// Why a text is not a [`BaseUrl`]. It holds nothing of the text, which may have credentials in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BaseUrlError {
    /// It begins neither with `https://` nor with `http://`.
    Scheme,
    /// It is `http`, and the host is not a loopback one or the caller did not ask for it.
    Plain,
    /// Credentials before the host.
    Credentials,
    /// The host is empty, or not a name or an address.
    Host,
    /// The port is not a number from 1 to 65535.
    Port,
    /// A segment of the path is empty, `.` or `..`, or has a character other than letters, digits and `-._~`.
    Path,
    /// It has a query.
    Query,
    /// It has a fragment.
    Fragment,
    /// It is longer than [`BaseUrl::MAX_LENGTH`] bytes.
    TooLong,
}

impl BaseUrl {
    /// The greatest length, in bytes: a limit of this library, so that every URL made of it is one.
    pub const MAX_LENGTH: usize = 1024;

    /// An `https` URL.
    ///
    /// # Errors
    ///
    /// [`BaseUrlError`] says which part is wrong.
    pub fn new(url: &str) -> Result<Self, BaseUrlError> {
        Self::parse(url, false)
    }

    /// An `https` URL, or an `http` one whose host is `localhost`, in 127.0.0.0/8, or `[::1]`: for a test on
    /// one's own machine, since whatever is sent there can be read on the way.
    ///
    /// # Errors
    ///
    /// [`BaseUrlError`] says which part is wrong.
    pub fn allowing_plain_loopback(url: &str) -> Result<Self, BaseUrlError> {
        Self::parse(url, true)
    }

    /// One that stands in the source.
    pub(crate) const fn constant(url: &'static str) -> Self {
        Self(Cow::Borrowed(url))
    }

    /// The URL, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is plain `http`, and so to a loopback host.
    pub fn is_plain(&self) -> bool {
        self.0.starts_with("http://")
    }

    fn parse(url: &str, plain_loopback: bool) -> Result<Self, BaseUrlError> {
        if url.len() > Self::MAX_LENGTH {
            return Err(BaseUrlError::TooLong);
        }
        let (scheme, rest) = url.split_once("://").ok_or(BaseUrlError::Scheme)?;
        let plain = scheme.eq_ignore_ascii_case("http");
        if !plain && !scheme.eq_ignore_ascii_case("https") {
            return Err(BaseUrlError::Scheme);
        }
        if rest.contains('#') {
            return Err(BaseUrlError::Fragment);
        }
        if rest.contains('?') {
            return Err(BaseUrlError::Query);
        }
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(BaseUrlError::Credentials);
        }
        let loopback = loopback(authority)?;
        if plain && !(loopback && plain_loopback) {
            return Err(BaseUrlError::Plain);
        }
        let path = path.strip_suffix('/').unwrap_or(path);
        let segment = |segment: &str| {
            !matches!(segment, "" | "." | "..")
                && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
        };
        // The first is what stands before the first slash.
        if !path.split('/').skip(1).all(segment) {
            return Err(BaseUrlError::Path);
        }
        let scheme = if plain { "http" } else { "https" };
        Ok(Self(Cow::Owned(format!("{scheme}://{}{path}", authority.to_ascii_lowercase()))))
    }
}

/// Whether the host is a loopback one, where it and the port are valid.
fn loopback(authority: &str) -> Result<bool, BaseUrlError> {
    let bracketed = authority.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (loopback, port) = if let Some((address, port)) = bracketed {
        let address: Ipv6Addr = address.parse().map_err(|_| BaseUrlError::Host)?;
        (address.is_loopback(), port)
    } else {
        let (host, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
        let label = |label: &str| {
            !label.is_empty()
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        if !host.split('.').all(label) {
            return Err(BaseUrlError::Host);
        }
        let address = host.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback());
        (address || host.eq_ignore_ascii_case("localhost"), port)
    };
    let number = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse() != Ok(0_u16);
    match port.strip_prefix(':') {
        Some(port) if number(port) && port.parse::<u16>().is_ok() => Ok(loopback),
        None if port.is_empty() => Ok(loopback),
        _ => Err(BaseUrlError::Port),
    }
}

/// As [`BaseUrl::new`].
impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(url: &str) -> Result<Self, BaseUrlError> {
        Self::new(url)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Display for BaseUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the base URL ")?;
        match self {
            Self::Scheme => f.write_str("does not begin with https://"),
            Self::Plain => f.write_str(
                "is plain http, by which secrets can be read on the way; it must be https, unless it is for \
                 a test on a loopback host and asked for",
            ),
            Self::Credentials => f.write_str("has credentials in it; they are settings of their own"),
            Self::Host => f.write_str("has no host, or one that is not a name or an address"),
            Self::Port => f.write_str("has a port that is not a number from 1 to 65535"),
            Self::Path => f.write_str(
                "has a path with a segment that is empty, . or .., or with a character other than letters, \
                 digits and -._~",
            ),
            Self::Query => f.write_str("has a query; it must end with the host, the port or a path"),
            Self::Fragment => f.write_str("has a fragment; it must end with the host, the port or a path"),
            Self::TooLong => write!(f, "is longer than {} bytes", BaseUrl::MAX_LENGTH),
        }
    }
}

impl core::error::Error for BaseUrlError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_stands_in_the_source_is_like_one_that_is_read() {
        let url = "https://service.example/v1";
        assert_eq!(Ok(BaseUrl::constant(url)), BaseUrl::new(url));
        assert_eq!(BaseUrl::constant(url).as_str(), url);
    }
}
