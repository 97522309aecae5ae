//! When an account may be asked again: the one rule that keeps this library from locking an account.
//!
//! Huawei locks an agent's account for 30 minutes after three failed checks of its password, and every call for one of its phones
//! carries that password. Whoever sends such calls keeps one number for each account, the failed checks that may lie behind it, and
//! asks [`may_ask_again`] before a call and [`checks_after`] after it. `Client` does so in memory, and the journal of a rotation on
//! disk.
//!
//! The English page counts three *consecutive* failures; the Chinese page does not say that they are consecutive. The rule holds for
//! both readings as long as the calls for an account carry the same password: a check that passes shows that the password is right,
//! so the unknown checks before it passed as well.
//!
//! ```
//! use sip_password::api::lockout::{LockoutEffect, checks_after, may_ask_again};
//!
//! // Two replies are lost. Each call may have been a failed check, and a third one could lock the account.
//! let checks = checks_after(0, LockoutEffect::Unknown);
//! assert!(may_ask_again(checks));
//! let checks = checks_after(checks, LockoutEffect::Unknown);
//! assert!(!may_ask_again(checks));
//!
//! // One failed check that the vendor reports is enough: the next call would fail as well.
//! assert!(!may_ask_again(checks_after(0, LockoutEffect::Failed)));
//! ```

use super::reply::failure::Failure;

#[cfg(test)]
pub(crate) mod reference;

/// How many failed checks, known and possible, an account may have behind it. With this many it is not asked again.
///
/// Huawei locks after three (API Reference, `updateSipPhonePassword`, page `cec_07_0027` of 2025-11-13), so one check is always left
/// to a person.
pub const MAX_FAILED_CHECKS: u8 = 2;

/// What one call did to the vendor's count of an account's failed password checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LockoutEffect {
    /// The vendor checked the account's password and accepted it. The count starts again at zero.
    Passed,
    /// The vendor checked nothing: the call never arrived, or was turned away before the check.
    NotChecked,
    /// Nobody knows whether the vendor checked the password, or with what result. The reply was lost, for example.
    Unknown,
    /// The vendor replied, and the reply may report a failed check.
    Failed,
}

impl LockoutEffect {
    /// The effect of a call that the vendor replied to; `None` is a reply without a failure.
    pub const fn of_reply(failure: Option<&Failure>) -> Self {
        match failure {
            None => Self::Passed,
            Some(failure) if failure.counts_as_failed_check() => Self::Failed,
            // The vendor checks before it acts. A gateway that gave up waiting tells nothing about the check.
            Some(failure) if failure.may_have_changed() => Self::Unknown,
            Some(_) => Self::NotChecked,
        }
    }
}

/// Whether an account with this many failed checks behind it, known and possible, may be asked again.
pub const fn may_ask_again(checks: u8) -> bool {
    checks < MAX_FAILED_CHECKS
}

/// How many failed checks, known and possible, lie behind an account after a call: `checks` lay behind it before the call, which
/// had this `effect`.
///
/// While a call is in flight its effect is [`LockoutEffect::Unknown`]; whoever stores the number on disk stores that one first.
pub const fn checks_after(checks: u8, effect: LockoutEffect) -> u8 {
    let one_more = checks.saturating_add(1);
    match effect {
        LockoutEffect::Passed => 0,
        LockoutEffect::NotChecked => checks,
        LockoutEffect::Unknown => one_more,
        LockoutEffect::Failed if one_more < MAX_FAILED_CHECKS => MAX_FAILED_CHECKS,
        LockoutEffect::Failed => one_more,
    }
}

/// How many failed checks, known and possible, lie behind an account when a person replaces the password that its calls carry:
/// `checks` by [`checks_after`], after `calls` calls in all.
///
/// One failed check that the vendor reports ends the calls for a password, since the next call would fail as well. Another password is
/// no such call: then the vendor's own count decides, which is at most one for each call. So after a single call there is one more;
/// after two calls that may both have failed there is none. No call can lock the account, as long as a password that passed is not
/// replaced.
pub const fn checks_after_correction(checks: u8, calls: u32) -> u8 {
    // Not `min`, which is no `const fn`.
    if calls < checks as u32 { calls as u8 } else { checks }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::{
        reference::{EFFECTS, VENDOR_LOCKS_AFTER, may_ask, sequences, worst_case},
        *,
    };

    #[test]
    fn the_rule_agrees_with_the_reference_on_every_sequence_up_to_length_six() {
        let mut refused = 0;
        for sequence in (0..=6).flat_map(|length| sequences(&EFFECTS, length)) {
            let (mut checks, mut sent) = (0, Vec::new());
            for effect in &sequence {
                assert_eq!(may_ask_again(checks), may_ask(&sent), "after {sent:?}");
                if may_ask_again(checks) {
                    checks = checks_after(checks, *effect);
                    sent.push(*effect);
                } else {
                    refused += 1;
                }
            }
            assert!(worst_case(&sent) < VENDOR_LOCKS_AFTER, "{sent:?} locks the account");
        }
        assert!(refused > 4000, "the rule was hardly needed: {refused}");
    }

    /// With every pattern of corrections between the calls, also by the reading that a check that passes does not reset the count.
    #[test]
    fn corrected_passwords_lock_no_account() {
        let steps: Vec<_> =
            EFFECTS.into_iter().flat_map(|effect| [(effect, false), (effect, true)]).collect();
        let mut corrected_calls = 0;
        for sequence in (0..=5).flat_map(|length| sequences(&steps, length)) {
            let (mut checks, mut sent) = (0, Vec::new());
            for (effect, is_corrected) in sequence {
                let calls = u32::try_from(sent.len()).expect("they are few");
                let before = checks;
                if is_corrected {
                    checks = checks_after_correction(checks, calls);
                    assert!(checks <= before);
                }
                if !may_ask_again(checks) {
                    continue;
                }
                corrected_calls += u32::from(!may_ask_again(before));
                checks = checks_after(checks, effect);
                sent.push(effect);
                if effect == LockoutEffect::Passed {
                    break;
                }
            }
            let failed =
                sent.iter().filter(|effect| matches!(effect, LockoutEffect::Failed | LockoutEffect::Unknown));
            assert!(failed.count() < VENDOR_LOCKS_AFTER, "{sent:?} locks the account");
            assert!(worst_case(&sent) < VENDOR_LOCKS_AFTER);
        }
        assert!(corrected_calls > 1000, "a correction hardly ever helped: {corrected_calls}");
    }

    #[test]
    fn a_correction_gives_one_more_call_after_a_single_one() {
        for (checks, calls, expected) in
            [(2, 1, 1), (2, 2, 2), (2, 3, 2), (1, 1, 1), (1, 9, 1), (0, 3, 0), (2, 0, 0)]
        {
            assert_eq!(checks_after_correction(checks, calls), expected, "{checks} after {calls}");
        }
    }

    #[test]
    fn the_count_never_wraps_around() {
        for checks in 0..=u8::MAX {
            assert_eq!(checks_after(checks, LockoutEffect::Passed), 0);
            assert_eq!(checks_after(checks, LockoutEffect::NotChecked), checks);
            assert_eq!(checks_after(checks, LockoutEffect::Unknown), checks.saturating_add(1));
            let failed = checks_after(checks, LockoutEffect::Failed);
            assert!(failed >= MAX_FAILED_CHECKS && failed >= checks, "{checks}");
            assert_eq!(may_ask_again(checks), checks <= 1);
        }
    }
}
