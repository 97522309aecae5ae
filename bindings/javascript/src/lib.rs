//! The library `sip-password` as two modules of WebAssembly. `package/instance.js` is the only caller of what they export: it writes
//! texts into the memory, calls, reads the answer there, and sees to it that nothing secret stays.
//!
//! There are no imports: JavaScript fills in a seed when a call asks for one, so no exception passes through this code.
#![cfg_attr(not(feature = "everything"), no_std)]

mod answer;
mod check;
mod generate;
mod memory;
mod names;
mod policies;
mod source;

#[cfg(feature = "everything")]
mod allocator;
#[cfg(feature = "everything")]
mod bulk;
#[cfg(feature = "everything")]
mod facts;
#[cfg(feature = "everything")]
mod make;
#[cfg(feature = "everything")]
mod words;

/// Nothing prints a message here: the trap says that there is an error in this package.
#[cfg(not(feature = "everything"))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
