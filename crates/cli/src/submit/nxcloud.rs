//! `sip-password submit nxcloud`

use std::process::ExitCode;

use clap::Args;
use sip_password::{
    api::Secret,
    nxcloud::{Assignment, UpdatePassword},
};

use super::Common;
use crate::{failure::Failure, tenant::nxcloud as tenant};

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
    #[command(flatten)]
    tenant: tenant::Options,
    /// The phone's username
    #[arg(long, value_name = "NAME")]
    username: String,
    #[command(flatten)]
    pub(super) common: Common,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let common = &options.common;
    let tenant = options.tenant.tenant(&common.connection, &common.secrets.open()?)?;
    let new = common.password("nxcloud")?;
    let phones = [(options.username.as_str(), new.compliant()?)];
    let call = UpdatePassword {
        base: &tenant.base,
        app_key: Secret::new(&tenant.app_key),
        secret_key: Secret::new(&tenant.secret_key),
        assignment: Assignment::Individual(&phones),
    };
    common.submit_or_show(&call, &new)
}
