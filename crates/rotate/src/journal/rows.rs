//! A row of the table of phones: read, authenticated and written as a whole.

use std::{
    borrow::{Cow, ToOwned},
    string::String,
    vec::Vec,
};

use rusqlite::{
    Connection, Row, RowIndex, params,
    types::{FromSql, ValueRef},
};
use zeroize::Zeroizing;

use super::{Journal, authentication::Encoder, knowledge::Knowledge, state::RotationState};
use crate::error::{JournalError, SqlResult};

/// In SQL: the rows of phones, each column in the order of [`PhoneRow::read`].
macro_rules! select_phones {
    ($($rest:expr),*) => {
        concat!(
            "SELECT id, line, name, state, uncertain, refused, disputed, checks, calls, exported, sent, changed, reason, \
             new_password, account_password, vendor_password, other_fields, provisioned, provisioning, registered, asked, mac \
             FROM phones ",
            $($rest),*
        )
    };
}
pub(super) use select_phones;

/// The most damaged rows of a journal that is still used for its other phones. With more of them, something else is wrong.
pub(super) const MAX_DAMAGED: usize = 1000;

/// A secret as the journal has it: sealed, unless the journal has no key.
pub(super) type Stored = Option<Zeroizing<Vec<u8>>>;

/// A phone, with the values of all columns.
pub(super) struct PhoneRow {
    pub(super) id: i64,
    pub(super) line: i64,
    pub(super) name: String,
    state: i64,
    uncertain: i64,
    refused: i64,
    disputed: i64,
    checks: i64,
    pub(super) calls: i64,
    pub(super) exported: i64,
    pub(super) sent: Option<i64>,
    pub(super) changed: Option<i64>,
    pub(super) reason: String,
    pub(super) new_password: Stored,
    pub(super) account_password: Stored,
    pub(super) vendor_password: Stored,
    pub(super) other_fields: Stored,
    pub(super) provisioned: Option<i64>,
    pub(super) provisioning: String,
    pub(super) registered: Option<i64>,
    pub(super) asked: Option<i64>,
    pub(super) mac: Vec<u8>,
    /// No text was damaged so that it is none.
    is_legible: bool,
}

impl PhoneRow {
    /// A phone for which nothing was sent.
    pub(super) const fn planned(id: i64, line: i64, name: String) -> Self {
        Self {
            id,
            line,
            name,
            state: RotationState::Planned.to_sql(),
            uncertain: 0,
            refused: 0,
            disputed: 0,
            checks: 0,
            calls: 0,
            exported: 0,
            sent: None,
            changed: None,
            reason: String::new(),
            new_password: None,
            account_password: None,
            vendor_password: None,
            other_fields: None,
            provisioned: None,
            provisioning: String::new(),
            registered: None,
            asked: None,
            mac: Vec::new(),
            is_legible: true,
        }
    }

    /// The row that [`select_phones`] selected.
    pub(super) fn read(row: &Row<'_>) -> Result<Self, JournalError> {
        fn get<T: FromSql>(row: &Row<'_>, column: usize) -> Result<T, JournalError> {
            row.get(column).sql()
        }
        let secret = |column| Ok::<_, JournalError>(get::<Option<Vec<u8>>>(row, column)?.map(Zeroizing::new));
        let (name, reason, provisioning) = (text(row, 2)?, text(row, 12)?, text(row, 18)?);
        Ok(Self {
            is_legible: [&name, &reason, &provisioning].iter().all(|text| matches!(text, Cow::Borrowed(_))),
            id: get(row, 0)?,
            line: get(row, 1)?,
            name: name.into_owned(),
            state: get(row, 3)?,
            uncertain: get(row, 4)?,
            refused: get(row, 5)?,
            disputed: get(row, 6)?,
            checks: get(row, 7)?,
            calls: get(row, 8)?,
            exported: get(row, 9)?,
            sent: get(row, 10)?,
            changed: get(row, 11)?,
            reason: reason.into_owned(),
            new_password: secret(13)?,
            account_password: secret(14)?,
            vendor_password: secret(15)?,
            other_fields: secret(16)?,
            provisioned: get(row, 17)?,
            provisioning: provisioning.into_owned(),
            registered: get(row, 19)?,
            asked: get(row, 20)?,
            mac: get(row, 21)?,
        })
    }

    /// Gives each value that the row's MAC covers, in the order of the columns.
    pub(super) fn encode(&self, to: &mut Encoder<'_>) {
        to.integer(self.id);
        to.integer(self.line);
        to.text(&self.name);
        to.integer(self.state);
        to.integer(self.uncertain);
        to.integer(self.refused);
        to.integer(self.disputed);
        to.integer(self.checks);
        to.integer(self.calls);
        to.integer(self.exported);
        to.integer_or_null(self.sent);
        to.integer_or_null(self.changed);
        to.text(&self.reason);
        for secret in [&self.new_password, &self.account_password, &self.vendor_password, &self.other_fields]
        {
            to.blob(secret.as_ref().map(|secret| secret.as_slice()));
        }
        to.integer_or_null(self.provisioned);
        to.text(&self.provisioning);
        to.integer_or_null(self.registered);
        to.integer_or_null(self.asked);
    }

    pub(super) fn state(&self) -> Result<RotationState, JournalError> {
        RotationState::from_sql(self.state)
    }

    pub(super) fn knowledge(&self) -> Result<Knowledge, JournalError> {
        if !self.is_legible {
            return Err(JournalError::Damaged("a phone's texts".to_owned()));
        }
        Ok(Knowledge {
            state: self.state()?,
            uncertain: self.uncertain != 0,
            refused: self.refused != 0,
            disputed: self.disputed != 0,
            checks: u8::try_from(self.checks)
                .map_err(|_| JournalError::Damaged("a phone's number of checks".to_owned()))?,
        })
    }

    pub(super) fn set_knowledge(&mut self, known: Knowledge) {
        let Knowledge { state, uncertain, refused, disputed, checks } = known;
        self.state = state.to_sql();
        self.uncertain = uncertain.into();
        self.refused = refused.into();
        self.disputed = disputed.into();
        self.checks = checks.into();
    }

    pub(super) fn insert(&self, connection: &Connection) -> Result<(), JournalError> {
        let insert =
            "INSERT INTO phones VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let values = params![
            self.id,
            self.line,
            self.name,
            self.state,
            self.uncertain,
            self.refused,
            self.disputed,
            self.checks,
            self.calls,
            self.exported,
            self.sent,
            self.changed,
            self.reason,
            bytes(&self.new_password),
            bytes(&self.account_password),
            bytes(&self.vendor_password),
            bytes(&self.other_fields),
            self.provisioned,
            self.provisioning,
            self.registered,
            self.asked,
            self.mac
        ];
        connection.prepare_cached(insert).sql()?.execute(values).sql()?;
        Ok(())
    }

    /// Writes all columns that ever change.
    fn update(&self, connection: &Connection) -> Result<(), JournalError> {
        let update = "UPDATE phones SET state = ?, uncertain = ?, refused = ?, disputed = ?, checks = ?, calls = ?, exported = ?, \
                      sent = ?, changed = ?, reason = ?, new_password = ?, account_password = ?, vendor_password = ?, provisioned = ?, \
                      provisioning = ?, registered = ?, asked = ?, mac = ? WHERE id = ?";
        let values = params![
            self.state,
            self.uncertain,
            self.refused,
            self.disputed,
            self.checks,
            self.calls,
            self.exported,
            self.sent,
            self.changed,
            self.reason,
            bytes(&self.new_password),
            bytes(&self.account_password),
            bytes(&self.vendor_password),
            self.provisioned,
            self.provisioning,
            self.registered,
            self.asked,
            self.mac,
            self.id
        ];
        connection.prepare_cached(update).sql()?.execute(values).sql()?;
        Ok(())
    }
}

/// A text, with a replacement for what is not UTF-8: one row that is damaged so must not keep all others from being read.
pub(super) fn text<'a>(row: &'a Row<'_>, column: impl RowIndex) -> Result<Cow<'a, str>, JournalError> {
    match row.get_ref(column).sql()? {
        ValueRef::Text(bytes) => Ok(String::from_utf8_lossy(bytes)),
        // It is the error.
        _ => row.get(column).map(Cow::Owned).sql(),
    }
}

fn bytes(stored: &Stored) -> Option<&[u8]> {
    stored.as_ref().map(|secret| secret.as_slice())
}

impl Journal {
    /// The row of this number.
    pub(super) fn row(&self, id: i64) -> Result<PhoneRow, JournalError> {
        let mut select = self.connection.prepare_cached(select_phones!("WHERE id = ?")).sql()?;
        let mut rows = select.query([id]).sql()?;
        match rows.next().sql()? {
            Some(row) => PhoneRow::read(row),
            None => Err(JournalError::Damaged("a phone is missing".to_owned())),
        }
    }

    /// Changes a row that was read, and with it the counts and what the head's MAC covers.
    pub(super) fn change(
        &mut self,
        mut row: PhoneRow,
        edit: impl FnOnce(&mut PhoneRow),
    ) -> Result<(), JournalError> {
        let before = row.state()?;
        let authenticator = self.unlocked()?.authenticator();
        let old = authenticator.map(|authenticator| authenticator.addend(&row));
        edit(&mut row);
        let new = authenticator.map(|authenticator| {
            row.mac = authenticator.row(&row).into();
            authenticator.addend(&row)
        });
        row.update(&self.connection)?;
        self.counts.move_one(before, row.state()?);
        old.into_iter().chain(new).for_each(|addend| self.row_set.toggle(addend));
        self.is_changed = true;
        Ok(())
    }

    /// Adds a row.
    pub(super) fn add(&mut self, mut row: PhoneRow) -> Result<(), JournalError> {
        let authenticator = self.unlocked()?.authenticator();
        let addend = authenticator.map(|authenticator| {
            row.mac = authenticator.row(&row).into();
            authenticator.addend(&row)
        });
        row.insert(&self.connection)?;
        self.counts.add(row.state()?);
        addend.into_iter().for_each(|addend| self.row_set.toggle(addend));
        self.header.rows += 1;
        self.is_changed = true;
        Ok(())
    }

    /// Changes those phones that are wanted, of those that `query` selects: by [`select_phones`], after the number that is its
    /// parameter, in the order of their numbers, and so few that they fit into memory. Leaves damaged rows alone. Returns how many
    /// phones it changed.
    pub(super) fn change_all(
        &mut self,
        query: &str,
        is_wanted: impl Fn(&PhoneRow, Knowledge) -> bool,
        edit: impl Fn(&mut PhoneRow, Knowledge),
    ) -> Result<u64, JournalError> {
        let (mut after, mut changed) = (i64::MIN, 0);
        loop {
            let rows: Vec<PhoneRow> = {
                let mut select = self.connection.prepare_cached(query).sql()?;
                let mut found = select.query([after]).sql()?;
                let mut rows = Vec::new();
                while let Some(row) = found.next().sql()? {
                    rows.push(PhoneRow::read(row)?);
                }
                rows
            };
            let Some(last) = rows.last() else { return Ok(changed) };
            after = last.id;
            for row in rows {
                match self.authentic(&row) {
                    Ok(known) if is_wanted(&row, known) => {
                        self.change(row, |row| edit(row, known))?;
                        changed += 1;
                    }
                    Ok(_) => {}
                    Err(_) => self.note_damaged(row.id),
                }
            }
        }
    }
}
