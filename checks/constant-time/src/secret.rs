//! Secret memory: for valgrind, memory that is undefined.

use std::{ffi::c_void, hint::black_box};

use crabgrind::memcheck::{MemState, mark_memory, vbits};

const VALGRIND: &str = "main has checked that this is valgrind";

/// Makes `bytes` secret. Their values stay the same.
pub(crate) fn hide(bytes: &mut [u8]) {
    mark(bytes, MemState::Undefined);
}

/// Makes `bytes` public. Their values stay the same.
pub(crate) fn reveal(bytes: &mut [u8]) {
    mark(bytes, MemState::Defined);
}

/// Makes a verdict public that the library does not declassify.
pub(crate) fn revealed(verdict: bool) -> bool {
    let mut byte = [u8::from(verdict)];
    reveal(&mut byte);
    byte[0] == 1
}

/// Whether each of `bytes` has a secret bit: otherwise a case shows nothing.
pub(crate) fn is_hidden(bytes: &[u8]) -> bool {
    let mut bits = vec![0; bytes.len()];
    vbits(address(bytes), &mut bits).expect(VALGRIND);
    bits.iter().all(|&bits| bits != 0)
}

/// The number of branches and addresses that were reported so far.
pub(crate) fn reports() -> usize {
    crabgrind::valgrind::count_errors()
}

/// Makes the library's verdicts public where it declassifies them.
pub(crate) fn learn_verdicts() {
    #[cfg(constant_time)]
    sip_password::DECLASSIFY.set(|verdicts| reveal(verdicts)).expect("nobody else sets it");
}

fn mark(bytes: &mut [u8], state: MemState) {
    mark_memory(address(bytes), bytes.len(), state).expect(VALGRIND);
    // The compiler must not use what it knew about the values.
    black_box(bytes);
}

fn address(bytes: &[u8]) -> *const c_void {
    bytes.as_ptr().cast()
}
