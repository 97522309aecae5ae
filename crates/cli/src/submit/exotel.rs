//! `sip-password submit exotel`

use std::process::ExitCode;

use clap::Args;
use sip_password::{api::Secret, exotel::UpdatePassword};

use super::Common;
use crate::{failure::Failure, tenant::exotel as tenant};

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
    #[command(flatten)]
    tenant: tenant::Options,
    /// The user's uuid
    #[arg(long, value_name = "UUID")]
    user_uuid: String,
    /// The device's id
    #[arg(long, value_name = "ID")]
    device_id: String,
    #[command(flatten)]
    pub(super) common: Common,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let common = &options.common;
    let tenant = options.tenant.tenant(&common.connection, &common.secrets.open()?)?;
    let new = common.password("exotel")?;
    let call = UpdatePassword {
        base: &tenant.base,
        api_key: Secret::new(&tenant.api_key),
        api_token: Secret::new(&tenant.api_token),
        account_sid: &options.tenant.account_sid,
        user_uuid: &options.user_uuid,
        device_id: &options.device_id,
        new_password: new.compliant()?,
    };
    common.submit_or_show(&call, &new)
}
