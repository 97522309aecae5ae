//! What can go wrong on request, and when it does.

use std::collections::HashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::str::FromStr;
use std::time::Duration;

use crate::config::{Certificate, RetryAfter, Vendor};
use crate::text::{BadText, bad, bytes, duration, show_bytes, show_duration, size};

/// A point in the life of a connection or a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The connection is there; nothing of it is read, also no TLS.
    Accepted,
    /// TLS is agreed; nothing of a call is read.
    Handshake,
    /// The call's headers are read, its body is not.
    Headers,
    /// The call is read, and the vendor has done nothing.
    Request,
    /// The vendor has done what it was asked for, and so many bytes of the reply are sent, its status line included.
    Reply(usize),
    /// The reply is sent.
    Sent,
}

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With a reset.
    Reset,
    /// Orderly for TCP, but without TLS' farewell: what somebody in between could do.
    Close,
    /// Orderly, TLS' farewell included.
    Farewell,
}

/// What goes wrong.
///
/// Kinds up to [`Kind::RateLimited`] are instead of what the vendor would have done: it does nothing, unless the fault
/// is [`Fault::applied`]. [`Kind::Break`] and [`Kind::Stall`] say themselves when they strike. The rest is about
/// the reply to a call that the vendor has carried out.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// This connection is reset, and for so long nobody listens; open connections are reset when they next ask.
    Refuse(Duration),
    /// The connection is shown another certificate.
    Certificate(Certificate),
    /// A status with no more to it than is said here.
    Status {
        /// The status. After 100 to 199 nothing else follows, and the connection ends.
        status: u16,
        /// Headers beside `Content-Length` and `Connection`.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// A page in HTML with this status, such as a proxy's.
    Html(u16),
    /// A redirection.
    Redirect {
        /// The status: 301, 302, 303, 307, 308.
        status: u16,
        /// `Location`.
        to: String,
    },
    /// These bytes, as they are, and the orderly end of the connection.
    Raw(Vec<u8>),
    /// The vendor's reply to a call over the limit, with this wait.
    RateLimited {
        /// How `Retry-After` says the wait.
        form: RetryAfter,
        /// The wait; whole seconds.
        wait: Duration,
    },
    /// The connection ends.
    Break {
        /// When.
        stage: Stage,
        /// How.
        how: Ending,
    },
    /// Nothing happens for a while; then all goes on as if nothing had been, also when the client has gone.
    Stall {
        /// When.
        stage: Stage,
        /// For how long.
        time: Duration,
    },
    /// The reply comes byte by byte with this pause after each.
    Trickle(Duration),
    /// The reply's body is a text that does not end before so many bytes.
    HugeBody(u64),
    /// The reply's headers are of so many bytes.
    HugeHeaders(u64),
    /// Another `Content-Type`.
    ContentType(String),
    /// The body is packed, and `Content-Encoding: gzip`.
    Gzip,
    /// The body comes in chunks of at most 7 bytes.
    Chunked,
    /// The reply comes twice.
    Twice,
    /// `100 Continue` comes first.
    Continue,
    /// Huawei's `resultCode` is a number; Exotel's `code` and `http_code` are texts.
    OtherTypes,
    /// Huawei's reply is inside `schema` (or not, where [`crate::Config::wrapped_reply`] says that it is).
    OtherShape,
    /// NXCloud's `row` lacks the last phone.
    RowMissing,
    /// NXCloud's `row` has a wrong password for the first phone. The phone has the right one.
    RowOther,
    /// NXCloud's `row` has numbers, where the passwords are of digits: a leading zero is lost.
    RowNumbers,
    /// The field that says whether the call succeeded is there a second time, and says the opposite.
    DuplicateKeys,
    /// A further field with so many arrays, one in the other.
    Deep(u32),
    /// A further field with bytes that are not UTF-8.
    InvalidUtf8,
}

/// What can be known of a call when a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Connection,
    Head,
    Call,
}

impl Kind {
    fn phase(&self) -> Phase {
        match self {
            Self::Refuse(_) | Self::Certificate(_) => Phase::Connection,
            Self::Break { stage, .. } | Self::Stall { stage, .. } => match stage {
                Stage::Accepted | Stage::Handshake => Phase::Connection,
                Stage::Headers => Phase::Head,
                Stage::Request | Stage::Reply(_) | Stage::Sent => Phase::Call,
            },
            _ => Phase::Call,
        }
    }

    /// Whether the reply is another one than the vendor's.
    pub(crate) fn replaces_reply(&self) -> bool {
        matches!(
            self,
            Self::Status { .. }
                | Self::Html(_)
                | Self::Redirect { .. }
                | Self::Raw(_)
                | Self::RateLimited { .. }
        )
    }
}

/// The calls that the vendors offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    /// A new password.
    Update,
    /// Huawei's `tokenByAkSk`.
    Token,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::Update { "update" } else { "token" })
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Turn {
    Always,
    Between(u64, u64),
    Chance(f64),
}

/// A kind of fault, and when it strikes.
///
/// Without more, it strikes at every call for a new password. Conditions add up: what [`Fault::nth`] counts is the
/// calls that the other conditions let through. A fault of a connection ([`Kind::Refuse`], [`Kind::Certificate`],
/// [`Stage::Accepted`], [`Stage::Handshake`]) counts connections, and cannot tell vendors, calls and accounts apart; one
/// at [`Stage::Headers`] cannot tell accounts apart.
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
    turn: Turn,
    vendor: Option<Vendor>,
    call: Call,
    account: Option<String>,
    times: Option<u64>,
    pub(crate) applied: bool,
}

impl Fault {
    /// Always, at calls for a new password, or at connections.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            turn: Turn::Always,
            vendor: None,
            call: Call::Update,
            account: None,
            times: None,
            applied: false,
        }
    }

    /// The lost reply: the vendor has changed the password, and the connection is reset before a byte of the reply.
    #[must_use]
    pub fn lose_reply() -> Self {
        Self::new(Kind::Break { stage: Stage::Reply(0), how: Ending::Reset })
    }

    /// Only the `n`-th, counted from 1.
    #[must_use]
    pub fn nth(self, n: u64) -> Self {
        self.between(n, n)
    }

    /// From the `first` to the `last`, both included, counted from 1.
    #[must_use]
    pub fn between(self, first: u64, last: u64) -> Self {
        Self { turn: Turn::Between(first, last), ..self }
    }

    /// With this probability, from 0 to 1. The draw depends on [`crate::Config::seed`], the fault, the accounts of the
    /// call and how often they were called before, not on the order in which calls of several threads arrive; only at
    /// [`Stage::Headers`], where the accounts are not known yet, it does depend on that.
    #[must_use]
    pub fn chance(self, probability: f64) -> Self {
        Self { turn: Turn::Chance(probability), ..self }
    }

    /// Only calls of one vendor.
    #[must_use]
    pub fn vendor(self, vendor: Vendor) -> Self {
        Self { vendor: Some(vendor), ..self }
    }

    /// Other calls than those for a new password.
    #[must_use]
    pub fn call(self, call: Call) -> Self {
        Self { call, ..self }
    }

    /// Only calls that name this account ([`crate::Account::name`]), alone or among others.
    #[must_use]
    pub fn account(self, name: &str) -> Self {
        Self { account: Some(name.to_owned()), ..self }
    }

    /// At most so often.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        Self { times: Some(times), ..self }
    }

    /// Although the reply is another one, the vendor has done what it was asked for.
    #[must_use]
    pub fn applied(self) -> Self {
        Self { applied: true, ..self }
    }

    /// # Errors
    /// A condition that cannot be judged when the fault strikes, or an impossible number.
    pub(crate) fn check(&self) -> Result<(), BadText> {
        let phase = self.kind.phase();
        if phase == Phase::Connection && (self.vendor.is_some() || self.call != Call::Update) {
            return bad(format!("`{self}`: a connection is not yet one vendor's, nor for one call"));
        }
        if phase != Phase::Call && self.account.is_some() {
            return bad(format!("`{self}`: the account is not yet known when this fault strikes"));
        }
        if self.applied && !self.kind.replaces_reply() {
            return bad(format!(
                "`{self}`: only for faults in which the reply is another one than the vendor's"
            ));
        }
        match (self.turn, &self.kind) {
            (Turn::Between(first, last), _) if first == 0 || first > last => {
                bad(format!("`{self}`: calls are counted from 1, and the first comes before the last"))
            }
            (Turn::Chance(p), _) if !(0.0..=1.0).contains(&p) => {
                bad(format!("`{self}`: a probability is from 0% to 100%"))
            }
            (_, Kind::Status { status, .. } | Kind::Html(status) | Kind::Redirect { status, .. })
                if !(100..=999).contains(status) =>
            {
                bad(format!("`{self}`: a status is from 100 to 999"))
            }
            (_, Kind::Status { headers, .. })
                if headers.iter().any(|(name, value)| format!("{name}{value}").contains(['\r', '\n'])) =>
            {
                bad(format!("`{self}`: a header of several lines"))
            }
            (_, Kind::Redirect { to: line, .. } | Kind::ContentType(line)) if line.contains(['\r', '\n']) => {
                bad(format!("`{self}`: a header of several lines"))
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("accept"),
            Self::Handshake => f.write_str("tls"),
            Self::Headers => f.write_str("headers"),
            Self::Request => f.write_str("request"),
            Self::Reply(0) => f.write_str("reply"),
            Self::Reply(bytes) => write!(f, "reply+{bytes}"),
            Self::Sent => f.write_str("sent"),
        }
    }
}

impl FromStr for Stage {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        let sent = text.strip_prefix("reply+").and_then(|bytes| bytes.parse().ok());
        match (text, sent) {
            ("accept", _) => Ok(Self::Accepted),
            ("tls", _) => Ok(Self::Handshake),
            ("headers", _) => Ok(Self::Headers),
            ("request", _) => Ok(Self::Request),
            ("reply", _) => Ok(Self::Reply(0)),
            ("sent", _) => Ok(Self::Sent),
            (_, Some(bytes)) => Ok(Self::Reply(bytes)),
            _ => bad(format!("`{text}` is none of accept, tls, headers, request, reply, reply+BYTES, sent")),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refuse(time) => write!(f, "refuse={}", show_duration(*time)),
            Self::Certificate(certificate) => write!(f, "certificate={certificate}"),
            Self::Status { status, headers, body } => {
                write!(f, "status={status}")?;
                for (name, value) in headers {
                    write!(f, "/{name}: {value}")?;
                }
                if body.is_empty() { Ok(()) } else { write!(f, "//{}", show_bytes(body)) }
            }
            Self::Html(status) => write!(f, "html={status}"),
            Self::Redirect { status, to } => write!(f, "redirect={status}/{to}"),
            Self::Raw(bytes) => write!(f, "raw={}", show_bytes(bytes)),
            Self::RateLimited { form, wait } => write!(f, "limited={form}/{}", show_duration(*wait)),
            Self::Break { stage: Stage::Reply(0), how: Ending::Reset } => f.write_str("lose-reply"),
            Self::Break { stage, how: Ending::Reset } => write!(f, "reset={stage}"),
            Self::Break { stage, how: Ending::Close } => write!(f, "close={stage}"),
            Self::Break { stage, how: Ending::Farewell } => write!(f, "farewell={stage}"),
            Self::Stall { stage, time } => write!(f, "stall={stage}/{}", show_duration(*time)),
            Self::Trickle(pause) => write!(f, "trickle={}", show_duration(*pause)),
            Self::HugeBody(bytes) => write!(f, "huge-body={bytes}"),
            Self::HugeHeaders(bytes) => write!(f, "huge-headers={bytes}"),
            Self::ContentType(value) => write!(f, "content-type={value}"),
            Self::Gzip => f.write_str("gzip"),
            Self::Chunked => f.write_str("chunked"),
            Self::Twice => f.write_str("twice"),
            Self::Continue => f.write_str("continue"),
            Self::OtherTypes => f.write_str("other-types"),
            Self::OtherShape => f.write_str("other-shape"),
            Self::RowMissing => f.write_str("row-missing"),
            Self::RowOther => f.write_str("row-other"),
            Self::RowNumbers => f.write_str("row-numbers"),
            Self::DuplicateKeys => f.write_str("duplicate-keys"),
            Self::Deep(levels) => write!(f, "deep={levels}"),
            Self::InvalidUtf8 => f.write_str("invalid-utf8"),
        }
    }
}

fn status(text: &str) -> Result<u16, BadText> {
    text.parse().or_else(|_| bad(format!("`{text}` is not a status such as 503")))
}

impl FromStr for Kind {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        let (name, argument) = text.split_once('=').unwrap_or((text, ""));
        let ending = match name {
            "reset" => Some(Ending::Reset),
            "close" => Some(Ending::Close),
            "farewell" => Some(Ending::Farewell),
            _ => None,
        };
        if let Some(how) = ending {
            return Ok(Self::Break { stage: argument.parse()?, how });
        }
        let kind = match name {
            "refuse" => Self::Refuse(duration(argument)?),
            "certificate" => Self::Certificate(argument.parse()?),
            "status" => {
                let (head, body) = argument.split_once("//").unwrap_or((argument, ""));
                let mut parts = head.split('/');
                let status = status(parts.next().unwrap_or_default())?;
                let headers = parts.map(|header| match header.split_once(": ") {
                    Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
                    None => bad(format!("`{header}` is not a header such as `Retry-After: 5`")),
                });
                Self::Status { status, headers: headers.collect::<Result<_, _>>()?, body: bytes(body)? }
            }
            "html" => Self::Html(status(argument)?),
            "redirect" => match argument.split_once('/') {
                Some((number, to)) if number.len() == 3 => {
                    Self::Redirect { status: status(number)?, to: to.to_owned() }
                }
                _ => Self::Redirect { status: 307, to: argument.to_owned() },
            },
            "raw" => Self::Raw(bytes(argument)?),
            "limited" => {
                let (form, wait) = argument.split_once('/').unwrap_or((argument, "1s"));
                let form = if form.is_empty() { RetryAfter::Seconds } else { form.parse()? };
                Self::RateLimited { form, wait: duration(wait)? }
            }
            "lose-reply" => Self::Break { stage: Stage::Reply(0), how: Ending::Reset },
            "stall" => match argument.split_once('/') {
                Some((stage, time)) => Self::Stall { stage: stage.parse()?, time: duration(time)? },
                None => {
                    return bad(format!("`{text}` does not say where and how long, as in stall=reply/5s"));
                }
            },
            "trickle" => Self::Trickle(duration(argument)?),
            "huge-body" => Self::HugeBody(size(argument)?),
            "huge-headers" => Self::HugeHeaders(size(argument)?),
            "content-type" => Self::ContentType(argument.to_owned()),
            "gzip" => Self::Gzip,
            "chunked" => Self::Chunked,
            "twice" => Self::Twice,
            "continue" => Self::Continue,
            "other-types" => Self::OtherTypes,
            "other-shape" => Self::OtherShape,
            "row-missing" => Self::RowMissing,
            "row-other" => Self::RowOther,
            "row-numbers" => Self::RowNumbers,
            "duplicate-keys" => Self::DuplicateKeys,
            "deep" => match argument.parse() {
                Ok(levels) => Self::Deep(levels),
                Err(_) => return bad(format!("`{text}` does not say how deep, as in deep=100000")),
            },
            "invalid-utf8" => Self::InvalidUtf8,
            _ => return bad(format!("there is no fault `{name}`")),
        };
        // A kind that takes nothing would otherwise swallow what was meant for another one.
        if kind.to_string() == name && name != "lose-reply" && !argument.is_empty() {
            return bad(format!("`{name}` takes no `={argument}`"));
        }
        Ok(kind)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@", self.kind)?;
        match self.turn {
            Turn::Always => f.write_str("always")?,
            Turn::Between(first, u64::MAX) => write!(f, "{first}-")?,
            Turn::Between(first, last) if first == last => write!(f, "{first}")?,
            Turn::Between(first, last) => write!(f, "{first}-{last}")?,
            Turn::Chance(p) => write!(f, "{}%", p * 100.0)?,
        }
        if let Some(vendor) = self.vendor {
            write!(f, ",vendor={vendor}")?;
        }
        if self.call != Call::Update {
            write!(f, ",call={}", self.call)?;
        }
        if let Some(account) = &self.account {
            write!(f, ",account={account}")?;
        }
        if let Some(times) = self.times {
            write!(f, ",times={times}")?;
        }
        if self.applied { f.write_str(",applied") } else { Ok(()) }
    }
}

impl FromStr for Fault {
    type Err = BadText;

    /// `KIND`, or `KIND@CONDITION,CONDITION…`; what follows the last `@` are the conditions.
    fn from_str(text: &str) -> Result<Self, BadText> {
        let (kind, conditions) = text.rsplit_once('@').unwrap_or((text, "always"));
        let mut fault = Self::new(kind.parse()?);
        for condition in conditions.split(',') {
            let number = |text: &str| match text.parse::<u64>() {
                Ok(number) => Ok(number),
                Err(_) => bad(format!(
                    "`{condition}` is none of always, N, N-M, N-, P%, vendor=, call=, account=, times=, applied"
                )),
            };
            fault = match condition.split_once('=') {
                Some(("vendor", vendor)) => fault.vendor(vendor.parse()?),
                Some(("call", "token")) => fault.call(Call::Token),
                Some(("call", "update")) => fault.call(Call::Update),
                Some(("account", account)) => fault.account(account),
                Some(("times", times)) => fault.times(number(times)?),
                _ if condition == "always" => fault,
                _ if condition == "applied" => fault.applied(),
                _ => match (condition.strip_suffix('%'), condition.split_once('-')) {
                    (Some(percent), _) => match percent.parse::<f64>() {
                        Ok(percent) => fault.chance(percent / 100.0),
                        Err(_) => return bad(format!("`{condition}` is not a probability such as 1.5%")),
                    },
                    (_, Some((first, ""))) => fault.between(number(first)?, u64::MAX),
                    (_, Some((first, last))) => fault.between(number(first)?, number(last)?),
                    _ => fault.nth(number(condition)?),
                },
            };
        }
        fault.check()?;
        Ok(fault)
    }
}

/// The faults that are ordered, with what they have counted.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    seed: u64,
    faults: Vec<Order>,
    /// How often the same accounts were called, for draws that do not depend on the order of arrival.
    attempts: HashMap<u64, u64>,
}

#[derive(Debug)]
struct Order {
    fault: Fault,
    seen: u64,
    struck: u64,
}

fn hash(what: impl Hash) -> u64 {
    // Its keys are constants: the same draws in every run.
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

impl Orders {
    pub(crate) fn new(seed: u64, faults: Vec<Fault>) -> Result<Self, BadText> {
        faults.iter().try_for_each(Fault::check)?;
        let faults = faults.into_iter().map(|fault| Order { fault, seen: 0, struck: 0 }).collect();
        Ok(Self { seed, faults, attempts: HashMap::new() })
    }

    /// The fault of a new connection, the `number`-th.
    pub(crate) fn connection(&mut self, number: u64) -> Option<Fault> {
        self.due(Phase::Connection, |_| true, Some(number))
    }

    /// The fault that strikes as soon as the headers are there.
    pub(crate) fn head(&mut self, vendor: Vendor, call: Call) -> Option<Fault> {
        let meant = |fault: &Fault| fault.call == call && fault.vendor.is_none_or(|only| only == vendor);
        self.due(Phase::Head, meant, None)
    }

    /// The fault of a call that is read.
    pub(crate) fn call(&mut self, vendor: Vendor, call: Call, accounts: &[String]) -> Option<Fault> {
        let meant = |fault: &Fault| {
            fault.call == call
                && fault.vendor.is_none_or(|only| only == vendor)
                && fault.account.as_ref().is_none_or(|only| accounts.contains(only))
        };
        if self.faults.is_empty() {
            return None;
        }
        let who = hash((vendor, call, accounts));
        let attempt = self.attempts.entry(who).or_default();
        *attempt += 1;
        let draw = hash((who, *attempt));
        self.due(Phase::Call, meant, Some(draw))
    }

    fn due(&mut self, phase: Phase, meant: impl Fn(&Fault) -> bool, draw: Option<u64>) -> Option<Fault> {
        let mut first: Option<Fault> = None;
        for (index, order) in self.faults.iter_mut().enumerate() {
            if order.fault.kind.phase() != phase || !meant(&order.fault) {
                continue;
            }
            // Counted also where an earlier fault strikes, so that `nth` means the same whatever else is ordered.
            order.seen += 1;
            let turn = match order.fault.turn {
                Turn::Always => true,
                Turn::Between(from, to) => (from..=to).contains(&order.seen),
                // 53 bits: as many as a double has.
                Turn::Chance(p) => {
                    ((hash((self.seed, index, draw.unwrap_or(order.seen))) >> 11) as f64)
                        < p * (1_u64 << 53) as f64
                }
            };
            if turn && first.is_none() && order.fault.times.is_none_or(|times| order.struck < times) {
                order.struck += 1;
                first = Some(order.fault.clone());
            }
        }
        first
    }

    /// Each fault, and how often it has struck.
    pub(crate) fn struck(&self) -> Vec<(Fault, u64)> {
        self.faults.iter().map(|order| (order.fault.clone(), order.struck)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: &[&str] = &[
        "refuse=2s@1",
        "certificate=expired@always",
        "certificate=self-signed@2-4",
        "status=503@always",
        "status=429/Retry-After: 5/X-Fake: a b@7,vendor=exotel",
        r"status=500//{\x22a\x22}\x40\xff@always,applied",
        "html=502@25%",
        "redirect=301/http://elsewhere.example/a/b@3-",
        r"raw=HTTP/1.1 200 OK\r\n\r\n@always",
        "limited=date/5s@always",
        "lose-reply@1%,account=agent-7",
        "reset=accept@1",
        "reset=reply+17@1",
        "close=tls@1",
        "farewell=sent@1",
        "stall=headers/500ms@1,call=token",
        "stall=reply+3/1h@1,times=2",
        "trickle=20ms@always",
        "huge-body=1073741824@always",
        "huge-headers=65536@always",
        "content-type=text/plain; charset=x@always",
        "gzip@always",
        "chunked@always",
        "twice@always",
        "continue@always",
        "other-types@always",
        "other-shape@always",
        "row-missing@always",
        "row-other@always",
        "row-numbers@always",
        "duplicate-keys@always",
        "deep=100000@always",
        "invalid-utf8@always",
    ];

    #[test]
    fn texts_come_back() {
        for text in TEXTS {
            let fault: Fault = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(fault.to_string().parse(), Ok(fault), "{text}");
        }
        assert_eq!("lose-reply".parse(), Ok(Fault::lose_reply()));
        assert_eq!("limited".parse(), "limited=seconds/1s@always".parse::<Fault>());
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in [
            "",
            "nonsense",
            "gzip=5",
            "reset",
            "reset=nowhere",
            "stall=reply",
            "status=abc",
            "status=99",
            "gzip@0",
            "gzip@5-3",
            "gzip@101%",
            "gzip@-1%",
            "gzip@NaN%",
            "gzip@sometimes",
            "gzip@1,applied",
            "reset=accept@1,vendor=huawei",
            "certificate=expired@1,account=agent-1",
            "reset=headers@account=agent-1",
            "redirect=301/http://a\r\nb",
            "deep=x",
        ] {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
    }

    fn orders(texts: &[&str]) -> Orders {
        Orders::new(1, texts.iter().map(|text| text.parse().unwrap()).collect()).unwrap()
    }

    #[test]
    fn turns() {
        let mut orders =
            orders(&["gzip@2", "twice@2-3", "chunked@account=b,times=1", "continue@vendor=exotel"]);
        let mut call = |vendor, account: &str| {
            orders.call(vendor, Call::Update, &[account.to_owned()]).map(|fault| fault.kind)
        };
        assert_eq!(call(Vendor::Huawei, "a"), None);
        assert_eq!(call(Vendor::Huawei, "a"), Some(Kind::Gzip));
        assert_eq!(call(Vendor::Huawei, "a"), Some(Kind::Twice));
        assert_eq!(call(Vendor::Huawei, "b"), Some(Kind::Chunked));
        assert_eq!(call(Vendor::Huawei, "b"), None);
        assert_eq!(call(Vendor::Exotel, "b"), Some(Kind::Continue));
        assert_eq!(orders.call(Vendor::Exotel, Call::Token, &[]), None);
        assert_eq!(orders.struck().iter().map(|(_, times)| *times).collect::<Vec<_>>(), [1, 1, 1, 1]);
    }

    #[test]
    fn chance_is_of_the_account_and_not_of_the_order() {
        let struck = |order: &mut dyn Iterator<Item = u32>| {
            let mut orders = orders(&["gzip@10%"]);
            let mut hit: Vec<u32> = order
                .filter(|n| orders.call(Vendor::Huawei, Call::Update, &[format!("agent-{n}")]).is_some())
                .collect();
            hit.sort_unstable();
            hit
        };
        let forwards = struck(&mut (0..10_000));
        assert_eq!(forwards, struck(&mut (0..10_000).rev()));
        // 1,000 expected; 6 standard deviations are 180.
        assert!((820..=1180).contains(&forwards.len()), "{}", forwards.len());
        // Another attempt is another draw.
        let mut orders = orders(&["gzip@50%"]);
        let draws: Vec<bool> = (0..64)
            .map(|_| orders.call(Vendor::Huawei, Call::Update, &["agent-1".to_owned()]).is_some())
            .collect();
        assert!(draws.contains(&true) && draws.contains(&false));
    }

    #[test]
    fn chance_at_the_headers_is_of_the_call() {
        let mut orders = orders(&["reset=headers@10%"]);
        let hit = (0..10_000).filter(|_| orders.head(Vendor::Huawei, Call::Update).is_some()).count();
        assert!((820..=1180).contains(&hit), "{hit}");
    }

    #[test]
    fn never_and_always_by_chance() {
        let mut orders = orders(&["gzip@0%", "twice@100%"]);
        for n in 0..1_000 {
            let fault = orders.call(Vendor::NxCloud, Call::Update, &[n.to_string()]);
            assert_eq!(fault.map(|fault| fault.kind), Some(Kind::Twice));
        }
    }
}
