//! The vendors' requests and replies, without a socket.

mod any;
mod calls;
mod leaks;
mod oracle;
mod replies;
mod requests;
mod seeds;
mod urls;
