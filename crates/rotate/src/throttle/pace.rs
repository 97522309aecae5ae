//! What one run leaves for the next.

/// When the next call may be made, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pace {
    /// The rate allows no call before.
    pub(crate) next_call: i64,
    /// The vendor asked to wait until then.
    pub(crate) wait_until: i64,
}
