//! `sip-password rotate exotel`

use std::process::ExitCode;

use clap::Args;
use sip_password::api::Secret;
use sip_password_rotate::Exotel;

use super::Common;
use crate::{failure::Failure, tenant::exotel as tenant};

/// Exotel CCM v2: the devices of an account's users
#[derive(Args)]
#[command(after_help = "\
Accounts: a CSV file with the columns user_uuid and device_id.

Secrets, in the environment or the --secrets file:
  EXOTEL_API_KEY       the API key
  EXOTEL_API_TOKEN     its token
  ROTATION_KEY         the journal's key, 64 hex digits; or --key-file
  ROTATION_PASSPHRASE  or a passphrase; else it is asked for at the terminal

The rate is 50/min if no other is given.

Example:
  sip-password rotate exotel --secrets exotel.env --key-file rotation.key \\
      --region mumbai --account-sid acme1 \\
      --accounts phones.csv --journal rotation.db")]
pub(super) struct Options {
    #[command(flatten)]
    tenant: tenant::Options,
    #[command(flatten)]
    common: Common,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let common = &options.common;
    let secrets = common.secrets.open()?;
    let tenant = options.tenant.tenant(&common.connection, &secrets)?;
    let rule = common.rule("exotel")?;
    let fleet = Exotel {
        base: &tenant.base,
        api_key: Secret::new(&tenant.api_key),
        api_token: Secret::new(&tenant.api_token),
        account_sid: &options.tenant.account_sid,
        policy: rule.policy(),
    };
    common.rotate(&fleet, &rule, &secrets)
}
