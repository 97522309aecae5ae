//! The C face of `sip-password`. `include/sip_password.h` is generated from these files and is what its users
//! read, so the documentation of what is exported speaks of C.
//!
//! What C hands over takes unsafe code. All that it relies on is what C promises about its pointers, under
//! `# Safety` at each function.

#![no_std]

// In the order of the header.
pub mod status;

pub mod policy;

pub mod rules;

pub mod check;

pub mod generate;

pub mod wipe;

mod pointer;

#[cfg_attr(unix, link(name = "c"))]
unsafe extern "C" {
    safe fn abort() -> !;
}

/// What is built without the standard library needs one. No function reaches it: `run` looks for `abort`, and
/// for the machinery of panics, in all that is linked.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    abort()
}
