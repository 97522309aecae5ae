//! The list of phones: a user, a new password and perhaps an old one in each row.

use std::{
    collections::{HashMap, hash_map::Entry as MapEntry},
    path::Path,
};

use clap::Args;
use sip_password_registered::{FieldError, Password, User};

use crate::{
    error::CommandError,
    list::{List, Row, delimiter, shown},
    plural,
};

#[derive(Args)]
#[group(skip)]
pub(super) struct Columns {
    /// The column of the user names, by which phones register
    #[arg(long, value_name = "COLUMN", default_value = "user")]
    user: String,
    /// The column of the new passwords
    #[arg(long, value_name = "COLUMN", default_value = "password")]
    password: String,
    /// Try the password in this column if the new one is refused; a row without it has none
    #[arg(long, value_name = "COLUMN")]
    old_password: Option<String>,
    /// The delimiter of the columns: one character, or tab [default: that of the header]
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    delimiter: Option<u8>,
}

impl Columns {
    pub(super) fn open(&self, path: Option<&Path>) -> Result<Phones<'_>, CommandError> {
        let old = self.old_password.as_deref();
        let wanted: Vec<&str> = [&*self.user, &*self.password].into_iter().chain(old).collect();
        let mut list = List::open(path, self.delimiter, &wanted)?;
        let user = list.column("--user", &self.user)?;
        let new = list.column("--password", &self.password)?;
        let old = old.map(|name| list.column("--old-password", name)).transpose()?;
        if user == new || old.is_some_and(|old| old == user || old == new) {
            return Err(CommandError::new(
                "--user, --password and --old-password: expected different columns, found one twice",
            ));
        }
        list.skip_header()?;
        Ok(Phones {
            list,
            columns: self,
            places: Places { user, new, old },
            users: HashMap::new(),
            wrong_rows: 0,
        })
    }
}

/// Where the columns are.
#[derive(Clone, Copy)]
struct Places {
    user: usize,
    new: usize,
    old: Option<usize>,
}

/// Reads a list.
pub(super) struct Phones<'a> {
    list: List,
    columns: &'a Columns,
    places: Places,
    /// The line of each user: an account that is asked about twice has one failed login more.
    users: HashMap<String, u64>,
    wrong_rows: u64,
}

/// A row.
pub(super) enum Entry<'a> {
    Phone(Phone<'a>),
    /// What is wrong with it.
    Wrong(String),
}

/// A phone.
pub(crate) struct Phone<'a> {
    pub(crate) line: u64,
    pub(crate) user: User<'a>,
    pub(crate) new: Password<'a>,
    pub(crate) old: Option<Password<'a>>,
    /// The number of bytes of the row.
    pub(crate) bytes: u64,
}

impl Phones<'_> {
    /// The number of bytes of the list, if it is known.
    pub(super) fn size(&self) -> Option<u64> {
        self.list.size
    }

    pub(super) fn wrong_rows(&self) -> u64 {
        self.wrong_rows
    }

    /// The next row, if there is one.
    pub(super) fn next(&mut self) -> Result<Option<Entry<'_>>, CommandError> {
        let Some(row) = self.list.next()? else { return Ok(None) };
        let phone = match row {
            Ok(row) => self.columns.phone(&row, self.places),
            Err(wrong) => Err(wrong.to_string()),
        };
        let phone = phone.and_then(|phone| match self.users.entry(phone.user.as_str().to_owned()) {
            MapEntry::Occupied(first) => Err(format!(
                "line {}: expected each user once, found that of line {} again",
                phone.line,
                first.get()
            )),
            MapEntry::Vacant(place) => {
                place.insert(phone.line);
                Ok(phone)
            }
        });
        Ok(Some(match phone {
            Ok(phone) => Entry::Phone(phone),
            Err(wrong) => {
                self.wrong_rows += 1;
                Entry::Wrong(wrong)
            }
        }))
    }

    /// An error if a row is wrong.
    pub(super) fn check(&self) -> Result<(), CommandError> {
        match self.wrong_rows {
            0 => Ok(()),
            count => Err(CommandError::new(format!(
                "{count} wrong row{}, named above, without an outcome",
                plural(count)
            ))),
        }
    }
}

impl Columns {
    fn phone<'a>(&self, row: &Row<'a>, places: Places) -> Result<Phone<'a>, String> {
        let line = row.line;
        let wrong = |column: &str| {
            let column = shown(column).to_owned();
            move |error: FieldError| format!("line {line}, column {column}: {error}")
        };
        let user = User::new(row.field(places.user)).map_err(wrong(&self.user))?;
        let new = Password::new(row.field(places.new)).map_err(wrong(&self.password))?;
        let old = places.old.map(|place| row.field(place)).filter(|old| !old.is_empty());
        let old = old.map(Password::new).transpose();
        let old = old.map_err(wrong(self.old_password.as_deref().unwrap_or_default()))?;
        Ok(Phone { line, user, new, old, bytes: row.raw.len() as u64 + 1 })
    }
}
