//! The configuration of the fake servers.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::faults::Fault;
use crate::text::{BadText, bad, duration};

/// One of the three vendors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vendor {
    /// Huawei Cloud, Cognitive Engagement Center.
    Huawei,
    /// Exotel, CCM v2.
    Exotel,
    /// NXCloud.
    NxCloud,
}

impl Vendor {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Huawei, Self::Exotel, Self::NxCloud];
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Huawei => "huawei",
            Self::Exotel => "exotel",
            Self::NxCloud => "nxcloud",
        })
    }
}

impl FromStr for Vendor {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        match Self::ALL.into_iter().find(|vendor| vendor.to_string() == text) {
            Some(vendor) => Ok(vendor),
            None => bad(format!("expected huawei, exotel or nxcloud, found `{text}`")),
        }
    }
}

/// The certificate that a connection gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Certificate {
    /// For `localhost`, 127.0.0.1 and ::1, signed by the root.
    #[default]
    Good,
    /// For the right names, signed by the root, expired in 2001.
    Expired,
    /// For the right names, signed by itself.
    SelfSigned,
    /// For `wrong-name.example`, signed by the root.
    WrongName,
    /// For the right names, signed by another root of the same name.
    OtherRoot,
}

impl Certificate {
    pub(crate) const ALL: [Self; 5] =
        [Self::Good, Self::Expired, Self::SelfSigned, Self::WrongName, Self::OtherRoot];
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Good => "good",
            Self::Expired => "expired",
            Self::SelfSigned => "self-signed",
            Self::WrongName => "wrong-name",
            Self::OtherRoot => "other-root",
        })
    }
}

impl FromStr for Certificate {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        match Self::ALL.into_iter().find(|certificate| certificate.to_string() == text) {
            Some(certificate) => Ok(certificate),
            None => {
                bad(format!("expected good, expired, self-signed, wrong-name or other-root, found `{text}`"))
            }
        }
    }
}

/// At most this many calls in *any* period of this length. This is stricter than a token bucket, which allows bursts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The number of calls, at least 1.
    pub calls: u32,
    /// The length of the period, more than zero.
    pub per: Duration,
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.calls, crate::text::show_duration(self.per))
    }
}

impl FromStr for Rate {
    type Err = BadText;

    /// `100/min`, `10/s`, `50/10s`.
    fn from_str(text: &str) -> Result<Self, BadText> {
        let wrong = || BadText(format!("expected a rate such as 100/min, 10/s or 50/10s, found `{text}`"));
        let (calls, per) = text.split_once('/').ok_or_else(wrong)?;
        let calls = calls.parse().ok().filter(|&calls| calls > 0).ok_or_else(wrong)?;
        let one = if per.starts_with(|c: char| c.is_ascii_digit()) { "" } else { "1" };
        let per = duration(&format!("{one}{per}")).map_err(|_| wrong())?;
        if per.is_zero() { Err(wrong()) } else { Ok(Self { calls, per }) }
    }
}

/// The form in which a reply with the status 429 says how long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RetryAfter {
    /// In whole seconds, rounded up.
    #[default]
    Seconds,
    /// As a date (RFC 9110, section 10.2.3).
    Date,
    /// Not at all.
    Absent,
}

impl fmt::Display for RetryAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Seconds => "seconds",
            Self::Date => "date",
            Self::Absent => "none",
        })
    }
}

impl FromStr for RetryAfter {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        match text {
            "seconds" => Ok(Self::Seconds),
            "date" => Ok(Self::Date),
            "none" => Ok(Self::Absent),
            _ => bad(format!("expected seconds, date or none, found `{text}`")),
        }
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Account {
    /// Huawei: `userAccount`. Exotel: the user's id. NXCloud: the phone's `username`.
    #[serde(alias = "user_account", alias = "user_uuid", alias = "username")]
    pub account: String,
    /// Exotel: the device's id. Empty for the others.
    #[serde(alias = "device_id", default)]
    pub device: String,
    /// Huawei: the account's current password, `accountPwd`. Empty for the others.
    #[serde(default)]
    pub account_password: String,
}

impl Account {
    /// The name of the account in functions and in the log: `account`, or `account/device` for Exotel.
    #[must_use]
    pub fn name(&self, vendor: Vendor) -> String {
        match vendor {
            Vendor::Exotel => format!("{}/{}", self.account, self.device),
            _ => self.account.clone(),
        }
    }

    /// The `n`-th account that is made: `agent-n`, for Exotel with `device-n`, for Huawei with `fake-account-pass-n`.
    #[must_use]
    pub fn made(vendor: Vendor, n: u32) -> Self {
        let only = |is, text: String| if vendor == is { text } else { String::new() };
        Self {
            account: format!("agent-{n}"),
            device: only(Vendor::Exotel, format!("device-{n}")),
            account_password: only(Vendor::Huawei, format!("fake-account-pass-{n}")),
        }
    }
}

/// The configuration of the fake servers. [`Config::default`] has 100 accounts for each vendor, no rate limits and no faults.
#[derive(Debug, Clone)]
pub struct Config {
    /// The port on 127.0.0.1; 0 for any free one.
    pub port: u16,
    /// Plain HTTP, for tests of clients that must refuse it.
    pub plain: bool,
    /// The certificate of connections, unless a fault gives them another one.
    pub certificate: Certificate,
    /// The number of accounts of each vendor: `agent-1` to `agent-N` ([`Account::made`]). An account takes memory when it is used.
    pub accounts: u32,
    /// More accounts. An account with the name of a made one replaces it.
    pub listed: BTreeMap<Vendor, Vec<Account>>,
    /// How long a Huawei account stays locked after three failed checks in a row; by default 30 minutes.
    pub lock_for: Duration,
    /// Huawei expects the fields in `requestParam`, as in the table of its document and unlike the example.
    pub wrapped_request: bool,
    /// Huawei's reply is inside `schema`, as in the table of its document and unlike the example.
    pub wrapped_reply: bool,
    /// Any new password of 1 to 128 characters is accepted, as for a tenant with its own policy.
    pub any_password: bool,
    /// The rate limits of calls that change passwords.
    pub rates: BTreeMap<Vendor, Rate>,
    /// The form of `Retry-After` in the reply to a call over the rate limit.
    pub retry_after: RetryAfter,
    /// The faults. The first one whose conditions are met strikes.
    pub faults: Vec<Fault>,
    /// The seed of [`Fault::chance`] and of the passwords that the server chooses.
    pub seed: u64,
    /// The log has the new passwords.
    pub log_passwords: bool,
    /// How many calls the log keeps. The oldest ones are dropped.
    pub log_length: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            port: 0,
            plain: false,
            certificate: Certificate::Good,
            accounts: 100,
            listed: BTreeMap::new(),
            lock_for: Duration::from_secs(30 * 60),
            wrapped_request: false,
            wrapped_reply: false,
            any_password: false,
            rates: BTreeMap::new(),
            retry_after: RetryAfter::Seconds,
            faults: Vec::new(),
            seed: 1,
            log_passwords: false,
            log_length: 1_000_000,
        }
    }
}

/// The credentials that the fake servers expect.
pub mod credentials {
    /// Huawei's `app_key` and `x-app-key`.
    pub const HUAWEI_APP_KEY: &str = "fake-app-key";
    /// Huawei's `app_secret`.
    pub const HUAWEI_APP_SECRET: &str = "fake-app-secret";
    /// Exotel's API key.
    pub const EXOTEL_API_KEY: &str = "fake-api-key";
    /// Exotel's API token.
    pub const EXOTEL_API_TOKEN: &str = "fake-api-token";
    /// The SID of Exotel's account.
    pub const EXOTEL_SID: &str = "fake-sid";
    /// NXCloud's `appkey`.
    pub const NXCLOUD_APPKEY: &str = "fake-appkey";
    /// NXCloud's `secretkey`.
    pub const NXCLOUD_SECRETKEY: &str = "fake-secretkey";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        for (text, calls, secs) in
            [("100/min", 100, 60), ("10/s", 10, 1), ("50/10s", 50, 10), ("1/1h", 1, 3600)]
        {
            let rate: Rate = text.parse().unwrap();
            assert_eq!(rate, Rate { calls, per: Duration::from_secs(secs) });
            assert_eq!(rate.to_string().parse(), Ok(rate));
        }
        for text in ["", "100", "0/s", "-1/s", "1/0s", "1/day", "/s"] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
        for vendor in Vendor::ALL {
            assert_eq!(vendor.to_string().parse(), Ok(vendor));
        }
        for certificate in Certificate::ALL {
            assert_eq!(certificate.to_string().parse(), Ok(certificate));
        }
    }
}
