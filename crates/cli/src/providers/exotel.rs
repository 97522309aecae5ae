//! Exotel: `PUT …/devices/<device_id>/password`.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use sip_password::{
    api::{BaseUrl, Secret},
    exotel::{self, UpdatePassword},
};
use zeroize::Zeroizing;

use super::{NoOptions, Provider, RotateHelp, SubmitHelp};
use crate::{connection, error::CommandError, secrets::Secrets, submit::Submission};

/// An account with Exotel.
pub(crate) struct Exotel {
    base: BaseUrl,
    api_key: Zeroizing<String>,
    api_token: Zeroizing<String>,
    account_sid: String,
}

#[derive(Args)]
#[group(skip)]
pub(crate) struct TenantOptions {
    /// The region of the account
    #[arg(long, value_enum, required_unless_present = "base_url")]
    region: Option<Region>,
    /// The address of the API, if it is in none of the regions
    #[arg(long, value_name = "URL", conflicts_with = "region")]
    base_url: Option<String>,
    /// The account's SID
    #[arg(long, value_name = "SID")]
    account_sid: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum Region {
    Singapore,
    Mumbai,
}

#[derive(Args)]
#[group(skip)]
pub(crate) struct PhoneOptions {
    /// The user's UUID
    #[arg(long, value_name = "UUID")]
    user_uuid: String,
    /// The device's id
    #[arg(long, value_name = "ID")]
    device_id: String,
}

impl Provider for Exotel {
    const NAME: &'static str = "exotel";
    const SECRETS: &'static [(&'static str, &'static str)] =
        &[("EXOTEL_API_KEY", "the API key"), ("EXOTEL_API_TOKEN", "the API token")];
    const SUBMIT: SubmitHelp = SubmitHelp {
        about: "Exotel CCM v2: PUT .../devices/<device_id>/password",
        details: "",
        secrets: &[],
        example: "  sip-password submit exotel --secrets exotel.env --region mumbai \\
      --account-sid acme1 --user-uuid 0a1b2c --device-id 12345 \\
      --output 12345.txt",
    };
    const ROTATE: RotateHelp = RotateHelp {
        about: "Exotel CCM v2: the devices of an account's users",
        accounts: "Accounts: a CSV file with the columns user_uuid and device_id.",
        rate: "50/min",
        example: "  sip-password rotate exotel --secrets exotel.env --key-file rotation.key \\
      --region mumbai --account-sid acme1 \\
      --accounts phones.csv --journal rotation.db",
    };

    type TenantOptions = TenantOptions;
    type PhoneOptions = PhoneOptions;
    type FleetOptions = NoOptions;

    fn open(
        options: &TenantOptions,
        connection: &connection::Options,
        secrets: &Secrets,
    ) -> Result<Self, CommandError> {
        let base = match (&options.base_url, options.region) {
            (Some(url), _) => connection.base_url("--base-url", url)?,
            (None, Some(Region::Mumbai)) => exotel::MUMBAI.clone(),
            (None, _) => exotel::SINGAPORE.clone(),
        };
        Ok(Self {
            base,
            api_key: secrets.get("EXOTEL_API_KEY")?,
            api_token: secrets.get("EXOTEL_API_TOKEN")?,
            account_sid: options.account_sid.clone(),
        })
    }

    fn submit(
        &self,
        phone: &PhoneOptions,
        _: &Secrets,
        submission: &Submission,
    ) -> Result<ExitCode, CommandError> {
        let password = submission
            .password(Self::NAME, &[("user_uuid", &phone.user_uuid), ("device_id", &phone.device_id)])?;
        let call = UpdatePassword {
            base: &self.base,
            api_key: Secret::new(&self.api_key),
            api_token: Secret::new(&self.api_token),
            account_sid: &self.account_sid,
            user_uuid: &phone.user_uuid,
            device_id: &phone.device_id,
            new_password: password.checked()?,
        };
        submission.send_or_show(&call, &password)
    }

    #[cfg(feature = "rotate")]
    fn fleet<'a>(
        &'a self,
        _: &NoOptions,
        policy: &'a sip_password::Policy,
    ) -> impl sip_password_rotate::Fleet + 'a {
        sip_password_rotate::Exotel {
            base: &self.base,
            api_key: Secret::new(&self.api_key),
            api_token: Secret::new(&self.api_token),
            account_sid: &self.account_sid,
            policy,
        }
    }
}
