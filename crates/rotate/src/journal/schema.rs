//! The tables of a journal, and its header: what the rotation was planned for.

use std::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::encryption::{Protection, SALT};
use crate::{
    error::{JournalError, SqlResult},
    fleet::Fleet,
    throttle::Pace,
};

/// SQLite's `application_id`, which marks the file as ours: `SIPJ`.
pub(super) const APPLICATION: i32 = 0x5349_504a;
/// SQLite's `user_version`: the version of the tables.
pub(super) const VERSION: i32 = 3;
/// Separates the names of a phone in the column `name`.
pub(super) use crate::accounts::NAME_SEPARATOR;

/// In SQL: the rotation of a phone has not come to its end. A query uses the index of these phones only if it has this very
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
        policy TEXT NOT NULL,
        extra_headers TEXT NOT NULL,        -- `NAME: VALUE`, one a line
        proven INTEGER NOT NULL DEFAULT 0,  -- the most phones of a call whose reply confirmed each with what was sent
        next_call INTEGER NOT NULL DEFAULT 0, -- the rate allows no call before, in milliseconds since 1970
        wait_until INTEGER NOT NULL DEFAULT 0 -- the vendor asked to wait until then
    ) STRICT;
    CREATE TABLE phones (
        id INTEGER PRIMARY KEY,
        line INTEGER NOT NULL,                -- of the accounts file; 0 if the phone is not in it
        name TEXT NOT NULL UNIQUE,
        state INTEGER NOT NULL DEFAULT 0,
        uncertain INTEGER NOT NULL DEFAULT 0, -- some call may have changed the password
        refused INTEGER NOT NULL DEFAULT 0,   -- the vendor refused: to ask again makes no sense
        disputed INTEGER NOT NULL DEFAULT 0,  -- the reply to another call named the phone while its own was in flight
        checks INTEGER NOT NULL DEFAULT 0,    -- failed checks of the account's password, known and possible
        calls INTEGER NOT NULL DEFAULT 0,
        exported INTEGER NOT NULL DEFAULT 0,
        sent INTEGER,                         -- when the last call was made, in milliseconds since 1970
        changed INTEGER,                      -- when its outcome was known
        reason TEXT NOT NULL DEFAULT '',
        new_password BLOB,
        account_password BLOB,
        vendor_password BLOB                  -- what the vendor says that the phone has in place of the new one
    ) STRICT;
    CREATE INDEX open_phones ON phones (id) WHERE ",
    is_open!(),
    ";"
);

/// What the rotation was planned for, and how its secrets are protected.
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
    pub(super) policy: String,
    /// [`Fleet::extra_headers`], as `NAME: VALUE`, one a line.
    pub(super) extra_headers: String,
    pub(super) progress: Progress,
}

/// What the calls so far have shown, and when the next one may be made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// The most phones of a call whose reply confirmed each of them with the password that was sent.
    pub(crate) proven: u32,
    /// The rate allows no call before, in milliseconds since 1970.
    pub(crate) next_call: i64,
    /// The vendor asked to wait until then, in milliseconds since 1970.
    pub(crate) wait_until: i64,
}

impl Progress {
    /// When the next call may be made.
    pub(crate) const fn pace(self) -> Pace {
        Pace { next_call: self.next_call, wait_until: self.wait_until }
    }
}

impl Header {
    pub(super) fn write(&self, connection: &Connection) -> Result<(), JournalError> {
        connection.pragma_update(None, "application_id", APPLICATION).sql()?;
        connection.pragma_update(None, "user_version", VERSION).sql()?;
        let values = params![
            self.vendor,
            self.tenant,
            self.columns,
            self.length as i64,
            self.alphabet,
            self.protection.to_sql(),
            self.salt,
            self.key_check,
            self.policy,
            self.extra_headers
        ];
        let insert = "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0)";
        connection.execute(insert, values).sql()?;
        Ok(())
    }

    /// Checks that the file is a journal of this version. Reads nothing else, and writes nothing.
    pub(super) fn check_file(connection: &Connection) -> Result<(), JournalError> {
        let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0)).sql();
        match (number("application_id")?, number("user_version")?) {
            (APPLICATION, VERSION) => Ok(()),
            (APPLICATION, newer) if newer > VERSION => Err(JournalError::Newer),
            (APPLICATION, older) if older > 0 => Err(JournalError::Older),
            _ => Err(JournalError::NotAJournal),
        }
    }

    /// Checks the whole file, and reads its header.
    pub(super) fn read(connection: &Connection) -> Result<Self, JournalError> {
        let problem: String = connection.query_one("PRAGMA quick_check(1)", [], |row| row.get(0)).sql()?;
        if problem != "ok" {
            return Err(JournalError::Damaged(problem.replace(char::is_control, " ")));
        }
        let damaged = |what: &str| JournalError::Damaged(what.to_string());
        let read = |row: &Row<'_>| {
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
                policy: row.get(8)?,
                extra_headers: row.get(9)?,
                progress: Progress {
                    proven: row.get(10)?,
                    next_call: row.get(11)?,
                    wait_until: row.get(12)?,
                },
            };
            Ok((header, protection))
        };
        let found = connection.query_row("SELECT * FROM journal", [], read).optional().sql()?;
        let (header, protection) = found.ok_or_else(|| damaged("the header is missing"))?;
        let protection = Protection::from_sql(&protection).ok_or_else(|| damaged("the protection"))?;
        Ok(Self { protection, ..header })
    }
}

/// A fleet's policy in words, in one line.
pub(super) fn policy_of(fleet: &dyn Fleet) -> String {
    fleet.policy().explain().to_string().replace('\n', "; ")
}

/// A fleet's extra headers as the journal has them. A value has no line break, and a name no colon.
pub(super) fn extra_headers_of(fleet: &dyn Fleet) -> String {
    let lines = fleet.extra_headers().pairs().iter().map(|(name, value)| format!("{name}: {value}"));
    lines.collect::<Vec<_>>().join("\n")
}
