//! Huawei: `updateSipPhonePassword`, and `tokenByAkSk` for the token that it needs.

use std::{fmt::Display, process::ExitCode};

use clap::Args;
use sip_password::{
    SendError,
    api::{BaseUrl, Secret},
    huawei::{BodyFormat, ExtraHeaders, TokenByAkSk, UpdateSipPhonePassword},
};
use zeroize::Zeroizing;

use super::{NoOptions, Provider, RotateHelp, SubmitHelp};
use crate::{
    connection,
    error::CommandError,
    headers,
    progress::while_waiting,
    secrets::Secrets,
    submit::{self, Submission},
};

/// A tenant of Huawei.
pub(crate) struct Huawei {
    base: BaseUrl,
    /// Where tokens are issued.
    auth: BaseUrl,
    access: Access,
    body_format: BodyFormat,
    extra_headers: ExtraHeaders<'static>,
}

/// What authorises a call.
enum Access {
    Token { token: Zeroizing<String>, app_key: Option<Zeroizing<String>> },
    Keys { app_key: Zeroizing<String>, app_secret: Zeroizing<String> },
}

#[derive(Args)]
#[group(skip)]
pub(crate) struct TenantOptions {
    /// The address of the tenant's API, such as https://service.besclouds.com
    #[arg(long, value_name = "URL")]
    base_url: String,
    /// The address that issues tokens [default: the --base-url]
    #[arg(long, value_name = "URL")]
    auth_url: Option<String>,
    /// Put the fields into requestParam, as in the vendor's table and unlike its example
    #[arg(long)]
    wrapped: bool,
    #[command(flatten)]
    headers: headers::Options,
}

#[derive(Args)]
#[group(skip)]
pub(crate) struct PhoneOptions {
    /// The agent's account
    #[arg(long, value_name = "ACCOUNT")]
    user_account: String,
}

/// Stands for the token before one is requested.
const PLACEHOLDER: Secret<'_> = Secret::new("of-tokenByAkSk");

impl Provider for Huawei {
    const NAME: &'static str = "huawei";
    const SECRETS: &'static [(&'static str, &'static str)] = &[
        ("HUAWEI_APP_KEY", "the app key"),
        ("HUAWEI_APP_SECRET", "the app secret, to get tokens by tokenByAkSk"),
        ("HUAWEI_TOKEN", "or a token that you have; then no other is requested"),
    ];
    const SUBMIT: SubmitHelp = SubmitHelp {
        about: "Huawei Cloud CEC: updateSipPhonePassword",
        details: "",
        secrets: &[(
            "HUAWEI_ACCOUNT_PASSWORD",
            "the current password of the agent's account. Three\n\
             failed checks of it in a row lock the account for\n\
             30 minutes, so each request is sent only once",
        )],
        example: "  sip-password submit huawei --secrets huawei.env --user-account agent1 \\
      --base-url https://service.besclouds.com --output agent1.txt",
    };
    const ROTATE: RotateHelp = RotateHelp {
        about: "Huawei Cloud CEC: the SIP phones of agents",
        accounts: "\
Accounts: a CSV file with the columns user_account and account_password, the
current password of the agent's account. Three failed checks of it in a row lock
the account for 30 minutes. So no account gets another call after one check that
is known to have failed, or after two that may have failed. A refused account
whose password was corrected (--retry-refused --accounts FILE) gets one more call
if only one was made for it.",
        rate: "100/min",
        example: "  sip-password rotate huawei --secrets huawei.env --key-file rotation.key \\
      --base-url https://service.besclouds.com \\
      --accounts agents.csv --journal rotation.db",
    };

    type TenantOptions = TenantOptions;
    type PhoneOptions = PhoneOptions;
    type FleetOptions = NoOptions;

    fn open(
        options: &TenantOptions,
        connection: &connection::Options,
        secrets: &Secrets,
    ) -> Result<Self, CommandError> {
        let base = connection.base_url("--base-url", &options.base_url)?;
        let auth =
            options.auth_url.as_deref().map(|url| connection.base_url("--auth-url", url)).transpose()?;
        Ok(Self {
            auth: auth.unwrap_or_else(|| base.clone()),
            base,
            access: Access::find(secrets)?,
            body_format: if options.wrapped { BodyFormat::Wrapped } else { BodyFormat::Flat },
            extra_headers: options.headers.parse()?,
        })
    }

    fn submit(
        &self,
        phone: &PhoneOptions,
        secrets: &Secrets,
        submission: &Submission,
    ) -> Result<ExitCode, CommandError> {
        let account_password = secrets.get("HUAWEI_ACCOUNT_PASSWORD")?;
        let password = submission.password(Self::NAME, &[("user_account", &phone.user_account)])?;
        let update = |token| -> Result<_, CommandError> {
            Ok(UpdateSipPhonePassword {
                base: &self.base,
                token,
                app_key: self.access.app_key(),
                user_account: &phone.user_account,
                account_password: Secret::new(&account_password),
                new_password: password.checked()?,
                body_format: self.body_format,
                extra_headers: self.extra_headers,
            })
        };
        let token_call = match &self.access {
            Access::Token { token, .. } => {
                return submission.send_or_show(&update(Secret::new(token))?, &password);
            }
            Access::Keys { app_key, app_secret } => self.token_call(app_key, app_secret),
        };
        if submission.is_dry_run() {
            submit::show(&token_call)?;
            return submission.show(&update(PLACEHOLDER)?);
        }
        // Everything that can be wrong with the two calls is reported before a token is requested.
        submit::check(&token_call)?;
        let prepared = submission.prepare(&update(PLACEHOLDER)?)?;
        match while_waiting("waiting for a token", || prepared.client().send(&token_call)) {
            Ok(Ok(token)) => prepared.send(&update(token.as_secret())?, &password),
            // Whatever became of the token: nobody uses it, and no password was sent.
            Ok(Err(failure)) => Err(no_token(&failure)),
            Err(SendError::Unknown(error)) => Err(no_token(&error)),
            Err(error) => Err(no_token(&error)),
        }
    }

    #[cfg(feature = "rotate")]
    fn resume_with_headers(&mut self, headers: Vec<(String, String)>) {
        if self.extra_headers == ExtraHeaders::NONE {
            self.extra_headers = headers::kept(headers).unwrap_or(ExtraHeaders::NONE);
        }
    }

    #[cfg(feature = "rotate")]
    fn fleet<'a>(
        &'a self,
        _: &NoOptions,
        policy: &'a sip_password::Policy,
    ) -> impl sip_password_rotate::Fleet + 'a {
        use sip_password_rotate::{HuaweiAccess, TokenCache};

        let access = match &self.access {
            Access::Token { token, .. } => {
                HuaweiAccess::Token { token: Secret::new(token), app_key: self.access.app_key() }
            }
            Access::Keys { app_key, app_secret } => {
                HuaweiAccess::Keys(TokenCache::new(self.token_call(app_key, app_secret)))
            }
        };
        sip_password_rotate::Huawei {
            base: &self.base,
            access,
            body_format: self.body_format,
            extra_headers: self.extra_headers,
            policy,
        }
    }
}

fn no_token(cause: &dyn Display) -> CommandError {
    CommandError::new(format!(
        "no token: {cause}. No password was sent. The phone keeps its current password"
    ))
}

impl Huawei {
    fn token_call<'a>(&'a self, app_key: &'a str, app_secret: &'a str) -> TokenByAkSk<'a> {
        let (app_key, app_secret) = (Secret::new(app_key), Secret::new(app_secret));
        TokenByAkSk { extra_headers: self.extra_headers, ..TokenByAkSk::new(&self.auth, app_key, app_secret) }
    }
}

impl Access {
    fn find(secrets: &Secrets) -> Result<Self, CommandError> {
        // The keys in the file take precedence over a token that was forgotten in the environment.
        let in_file = secrets.has("HUAWEI_APP_SECRET") && !secrets.has("HUAWEI_TOKEN");
        let token = if in_file { None } else { secrets.find("HUAWEI_TOKEN")? };
        Ok(match token {
            Some(token) => Self::Token { token, app_key: secrets.find("HUAWEI_APP_KEY")? },
            None => Self::Keys {
                app_key: secrets.get("HUAWEI_APP_KEY")?,
                app_secret: secrets.get("HUAWEI_APP_SECRET")?,
            },
        })
    }

    fn app_key(&self) -> Option<Secret<'_>> {
        match self {
            Self::Token { app_key, .. } => app_key.as_ref().map(|key| Secret::new(key)),
            Self::Keys { app_key, .. } => Some(Secret::new(app_key)),
        }
    }
}
