//! A phone's first password: a generator that is seeded, a password that is generated and checked, and printed.

#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::{board, console::print};
use sip_password::{HUAWEI, Keystream, Seed};
use zeroize::Zeroize;

#[board::entry]
fn main() -> ! {
    // A board with a source of its own would fill it from there.
    let mut seed = black_box([7; 32]);
    let mut keystream = Keystream::new(&Seed::take(&mut seed));
    let mut buffer = [0; 16];
    match HUAWEI.generate(&mut keystream, &mut buffer) {
        Ok(password) => print(password.expose_secret_bytes()),
        Err(_) => print(b"no password"),
    }
    if HUAWEI.check(black_box(&buffer)).is_ok() {
        print(b" is compliant");
    }
    buffer.zeroize();
    print(b"\n");
    board::exit()
}
