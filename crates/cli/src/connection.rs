//! The options for the connection to a vendor's API.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use sip_password::{Client, ClientBuilder, api::BaseUrl};

use super::{certificates, error::CommandError, usage::number};

#[derive(Args)]
// Other modules have a struct of this name, and `clap` would take them for one group.
#[group(skip)]
pub(super) struct Options {
    /// The longest time that a call may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = number::<u64>(1..=3600))]
    timeout: u64,
    /// Trust the certificates in a PEM file instead of the usual ones
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,
    /// Allow plain http:// to this machine, for tests
    #[arg(long)]
    plain_loopback: bool,
}

impl Options {
    /// The base URL that an option has.
    pub(super) fn base_url(&self, option: &str, url: &str) -> Result<BaseUrl, CommandError> {
        let parse = if self.plain_loopback { BaseUrl::allowing_plain_loopback } else { BaseUrl::new };
        parse(url).map_err(|error| CommandError::new(format!("{option}: {error}")))
    }

    /// A client for this many calls at a time.
    pub(super) fn client(&self, concurrency: usize) -> Result<Client, CommandError> {
        let builder =
            Client::builder().timeout(Duration::from_secs(self.timeout)).idle_connections(concurrency);
        let build = |builder: ClientBuilder| {
            builder.try_build().map_err(|error| CommandError::new(format!("{error}; nothing was sent")))
        };
        let Some(path) = &self.root else { return build(builder) };
        let pem = certificates::read(path)?;
        let builder = builder.private_roots(&pem);
        build(builder.map_err(|error| CommandError::new(format!("--root: {path:?}: {error}")))?)
    }
}
