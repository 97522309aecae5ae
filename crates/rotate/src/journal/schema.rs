//! The tables of a journal, and what it says of itself.

use std::{
    string::{String, ToString},
    vec::Vec,
};

use rusqlite::{Connection, OptionalExtension, Row as SqlRow, params};

use super::encryption::{Protection, SALT};
use crate::{error::JournalError, fleet::Fleet};

/// What marks the file as ours: `SIPJ`.
pub(super) const APPLICATION: i32 = 0x5349_504a;

/// The version of the tables.
pub(super) const VERSION: i32 = 1;

/// Between the names of a phone: no name can have it, since no field can have a control character.
pub(super) const NAME_SEPARATOR: &str = "\u{1f}";

/// In SQL, that a phone's rotation has not come to its end. Each query that is to use the index of these phones must have this very
/// condition.
macro_rules! is_open {
    () => {
        "state < 3"
    };
}
pub(super) use is_open;

pub(super) const TABLES: &str = concat!(
    "
    CREATE TABLE journal (
        vendor TEXT NOT NULL, tenant TEXT NOT NULL, columns TEXT NOT NULL,
        length INTEGER NOT NULL, alphabet TEXT NOT NULL,
        protection TEXT NOT NULL, salt BLOB NOT NULL, key_check BLOB NOT NULL,
        rule TEXT NOT NULL
    ) STRICT;
    CREATE TABLE phones (
        id INTEGER PRIMARY KEY,
        line INTEGER NOT NULL,
        name TEXT NOT NULL UNIQUE,
        state INTEGER NOT NULL DEFAULT 0,
        unsure INTEGER NOT NULL DEFAULT 0,   -- some call may have changed the password
        refused INTEGER NOT NULL DEFAULT 0,  -- the vendor refused: to ask again makes no sense
        checks INTEGER NOT NULL DEFAULT 0,   -- failed checks of the account, known and possible
        tries INTEGER NOT NULL DEFAULT 0,
        exported INTEGER NOT NULL DEFAULT 0,
        sent INTEGER,                        -- the last call, in milliseconds since 1970
        changed INTEGER,                     -- when that was over
        why TEXT NOT NULL DEFAULT '',
        new_password BLOB,
        account_password BLOB
    ) STRICT;
    CREATE INDEX open_phones ON phones (id) WHERE ",
    is_open!(),
    ";
"
);

/// What a journal is for.
pub(super) struct Header {
    pub(super) vendor: String,
    pub(super) tenant: String,
    pub(super) columns: String,
    pub(super) length: usize,
    pub(super) alphabet: String,
    pub(super) protection: Protection,
    pub(super) salt: [u8; SALT],
    /// [`KEY_CHECK`](super::encryption::KEY_CHECK), sealed.
    pub(super) key_check: Vec<u8>,
    /// What the vendor accepts, in words.
    pub(super) rule: String,
}

impl Header {
    pub(super) fn write(&self, connection: &Connection) -> Result<(), rusqlite::Error> {
        connection.pragma_update(None, "application_id", APPLICATION)?;
        connection.pragma_update(None, "user_version", VERSION)?;
        let (length, protection) = (self.length as i64, self.protection.text());
        connection.execute(
            "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                self.vendor,
                self.tenant,
                self.columns,
                length,
                self.alphabet,
                protection,
                self.salt,
                self.key_check,
                self.rule
            ],
        )?;
        Ok(())
    }

    pub(super) fn is_ours(connection: &Connection) -> Result<(), JournalError> {
        let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
        match (number("application_id")?, number("user_version")?) {
            (APPLICATION, VERSION) => Ok(()),
            (APPLICATION, later) if later > VERSION => Err(JournalError::Newer),
            _ => Err(JournalError::NotAJournal),
        }
    }

    pub(super) fn read(connection: &Connection) -> Result<Self, JournalError> {
        let problem: String = connection.query_one("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if problem != "ok" {
            return Err(JournalError::Damaged(problem.replace(char::is_control, " ")));
        }
        let damaged = |what: &str| JournalError::Damaged(what.to_string());
        let read = |row: &SqlRow<'_>| {
            let (length, protection): (i64, String) = (row.get(3)?, row.get(5)?);
            let header = Self {
                vendor: row.get(0)?,
                tenant: row.get(1)?,
                columns: row.get(2)?,
                length: usize::try_from(length).unwrap_or_default(),
                alphabet: row.get(4)?,
                protection: Protection::Plaintext,
                salt: row.get(6)?,
                key_check: row.get(7)?,
                rule: row.get(8)?,
            };
            Ok((header, protection))
        };
        let found = connection.query_row("SELECT * FROM journal", [], read).optional()?;
        let (header, protection) = found.ok_or_else(|| damaged("it does not say what it is for"))?;
        let protection = Protection::of(&protection).ok_or_else(|| damaged("how it is protected"))?;
        Ok(Self { protection, ..header })
    }
}

/// The rule of a fleet in words, in one line.
pub(super) fn rule(fleet: &dyn Fleet) -> String {
    fleet.policy().explain().to_string().replace('\n', "; ")
}
