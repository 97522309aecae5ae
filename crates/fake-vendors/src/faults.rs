//! Faults: what goes wrong on request, and when.

mod active;
mod kind;
mod text;

use std::fmt;

use crate::config::Vendor;
use crate::text::{BadText, bad};

pub(crate) use active::ActiveFaults;
use kind::Phase;
pub use kind::{Ending, Kind, Stage};

/// The vendors' calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    /// Sets a new password.
    Update,
    /// Huawei's `tokenByAkSk`, which issues a token.
    Token,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::Update { "update" } else { "token" })
    }
}

/// Which of the calls that a fault is for it strikes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum When {
    Always,
    Between(u64, u64),
    Chance(f64),
}

/// A kind of fault, and when it strikes.
///
/// Without conditions, it strikes every call for a new password. Conditions add up: [`Fault::nth`] counts the calls that meet
/// the other conditions. A fault of a connection ([`Kind::Refuse`], [`Kind::Certificate`], [`Stage::Accepted`],
/// [`Stage::Handshake`]) counts connections, and cannot distinguish vendors, calls and accounts. A fault at [`Stage::Headers`]
/// cannot distinguish accounts.
///
/// ```
/// use fake_vendors::{Fault, Kind, Vendor};
///
/// let by_hand = Fault::new(Kind::Html(502)).vendor(Vendor::Exotel).nth(3);
/// let by_text: Fault = "html=502@3,vendor=exotel".parse()?;
/// assert_eq!(by_hand, by_text);
/// # Ok::<(), fake_vendors::BadText>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    pub(crate) kind: Kind,
    when: When,
    vendor: Option<Vendor>,
    call: Call,
    account: Option<String>,
    times: Option<u64>,
    pub(crate) applied: bool,
}

impl Fault {
    /// A fault that always strikes: every call for a new password, or every connection.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            when: When::Always,
            vendor: None,
            call: Call::Update,
            account: None,
            times: None,
            applied: false,
        }
    }

    /// A lost reply: the vendor has changed the password, and the connection is reset before the first byte of the reply.
    #[must_use]
    pub fn lose_reply() -> Self {
        Self::new(Kind::Break { stage: Stage::Reply(0), how: Ending::Reset })
    }

    /// Only the `n`-th call or connection, counted from 1.
    #[must_use]
    pub fn nth(self, n: u64) -> Self {
        self.between(n, n)
    }

    /// Only those from the `first` to the `last`, both included, counted from 1.
    #[must_use]
    pub fn between(self, first: u64, last: u64) -> Self {
        Self { when: When::Between(first, last), ..self }
    }

    /// With this probability, from 0 to 1. The draw depends on [`crate::Config::seed`], on the fault, on the accounts of the call
    /// and on how often they were called before. It does not depend on the order in which the calls of several threads arrive,
    /// except at [`Stage::Headers`], where the accounts are not known yet.
    #[must_use]
    pub fn chance(self, probability: f64) -> Self {
        Self { when: When::Chance(probability), ..self }
    }

    /// Only calls of one vendor.
    #[must_use]
    pub fn vendor(self, vendor: Vendor) -> Self {
        Self { vendor: Some(vendor), ..self }
    }

    /// Only calls of this kind, instead of those for a new password.
    #[must_use]
    pub fn call(self, call: Call) -> Self {
        Self { call, ..self }
    }

    /// Only calls that name this account ([`crate::Account::name`]), possibly with others.
    #[must_use]
    pub fn account(self, name: &str) -> Self {
        Self { account: Some(name.to_owned()), ..self }
    }

    /// At most this many times.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        Self { times: Some(times), ..self }
    }

    /// The vendor carries out the call, although the reply is not its own.
    #[must_use]
    pub fn applied(self) -> Self {
        Self { applied: true, ..self }
    }

    /// # Errors
    /// A condition that cannot be decided when the fault strikes, or an impossible number.
    pub(crate) fn check(&self) -> Result<(), BadText> {
        let phase = self.kind.phase();
        if phase == Phase::Connection && (self.vendor.is_some() || self.call != Call::Update) {
            return bad(format!(
                "`{self}`: expected no vendor and no call, which are unknown when this fault strikes"
            ));
        }
        if phase != Phase::Call && self.account.is_some() {
            return bad(format!("`{self}`: expected no account, which is unknown when this fault strikes"));
        }
        if self.applied && !self.kind.replaces_reply() {
            return bad(format!(
                "`{self}`: expected `applied` only with a fault that replaces the vendor's reply"
            ));
        }
        match (self.when, &self.kind) {
            (When::Between(first, last), _) if first == 0 || first > last => {
                bad(format!("`{self}`: expected numbers from 1, the first not after the last"))
            }
            (When::Chance(p), _) if !(0.0..=1.0).contains(&p) => {
                bad(format!("`{self}`: expected a probability from 0% to 100%"))
            }
            (_, Kind::Status { status, .. } | Kind::Html(status) | Kind::Redirect { status, .. })
                if !(100..=999).contains(status) =>
            {
                bad(format!("`{self}`: expected a status from 100 to 999"))
            }
            (_, Kind::Status { headers, .. })
                if headers.iter().any(|(name, value)| format!("{name}{value}").contains(['\r', '\n'])) =>
            {
                bad(format!("`{self}`: expected a header of one line"))
            }
            (_, Kind::Redirect { to: line, .. } | Kind::ContentType(line)) if line.contains(['\r', '\n']) => {
                bad(format!("`{self}`: expected a header of one line"))
            }
            _ => Ok(()),
        }
    }
}
