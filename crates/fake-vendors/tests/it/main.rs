//! The fake servers, as seen by a client that people use, by the library's own client, and on the wire.

#![expect(clippy::unwrap_used, reason = "helpers of tests: a failure is the test's")]

mod agent;
mod client;
mod common;
mod configuration;
mod conversations;
mod faults;
