//! What one run leaves for the next.

use std::time::{SystemTime, UNIX_EPOCH};

/// When the next call may be made, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pace {
    /// The rate allows no call before.
    pub(crate) next_call: i64,
    /// The vendor asked to wait until then.
    pub(crate) wait_until: i64,
}

/// Milliseconds since 1970.
pub(crate) fn unix_millis() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
