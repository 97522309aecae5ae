//! `sip-password rotate nxcloud`

use std::process::ExitCode;

use clap::Args;
use sip_password::api::Secret;
use sip_password_rotate::NxCloud;

use super::Common;
use crate::{failure::Failure, tenant::nxcloud as tenant};

/// NXCloud: the SIP phones of a tenant, several in a call
#[derive(Args)]
#[command(after_help = "\
Accounts: a CSV file with the column username.

Secrets, in the environment or the --secrets file:
  NXCLOUD_APPKEY       the app key
  NXCLOUD_SECRETKEY    the secret key
  ROTATION_KEY         the journal's key, 64 hex digits; or --key-file
  ROTATION_PASSPHRASE  or a passphrase; else it is asked for at the terminal

The rate is 30/min, of calls, if no other is given.

Example:
  sip-password rotate nxcloud --secrets nxcloud.env --key-file rotation.key \\
      --accounts phones.csv --journal rotation.db")]
pub(super) struct Options {
    #[command(flatten)]
    tenant: tenant::Options,
    /// At most so many phones in a call
    #[arg(long, value_name = "N", default_value_t = NxCloud::DEFAULT_BATCH as u16,
          value_parser = clap::value_parser!(u16).range(1..=100))]
    batch: u16,
    #[command(flatten)]
    common: Common,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let common = &options.common;
    let secrets = common.secrets.open()?;
    let tenant = options.tenant.tenant(&common.connection, &secrets)?;
    let rule = common.rule("nxcloud")?;
    let fleet = NxCloud {
        base: &tenant.base,
        app_key: Secret::new(&tenant.app_key),
        secret_key: Secret::new(&tenant.secret_key),
        batch: options.batch.into(),
        policy: rule.policy(),
    };
    common.rotate(&fleet, &rule, &secrets)
}
