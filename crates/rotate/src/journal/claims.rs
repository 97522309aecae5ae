//! Phones on their way: handed to a worker, and recorded when their call has ended.

use std::{borrow::ToOwned, format, string::String, vec::Vec};

use rusqlite::{OptionalExtension, Row, ToSql, params, params_from_iter, types::Null};
use sip_password::api::lockout::MAX_FAILED_CHECKS;
use zeroize::Zeroizing;

use super::{
    Journal,
    encryption::{SecretKind, context},
    knowledge::Knowledge,
    now,
    schema::{NAME_SEPARATOR, is_open},
    state::RotationState,
};
use crate::{
    accounts::has_control,
    error::{JournalError, SqlResult},
    fleet::{Fleet, PhoneReport, PhoneUpdate, UnrequestedPhone, VendorPassword},
};

/// A phone that a worker holds, until [`Journal::record`] is told the outcome.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim {
    id: i64,
    /// The failed checks behind the account before this call; `None` if the vendor locks no accounts.
    checks: Option<u8>,
}

impl Claim {
    pub(super) const fn new(id: i64) -> Self {
        Self { id, checks: None }
    }

    /// The phone's place in the order of the journal.
    pub(crate) const fn id(self) -> i64 {
        self.id
    }
}

/// A phone that a worker is to send.
pub(crate) struct Claimed {
    pub(crate) claim: Claim,
    pub(super) name: String,
    pub(super) account_password: Zeroizing<String>,
    pub(super) new_password: Zeroizing<String>,
    pub(super) vendor_password: Zeroizing<String>,
}

impl Claimed {
    /// Calls `work` with these phones as a fleet takes them.
    pub(crate) fn with_all<T>(claimed: &[Self], work: impl FnOnce(&[PhoneUpdate<'_>]) -> T) -> T {
        let names: Vec<Vec<_>> =
            claimed.iter().map(|phone| phone.name.split(NAME_SEPARATOR).collect()).collect();
        let phones: Vec<_> = (claimed.iter().zip(&names))
            .map(|(phone, names)| PhoneUpdate {
                names,
                account_password: &phone.account_password,
                new_password: &phone.new_password,
            })
            .collect();
        work(&phones)
    }
}

pub(super) fn knowledge(row: &Row<'_>) -> Result<Knowledge, JournalError> {
    Ok(Knowledge {
        state: RotationState::from_sql(row.get("state").sql()?)?,
        uncertain: row.get("uncertain").sql()?,
        refused: row.get("refused").sql()?,
        disputed: row.get("disputed").sql()?,
        checks: row.get("checks").sql()?,
    })
}

impl Journal {
    /// Marks the next phones after `after` as being sent, at most this many: planned ones, and with `unknown_too` those whose state is
    /// unknown. Leaves an account alone that one more failed check could lock.
    pub(crate) fn claim(
        &mut self,
        fleet: &dyn Fleet,
        after: i64,
        unknown_too: bool,
        most: usize,
    ) -> Result<Vec<Claimed>, JournalError> {
        let (found, damaged) = self.next_phones(after, unknown_too, most)?;
        for (id, reason) in damaged {
            self.execute("UPDATE phones SET refused = 1, reason = ? WHERE id = ?", params![reason, id])?;
        }
        let mut claimed = Vec::with_capacity(found.len());
        for (mut phone, before) in found {
            if fleet.locks_accounts() {
                phone.claim.checks = Some(before.checks);
            }
            // On disk before the call.
            let after = before.claimed(fleet.locks_accounts());
            self.store(phone.claim.id, before, after, ", calls = calls + 1, sent = ?7", &[&now()])?;
            claimed.push(phone);
        }
        Ok(claimed)
    }

    /// The phones that [`claim`](Self::claim) is to mark, with what is known of them; and those that cannot be sent because their rows
    /// are damaged.
    fn next_phones(&self, after: i64, unknown_too: bool, most: usize) -> Result<NextPhones, JournalError> {
        let seal = self.seal()?;
        let query = concat!(
            "SELECT * FROM phones WHERE ",
            is_open!(),
            " AND id > ? AND NOT refused AND new_password IS NOT NULL ORDER BY id"
        );
        let mut select = self.connection.prepare_cached(query).sql()?;
        let mut phones = select.query([after]).sql()?;
        let (mut found, mut damaged) = (Vec::with_capacity(most.min(1024)), Vec::new());
        while found.len() < most
            && let Some(row) = phones.next().sql()?
        {
            let phone = knowledge(row).and_then(|known| match known.is_claimable(unknown_too) {
                true => Ok(Some((self.secrets(seal, row)?, known))),
                false => Ok(None),
            });
            match phone {
                Ok(phone) => found.extend(phone),
                Err(JournalError::Damaged(place)) => {
                    let reason = format!("not sent: the journal is damaged: {place}");
                    damaged.push((row.get("id").sql()?, reason));
                }
                Err(error) => return Err(error),
            }
        }
        Ok((found, damaged))
    }

    /// Whether there is a phone that [`claim`](Self::claim) would take.
    pub(crate) fn has_claimable(&self) -> Result<bool, JournalError> {
        let query = concat!(
            "SELECT EXISTS (SELECT 1 FROM phones WHERE ",
            is_open!(),
            " AND state <> ? AND NOT refused AND new_password IS NOT NULL AND checks < ?)"
        );
        let mut select = self.connection.prepare_cached(query).sql()?;
        select.query_one(params![RotationState::Sending.to_sql(), MAX_FAILED_CHECKS], |row| row.get(0)).sql()
    }

    /// How many phones a run would send; with `refused_too`, after [`retry_refused`](Self::retry_refused). The others that are not
    /// confirmed were refused, or one more failed check could lock their accounts.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn to_send(&self, refused_too: bool) -> Result<u64, JournalError> {
        let query = concat!(
            "SELECT count(*) FROM phones WHERE checks < ?1 AND new_password IS NOT NULL AND ((",
            is_open!(),
            " AND NOT refused) OR (?2 AND refused))"
        );
        let mut select = self.connection.prepare(query).sql()?;
        let found: i64 = select.query_one(params![MAX_FAILED_CHECKS, refused_too], |row| row.get(0)).sql()?;
        Ok(found.unsigned_abs())
    }

    /// Notes that a call for these phones and others was answered without confirming them, before anything else is sent for them.
    pub(crate) fn doubt(&mut self, claims: &[Claim]) -> Result<(), JournalError> {
        claims.iter().try_for_each(|claim| {
            let known = self.known(claim.id)?;
            self.store(claim.id, known, known.doubted(), "", &[])
        })
    }

    /// Records what became of a phone that was claimed. Recorded once more, it changes nothing.
    pub(crate) fn record(&mut self, claim: Claim, report: &PhoneReport) -> Result<(), JournalError> {
        let before = self.known(claim.id)?;
        if before.state != RotationState::Sending {
            return Ok(());
        }
        let after = before.recorded(report.outcome, report.lockout, claim.checks);
        let also = match after.state {
            RotationState::Confirmed => {
                ", changed = ?7, reason = ?8, account_password = NULL, vendor_password = NULL"
            }
            _ => CHANGED,
        };
        self.store(claim.id, before, after, also, &[&now(), &report.reason])?;
        match &report.vendor_password {
            Some(password) => self.keep_vendor_password(claim.id, password),
            None => Ok(()),
        }
    }

    /// Records the phones that a reply named without having been asked for them. Those that are not in this rotation are added to the
    /// journal, so that the passwords that the reply gives for them are kept.
    pub(crate) fn record_unrequested(&mut self, phones: &[UnrequestedPhone]) -> Result<(), JournalError> {
        for phone in phones {
            // A name with a control character could be taken for two.
            let names = phone.names.as_deref().filter(|names| !names.iter().any(|name| has_control(name)));
            let found = match names {
                Some(names) => self.find(&names.join(NAME_SEPARATOR))?,
                None => None,
            };
            let id = match found {
                Some(id) => id,
                None => self.add_foreign(names)?,
            };
            let before = self.known(id)?;
            let reason = "the reply to a call for other phones gives this phone a password";
            self.store(id, before, before.named_by_another(), CHANGED, &[&now(), &reason])?;
            if let Some(password) = &phone.password {
                self.keep_vendor_password(id, password)?;
            }
        }
        Ok(())
    }

    fn find(&self, name: &str) -> Result<Option<i64>, JournalError> {
        let mut select = self.connection.prepare_cached("SELECT id FROM phones WHERE name = ?").sql()?;
        select.query_row([name], |row| row.get(0)).optional().sql()
    }

    /// Adds a phone that is not in the accounts file. It is never sent, since there is no new password for it.
    fn add_foreign(&mut self, names: Option<&[String]>) -> Result<i64, JournalError> {
        let name = match names {
            Some(names) => names.join(NAME_SEPARATOR),
            // It may be a secret, and names are not encrypted.
            None => format!("(name {} of a reply, not kept)", self.counts.total() + 1),
        };
        self.execute(
            "INSERT INTO phones (line, name, state, refused) VALUES (?, ?, ?, 1)",
            params![FOREIGN, name, RotationState::Unknown.to_sql()],
        )?;
        self.counts.add(RotationState::Unknown);
        Ok(self.connection.last_insert_rowid())
    }

    /// Keeps the password that the vendor reported for a phone, in place of an earlier one: the latest reply is the best guess.
    fn keep_vendor_password(&mut self, id: i64, password: &VendorPassword) -> Result<(), JournalError> {
        let name: String = {
            let mut select = self.connection.prepare_cached("SELECT name FROM phones WHERE id = ?").sql()?;
            select.query_one([id], |row| row.get(0)).sql()?
        };
        let context = context(&self.header.salt, &name, SecretKind::Vendor);
        let sealed = self.seal()?.seal(password.expose_secret(), &context, &mut getrandom::SysRng);
        let sealed = sealed.map_err(|error| JournalError::Random(format!("{error}")))?;
        self.execute("UPDATE phones SET vendor_password = ? WHERE id = ?", params![&*sealed, id]).map(drop)
    }

    /// Lets the next run send the phones again that the vendor refused, except those whose accounts one more failed check could lock.
    /// Returns how many these are.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn retry_refused(&mut self) -> Result<u64, JournalError> {
        self.step(|journal| {
            let mut select =
                journal.connection.prepare("SELECT id FROM phones WHERE refused AND line <> ?").sql()?;
            let ids: Vec<i64> =
                select.query_map([FOREIGN], |row| row.get(0)).sql()?.collect::<Result<_, _>>().sql()?;
            drop(select);
            let mut again = 0;
            for id in ids {
                let before = journal.known(id)?;
                let after = before.retried();
                if after != before {
                    journal.store(id, before, after, "", &[])?;
                    again += 1;
                }
            }
            Ok(again)
        })
    }

    pub(super) fn known(&self, id: i64) -> Result<Knowledge, JournalError> {
        let query = "SELECT state, uncertain, refused, disputed, checks FROM phones WHERE id = ?";
        let mut select = self.connection.prepare_cached(query).sql()?;
        let mut rows = select.query([id]).sql()?;
        match rows.next().sql()? {
            Some(row) => knowledge(row),
            None => Err(JournalError::Damaged("a phone is missing".to_owned())),
        }
    }

    /// Stores what is known of a phone, and `also` what goes with it: more columns, whose values are the parameters from 7 on.
    pub(super) fn store(
        &mut self,
        id: i64,
        before: Knowledge,
        after: Knowledge,
        also: &str,
        values: &[&dyn ToSql],
    ) -> Result<(), JournalError> {
        let Knowledge { state, uncertain, refused, disputed, checks } = after;
        let number = state.to_sql();
        let known: [&dyn ToSql; 6] = [&number, &uncertain, &refused, &disputed, &checks, &id];
        let update = format!(
            "UPDATE phones SET state = ?1, uncertain = ?2, refused = ?3, disputed = ?4, checks = ?5{also} WHERE id = ?6"
        );
        self.execute(&update, params_from_iter(known.iter().chain(values)))?;
        self.counts.move_one(before.state, state);
        Ok(())
    }

    /// What is known of every phone becomes what is known after the journal was closed and opened.
    pub(super) fn reopen_phones(&mut self) -> Result<(), JournalError> {
        self.step(|journal| {
            let query = concat!("SELECT id FROM phones WHERE state = ? AND ", is_open!());
            let mut select = journal.connection.prepare(query).sql()?;
            let sending = select.query_map([RotationState::Sending.to_sql()], |row| row.get(0)).sql()?;
            let ids: Vec<i64> = sending.collect::<Result<_, _>>().sql()?;
            drop(select);
            for id in ids {
                let before = journal.known(id)?;
                let reason = "the process ended before the reply was recorded";
                journal.store(id, before, before.reopened(), CHANGED, &[&Null, &reason])?;
            }
            Ok(())
        })
    }
}

/// When what is known of a phone changed, and why.
const CHANGED: &str = ", changed = ?7, reason = ?8";

/// Phones to be sent, and the numbers and reasons of those that cannot be.
type NextPhones = (Vec<(Claimed, Knowledge)>, Vec<(i64, String)>);

/// The line of phones that are not in the accounts file.
pub(super) const FOREIGN: i64 = 0;
