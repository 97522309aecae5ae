//! The vendors' requests and replies, without a socket.

mod base_url;
mod call_trait;
mod calls;
mod echoes;
mod leaks;
mod lockout;
mod messages;
mod oracle;
mod replies;
mod requests;
mod vendor_examples;
