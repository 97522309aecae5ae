//! Measures the stack of a call, by painting.

use core::arch::asm;

const PAINT: u32 = 0xA5C3_96E7;
/// The number of painted words: 8 KiB, of the 16 KiB of the smallest board.
const WORDS: usize = 2048;

/// The largest stack of the functions that `work` calls, in bytes, up to 8 KiB. It contains neither the frame of `work` itself nor
/// what is reserved below the deepest word that is written.
#[inline(never)]
pub fn depth(work: impl FnOnce()) -> u32 {
    let top = pointer();
    for word in 1..=WORDS {
        // SAFETY: in a program without interrupts, memory below the stack pointer holds nothing until the next call; this loop calls
        // nothing, and the boards have more of that memory than is painted.
        unsafe { top.sub(word).write_volatile(PAINT) };
    }
    work();
    let mut untouched = WORDS;
    // SAFETY: as above, and the words were written.
    while untouched > 0 && unsafe { top.sub(untouched).read_volatile() } == PAINT {
        untouched -= 1;
    }
    untouched as u32 * size_of::<u32>() as u32
}

/// The stack pointer of the calling function, into which this is inlined.
#[inline(always)]
fn pointer() -> *mut u32 {
    let pointer;
    // SAFETY: the instruction copies a register.
    unsafe {
        #[cfg(target_arch = "arm")]
        asm!("mov {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags));
        #[cfg(target_arch = "riscv32")]
        asm!("mv {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    pointer
}
