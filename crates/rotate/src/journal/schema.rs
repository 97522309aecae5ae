//! The tables of a journal, and its header: what the rotation was planned for.

use std::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use rusqlite::{Connection, Row, config::DbConfig, params};

use super::{
    authentication::Encoder,
    derivation::Argon2Cost,
    encryption::{Protection, SALT},
    rows::text,
};
use crate::{
    accounts::display_text,
    error::{JournalError, SqlResult},
    fleet::Fleet,
    throttle::Pace,
};

/// SQLite's `application_id`, which marks the file as ours: `SIPJ`.
pub(super) const APPLICATION: i32 = 0x5349_504a;
/// SQLite's `user_version`: the version of the tables.
pub(super) const VERSION: i32 = 5;
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

/// The tables and the index, each as SQLite's own table of them has its text. A journal with any other text, or with anything else in
/// that table, was edited.
pub(super) const TABLES: [(&str, &str); 3] = [
    (
        "journal",
        "CREATE TABLE journal (
        vendor TEXT NOT NULL, tenant TEXT NOT NULL, columns TEXT NOT NULL,
        accounts_columns TEXT NOT NULL, -- those of the accounts file but for the account password's, as a CSV record
        length INTEGER NOT NULL, alphabet TEXT NOT NULL,
        protection TEXT NOT NULL, salt BLOB NOT NULL, key_check BLOB NOT NULL,
        policy TEXT NOT NULL,
        not_containing TEXT NOT NULL, -- columns of the accounts file, one a line
        extra_headers TEXT NOT NULL,  -- `NAME: VALUE`, one a line
        memory INTEGER, passes INTEGER, lanes INTEGER, argon2 INTEGER, -- the cost of Argon2id, if the key is a passphrase
        proven INTEGER NOT NULL,      -- the most phones of a call whose reply confirmed each with what was sent
        next_call INTEGER NOT NULL,   -- the rate allows no call before, in milliseconds since 1970
        wait_until INTEGER NOT NULL,  -- the vendor asked to wait until then
        generation INTEGER NOT NULL,  -- how many times the journal was changed
        rows INTEGER NOT NULL,        -- of the other table
        mac BLOB NOT NULL             -- of all columns before, and of the MACs of all rows; empty without a key
    ) STRICT",
    ),
    (
        "phones",
        "CREATE TABLE phones (
        id INTEGER PRIMARY KEY,
        line INTEGER NOT NULL,        -- of the accounts file; 0 if the phone is not in it
        name TEXT NOT NULL UNIQUE,
        state INTEGER NOT NULL,
        uncertain INTEGER NOT NULL,   -- some call may have changed the password
        refused INTEGER NOT NULL,     -- the vendor refused: to ask again makes no sense
        disputed INTEGER NOT NULL,    -- the reply to another call named the phone while its own was in flight
        checks INTEGER NOT NULL,      -- failed checks of the account's password, known and possible
        calls INTEGER NOT NULL,
        exported INTEGER NOT NULL,
        sent INTEGER,                 -- when the last call was made, in milliseconds since 1970
        changed INTEGER,              -- when its outcome was known
        reason TEXT NOT NULL,
        new_password BLOB,
        account_password BLOB,
        vendor_password BLOB,         -- what the vendor says that the phone has in place of the new one
        other_fields BLOB,            -- what the accounts file has in its other columns, as a CSV record
        provisioned INTEGER,          -- when the new password was handed on to the phone, in milliseconds since 1970
        provisioning TEXT NOT NULL,   -- why the last attempt at that failed
        registered INTEGER,           -- which password a registrar accepted when it was last asked
        asked INTEGER,                -- when that was, in milliseconds since 1970
        mac BLOB NOT NULL             -- of all columns before; empty without a key
    ) STRICT",
    ),
    ("open_phones", concat!("CREATE INDEX open_phones ON phones (id) WHERE ", is_open!())),
];

/// Switches off what SQLite would execute because a file says so. For a file that another program may have written, before anything
/// is read.
pub(super) fn distrust(connection: &Connection) -> Result<(), JournalError> {
    use DbConfig::*;
    for (config, on) in [
        (SQLITE_DBCONFIG_DEFENSIVE, true),
        (SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (SQLITE_DBCONFIG_ENABLE_VIEW, false),
    ] {
        connection.set_db_config(config, on).sql()?;
    }
    Ok(())
}

/// Checks that the file has the journal's tables and its index, as they were written, and nothing else: no trigger, no view. Reads none of
/// them.
fn check_schema(connection: &Connection) -> Result<(), JournalError> {
    let edited = |name: &str, found: &str| {
        let name = display_text(name);
        Err(JournalError::Edited(format!("expected {name} as this release defines it, found {found}")))
    };
    let mut missing = TABLES.to_vec();
    let mut select = connection.prepare("SELECT type, name, sql FROM sqlite_schema").sql()?;
    let mut found = select.query([]).sql()?;
    while let Some(row) = found.next().sql()? {
        let (kind, name): (String, String) = (row.get(0).sql()?, row.get(1).sql()?);
        let sql: Option<String> = row.get(2).sql()?;
        // The index of `UNIQUE`.
        if kind == "index" && name == "sqlite_autoindex_phones_1" && sql.is_none() {
            continue;
        }
        match missing.iter().position(|(expected, _)| *expected == name) {
            Some(place) if sql.as_deref() == Some(missing[place].1) => drop(missing.swap_remove(place)),
            Some(_) => return edited(&name, "another definition"),
            None => {
                let (kind, name) = (display_text(&kind), display_text(&name));
                return Err(JournalError::Edited(format!("expected nothing else, found the {kind} {name}")));
            }
        }
    }
    match missing.first() {
        None => Ok(()),
        Some((name, _)) => edited(name, "nothing"),
    }
}

/// What the rotation was planned for, and how its secrets are protected.
pub(super) struct Header {
    pub(super) vendor: String,
    pub(super) tenant: String,
    pub(super) columns: String,
    /// The columns of the accounts file but for the account password's, as a [record](super::record).
    pub(super) accounts_columns: String,
    pub(super) length: usize,
    /// The characters of the passwords, and on a second line those that are never the first one, if there are any.
    pub(super) alphabet: String,
    pub(super) protection: Protection,
    pub(super) salt: [u8; SALT],
    /// [`KEY_CHECK`](super::encryption::KEY_CHECK), sealed.
    pub(super) key_check: Vec<u8>,
    /// What the vendor accepts, in words.
    pub(super) policy: String,
    /// The columns of the accounts file that have the words of each row, one a line.
    pub(super) not_containing: String,
    /// [`Fleet::extra_headers`], as `NAME: VALUE`, one a line.
    pub(super) extra_headers: String,
    /// What Argon2id costs, if the key is a passphrase.
    pub(super) cost: Option<Argon2Cost>,
    pub(super) progress: Progress,
    /// How many times the journal was changed.
    pub(super) generation: i64,
    /// The number of phones.
    pub(super) rows: i64,
    /// Of all the above, and of the MACs of all rows.
    pub(super) mac: Vec<u8>,
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
    /// Writes the header of a new journal.
    pub(super) fn insert(&self, connection: &Connection) -> Result<(), JournalError> {
        connection.pragma_update(None, "application_id", APPLICATION).sql()?;
        connection.pragma_update(None, "user_version", VERSION).sql()?;
        let cost = |number: fn(Argon2Cost) -> u32| self.cost.map(number);
        let values = params![
            self.vendor,
            self.tenant,
            self.columns,
            self.accounts_columns,
            self.length as i64,
            self.alphabet,
            self.protection.to_sql(),
            self.salt,
            self.key_check,
            self.policy,
            self.not_containing,
            self.extra_headers,
            cost(|cost| cost.memory),
            cost(|cost| cost.passes),
            cost(|cost| cost.lanes),
            cost(|cost| cost.version),
            self.progress.proven,
            self.progress.next_call,
            self.progress.wait_until,
            self.generation,
            self.rows,
            self.mac
        ];
        let insert =
            "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        connection.execute(insert, values).sql()?;
        Ok(())
    }

    /// Writes what changes while a rotation runs.
    pub(super) fn update(&self, connection: &Connection) -> Result<(), JournalError> {
        let Progress { proven, next_call, wait_until } = self.progress;
        let update =
            "UPDATE journal SET proven = ?, next_call = ?, wait_until = ?, generation = ?, rows = ?, mac = ?";
        let values = params![proven, next_call, wait_until, self.generation, self.rows, self.mac];
        connection.prepare_cached(update).sql()?.execute(values).sql()?;
        Ok(())
    }

    /// Gives each value that the head's MAC covers, in the order of the columns.
    pub(super) fn encode(&self, to: &mut Encoder<'_>) {
        to.text(&self.vendor);
        to.text(&self.tenant);
        to.text(&self.columns);
        to.text(&self.accounts_columns);
        to.integer(self.length as i64);
        to.text(&self.alphabet);
        to.text(self.protection.to_sql());
        to.blob(Some(&self.salt));
        to.blob(Some(&self.key_check));
        to.text(&self.policy);
        to.text(&self.not_containing);
        to.text(&self.extra_headers);
        let cost: [fn(Argon2Cost) -> u32; 4] =
            [|cost| cost.memory, |cost| cost.passes, |cost| cost.lanes, |cost| cost.version];
        cost.into_iter().for_each(|number| to.integer_or_null(self.cost.map(number).map(i64::from)));
        to.integer(self.progress.proven.into());
        to.integer(self.progress.next_call);
        to.integer(self.progress.wait_until);
        to.integer(self.generation);
        to.integer(self.rows);
    }

    /// Checks that the file is a journal of this version, with its tables and nothing else. Writes nothing.
    pub(super) fn check_file(connection: &Connection) -> Result<(), JournalError> {
        distrust(connection)?;
        let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0)).sql();
        match (number("application_id")?, number("user_version")?) {
            (APPLICATION, VERSION) => check_schema(connection),
            (APPLICATION, newer) if newer > VERSION => Err(JournalError::Newer),
            (APPLICATION, older) if older > 0 => Err(JournalError::Older),
            _ => Err(JournalError::NotAJournal),
        }
    }

    /// Checks the whole file, and reads its header.
    pub(super) fn check_and_read(connection: &Connection) -> Result<Self, JournalError> {
        let problem: String = connection.query_one("PRAGMA quick_check(1)", [], |row| row.get(0)).sql()?;
        if problem != "ok" {
            return Err(JournalError::Damaged(problem));
        }
        Self::read(connection)
    }

    pub(super) fn read(connection: &Connection) -> Result<Self, JournalError> {
        let damaged = |what: &str| JournalError::Damaged(what.to_string());
        let mut select = connection.prepare("SELECT * FROM journal").sql()?;
        let mut rows = select.query([]).sql()?;
        let row = rows.next().sql()?.ok_or_else(|| damaged("the header is missing"))?;
        let header = Self::from_row(row)?;
        match rows.next().sql()? {
            None => Ok(header),
            Some(_) => Err(JournalError::Edited("expected one header, found several".to_string())),
        }
    }

    fn from_row(row: &Row<'_>) -> Result<Self, JournalError> {
        let protection: String = row.get("protection").sql()?;
        let protection = Protection::from_sql(&protection)
            .ok_or_else(|| JournalError::Damaged("the protection".to_string()))?;
        let number = |column| row.get::<_, Option<u32>>(column).sql();
        let cost = match (number("memory")?, number("passes")?, number("lanes")?, number("argon2")?) {
            (Some(memory), Some(passes), Some(lanes), Some(version)) => {
                Some(Argon2Cost { memory, passes, lanes, version })
            }
            (None, None, None, None) => None,
            _ => return Err(JournalError::Edited("Argon2's cost is incomplete".to_string())),
        };
        Ok(Self {
            vendor: text(row, "vendor")?.into_owned(),
            tenant: text(row, "tenant")?.into_owned(),
            columns: text(row, "columns")?.into_owned(),
            accounts_columns: text(row, "accounts_columns")?.into_owned(),
            length: usize::try_from(row.get::<_, i64>("length").sql()?).unwrap_or_default(),
            alphabet: text(row, "alphabet")?.into_owned(),
            protection,
            salt: row.get("salt").sql()?,
            key_check: row.get("key_check").sql()?,
            policy: text(row, "policy")?.into_owned(),
            not_containing: text(row, "not_containing")?.into_owned(),
            extra_headers: text(row, "extra_headers")?.into_owned(),
            cost,
            progress: Progress {
                proven: row.get("proven").sql()?,
                next_call: row.get("next_call").sql()?,
                wait_until: row.get("wait_until").sql()?,
            },
            generation: row.get("generation").sql()?,
            rows: row.get("rows").sql()?,
            mac: row.get("mac").sql()?,
        })
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
