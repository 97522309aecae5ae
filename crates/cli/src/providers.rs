//! The vendors: what `submit` and `rotate` must know of each. A new vendor is a file here and an entry in `each_vendor`.

mod exotel;
mod huawei;
mod nxcloud;

use std::process::ExitCode;

use clap::Args;

use super::{connection, error::CommandError, secrets::Secrets, submit::Submission};

pub(super) use {exotel::Exotel, huawei::Huawei, nxcloud::NxCloud};

/// The list of the vendors, in the order of the help: an enum `Vendor` of subcommands, each with the `Options<P>` of the module
/// that this is used in, and with its `run`.
macro_rules! each_vendor {
    () => {
        $crate::providers::each_vendor!(Huawei, Exotel, NxCloud);
    };
    ($($vendor:ident),+) => {
        #[derive(clap::Subcommand)]
        enum Vendor {
            $(
                #[command(name = <$crate::providers::$vendor as $crate::providers::Provider>::NAME)]
                $vendor(Options<$crate::providers::$vendor>),
            )+
        }

        impl Vendor {
            /// The names of all secrets of all vendors.
            fn secrets() -> Vec<&'static str> {
                use $crate::providers::Provider;
                let of = [$(<$crate::providers::$vendor as Provider>::SECRETS, <$crate::providers::$vendor as Provider>::SUBMIT.secrets,)+];
                of.concat().into_iter().map(|(name, _)| name).collect()
            }

            fn run(&self) -> Result<std::process::ExitCode, $crate::error::CommandError> {
                match self {
                    $(Self::$vendor(options) => options.run(),)+
                }
            }
        }
    };
}
pub(super) use each_vendor;

/// A vendor: a tenant's account with it, and the options and texts of its subcommands.
pub(super) trait Provider: Sized {
    /// The name of the subcommands, and of the preset that the vendor's phones follow.
    const NAME: &'static str;
    /// The secrets of every call: the names of their environment variables, and what they are.
    const SECRETS: &'static [(&'static str, &'static str)];
    const SUBMIT: SubmitHelp;
    const ROTATE: RotateHelp;

    /// The options that say where the API is, and whose account it is.
    type TenantOptions: Args;
    /// The options of `submit` that name the phone.
    type PhoneOptions: Args;
    /// The options of `rotate` that only this vendor has; [`NoOptions`] if there are none.
    type FleetOptions: Args;

    /// Finds the API and the secrets. It sends nothing.
    fn open(
        options: &Self::TenantOptions,
        connection: &connection::Options,
        secrets: &Secrets,
    ) -> Result<Self, CommandError>;

    /// Sets the password of one phone, or shows the calls that would do it.
    fn submit(
        &self,
        phone: &Self::PhoneOptions,
        secrets: &Secrets,
        submission: &Submission,
    ) -> Result<ExitCode, CommandError>;

    /// Takes the headers with which a rotation was planned, unless the options have some: a resumed rotation goes on with them.
    #[cfg(feature = "rotate")]
    fn resume_with_headers(&mut self, _: Vec<(String, String)>) {}

    /// The phones of the account, which get passwords of this policy.
    #[cfg(feature = "rotate")]
    fn fleet<'a>(
        &'a self,
        options: &Self::FleetOptions,
        policy: &'a sip_password::Policy,
    ) -> impl sip_password_rotate::Fleet + 'a;
}

/// No options.
#[derive(Args)]
pub(super) struct NoOptions {}

/// What `submit VENDOR --help` says.
pub(super) struct SubmitHelp {
    /// The vendor's product and call.
    pub(super) about: &'static str,
    /// What else a user should know; may be empty.
    pub(super) details: &'static str,
    /// The secrets that only `submit` needs.
    pub(super) secrets: &'static [(&'static str, &'static str)],
    pub(super) example: &'static str,
}

/// What `rotate VENDOR --help` says.
pub(super) struct RotateHelp {
    pub(super) about: &'static str,
    /// The columns of the accounts file.
    pub(super) accounts: &'static str,
    /// The rate if no other is given.
    pub(super) rate: &'static str,
    pub(super) example: &'static str,
}

impl SubmitHelp {
    pub(super) fn about_of<P: Provider>() -> &'static str {
        P::SUBMIT.about
    }

    /// The text behind the options.
    pub(super) fn text_of<P: Provider>() -> String {
        let Self { details, secrets, example, .. } = P::SUBMIT;
        let details = if details.is_empty() { String::new() } else { format!("{details}\n\n") };
        format!("{details}{}\nExample:\n{example}", list_of_secrets(&[P::SECRETS, secrets].concat()))
    }
}

/// The secrets with what they are, in two columns.
pub(super) fn list_of_secrets(secrets: &[(&str, &str)]) -> String {
    let width = secrets.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let mut text = "Secrets, in the environment or the --secrets file:\n".to_owned();
    for (name, description) in secrets {
        for (index, line) in description.lines().enumerate() {
            let name = if index == 0 { *name } else { "" };
            text += &format!("  {name:width$}  {line}\n");
        }
    }
    text
}
