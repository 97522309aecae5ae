//! An account with NXCloud.

use clap::Args;
use sip_password::{api::BaseUrl, nxcloud};
use zeroize::Zeroizing;

use crate::{connection, failure::Failure, secrets::Secrets};

#[derive(Args)]
// Its name is that of others, and `clap` would make a group of each.
#[group(skip)]
pub(crate) struct Options {
    /// Where the API is [default: https://api.nxcloud.com]
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

/// What lets a call through, and where it goes.
pub(crate) struct Tenant {
    pub(crate) base: BaseUrl,
    pub(crate) app_key: Zeroizing<String>,
    pub(crate) secret_key: Zeroizing<String>,
}

impl Options {
    pub(crate) fn tenant(
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
