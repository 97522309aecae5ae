//! `sip-password submit huawei`

use std::process::ExitCode;

use clap::Args;
use sip_password::{SendError, api::Secret, huawei::UpdateSipPhonePassword};

use super::Common;
use crate::{failure::Failure, tenant::huawei as tenant};

/// Huawei Cloud CEC: updateSipPhonePassword
#[derive(Args)]
#[command(after_help = "\
Secrets, in the environment or the --secrets file:
  HUAWEI_APP_KEY           the app key
  HUAWEI_APP_SECRET        its secret, for a token by tokenByAkSk
  HUAWEI_TOKEN             or a token that you have; then no other is asked for
  HUAWEI_ACCOUNT_PASSWORD  the current password of the agent's account. Three
                           failed checks of it in a row lock the account for
                           30 minutes; so this sends each request once

Example:
  sip-password submit huawei --secrets huawei.env --user-account agent1 \\
      --base-url https://service.besclouds.com --output agent1.txt")]
pub(super) struct Options {
    #[command(flatten)]
    tenant: tenant::Options,
    /// The agent's account
    #[arg(long, value_name = "ACCOUNT")]
    user_account: String,
    #[command(flatten)]
    pub(super) common: Common,
}

/// What stands for a token that is still to be asked for.
const PLACEHOLDER: Secret<'_> = Secret::new("of-tokenByAkSk");

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let common = &options.common;
    let secrets = common.secrets.open()?;
    let tenant = options.tenant.tenant(&common.connection, &secrets)?;
    let access = &tenant.access;
    let account_password = secrets.get("HUAWEI_ACCOUNT_PASSWORD")?;
    let new = common.password("huawei")?;

    let asked = tenant.token_call();
    let update = |token| -> Result<_, Failure> {
        Ok(UpdateSipPhonePassword {
            base: &tenant.base,
            token,
            app_key: access.app_key(),
            user_account: &options.user_account,
            account_password: Secret::new(&account_password),
            new_password: new.compliant()?,
            body_format: tenant.body_format,
        })
    };
    if common.dry_run {
        if let Some(call) = &asked {
            super::show(call)?;
        }
        super::show(&update(access.token().unwrap_or(PLACEHOLDER))?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let client = common.connection.client(1)?;
    let Some(call) = &asked else {
        let call = update(access.token().unwrap_or(PLACEHOLDER))?;
        return common.submit(&client, common.open(&call)?, &call, &new);
    };
    // All that can be wrong comes out before a token is asked for.
    call.request().map_err(|error| Failure::Use(format!("{error}; nothing was sent")))?;
    let output = common.open(&update(PLACEHOLDER)?)?;
    match client.send(call) {
        Ok(Ok(token)) => common.submit(&client, output, &update(token.as_secret())?, &new),
        Ok(Err(failure)) => {
            crate::say(&format!(
                "sip-password: no token: {failure}\nNo password was sent; the phone keeps the one that it had."
            ));
            Ok(ExitCode::from(super::REFUSED))
        }
        // Whatever became of it, a token that nobody uses does no harm.
        Err(SendError::Unknown(why)) => Err(Failure::Use(format!("no token: {why}. No password was sent"))),
        Err(error) => Err(Failure::Use(format!("no token: {error}. No password was sent"))),
    }
}
