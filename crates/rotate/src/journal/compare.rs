//! Whether a journal was planned for this fleet and these accounts.

use std::{
    io,
    string::{String, ToString},
};

use rusqlite::Row as SqlRow;

use super::{
    Claimed, Journal,
    schema::{NAME_SEPARATOR, rule},
    state::RotationState,
};
use crate::{
    accounts::{Accounts, AccountsError, AccountsErrorKind},
    error::{JournalError, PlanError},
    fleet::Fleet,
};

impl Journal {
    /// That it was planned for this fleet.
    ///
    /// # Errors
    ///
    /// [`JournalError::Mismatch`] says what differs.
    pub fn check_fleet(&self, fleet: &dyn Fleet) -> Result<(), JournalError> {
        let same = |what, journal: &str, present: &str| match journal == present {
            true => Ok(()),
            false => Err(JournalError::Mismatch { what, journal: journal.to_string() }),
        };
        same("vendor", &self.header.vendor, fleet.preset().name)?;
        same("tenant", &self.header.tenant, &fleet.tenant())?;
        same("set of columns", &self.header.columns, &fleet.columns().join(","))?;
        same("rule (--policy-file)", &self.header.rule, &rule(fleet))
    }

    /// That it was planned with these accounts: the same phones in the same order, and for phones that are not
    /// confirmed the same passwords of the accounts. And that a call can still be made for each of these.
    ///
    /// # Errors
    ///
    /// [`PlanError`] has the line that differs. [`JournalError::WrongKey`] where it is not unlocked.
    pub fn check_accounts(&self, fleet: &dyn Fleet, accounts: impl io::Read) -> Result<(), PlanError> {
        let mut accounts = Accounts::open(accounts, fleet)?;
        let seal = self.seal()?;
        let mut select = self.connection.prepare("SELECT * FROM phones ORDER BY id")?;
        let mut phones = select.query([])?;
        let name = |phone: &SqlRow<'_>| -> Result<String, JournalError> { Ok(phone.get("name")?) };
        while let Some(row) = accounts.next()? {
            let wrong = |problem| PlanError::Accounts(AccountsError { line: row.line, problem });
            let Some(phone) = phones.next()? else {
                return Err(wrong(AccountsErrorKind::Changed { journal: None }));
            };
            let name = name(phone)?;
            if name != row.names.join(NAME_SEPARATOR) {
                let journal = name.replace(NAME_SEPARATOR, "/");
                let mut elsewhere = self.connection.prepare("SELECT 1 FROM phones WHERE name = ?")?;
                return Err(wrong(match elsewhere.exists([row.names.join(NAME_SEPARATOR)])? {
                    true => AccountsErrorKind::Order { journal },
                    false => AccountsErrorKind::Changed { journal: Some(journal) },
                }));
            }
            if phone.get::<_, i64>("state")? != RotationState::Confirmed.to_sql() {
                let claimed = self.secrets(seal, phone)?;
                if *claimed.account_password != row.secret {
                    return Err(wrong(AccountsErrorKind::OtherSecret));
                }
                let checked = Claimed::with_all(&[claimed], |phones| {
                    phones.iter().try_for_each(|phone| fleet.validate(phone))
                });
                checked.map_err(|error| wrong(AccountsErrorKind::Field(error)))?;
            }
        }
        let line = accounts.line;
        match phones.next()? {
            None => Ok(()),
            Some(phone) => {
                let journal = name(phone)?.replace(NAME_SEPARATOR, "/");
                Err(AccountsError { line, problem: AccountsErrorKind::Shorter { journal } }.into())
            }
        }
    }
}
