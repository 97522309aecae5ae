//! The states of a phone, and how many phones are in each.

use std::string::String;

use rusqlite::Connection;

use crate::error::{JournalError, SqlResult};

/// How far the rotation of a phone is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RotationState {
    /// No call was made, or no call arrived: the phone has the old password.
    Planned,
    /// A call is in flight. After a crash, the journal reads this as [`Unknown`](Self::Unknown).
    Sending,
    /// The phone has the old password, the new one, or the one that the vendor reported in place of the new one.
    Unknown,
    /// The phone has the new password.
    Confirmed,
    /// The vendor refused: the phone has the old password.
    Refused,
}

impl RotationState {
    /// Every state, from the first to the last.
    pub const ALL: [Self; 5] = [Self::Planned, Self::Sending, Self::Unknown, Self::Confirmed, Self::Refused];

    /// The word for people and programs: `"confirmed"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
        }
    }

    /// The state's number in the journal. Journals on disk have these numbers: none may change.
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
        let state = Self::ALL.into_iter().find(|state| state.to_sql() == number);
        state.ok_or_else(|| JournalError::Damaged(String::from("a phone's state")))
    }
}

/// The number of phones in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StateCounts([u64; RotationState::ALL.len()]);

impl StateCounts {
    /// The number of phones in this state.
    pub const fn of(&self, state: RotationState) -> u64 {
        self.0[Self::index(state)]
    }

    /// The number of phones.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Counts the phones of a journal.
    pub(super) fn read(connection: &Connection) -> Result<Self, JournalError> {
        let mut counts = Self::default();
        let mut select = connection.prepare("SELECT state, count(*) FROM phones GROUP BY state").sql()?;
        let mut found = select.query([]).sql()?;
        while let Some(row) = found.next().sql()? {
            // A row with another number is damaged: nobody knows what the phone has.
            let state = RotationState::from_sql(row.get(0).sql()?).unwrap_or(RotationState::Unknown);
            counts.0[Self::index(state)] += row.get::<_, i64>(1).sql()?.unsigned_abs();
        }
        Ok(counts)
    }

    /// Counts calls in flight as unknown.
    pub(super) const fn without_sending(mut self) -> Self {
        let sending = Self::index(RotationState::Sending);
        self.0[Self::index(RotationState::Unknown)] += self.0[sending];
        self.0[sending] = 0;
        self
    }

    /// One more phone, in this state.
    pub(super) fn add(&mut self, state: RotationState) {
        self.0[Self::index(state)] += 1;
    }

    /// A phone goes from one state to another.
    pub(super) fn move_one(&mut self, from: RotationState, to: RotationState) {
        let from = &mut self.0[Self::index(from)];
        *from = from.saturating_sub(1);
        self.0[Self::index(to)] += 1;
    }

    const fn index(state: RotationState) -> usize {
        state.to_sql() as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_kept_by_state() {
        let mut counts = StateCounts([5, 0, 0, 0, 0]);
        for to in RotationState::ALL {
            counts.move_one(RotationState::Planned, to);
        }
        assert_eq!(RotationState::ALL.map(|state| counts.of(state)), [1; 5]);
        assert_eq!(counts.total(), 5);
    }

    #[test]
    fn each_state_has_its_word() {
        let words = ["planned", "sending", "unknown", "confirmed", "refused"];
        assert_eq!(RotationState::ALL.map(RotationState::name), words);
    }
}
