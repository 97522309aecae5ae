//! The vendors' requests and replies, without a socket.

mod calls;
mod leaks;
mod oracle;
mod replies;
mod requests;
mod seeds;
mod urls;
