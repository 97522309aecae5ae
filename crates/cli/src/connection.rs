//! How a vendor's API is reached.

use std::{fs, path::PathBuf, time::Duration};

use clap::Args;
use sip_password::{Client, api::BaseUrl};

use super::failure::Failure;

#[derive(Args)]
// Its name is that of others, and `clap` would make a group of each.
#[group(skip)]
pub(super) struct Options {
    /// How many seconds a whole call may take
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// Trust the certificates of a PEM file instead of the usual ones
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,
    /// Allow plain http:// to this machine, for a test
    #[arg(long)]
    plain_loopback: bool,
}

impl Options {
    pub(super) fn base_url(&self, option: &str, url: &str) -> Result<BaseUrl, Failure> {
        let parse = if self.plain_loopback { BaseUrl::allowing_plain_loopback } else { BaseUrl::new };
        parse(url).map_err(|error| Failure::Use(format!("{option}: {error}")))
    }

    /// For so many calls at once.
    pub(super) fn client(&self, at_once: usize) -> Result<Client, Failure> {
        let builder = Client::builder().timeout(Duration::from_secs(self.timeout)).idle_connections(at_once);
        let Some(path) = &self.root else { return Ok(builder.build()) };
        let pem = fs::read(path).map_err(Failure::with("read", path))?;
        let builder = builder.private_roots(&pem);
        Ok(builder.map_err(|error| Failure::Use(format!("--root: {path:?}: {error}")))?.build())
    }
}
