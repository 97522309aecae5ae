//! Standard output, which may be closed.
//!
//! After `>&-`, Rust's runtime opens `/dev/null` in the place of standard output before `main` begins, and every write would succeed. So
//! this looks before the runtime does. `/dev/null` itself is no sign of it: other programs run this one with it on purpose.

use std::{
    io::{self, Write},
    sync::atomic::{AtomicBool, Ordering},
};

use super::error::CommandError;

static IS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Runs before `main`, which needs unsafe code of the crate `ctor`: the standard library is not initialised. It asks the system one
/// question and stores the answer.
#[cfg(unix)]
#[ctor::ctor(unsafe)]
fn look() {
    use nix::fcntl::{FcntlArg, fcntl};

    IS_CLOSED.store(fcntl(io::stdout(), FcntlArg::F_GETFD).is_err(), Ordering::Relaxed);
}

/// Fails if nothing that is written would arrive.
pub(super) fn check() -> Result<(), CommandError> {
    match IS_CLOSED.load(Ordering::Relaxed) {
        true => Err(CommandError::new("cannot write to standard output: it is closed")),
        false => Ok(()),
    }
}

/// Writes all of a text.
pub(super) fn print(text: &[u8]) -> Result<(), CommandError> {
    if text.is_empty() {
        return Ok(());
    }
    check()?;
    // Whole lines pass through the standard library's own buffer, which is not wiped, without being copied into it.
    let mut stdout = io::stdout().lock();
    stdout.write_all(text).and_then(|()| stdout.flush()).map_err(CommandError::printing)
}
