//! The header `Retry-After`.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header::RETRY_AFTER};

/// How long to wait before the next request, from the header `Retry-After`: RFC 9110, section 10.2.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// A number of seconds from now on, at most `u32::MAX`.
    For(Duration),
    /// A date.
    Until(SystemTime),
}

impl RetryAfter {
    /// Reads the header. `None` if it is missing, occurs twice, or is neither a number of seconds nor a date.
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
            // A number that does not fit is a very long time.
            return Some(Self::For(Duration::from_secs(text.parse().unwrap_or(u32::MAX).into())));
        }
        httpdate::parse_http_date(text).ok().map(Self::Until)
    }

    /// How long to wait from `now` on: zero if the date has passed. A reply can ask for years, so set a limit.
    pub fn wait(self, now: SystemTime) -> Duration {
        match self {
            Self::For(wait) => wait,
            Self::Until(time) => time.duration_since(now).unwrap_or_default(),
        }
    }
}
