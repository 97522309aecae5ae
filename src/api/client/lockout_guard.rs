//! Which accounts a client leaves alone, because one more failed check could lock them.

use core::fmt;
use std::{
    collections::HashMap,
    format,
    string::String,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use http::Uri;

use super::error::SendError;
use crate::api::lockout::{LockoutEffect, checks_after, may_ask_again};

/// The failed checks that may lie behind each account, as far as this client knows; [`crate::api::lockout`] has the rule.
///
/// An account has one call in flight at a time: of several, each could be the one that locks the account.
#[derive(Default)]
pub(super) struct LockoutGuard {
    accounts: Mutex<HashMap<String, Account>>,
    /// Signalled when a call ends.
    ended: Condvar,
}

#[derive(Clone, Copy, Default)]
struct Account {
    /// Failed checks, known and possible, without the call in flight.
    checks: u8,
    in_flight: bool,
}

/// Identifies an account: its name and the vendor's host.
pub(super) fn account_at(uri: &Uri, account: &str) -> String {
    format!("{}:{} {account}", uri.host().unwrap_or_default(), uri.port_u16().unwrap_or(443))
}

/// The right to make one call for an account.
pub(super) struct AccountPermit<'a> {
    guard: &'a LockoutGuard,
    account: String,
    /// Failed checks before the call.
    checks: u8,
    /// Unknown until [`finish`](Self::finish) is told.
    effect: LockoutEffect,
}

impl LockoutGuard {
    /// Waits until no call for the account is in flight.
    ///
    /// # Errors
    ///
    /// [`SendError::AtRisk`] if one more failed check could lock the account.
    pub(super) fn admit(&self, account: String) -> Result<AccountPermit<'_>, SendError> {
        let mut accounts = self.accounts();
        loop {
            let known = accounts.get(&account).copied().unwrap_or_default();
            if !may_ask_again(known.checks) {
                return Err(SendError::AtRisk);
            }
            if !known.in_flight {
                accounts.insert(account.clone(), Account { in_flight: true, ..known });
                let effect = LockoutEffect::Unknown;
                return Ok(AccountPermit { guard: self, account, checks: known.checks, effect });
            }
            accounts = self.ended.wait(accounts).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A thread that panicked left no half-made change: each change is one step.
    fn accounts(&self) -> MutexGuard<'_, HashMap<String, Account>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AccountPermit<'_> {
    /// Ends the call, which had this effect.
    pub(super) fn finish(mut self, effect: LockoutEffect) {
        self.effect = effect;
    }
}

/// Also after a panic: then the effect is unknown.
impl Drop for AccountPermit<'_> {
    fn drop(&mut self) {
        let mut accounts = self.guard.accounts();
        match checks_after(self.checks, self.effect) {
            0 => _ = accounts.remove(&self.account),
            checks => {
                if let Some(account) = accounts.get_mut(&self.account) {
                    *account = Account { checks, in_flight: false };
                }
            }
        }
        drop(accounts);
        self.guard.ended.notify_all();
    }
}

/// Only how many accounts there are, not which.
impl fmt::Debug for LockoutGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LockoutGuard({} accounts)", self.accounts().len())
    }
}

#[cfg(test)]
mod tests {
    use std::{thread, vec::Vec};

    use super::*;
    use crate::api::lockout::reference::{EFFECTS, VENDOR_LOCKS_AFTER, may_ask, sequences, worst_case};

    #[test]
    fn the_guard_agrees_with_the_reference_on_every_sequence_up_to_length_six() {
        let guard = LockoutGuard::default();
        for (number, sequence) in (0..=6).flat_map(|length| sequences(&EFFECTS, length)).enumerate() {
            let mut sent = Vec::new();
            for effect in &sequence {
                match guard.admit(format!("agent-{number}")) {
                    Ok(permit) => {
                        assert!(may_ask(&sent), "asked again after {sent:?}");
                        permit.finish(*effect);
                        sent.push(*effect);
                    }
                    Err(SendError::AtRisk) => assert!(!may_ask(&sent), "not asked again after {sent:?}"),
                    Err(error) => panic!("{error}"),
                }
            }
            assert!(worst_case(&sent) < VENDOR_LOCKS_AFTER, "{sent:?} locks the account");
        }
    }

    #[test]
    fn a_call_that_ends_without_a_word_counts_as_unknown() {
        let guard = LockoutGuard::default();
        let panicked = thread::scope(|scope| {
            let calling = scope.spawn(|| {
                let _permit = guard.admit("agent".into());
                panic!("as the test wants it");
            });
            calling.join()
        });
        assert!(panicked.is_err());
        drop(guard.admit("agent".into()).expect("one check may have failed"));
        assert!(matches!(guard.admit("agent".into()), Err(SendError::AtRisk)));
        drop(guard.admit("another".into()).expect("this account has no calls behind it"));
    }

    #[test]
    fn an_account_has_one_call_at_a_time_and_another_account_does_not_wait() {
        let guard = LockoutGuard::default();
        let first = guard.admit("agent".into()).expect("the account has no calls behind it");
        guard
            .admit("another".into())
            .expect("the account has no calls behind it")
            .finish(LockoutEffect::Passed);
        thread::scope(|scope| {
            let second = scope.spawn(|| guard.admit("agent".into()).map(drop));
            // The first call was a failed check, and the second one waits to hear of it.
            first.finish(LockoutEffect::Failed);
            assert!(matches!(second.join().expect("it does not panic"), Err(SendError::AtRisk)));
        });
        assert_eq!(format!("{guard:?}"), "LockoutGuard(1 accounts)");
    }

    #[test]
    fn an_account_is_its_name_at_a_host_and_a_port() {
        let at = |uri: &str, account| account_at(&uri.parse().expect("it is a URI"), account);
        assert_eq!(at("https://a.example/path", "agent"), at("https://a.example:443/", "agent"));
        for other in
            [("https://b.example", "agent"), ("https://a.example:8443", "agent"), ("https://a.example", "b")]
        {
            assert_ne!(at("https://a.example", "agent"), at(other.0, other.1));
        }
    }
}
