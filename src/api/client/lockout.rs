//! Which accounts are not to be asked again, since the vendor locks them.

use core::fmt;
use std::{
    collections::HashMap,
    format,
    string::String,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use http::Uri;

use super::error::SendError;
use crate::api::Failure;

/// How many failed checks each account may have behind it, as far as this client knows.
///
/// Huawei locks after three in a row. One that the vendor has told of is enough: the next would be the same. Of a call
/// without a reply nobody knows, so one more is sent, and not a third. Each account has one call at a time: of
/// several that are under way, each could be the one that locks.
#[derive(Default)]
pub(super) struct Guard {
    accounts: Mutex<HashMap<String, Account>>,
    /// Somebody's turn has ended.
    ended: Condvar,
}

#[derive(Clone, Copy, Default)]
struct Account {
    /// Failed checks, known and possible.
    checks: u8,
    /// Whether a call is under way.
    asked: bool,
}

/// No more are sent after so many.
pub const ENOUGH: u8 = 2;

/// An account at a vendor's host.
pub(super) fn place(uri: &Uri, account: &str) -> String {
    format!("{}:{} {account}", uri.host().unwrap_or_default(), uri.port_u16().unwrap_or(443))
}

/// The right to ask an account, for one call. One that ends without a word may have been a failed check.
pub(super) struct Turn<'a> {
    guard: &'a Guard,
    place: String,
    /// How many failed checks there are when it ends.
    checks: u8,
}

impl Guard {
    /// Lets a call through whose account is not at risk, once no other of that account is under way.
    pub(super) fn admit(&self, place: String) -> Result<Turn<'_>, SendError> {
        let mut accounts = self.accounts();
        loop {
            let account = accounts.get(&place).copied().unwrap_or_default();
            if account.checks >= ENOUGH {
                return Err(SendError::AtRisk);
            }
            if !account.asked {
                accounts.insert(place.clone(), Account { asked: true, ..account });
                return Ok(Turn { guard: self, place, checks: account.checks + 1 });
            }
            accounts = self.ended.wait(accounts).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// What another thread left is whole: each change is one step.
    fn accounts(&self) -> MutexGuard<'_, HashMap<String, Account>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// The vendor replied.
    pub(super) fn heard(mut self, failure: Option<&Failure>) {
        match failure {
            None => self.checks = 0,
            Some(failure) if failure.counts_as_failed_check() => self.checks = ENOUGH,
            // What may have been done was checked first: a gateway says it of a vendor that was too slow, for one.
            Some(failure) if failure.may_have_changed() => {}
            Some(_) => self.checks -= 1,
        }
    }

    /// Nothing left.
    pub(super) fn unused(mut self) {
        self.checks -= 1;
    }
}

/// However a call ends, also by a panic.
impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut accounts = self.guard.accounts();
        match self.checks {
            0 => _ = accounts.remove(&self.place),
            checks => {
                if let Some(account) = accounts.get_mut(&self.place) {
                    *account = Account { checks, asked: false };
                }
            }
        }
        drop(accounts);
        self.guard.ended.notify_all();
    }
}

/// Not whose accounts.
impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Guard({} accounts)", self.accounts().len())
    }
}
