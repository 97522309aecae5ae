//! Is a phone registered again? Asks a SIP registrar whether it accepts a user's password.
//!
//! After a rotation, each phone must be provisioned with its new password. This crate finds those that were not, or whose registrar
//! still has the old password: it sends a REGISTER, answers the challenge with a digest of the password, and reads the reply.
//!
//! ```no_run
//! use sip_password_registered::{Address, Password, Registrar, Registration, Transport, User};
//!
//! let address = Address::new("sip.example.com")?;
//! let registrar = Registrar::resolve(&address, Transport::Udp)?;
//! let (user, new) = (User::new(b"1001")?, Password::new(b"Secret@12")?);
//! match registrar.registration(user, new, None, || ()) {
//!     Registration::New => println!("1001 can register"),
//!     other => println!("1001: {} {}", other.name(), other.reason().unwrap_or_default()),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is sent
//!
//! - A REGISTER without `Contact`, which asks for the user's bindings and changes none (RFC 3261, section 10.2.3): no call is diverted, and
//!   there is nothing to unregister.
//! - After a challenge (401 or 407), the same with a digest. The password never leaves the machine. As from any phone, whoever receives or records the digest can try
//!   passwords against it: by UDP and TCP that is everybody on the way, and by TLS the registrar alone.
//! - For each question one try: no request with a digest is ever sent again, because registrars lock accounts and block addresses. There are two exceptions, neither of which is another try: a
//!   UDP request without a reply is repeated with the same bytes, which the registrar takes for the same request (RFC 3261, section
//!   17.1.2.2, timer E); and if the registrar says that only the nonce was stale, the digest is made once more with its new nonce.
//! - The old password only if there is one, and only after the new one was refused, or the reply to it was 403: that is a second try of the account, with another password.
//!
//! The digest is by the strongest algorithm that the registrar offers: MD5, SHA-256 or SHA-512-256 (RFC 8760), with `qop=auth` or without
//! `qop`.
//!
//! # What is read
//!
//! 2xx to a digest means that the password is accepted; 401 and 407 to it that it is refused. Everything else is [`Reason`], 403 too: registrars do not agree
//! on whether it is of the password. Replies are at most [`MAX_REPLY`]
//! bytes long; a reply of another `Call-ID`, `CSeq` or branch is ignored. No text of a reply is ever shown or returned.
//!
//! # Secrets
//!
//! Requests with a digest, and everything that is computed from a password, are in memory that is wiped. The buffers of the TLS library are
//! not, and have digests. No message and no `Debug` output has a password or a digest.
//!
//! # Crate features
//!
//! `tls` (default): `Transport::Tls`, by `rustls`.
//!
//! # Not supported
//!
//! Registrars that take no REGISTER without `Contact`: FreeSWITCH replies 400 to it before it asks for a password (read in its source, not
//! tried), so that nothing is known.
//!
//! Session keys (`-sess`), `auth-int`, `userhash`, AKA, and client certificates; SRV and NAPTR records; WebSocket; a registrar that
//! replies from another address than it was asked at; several challenges of several servers one after the other; users and passwords
//! with characters other than printable ASCII; a name for authentication that is not the user's.

#![forbid(unsafe_code)]

// The modules are floors, from the ground up, as `checks/layers` lists them.
mod challenge;
mod datagrams;
mod digest;
mod exchange;
mod reason;
mod registrar;
mod reply;
mod request;
mod stream;
mod text;
#[cfg(feature = "tls")]
mod tls;

pub use exchange::Verdict;
pub use reason::Reason;
pub use registrar::{Address, AddressError, Registrar, Registration, Transport, check_domain};
pub use reply::MAX_REPLY;
pub use text::{FieldError, MAX_DOMAIN, MAX_PASSWORD, MAX_USER, Password, User};
#[cfg(feature = "tls")]
pub use tls::{Roots, RootsError};
