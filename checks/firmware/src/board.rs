//! The start and the end of a program.

use core::panic::PanicInfo;

#[cfg(target_arch = "arm")]
pub use cortex_m_rt::entry;
#[cfg(target_arch = "riscv32")]
pub use riscv_rt::entry;

/// Ends the emulation with success.
pub fn exit() -> ! {
    semihosting::process::exit(0)
}

/// Required by Rust. No program panics, and `run` asserts that no image contains this function.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    semihosting::process::exit(101)
}
