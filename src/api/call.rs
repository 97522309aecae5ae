//! What the calls of all vendors have in common, for code that sends them.

use http::{HeaderMap, Request, StatusCode};

use super::{
    reply::failure::Failure,
    request::{body::Body, field::FieldError},
};

/// Prevents implementations outside this library, where it cannot be named.
pub trait Sealed {}

/// A call of a vendor's API: a request, and the meaning of its reply.
///
/// Each call's struct has the same two functions of its own. The trait is for code that sends any call, such as
/// `Client::send`.
///
/// Sealed: only this library's calls implement it. Only the vendors' modules make a [`Body`] and a [`Failure`], and
/// `Client` relies on [`account_at_risk`](Self::account_at_risk) to lock no account.
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
    /// The possible outcomes.
    type Outcome;

    /// Makes the request, ready to be sent.
    ///
    /// # Errors
    ///
    /// [`FieldError`] names the field that is invalid.
    fn request(&self) -> Result<Request<Body>, FieldError>;

    /// The outcome that the reply stands for.
    fn outcome(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self::Outcome;

    /// The failure, if the outcome is one.
    fn failure(outcome: &Self::Outcome) -> Option<&Failure>;

    /// The account whose password the vendor checks, and which it locks after failed checks. `None` if the call can lock no account.
    fn account_at_risk(&self) -> Option<&str> {
        None
    }
}
