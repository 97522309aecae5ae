//! NXCloud's phones: several in a call, each with a password of its own.

use std::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{CallReport, Fleet, PhoneReport, PhoneUpdate};
use crate::throttle::Rate;
use sip_password::{
    Client, Policy, Preset,
    api::{BaseUrl, FieldError, NewPassword, Secret},
    nxcloud::{Change, PhoneState, Report, UpdatePassword},
};

/// The phones of a tenant of NXCloud.
///
/// Column of the accounts file: `username`.
#[derive(Clone, Copy, Debug)]
pub struct NxCloud<'a> {
    /// Where the API is.
    pub base: &'a BaseUrl,
    /// The app key.
    pub app_key: Secret<'a>,
    /// The secret key.
    pub secret_key: Secret<'a>,
    /// How many phones go into one call, at most. That a comma separates several is not in the vendor's document; a call
    /// that is refused is halved until it is of one phone, which depends on nothing.
    pub batch: usize,
    /// Which passwords are taken: the vendor's preset, or the rule of a tenant's own.
    pub policy: &'a Policy<'a>,
}

impl NxCloud<'_> {
    /// As many phones in a call as [`batch`](Self::batch) usually is.
    pub const DEFAULT_BATCH: usize = 20;

    fn change<'b>(&'b self, phone: &PhoneUpdate<'b>) -> Result<(&'b str, NewPassword<'b>), FieldError> {
        Ok((phone.names.first().copied().unwrap_or_default(), phone.password(self.policy)?))
    }

    fn call<'b>(&'b self, changes: &'b [(&'b str, NewPassword<'b>)]) -> UpdatePassword<'b> {
        UpdatePassword {
            base: self.base,
            app_key: self.app_key,
            secret_key: self.secret_key,
            change: Change::OneEach(changes),
        }
    }
}

fn phone_reports(report: Report<'_>) -> Vec<PhoneReport> {
    let others = match report.not_asked_for {
        0 => "",
        _ => "; and its reply has phones that were not asked for",
    };
    let phone_report = |state| match state {
        PhoneState::Updated => PhoneReport::confirmed(),
        PhoneState::Missing => PhoneReport::unknown(&format!(
            "the vendor says that it is done, and this phone is not in its reply{others}"
        )),
        _ => PhoneReport::unknown(&format!(
            "the vendor says that it is done, and its reply has another password for this phone{others}"
        )),
    };
    report.phones.into_iter().map(|phone| phone_report(phone.state)).collect()
}

impl Fleet for NxCloud<'_> {
    fn preset(&self) -> &'static Preset {
        Preset::named("nxcloud").expect("it is one of the presets")
    }

    fn policy(&self) -> &Policy<'_> {
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

    /// 30 calls a minute: other calls of the vendor's allow one in two seconds from one address.
    fn default_rate(&self) -> Rate {
        Rate::per_minute(30)
    }

    fn validate(&self, phone: &PhoneUpdate<'_>) -> Result<(), FieldError> {
        self.call(&[self.change(phone)?]).request().map(drop)
    }

    fn send(&self, client: &Client, phones: &[PhoneUpdate<'_>]) -> CallReport {
        match phones.iter().map(|phone| self.change(phone)).collect::<Result<Vec<_>, _>>() {
            Ok(changes) => CallReport::of(phones.len(), client.send(&self.call(&changes)), phone_reports),
            Err(error) => CallReport::stopped(phones.len(), error.to_string()),
        }
    }
}
