//! Bytes as a pipe gives them: in pieces of any size, with interruptions and a failure.

use std::io::{self, Read};

/// A source that is read in pieces of given sizes.
pub(crate) struct Source<'a> {
    /// The number of bytes of each read; 0 for a read that is interrupted. Later reads fill the buffer.
    pub(crate) pieces: &'a [u8],
    /// Whether it fails at the end.
    pub(crate) fails: bool,
    pub(crate) left: &'a [u8],
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut most = buffer.len();
        if let Some((&piece, later)) = self.pieces.split_first() {
            self.pieces = later;
            if piece == 0 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            most = most.min(piece.into());
        }
        let read = most.min(self.left.len());
        if read == 0 && self.fails {
            return Err(io::ErrorKind::Other.into());
        }
        let (now, later) = self.left.split_at(read);
        buffer[..read].copy_from_slice(now);
        self.left = later;
        Ok(read)
    }
}
