//! Output by semihosting, without `core::fmt`, which can panic and is larger than the library.

use semihosting::sys::arm_compat::sys_writec;

/// Prints bytes unchanged.
pub fn print(bytes: &[u8]) {
    bytes.iter().copied().for_each(sys_writec);
}

/// Prints a number in decimal digits.
pub fn print_number(number: u32) {
    if number >= 10 {
        print_number(number / 10);
    }
    sys_writec(b'0' + (number % 10) as u8);
}
