//! Exotel's phones: one call for each.

use std::{
    format,
    string::{String, ToString},
};

use super::{CallReport, Fleet, PhoneReport, PhoneUpdate};
use crate::throttle::Rate;
use sip_password::{
    Client, Policy, Preset,
    api::{BaseUrl, FieldError, Secret},
    exotel::UpdatePassword,
};

/// The phones of an account of Exotel's CCM.
///
/// Columns of the accounts file: `user_uuid`, `device_id`.
#[derive(Clone, Copy, Debug)]
pub struct Exotel<'a> {
    /// Where the API is.
    pub base: &'a BaseUrl,
    /// The API key.
    pub api_key: Secret<'a>,
    /// The API token.
    pub api_token: Secret<'a>,
    /// The account's sid.
    pub account_sid: &'a str,
    /// Which passwords are taken: the vendor's preset, or the rule of a tenant's own.
    pub policy: &'a Policy<'a>,
}

impl Exotel<'_> {
    fn call<'b>(&'b self, phone: &PhoneUpdate<'b>) -> Result<UpdatePassword<'b>, FieldError> {
        let name = |place: usize| phone.names.get(place).copied().unwrap_or_default();
        Ok(UpdatePassword {
            base: self.base,
            api_key: self.api_key,
            api_token: self.api_token,
            account_sid: self.account_sid,
            user_uuid: name(0),
            device_id: name(1),
            new_password: phone.password(self.policy)?,
        })
    }
}

impl Fleet for Exotel<'_> {
    fn preset(&self) -> &'static Preset {
        Preset::named("exotel").expect("it is one of the presets")
    }

    fn policy(&self) -> &Policy<'_> {
        self.policy
    }

    fn tenant(&self) -> String {
        format!("{} at {}", self.account_sid, self.base)
    }

    fn columns(&self) -> &'static [&'static str] {
        &["user_uuid", "device_id"]
    }

    /// 50 calls a minute: the lesser of the two limits that the vendor's documents have.
    fn default_rate(&self) -> Rate {
        Rate::per_minute(50)
    }

    fn validate(&self, phone: &PhoneUpdate<'_>) -> Result<(), FieldError> {
        self.call(phone)?.request().map(drop)
    }

    fn send(&self, client: &Client, phones: &[PhoneUpdate<'_>]) -> CallReport {
        let [phone] = phones else {
            return CallReport::stopped(phones.len(), "a call to Exotel is for one phone".into());
        };
        match self.call(phone) {
            Ok(call) => CallReport::of(1, client.send(&call), |_| [PhoneReport::confirmed()].into()),
            Err(error) => CallReport::stopped(1, error.to_string()),
        }
    }
}
