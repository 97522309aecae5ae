//! Requests and replies of the vendors' APIs, without a socket: what the vendors share.
//!
//! Each vendor has a module of its own ([`huawei`](crate::huawei), [`exotel`](crate::exotel),
//! [`nxcloud`](crate::nxcloud)), with a struct for each call. Its `request` gives an [`http::Request`] that any
//! client can send, blocking or not, and its `outcome` makes of the status, the headers and the bytes of
//! the reply a typed [`Outcome`].
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
//! // Send it, and then, with what came back:
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
//! A body and a header's value are written once, into memory of their exact size, which is overwritten when
//! they are dropped; nothing here copies them. Headers that authorise are marked sensitive. No `Debug`, no
//! error and no text of the vendor's shows a secret of the request: a message in which one stands is withheld
//! whole ([`VendorText`]). A password in a reply is copied once, into memory that is wiped; the
//! bytes of the reply are the caller's, who wipes them.
//!
//! Not promised: what a client and its TLS library copy on the way to the socket.

#[cfg(feature = "http")]
pub(crate) mod client;
pub mod exotel;
pub mod huawei;
pub mod lockout;
pub mod nxcloud;
mod reply;
mod request;

pub use reply::{
    MAX_REPLY,
    call::Call,
    outcome::{Failure, FailureKind, Outcome, ReplyError, RetryAfter},
    text::VendorText,
};
pub use request::{
    base_url::{BaseUrl, BaseUrlError},
    body::Body,
    field::{FieldError, FieldErrorKind, MAX_ID, MAX_SECRET, NewPassword},
    secret::Secret,
};

pub(crate) use reply::{Reply, call::Sealed, json::Json, text::contains_secret};
pub(crate) use request::{
    body::{basic, basic_credentials, bearer, header, json_request, percent_encoded, post},
    field::Field,
};
