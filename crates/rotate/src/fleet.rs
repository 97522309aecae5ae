//! What a rotation must know of a vendor, and what a call says of each phone.

pub(crate) mod exotel;
pub(crate) mod huawei;
pub(crate) mod nxcloud;
#[cfg(test)]
pub(crate) mod replies;

use core::fmt;
use std::{format, string::String, string::ToString, vec, vec::Vec};

use sip_password::{
    Client, Policy, SendError, TransportError,
    api::{Failure, FailureKind, FieldError, FieldErrorKind, NewPassword, lockout::LockoutEffect},
    huawei::ExtraHeaders,
};

use zeroize::Zeroizing;

use crate::throttle::{Feedback, Rate};

/// A vendor's phones, and how a call sets their passwords: [`Huawei`](crate::Huawei), [`Exotel`](crate::Exotel),
/// [`NxCloud`](crate::NxCloud), or one of your own.
///
/// `examples/own_fleet.rs` implements it for a vendor that is made up. An implementation sends with a client of its own; the
/// [`Client`] that [`send`](Self::send) is given is for the library's calls.
pub trait Fleet: Sync {
    /// The vendor's name. The journal keeps it, and is for no other vendor.
    fn vendor(&self) -> &str;

    /// The passwords that the vendor accepts: a preset's policy, or a tenant's own. The journal keeps it in words, and is for no other
    /// policy.
    fn policy(&self) -> &Policy;

    /// Whose phones these are, as far as the accounts file does not say it: the address of the API, for example, and the customer's
    /// account. The journal keeps it, and is for no other tenant: what a rehearsal confirmed is not done elsewhere.
    fn tenant(&self) -> String;

    /// The headers that the tenant needs with each call, beside those of the vendor's documents. The journal keeps them, unencrypted, and
    /// is for no others: by such a header the vendor may find the tenant.
    fn extra_headers(&self) -> ExtraHeaders<'_> {
        ExtraHeaders::NONE
    }

    /// The columns of the accounts file that together name a phone. Summaries and exports have them beside columns of their own, whose
    /// names these must not have: `line`, `password`, `vendor_password`, `state`, `calls`, `sent`, `changed` and `reason`.
    fn columns(&self) -> &'static [&'static str];

    /// The column of the accounts file with the password of the phone's account, if the vendor asks for that.
    fn account_password_column(&self) -> Option<&'static str> {
        None
    }

    /// Whether the vendor locks an account after failed checks of its password. If so, the journal counts them for each phone by
    /// [`PhoneReport::lockout`], and the run never sends a call that could lock an account.
    fn locks_accounts(&self) -> bool {
        false
    }

    /// The most phones in one call.
    fn max_batch(&self) -> usize {
        1
    }

    /// A rate of calls that the vendor allows.
    fn default_rate(&self) -> Rate;

    /// Checks, before anything is sent, everything that could be wrong with a call for this phone.
    ///
    /// # Errors
    ///
    /// [`FieldError`] names the field.
    fn validate(&self, phone: &PhoneUpdate<'_>) -> Result<(), FieldError>;

    /// Sets the passwords of these phones by one call, and sends it once. The report has the phones in this order.
    fn send(&self, client: &Client, phones: &[PhoneUpdate<'_>]) -> CallReport;
}

/// Only the vendor's name.
impl fmt::Debug for dyn Fleet + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.vendor())
    }
}

/// A phone, and the password that it is to get.
#[derive(Clone, Copy)]
pub struct PhoneUpdate<'a> {
    /// The fields of [`Fleet::columns`], in that order.
    pub names: &'a [&'a str],
    /// The field of [`Fleet::account_password_column`]; empty without such a column.
    pub account_password: &'a str,
    /// The new password.
    pub new_password: &'a str,
}

/// The names, and no password.
impl fmt::Debug for PhoneUpdate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PhoneUpdate").field("names", &self.names).finish_non_exhaustive()
    }
}

impl<'a> PhoneUpdate<'a> {
    /// The new password, checked against this policy, for one of the library's calls.
    pub(crate) fn password(&self, policy: &'a Policy) -> Result<NewPassword<'a>, FieldError> {
        let wrong = |codes| FieldError { field: "new_password", kind: FieldErrorKind::NotCompliant(codes) };
        let password = policy.check(self.new_password).map_err(|violations| wrong(violations.kinds()))?;
        Ok(NewPassword::TenantPolicy { password, policy })
    }
}

/// What became of a call.
///
/// Where it matters whether the vendor can have acted, the constructors decide on the safe side: use them rather than the fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallReport {
    /// What became of each phone, in the order of the call. A phone that is missing here counts as [`PhoneReport::unknown`].
    pub phones: Vec<PhoneReport>,
    /// What the call says about the calls to come.
    pub feedback: Feedback,
    /// Phones that the reply says have a password, and that the call did not contain. The journal keeps them.
    pub unrequested: Vec<UnrequestedPhone>,
}

/// A phone that a reply named without having been asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnrequestedPhone {
    /// Its names, in the order of [`Fleet::columns`]; `None` if the reply has none that can be kept. They are not encrypted.
    pub names: Option<Vec<String>>,
    /// The password that the reply gives for it, if it can be read.
    pub password: Option<VendorPassword>,
}

/// A password that the vendor chose or reported, in memory that is wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct VendorPassword(Zeroizing<String>);

impl VendorPassword {
    /// Moves the password here; the memory of `password` is wiped later.
    pub const fn new(password: Zeroizing<String>) -> Self {
        Self(password)
    }

    /// The password itself.
    pub fn expose_secret(&self) -> &str {
        &self.0
    }
}

/// Redacted.
impl fmt::Debug for VendorPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VendorPassword(redacted)")
    }
}

/// What became of a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneReport {
    /// Which password the phone has.
    pub outcome: PhoneOutcome,
    /// What the call did to the vendor's count of failed checks. Ignored if the vendor [locks](Fleet::locks_accounts) no accounts.
    pub lockout: LockoutEffect,
    /// Why the phone is not confirmed, for a person, and without a secret. The journal keeps it unencrypted.
    pub reason: String,
    /// The password that the reply gives for the phone in place of the new one. The journal keeps it, encrypted.
    pub vendor_password: Option<VendorPassword>,
}

/// Which password a phone has after a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PhoneOutcome {
    /// The new one: the vendor confirms it.
    Confirmed,
    /// The old one: the vendor refused.
    Refused,
    /// The old one or the new one; or the [`vendor_password`](PhoneReport::vendor_password), if there is one.
    Unknown,
    /// The old one: the call never arrived, or came too early. It will be sent again.
    NotSent,
}

impl CallReport {
    /// The same happened to all phones of a call.
    pub fn all(phones: usize, report: PhoneReport, feedback: Feedback) -> Self {
        Self { phones: vec![report; phones], feedback, unrequested: Vec::new() }
    }

    /// The vendor confirms every password.
    pub fn confirmed(phones: usize) -> Self {
        Self::all(phones, PhoneReport::confirmed(), Feedback::Succeeded)
    }

    /// Nothing was sent, and no call can succeed until a person removes the cause: the run stops.
    pub fn stopped(phones: usize, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self::all(phones, PhoneReport::not_sent(reason.clone()), Feedback::Stop(reason))
    }

    /// Nothing reached the vendor. The call will be sent again.
    pub fn not_sent(phones: usize, reason: impl Into<String>) -> Self {
        Self::all(phones, PhoneReport::not_sent(reason), Feedback::Unavailable)
    }

    /// The call may have reached the vendor, and there is no reply, or none that says what happened.
    pub fn unknown(phones: usize, reason: impl Into<String>) -> Self {
        Self::all(phones, PhoneReport::unknown(reason), Feedback::Unavailable)
    }

    /// The vendor refused the call and changed nothing. `lockout` says whether that was a failed check of the account's password.
    pub fn refused(phones: usize, lockout: LockoutEffect, reason: impl Into<String>) -> Self {
        let report = PhoneReport { outcome: PhoneOutcome::Refused, lockout, ..PhoneReport::unknown(reason) };
        Self::all(phones, report, Feedback::Refused)
    }

    /// The same report, with a feedback that stops the run if the reply has a password that was not sent: whatever the cause, more
    /// calls would only leave more phones with passwords that nobody chose.
    pub(crate) fn stopped_if_contradicted(self) -> Self {
        let reason = if self.phones.iter().any(|phone| phone.vendor_password.is_some()) {
            "the vendor reports another password than the one that was sent; find out why before you go on. The journal keeps what it \
             reports, and rotate export writes it"
        } else if !self.unrequested.is_empty() {
            "the vendor's reply names phones that the call did not contain; find out why before you go on. The journal keeps their \
             passwords, and rotate export writes them"
        } else {
            return self;
        };
        Self { feedback: Feedback::Stop(reason.into()), ..self }
    }

    /// What a failure of one of the library's calls means for its phones, and for the calls to come.
    pub fn of_failure(phones: usize, failure: &Failure) -> Self {
        let too_early = matches!(failure.kind(), FailureKind::RateLimited { .. });
        // The tenant's credentials, and so no phone's fault; but a failed check of an account concerns that account.
        let tenant = failure.kind() == FailureKind::Unauthorized && !failure.counts_as_failed_check();
        let outcome = match failure.may_have_changed() {
            true => PhoneOutcome::Unknown,
            // A reply to a call for several phones does not say that it changed none of them.
            false if too_early || tenant => match phones {
                1 => PhoneOutcome::NotSent,
                _ => PhoneOutcome::Unknown,
            },
            false => PhoneOutcome::Refused,
        };
        let feedback = match (Feedback::wait_of(failure), outcome) {
            (Some(wait), _) => wait,
            _ if tenant => Feedback::Stop(failure.to_string()),
            (None, PhoneOutcome::Refused) => Feedback::Refused,
            (None, _) => Feedback::Unavailable,
        };
        let lockout = LockoutEffect::of_reply(Some(failure));
        let report = PhoneReport { outcome, lockout, ..PhoneReport::unknown(failure.to_string()) };
        Self::all(phones, report, feedback)
    }

    /// What an error of the library's client means for the phones of the call, and for the calls to come.
    pub fn of_send_error(phones: usize, error: &SendError) -> Self {
        match error {
            SendError::Field(_) | SendError::TraceLogEnabled { .. } => {
                Self::stopped(phones, error.to_string())
            }
            SendError::NotSent(error) => {
                let report = Self::not_sent(phones, format!("not sent: {error}"));
                Self { feedback: outage(error), ..report }
            }
            // The journal leaves accounts at risk alone, so something else used this client for the account.
            SendError::AtRisk => {
                let lockout = LockoutEffect::Unknown;
                let report = PhoneReport { lockout, ..PhoneReport::not_sent(error.to_string()) };
                Self::all(phones, report, Feedback::Refused)
            }
            SendError::Unknown(error) => Self::unknown(phones, format!("no usable reply: {error}")),
            // Whatever a later version of the library reports: the call may have left.
            error => Self::unknown(phones, format!("no usable reply: {error}")),
        }
    }
}

/// What it says of the calls to come that a call was not sent: no connection can be made, or one broke or was too slow.
fn outage(error: &TransportError) -> Feedback {
    use std::io::ErrorKind;

    let is_unreachable = match error {
        TransportError::HostNotFound | TransportError::Tls(_) | TransportError::Proxy => true,
        TransportError::Io(kind) => matches!(
            kind,
            ErrorKind::ConnectionRefused
                | ErrorKind::NotConnected
                | ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable
        ),
        _ => false,
    };
    if is_unreachable { Feedback::Unreachable(error.to_string()) } else { Feedback::Unavailable }
}

impl PhoneReport {
    /// The vendor confirms the new password.
    pub const fn confirmed() -> Self {
        Self {
            outcome: PhoneOutcome::Confirmed,
            lockout: LockoutEffect::Passed,
            reason: String::new(),
            vendor_password: None,
        }
    }

    /// Nothing about this phone reached the vendor.
    pub fn not_sent(reason: impl Into<String>) -> Self {
        let (outcome, lockout) = (PhoneOutcome::NotSent, LockoutEffect::NotChecked);
        Self { outcome, lockout, ..Self::unknown(reason) }
    }

    /// Nobody knows which password the phone has, nor whether the account's password was checked.
    pub fn unknown(reason: impl Into<String>) -> Self {
        let (outcome, lockout) = (PhoneOutcome::Unknown, LockoutEffect::Unknown);
        Self { outcome, lockout, reason: reason.into(), vendor_password: None }
    }
}

#[cfg(test)]
mod tests {
    use sip_password::http::{HeaderMap, StatusCode};

    use super::*;

    fn failure_of_huawei(status: u16, body: &str) -> Failure {
        let status = StatusCode::from_u16(status).expect("it is a status");
        replies::huawei(status, body.as_bytes()).failure().expect("it is a failure").clone()
    }

    fn failure_of_exotel(status: u16) -> Failure {
        let status = StatusCode::from_u16(status).expect("it is a status");
        replies::exotel(status, &HeaderMap::new(), b"").failure().expect("it is a failure").clone()
    }

    #[test]
    fn what_a_failure_means() {
        use LockoutEffect::{Failed, NotChecked, Unknown as MaybeChecked};
        use PhoneOutcome::{NotSent, Refused, Unknown};

        let stop = |failure: &Failure| Feedback::Stop(failure.to_string());
        for (failure, outcome, lockout, stops, feedback) in [
            (
                failure_of_huawei(200, r#"{"resultCode":"1"}"#),
                Refused,
                Failed,
                false,
                Some(Feedback::Refused),
            ),
            (failure_of_huawei(401, ""), Refused, Failed, false, Some(Feedback::Refused)),
            (failure_of_huawei(429, ""), NotSent, NotChecked, false, Some(Feedback::Unavailable)),
            (failure_of_huawei(502, ""), Unknown, MaybeChecked, false, Some(Feedback::Unavailable)),
            (failure_of_exotel(401), NotSent, NotChecked, true, None),
            (failure_of_exotel(403), Refused, NotChecked, false, Some(Feedback::Refused)),
            (failure_of_exotel(429), NotSent, NotChecked, false, Some(Feedback::Unavailable)),
            (failure_of_exotel(500), Unknown, MaybeChecked, false, Some(Feedback::Unavailable)),
        ] {
            let report = CallReport::of_failure(1, &failure);
            let expected = PhoneReport { outcome, lockout, ..PhoneReport::unknown(failure.to_string()) };
            assert_eq!(report.phones, [expected], "{failure}");
            let feedback = if stops { stop(&failure) } else { feedback.expect("it is in the table") };
            assert_eq!(report.feedback, feedback, "{failure}");
        }
    }

    #[test]
    fn what_an_error_of_the_client_means() {
        let field = FieldError { field: "token", kind: FieldErrorKind::Empty };
        let trace = SendError::TraceLogEnabled { target: "ureq_proto::util" };
        for error in [SendError::Field(field), trace] {
            let report = CallReport::of_send_error(1, &error);
            assert_eq!(report, CallReport::stopped(1, error.to_string()));
            assert_eq!(report.phones[0], PhoneReport::not_sent(error.to_string()));
        }
        let report = CallReport::of_send_error(2, &SendError::NotSent(TransportError::HostNotFound));
        let unreachable = "the host's name cannot be resolved (DNS); check the base URL and the network";
        assert_eq!(report.feedback, Feedback::Unreachable(unreachable.into()));
        assert_eq!(
            report.phones,
            vec![
                PhoneReport::not_sent(
                    "not sent: the host's name cannot be resolved (DNS); check the base URL and the network"
                );
                2
            ]
        );
        let report = CallReport::of_send_error(1, &SendError::Unknown(TransportError::NotHttp));
        assert_eq!(report.feedback, Feedback::Unavailable);
        assert_eq!(
            report.phones,
            [PhoneReport::unknown("no usable reply: the reply is not HTTP; check the base URL")]
        );
        let report = CallReport::of_send_error(1, &SendError::AtRisk);
        assert_eq!(report.feedback, Feedback::Refused);
        let PhoneReport { outcome, lockout, .. } = report.phones[0];
        assert_eq!((outcome, lockout), (PhoneOutcome::NotSent, LockoutEffect::Unknown));
    }

    #[test]
    fn the_constructors_say_what_they_are_called() {
        let one = |report: CallReport| (report.phones[0].outcome, report.phones[0].lockout, report.feedback);
        assert_eq!(
            one(CallReport::confirmed(1)),
            (PhoneOutcome::Confirmed, LockoutEffect::Passed, Feedback::Succeeded)
        );
        assert_eq!(
            one(CallReport::refused(1, LockoutEffect::Failed, "no")),
            (PhoneOutcome::Refused, LockoutEffect::Failed, Feedback::Refused)
        );
        assert_eq!(CallReport::confirmed(7).phones.len(), 7);
    }
}
