//! Many passwords by one call.

use sip_password::GenerateError;
use sip_password_javascript_fast::{fill, keystream};
use zeroize::Zeroize;

use crate::{
    generate::{SEED_TRACES, broken},
    memory::{Shared, with_wiped_stack},
    policies::policy,
    source::with_seed,
};

/// The passwords, each with a line break, until JavaScript has read them.
static LINES: Shared<Vec<u8>> = Shared::new(Vec::new());

/// The address of the passwords.
#[unsafe(no_mangle)]
extern "C" fn lines() -> *const u8 {
    // SAFETY: nothing else has the value.
    unsafe { LINES.with(|lines| lines.as_ptr()) }
}

/// Wipes the passwords.
#[unsafe(no_mangle)]
extern "C" fn wipe_lines() {
    // SAFETY: nothing else has the value.
    unsafe { LINES.with(Zeroize::zeroize) }
}

/// Makes `count` passwords of the seed that JavaScript has written. Returns -1, or what [`broken`] does.
#[unsafe(no_mangle)]
extern "C" fn generate_lines(number: usize, length: usize, count: usize) -> i32 {
    let bulk = match policy(number).bulk(length, b"\n") {
        Ok(bulk) => bulk,
        Err(error) => return broken(error.into()),
    };
    with_wiped_stack::<SEED_TRACES, _>(|| {
        let Some(mut stream) = with_seed(keystream) else {
            return broken(GenerateError::SourceRepeats);
        };
        // SAFETY: nothing else has the value.
        unsafe {
            LINES.with(|lines| {
                lines.resize(count * bulk.record_len(), 0);
                fill(&bulk, &mut stream, lines).map_or_else(broken, |()| -1)
            })
        }
    })
}
