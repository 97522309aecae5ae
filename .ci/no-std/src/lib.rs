//! The library linked by a program without the standard library and without an allocator: were one of them used
//! anywhere below, this would not build, for want of an allocator or for two panic handlers.

#![no_std]

use core::panic::PanicInfo;

use sip_password::{HUAWEI, Policy, rand_core::TryCryptoRng};

/// All that firmware needs.
pub fn used<R: TryCryptoRng>(rng: &mut R, buffer: &mut [u8]) -> bool {
    let policy: &Policy<'_> = &HUAWEI;
    policy.generate(rng, buffer).is_ok() && policy.check(buffer).is_ok() && policy.bits(16) > 98.0
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}
