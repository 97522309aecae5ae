//! The states of a phone.

use std::string::String;

use rusqlite::Connection;

use crate::error::JournalError;

/// The state of a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RotationState {
    /// Nothing was sent, or nothing came of it: the phone has the password from before.
    Planned,
    /// A call is under way. After a crash it is read as [`Unknown`](Self::Unknown).
    Sending,
    /// The phone has the password from before or the new one.
    Unknown,
    /// The phone has the new password.
    Confirmed,
    /// The vendor refused: the phone has the password from before.
    Refused,
}

impl RotationState {
    /// Each.
    pub const ALL: [Self; 5] = [Self::Planned, Self::Sending, Self::Unknown, Self::Confirmed, Self::Refused];

    /// Its number in the journal. Journals that exist have these numbers: none may change.
    pub(super) const fn to_sql(self) -> i64 {
        match self {
            Self::Planned => 0,
            Self::Sending => 1,
            Self::Unknown => 2,
            Self::Confirmed => 3,
            Self::Refused => 4,
        }
    }

    /// The state with this number in the journal.
    pub(super) fn from_sql(number: i64) -> Result<Self, JournalError> {
        Self::ALL
            .into_iter()
            .find(|state| state.to_sql() == number)
            .ok_or_else(|| JournalError::Damaged(String::from("a phone's state")))
    }

    /// As people and programs read it: `"confirmed"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
        }
    }
}

/// How many phones are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StateCounts(pub(super) [u64; RotationState::ALL.len()]);

impl StateCounts {
    /// How many phones are in this state.
    pub const fn of(&self, state: RotationState) -> u64 {
        self.0[Self::place(state)]
    }

    /// How many phones there are.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    pub(super) fn moved(&mut self, from: RotationState, to: RotationState) {
        self.0[Self::place(from)] = self.0[Self::place(from)].saturating_sub(1);
        self.0[Self::place(to)] += 1;
    }

    pub(super) const fn place(state: RotationState) -> usize {
        state.to_sql() as usize
    }
}

pub(super) fn count(connection: &Connection) -> Result<StateCounts, JournalError> {
    let mut counts = StateCounts::default();
    let mut select = connection.prepare("SELECT state, count(*) FROM phones GROUP BY state")?;
    let mut found = select.query([])?;
    while let Some(row) = found.next()? {
        let state = RotationState::from_sql(row.get(0)?)?;
        counts.0[StateCounts::place(state)] = row.get::<_, i64>(1)?.unsigned_abs();
    }
    Ok(counts)
}
