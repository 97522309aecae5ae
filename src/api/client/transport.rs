//! The body on its way to the socket.

use std::io::{self, Read};

use crate::api::Body;

/// A body that knows whether any of it was read.
pub(super) struct Tracked {
    body: Body,
    taken: usize,
    begun: bool,
}

impl Tracked {
    pub(super) const fn new(body: Body) -> Self {
        Self { body, taken: 0, begun: false }
    }

    /// Whether any of the body may have been sent.
    pub(super) const fn begun(&self) -> bool {
        self.begun
    }
}

impl Read for Tracked {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.begun = true;
        let mut left = self.body.expose_secret_bytes().get(self.taken..).unwrap_or_default();
        let read = left.read(to)?;
        self.taken += read;
        Ok(read)
    }
}
