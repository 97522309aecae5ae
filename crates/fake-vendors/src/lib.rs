//! Fake servers of the three vendors' password APIs on loopback, for tests: with their replies, refusals, account locks and
//! rate limits, and with faults on request.
//!
//! ```
//! use fake_vendors::{Config, Fault, FakeVendors, Vendor};
//!
//! // The second call is carried out, but its reply is lost.
//! let config = Config { faults: vec![Fault::lose_reply().nth(2)], ..Config::default() };
//! let vendors = FakeVendors::start(config)?;
//! println!("{} with the root {}", vendors.base_url(), vendors.root_pem());
//! // … a client calls …
//! assert_eq!(vendors.password_of(Vendor::Huawei, "agent-1"), None);
//! assert_eq!(vendors.locks(), 0);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! All secrets here are fake; they are not wiped. The servers listen on 127.0.0.1 only, and every user of the machine can read
//! everything that they know.
//!
//! Where the vendors' documents are ambiguous, the fake servers follow the library's reading of them: Huawei's bodies are flat
//! unless the configuration says otherwise; NXCloud's lists are separated by commas, and all phones of a call change or none. No
//! document states the words of most messages, the body of Huawei's replies with a status other than 200, and NXCloud's policy
//! for chosen passwords: these are made up.

#![forbid(unsafe_code)]

mod admin;
mod backend;
mod black_hole;
mod certificates;
mod config;
mod faults;
mod gate;
mod http;
mod rules;
mod server;
mod text;
mod vendor;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};

pub use backend::{CHECKS_BEFORE_LOCK, Entry, Outcome, Phone};
pub use black_hole::BlackHole;
pub use config::{Account, Certificate, Config, Rate, RetryAfter, Vendor, credentials};
pub use faults::{Call, Ending, Fault, Kind, Stage};
pub use text::{BadText, duration, size};

use backend::Backend;
use certificates::Certificates;
use faults::ActiveFaults;
use gate::Gate;
use server::Shared;

/// Fake servers of the three vendors. They listen until this is dropped.
pub struct FakeVendors {
    shared: Arc<Shared>,
    listener: Option<JoinHandle<()>>,
}

impl FakeVendors {
    /// Makes the certificates and listens.
    ///
    /// # Errors
    ///
    /// The port is in use, or a fault in [`Config::faults`] is wrong ([`io::ErrorKind::InvalidInput`]).
    pub fn start(config: Config) -> io::Result<Self> {
        let certificates = if config.plain { None } else { Some(Certificates::make()?) };
        let (gate, listener) = Gate::open(config.port)?;
        let backend =
            Backend::new(config).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let shared = Arc::new(Shared::new(gate, certificates, backend));
        let ours = Arc::clone(&shared);
        let thread = thread::Builder::new().name("listener".to_owned());
        let listener = thread.spawn(move || server::listen(&ours, listener))?;
        Ok(Self { shared, listener: Some(listener) })
    }

    /// The address of all three servers.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.shared.gate.address
    }

    /// `https://127.0.0.1:PORT`, or `http://…` with [`Config::plain`], for all vendors and calls. The certificate is also valid for
    /// `localhost`.
    #[must_use]
    pub fn base_url(&self) -> String {
        let scheme = if self.shared.certificates.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address())
    }

    /// The root certificate, in PEM; empty with [`Config::plain`].
    #[must_use]
    pub fn root_pem(&self) -> &str {
        self.shared.certificates.as_ref().map_or("", |certificates| &certificates.root_pem)
    }

    /// The phone's current password; `None` if none was set, or if there is no such account. `account` is an [`Account::name`].
    #[must_use]
    pub fn password_of(&self, vendor: Vendor, account: &str) -> Option<String> {
        self.phone(vendor, account)?.password
    }

    /// The current passwords of all phones that were given one, by [`Account::name`].
    #[must_use]
    pub fn passwords(&self, vendor: Vendor) -> BTreeMap<String, String> {
        self.shared.backend().passwords(vendor)
    }

    /// Everything that is known about a phone; `None` if there is no such account.
    #[must_use]
    pub fn phone(&self, vendor: Vendor, account: &str) -> Option<Phone> {
        self.shared.backend().known(vendor, account)
    }

    /// All accounts.
    #[must_use]
    pub fn accounts(&self, vendor: Vendor) -> Vec<Account> {
        self.shared.backend().accounts(vendor)
    }

    /// The accounts as a CSV file with a header: `user_account,account_password` for Huawei, `user_uuid,device_id` for
    /// Exotel, `username` for NXCloud.
    #[must_use]
    pub fn accounts_csv(&self, vendor: Vendor) -> Vec<u8> {
        admin::accounts(vendor, self.accounts(vendor).into_iter()).body
    }

    /// Whether this Huawei account is locked now.
    #[must_use]
    pub fn locked(&self, account: &str) -> bool {
        self.phone(Vendor::Huawei, account).is_some_and(|phone| phone.locked())
    }

    /// How often any account was locked since the start.
    #[must_use]
    pub fn locks(&self) -> u64 {
        self.shared.backend().locks()
    }

    /// Unlocks a Huawei account, as a tenant's administrator can.
    pub fn unlock(&self, account: &str) {
        self.shared.backend().unlock(account);
    }

    /// Revokes all of Huawei's tokens.
    pub fn revoke_tokens(&self) {
        self.shared.backend().revoke_tokens();
    }

    /// The last calls, at most [`Config::log_length`], the oldest first.
    #[must_use]
    pub fn log(&self) -> Vec<Entry> {
        self.shared.backend().log()
    }

    /// How many connections were accepted, including those without a call.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.shared.accepted.load(Ordering::Relaxed)
    }

    /// Replaces the faults. All their counts start again.
    ///
    /// # Errors
    ///
    /// A condition that cannot be decided when its fault strikes, or an impossible number. Then nothing changes.
    pub fn set_faults(&self, faults: Vec<Fault>) -> Result<(), BadText> {
        let mut backend = self.shared.backend();
        backend.faults = ActiveFaults::new(backend.config.seed, faults)?;
        Ok(())
    }

    /// The faults, and how often each has struck.
    #[must_use]
    pub fn faults(&self) -> Vec<(Fault, u64)> {
        self.shared.backend().faults.struck()
    }

    /// Replaces the rate limit of a vendor, or removes it.
    pub fn set_rate(&self, vendor: Vendor, rate: Option<Rate>) {
        let rates = &mut self.shared.backend().config.rates;
        match rate {
            Some(rate) => rates.insert(vendor, rate),
            None => rates.remove(&vendor),
        };
    }

    /// Refuses connections from now on, and resets open ones at their next call. On Linux, no other program can take the port.
    pub fn stop_listening(&self) {
        self.shared.gate.close();
    }

    /// Undoes [`FakeVendors::stop_listening`], and ends a [`Kind::Refuse`].
    pub fn listen_again(&self) {
        self.shared.gate.reopen();
    }
}

impl fmt::Debug for FakeVendors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeVendors").field("address", &self.address()).finish_non_exhaustive()
    }
}

impl Drop for FakeVendors {
    fn drop(&mut self) {
        self.shared.gate.stop();
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
        self.shared.hang_up();
    }
}
