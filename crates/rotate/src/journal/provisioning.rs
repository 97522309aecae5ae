//! What happens to a confirmed password behind the vendor: it is handed on to the phone, and a registrar is asked which one works.

use core::time::Duration;
use std::{format, string::String, vec::Vec};

use zeroize::Zeroizing;

use super::{
    Journal, PhonePasswords, PhoneRecord,
    encryption::SecretKind,
    export::IN_FLIGHT,
    knowledge::Knowledge,
    now,
    rows::{PhoneRow, select_phones},
    state::RotationState,
};
use crate::error::{JournalError, SqlResult};

/// A registrar that accepts the old password settles nothing sooner after the last call: a call without a reply may still arrive.
const SETTLED_AFTER: Duration = Duration::from_secs(5 * 60);
/// The longest reason that is kept, in bytes.
const MAX_REASON: usize = 1024;

/// How an attempt to hand a password on to its phone went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provisioning {
    /// The phone has it, or will have it without anybody's help.
    Done,
    /// It was not handed on, for this reason, which the journal keeps: no secret may be in it.
    Failed(String),
    /// No attempt was made, and none is to be made for the phones that follow.
    Stop,
}

/// Which password a SIP registrar accepted for a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegisteredWith {
    /// The new one.
    New,
    /// The old one, and not the new one.
    Old,
    /// None of those that were tried.
    Neither,
    /// There was no reply, or one that says nothing.
    NotKnown,
}

impl RegisteredWith {
    const ALL: [Self; 4] = [Self::New, Self::Old, Self::Neither, Self::NotKnown];

    /// The words for people and programs: `"not known"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Old => "old",
            Self::Neither => "neither",
            Self::NotKnown => "not known",
        }
    }

    /// Its number in the journal. Journals on disk have these numbers: none may change.
    pub(super) const fn to_sql(self) -> i64 {
        match self {
            Self::New => 0,
            Self::Old => 1,
            Self::Neither => 2,
            Self::NotKnown => 3,
        }
    }

    /// What has this number in the journal.
    pub(super) fn from_sql(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|registration| registration.to_sql() == number)
    }
}

/// How many phones were handed on, and how many were not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Provisioned {
    /// Those that have their passwords now.
    pub done: u64,
    /// Those for which it failed.
    pub failed: u64,
    /// Whether an attempt said [`Provisioning::Stop`].
    pub stopped: bool,
}

impl Journal {
    /// The number of confirmed phones whose new password was not handed on. Those whose password was forgotten do not count. With
    /// `or_exported`, a password that was exported counts as handed on.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn unprovisioned(&self, or_exported: bool) -> Result<u64, JournalError> {
        let query = concat!(
            "SELECT count(*) FROM phones WHERE state = ?1 AND provisioned IS NULL AND new_password IS NOT NULL ",
            "AND line <> 0 AND NOT (?2 AND exported)"
        );
        let parameters = (RotationState::Confirmed.to_sql(), or_exported);
        let found: i64 = self.connection.query_one(query, parameters, |row| row.get(0)).sql()?;
        Ok(found.unsigned_abs())
    }

    /// Hands the new password of each confirmed phone on that has not got it yet, in the order of the accounts file: `hand_on` is called
    /// with the phone, and its result is on disk before the next one. So after a crash a phone may be handed on twice, and none is left out.
    ///
    /// # Errors
    ///
    /// [`JournalError`]. The phones so far are recorded.
    pub fn provision(
        &mut self,
        mut hand_on: impl FnMut(&PhoneRecord<'_>, PhonePasswords<'_>) -> Provisioning,
    ) -> Result<Provisioned, JournalError> {
        let query = select_phones!(
            "WHERE id > ? AND state = 3 AND provisioned IS NULL AND new_password IS NOT NULL AND line <> 0 ORDER BY id LIMIT 1"
        );
        let mut provisioned = Provisioned::default();
        self.each_of(query, |journal, row, known| {
            if known.state != RotationState::Confirmed {
                return Ok(true);
            }
            let outcome = journal.with_passwords(&row, known, &mut hand_on)?;
            match outcome {
                Provisioning::Stop => provisioned.stopped = true,
                Provisioning::Done => {
                    journal.mark_provisioned(row)?;
                    provisioned.done += 1;
                }
                Provisioning::Failed(reason) => {
                    journal
                        .step(|journal| journal.change(row, |row| row.provisioning = shortened(reason)))?;
                    provisioned.failed += 1;
                }
            }
            Ok(!provisioned.stopped)
        })?;
        Ok(provisioned)
    }

    fn mark_provisioned(&mut self, row: PhoneRow) -> Result<(), JournalError> {
        self.step(|journal| journal.change(row, PhoneRow::mark_provisioned))
    }

    /// Notes that the new passwords of these phones were handed on, as their lines of the accounts file. Phones that are not
    /// confirmed are passed over.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn mark_as_provisioned(&mut self, mut lines: Vec<u64>) -> Result<(), JournalError> {
        lines.sort_unstable();
        self.step(|journal| {
            let query =
                select_phones!("WHERE id > ? AND state = 3 AND provisioned IS NULL ORDER BY id LIMIT 256");
            let is_wanted = |row: &PhoneRow, known: Knowledge| {
                known.state == RotationState::Confirmed
                    && lines.binary_search(&row.line.unsigned_abs()).is_ok()
            };
            journal.change_all(query, is_wanted, |row, _| row.mark_provisioned()).map(drop)
        })
    }

    /// Asks about each phone in one of these states which of its passwords a registrar accepts: `ask` does so, and its result is on disk
    /// before the next one; `None` ends it. Phones of which this was asked since their last call are passed over, unless `again` says
    /// otherwise: a failed attempt can lock an account.
    ///
    /// A phone whose state is unknown is [`Confirmed`](RotationState::Confirmed) if the registrar accepts the new password, which
    /// settles it. If it accepts the old one, and the last call was made more than five minutes ago, the phone is as it was before: the
    /// next run sends it, unless the vendor refused it.
    ///
    /// # Errors
    ///
    /// [`JournalError`]. The phones so far are recorded.
    pub fn ask_registrar(
        &mut self,
        states: &[RotationState],
        again: bool,
        mut ask: impl FnMut(&PhoneRecord<'_>, PhonePasswords<'_>) -> Option<RegisteredWith>,
    ) -> Result<(), JournalError> {
        let query =
            select_phones!("WHERE id > ? AND new_password IS NOT NULL AND line <> 0 ORDER BY id LIMIT 1");
        self.each_of(query, |journal, row, known| {
            let known = known.reopened();
            let is_answered = is_since_last_call(row.asked, row.sent);
            if !states.contains(&known.state) || is_answered && !again {
                return Ok(true);
            }
            let Some(registration) = journal.with_passwords(&row, known, &mut ask)? else { return Ok(false) };
            journal.record_registration(row, known, registration)?;
            Ok(true)
        })
    }

    fn record_registration(
        &mut self,
        row: PhoneRow,
        known: Knowledge,
        registration: RegisteredWith,
    ) -> Result<(), JournalError> {
        let age = now().saturating_sub(row.sent.unwrap_or_default());
        let is_late = i64::try_from(SETTLED_AFTER.as_millis()).is_ok_and(|after| age > after);
        let settled = match registration {
            RegisteredWith::New => known.settled_new(),
            RegisteredWith::Old if is_late => known.settled_old(),
            _ => known,
        };
        self.step(|journal| {
            journal.change(row, |row| {
                row.set_knowledge(settled);
                (row.registered, row.asked) = (Some(registration.to_sql()), Some(now()));
                if settled.state != known.state {
                    let name = registration.name();
                    row.reason = format!("a registrar accepts the {name} password");
                }
                if settled.state == RotationState::Confirmed && known.state != RotationState::Confirmed {
                    (row.account_password, row.vendor_password) = (None, None);
                }
            })
        })
    }

    /// Calls `work` with each row that `query` selects, one at a time and from the disk, until it returns false. Damaged rows are left
    /// alone.
    fn each_of(
        &mut self,
        query: &str,
        mut work: impl FnMut(&mut Self, PhoneRow, Knowledge) -> Result<bool, JournalError>,
    ) -> Result<(), JournalError> {
        let mut after = i64::MIN;
        loop {
            let row = {
                let mut select = self.connection.prepare_cached(query).sql()?;
                let mut found = select.query([after]).sql()?;
                match found.next().sql()? {
                    Some(row) => PhoneRow::read(row)?,
                    None => return Ok(()),
                }
            };
            after = row.id;
            match self.authentic(&row) {
                Ok(known) if !work(self, row, known)? => return Ok(()),
                Ok(_) => {}
                Err(_) => self.note_damaged(after),
            }
        }
    }

    /// Calls `visit` with a phone and its passwords.
    fn with_passwords<T>(
        &self,
        row: &PhoneRow,
        known: Knowledge,
        visit: &mut impl FnMut(&PhoneRecord<'_>, PhonePasswords<'_>) -> T,
    ) -> Result<T, JournalError> {
        let reason = if row.state()? == RotationState::Sending { IN_FLIGHT } else { &*row.reason };
        let new = self.open_secret(row, &row.new_password, SecretKind::New)?;
        let vendor = self.open_secret(row, &row.vendor_password, SecretKind::Vendor)?;
        let others = self.open_secret(row, &row.other_fields, SecretKind::Fields)?;
        let others: Vec<Zeroizing<String>> =
            super::record::read(&others).into_iter().map(Zeroizing::new).collect();
        let others: Vec<&str> = others.iter().map(|field| field.as_str()).collect();
        let record = self.phone_record(row, known.state, reason, &others);
        Ok(visit(&record, PhonePasswords { new: &new, vendor: &vendor }))
    }
}

impl PhoneRecord<'_> {
    /// Whether a registrar was asked about the phone since its last call. [`Journal::ask_registrar`] asks no second time then, unless it
    /// is told to.
    pub fn is_asked_since_last_call(&self) -> bool {
        is_since_last_call(self.asked, self.sent)
    }
}

/// Whether a registrar was asked after the last call was sent, if one was.
fn is_since_last_call<T: PartialOrd>(asked: Option<T>, sent: Option<T>) -> bool {
    asked.is_some_and(|asked| sent.is_none_or(|sent| asked > sent))
}

impl PhoneRow {
    fn mark_provisioned(&mut self) {
        (self.provisioned, self.provisioning) = (Some(now()), String::new());
    }
}

/// As much of a reason as is kept.
fn shortened(mut reason: String) -> String {
    let end = (0..=MAX_REASON).rev().find(|&at| reason.is_char_boundary(at)).unwrap_or_default();
    reason.truncate(end);
    reason
}
