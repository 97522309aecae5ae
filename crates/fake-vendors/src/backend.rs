//! The vendors' data: accounts, passwords, locks, tokens, rate limits, and the log.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;
use std::time::{Duration, Instant, SystemTime};

use crate::config::{Account, Config, RetryAfter, Vendor};
use crate::faults::{ActiveFaults, Call};
use crate::http::{Reply, Request};
use crate::text::BadText;
use crate::vendor::{exotel, huawei, nxcloud};

/// How many failed checks of the account's password in a row lock a Huawei account.
pub const CHECKS_BEFORE_LOCK: u32 = 3;

/// What a vendor did with a call, whatever reply the client received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The phones have their new passwords.
    Updated,
    /// A token was issued.
    TokenGiven,
    /// The new password breaks the vendor's rule.
    PasswordRefused,
    /// Huawei: the account's password was wrong, and this was counted.
    WrongAccountPassword,
    /// Huawei: the account is locked, and nothing was checked.
    Locked,
    /// The credentials are wrong or have expired.
    Unauthorized,
    /// The call lacks a field, or a field is wrong.
    Malformed,
    /// An account of the call does not exist.
    NoSuchAccount,
    /// The method is wrong.
    WrongMethod,
    /// The call exceeds the rate limit.
    OverLimit,
    /// A fault struck before the vendor did anything.
    Untouched,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Updated => "updated",
            Self::TokenGiven => "token-given",
            Self::PasswordRefused => "password-refused",
            Self::WrongAccountPassword => "wrong-account-password",
            Self::Locked => "locked",
            Self::Unauthorized => "unauthorized",
            Self::Malformed => "malformed",
            Self::NoSuchAccount => "no-such-account",
            Self::WrongMethod => "wrong-method",
            Self::OverLimit => "over-limit",
            Self::Untouched => "untouched",
        })
    }
}

/// A call in the log.
#[derive(Debug, Clone)]
pub struct Entry {
    /// When the vendor received the call, by the system clock.
    pub at: SystemTime,
    /// The same, since the fake servers started, by a monotonic clock.
    pub since_start: Duration,
    /// The connection, counted from 1.
    pub connection: u64,
    /// The vendor that was called.
    pub vendor: Vendor,
    /// The kind of call.
    pub call: Call,
    /// The accounts that the call names ([`Account::name`]).
    pub accounts: Vec<String>,
    /// What the vendor did.
    pub outcome: Outcome,
    /// The reply's status; 0 if a fault left none.
    pub status: u16,
    /// The fault that struck, as text.
    pub fault: Option<String>,
    /// The phones' new passwords, in the order of `accounts`; empty unless [`Config::log_passwords`] is set.
    pub passwords: Vec<String>,
    /// The headers whose names begin with `x-`, as `name: value` with the name in lower case. Empty if a fault struck before the vendor
    /// read the call.
    pub extra_headers: Vec<String>,
}

/// What a vendor knows about a phone or its account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phone {
    /// The current password; `None` until a call has set one.
    pub password: Option<String>,
    /// How often the password was set, even to the same one.
    pub changes: u64,
    /// How many calls the vendor received for the phone, except those over the rate limit.
    pub asked: u64,
    /// Huawei: failed checks in a row.
    pub failed_checks: u32,
    /// Huawei: how often the account was locked.
    pub locks: u64,
    locked_until: Option<Instant>,
}

impl Phone {
    /// Whether the account is locked now.
    #[must_use]
    pub fn locked(&self) -> bool {
        self.locked_until.is_some_and(|until| until > Instant::now())
    }

    pub(crate) fn set(&mut self, password: &str) {
        self.password = Some(password.to_owned());
        self.changes += 1;
    }
}

/// A vendor's reply to a call, and what the vendor did.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) reply: Reply,
    pub(crate) outcome: Outcome,
    pub(crate) passwords: Vec<String>,
}

impl Answer {
    pub(crate) fn new(outcome: Outcome, reply: Reply) -> Self {
        Self { reply, outcome, passwords: Vec::new() }
    }
}

/// Pseudorandom numbers that are the same in every run.
#[derive(Debug)]
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

#[derive(Debug)]
pub(crate) struct Backend {
    pub(crate) config: Config,
    pub(crate) faults: ActiveFaults,
    started: Instant,
    listed: HashMap<(Vendor, String), Account>,
    phones: HashMap<(Vendor, String), Phone>,
    tokens: HashMap<String, Instant>,
    /// When the last calls came that were not over the rate limit.
    recent: BTreeMap<Vendor, VecDeque<Instant>>,
    log: VecDeque<Entry>,
    random: SplitMix64,
}

impl Backend {
    pub(crate) fn new(config: Config) -> Result<Self, BadText> {
        let listed = config.listed.iter().flat_map(|(&vendor, accounts)| {
            accounts.iter().map(move |account| ((vendor, account.name(vendor)), account.clone()))
        });
        Ok(Self {
            listed: listed.collect(),
            faults: ActiveFaults::new(config.seed, config.faults.clone())?,
            started: Instant::now(),
            phones: HashMap::new(),
            tokens: HashMap::new(),
            recent: BTreeMap::new(),
            log: VecDeque::new(),
            random: SplitMix64(config.seed),
            config,
        })
    }

    pub(crate) fn draw(&mut self) -> u64 {
        self.random.next()
    }

    /// The accounts that a call names, whether they exist or not.
    pub(crate) fn names(vendor: Vendor, call: Call, request: &Request) -> Vec<String> {
        match (vendor, call) {
            (_, Call::Token) => Vec::new(),
            (Vendor::Huawei, Call::Update) => huawei::names(request),
            (Vendor::Exotel, Call::Update) => exotel::names(request),
            (Vendor::NxCloud, Call::Update) => nxcloud::names(request),
        }
    }

    /// Carries out a call that came at `now`.
    pub(crate) fn answer(&mut self, vendor: Vendor, call: Call, request: &Request, now: Instant) -> Answer {
        if call == Call::Token {
            return huawei::token(self, request);
        }
        if let Some(wait) = self.wait_for_limit(vendor, now) {
            return Answer::new(Outcome::OverLimit, self.rate_limited(vendor, self.config.retry_after, wait));
        }
        match vendor {
            Vendor::Huawei => huawei::update(self, request),
            Vendor::Exotel => exotel::update(self, request),
            Vendor::NxCloud => nxcloud::update(self, request),
        }
    }

    /// The reply to a call over the rate limit.
    pub(crate) fn rate_limited(&self, vendor: Vendor, form: RetryAfter, wait: Duration) -> Reply {
        let mut reply = match vendor {
            Vendor::Huawei => huawei::gateway_error(429, "Too many requests"),
            Vendor::Exotel => exotel::rate_limited(self.config.rates.get(&vendor).copied(), wait),
            Vendor::NxCloud => nxcloud::failed(429, "Too many requests"),
        };
        match form {
            RetryAfter::Seconds => reply.set("Retry-After", seconds(wait).to_string()),
            // A date has no fractions of a second, so it is rounded up.
            RetryAfter::Date => {
                let at = SystemTime::now() + wait + Duration::from_secs(1);
                reply.set("Retry-After", httpdate::fmt_http_date(at));
            }
            RetryAfter::Absent => {}
        }
        reply
    }

    /// How long to wait; `None` if the call is within the rate limit, which it then counts towards.
    fn wait_for_limit(&mut self, vendor: Vendor, now: Instant) -> Option<Duration> {
        let rate = *self.config.rates.get(&vendor)?;
        let recent = self.recent.entry(vendor).or_default();
        while recent.front().is_some_and(|&at| now.duration_since(at) >= rate.per) {
            recent.pop_front();
        }
        match recent.front() {
            Some(&oldest) if recent.len() >= rate.calls as usize => {
                Some(rate.per - now.duration_since(oldest))
            }
            _ => {
                recent.push_back(now);
                None
            }
        }
    }

    /// The account of this name, if there is one.
    pub(crate) fn account(&self, vendor: Vendor, name: &str) -> Option<Account> {
        if let Some(account) = self.listed.get(&(vendor, name.to_owned())) {
            return Some(account.clone());
        }
        let number = name.split('/').next()?.strip_prefix("agent-")?.parse().ok()?;
        let made = Account::made(vendor, number);
        // `agent-01` is another name than `agent-1`.
        ((1..=self.config.accounts).contains(&number) && made.name(vendor) == name).then_some(made)
    }

    /// All accounts, the made ones first.
    pub(crate) fn accounts(&self, vendor: Vendor) -> Vec<Account> {
        let made = (1..=self.config.accounts).map(|n| Account::made(vendor, n));
        let made = made.filter(|account| !self.listed.contains_key(&(vendor, account.name(vendor))));
        made.chain(self.config.listed.get(&vendor).into_iter().flatten().cloned()).collect()
    }

    /// The phone of an account that exists.
    pub(crate) fn phone(&mut self, vendor: Vendor, name: &str) -> &mut Phone {
        self.phones.entry((vendor, name.to_owned())).or_default()
    }

    pub(crate) fn known(&self, vendor: Vendor, name: &str) -> Option<Phone> {
        self.account(vendor, name)?;
        Some(self.phones.get(&(vendor, name.to_owned())).cloned().unwrap_or_default())
    }

    /// The current passwords of the phones that have one.
    pub(crate) fn passwords(&self, vendor: Vendor) -> BTreeMap<String, String> {
        let phones = self.phones.iter().filter(|((of, _), _)| *of == vendor);
        phones.filter_map(|((_, name), phone)| Some((name.clone(), phone.password.clone()?))).collect()
    }

    pub(crate) fn locks(&self) -> u64 {
        self.phones.values().map(|phone| phone.locks).sum()
    }

    /// Counts a failed check of the account's password; the third one in a row locks the account.
    pub(crate) fn fail_check(&mut self, name: &str) {
        let until = Instant::now() + self.config.lock_for;
        let phone = self.phone(Vendor::Huawei, name);
        phone.failed_checks += 1;
        if phone.failed_checks >= CHECKS_BEFORE_LOCK {
            phone.failed_checks = 0;
            phone.locks += 1;
            phone.locked_until = Some(until);
        }
    }

    pub(crate) fn unlock(&mut self, name: &str) {
        let phone = self.phone(Vendor::Huawei, name);
        phone.failed_checks = 0;
        phone.locked_until = None;
    }

    pub(crate) fn issue_token(&mut self, lifetime: Duration) -> String {
        let now = Instant::now();
        self.tokens.retain(|_, until| *until > now);
        let token = crate::text::hex(&[self.draw(), self.draw(), self.draw(), self.draw()]);
        self.tokens.insert(token.clone(), now + lifetime);
        token
    }

    pub(crate) fn is_valid_token(&self, token: &str) -> bool {
        self.tokens.get(token).is_some_and(|until| *until > Instant::now())
    }

    pub(crate) fn revoke_tokens(&mut self) {
        self.tokens.clear();
    }

    /// The time since the start.
    pub(crate) fn since_start(&self, now: Instant) -> Duration {
        now.duration_since(self.started)
    }

    /// Adds an entry to the log.
    pub(crate) fn log_entry(&mut self, mut entry: Entry) {
        if !self.config.log_passwords {
            entry.passwords.clear();
        }
        if self.log.len() >= self.config.log_length {
            self.log.pop_front();
        }
        if self.config.log_length > 0 {
            self.log.push_back(entry);
        }
    }

    pub(crate) fn log(&self) -> Vec<Entry> {
        self.log.iter().cloned().collect()
    }
}

/// Whole seconds, rounded up, at least one.
pub(crate) fn seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}
