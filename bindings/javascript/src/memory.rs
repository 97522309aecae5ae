//! The memory that JavaScript writes to and reads from.

use core::{cell::UnsafeCell, slice};

use zeroize::{Zeroize, zeroize_stack};

/// A value that lives as long as the module.
pub(crate) struct Shared<T>(UnsafeCell<T>);

// SAFETY: the module has no threads; each instance has a memory of its own, which is not shared.
unsafe impl<T> Sync for Shared<T> {}

impl<T> Shared<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    pub(crate) const fn get(&self) -> *mut T {
        self.0.get()
    }

    /// Runs `work` on the value.
    ///
    /// # Safety
    ///
    /// `work` does not use the same value by another way.
    pub(crate) unsafe fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: there is one thread, no export is called while another runs, and the caller promises the rest.
        work(unsafe { &mut *self.get() })
    }
}

/// Room for most texts. Longer ones take pages of their own.
const USUAL: usize = 1024;
const PAGE: usize = 65_536;

static USUAL_INPUT: Shared<[u8; USUAL]> = Shared::new([0; USUAL]);

/// Where the input is, and how long it may be.
static INPUT: Shared<(*mut u8, usize)> = Shared::new((USUAL_INPUT.get().cast(), USUAL));

/// The address of room for an input of `size` bytes; 0 if there is no more memory.
#[unsafe(no_mangle)]
extern "C" fn input(size: usize) -> *mut u8 {
    // SAFETY: nothing else has the value meanwhile.
    unsafe {
        INPUT.with(|(start, room)| {
            if size > *room {
                // At least twice as much: the pages before are never used again, and so they are fewer than these.
                let pages = size.max(room.saturating_mul(2)).div_ceil(PAGE);
                let before = core::arch::wasm32::memory_grow::<0>(pages);
                if before == usize::MAX {
                    return core::ptr::null_mut();
                }
                (*start, *room) = ((before * PAGE) as *mut u8, pages * PAGE);
            }
            *start
        })
    }
}

/// Runs `work` on the first `size` bytes of the input, and wipes them.
pub(crate) fn with_input<R>(size: usize, work: impl FnOnce(&[u8]) -> R) -> R {
    // SAFETY: nothing else has the value meanwhile.
    let (start, room) = unsafe { INPUT.with(|input| *input) };
    // SAFETY: `input` made room for so many bytes, all of which have a value, and no export but the one that runs reads or writes them.
    let bytes = unsafe { slice::from_raw_parts_mut(start, size.min(room)) };
    let done = work(bytes);
    bytes.zeroize();
    done
}

/// Runs `work`, then wipes the `SIZE` bytes of the stack on which it ran.
pub(crate) fn with_wiped_stack<const SIZE: usize, R>(work: impl FnOnce() -> R) -> R {
    /// Its frame is below that of the caller, and so is all that it calls.
    #[inline(never)]
    fn below<R>(work: impl FnOnce() -> R) -> R {
        work()
    }
    let done = below(work);
    zeroize_stack::<SIZE>();
    done
}
