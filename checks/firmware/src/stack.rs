//! How deep a call goes into the stack, by painting.

use core::arch::asm;

const PAINT: u32 = 0xA5C3_96E7;
/// How many words are painted: 8 KiB, of the 16 KiB that the smallest board has.
const WORDS: usize = 2048;

/// The most bytes of stack that the functions take which `work` calls, up to 8 KiB. What `work` itself keeps is not in it,
/// nor what is reserved below the deepest word that is written.
#[inline(never)]
pub fn depth(work: impl FnOnce()) -> u32 {
    let top = pointer();
    for word in 1..=WORDS {
        // SAFETY: below the stack pointer of a program without interrupts, memory holds nothing until the next
        // call; the boards have more than this much of it there, and this loop calls nothing.
        unsafe { top.sub(word).write_volatile(PAINT) };
    }
    work();
    let mut untouched = WORDS;
    // SAFETY: as above; the words were written there.
    while untouched > 0 && unsafe { top.sub(untouched).read_volatile() } == PAINT {
        untouched -= 1;
    }
    untouched as u32 * size_of::<u32>() as u32
}

/// The stack pointer of the function that this stands in.
#[inline(always)]
fn pointer() -> *mut u32 {
    let pointer;
    // SAFETY: it copies a register.
    unsafe {
        #[cfg(target_arch = "arm")]
        asm!("mov {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags));
        #[cfg(target_arch = "riscv32")]
        asm!("mv {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    pointer
}
