//! An account with NXCloud.

use clap::Args;
use sip_password::{api::BaseUrl, nxcloud};
use zeroize::Zeroizing;

use crate::cli::{connection, failure::Failure, secrets::Secrets};

#[derive(Args)]
#[group(skip)]
pub(in crate::cli) struct Options {
    /// Where the API is [default: https://api.nxcloud.com]
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

/// What lets a call through, and where it goes.
pub(in crate::cli) struct Tenant {
    pub(in crate::cli) base: BaseUrl,
    pub(in crate::cli) app_key: Zeroizing<String>,
    pub(in crate::cli) secret_key: Zeroizing<String>,
}

impl Options {
    pub(in crate::cli) fn tenant(
        &self,
        connection: &connection::Options,
        secrets: &Secrets,
    ) -> Result<Tenant, Failure> {
        let base = match &self.base_url {
            Some(url) => connection.base_url("--base-url", url)?,
            None => nxcloud::PRODUCTION.clone(),
        };
        let (app_key, secret_key) = (secrets.get("NXCLOUD_APPKEY")?, secrets.get("NXCLOUD_SECRETKEY")?);
        Ok(Tenant { base, app_key, secret_key })
    }
}
