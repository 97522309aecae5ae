//! The outcome of a call.

use core::convert::Infallible;

use super::failure::Failure;

/// The outcome of a call that updates passwords.
///
/// Only NXCloud can update some phones and not others. For the other vendors `P` is [`Infallible`], which has no value, so a
/// `match` on their outcomes needs no arm for [`Partial`](Self::Partial):
///
/// ```
/// use sip_password::{api::Outcome, exotel::Confirmation};
///
/// fn print(outcome: Outcome<Confirmation>) {
///     match outcome {
///         Outcome::Updated(_) => println!("updated"),
///         Outcome::Failed(failure) => println!("{failure}"),
///     }
/// }
/// ```
#[derive(Debug)]
#[must_use = "only the outcome tells whether a password was updated"]
pub enum Outcome<T = (), P = Infallible> {
    /// The vendor confirms every password of the request.
    Updated(T),
    /// The vendor reports success, but its report on the phones does not match the request.
    Partial(P),
    /// The vendor does not report success.
    Failed(Failure),
}

impl<T, P> Outcome<T, P> {
    /// Whether the vendor confirms every password of the request.
    pub const fn is_updated(&self) -> bool {
        matches!(self, Self::Updated(_))
    }

    /// The failure, if the outcome is one.
    pub const fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            _ => None,
        }
    }
}
