//! `sip-password rotate huawei`

use std::process::ExitCode;

use clap::Args;
use sip_password_rotate::{Huawei, HuaweiAccess, TokenCache};

use super::Common;
use crate::{failure::Failure, tenant::huawei as tenant};

/// Huawei Cloud CEC: the SIP phones of agents
#[derive(Args)]
#[command(after_help = "\
Accounts: a CSV file with the columns user_account and account_password, the
current password of the agent's account. Three failed checks of it in a row lock
the account for 30 minutes: so no account is asked again after one check that is
known to have failed, or two that may have.

Secrets, in the environment or the --secrets file:
  HUAWEI_APP_KEY       the app key
  HUAWEI_APP_SECRET    its secret, for tokens by tokenByAkSk
  HUAWEI_TOKEN         or a token that you have; then no other is asked for
  ROTATION_KEY         the journal's key, 64 hex digits; or --key-file
  ROTATION_PASSPHRASE  or a passphrase; else it is asked for at the terminal

The rate is 100/min if no other is given.

Example:
  sip-password rotate huawei --secrets huawei.env --key-file rotation.key \\
      --base-url https://service.besclouds.com \\
      --accounts agents.csv --journal rotation.db")]
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
    let access = match (tenant.token_call(), tenant.access.token()) {
        (None, Some(token)) => HuaweiAccess::Token { token, app_key: tenant.access.app_key() },
        (Some(call), _) => HuaweiAccess::Keys(TokenCache::new(call)),
        (None, None) => unreachable!("where there is no token, one is asked for"),
    };
    let rule = common.rule("huawei")?;
    let fleet = Huawei { base: &tenant.base, access, body_format: tenant.body_format, policy: rule.policy() };
    common.rotate(&fleet, &rule, &secrets)
}
