//! Phones on their way: handed to a worker, and recorded when their call has ended.

use std::{borrow::ToOwned, format, string::String, vec::Vec};

use rusqlite::{OptionalExtension, params};
use sip_password::api::lockout::MAX_FAILED_CHECKS;
use zeroize::Zeroizing;

use super::{
    Journal,
    encryption::{SecretKind, context},
    knowledge::Knowledge,
    now,
    rows::{PhoneRow, Stored, select_phones},
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
}

/// Which phones are claimed.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    /// The most planned phones.
    pub(crate) planned: u64,
    /// Those whose state is unknown, too.
    pub(crate) unknown_too: bool,
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

#[cfg(test)]
impl Wanted {
    /// Without a limit.
    pub(super) const fn all(unknown_too: bool) -> Self {
        Self { planned: u64::MAX, unknown_too }
    }
}

impl Journal {
    /// Marks the next phones after `after` as being sent, at most this many: planned ones, of which there is a limit, and with
    /// `unknown_too` those whose state is unknown. Leaves an account alone that one more failed check could lock, and a phone whose row is damaged.
    pub(crate) fn claim(
        &mut self,
        fleet: &dyn Fleet,
        after: i64,
        wanted: Wanted,
        most: usize,
    ) -> Result<Vec<Claimed>, JournalError> {
        let (found, damaged) = self.next_phones(after, wanted, most)?;
        damaged.into_iter().for_each(|id| self.note_damaged(id));
        let mut claimed = Vec::with_capacity(found.len());
        for (row, mut phone, before) in found {
            if fleet.locks_accounts() {
                phone.claim.checks = Some(before.checks);
            }
            // On disk before the call.
            self.change(row, |row| {
                row.set_knowledge(before.claimed(fleet.locks_accounts()));
                row.calls = row.calls.saturating_add(1);
                row.sent = Some(now());
            })?;
            claimed.push(phone);
        }
        Ok(claimed)
    }

    /// The phones that [`claim`](Self::claim) is to mark, with what is known of them; and the numbers of those that cannot be sent because
    /// their rows are damaged.
    fn next_phones(&self, after: i64, wanted: Wanted, most: usize) -> Result<NextPhones, JournalError> {
        let query = select_phones!(
            "WHERE ",
            is_open!(),
            // 0 is `Planned`.
            " AND id > ?1 AND (state <> 0 OR ?2) AND NOT refused AND new_password IS NOT NULL ORDER BY id"
        );
        let mut select = self.connection.prepare_cached(query).sql()?;
        let mut planned_left = wanted.planned;
        let mut phones = select.query(params![after, planned_left > 0]).sql()?;
        let (mut found, mut damaged) = (Vec::with_capacity(most.min(1024)), Vec::new());
        while found.len() < most
            && let Some(row) = phones.next().sql()?
        {
            let row = PhoneRow::read(row)?;
            let phone = self.authentic(&row).and_then(|known| match known.is_claimable(wanted.unknown_too) {
                true if known.state == RotationState::Planned && planned_left == 0 => Ok(None),
                true => Ok(Some((self.secrets(&row)?, known))),
                false => Ok(None),
            });
            match phone {
                Ok(Some((phone, known))) => {
                    planned_left -= u64::from(known.state == RotationState::Planned);
                    found.push((row, phone, known));
                }
                Ok(None) => {}
                Err(JournalError::Damaged(_)) => damaged.push(row.id),
                Err(error) => return Err(error),
            }
        }
        Ok((found, damaged))
    }

    /// Whether there is a phone that [`claim`](Self::claim) would take; with `planned_too`, also a planned one.
    pub(crate) fn has_claimable(&self, planned_too: bool) -> Result<bool, JournalError> {
        let query = concat!(
            "SELECT id FROM phones WHERE ",
            is_open!(),
            " AND state <> ?1 AND (state <> 0 OR ?3) AND NOT refused AND new_password IS NOT NULL AND checks < ?2 ORDER BY id"
        );
        let mut select = self.connection.prepare_cached(query).sql()?;
        let parameters = params![RotationState::Sending.to_sql(), MAX_FAILED_CHECKS, planned_too];
        let mut found = select.query(parameters).sql()?;
        while let Some(row) = found.next().sql()? {
            if !self.damaged.contains(&row.get(0).sql()?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// How many phones a run would send; with `refused_too`, after [`retry_refused`](Self::retry_refused). The others that are not
    /// confirmed were refused, or one more failed check could lock their accounts.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn to_send(&self, refused_too: bool) -> Result<u64, JournalError> {
        self.count_to_send(
            concat!(
                "SELECT count(*) FROM phones WHERE checks < ?1 AND new_password IS NOT NULL AND ((",
                is_open!(),
                " AND NOT refused) OR (?2 AND refused))"
            ),
            refused_too,
        )
    }

    /// How many phones a run would send of which it is not known which password they have.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn to_settle(&self) -> Result<u64, JournalError> {
        self.count_to_send(
            concat!(
                "SELECT count(*) FROM phones WHERE checks < ?1 AND new_password IS NOT NULL AND (",
                is_open!(),
                // 0 is `Planned`.
                " AND state <> 0 AND NOT refused AND NOT ?2)"
            ),
            false,
        )
    }

    fn count_to_send(&self, query: &str, refused_too: bool) -> Result<u64, JournalError> {
        let count = |query: &str, id: Option<i64>| -> Result<u64, JournalError> {
            let mut select = self.connection.prepare_cached(query).sql()?;
            let found: i64 = match id {
                Some(id) => select.query_one(params![MAX_FAILED_CHECKS, refused_too, id], |row| row.get(0)),
                None => select.query_one(params![MAX_FAILED_CHECKS, refused_too], |row| row.get(0)),
            }
            .sql()?;
            Ok(found.unsigned_abs())
        };
        let mut to_send = count(query, None)?;
        let one = format!("{query} AND id = ?3");
        for id in &self.damaged {
            to_send = to_send.saturating_sub(count(&one, Some(*id))?);
        }
        Ok(to_send)
    }

    /// Notes that a call for these phones and others was answered without confirming them, before anything else is sent for them.
    pub(crate) fn doubt(&mut self, claims: &[Claim]) -> Result<(), JournalError> {
        claims.iter().try_for_each(|claim| match self.row_of(claim.id)? {
            Some((row, known)) => self.change(row, |row| row.set_knowledge(known.doubted())),
            None => Ok(()),
        })
    }

    /// Records what became of a phone that was claimed. Recorded once more, it changes nothing.
    pub(crate) fn record(&mut self, claim: Claim, report: &PhoneReport) -> Result<(), JournalError> {
        let Some((row, before)) = self.row_of(claim.id)? else {
            // Somebody changed the row since the phone was claimed.
            return match &report.vendor_password {
                None => Ok(()),
                password => {
                    self.record_unrequested(&[UnrequestedPhone { names: None, password: password.clone() }])
                }
            };
        };
        if before.state != RotationState::Sending {
            return Ok(());
        }
        let after = before.recorded(report.outcome, report.lockout, claim.checks);
        let vendor_password = self.sealed_vendor_password(&row.name, report.vendor_password.as_ref())?;
        self.change(row, |row| {
            row.set_knowledge(after);
            (row.changed, row.reason) = (Some(now()), report.reason.clone());
            if after.state == RotationState::Confirmed {
                (row.account_password, row.vendor_password) = (None, None);
            }
            if vendor_password.is_some() {
                row.vendor_password = vendor_password;
            }
        })
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
                Some(id) if self.row_of(id)?.is_some() => id,
                // A damaged row stays as it is, and its name is taken.
                Some(_) => self.add_foreign(None)?,
                None => self.add_foreign(names)?,
            };
            let Some((row, before)) = self.row_of(id)? else { continue };
            // In place of an earlier one: the latest reply is the best guess.
            let vendor_password = self.sealed_vendor_password(&row.name, phone.password.as_ref())?;
            self.change(row, |row| {
                row.set_knowledge(before.named_by_another());
                row.changed = Some(now());
                row.reason = "the reply to a call for other phones gives this phone a password".to_owned();
                if vendor_password.is_some() {
                    row.vendor_password = vendor_password;
                }
            })?;
        }
        Ok(())
    }

    /// The row of this number, with what is known of it; nothing if it is damaged.
    pub(super) fn row_of(&mut self, id: i64) -> Result<Option<(PhoneRow, Knowledge)>, JournalError> {
        let row = self.row(id)?;
        match self.authentic(&row) {
            Ok(known) => Ok(Some((row, known))),
            Err(_) => {
                self.note_damaged(id);
                Ok(None)
            }
        }
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
        let mut select =
            self.connection.prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM phones").sql()?;
        let id = select.query_one([], |row| row.get(0)).sql()?;
        drop(select);
        let mut row = PhoneRow::planned(id, FOREIGN, name);
        row.set_knowledge(FOREIGN_PHONE);
        self.add(row)?;
        Ok(id)
    }

    /// A password of this phone as the journal keeps it.
    pub(super) fn sealed(
        &self,
        name: &str,
        kind: SecretKind,
        password: &str,
    ) -> Result<Zeroizing<Vec<u8>>, JournalError> {
        let context = context(&self.header.salt, name, kind);
        let sealed = self.unlocked()?.seal.seal(password, &context, &mut getrandom::SysRng);
        sealed.map_err(|error| JournalError::Random(format!("{error}")))
    }

    /// The password that the vendor reported for a phone, as the journal keeps it.
    fn sealed_vendor_password(
        &self,
        name: &str,
        password: Option<&VendorPassword>,
    ) -> Result<Stored, JournalError> {
        password.map(|password| self.sealed(name, SecretKind::Vendor, password.expose_secret())).transpose()
    }

    /// Lets the next run send the phones again that the vendor refused, except those whose accounts one more failed check could lock.
    /// Returns how many these are.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn retry_refused(&mut self) -> Result<u64, JournalError> {
        self.step(|journal| {
            journal.change_all(
                select_phones!("WHERE id > ? AND refused ORDER BY id LIMIT 256"),
                |row, known| row.line != FOREIGN && known.retried() != known,
                |row, known| row.set_knowledge(known.retried()),
            )
        })
    }

    /// What is known of every phone becomes what is known after the journal was closed and opened. A run begins with this.
    pub(crate) fn reopen_phones(&mut self) -> Result<(), JournalError> {
        self.step(|journal| {
            journal.change_all(
                // 1 is `Sending`; the index has these phones.
                select_phones!("WHERE id > ? AND state = 1 AND ", is_open!(), " ORDER BY id LIMIT 256"),
                |_, known| known.state == RotationState::Sending,
                |row, known| {
                    row.set_knowledge(known.reopened());
                    row.changed = None;
                    row.reason = "the process ended before the reply was recorded".to_owned();
                },
            )
        })?;
        self.is_reopened = true;
        Ok(())
    }
}

/// What is known of a phone that is not in the accounts file: it is never sent.
const FOREIGN_PHONE: Knowledge =
    Knowledge { state: RotationState::Unknown, uncertain: false, refused: true, disputed: false, checks: 0 };

/// Phones to be sent, and the numbers of those that cannot be.
type NextPhones = (Vec<(PhoneRow, Claimed, Knowledge)>, Vec<i64>);

/// The line of phones that are not in the accounts file.
pub(super) const FOREIGN: i64 = 0;
