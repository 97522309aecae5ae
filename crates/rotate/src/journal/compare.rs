//! Whether a journal was planned for this fleet and these accounts.

use std::{
    collections::BTreeSet,
    io,
    string::{String, ToString},
};

use rusqlite::Row as SqlRow;

use super::{
    Claimed, Journal, display_stored_name,
    schema::{NAME_SEPARATOR, extra_headers_of, policy_of},
    state::RotationState,
};
use crate::{
    accounts::{Accounts, AccountsError, AccountsErrorKind, Row},
    error::{JournalError, PlanError, SqlResult},
    fleet::Fleet,
};

impl Journal {
    /// Checks that the journal was planned for this fleet.
    ///
    /// # Errors
    ///
    /// [`JournalError::Mismatch`] says what differs.
    pub fn check_fleet(&self, fleet: &dyn Fleet) -> Result<(), JournalError> {
        let same = |what, journal: &str, given: &str| match journal == given {
            true => Ok(()),
            false => {
                Err(JournalError::Mismatch { what, journal: journal.to_string(), given: given.to_string() })
            }
        };
        same("vendor", &self.header.vendor, fleet.vendor())?;
        same("tenant", &self.header.tenant, &fleet.tenant())?;
        same("set of columns", &self.header.columns, &fleet.columns().join(","))?;
        same("policy", &self.header.policy, &policy_of(fleet))?;
        let (journal, given) = (&*self.header.extra_headers, &*extra_headers_of(fleet));
        // Neither the order of headers nor the case of their names means anything.
        match normal(journal) == normal(given) {
            true => Ok(()),
            false => same("set of extra headers", &in_one_line(journal), &in_one_line(given)),
        }
    }

    /// Checks that the journal was planned with these accounts: the same phones in the same order, and the same account passwords
    /// for phones that are not confirmed. Each of these is validated again.
    ///
    /// # Errors
    ///
    /// [`PlanError`] names the line that differs. [`JournalError::WrongKey`] if the journal is not unlocked.
    pub fn check_accounts(&self, fleet: &dyn Fleet, accounts: impl io::Read) -> Result<(), PlanError> {
        let mut accounts = Accounts::open(accounts, fleet)?;
        let mut select = self.connection.prepare("SELECT * FROM phones WHERE line > 0 ORDER BY id").sql()?;
        let mut phones = select.query([]).sql()?;
        while let Some(row) = accounts.next()? {
            let Some(phone) = phones.next().sql()? else {
                let kind = AccountsErrorKind::NotInJournal { journal: None };
                return Err(AccountsError { line: row.line, kind }.into());
            };
            self.check_account(fleet, &row, phone)?;
        }
        let line = accounts.line;
        match phones.next().sql()? {
            None => Ok(()),
            Some(phone) => {
                let journal = display_stored_name(&phone.get::<_, String>("name").sql()?);
                Err(AccountsError { line, kind: AccountsErrorKind::TooFew { journal } }.into())
            }
        }
    }

    /// Compares a row of the accounts file with the journal's row in the same place.
    fn check_account(&self, fleet: &dyn Fleet, row: &Row<'_>, phone: &SqlRow<'_>) -> Result<(), PlanError> {
        let seal = self.seal()?;
        let wrong = |kind| PlanError::Accounts(AccountsError { line: row.line, kind });
        let name: String = phone.get("name").sql()?;
        let given = row.names.join(NAME_SEPARATOR);
        if name != given {
            let journal = display_stored_name(&name);
            let mut elsewhere = self.connection.prepare("SELECT 1 FROM phones WHERE name = ?").sql()?;
            return Err(wrong(match elsewhere.exists([given]).sql()? {
                true => AccountsErrorKind::OtherOrder { journal },
                false => AccountsErrorKind::NotInJournal { journal: Some(journal) },
            }));
        }
        if RotationState::from_sql(phone.get("state").sql()?)? == RotationState::Confirmed {
            // The journal has forgotten the account's password.
            return Ok(());
        }
        let stored = self.secrets(seal, phone)?;
        if *stored.account_password != row.secret {
            return Err(wrong(AccountsErrorKind::OtherAccountPassword));
        }
        let validated =
            Claimed::with_all(&[stored], |phones| phones.iter().try_for_each(|phone| fleet.validate(phone)));
        validated.map_err(|error| wrong(AccountsErrorKind::Field(error)))
    }
}

/// Headers in an order that does not depend on the given one, with their names in lower case.
fn normal(headers: &str) -> BTreeSet<(String, &str)> {
    let pairs = headers.lines().filter_map(|line| line.split_once(": "));
    pairs.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect()
}

/// Headers for a message.
fn in_one_line(headers: &str) -> String {
    if headers.is_empty() { "none".into() } else { headers.replace('\n', ", ") }
}
