//! Which calls a worker makes for the phones that it holds.

use core::{iter, ops::Range};
use std::vec::Vec;

use sip_password::api::lockout::LockoutEffect;

use crate::{
    fleet::{CallReport, PhoneReport},
    throttle::Feedback,
};

/// The calls that are left for some phones: one for all of them at first. A call that is refused as a whole is halved, until each phone
/// has a call of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Delivery {
    /// The next call comes last.
    calls: Vec<Range<usize>>,
}

impl Delivery {
    pub(crate) fn new(phones: usize) -> Self {
        Self { calls: iter::once(0..phones).collect() }
    }

    /// The phones of the next call, as indices.
    pub(crate) fn next_call(&mut self) -> Option<Range<usize>> {
        self.calls.pop()
    }

    /// Whether the call for these phones was halved: then nothing is known of them but that they are in doubt.
    pub(crate) fn halve(&mut self, call: &Range<usize>, report: &CallReport, locks_accounts: bool) -> bool {
        if call.len() < 2 || !may_be_halved(report, locks_accounts) {
            return false;
        }
        let middle = call.start + call.len() / 2;
        self.calls.extend([middle..call.end, call.start..middle]);
        true
    }
}

/// Not if to send the phones again could lock their accounts.
fn may_be_halved(report: &CallReport, locks_accounts: bool) -> bool {
    let checked = |phone: &PhoneReport| phone.lockout != LockoutEffect::NotChecked;
    report.feedback == Feedback::Refused
        && report.unrequested.is_empty()
        && !(locks_accounts && report.phones.iter().any(checked))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(phones: usize, lockout: LockoutEffect) -> CallReport {
        CallReport::refused(phones, lockout, "no")
    }

    #[test]
    fn a_call_is_halved_until_it_has_one_phone() {
        let mut delivery = Delivery::new(5);
        let mut single = Vec::new();
        while let Some(call) = delivery.next_call() {
            if !delivery.halve(&call, &refused(call.len(), LockoutEffect::NotChecked), true) {
                single.push(call);
            }
        }
        assert_eq!(single, [0..1, 1..2, 2..3, 3..4, 4..5]);
    }

    #[test]
    fn a_call_is_not_halved_if_that_could_lock_an_account_or_nobody_refused() {
        for (report, locks, halved) in [
            (refused(2, LockoutEffect::Failed), true, false),
            (refused(2, LockoutEffect::Failed), false, true),
            (refused(2, LockoutEffect::Unknown), true, false),
            (CallReport::confirmed(2), false, false),
            (CallReport::unknown(2, "lost"), false, false),
            (CallReport::not_sent(2, "no network"), false, false),
        ] {
            assert_eq!(Delivery::new(2).halve(&(0..2), &report, locks), halved, "{report:?}");
        }
    }
}
