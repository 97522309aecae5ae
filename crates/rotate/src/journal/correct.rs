//! Account passwords that a person corrected after the vendor had refused them.

use std::io;

use rusqlite::{OptionalExtension, params};
use sip_password::api::lockout::MAX_FAILED_CHECKS;

use super::{Journal, claims::FOREIGN, encryption::SecretKind, schema::NAME_SEPARATOR, state::RotationState};
use crate::{
    accounts::{Accounts, AccountsError, AccountsErrorKind, Row, display_name},
    error::{JournalError, PlanError, SqlResult},
    fleet::{Fleet, PhoneUpdate},
};

/// What became of the rows of a corrected accounts file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Correction {
    /// Refused phones whose account passwords were replaced.
    pub corrected: u64,
    /// Those of them that get no more calls all the same: one more failed check could lock their accounts.
    pub at_risk: u64,
    /// Refused phones whose account passwords are those of the journal already.
    pub unchanged: u64,
    /// Phones that are not refused. They were left alone.
    pub not_refused: u64,
    /// How many phones a run would send after [`retry_refused`](Journal::retry_refused).
    pub to_send: u64,
}

/// Why the transaction is rolled back.
enum Undone {
    /// Something is wrong.
    Failed(PlanError),
    /// Nothing was to be changed.
    Checked(Correction),
}

impl From<JournalError> for Undone {
    fn from(error: JournalError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<PlanError> for Undone {
    fn from(error: PlanError) -> Self {
        Self::Failed(error)
    }
}

impl Journal {
    /// Replaces the account passwords of the refused phones that this accounts file lists; it may list any of the journal's phones, in
    /// any order. [`retry_refused`](Self::retry_refused) then lets the next run send them.
    ///
    /// The failed checks of an account still count. A phone for which a single call was made gets one more; one whose account that
    /// call could lock gets none: [`checks_after_correction`](sip_password::api::lockout::checks_after_correction).
    ///
    /// Calls `visit` with every row that is wrong: that names a phone which is not in the journal, for example, or has another account
    /// password for a phone that is not refused.
    ///
    /// # Errors
    ///
    /// [`PlanError`]; [`PlanError::WrongRows`] if any row is wrong. Then nothing is changed.
    pub fn correct_accounts(
        &mut self,
        fleet: &dyn Fleet,
        accounts: impl io::Read,
        visit: impl FnMut(AccountsError),
    ) -> Result<Correction, PlanError> {
        self.correct(fleet, accounts, visit, true)
    }

    /// What [`correct_accounts`](Self::correct_accounts) would do. Changes nothing.
    ///
    /// # Errors
    ///
    /// As for [`correct_accounts`](Self::correct_accounts).
    pub fn check_correction(
        &mut self,
        fleet: &dyn Fleet,
        accounts: impl io::Read,
        visit: impl FnMut(AccountsError),
    ) -> Result<Correction, PlanError> {
        self.correct(fleet, accounts, visit, false)
    }

    /// How many phones get no more calls with the account passwords that the journal has: one more failed check could lock their
    /// accounts.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn at_risk(&self) -> Result<u64, JournalError> {
        let query = "SELECT count(*) FROM phones WHERE state <> ? AND checks >= ?";
        let mut select = self.connection.prepare(query).sql()?;
        let confirmed = RotationState::Confirmed.to_sql();
        let found: i64 = select.query_one(params![confirmed, MAX_FAILED_CHECKS], |row| row.get(0)).sql()?;
        Ok(found.unsigned_abs())
    }

    fn correct(
        &mut self,
        fleet: &dyn Fleet,
        accounts: impl io::Read,
        visit: impl FnMut(AccountsError),
        keep: bool,
    ) -> Result<Correction, PlanError> {
        let done = self.transact(|journal| {
            let correction = journal.correct_all(fleet, accounts, visit)?;
            if keep { Ok(correction) } else { Err(Undone::Checked(correction)) }
        });
        match done {
            Ok(correction) | Err(Undone::Checked(correction)) => Ok(correction),
            Err(Undone::Failed(error)) => Err(error),
        }
    }

    fn correct_all(
        &mut self,
        fleet: &dyn Fleet,
        accounts: impl io::Read,
        mut visit: impl FnMut(AccountsError),
    ) -> Result<Correction, PlanError> {
        let mut accounts = Accounts::open(accounts, fleet)?;
        let (mut correction, mut right, mut wrong) = (Correction::default(), 0, 0);
        loop {
            let corrected = match accounts.next() {
                Ok(None) => break,
                Ok(Some(row)) => self.correct_one(fleet, &row, &mut correction),
                Err(error) if error.kind.ends_reading() => return Err(error.into()),
                Err(error) => Err(error.into()),
            };
            match corrected {
                Ok(()) => right += 1,
                Err(PlanError::Accounts(error)) => {
                    wrong += 1;
                    visit(error);
                }
                Err(error) => return Err(error),
            }
        }
        match (right, wrong) {
            (0, 0) => Err(AccountsError { line: 1, kind: AccountsErrorKind::NoRows }.into()),
            (_, 0) => Ok(Correction { to_send: self.to_send(true)?, ..correction }),
            _ => Err(PlanError::WrongRows { wrong, right }),
        }
    }

    fn correct_one(
        &mut self,
        fleet: &dyn Fleet,
        row: &Row<'_>,
        correction: &mut Correction,
    ) -> Result<(), PlanError> {
        let wrong = |kind| PlanError::Accounts(AccountsError { line: row.line, kind });
        let display = || display_name(&row.names);
        let not_planned = || wrong(AccountsErrorKind::NotPlanned { name: display() });
        let id = self.find_listed(&row.names.join(NAME_SEPARATOR))?.ok_or_else(not_planned)?;
        // A damaged row is sent to nobody.
        let Some((phone, known)) = self.row_of(id)? else { return Ok(()) };
        let secrets = self.secrets(&phone)?;
        let is_same_password = *secrets.account_password == row.secret;
        if !known.refused {
            // The journal has forgotten the account passwords of confirmed phones.
            if known.state != RotationState::Confirmed && !is_same_password {
                return Err(wrong(AccountsErrorKind::NotRefused {
                    name: display(),
                    state: known.reopened().state.name(),
                }));
            }
            correction.not_refused += 1;
            return Ok(());
        }
        if is_same_password {
            correction.unchanged += 1;
            return Ok(());
        }
        let update = PhoneUpdate {
            names: &row.names,
            account_password: row.secret,
            new_password: &secrets.new_password,
        };
        fleet.validate(&update).map_err(|error| wrong(AccountsErrorKind::Field(error)))?;
        let after = known.corrected(u32::try_from(phone.calls).unwrap_or(u32::MAX));
        let sealed = self.sealed(&phone.name, SecretKind::Account, row.secret)?;
        self.change(phone, |phone| {
            phone.set_knowledge(after);
            phone.account_password = Some(sealed);
        })?;
        correction.corrected += 1;
        if after.retried() == after {
            correction.at_risk += 1;
        }
        Ok(())
    }

    /// The number of the phone of this name, unless the journal has it only from a reply.
    fn find_listed(&self, name: &str) -> Result<Option<i64>, JournalError> {
        let query = "SELECT id FROM phones WHERE name = ? AND line <> ?";
        let mut select = self.connection.prepare_cached(query).sql()?;
        select.query_row(params![name, FOREIGN], |row| row.get(0)).optional().sql()
    }
}
