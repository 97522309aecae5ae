//! The header `Retry-After`.

use std::time::{Duration, SystemTime};

use http::{
    HeaderMap, HeaderName,
    header::{DATE, RETRY_AFTER},
};

/// How long to wait before the next request, from the header `Retry-After`: RFC 9110, section 10.2.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// This long from now on: at most [`MAX`](Self::MAX).
    For(Duration),
    /// A date, in a reply that does not have the date of its own.
    Until(SystemTime),
}

impl RetryAfter {
    /// The longest wait. A limit of this library: what the vendors document is far shorter, 30 seconds at Exotel, and a server's
    /// mistake must not stop a program for years.
    pub const MAX: Duration = Duration::from_secs(24 * 60 * 60);

    /// Reads the header. `None` if it is missing, occurs twice, or is neither a number of seconds nor a date.
    ///
    /// A date is one of the server's clock, so it is held against the reply's own header `Date`: the difference is how long to wait,
    /// whatever this machine's clock says. Only a reply without a `Date` that can be read gives [`Until`](Self::Until).
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use sip_password::{api::RetryAfter, http::{HeaderMap, HeaderValue, header::{DATE, RETRY_AFTER}}};
    ///
    /// let mut headers = HeaderMap::new();
    /// headers.insert(RETRY_AFTER, HeaderValue::from_static("120"));
    /// assert_eq!(RetryAfter::from_headers(&headers), Some(RetryAfter::For(Duration::from_secs(120))));
    ///
    /// headers.insert(RETRY_AFTER, HeaderValue::from_static("Sun, 06 Nov 1994 08:51:37 GMT"));
    /// headers.insert(DATE, HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT"));
    /// let wait = RetryAfter::from_headers(&headers).expect("it is a date").wait(SystemTime::now());
    /// assert_eq!(wait, Duration::from_secs(120));
    /// ```
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let text = only_value(headers, &RETRY_AFTER)?;
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            // A number that does not fit is a very long time.
            let wait = Duration::from_secs(text.parse().unwrap_or(u64::MAX));
            return Some(Self::For(wait.min(Self::MAX)));
        }
        let until = httpdate::parse_http_date(text).ok()?;
        let sent = only_value(headers, &DATE).and_then(|date| httpdate::parse_http_date(date).ok());
        Some(sent.map_or(Self::Until(until), |sent| Self::For(wait_between(sent, until))))
    }

    /// How long to wait from `now` on: zero if the date has passed, and at most [`MAX`](Self::MAX).
    pub fn wait(self, now: SystemTime) -> Duration {
        match self {
            Self::For(wait) => wait.min(Self::MAX),
            Self::Until(time) => wait_between(now, time),
        }
    }
}

fn wait_between(now: SystemTime, until: SystemTime) -> Duration {
    until.duration_since(now).unwrap_or_default().min(RetryAfter::MAX)
}

/// The value of a header that occurs once, without spaces around it.
fn only_value<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    value.to_str().ok().map(str::trim)
}
