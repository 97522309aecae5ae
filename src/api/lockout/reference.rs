//! The reference implementation of the lockout rule: the documentation's words, over the whole history of an account and without
//! a counter. The journal of a rotation is compared with it too.

use std::{vec, vec::Vec};

use super::LockoutEffect;

/// Every effect.
pub(crate) const EFFECTS: [LockoutEffect; 4] =
    [LockoutEffect::Passed, LockoutEffect::NotChecked, LockoutEffect::Unknown, LockoutEffect::Failed];

/// The vendor locks an account after this many failed checks, counted from the last one that passed.
pub(crate) const VENDOR_LOCKS_AFTER: usize = 3;

/// Whether an account with these calls behind it, oldest first, may be asked again.
pub(crate) fn may_ask(history: &[LockoutEffect]) -> bool {
    // "Passed: the count starts again at zero."
    let passed = history.iter().rposition(|effect| *effect == LockoutEffect::Passed);
    let since = &history[passed.map_or(0, |index| index + 1)..];
    // "One failed check that the vendor reports is enough."
    let reported = since.contains(&LockoutEffect::Failed);
    // "Each call may have been a failed check, and a third one could lock the account."
    let possible = since.iter().filter(|effect| **effect == LockoutEffect::Unknown).count();
    !reported && possible < 2
}

/// The most failed checks that the vendor can have counted since one passed, if every call that may have been one was one.
pub(crate) fn worst_case(history: &[LockoutEffect]) -> usize {
    let (mut most, mut run) = (0, 0);
    for effect in history {
        match effect {
            LockoutEffect::Passed => run = 0,
            LockoutEffect::NotChecked => {}
            LockoutEffect::Unknown | LockoutEffect::Failed => run += 1,
        }
        most = most.max(run);
    }
    most
}

/// Every sequence of this length.
pub(crate) fn sequences<T: Copy>(of: &[T], length: usize) -> Vec<Vec<T>> {
    (0..length).fold(vec![Vec::new()], |shorter, _| {
        shorter.iter().flat_map(|start| of.iter().map(|next| [start, &[*next][..]].concat())).collect()
    })
}
