//! Ctrl-C, and its like: once to end in order, twice to end at once.

use std::{
    io::{self, Read},
    process,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::INTERRUPTED;
use crate::failure::Failure;

/// Set by the first Ctrl-C; the second ends the process.
#[derive(Clone)]
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on, Ctrl-C only sets it. There can be one in a process.
    pub(super) fn watch() -> Result<Self, Failure> {
        let flag = Arc::new(AtomicBool::new(false));
        let set = Arc::clone(&flag);
        let interrupted = move || {
            if set.swap(true, Ordering::Relaxed) {
                // What is under way is in the journal, as such.
                process::exit(INTERRUPTED.into());
            }
        };
        ctrlc::set_handler(interrupted)
            .map_err(|error| Failure::Use(format!("cannot wait for Ctrl-C: {error}")))?;
        Ok(Self(flag))
    }

    pub(super) fn flag(&self) -> &AtomicBool {
        &self.0
    }

    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Fails to read more as soon as it is set.
    pub(super) fn reader<R>(&self, from: R) -> Reader<R> {
        Reader { from, interrupt: self.clone() }
    }
}

pub(super) struct Reader<R> {
    from: R,
    interrupt: Interrupt,
}

impl<R: Read> Read for Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.interrupt.is_set() {
            // Not `Interrupted`: that would be tried again.
            return Err(io::ErrorKind::Other.into());
        }
        self.from.read(buffer)
    }
}
