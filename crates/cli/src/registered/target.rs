//! The registrar that the options name.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Args, ValueEnum};
use sip_password_registered::{Address, AddressError, Registrar, Roots, Transport, check_domain};

use crate::{certificates, error::CommandError, plural, usage::number};

#[derive(Args)]
#[group(skip)]
pub(crate) struct Target {
    /// The registrar: a host, with a port unless it is 5060, or 5061 for TLS. SRV records are not asked for
    #[arg(long, value_name = "HOST[:PORT]", value_parser = Address::new)]
    registrar: Address,
    /// The transport to the registrar
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
pub(crate) enum Wire {
    /// UDP; without a reply, a request is repeated after 0.5, 1.5 and 3.5 seconds
    Udp,
    /// TCP
    Tcp,
    /// TLS
    Tls,
}

pub(crate) fn domain(text: &str) -> Result<String, AddressError> {
    check_domain(text).map(|()| text.to_owned())
}

/// A registrar, as options name it.
pub(crate) struct Named<'a> {
    pub(crate) address: &'a Address,
    pub(crate) wire: Wire,
    pub(crate) domain: Option<&'a str>,
    /// The option with the certificates, and their file.
    pub(crate) root: (&'static str, Option<&'a Path>),
    /// The option with the address.
    pub(crate) option: &'static str,
    pub(crate) timeout: Duration,
}

impl Target {
    pub(crate) fn named(&self) -> Named<'_> {
        Named {
            address: &self.registrar,
            wire: self.transport,
            domain: self.domain.as_deref(),
            root: ("--root", self.root.as_deref()),
            option: "--registrar",
            timeout: Duration::from_secs(self.timeout),
        }
    }
}

impl Named<'_> {
    pub(crate) fn transport(&self) -> Result<Transport, CommandError> {
        match (self.wire, self.root) {
            (Wire::Tls, root) => Ok(Transport::Tls(roots(root)?)),
            (_, (option, Some(_))) => Err(CommandError::new(format!(
                "{option}: expected the transport tls with it, found another one"
            ))),
            (Wire::Udp, _) => Ok(Transport::Udp),
            (Wire::Tcp, _) => Ok(Transport::Tcp),
        }
    }

    /// Looks up the registrar's address. The message does not repeat the host, which may be a password.
    pub(crate) fn resolve(&self, transport: Transport) -> Result<Registrar, CommandError> {
        let registrar = Registrar::resolve(self.address, transport).map_err(|error| CommandError::Io {
            action: format!("{}: cannot look up the host", self.option),
            error,
        })?;
        let registrar = registrar.with_timeout(self.timeout);
        match self.domain {
            None => Ok(registrar),
            Some(domain) => {
                registrar.with_domain(domain).map_err(|error| CommandError::new(format!("--domain: {error}")))
            }
        }
    }

    /// What would be done for this many phones.
    pub(crate) fn text(&self, phones: u64) -> String {
        let host = self.address.host();
        let (transport, usual) = match self.wire {
            Wire::Udp => ("UDP", Transport::Udp),
            Wire::Tcp => ("TCP", Transport::Tcp),
            Wire::Tls => ("TLS", Transport::Tls(Roots::of_browsers())),
        };
        let (port, domain) = (self.address.port(&usual), self.domain.unwrap_or(host));
        format!(
            "{phones} phone{} of {domain} would be asked about at {host}:{port} by {transport}",
            plural(phones)
        )
    }
}

fn roots((option, path): (&str, Option<&Path>)) -> Result<Roots, CommandError> {
    let Some(path) = path else { return Ok(Roots::of_browsers()) };
    let pem = certificates::read(path)?;
    Roots::from_pem(&pem).map_err(|error| CommandError::new(format!("{option}: {path:?}: {error}")))
}
