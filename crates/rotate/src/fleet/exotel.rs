//! Exotel's phones: one call for each phone.

use std::{
    format,
    string::{String, ToString},
};

use sip_password::{
    Client, Policy,
    api::{BaseUrl, FieldError, Outcome, Secret},
    exotel::UpdatePassword,
};

use super::{CallReport, Fleet, PhoneUpdate};
use crate::throttle::Rate;

/// The phones of an account of Exotel's CCM.
///
/// Columns of the accounts file: `user_uuid`, `device_id`.
#[derive(Clone, Copy, Debug)]
pub struct Exotel<'a> {
    /// The address of the API: [`SINGAPORE`](sip_password::exotel::SINGAPORE) or [`MUMBAI`](sip_password::exotel::MUMBAI).
    pub base: &'a BaseUrl,
    /// The API key.
    pub api_key: Secret<'a>,
    /// The API token.
    pub api_token: Secret<'a>,
    /// The account's SID.
    pub account_sid: &'a str,
    /// The passwords that the vendor accepts: [`EXOTEL`](sip_password::EXOTEL), or a tenant's own policy.
    pub policy: &'a Policy,
}

impl Exotel<'_> {
    /// The rate unless another is asked for. 50 calls a minute: the lower of the two limits in the vendor's documents.
    pub const USUAL_RATE: Rate = Rate::per_minute(50);

    fn call<'b>(&'b self, phone: &PhoneUpdate<'b>) -> Result<UpdatePassword<'b>, FieldError> {
        let name = |column: usize| phone.names.get(column).copied().unwrap_or_default();
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
    fn vendor(&self) -> &str {
        "exotel"
    }

    fn policy(&self) -> &Policy {
        self.policy
    }

    fn tenant(&self) -> String {
        format!("{} at {}", self.account_sid, self.base)
    }

    fn columns(&self) -> &'static [&'static str] {
        &["user_uuid", "device_id"]
    }

    fn default_rate(&self) -> Rate {
        Self::USUAL_RATE
    }

    fn validate(&self, phone: &PhoneUpdate<'_>) -> Result<(), FieldError> {
        self.call(phone)?.request().map(drop)
    }

    fn send(&self, client: &Client, phones: &[PhoneUpdate<'_>]) -> CallReport {
        let [phone] = phones else {
            return CallReport::stopped(phones.len(), "a call to Exotel is for one phone");
        };
        let call = match self.call(phone) {
            Ok(call) => call,
            Err(error) => return CallReport::stopped(1, error.to_string()),
        };
        match client.send(&call) {
            Ok(Outcome::Updated(_)) => CallReport::confirmed(1),
            Ok(Outcome::Failed(failure)) => CallReport::of_failure(1, &failure),
            Err(error) => CallReport::of_send_error(1, &error),
        }
    }
}
