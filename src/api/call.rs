//! What all calls have in common, for who sends them.

use http::{HeaderMap, Request, StatusCode};

use crate::api::{
    reply::outcome::Failure,
    request::{body::Body, field::FieldError},
};

/// Nothing outside this library can name it.
pub trait Sealed {}

/// A call of a vendor's API: a request, and the reading of its reply.
///
/// Each call's struct has the same two functions of its own; this is for code that sends any of them, as
/// [`Client::send`](crate::Client::send) does.
///
/// Sealed: only this library's calls implement it. A request's [`Body`] and a [`Failure`] are made by the vendors' modules alone, and
/// [`Client`](crate::Client) relies on [`account_at_risk`](Self::account_at_risk) to lock no account.
///
/// ```compile_fail,E0277
/// use sip_password::{api::{Body, Call, Failure, FieldError}, http::{HeaderMap, Request, StatusCode}};
///
/// struct Mine;
/// impl Call for Mine {
///     type Outcome = ();
///     fn request(&self) -> Result<Request<Body>, FieldError> { unimplemented!() }
///     fn outcome(&self, _: StatusCode, _: &HeaderMap, _: &[u8]) {}
///     fn failure(_: &()) -> Option<&Failure> { None }
/// }
/// ```
pub trait Call: Sealed {
    /// What can become of it.
    type Outcome;

    /// The request, ready to be sent.
    ///
    /// # Errors
    ///
    /// [`FieldError`] names the field that is wrong.
    fn request(&self) -> Result<Request<Body>, FieldError>;

    /// What became of it, by the reply.
    fn outcome(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self::Outcome;

    /// The failure, where the outcome is one.
    fn failure(outcome: &Self::Outcome) -> Option<&Failure>;

    /// The account whose password the vendor checks, and which it locks after failed checks; `None` where it
    /// locks nothing.
    fn account_at_risk(&self) -> Option<&str> {
        None
    }
}
