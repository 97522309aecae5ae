//! A registrar, and what is asked of it.

use std::{
    error::Error,
    fmt, io,
    net::{SocketAddr, ToSocketAddrs},
    time::{Duration, Instant},
};

#[cfg(feature = "tls")]
use crate::tls::{self, Roots};
use crate::{
    datagrams,
    exchange::{Exchange, Verdict},
    reason::Reason,
    request::{Dialog, unique},
    stream::{self, TimedStream},
    text::{Password, User, is_host},
};

/// How messages get to a registrar.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Transport {
    /// UDP. A request is repeated until there is a reply, after 0.5 s, 1 s, 2 s and then every 4 s (RFC 3261, timer E). Repetitions
    /// have the same bytes, and are the same try for a registrar.
    Udp,
    /// TCP, with a connection for each question.
    Tcp,
    /// TLS 1.2 or 1.3, with a connection for each question. The certificate must be of the host in the [`Address`].
    #[cfg(feature = "tls")]
    Tls(Roots),
}

/// Where a registrar is: a host, and a port unless it is the usual one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    host: String,
    port: Option<u16>,
}

/// Why a text is no address or domain. It does not hold the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressError;

/// A registrar that can be asked.
#[derive(Clone, Debug)]
pub struct Registrar {
    address: SocketAddr,
    /// The name that the certificate must have.
    #[cfg(feature = "tls")]
    host: String,
    transport: Transport,
    domain: String,
    timeout: Duration,
}

/// With which of its passwords a phone can register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Registration {
    /// With the new one. The old one was not tried.
    New,
    /// With the old one: the new one was refused, or forbidden.
    Old,
    /// With neither: each that was given was refused.
    Neither,
    /// Nobody knows.
    NotKnown {
        /// Why.
        reason: Reason,
        /// Whether the new one was refused, so that it is the old one of which nothing is known.
        is_new_refused: bool,
    },
}

impl Transport {
    /// Its name in a message: `UDP`, `TCP` or `TLS`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            #[cfg(feature = "tls")]
            Self::Tls(_) => "TLS",
        }
    }

    /// The usual port: 5060, or 5061 for TLS.
    pub const fn default_port(&self) -> u16 {
        match self {
            Self::Udp | Self::Tcp => 5060,
            #[cfg(feature = "tls")]
            Self::Tls(_) => 5061,
        }
    }
}

impl Address {
    /// Reads `sip.example.com`, `192.0.2.1:5070` or `[2001:db8::1]:5070`.
    ///
    /// # Errors
    ///
    /// [`AddressError`] if the text is something else.
    pub fn new(text: &str) -> Result<Self, AddressError> {
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (text, None),
        };
        let digits = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()).then(|| port.parse().ok());
        let port = port.map(|port| digits(port).flatten().filter(|&port| port > 0).ok_or(AddressError));
        if !is_host(host) {
            return Err(AddressError);
        }
        Ok(Self { host: host.to_owned(), port: port.transpose()? })
    }

    /// The host, an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, or the usual one of the transport.
    pub fn port(&self, transport: &Transport) -> u16 {
        self.port.unwrap_or(transport.default_port())
    }
}

impl Registrar {
    /// The time for one question: 5 seconds.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);
    /// The longest time for one question: an hour.
    pub const MAX_TIMEOUT: Duration = Duration::from_secs(3600);

    /// Looks up the host, and takes its first address. Users are of the domain of the same name. SRV and NAPTR records are not asked for.
    ///
    /// # Errors
    ///
    /// If the host has no address.
    pub fn resolve(address: &Address, transport: Transport) -> io::Result<Self> {
        let host = address.host().trim_start_matches('[').trim_end_matches(']');
        let mut addresses = (host, address.port(&transport)).to_socket_addrs()?;
        let found = addresses.next().ok_or(io::ErrorKind::NotFound)?;
        Ok(Self {
            address: found,
            #[cfg(feature = "tls")]
            host: address.host.clone(),
            transport,
            domain: address.host.clone(),
            timeout: Self::DEFAULT_TIMEOUT,
        })
    }

    /// The domain of the users, if it is not the name of the host.
    ///
    /// # Errors
    ///
    /// [`AddressError`] if it is no name of a host.
    pub fn with_domain(self, domain: &str) -> Result<Self, AddressError> {
        check_domain(domain)?;
        Ok(Self { domain: domain.to_owned(), ..self })
    }

    /// The longest time that one question may take, at most [`MAX_TIMEOUT`](Self::MAX_TIMEOUT).
    pub fn with_timeout(self, timeout: Duration) -> Self {
        // A clock ends somewhere: behind that, there is no deadline to compute.
        Self { timeout: timeout.min(Self::MAX_TIMEOUT), ..self }
    }

    /// Asks whether a user's password is accepted. A digest of it is sent once, and once more if the registrar asks for it because its nonce
    /// was stale.
    pub fn ask(&self, user: User<'_>, password: Password<'_>) -> Verdict {
        self.try_ask(user, password).unwrap_or_else(Verdict::NotKnown)
    }

    fn try_ask(&self, user: User<'_>, password: Password<'_>) -> Result<Verdict, Reason> {
        let deadline = Instant::now() + self.timeout;
        let failed = |error: io::Error| stream::reason(&error);
        let begin = |sent_by: io::Result<SocketAddr>| -> Result<_, Reason> {
            Ok((sent_by.map_err(failed)?.to_string(), unique()?, unique()?))
        };
        if let Transport::Udp = self.transport {
            let socket = datagrams::open(self.address).map_err(failed)?;
            let (sent_by, call_id, tag) = begin(socket.local_addr())?;
            let (mut exchange, request) =
                Exchange::begin(self.dialog(user, &sent_by, call_id, tag), password)?;
            return datagrams::ask(&socket, &mut exchange, request, deadline);
        }
        let mut stream = TimedStream::connect(self.address, deadline).map_err(failed)?;
        let (sent_by, call_id, tag) = begin(stream.local_address())?;
        let (mut exchange, request) = Exchange::begin(self.dialog(user, &sent_by, call_id, tag), password)?;
        match &self.transport {
            #[cfg(feature = "tls")]
            Transport::Tls(roots) => {
                let mut stream = roots.connect(&self.host, stream)?;
                stream::ask(&mut stream, &mut exchange, &request, tls::reason)
            }
            _ => stream::ask(&mut stream, &mut exchange, &request, stream::reason),
        }
    }

    fn dialog<'a>(&'a self, user: User<'a>, sent_by: &'a str, call_id: String, tag: String) -> Dialog<'a> {
        Dialog { user, domain: &self.domain, transport: self.transport.name(), sent_by, call_id, tag }
    }

    /// Asks whether a phone's new password is accepted and, only if it is refused or [`Reason::Forbidden`], whether the old one is. An old one that is
    /// equal to the new one is not tried again. `before_each` is called before each question, to wait.
    pub fn registration(
        &self,
        user: User<'_>,
        new: Password<'_>,
        old: Option<Password<'_>>,
        mut before_each: impl FnMut(),
    ) -> Registration {
        let mut ask = |password| {
            before_each();
            self.ask(user, password)
        };
        let is_new_refused = match ask(new) {
            Verdict::Accepted => return Registration::New,
            Verdict::Refused => true,
            Verdict::NotKnown(Reason::Forbidden) => false,
            Verdict::NotKnown(reason) => return Registration::NotKnown { reason, is_new_refused: false },
        };
        let asked = old.filter(|old| old.expose_secret() != new.expose_secret()).map(ask);
        match (asked, is_new_refused) {
            (Some(Verdict::Accepted), _) => Registration::Old,
            // Whatever is said of the old one, the new one may be right.
            (_, false) => Registration::NotKnown { reason: Reason::Forbidden, is_new_refused },
            (None | Some(Verdict::Refused), true) => Registration::Neither,
            (Some(Verdict::NotKnown(reason)), true) => Registration::NotKnown { reason, is_new_refused },
        }
    }
}

/// Whether a text can be the domain of users.
///
/// # Errors
///
/// [`AddressError`] if it cannot.
pub fn check_domain(domain: &str) -> Result<(), AddressError> {
    if is_host(domain) { Ok(()) } else { Err(AddressError) }
}

impl Registration {
    /// A name for it: `new`, `old`, `neither` or `not known`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Old => "old",
            Self::Neither => "neither",
            Self::NotKnown { .. } => "not known",
        }
    }

    /// Why nobody knows.
    pub fn reason(self) -> Option<String> {
        match self {
            Self::NotKnown { reason, is_new_refused: false } => Some(reason.to_string()),
            Self::NotKnown { reason, is_new_refused: true } => {
                Some(format!("the new password is refused; of the old one: {reason}"))
            }
            _ => None,
        }
    }
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "expected a host such as sip.example.com, 192.0.2.1 or [2001:db8::1], with a port or without",
        )
    }
}

impl Error for AddressError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, host, port) in [
            ("sip.example.com", "sip.example.com", 5060),
            ("sip.example.com:5070", "sip.example.com", 5070),
            ("192.0.2.1:1", "192.0.2.1", 1),
            ("[::1]", "[::1]", 5060),
            ("[::1]:65535", "[::1]", 65535),
        ] {
            let address = Address::new(text).expect("it is one");
            assert_eq!((address.host(), address.port(&Transport::Udp)), (host, port));
        }
        for text in [
            "", ":5060", "a:", "a:0", "a:65536", "a:+1", "a:b", "::1", "sip:a", "a b", "user@a", "a/b",
            "[::1",
        ] {
            assert_eq!(Address::new(text), Err(AddressError), "{text}");
        }
    }
}
