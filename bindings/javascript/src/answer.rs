//! What a call says in text.

use crate::memory::Shared;

pub(crate) use module::say;

/// The module with an allocator, and with all that formats.
#[cfg(feature = "everything")]
mod module {
    use core::fmt::{self, Write};

    use super::Shared;

    static ANSWER: Shared<String> = Shared::new(String::new());

    /// The address of the answer.
    #[unsafe(no_mangle)]
    extern "C" fn answer() -> *const u8 {
        // SAFETY: nothing else has the value.
        unsafe { ANSWER.with(|answer| answer.as_ptr()) }
    }

    /// Answers with what `text` displays, and returns the number of its bytes.
    pub(crate) fn say(text: impl fmt::Display) -> i32 {
        // SAFETY: `text` was made before, and what displays it has no way to the answer.
        unsafe {
            ANSWER.with(|answer| {
                answer.clear();
                // Writing to memory does not fail.
                let _ = write!(answer, "{text}");
                answer.len() as i32
            })
        }
    }
}

/// The small module only says names.
#[cfg(not(feature = "everything"))]
mod module {
    use sip_password::MAX_CLASS_NAME;

    use super::Shared;

    static ANSWER: Shared<[u8; MAX_CLASS_NAME]> = Shared::new([0; MAX_CLASS_NAME]);

    /// The address of the answer.
    #[unsafe(no_mangle)]
    extern "C" fn answer() -> *const u8 {
        ANSWER.get().cast()
    }

    /// Answers with a name, and returns the number of its bytes.
    pub(crate) fn say(name: &str) -> i32 {
        // SAFETY: nothing else has the value.
        unsafe {
            ANSWER.with(|answer| {
                let pairs = answer.iter_mut().zip(name.bytes());
                pairs.map(|(to, byte)| *to = byte).count() as i32
            })
        }
    }
}
