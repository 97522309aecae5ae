//! Whether a journal was planned for this fleet and these accounts.

use std::{
    io,
    string::{String, ToString},
};

use rusqlite::Row as SqlRow;

use super::{
    Claimed, Journal,
    schema::{BETWEEN, rule},
    state::State,
};
use crate::{
    accounts::{Accounts, AccountsError, AccountsProblem},
    error::{JournalError, PlanError},
    fleet::Fleet,
};

impl Journal {
    /// That it was planned for this fleet.
    ///
    /// # Errors
    ///
    /// [`JournalError::Other`] says what differs.
    pub fn is_of(&self, fleet: &dyn Fleet) -> Result<(), JournalError> {
        let same = |what, journal: &str, present: &str| match journal == present {
            true => Ok(()),
            false => Err(JournalError::Other { what, journal: journal.to_string() }),
        };
        same("vendor", &self.head.vendor, fleet.preset().name)?;
        same("tenant", &self.head.tenant, &fleet.tenant())?;
        same("set of columns", &self.head.columns, &fleet.columns().join(","))?;
        same("rule (--policy-file)", &self.head.rule, &rule(fleet))
    }

    /// That it was planned with these accounts: the same phones in the same order, and for phones that are not
    /// confirmed the same passwords of the accounts. And that a call can still be made for each of these.
    ///
    /// # Errors
    ///
    /// [`PlanError`] has the line that differs. [`JournalError::WrongKey`] where it is not unlocked.
    pub fn has_accounts(&self, fleet: &dyn Fleet, accounts: impl io::Read) -> Result<(), PlanError> {
        let mut accounts = Accounts::open(accounts, fleet)?;
        let seal = self.seal()?;
        let mut select = self.connection.prepare("SELECT * FROM phones ORDER BY id")?;
        let mut phones = select.query([])?;
        let name = |phone: &SqlRow<'_>| -> Result<String, JournalError> { Ok(phone.get("name")?) };
        while let Some(row) = accounts.next()? {
            let wrong = |problem| PlanError::Accounts(AccountsError { line: row.line, problem });
            let Some(phone) = phones.next()? else {
                return Err(wrong(AccountsProblem::Changed { journal: None }));
            };
            let name = name(phone)?;
            if name != row.names.join(BETWEEN) {
                let journal = name.replace(BETWEEN, "/");
                let mut elsewhere = self.connection.prepare("SELECT 1 FROM phones WHERE name = ?")?;
                return Err(wrong(match elsewhere.exists([row.names.join(BETWEEN)])? {
                    true => AccountsProblem::Order { journal },
                    false => AccountsProblem::Changed { journal: Some(journal) },
                }));
            }
            if phone.get::<_, i64>("state")? != State::Confirmed.to_sql() {
                let claimed = self.secrets(seal, phone)?;
                if *claimed.account_password != row.secret {
                    return Err(wrong(AccountsProblem::OtherSecret));
                }
                let checked = Claimed::with_all(&[claimed], |phones| {
                    phones.iter().try_for_each(|phone| fleet.check(phone))
                });
                checked.map_err(|error| wrong(AccountsProblem::Field(error)))?;
            }
        }
        let line = accounts.line;
        match phones.next()? {
            None => Ok(()),
            Some(phone) => {
                let journal = name(phone)?.replace(BETWEEN, "/");
                Err(AccountsError { line, problem: AccountsProblem::Shorter { journal } }.into())
            }
        }
    }
}
