//! The board: how a program starts and ends.

use core::panic::PanicInfo;

#[cfg(target_arch = "arm")]
pub use cortex_m_rt::entry;
#[cfg(target_arch = "riscv32")]
pub use riscv_rt::entry;

/// Ends the emulation with success.
pub fn exit() -> ! {
    semihosting::process::exit(0)
}

/// Nothing here panics, and `run` asserts that no image has this in it. But Rust wants it to be there.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    semihosting::process::exit(101)
}
