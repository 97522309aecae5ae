//! The body of a request on its way to the socket.

use std::io::{self, Read};

use crate::api::request::body::Body;

/// A body that remembers whether the client began to read it.
pub(super) struct TrackedBody {
    body: Body,
    taken: usize,
    begun: bool,
}

impl TrackedBody {
    pub(super) const fn new(body: Body) -> Self {
        Self { body, taken: 0, begun: false }
    }

    /// Whether a byte of the body may have been sent.
    pub(super) const fn begun(&self) -> bool {
        self.begun
    }
}

impl Read for TrackedBody {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.begun = true;
        let mut left = self.body.expose_secret_bytes().get(self.taken..).unwrap_or_default();
        let read = left.read(to)?;
        self.taken += read;
        Ok(read)
    }
}
