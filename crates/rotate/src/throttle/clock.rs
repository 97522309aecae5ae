//! What time it is.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Where a run has the time from.
pub(crate) trait Clock: Sync {
    /// A time that never goes back.
    fn instant(&self) -> Instant;

    /// Milliseconds since 1970. A person may set this clock.
    fn unix_millis(&self) -> i64;
}

/// The clock of this machine.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn instant(&self) -> Instant {
        Instant::now()
    }

    fn unix_millis(&self) -> i64 {
        unix_millis()
    }
}

/// Milliseconds since 1970.
pub(crate) fn unix_millis() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
