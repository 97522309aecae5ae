//! Which accounts are not to be asked again, since the vendor locks them.

use core::fmt;
use std::{
    collections::HashMap,
    format,
    string::String,
    sync::{Mutex, MutexGuard, PoisonError},
};

use http::Uri;

use super::error::SendError;
use crate::api::Failure;

/// How many failed checks each account may have behind it, as far as this client knows.
///
/// Huawei locks after three in a row. One that the vendor has told of is enough: the next would be the same. Of a call
/// without a reply nobody knows, so one more is sent, and not a third.
#[derive(Default)]
pub(super) struct Guard(Mutex<HashMap<String, u8>>);

/// No more are sent after so many.
const ENOUGH: u8 = 2;

/// An account at a vendor's host.
pub(super) fn place(uri: &Uri, account: &str) -> String {
    format!("{} {account}", uri.authority().map_or("", |authority| authority.as_str()))
}

impl Guard {
    /// Lets a call through whose account is not at risk.
    pub(super) fn admit(&self, place: &str) -> Result<(), SendError> {
        match self.checks().get(place) {
            Some(&failed) if failed >= ENOUGH => Err(SendError::AtRisk),
            _ => Ok(()),
        }
    }

    /// The vendor replied.
    pub(super) fn heard(&self, place: String, failure: Option<&Failure>) {
        let mut checks = self.checks();
        match failure {
            None => _ = checks.remove(&place),
            Some(failure) if failure.counts_as_failed_check() => _ = checks.insert(place, ENOUGH),
            Some(_) => {}
        }
    }

    /// The call left, and nothing came back.
    pub(super) fn unheard(&self, place: String) {
        *self.checks().entry(place).or_default() += 1;
    }

    /// What another thread left is whole: each change is one step.
    fn checks(&self) -> MutexGuard<'_, HashMap<String, u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Not whose accounts.
impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Guard({} accounts)", self.checks().len())
    }
}
