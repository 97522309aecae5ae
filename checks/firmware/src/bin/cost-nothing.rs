//! The program that the others are compared with: it starts, reads a password, prints a byte and ends.

#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::{board, console::print};

#[board::entry]
fn main() -> ! {
    let password: &[u8] = black_box(b"Not_a_real_pass1");
    // Every program clears buffers, so the compiler's routine for it is no cost of the library.
    black_box(&mut [0_u8; 64]);
    print(password.get(..1).unwrap_or_default());
    board::exit()
}
