//! NXCloud: `sipphone/updatePassword`.

use std::process::ExitCode;

use clap::Args;
use sip_password::{
    api::{BaseUrl, Secret},
    nxcloud::{self, Assignment, UpdatePassword},
};
use zeroize::Zeroizing;

use super::{Provider, RotateHelp, SubmitHelp};
use crate::{connection, error::CommandError, secrets::Secrets, submit::Submission, usage::number};

/// An account with NXCloud.
pub(crate) struct NxCloud {
    base: BaseUrl,
    app_key: Zeroizing<String>,
    secret_key: Zeroizing<String>,
}

#[derive(Args)]
#[group(skip)]
pub(crate) struct TenantOptions {
    /// The address of the API [default: https://api.nxcloud.com]
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

#[derive(Args)]
#[group(skip)]
pub(crate) struct PhoneOptions {
    /// The phone's username
    #[arg(long, value_name = "NAME")]
    username: String,
}

#[derive(Args)]
#[group(skip)]
pub(crate) struct FleetOptions {
    /// The most phones in a call [default: 20]
    #[arg(long, value_name = "N", value_parser = number::<u16>(1..=100))]
    batch: Option<u16>,
}

impl Provider for NxCloud {
    const NAME: &'static str = "nxcloud";
    const SECRETS: &'static [(&'static str, &'static str)] =
        &[("NXCLOUD_APPKEY", "the app key"), ("NXCLOUD_SECRETKEY", "the secret key")];
    const SUBMIT: SubmitHelp = SubmitHelp {
        about: "NXCloud: sipphone/updatePassword",
        details: "\
The command always sends a password. If it sent none, the server would choose
one of 6 digits, which would be lost with the reply.",
        secrets: &[],
        example: "  sip-password submit nxcloud --secrets nxcloud.env --username 1049001 \\
      --output 1049001.txt",
    };
    const ROTATE: RotateHelp = RotateHelp {
        about: "NXCloud: the SIP phones of a tenant, several in a call",
        accounts: "Accounts: a CSV file with the column username.",
        rate: "30/min, in calls of several phones,",
        example: "  sip-password rotate nxcloud --secrets nxcloud.env --key-file rotation.key \\
      --accounts phones.csv --journal rotation.db",
    };

    type TenantOptions = TenantOptions;
    type PhoneOptions = PhoneOptions;
    type FleetOptions = FleetOptions;

    fn open(
        options: &TenantOptions,
        connection: &connection::Options,
        secrets: &Secrets,
    ) -> Result<Self, CommandError> {
        let base = match &options.base_url {
            Some(url) => connection.base_url("--base-url", url)?,
            None => nxcloud::PRODUCTION.clone(),
        };
        let (app_key, secret_key) = (secrets.get("NXCLOUD_APPKEY")?, secrets.get("NXCLOUD_SECRETKEY")?);
        Ok(Self { base, app_key, secret_key })
    }

    fn submit(
        &self,
        phone: &PhoneOptions,
        _: &Secrets,
        submission: &Submission,
    ) -> Result<ExitCode, CommandError> {
        let password = submission.password(Self::NAME, &[("username", &phone.username)])?;
        let phones = [(phone.username.as_str(), password.checked()?)];
        let call = UpdatePassword {
            base: &self.base,
            app_key: Secret::new(&self.app_key),
            secret_key: Secret::new(&self.secret_key),
            assignment: Assignment::Individual(&phones),
        };
        submission.send_or_show(&call, &password)
    }

    #[cfg(feature = "rotate")]
    fn fleet<'a>(
        &'a self,
        options: &FleetOptions,
        policy: &'a sip_password::Policy,
    ) -> impl sip_password_rotate::Fleet + 'a {
        sip_password_rotate::NxCloud {
            base: &self.base,
            app_key: Secret::new(&self.app_key),
            secret_key: Secret::new(&self.secret_key),
            batch: options.batch.map_or(sip_password_rotate::NxCloud::DEFAULT_BATCH, usize::from),
            policy,
        }
    }
}
