//! What the simulation looks at, and how it lets a disk fail.

use std::{
    string::{String, ToString},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    vec::Vec,
};

use sip_password::api::lockout::may_ask_again;

use super::{Journal, RotationState, StateCounts};
use crate::error::JournalError;

impl Journal {
    /// Every phone's new password, also where it is withheld because nothing was sent.
    pub(crate) fn new_passwords(&self) -> Vec<String> {
        let mut passwords = Vec::new();
        let visited = self.visit(&RotationState::ALL, |row, _| {
            passwords.push(self.secrets(row)?.new_password.to_string());
            Ok::<(), JournalError>(())
        });
        visited.expect("the journal is whole");
        passwords
    }

    /// For every phone, whether one more failed check could lock its account.
    pub(crate) fn accounts_at_risk(&self) -> Vec<bool> {
        let mut at_risk = Vec::new();
        let visited = self.visit(&RotationState::ALL, |row, _| {
            at_risk.push(!may_ask_again(row.knowledge()?.checks));
            Ok::<(), JournalError>(())
        });
        visited.expect("the journal is whole");
        at_risk
    }

    /// The number of phones in each state, counted again.
    pub(crate) fn recount(&self) -> StateCounts {
        StateCounts::read(&self.connection).expect("the journal is whole")
    }

    /// Lets SQLite fail when this number, which each of its steps lowers by one, goes from 1 to 0.
    pub(crate) fn fail_at_zero(&mut self, steps: Arc<AtomicU32>) {
        let lower = |left: u32| left.checked_sub(1);
        let fails = move || steps.fetch_update(Ordering::Relaxed, Ordering::Relaxed, lower) == Ok(1);
        self.connection.progress_handler(1, Some(fails)).expect("there is one connection");
    }
}
