//! `sip-password submit nxcloud`

use std::process::ExitCode;

use clap::Args;
use sip_password::{
    NXCLOUD,
    api::Secret,
    nxcloud::{self, Change, UpdatePassword},
};

use super::{Common, secrets::Secrets};
use crate::cli::failure::Failure;

/// NXCloud: sipphone/updatePassword
///
/// The password is chosen here and sent: those that the server makes when it is given none are 6 digits, and lost
/// with the reply.
#[derive(Args)]
#[command(after_help = "\
Secrets, in the environment or the --secrets file:
  NXCLOUD_APPKEY     the app key
  NXCLOUD_SECRETKEY  the secret key

Example:
  sip-password submit nxcloud --secrets nxcloud.env --username 1049001 \\
      --output 1049001.txt")]
pub(super) struct Options {
    /// Where the API is [default: https://api.nxcloud.com]
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// The phone's username
    #[arg(long, value_name = "NAME")]
    username: String,
    #[command(flatten)]
    pub(super) common: Common,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let common = &options.common;
    let other = options.base_url.as_deref().map(|url| common.base_url("--base-url", url)).transpose()?;
    let secrets = Secrets::open(common.secrets.as_deref())?;
    let (app_key, secret_key) = (secrets.get("NXCLOUD_APPKEY")?, secrets.get("NXCLOUD_SECRETKEY")?);
    let new = common.password("nxcloud", &NXCLOUD)?;
    let phones = [(options.username.as_str(), new.compliant()?.into())];
    let call = UpdatePassword {
        base: other.as_ref().unwrap_or(&nxcloud::PRODUCTION),
        app_key: Secret::new(&app_key),
        secret_key: Secret::new(&secret_key),
        change: Change::OneEach(&phones),
    };
    common.submit_or_show(&call, &new)
}
