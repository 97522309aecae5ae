//! Memory that is secret: for valgrind, undefined.

use std::{ffi::c_void, hint::black_box};

use crabgrind::memcheck::{MemState, mark_memory, vbits};

const VALGRIND: &str = "main has made sure that this is valgrind";

/// Makes `bytes` secret, whose values stay.
pub(crate) fn hide(bytes: &mut [u8]) {
    mark(bytes, MemState::Undefined);
}

/// Makes `bytes` public, whose values stay.
pub(crate) fn reveal(bytes: &mut [u8]) {
    mark(bytes, MemState::Defined);
}

/// A verdict that no code of the library's is told of.
pub(crate) fn revealed(verdict: bool) -> bool {
    let mut byte = [u8::from(verdict)];
    reveal(&mut byte);
    byte[0] == 1
}

/// Whether some bit of each of `bytes` is secret: otherwise a case shows nothing.
pub(crate) fn is_hidden(bytes: &[u8]) -> bool {
    let mut bits = vec![0; bytes.len()];
    vbits(address(bytes), &mut bits).expect(VALGRIND);
    bits.iter().all(|&bits| bits != 0)
}

/// How many branches and addresses were reported so far.
pub(crate) fn reports() -> usize {
    crabgrind::valgrind::count_errors()
}

/// The library's verdicts are public from where it says so.
pub(crate) fn learn_verdicts() {
    #[cfg(constant_time)]
    sip_password::DECLARE.set(|verdicts| reveal(verdicts)).expect("it is set once");
}

fn mark(bytes: &mut [u8], state: MemState) {
    mark_memory(address(bytes), bytes.len(), state).expect(VALGRIND);
    // What the compiler knew of them, it forgets.
    black_box(bytes);
}

fn address(bytes: &[u8]) -> *const c_void {
    bytes.as_ptr().cast()
}
