//! A phone's first password: seeds a generator, generates a password, checks it and prints it.

#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::{board, console::print};
use sip_password::{HUAWEI, Keystream, Seed};
use zeroize::Zeroize;

#[board::entry]
fn main() -> ! {
    // A board with a hardware generator would fill the seed from it.
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
