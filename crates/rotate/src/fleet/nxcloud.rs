//! NXCloud's phones: several in a call, each with a password of its own.

use std::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use sip_password::{
    Client, Policy,
    api::{BaseUrl, FieldError, NewPassword, Outcome, Secret, lockout::LockoutEffect},
    http::{HeaderMap, StatusCode},
    nxcloud::{Assignment, PhoneState, Report, UpdatePassword},
};

use super::{CallReport, Fleet, PhoneReport, PhoneUpdate, UnrequestedPhone, VendorPassword};
use crate::throttle::{Feedback, Rate};

/// The phones of a tenant of NXCloud.
///
/// Column of the accounts file: `username`.
#[derive(Clone, Copy, Debug)]
pub struct NxCloud<'a> {
    /// The address of the API: [`PRODUCTION`](sip_password::nxcloud::PRODUCTION).
    pub base: &'a BaseUrl,
    /// The app key.
    pub app_key: Secret<'a>,
    /// The secret key.
    pub secret_key: Secret<'a>,
    /// The most phones in one call. The vendor's document does not say that a comma separates them. So calls begin with one phone and
    /// grow only while each reply confirms what was sent, and a call that is refused is halved until it has one phone, which needs no
    /// separator.
    pub batch: usize,
    /// The passwords that the vendor accepts: [`NXCLOUD`](sip_password::NXCLOUD), or a tenant's own policy.
    pub policy: &'a Policy,
}

impl NxCloud<'_> {
    /// The rate unless another is asked for. 30 calls a minute: other calls of the vendor allow one in two seconds from one address.
    pub const USUAL_RATE: Rate = Rate::per_minute(30);

    /// The usual number of phones in one call, for [`batch`](Self::batch).
    pub const DEFAULT_BATCH: usize = 20;

    /// What a reply to a call for these phones means, for a caller that sends it by a client of its own.
    ///
    /// The bytes are those of the whole body.
    pub fn report(
        &self,
        phones: &[PhoneUpdate<'_>],
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> CallReport {
        match self.changes(phones) {
            Ok(changes) => report_of(phones.len(), self.call(&changes).outcome(status, headers, body)),
            Err(error) => CallReport::stopped(phones.len(), error.to_string()),
        }
    }

    fn changes<'b>(
        &'b self,
        phones: &[PhoneUpdate<'b>],
    ) -> Result<Vec<(&'b str, NewPassword<'b>)>, FieldError> {
        phones.iter().map(|phone| self.change(phone)).collect()
    }

    fn change<'b>(&'b self, phone: &PhoneUpdate<'b>) -> Result<(&'b str, NewPassword<'b>), FieldError> {
        Ok((phone.names.first().copied().unwrap_or_default(), phone.password(self.policy)?))
    }

    fn call<'b>(&'b self, changes: &'b [(&'b str, NewPassword<'b>)]) -> UpdatePassword<'b> {
        UpdatePassword {
            base: self.base,
            app_key: self.app_key,
            secret_key: self.secret_key,
            assignment: Assignment::Individual(changes),
        }
    }
}

fn report_of(phones: usize, outcome: Outcome<Report<'_>, Report<'_>>) -> CallReport {
    match outcome {
        Outcome::Updated(report) | Outcome::Partial(report) => call_report(report),
        Outcome::Failed(failure) => CallReport::of_failure(phones, &failure),
    }
}

/// What the vendor's report says of each phone, in the order of the call, and of others.
fn call_report(report: Report<'_>) -> CallReport {
    let unknown = |what| PhoneReport {
        lockout: LockoutEffect::NotChecked,
        ..PhoneReport::unknown(format!("the vendor reports success, but its reply {what}"))
    };
    let of_state = |state| match state {
        PhoneState::Updated => PhoneReport::confirmed(),
        PhoneState::Missing => unknown("does not have this phone"),
        PhoneState::Different(password) => PhoneReport {
            vendor_password: Some(VendorPassword::new(password.into())),
            ..unknown("has another password for this phone: probably the phone has that one")
        },
        _ => unknown("has no readable password for this phone"),
    };
    let phones = report.phones.into_iter().map(|phone| of_state(phone.state)).collect();
    let unrequested = report.unrequested.into_iter().map(|phone| UnrequestedPhone {
        names: phone.username().map(|username| vec![username.to_string()]),
        password: phone.password.map(|password| VendorPassword::new(password.into())),
    });
    CallReport { phones, feedback: Feedback::Succeeded, unrequested: unrequested.collect() }
}

impl Fleet for NxCloud<'_> {
    fn vendor(&self) -> &str {
        "nxcloud"
    }

    fn policy(&self) -> &Policy {
        self.policy
    }

    fn tenant(&self) -> String {
        self.base.to_string()
    }

    fn columns(&self) -> &'static [&'static str] {
        &["username"]
    }

    fn max_batch(&self) -> usize {
        self.batch
    }

    fn default_rate(&self) -> Rate {
        Self::USUAL_RATE
    }

    fn validate(&self, phone: &PhoneUpdate<'_>) -> Result<(), FieldError> {
        self.call(&[self.change(phone)?]).request().map(drop)
    }

    fn send(&self, client: &Client, phones: &[PhoneUpdate<'_>]) -> CallReport {
        let changes = match self.changes(phones) {
            Ok(changes) => changes,
            Err(error) => return CallReport::stopped(phones.len(), error.to_string()),
        };
        match client.send(&self.call(&changes)) {
            Ok(outcome) => report_of(phones.len(), outcome),
            Err(error) => CallReport::of_send_error(phones.len(), &error),
        }
    }
}

#[cfg(test)]
mod tests {
    use sip_password::{NXCLOUD, nxcloud};

    use super::*;
    use crate::PhoneOutcome;

    #[test]
    fn what_the_reply_says_of_each_phone() {
        let password = |text| NXCLOUD.check(text).expect("it is compliant").into();
        let changes = [
            ("1049001", password("NotARealOne1")),
            ("1049002", password("NotARealOne2")),
            ("1049003", password("NotARealOne3")),
        ];
        let call = UpdatePassword {
            base: &nxcloud::PRODUCTION,
            app_key: Secret::new("not-a-real-key"),
            secret_key: Secret::new("not-a-real-secret"),
            assignment: Assignment::Individual(&changes),
        };
        let reports = |row: &str| {
            let body = format!(r#"{{"code":"success","row":{row}}}"#);
            match call.outcome(StatusCode::OK, &HeaderMap::new(), body.as_bytes()) {
                Outcome::Updated(report) | Outcome::Partial(report) => call_report(report),
                Outcome::Failed(failure) => panic!("{failure}"),
            }
        };
        let all = r#""1049001":"NotARealOne1","1049002":"NotARealOne2","1049003":"NotARealOne3""#;
        assert_eq!(reports(&format!("{{{all}}}")), CallReport::confirmed(3));

        let CallReport { phones: found, unrequested, .. } =
            reports(r#"{"1049001":"NotARealOne1","1049002":"AThirdOne9","1049009":"AnotherOne9"}"#);
        let password = |password: &Option<VendorPassword>| {
            password.as_ref().map(|password| password.expose_secret().to_string())
        };
        assert_eq!(password(&found[1].vendor_password).as_deref(), Some("AThirdOne9"));
        assert_eq!(unrequested.len(), 1);
        assert_eq!(unrequested[0].names.as_deref(), Some(&["1049009".to_string()][..]));
        assert_eq!(password(&unrequested[0].password).as_deref(), Some("AnotherOne9"));
        assert_eq!(found[0], PhoneReport::confirmed());
        assert_eq!(
            found[1..].iter().map(|phone| phone.outcome).collect::<Vec<_>>(),
            [PhoneOutcome::Unknown; 2]
        );
        for (phone, words) in found[1..].iter().zip(["has another password", "does not have this phone"]) {
            assert!(phone.reason.contains(words), "{}", phone.reason);
            assert!(!phone.reason.contains("One"), "{}", phone.reason);
        }
    }
}
