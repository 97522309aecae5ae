//! The library, linked by a program without the standard library and without an allocator. If any dependency used either, this would
//! not build: there would be no allocator, or two panic handlers.

#![no_std]

use core::{convert::Infallible, panic::PanicInfo};

use sip_password::{
    CharSet, HUAWEI, Password, System,
    rand_core::{TryCryptoRng, TryRng},
};

/// A counter in place of the hardware's generator.
struct Counter(u32);

impl TryRng for Counter {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.0 = self.0.wrapping_mul(0x9E37_79B1).wrapping_add(1);
        Ok(self.0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.try_next_u32().map(u64::from)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(0);
        Ok(())
    }
}

impl TryCryptoRng for Counter {}

/// Calls what the library has without features, and the catalogue.
pub fn used(seed: u32, text: &[u8]) -> bool {
    let mut rng = Counter(seed);
    let Ok(policy) = HUAWEI.excluding(CharSet::of("0O1lI")) else { return false };
    let Ok(password) = Password::<16>::generate(&policy, 16, &mut rng) else { return false };
    let twilio = System::named("twilio").is_some_and(|system| system.preset.policy.check(text).is_err());
    twilio
        && policy.check(password.expose_secret()).is_ok()
        && policy.check(text).is_err()
        && policy.entropy(16) > 96.0
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}
