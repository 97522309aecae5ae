//! `cost-check` with the kinds of violations.

#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::{board, console::print};
use sip_password::{HUAWEI, ViolationKind};

#[board::entry]
fn main() -> ! {
    let password: &[u8] = black_box(b"Not_a_real_pass1");
    match black_box(&HUAWEI).check(password) {
        Ok(_) => print(password.get(..1).unwrap_or_default()),
        Err(violations) if violations.kinds().contains(black_box(ViolationKind::TooShort)) => print(b"short"),
        Err(_) => {}
    }
    board::exit()
}
