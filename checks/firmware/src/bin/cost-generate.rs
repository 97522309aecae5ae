//! `cost-nothing` with `generate` and `check`, and a counter in place of the random generator.

#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::{board, console::print, counter::Counter};
use sip_password::HUAWEI;

#[board::entry]
fn main() -> ! {
    let password: &[u8] = black_box(b"Not_a_real_pass1");
    let mut buffer = [0; 16];
    if black_box(&HUAWEI).check(password).is_ok()
        && let Ok(password) = HUAWEI.generate(&mut Counter::new(0), &mut buffer)
    {
        print(password.expose_secret_bytes());
    }
    board::exit()
}
