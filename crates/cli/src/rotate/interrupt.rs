//! Ctrl-C and other signals to stop: the first one ends the run in order, the second one at once.

use std::{
    io::{self, Read},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::signals;

/// Set by the first Ctrl-C. The second one ends the process.
#[derive(Clone)]
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on, Ctrl-C sets the flag. The second one ends the process: the journal already says which calls are in flight.
    pub(super) fn watch() -> Self {
        let flag = Arc::new(AtomicBool::new(false));
        signals::stop_in_order(Arc::clone(&flag));
        Self(flag)
    }

    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Reads from a source until Ctrl-C, and then fails.
    pub(super) fn reader<R>(&self, source: R) -> Reader<R> {
        Reader { source, interrupt: self.clone() }
    }
}

pub(super) struct Reader<R> {
    source: R,
    interrupt: Interrupt,
}

impl<R: Read> Read for Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.interrupt.is_set() {
            // Callers would read again after `ErrorKind::Interrupted`.
            return Err(io::ErrorKind::Other.into());
        }
        self.source.read(buffer)
    }
}
