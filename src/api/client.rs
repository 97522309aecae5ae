//! Sends a call to a vendor's API and returns its outcome: the only code that touches a socket.

mod connection;
mod error;
mod lockout_guard;
mod proxy;
mod transport;

use std::{io::Read, sync::Arc, time::Duration, vec, vec::Vec};

use http::{
    HeaderMap, HeaderValue, Request, StatusCode,
    header::{CONTENT_LENGTH, USER_AGENT},
};
use ureq::{
    Agent, Proxy, ProxyProtocol, SendBody,
    config::{AutoHeaderValue, Config},
    tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem},
    unversioned::resolver::DefaultResolver,
};
use zeroize::Zeroizing;

use crate::api::{call::Call, lockout::LockoutEffect, reply::MAX_REPLY, request::body::Body};

use connection::{CheckedConnector, MAX_IDLE_AGE};
pub use error::{RootsError, SendError, TransportError};
use lockout_guard::LockoutGuard;
pub use proxy::ProxyError;
use proxy::ProxySettings;
use transport::TrackedBody;

/// A client of the vendors' APIs that cannot lock an account.
///
/// - HTTPS only, with verified certificates. Plain HTTP only to a loopback host, and only if the
///   [`BaseUrl`](crate::api::BaseUrl) allows it.
/// - Follows no redirect and sends nothing twice. The error of a failed call says whether it may be sent again: after
///   [`SendError::NotSent`] it always may.
/// - Deadlines for the connection and for the whole call, and at most [`MAX_REPLY`] bytes of reply.
/// - Leaves a Huawei account alone that one more failed check of its password could lock, by the rule of
///   [`lockout`](crate::api::lockout): [`SendError::AtRisk`]. Such an account has one call in flight at a time; calls of other
///   threads wait, and their deadlines start after the wait.
///
/// It is `Sync`: threads share a client, and its connections, which stay open for the next call, for 4 seconds at most. A connection
/// whose end the server has announced, by TLS or by TCP, is not used again. A server that closes one at the moment of the next request
/// still leaves [`SendError::Unknown`]; [`ClientBuilder::idle_connections`] of 0 avoids that.
///
/// The buffers of `ureq` and of the TLS library hold what is sent and received, and are not wiped.
///
/// At the level `trace` of the `log` crate, `ureq` writes to the log every byte of the headers that it sends, with the
/// credentials in them, and of replies. A client sends nothing while that level is enabled for one of `ureq`'s targets:
/// [`SendError::TraceLogEnabled`]. At `debug` and below, neither `ureq` nor the TLS library writes a secret. A program that
/// wants `trace` for itself sets `ureq` to `debug`, for example by `RUST_LOG=trace,ureq=debug`, or compiles the level out by
/// `max_level_debug` of `log`.
///
/// ```no_run
/// use sip_password::{
///     Client, EXOTEL, Password,
///     api::{Outcome, Secret},
///     exotel::{self, UpdatePassword},
/// };
///
/// let password = Password::<16>::generate(&EXOTEL, 16, &mut getrandom::SysRng)?;
/// // Store the password first: a phone whose password nobody recorded is dead.
/// let outcome = Client::builder().build().send(&UpdatePassword {
///     base: &exotel::SINGAPORE,
///     api_key: Secret::new(&std::env::var("EXOTEL_API_KEY")?),
///     api_token: Secret::new(&std::env::var("EXOTEL_API_TOKEN")?),
///     account_sid: "acme1",
///     user_uuid: "0a1b2c",
///     device_id: "12345",
///     new_password: EXOTEL.check(password.expose_secret()).expect("it is compliant").into(),
/// })?;
/// match outcome {
///     Outcome::Updated(_) => println!("updated"),
///     Outcome::Failed(failure) => println!("{failure}"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Client {
    agent: Agent,
    /// For plain HTTP to a loopback host and the hosts of `NO_PROXY`: past any proxy.
    direct: Agent,
    /// Which hosts are reached past the proxy; an error, and nothing is sent.
    proxy: Result<ProxySettings, ProxyError>,
    lockout: LockoutGuard,
}

/// Builds a [`Client`]; [`Client::builder`] has the defaults.
#[derive(Clone, Debug)]
#[must_use = "`build` makes the client"]
pub struct ClientBuilder {
    connect_timeout: Duration,
    timeout: Duration,
    roots: RootCerts,
    proxy: bool,
    idle_connections: usize,
}

impl Client {
    /// The defaults: 10 seconds for the connection and 60 for the whole call, the certificate authorities that browsers trust,
    /// and the proxy that the environment names.
    pub fn builder() -> ClientBuilder {
        ClientBuilder {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(60),
            roots: RootCerts::WebPki,
            proxy: true,
            idle_connections: 16,
        }
    }

    /// Sends the call once, and waits for the reply.
    ///
    /// Cost: one round trip, or three with a new connection. Memory: 64 KiB for the reply, which are wiped.
    ///
    /// # Errors
    ///
    /// [`SendError`]: nothing was sent, or there is no reply. Every reply of a vendor, a refusal included, is an outcome and
    /// not an error.
    pub fn send<C: Call>(&self, call: &C) -> Result<C::Outcome, SendError> {
        if let Some(target) = wire_log_target() {
            return Err(SendError::TraceLogEnabled { target });
        }
        let request = call.request().map_err(SendError::Field)?;
        let account = call.account_at_risk().map(|account| lockout_guard::account_at(request.uri(), account));
        let permit = account.map(|account| self.lockout.admit(account)).transpose()?;
        let (result, effect) = match self.exchange(request) {
            Ok((status, headers, body)) => {
                let outcome = call.outcome(status, &headers, &body);
                let effect = LockoutEffect::of_reply(C::failure(&outcome));
                (Ok(outcome), effect)
            }
            Err(error) => {
                let effect = error.lockout_effect();
                (Err(error), effect)
            }
        };
        if let Some(permit) = permit {
            permit.finish(effect);
        }
        result
    }

    /// Sends one request, and reads the whole reply.
    fn exchange(
        &self,
        request: Request<Body>,
    ) -> Result<(StatusCode, HeaderMap, Zeroizing<Vec<u8>>), SendError> {
        let plain = request.uri().scheme_str() == Some("http");
        let proxy =
            self.proxy.as_ref().map_err(|&error| SendError::NotSent(TransportError::ProxySetting(error)))?;
        let agent = if plain || proxy.is_bypassed(request.uri()) { &self.direct } else { &self.agent };
        if agent.config().proxy().is_some_and(would_be_bypassed) {
            return Err(SendError::NotSent(TransportError::Proxy));
        }
        let (mut parts, body) = request.into_parts();
        parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        parts.headers.insert(USER_AGENT, HeaderValue::from_static(USER_AGENT_VALUE));
        let mut body = TrackedBody::new(body);
        let sent = agent.run(Request::from_parts(parts, SendBody::from_reader(&mut body)));
        // The vendor cannot act on a request without a byte of its body.
        let failed = |error| SendError::from_ureq(&error, body.begun());
        let (parts, mut reply) = sent.map_err(failed)?.into_parts();
        let body = read_body(&mut reply).map_err(|error| SendError::from_ureq(&error, true))?;
        Ok((parts.status, parts.headers, body))
    }
}

/// The targets to which `ureq` logs, at the level `trace`, the headers that it sends, and replies. In `ureq-proto` 0.7 that is
/// `ureq_proto::util`; the others are in case it moves. `rustls` logs the handshake at that level, and no application data.
const WIRE_LOG_TARGETS: [&str; 3] = ["ureq_proto::util", "ureq_proto", "ureq"];

/// The first of them for which the level `trace` is enabled.
fn wire_log_target() -> Option<&'static str> {
    WIRE_LOG_TARGETS.into_iter().find(|target| log::log_enabled!(target: target, log::Level::Trace))
}

/// The value of the header `User-Agent`.
const USER_AGENT_VALUE: &str = concat!("sip-password/", env!("CARGO_PKG_VERSION"));

/// Whether the proxy is of a kind that `ureq` does not support and would bypass.
fn would_be_bypassed(proxy: &Proxy) -> bool {
    !matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https)
}

/// Reads the body of a reply: at most one byte more than [`MAX_REPLY`], by which a reply that is too long is recognised.
fn read_body(reply: &mut ureq::Body) -> Result<Zeroizing<Vec<u8>>, ureq::Error> {
    let mut body = Zeroizing::new(vec![0; MAX_REPLY + 1]);
    let (mut reader, mut filled) = (reply.as_reader(), 0);
    while filled < body.len() {
        match reader.read(&mut body[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    body.truncate(filled);
    Ok(body)
}

impl ClientBuilder {
    /// The deadline for the connection, from the host's name to the end of the TLS handshake.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// The deadline for the whole call.
    ///
    /// Each piece of a proxy's reply to `CONNECT` starts the deadline again, so a proxy that replies byte by byte can exceed it.
    /// Nothing has been sent to the vendor then.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Trusts only the certificate authorities in `pem`: your own, for a proxy that inspects TLS or for a test.
    ///
    /// # Errors
    ///
    /// [`RootsError`] if the text has no certificate, or is not PEM.
    pub fn private_roots(mut self, pem: &[u8]) -> Result<Self, RootsError> {
        let mut roots: Vec<Certificate<'static>> = Vec::new();
        for item in parse_pem(pem) {
            match item {
                Ok(PemItem::Certificate(certificate)) => roots.push(certificate),
                // A key beside the certificates is ignored.
                Ok(_) => {}
                Err(_) => return Err(RootsError::NotPem),
            }
        }
        if roots.is_empty() {
            return Err(RootsError::NoCertificate);
        }
        self.roots = RootCerts::Specific(Arc::new(roots));
        Ok(self)
    }

    /// Ignores the proxy that `HTTPS_PROXY` or, if there is none, `ALL_PROXY` names for all hosts but those of `NO_PROXY`.
    ///
    /// Otherwise the variables are read as curl reads them: the names in lower case come first, `HTTP_PROXY` is for plain HTTP only,
    /// and an entry of `NO_PROXY` stands for a domain with its subdomains. An HTTP or HTTPS proxy is used. With a SOCKS proxy nothing is sent: this client does not speak SOCKS.
    pub fn without_proxy(mut self) -> Self {
        self.proxy = false;
        self
    }

    /// The number of connections that stay open for the next call: 16 by default. With 0, every call opens a new one, which costs two
    /// more round trips and some milliseconds of arithmetic.
    pub fn idle_connections(mut self, max: usize) -> Self {
        self.idle_connections = max;
        self
    }

    /// Makes the client, unless the environment names a proxy that is none.
    ///
    /// # Errors
    ///
    /// [`ProxyError`] names the variable.
    pub fn try_build(self) -> Result<Client, ProxyError> {
        let client = self.build();
        match client.proxy {
            Ok(_) => Ok(client),
            Err(error) => Err(error),
        }
    }

    /// Makes the client. If the environment names a proxy that is none, the client sends nothing:
    /// [`TransportError::ProxySetting`].
    pub fn build(self) -> Client {
        let tls = TlsConfig::builder().root_certs(self.roots.clone()).build();
        let agent = |proxy| {
            let config: Config = Agent::config_builder()
                .tls_config(tls.clone())
                .proxy(proxy)
                .timeout_connect(Some(self.connect_timeout))
                .timeout_global(Some(self.timeout))
                .max_redirects(0)
                .max_redirects_will_error(false)
                .http_status_as_error(false)
                .accept_encoding(AutoHeaderValue::None)
                .user_agent(AutoHeaderValue::None)
                .max_idle_connections(self.idle_connections)
                .max_idle_connections_per_host(self.idle_connections)
                .max_idle_age(MAX_IDLE_AGE)
                .build();
            Agent::with_parts(config, CheckedConnector::default(), DefaultResolver::default())
        };
        let proxy = if self.proxy { ProxySettings::from_env() } else { Ok(ProxySettings::default()) };
        let through = proxy.as_ref().ok().and_then(|settings| settings.proxy.clone());
        Client { agent: agent(through), direct: agent(None), proxy, lockout: LockoutGuard::default() }
    }
}
