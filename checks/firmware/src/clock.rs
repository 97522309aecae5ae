//! Counts instructions, under an emulator that gives each the same time (`-icount`).

use core::arch::asm;

/// A clock that is calibrated to instructions.
pub struct Clock {
    /// The number of ticks of [`INSTRUCTIONS`].
    gauge: u32,
}

const INSTRUCTIONS: u32 = 100_000;

impl Clock {
    /// Calibrates the clock.
    pub fn new() -> Self {
        Self { gauge: ticks(|| two_instructions_a_round(INSTRUCTIONS / 2)).max(1) }
    }

    /// The number of instructions of some work, with those of reading the clock; up to 500,000.
    pub fn instructions(&self, work: impl FnOnce()) -> u32 {
        let (ticks, gauge) = (u64::from(ticks(work)), u64::from(self.gauge));
        ((ticks * u64::from(INSTRUCTIONS) + gauge / 2) / gauge) as u32
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

#[inline(never)]
fn two_instructions_a_round(rounds: u32) {
    // SAFETY: the loop decrements a register.
    unsafe {
        #[cfg(target_arch = "arm")]
        asm!("2: subs {0}, #1", "bne 2b", inout(reg) rounds => _, options(nomem, nostack));
        #[cfg(target_arch = "riscv32")]
        asm!("2: addi {0}, {0}, -1", "bnez {0}, 2b", inout(reg) rounds => _, options(nomem, nostack));
    }
}

/// The number of ticks during the work, up to 2^24.
#[cfg(target_arch = "arm")]
fn ticks(work: impl FnOnce()) -> u32 {
    use cortex_m::peripheral::{SYST, syst::SystClkSource};

    const MOST: u32 = (1 << 24) - 1;
    // SAFETY: nothing else in the program uses the clock.
    let mut clock = unsafe { cortex_m::Peripherals::steal() }.SYST;
    clock.set_clock_source(SystClkSource::Core);
    clock.set_reload(MOST);
    clock.clear_current();
    clock.enable_counter();
    let start = SYST::get_current();
    work();
    let end = SYST::get_current();
    clock.disable_counter();
    // The counter counts down.
    start.wrapping_sub(end) & MOST
}

/// The number of instructions during the work.
#[cfg(target_arch = "riscv32")]
fn ticks(work: impl FnOnce()) -> u32 {
    let start = riscv::register::minstret::read();
    work();
    riscv::register::minstret::read().wrapping_sub(start) as u32
}
