//! `sip-password submit huawei`

use std::process::ExitCode;

use clap::Args;
use sip_password::{
    HUAWEI, SendError,
    api::{BaseUrl, Secret},
    huawei::{Shape, TokenByAkSk, UpdateSipPhonePassword},
};
use zeroize::Zeroizing;

use super::{Common, secrets::Secrets};
use crate::cli::{self, failure::Failure};

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
    /// Where the tenant's API is, such as https://service.besclouds.com
    #[arg(long, value_name = "URL")]
    base_url: String,
    /// Where tokens are given [default: the --base-url]
    #[arg(long, value_name = "URL")]
    auth_url: Option<String>,
    /// The agent's account
    #[arg(long, value_name = "ACCOUNT")]
    user_account: String,
    /// Put the fields into requestParam, as the vendor's table has it and its example has not
    #[arg(long)]
    wrapped: bool,
    #[command(flatten)]
    pub(super) common: Common,
}

/// What stands for a token that is still to be asked for.
const PLACEHOLDER: Secret<'_> = Secret::new("of-tokenByAkSk");

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let common = &options.common;
    let base = common.base_url("--base-url", &options.base_url)?;
    let auth = options.auth_url.as_deref().map(|url| common.base_url("--auth-url", url)).transpose()?;
    let secrets = Secrets::open(common.secrets.as_deref())?;
    let account_password = secrets.get("HUAWEI_ACCOUNT_PASSWORD")?;
    let access = Access::find(&secrets)?;
    let new = common.password("huawei", &HUAWEI)?;

    let asked = access.call(auth.as_ref().unwrap_or(&base));
    let update = |token| -> Result<_, Failure> {
        Ok(UpdateSipPhonePassword {
            base: &base,
            token,
            app_key: access.app_key(),
            user_account: &options.user_account,
            account_password: Secret::new(&account_password),
            new_password: new.compliant()?.into(),
            shape: if options.wrapped { Shape::Wrapped } else { Shape::Flat },
        })
    };
    if common.dry_run {
        if let Some(call) = &asked {
            super::show(call)?;
        }
        super::show(&update(access.token().unwrap_or(PLACEHOLDER))?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let client = common.client()?;
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
            cli::say(&format!(
                "sip-password: no token: {failure}\nNo password was sent; the phone keeps the one that it had."
            ));
            Ok(ExitCode::from(super::REFUSED))
        }
        // Whatever became of it, a token that nobody uses does no harm.
        Err(SendError::Unknown(why)) => Err(Failure::Use(format!("no token: {why}. No password was sent"))),
        Err(error) => Err(Failure::Use(format!("no token: {error}. No password was sent"))),
    }
}

/// What lets a call through.
enum Access {
    Token { token: Zeroizing<String>, app_key: Option<Zeroizing<String>> },
    Keys { app_key: Zeroizing<String>, app_secret: Zeroizing<String> },
}

impl Access {
    fn find(secrets: &Secrets) -> Result<Self, Failure> {
        // A token that was forgotten in the environment does not come before the keys of a file.
        let keys = secrets.has("HUAWEI_APP_SECRET") && !secrets.has("HUAWEI_TOKEN");
        let token = if keys { None } else { secrets.find("HUAWEI_TOKEN")? };
        Ok(match token {
            Some(token) => Self::Token { token, app_key: secrets.find("HUAWEI_APP_KEY")? },
            None => Self::Keys {
                app_key: secrets.get("HUAWEI_APP_KEY")?,
                app_secret: secrets.get("HUAWEI_APP_SECRET")?,
            },
        })
    }

    fn token(&self) -> Option<Secret<'_>> {
        match self {
            Self::Token { token, .. } => Some(Secret::new(token)),
            Self::Keys { .. } => None,
        }
    }

    fn app_key(&self) -> Option<Secret<'_>> {
        match self {
            Self::Token { app_key, .. } => app_key.as_ref().map(|key| Secret::new(key)),
            Self::Keys { app_key, .. } => Some(Secret::new(app_key)),
        }
    }

    /// The call that asks for a token, where there is none.
    fn call<'a>(&'a self, base: &'a BaseUrl) -> Option<TokenByAkSk<'a>> {
        match self {
            Self::Token { .. } => None,
            Self::Keys { app_key, app_secret } => {
                Some(TokenByAkSk::new(base, Secret::new(app_key), Secret::new(app_secret)))
            }
        }
    }
}
