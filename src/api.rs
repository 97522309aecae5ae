//! Requests and replies of the vendors' APIs, without a socket: what the vendors share.
//!
//! Each vendor has a module of its own, [`huawei`], [`exotel`] and [`nxcloud`], with a struct for each call. Its `request` makes an
//! [`http::Request`] that any client can send, blocking or asynchronous. Its `outcome` turns the status, the headers and the bytes of
//! the reply into a typed [`Outcome`].
//!
//! ```
//! use sip_password::{
//!     EXOTEL,
//!     api::{Outcome, Secret},
//!     exotel::{self, UpdatePassword},
//!     http::{HeaderMap, StatusCode},
//! };
//!
//! let call = UpdatePassword {
//!     base: &exotel::SINGAPORE,
//!     api_key: Secret::new("not-a-real-key"),
//!     api_token: Secret::new("not-a-real-token"),
//!     account_sid: "acme1",
//!     user_uuid: "0a1b2c",
//!     device_id: "12345",
//!     new_password: EXOTEL.check("Not_a_real_1")?.into(),
//! };
//! let request = call.request()?;
//! assert_eq!(request.method(), "PUT");
//! assert_eq!(request.body().expose_secret_bytes(), br#"{"password":"Not_a_real_1"}"#);
//!
//! // Send it. Then, with the reply:
//! # let (status, headers) = (StatusCode::OK, HeaderMap::new());
//! # let body = br#"{"request_id":"1","response":{"code":200,"status":"success"}}"#;
//! match call.outcome(status, &headers, body) {
//!     Outcome::Updated(_) => {}
//!     Outcome::Failed(failure) => eprintln!("{failure}"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Secrets
//!
//! A body and the value of a header are written once, into memory of their exact size, which is wiped on drop. Nothing here copies
//! them. Headers that authorise are marked as sensitive. No `Debug`, no error and no text of the vendor contains a secret of the
//! request: a message that contains one is withheld as a whole ([`VendorText`]). A password in a reply is copied once, into memory
//! that is wiped. The bytes of the reply belong to the caller, who wipes them.
//!
//! Not promised: what a client and its TLS library copy on the way to the socket.

// From the ground up: each module imports only from those above it in this list.
mod request;

mod reply;

mod call;
pub mod lockout;

pub mod exotel;
pub mod huawei;
pub mod nxcloud;

#[cfg(feature = "http")]
pub(crate) mod client;

pub use call::Call;
pub use reply::{
    MAX_REPLY,
    error::ReplyError,
    failure::{Failure, FailureKind},
    outcome::Outcome,
    retry_after::RetryAfter,
    text::VendorText,
};
pub use request::{
    base_url::{BaseUrl, BaseUrlError},
    body::Body,
    field::{FieldError, FieldErrorKind, MAX_ID, MAX_SECRET, NewPassword},
    secret::Secret,
};
