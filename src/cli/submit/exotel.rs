//! `sip-password submit exotel`

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use sip_password::{
    EXOTEL,
    api::Secret,
    exotel::{self, UpdatePassword},
};

use super::{Common, secrets::Secrets};
use crate::cli::failure::Failure;

/// Exotel CCM v2: PUT .../devices/<device_id>/password
#[derive(Args)]
#[command(after_help = "\
Secrets, in the environment or the --secrets file:
  EXOTEL_API_KEY    the API key
  EXOTEL_API_TOKEN  its token

Example:
  sip-password submit exotel --secrets exotel.env --region mumbai \\
      --account-sid acme1 --user-uuid 0a1b2c --device-id 12345 \\
      --output 12345.txt")]
pub(super) struct Options {
    /// In which region the account is
    #[arg(long, value_enum, required_unless_present = "base_url")]
    region: Option<Region>,
    /// Where the API is, if in none of the regions
    #[arg(long, value_name = "URL", conflicts_with = "region")]
    base_url: Option<String>,
    /// The account's sid
    #[arg(long, value_name = "SID")]
    account_sid: String,
    /// The user's uuid
    #[arg(long, value_name = "UUID")]
    user_uuid: String,
    /// The device's id
    #[arg(long, value_name = "ID")]
    device_id: String,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Clone, Copy, ValueEnum)]
enum Region {
    Singapore,
    Mumbai,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let common = &options.common;
    let other = options.base_url.as_deref().map(|url| common.base_url("--base-url", url)).transpose()?;
    let secrets = Secrets::open(common.secrets.as_deref())?;
    let (api_key, api_token) = (secrets.get("EXOTEL_API_KEY")?, secrets.get("EXOTEL_API_TOKEN")?);
    let new = common.password("exotel", &EXOTEL)?;
    let call = UpdatePassword {
        base: match (&other, options.region) {
            (Some(other), _) => other,
            (None, Some(Region::Mumbai)) => &exotel::MUMBAI,
            (None, _) => &exotel::SINGAPORE,
        },
        api_key: Secret::new(&api_key),
        api_token: Secret::new(&api_token),
        account_sid: &options.account_sid,
        user_uuid: &options.user_uuid,
        device_id: &options.device_id,
        new_password: new.compliant()?.into(),
    };
    common.submit_or_show(&call, &new)
}
