//! Whether the phone can register with its new password, by the word of a registrar.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use sip_password_registered::{Address, Password, Registrar, Registration, User};

use crate::{
    error::CommandError,
    registered::target::{Named, Wire, domain},
};

/// The registrar that is asked, if there is to be one.
#[derive(Args)]
#[group(skip)]
pub(super) struct Options {
    /// If the phone has the new password, or the outcome is unknown, ask this SIP registrar once whether it accepts the new password, by a REGISTER without a contact, which changes no registration
    #[arg(long, value_name = "HOST[:PORT]", value_parser = Address::new, requires = "registrar_user")]
    registrar: Option<Address>,
    /// The user name with which the phone registers
    #[arg(long, value_name = "USER", requires = "registrar")]
    registrar_user: Option<String>,
    /// The transport to --registrar
    #[arg(long, value_name = "TRANSPORT", value_enum, default_value_t = Wire::Udp, requires = "registrar")]
    registrar_transport: Wire,
    /// The domain of the user [default: the registrar's host]
    #[arg(long, value_name = "DOMAIN", requires = "registrar", value_parser = domain)]
    registrar_domain: Option<String>,
    /// With --registrar-transport tls, trust the certificates in a PEM file instead of the usual ones
    #[arg(long, value_name = "FILE", requires = "registrar")]
    registrar_root: Option<PathBuf>,
}

/// A registrar that can be asked about the phone.
pub(super) struct Check<'a> {
    registrar: Registrar,
    user: User<'a>,
}

impl Options {
    fn named(&self) -> Option<Named<'_>> {
        Some(Named {
            address: self.registrar.as_ref()?,
            wire: self.registrar_transport,
            domain: self.registrar_domain.as_deref(),
            root: ("--registrar-root", self.registrar_root.as_deref()),
            option: "--registrar",
            timeout: Duration::from_secs(5),
        })
    }

    fn user(&self) -> Result<User<'_>, CommandError> {
        let user = self.registrar_user.as_deref().unwrap_or_default();
        User::new(user.as_bytes()).map_err(|error| CommandError::new(format!("--registrar-user: {error}")))
    }

    /// Looks up the registrar, before anything is sent.
    pub(super) fn check(&self) -> Result<Option<Check<'_>>, CommandError> {
        let Some(named) = self.named() else { return Ok(None) };
        let user = self.user()?;
        Ok(Some(Check { registrar: named.resolve(named.transport()?)?, user }))
    }

    /// What a dry run says of it.
    pub(super) fn text(&self) -> Result<Option<String>, CommandError> {
        let Some(named) = self.named() else { return Ok(None) };
        self.user()?;
        Ok(Some(named.text(1)))
    }
}

impl Check<'_> {
    /// Asks whether the registrar accepts the password; the reason if it does not, or if it is not known.
    pub(super) fn ask(&self, password: &str) -> Result<(), String> {
        let password = Password::new(password.as_bytes()).map_err(|error| error.to_string())?;
        match self.registrar.registration(self.user, password, None, || ()) {
            Registration::New => Ok(()),
            Registration::Neither => Err("it is refused".into()),
            other => Err(other.reason().unwrap_or_else(|| other.name().into())),
        }
    }
}
