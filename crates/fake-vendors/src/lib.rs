//! The three vendors' password APIs on loopback, for tests: their replies, refusals, locks and limits, and faults on
//! request.
//!
//! ```
//! use fake_vendors::{Config, Fault, FakeVendors, Vendor};
//!
//! // The second call is carried out, and its reply is lost.
//! let config = Config { faults: vec![Fault::lose_reply().nth(2)], ..Config::default() };
//! let vendors = FakeVendors::start(config)?;
//! println!("{} with the root {}", vendors.base_url(), vendors.root_pem());
//! // … here a client calls …
//! assert_eq!(vendors.password_of(Vendor::Huawei, "agent-1"), None);
//! assert_eq!(vendors.locks(), 0);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! All secrets in here are fake; they are kept as they come and not wiped. It listens on 127.0.0.1 alone, and everyone on
//! the machine can ask it for everything.
//!
//! What the vendors' documents leave open is read as in the repository's front page: flat bodies for Huawei unless the
//! configuration says otherwise; NXCloud's lists by comma, all phones or none. Not in any document, and so ours: the
//! words of most messages, the body beside a Huawei status other than 200, and NXCloud's rule for chosen passwords.

#![forbid(unsafe_code)]

mod admin;
mod certificates;
mod config;
mod deaf;
mod faults;
mod gate;
mod http;
mod rules;
mod server;
mod text;
mod vendor;
mod world;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};

pub use config::{Account, Certificate, Config, Rate, RetryAfter, Vendor, credentials};
pub use deaf::Deaf;
pub use faults::{Call, Ending, Fault, Kind, Stage};
pub use text::{BadText, duration, size};
pub use world::{CHECKS_BEFORE_LOCK, Entry, Outcome, Phone};

use certificates::Certificates;
use faults::Orders;
use gate::Gate;
use server::Shared;
use world::World;

/// The three vendors, listening until this is dropped.
pub struct FakeVendors {
    shared: Arc<Shared>,
    listener: Option<JoinHandle<()>>,
}

impl FakeVendors {
    /// Makes certificates and listens.
    ///
    /// # Errors
    /// The port is taken; a fault in [`Config::faults`] makes no sense ([`io::ErrorKind::InvalidInput`]).
    pub fn start(config: Config) -> io::Result<Self> {
        let certificates = if config.plain { None } else { Some(Certificates::make()?) };
        let (gate, listener) = Gate::open(config.port)?;
        let world = World::new(config).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let shared = Arc::new(Shared::new(gate, certificates, world));
        let ours = Arc::clone(&shared);
        let thread = thread::Builder::new().name("listener".to_owned());
        let listener = thread.spawn(move || server::listen(&ours, listener))?;
        Ok(Self { shared, listener: Some(listener) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.shared.gate.address
    }

    /// `https://127.0.0.1:PORT`, or `http://…` with [`Config::plain`]; for each vendor and call the same. The certificate
    /// is good for `localhost` as well.
    #[must_use]
    pub fn base_url(&self) -> String {
        let scheme = if self.shared.certificates.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address())
    }

    /// The certificate of the root, in PEM; empty with [`Config::plain`].
    #[must_use]
    pub fn root_pem(&self) -> &str {
        self.shared.certificates.as_ref().map_or("", |certificates| &certificates.root_pem)
    }

    /// The phone's present password; `None` where none was set, or for an account that does not exist. `account` is an
    /// [`Account::name`].
    #[must_use]
    pub fn password_of(&self, vendor: Vendor, account: &str) -> Option<String> {
        self.phone(vendor, account)?.password
    }

    /// The present passwords of all phones for which one was set, by [`Account::name`].
    #[must_use]
    pub fn passwords(&self, vendor: Vendor) -> BTreeMap<String, String> {
        self.shared.world().passwords(vendor)
    }

    /// All that is known of a phone; `None` for an account that does not exist.
    #[must_use]
    pub fn phone(&self, vendor: Vendor, account: &str) -> Option<Phone> {
        self.shared.world().known(vendor, account)
    }

    /// All accounts.
    #[must_use]
    pub fn accounts(&self, vendor: Vendor) -> Vec<Account> {
        self.shared.world().accounts(vendor)
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
        self.shared.world().locks()
    }

    /// What a tenant's administrator can do: unlocks a Huawei account.
    pub fn unlock(&self, account: &str) {
        self.shared.world().unlock(account);
    }

    /// All of Huawei's tokens expire.
    pub fn revoke_tokens(&self) {
        self.shared.world().revoke_tokens();
    }

    /// The calls so far, the oldest first, at most [`Config::log_length`].
    #[must_use]
    pub fn log(&self) -> Vec<Entry> {
        self.shared.world().log()
    }

    /// How many connections were accepted, also those that no call came of.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.shared.accepted.load(Ordering::Relaxed)
    }

    /// Orders these faults instead of those before. All counting begins anew.
    ///
    /// # Errors
    /// A condition that cannot be judged when its fault strikes, or an impossible number; then all is as before.
    pub fn set_faults(&self, faults: Vec<Fault>) -> Result<(), BadText> {
        let mut world = self.shared.world();
        world.orders = Orders::new(world.config.seed, faults)?;
        Ok(())
    }

    /// The faults that are ordered, and how often each has struck.
    #[must_use]
    pub fn faults(&self) -> Vec<(Fault, u64)> {
        self.shared.world().orders.struck()
    }

    /// Another limit from now on, or none.
    pub fn set_rate(&self, vendor: Vendor, rate: Option<Rate>) {
        let rates = &mut self.shared.world().config.rates;
        match rate {
            Some(rate) => rates.insert(vendor, rate),
            None => rates.remove(&vendor),
        };
    }

    /// Connections are refused from now on, and those that are open are reset when they next ask. The port stays kept
    /// (on Linux).
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
