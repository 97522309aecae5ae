//! An account with Exotel.

use clap::{Args, ValueEnum};
use sip_password::{api::BaseUrl, exotel};
use zeroize::Zeroizing;

use crate::{connection, failure::Failure, secrets::Secrets};

#[derive(Args)]
// Its name is that of others, and `clap` would make a group of each.
#[group(skip)]
pub(crate) struct Options {
    /// In which region the account is
    #[arg(long, value_enum, required_unless_present = "base_url")]
    region: Option<Region>,
    /// Where the API is, if in none of the regions
    #[arg(long, value_name = "URL", conflicts_with = "region")]
    base_url: Option<String>,
    /// The account's sid
    #[arg(long, value_name = "SID")]
    pub(crate) account_sid: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum Region {
    Singapore,
    Mumbai,
}

/// What lets a call through, and where it goes.
pub(crate) struct Tenant {
    pub(crate) base: BaseUrl,
    pub(crate) api_key: Zeroizing<String>,
    pub(crate) api_token: Zeroizing<String>,
}

impl Options {
    pub(crate) fn tenant(
        &self,
        connection: &connection::Options,
        secrets: &Secrets,
    ) -> Result<Tenant, Failure> {
        let base = match (&self.base_url, self.region) {
            (Some(url), _) => connection.base_url("--base-url", url)?,
            (None, Some(Region::Mumbai)) => exotel::MUMBAI.clone(),
            (None, _) => exotel::SINGAPORE.clone(),
        };
        let (api_key, api_token) = (secrets.get("EXOTEL_API_KEY")?, secrets.get("EXOTEL_API_TOKEN")?);
        Ok(Tenant { base, api_key, api_token })
    }
}
