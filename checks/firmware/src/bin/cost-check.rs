//! `cost-nothing` with the verdict of `check`, for a policy that the compiler does not know, so that the code for every rule is included.

#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::{board, console::print};
use sip_password::HUAWEI;

#[board::entry]
fn main() -> ! {
    let password: &[u8] = black_box(b"Not_a_real_pass1");
    if black_box(&HUAWEI).check(password).is_ok() {
        print(password.get(..1).unwrap_or_default());
    }
    board::exit()
}
