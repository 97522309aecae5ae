//! The fake servers, as a client that people use and the library's own client see them.

#![expect(clippy::unwrap_used, reason = "helpers of tests: a failure is the test's")]

mod client;
mod common;
mod conversations;
mod faults;
