//! Whether a journal was planned for this fleet and these accounts.

use std::{
    collections::BTreeSet,
    io,
    string::{String, ToString},
};

use super::{
    Claimed, Journal,
    claims::FOREIGN,
    name_for_message,
    rows::{PhoneRow, select_phones},
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
    /// for phones that are not confirmed. Each of these is validated again. A damaged row has nothing to compare with.
    ///
    /// # Errors
    ///
    /// [`PlanError`] names the line that differs. [`JournalError::WrongKey`] if the journal is not unlocked.
    pub fn check_accounts(&self, fleet: &dyn Fleet, accounts: impl io::Read) -> Result<(), PlanError> {
        let mut accounts = Accounts::open(accounts, fleet)?;
        let mut select = self.connection.prepare(select_phones!("ORDER BY id")).sql()?;
        let mut rows = select.query([]).sql()?;
        let mut next = || rows.next().sql()?.map(PhoneRow::read).transpose();
        while let Some(row) = accounts.next()? {
            // Those of the accounts file come first.
            match next()? {
                Some(phone) if self.authentic(&phone).is_err() => {}
                Some(phone) if phone.line != FOREIGN => self.check_account(fleet, &row, &phone)?,
                _ => {
                    let kind = AccountsErrorKind::NotInJournal { journal: None };
                    return Err(AccountsError { line: row.line, kind }.into());
                }
            }
        }
        let line = accounts.line;
        while let Some(phone) = next()? {
            if phone.line != FOREIGN && self.authentic(&phone).is_ok() {
                let journal = name_for_message(&phone.name);
                return Err(AccountsError { line, kind: AccountsErrorKind::TooFew { journal } }.into());
            }
        }
        Ok(())
    }

    /// Compares a row of the accounts file with the journal's row in the same place.
    fn check_account(&self, fleet: &dyn Fleet, row: &Row<'_>, phone: &PhoneRow) -> Result<(), PlanError> {
        let wrong = |kind| PlanError::Accounts(AccountsError { line: row.line, kind });
        let given = row.names.join(NAME_SEPARATOR);
        if phone.name != given {
            let journal = name_for_message(&phone.name);
            let mut elsewhere = self.connection.prepare("SELECT 1 FROM phones WHERE name = ?").sql()?;
            return Err(wrong(match elsewhere.exists([given]).sql()? {
                true => AccountsErrorKind::OtherOrder { journal },
                false => AccountsErrorKind::NotInJournal { journal: Some(journal) },
            }));
        }
        if phone.state()? == RotationState::Confirmed {
            // The journal has forgotten the account's password.
            return Ok(());
        }
        let stored = self.secrets(phone)?;
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
