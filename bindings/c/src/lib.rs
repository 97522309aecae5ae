//! The C interface of `sip-password`. `include/sip_password.h` is generated from these files, so the documentation of what
//! is exported speaks of C.
//!
//! Where Rust has a type for what C passes, the signature has that type: `Option<&Policy>` is a pointer that may be NULL, and
//! `Option<&mut MaybeUninit<u16>>` a variable for a result. Unsafe code is left where it has none: an array with its length, a
//! string that ends with a NUL, the storage of a policy, and the call of the random source. Its soundness depends on nothing
//! but what C promises about its pointers, under `# Safety` at each function.

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

/// A library without the standard library needs a panic handler. No function reaches it: `run` searches all linked programs for
/// `abort` and for the machinery of panics.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    abort()
}
