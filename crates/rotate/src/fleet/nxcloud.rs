//! NXCloud's phones: several in a call, each with a password of its own.

use std::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use sip_password::{
    Client, Policy,
    api::{BaseUrl, FieldError, NewPassword, Outcome, Secret, lockout::LockoutEffect},
    nxcloud::{Assignment, PhoneState, Report, UpdatePassword},
};

use super::{CallReport, Fleet, PhoneReport, PhoneUpdate};
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
    /// The most phones in one call. The vendor's document does not say that a comma separates them, so a call that is refused is
    /// halved until it has one phone, which needs no separator.
    pub batch: usize,
    /// The passwords that the vendor accepts: [`NXCLOUD`](sip_password::NXCLOUD), or a tenant's own policy.
    pub policy: &'a Policy,
}

impl NxCloud<'_> {
    /// The usual number of phones in one call, for [`batch`](Self::batch).
    pub const DEFAULT_BATCH: usize = 20;

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

/// What the vendor's report says of each phone, in the order of the call.
fn phone_reports(report: Report<'_>) -> Vec<PhoneReport> {
    let others = match report.unrequested {
        0 => "",
        _ => "; and its reply has phones that were not asked for",
    };
    let unknown = |what| PhoneReport {
        lockout: LockoutEffect::NotChecked,
        ..PhoneReport::unknown(format!("the vendor reports success, but its reply {what}{others}"))
    };
    let of_state = |state| match state {
        PhoneState::Updated => PhoneReport::confirmed(),
        PhoneState::Missing => unknown("does not have this phone"),
        _ => unknown("has another password for this phone"),
    };
    report.phones.into_iter().map(|phone| of_state(phone.state)).collect()
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

    /// 30 calls a minute: other calls of the vendor allow one in two seconds from one address.
    fn default_rate(&self) -> Rate {
        Rate::per_minute(30)
    }

    fn validate(&self, phone: &PhoneUpdate<'_>) -> Result<(), FieldError> {
        self.call(&[self.change(phone)?]).request().map(drop)
    }

    fn send(&self, client: &Client, phones: &[PhoneUpdate<'_>]) -> CallReport {
        let changes = phones.iter().map(|phone| self.change(phone)).collect::<Result<Vec<_>, _>>();
        let changes = match changes {
            Ok(changes) => changes,
            Err(error) => return CallReport::stopped(phones.len(), error.to_string()),
        };
        match client.send(&self.call(&changes)) {
            Ok(Outcome::Updated(report) | Outcome::Partial(report)) => {
                CallReport { phones: phone_reports(report), feedback: Feedback::Succeeded }
            }
            Ok(Outcome::Failed(failure)) => CallReport::of_failure(phones.len(), &failure),
            Err(error) => CallReport::of_send_error(phones.len(), &error),
        }
    }
}

#[cfg(test)]
mod tests {
    use sip_password::{
        NXCLOUD,
        http::{HeaderMap, StatusCode},
        nxcloud,
    };

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
                Outcome::Updated(report) | Outcome::Partial(report) => phone_reports(report),
                Outcome::Failed(failure) => panic!("{failure}"),
            }
        };
        let all = r#""1049001":"NotARealOne1","1049002":"NotARealOne2","1049003":"NotARealOne3""#;
        assert!(reports(&format!("{{{all}}}")).iter().all(|phone| *phone == PhoneReport::confirmed()));

        let found =
            reports(r#"{"1049001":"NotARealOne1","1049002":"NotARealOne1","1049009":"NotARealOne1"}"#);
        assert_eq!(found[0], PhoneReport::confirmed());
        assert_eq!(
            found[1..].iter().map(|phone| phone.outcome).collect::<Vec<_>>(),
            [PhoneOutcome::Unknown; 2]
        );
        for (phone, words) in found[1..].iter().zip(["has another password", "does not have this phone"]) {
            assert!(phone.reason.contains(words), "{}", phone.reason);
            assert!(phone.reason.ends_with("phones that were not asked for"), "{}", phone.reason);
            assert!(!phone.reason.contains("NotAReal"), "{}", phone.reason);
        }
    }
}
