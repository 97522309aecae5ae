//! A small allocator: the usual one would be a fiftieth of the module.

use core::{
    alloc::{GlobalAlloc, Layout},
    ptr,
};

use crate::memory::Shared;

/// Blocks have sizes of powers of two, from 16 bytes on. What is given back is kept in a list for its size, and used again for it.
struct BySize;

#[global_allocator]
static ALLOCATOR: BySize = BySize;

const SMALLEST: u32 = 4;
const PAGE: usize = 65_536;

/// What is free.
struct Free {
    /// For each size, the first block; each begins with the address of the next one.
    lists: [*mut u8; 32],
    /// Fresh memory, from here to there.
    fresh: (usize, usize),
}

static FREE: Shared<Free> = Shared::new(Free { lists: [ptr::null_mut(); 32], fresh: (0, 0) });

impl Free {
    /// A block of 2^`size` bytes.
    fn take(&mut self, size: u32) -> *mut u8 {
        let list = &mut self.lists[size as usize];
        if !list.is_null() {
            let block = *list;
            // SAFETY: a free block begins with an address, and has the alignment of one.
            *list = unsafe { block.cast::<*mut u8>().read() };
            return block;
        }
        let bytes = 1 << size;
        let (mut start, mut end) = self.fresh;
        if end - start < bytes {
            let pages = bytes.div_ceil(PAGE);
            let before = core::arch::wasm32::memory_grow::<0>(pages);
            if before == usize::MAX {
                return ptr::null_mut();
            }
            // The rest of the fresh memory is lost if somebody else has grown the memory meanwhile, which happens for long inputs.
            if before * PAGE != end {
                start = before * PAGE;
            }
            end = (before + pages) * PAGE;
        }
        self.fresh = (start + bytes, end);
        start as *mut u8
    }
}

/// The size of a block with room for a layout, as a power of two.
fn size(layout: Layout) -> u32 {
    layout.size().next_power_of_two().trailing_zeros().max(SMALLEST)
}

// SAFETY: a block has at least the size of its layout, and begins at a multiple of 16, since pages do and every size is one.
unsafe impl GlobalAlloc for BySize {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Nothing here has a greater alignment.
        if layout.align() > 1 << SMALLEST {
            return ptr::null_mut();
        }
        // SAFETY: nothing else has the lists.
        unsafe { FREE.with(|free| free.take(size(layout))) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: nothing else has the lists; the block has room for an address, and nobody uses it any more.
        unsafe {
            FREE.with(|free| {
                let list = &mut free.lists[size(layout) as usize];
                block.cast::<*mut u8>().write(*list);
                *list = block;
            });
        }
    }
}
