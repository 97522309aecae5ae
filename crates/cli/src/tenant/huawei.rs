//! A tenant of Huawei.

use clap::Args;
use sip_password::{
    api::{BaseUrl, Secret},
    huawei::{BodyFormat, TokenByAkSk},
};
use zeroize::Zeroizing;

use crate::{connection, failure::Failure, secrets::Secrets};

#[derive(Args)]
// Its name is that of others, and `clap` would make a group of each.
#[group(skip)]
pub(crate) struct Options {
    /// Where the tenant's API is, such as https://service.besclouds.com
    #[arg(long, value_name = "URL")]
    base_url: String,
    /// Where tokens are given [default: the --base-url]
    #[arg(long, value_name = "URL")]
    auth_url: Option<String>,
    /// Put the fields into requestParam, as the vendor's table has it and its example has not
    #[arg(long)]
    wrapped: bool,
}

/// What lets a call through, and where it goes.
pub(crate) struct Tenant {
    pub(crate) base: BaseUrl,
    auth: BaseUrl,
    pub(crate) access: Access,
    pub(crate) body_format: BodyFormat,
}

impl Options {
    pub(crate) fn tenant(
        &self,
        connection: &connection::Options,
        secrets: &Secrets,
    ) -> Result<Tenant, Failure> {
        let base = connection.base_url("--base-url", &self.base_url)?;
        let auth = self.auth_url.as_deref().map(|url| connection.base_url("--auth-url", url)).transpose()?;
        Ok(Tenant {
            auth: auth.unwrap_or_else(|| base.clone()),
            base,
            access: Access::find(secrets)?,
            body_format: if self.wrapped { BodyFormat::Wrapped } else { BodyFormat::Flat },
        })
    }
}

impl Tenant {
    /// The call that asks for a token, where there is none.
    pub(crate) fn token_call(&self) -> Option<TokenByAkSk<'_>> {
        self.access.call(&self.auth)
    }
}

/// What lets a call through.
pub(crate) enum Access {
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

    pub(crate) fn token(&self) -> Option<Secret<'_>> {
        match self {
            Self::Token { token, .. } => Some(Secret::new(token)),
            Self::Keys { .. } => None,
        }
    }

    pub(crate) fn app_key(&self) -> Option<Secret<'_>> {
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
