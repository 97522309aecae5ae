//! What an export has of each phone.

use std::{collections::BTreeSet, time::SystemTime};

use clap::ValueEnum;
use jiff::Timestamp;
use sip_password_rotate::{Journal, MAX_ACCOUNTS_ROW, PhonePasswords, PhoneRecord, RegisteredWith};

use crate::{csv, json::Object};

/// The longest reason that is exported, in bytes.
const MAX_REASON: usize = 1 << 10;
/// The longest record, in bytes: JSON writes a control character as six, the names of the columns are as long as a row at most, and a row
/// is noticed to be too long a block of a reader later.
pub(super) const MAX_RECORD: usize = 2 * 6 * (MAX_ACCOUNTS_ROW as usize + (1 << 14));

/// What an export adds to the columns of the accounts file.
const ADDED: [&str; 9] = [
    "password",
    "vendor_password",
    "state",
    "calls",
    "sent",
    "changed",
    "reason",
    "provisioned",
    "registered",
];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::rotate) enum Format {
    /// A header, and a row for each phone
    #[default]
    Csv,
    /// An object for each phone, one a line
    Json,
}

/// The columns of an export: those of the accounts file, in its order, and what is added.
pub(in crate::rotate) struct Columns {
    format: Format,
    names: Vec<String>,
}

impl Columns {
    pub(in crate::rotate) fn new(journal: &Journal, format: Format) -> Self {
        let mut names = accounts_names(journal);
        if matches!(format, Format::Json) {
            make_unique(&mut names);
        }
        names.extend(ADDED.map(String::from));
        Self { format, names }
    }

    /// What stands before the first phone.
    pub(in crate::rotate) fn write_header(&self, to: &mut Vec<u8>) {
        if matches!(self.format, Format::Csv) {
            csv::write_row(&self.names.iter().map(String::as_str).collect::<Vec<_>>(), to);
        }
    }

    pub(in crate::rotate) fn write_phone(
        &self,
        phone: &PhoneRecord<'_>,
        passwords: PhonePasswords<'_>,
        to: &mut Vec<u8>,
    ) {
        let times = [phone.sent, phone.changed, phone.provisioned];
        let [sent, changed, provisioned] = times.map(|time| time.map(utc).unwrap_or_default());
        let registered = phone.registered.map(RegisteredWith::name).unwrap_or_default();
        let end = (0..=MAX_REASON).rev().find(|&at| phone.reason.is_char_boundary(at)).unwrap_or_default();
        let reason = &phone.reason[..end];
        let state = phone.state.name();
        match self.format {
            Format::Csv => {
                let calls = phone.calls.to_string();
                let mut row = phone.fields.clone();
                row.extend([passwords.new, passwords.vendor, state, &calls, &sent, &changed, reason]);
                row.extend([&*provisioned, registered]);
                csv::write_row(&row, to);
            }
            Format::Json => {
                let (accounts, added) = self.names.split_at(phone.fields.len());
                let mut object = Object::begin(to);
                for (name, field) in accounts.iter().zip(&phone.fields) {
                    object.member(name, field);
                }
                // What there is not is null, as it is in other formats of JSON.
                let text = |text| Some(text).filter(|text: &&str| !text.is_empty());
                let [password, vendor, state_name, calls, sent_name, changed_name, reason_name, when, with] =
                    added
                else {
                    unreachable!("{} columns are added", ADDED.len());
                };
                object.member(password, &text(passwords.new)).member(vendor, &text(passwords.vendor));
                object.member(state_name, state).member(calls, &u64::from(phone.calls));
                object.member(sent_name, &text(&sent)).member(changed_name, &text(&changed));
                object.member(reason_name, &text(reason));
                object.member(when, &text(&provisioned)).member(with, &text(registered));
                object.end();
                to.push(b'\n');
            }
        }
    }
}

/// The names that the columns of the accounts file have in an export.
pub(super) fn accounts_names(journal: &Journal) -> Vec<String> {
    journal.accounts_columns().iter().map(|name| unlike_the_added(name)).collect()
}

/// A column of the accounts file that has the name of an added one: that of an old password, for example.
fn unlike_the_added(name: &str) -> String {
    let mut name = String::from(name);
    while ADDED.contains(&&*name) {
        name.insert_str(0, "accounts_");
    }
    name
}

/// Gives columns without a name and those that share one names of their own, since most readers of JSON keep one member of a name.
fn make_unique(names: &mut [String]) {
    let given: BTreeSet<String> = names.iter().cloned().collect();
    let mut taken: BTreeSet<String> = ADDED.map(String::from).into();
    for (place, name) in names.iter_mut().enumerate() {
        if !name.is_empty() && taken.insert(name.clone()) {
            continue;
        }
        let (base, first) = match name.is_empty() {
            true => (format!("column_{}", place + 1), 1),
            false => (name.clone(), 2),
        };
        let mut candidates = (first..).map(|number: usize| match number {
            1 => base.clone(),
            _ => format!("{base}_{number}"),
        });
        let free = candidates.find(|candidate| !given.contains(candidate) && taken.insert(candidate.clone()));
        *name = free.expect("numbers do not end");
    }
}

/// A time as in RFC 3339, in seconds; empty if its year does not have four digits.
fn utc(time: SystemTime) -> String {
    let Ok(time) = Timestamp::try_from(time) else { return String::new() };
    format!("{}", time.strftime("%Y-%m-%dT%H:%M:%SZ"))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn times() {
        for (seconds, text) in
            [(0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"), (1 << 40, "")]
        {
            assert_eq!(utc(UNIX_EPOCH + Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn names_of_columns() {
        assert_eq!(unlike_the_added("user"), "user");
        assert_eq!(unlike_the_added("password"), "accounts_password");
        let mut names = ["a", "", "a", "a_2", "a", "column_2"].map(String::from);
        make_unique(&mut names);
        assert_eq!(names, ["a", "column_2_2", "a_3", "a_2", "a_4", "column_2"]);
    }
}
