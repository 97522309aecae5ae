//! The registrar that the options name.

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum};
use sip_password_registered::{Address, AddressError, Registrar, Roots, Transport, check_domain};

use crate::{certificates, error::CommandError, plural, usage::number};

#[derive(Args)]
#[group(skip)]
pub(crate) struct Target {
    /// The registrar: a host, with a port unless it is 5060, or 5061 for TLS. SRV records are not asked for
    #[arg(long, value_name = "HOST[:PORT]", value_parser = Address::new)]
    registrar: Address,
    /// How messages get there
    #[arg(long, value_enum, default_value_t = Wire::Udp)]
    transport: Wire,
    /// The domain of the users [default: the registrar's host]
    #[arg(long, value_parser = domain)]
    domain: Option<String>,
    /// With --transport tls, trust the certificates in a PEM file instead of the usual ones
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,
    /// The longest time that a question may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = number::<u64>(1..=60))]
    timeout: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Wire {
    /// UDP; without a reply, a request is repeated after 0.5, 1.5 and 3.5 seconds
    Udp,
    /// TCP
    Tcp,
    /// TLS
    Tls,
}

fn domain(text: &str) -> Result<String, AddressError> {
    check_domain(text).map(|()| text.to_owned())
}

impl Target {
    pub(crate) fn transport(&self) -> Result<Transport, CommandError> {
        match (self.transport, &self.root) {
            (Wire::Tls, _) => Ok(Transport::Tls(self.roots()?)),
            (_, Some(_)) => {
                Err(CommandError::new("--root: expected --transport tls with it, found another one"))
            }
            (Wire::Udp, None) => Ok(Transport::Udp),
            (Wire::Tcp, None) => Ok(Transport::Tcp),
        }
    }

    fn roots(&self) -> Result<Roots, CommandError> {
        let Some(path) = &self.root else { return Ok(Roots::of_browsers()) };
        let pem = certificates::read(path)?;
        Roots::from_pem(&pem).map_err(|error| CommandError::new(format!("--root: {path:?}: {error}")))
    }

    /// Looks up the registrar's address. The message does not repeat the host, which may be a password.
    pub(crate) fn resolve(&self, transport: Transport) -> Result<Registrar, CommandError> {
        let registrar = Registrar::resolve(&self.registrar, transport).map_err(|error| CommandError::Io {
            action: "--registrar: cannot look up the host".into(),
            error,
        })?;
        let registrar = registrar.with_timeout(Duration::from_secs(self.timeout));
        match &self.domain {
            None => Ok(registrar),
            Some(domain) => {
                registrar.with_domain(domain).map_err(|error| CommandError::new(format!("--domain: {error}")))
            }
        }
    }

    /// What would be done for this many phones.
    pub(crate) fn text(&self, phones: u64) -> String {
        let host = self.registrar.host();
        let (transport, usual) = match self.transport {
            Wire::Udp => ("UDP", Transport::Udp),
            Wire::Tcp => ("TCP", Transport::Tcp),
            Wire::Tls => ("TLS", Transport::Tls(Roots::of_browsers())),
        };
        let (port, domain) = (self.registrar.port(&usual), self.domain.as_deref().unwrap_or(host));
        format!(
            "{phones} phone{} of {domain} would be asked about at {host}:{port} by {transport}",
            plural(phones)
        )
    }
}
