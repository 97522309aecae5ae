//! What a rotation must know of a vendor, and what a call says of each phone.

use std::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

pub(crate) mod exotel;
pub(crate) mod huawei;
pub(crate) mod nxcloud;

use crate::throttle::{Feedback, Rate};
use sip_password::{
    Client, Policy, Preset, SendError,
    api::{Failure, FailureKind, FieldError, NewPassword, Outcome, Problem, lockout::LockoutEffect},
};

/// A vendor's phones and how a call sets their passwords: [`Huawei`](super::Huawei), [`Exotel`](super::Exotel),
/// [`NxCloud`](super::NxCloud), or one of your own.
pub trait Fleet: Sync {
    /// The vendor's name and policy.
    fn preset(&self) -> &'static Preset;

    /// Which passwords are taken: the preset's policy, or the rule of a tenant's own. It is kept in the journal, in words, which then is
    /// for no other.
    fn policy(&self) -> &Policy<'_> {
        self.preset().policy
    }

    /// Whose phones they are, as far as the accounts file does not say it: where the API is, and at Exotel the account's sid. It
    /// is kept in the journal, which then is for no other: what was confirmed in a rehearsal is not taken for done.
    fn tenant(&self) -> String;

    /// The columns of the accounts file that together name a phone.
    fn columns(&self) -> &'static [&'static str];

    /// The column with the password of the account, where the vendor asks for it.
    fn account_password_column(&self) -> Option<&'static str> {
        None
    }

    /// Whether the vendor locks an account after failed checks.
    fn locks_accounts(&self) -> bool {
        false
    }

    /// How many phones go into one call, at most.
    fn max_batch(&self) -> usize {
        1
    }

    /// A rate that the vendor is thought to allow.
    fn default_rate(&self) -> Rate;

    /// That a call for this phone can be made: all that can be known to be wrong before anything is sent.
    ///
    /// # Errors
    ///
    /// [`FieldError`] names the field.
    fn validate(&self, phone: &PhoneUpdate<'_>) -> Result<(), FieldError>;

    /// Sets the passwords of these phones, by one call, sent once. A report for each phone, in their order.
    fn send(&self, client: &Client, phones: &[PhoneUpdate<'_>]) -> CallReport;
}

impl core::fmt::Debug for dyn Fleet + '_ {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.preset().name)
    }
}

/// A phone that is to get a password.
#[derive(Clone, Copy)]
pub struct PhoneUpdate<'a> {
    /// The fields of [`Fleet::columns`].
    pub names: &'a [&'a str],
    /// The password of the account, of [`Fleet::account_password_column`]; empty where there is none.
    pub account_password: &'a str,
    /// The new password.
    pub new_password: &'a str,
}

impl<'a> PhoneUpdate<'a> {
    /// The new password for a call, by this policy.
    pub(crate) fn password(&self, policy: &'a Policy<'a>) -> Result<NewPassword<'a>, FieldError> {
        let wrong = |codes| FieldError { field: "new_password", problem: Problem::NotCompliant(codes) };
        let password = policy.check(self.new_password).map_err(|violations| wrong(violations.codes()))?;
        Ok(NewPassword::ByTenant { password, rule: policy })
    }
}

/// What became of a call.
#[derive(Debug)]
pub struct CallReport {
    /// Of each phone.
    pub phones: Vec<PhoneReport>,
    /// Of the call itself: whether the next may follow.
    pub feedback: Feedback,
}

/// What became of a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneReport {
    /// Which password it has.
    pub outcome: PhoneOutcome,
    /// Whether it was a failed check of the account's password. Of no interest where the vendor locks nothing.
    pub lockout: LockoutEffect,
    /// Why, where it is not confirmed. Without any secret.
    pub why: String,
}

/// Which password a phone has after a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneOutcome {
    /// The new one.
    Confirmed,
    /// That from before: the vendor refused.
    Refused,
    /// That from before or the new one.
    Unknown,
    /// That from before: the call never arrived, or came too early. It can be sent again.
    NotSent,
}

impl CallReport {
    /// Nothing was sent, and nothing should be.
    pub(crate) fn stopped(phones: usize, why: String) -> Self {
        Self { phones: vec![PhoneReport::unsent(&why); phones], feedback: Feedback::Stop(why) }
    }

    /// What is to be read from a client's result. `updated` says it of a call that the vendor carried out.
    pub(crate) fn of<T>(
        phones: usize,
        sent: Result<Outcome<T>, SendError>,
        updated: impl FnOnce(T) -> Vec<PhoneReport>,
    ) -> Self {
        match sent {
            Ok(Outcome::Updated(report) | Outcome::Partial(report)) => {
                Self { phones: updated(report), feedback: Feedback::Succeeded }
            }
            Ok(Outcome::Failed(failure)) => Self::failed(phones, &failure),
            Err(SendError::NotSent(error)) => {
                let report = PhoneReport::unsent(&format!("not sent: {error}"));
                Self { phones: vec![report; phones], feedback: Feedback::Unavailable }
            }
            // The journal keeps those that are at risk out; so somebody else asked this client for the account.
            Err(SendError::AtRisk) => {
                let report = PhoneReport {
                    outcome: PhoneOutcome::NotSent,
                    lockout: LockoutEffect::Unknown,
                    why: SendError::AtRisk.to_string(),
                };
                Self { phones: vec![report; phones], feedback: Feedback::Refused }
            }
            Err(error @ (SendError::Field(_) | SendError::TraceLogEnabled { .. })) => {
                Self::stopped(phones, error.to_string())
            }
            // Whatever else a later version of the library reports: the call may have left.
            Err(error) => {
                let report = PhoneReport::unheard(&format!("no reply: {error}"));
                Self { phones: vec![report; phones], feedback: Feedback::Unavailable }
            }
        }
    }

    fn failed(phones: usize, failure: &Failure) -> Self {
        let early = matches!(failure.kind(), FailureKind::RateLimited { .. });
        // Of the whole tenant, and of no phone; but where it may have been a check of an account, it is of that.
        let tenant = failure.kind() == FailureKind::Unauthorized && !failure.counts_as_failed_check();
        let outcome = match failure.may_have_changed() {
            true => PhoneOutcome::Unknown,
            false if early || tenant => PhoneOutcome::NotSent,
            false => PhoneOutcome::Refused,
        };
        let feedback = match (Feedback::wait_of(failure), outcome) {
            (Some(wait), _) => wait,
            _ if tenant => Feedback::Stop(failure.to_string()),
            (None, PhoneOutcome::Refused) => Feedback::Refused,
            (None, _) => Feedback::Unavailable,
        };
        let lockout = LockoutEffect::of_reply(Some(failure));
        Self { phones: vec![PhoneReport { outcome, lockout, why: failure.to_string() }; phones], feedback }
    }
}

impl PhoneReport {
    /// The vendor confirms the password.
    pub const fn confirmed() -> Self {
        Self { outcome: PhoneOutcome::Confirmed, lockout: LockoutEffect::Passed, why: String::new() }
    }

    /// Nothing was done.
    pub(crate) fn unsent(why: &str) -> Self {
        Self { outcome: PhoneOutcome::NotSent, lockout: LockoutEffect::NotChecked, why: why.into() }
    }

    /// Nobody knows what became of it.
    pub(crate) fn unheard(why: &str) -> Self {
        Self { outcome: PhoneOutcome::Unknown, lockout: LockoutEffect::Unknown, why: why.into() }
    }

    /// The vendor does not say what it did.
    pub(crate) fn unknown(why: &str) -> Self {
        Self { outcome: PhoneOutcome::Unknown, lockout: LockoutEffect::NotChecked, why: why.into() }
    }
}
