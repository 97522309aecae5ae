//! The base URL of a vendor's API.
//!
//! [`http::Uri`] is no base for it: it drops a fragment without a word, accepts `:+1` as a port and `a..b` as a host, and its error
//! does not say which part is wrong. Every check below would still be needed.

use core::{fmt, str::FromStr};
use std::{
    borrow::Cow,
    format,
    net::{Ipv4Addr, Ipv6Addr},
};

/// The base URL of a vendor's API: a scheme, a host, and optionally a port and a path, such as `https://service.example.com`.
///
/// The scheme is `https`. Plain `http` is for tests: only to a loopback host, and only by
/// [`allowing_plain_loopback`](Self::allowing_plain_loopback). Credentials, a query and a fragment are errors, because URLs end up
/// in logs. At most [`MAX_LENGTH`](Self::MAX_LENGTH) bytes.
///
/// The host is a name of ASCII letters, digits, `-` and `_`, in lower case after parsing, or an IP address.
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
    /// Without a slash at the end.
    Cow<'static, str>,
);

/// Which part of a base URL is invalid. It contains nothing of the text, which may contain credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BaseUrlError {
    /// The text begins neither with `https://` nor with `http://`.
    Scheme,
    /// The scheme is `http`, and the host is not a loopback host or the caller did not allow plain HTTP.
    Plain,
    /// There are credentials before the host.
    Credentials,
    /// The host is empty, or neither a name nor an address.
    Host,
    /// The port is not a number from 1 to 65535.
    Port,
    /// A segment of the path is empty, `.` or `..`, or contains a character other than letters, digits and `-._~`.
    Path,
    /// There is a query.
    Query,
    /// There is a fragment.
    Fragment,
    /// The text is longer than [`BaseUrl::MAX_LENGTH`] bytes.
    TooLong,
}

impl BaseUrl {
    /// The greatest length, in bytes. A limit of this library: with the longest path of a call, a URL stays below the 65,534 bytes
    /// that [`http::Uri`] takes.
    pub const MAX_LENGTH: usize = 1024;

    /// Parses an `https` URL.
    ///
    /// # Errors
    ///
    /// [`BaseUrlError`] names the part that is invalid.
    pub fn new(url: &str) -> Result<Self, BaseUrlError> {
        Self::parse(url, false)
    }

    /// Parses an `https` URL, or an `http` URL whose host is `localhost`, in 127.0.0.0/8, or `[::1]`.
    ///
    /// Plain HTTP is for tests on one machine: everyone on the way can read it.
    ///
    /// # Errors
    ///
    /// [`BaseUrlError`] names the part that is invalid.
    pub fn allowing_plain_loopback(url: &str) -> Result<Self, BaseUrlError> {
        Self::parse(url, true)
    }

    /// A URL that is written in this library's source, and is not parsed.
    pub(crate) const fn from_static(url: &'static str) -> Self {
        Self(Cow::Borrowed(url))
    }

    /// The URL, without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the scheme is plain `http`, and the host therefore a loopback host.
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
        let is_loopback = is_loopback(authority)?;
        if plain && !(is_loopback && plain_loopback) {
            return Err(BaseUrlError::Plain);
        }
        let path = path.strip_suffix('/').unwrap_or(path);
        let is_segment = |segment: &str| {
            !matches!(segment, "" | "." | "..")
                && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
        };
        // Before the first slash there is nothing.
        if !path.split('/').skip(1).all(is_segment) {
            return Err(BaseUrlError::Path);
        }
        let scheme = if plain { "http" } else { "https" };
        Ok(Self(Cow::Owned(format!("{scheme}://{}{path}", authority.to_ascii_lowercase()))))
    }
}

/// Validates the host and the port. Returns whether the host is a loopback host.
fn is_loopback(authority: &str) -> Result<bool, BaseUrlError> {
    let bracketed = authority.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (is_loopback, port) = if let Some((address, port)) = bracketed {
        let address: Ipv6Addr = address.parse().map_err(|_| BaseUrlError::Host)?;
        (address.is_loopback(), port)
    } else {
        let (host, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
        let is_label = |label: &str| {
            !label.is_empty()
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        if !host.split('.').all(is_label) {
            return Err(BaseUrlError::Host);
        }
        let address = host.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback());
        (address || host.eq_ignore_ascii_case("localhost"), port)
    };
    // `parse` accepts a plus sign.
    let is_port = |port: &str| {
        port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
    };
    match port.strip_prefix(':') {
        Some(port) if is_port(port) => Ok(is_loopback),
        None if port.is_empty() => Ok(is_loopback),
        _ => Err(BaseUrlError::Port),
    }
}

/// Parses as [`BaseUrl::new`] does.
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
        f.write_str("base URL: ")?;
        match self {
            Self::Scheme => f.write_str("expected https:// at the start, found another scheme or none"),
            Self::Plain => f.write_str(
                "expected https, found http, by which everyone on the way can read the secrets; http is for tests, to a \
                 loopback host and where it is allowed",
            ),
            Self::Credentials => f.write_str("expected no credentials, found some; pass them separately"),
            Self::Host => f.write_str("expected a host name or an IP address, found neither"),
            Self::Port => f.write_str("expected a port from 1 to 65535, found another text"),
            Self::Path => f.write_str(
                "expected path segments of letters, digits and -._~, neither empty nor . nor .., found another segment",
            ),
            Self::Query => f.write_str("expected the end after the host, the port or the path, found a query"),
            Self::Fragment => f.write_str("expected the end after the host, the port or the path, found a fragment"),
            Self::TooLong => write!(f, "expected at most {} bytes, found more", BaseUrl::MAX_LENGTH),
        }
    }
}

impl core::error::Error for BaseUrlError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_static_url_equals_the_parsed_one() {
        let url = "https://service.example/v1";
        assert_eq!(Ok(BaseUrl::from_static(url)), BaseUrl::new(url));
        assert_eq!(BaseUrl::from_static(url).as_str(), url);
    }
}
