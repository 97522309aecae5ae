//! The same with each instruction set that the processor has.

use std::sync::{Mutex, PoisonError};

use sip_password::InstructionSet::{self, Avx2, Avx512, Portable};

/// The limit is one for the whole process.
static LIMIT: Mutex<()> = Mutex::new(());

/// Calls `test` with each instruction set, and leaves the best one on.
pub(crate) fn each_instruction_set(mut test: impl FnMut(InstructionSet)) {
    // A test that failed left nothing behind but a limit.
    let _one_at_a_time = LIMIT.lock().unwrap_or_else(PoisonError::into_inner);
    for set in [Portable, Avx2, Avx512] {
        set.limit();
        if InstructionSet::current() == set {
            test(set);
        }
    }
}
