//! Memory that held a secret is zero afterwards. Each test has a twin without wiping, so that it is seen to fail.

#![expect(unsafe_code, reason = "to look at memory after what lived there was dropped")]

use std::{
    mem::MaybeUninit,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::source::{Source, Unplugged};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use rand_core::{Rng, TryCryptoRng, TryRng};
use sip_password::{HUAWEI, Password};

/// The bytes that `value` leaves behind where it is dropped.
fn left_behind<T>(value: T) -> Vec<u8> {
    let mut place = MaybeUninit::<T>::zeroed();
    // The padding too is zero before, so that every byte of the place has a value.
    place.write(value);
    let start = place.as_mut_ptr();
    // SAFETY: `place` holds a value, which is dropped once and not used again. Its bytes stay
    // allocated, and are read as bytes.
    unsafe {
        start.drop_in_place();
        std::slice::from_raw_parts(start.cast::<u8>(), size_of::<T>()).to_vec()
    }
}

fn contains(memory: &[u8], secret: &[u8]) -> bool {
    memory.windows(secret.len()).any(|window| window == secret)
}

fn source() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([5; 32])
}

#[test]
fn a_dropped_password() {
    let password = Password::<24>::generate(&HUAWEI, 16, &mut source()).expect("the source is good");
    let secret = password.expose_secret_bytes().to_vec();
    let memory = left_behind(password);
    // Four bytes, since what was in the padding by chance may have one or two of them.
    assert!(!secret.windows(4).any(|part| contains(&memory, part)), "{memory:?}");
}

#[test]
fn a_dropped_password_without_wiping_is_caught() {
    assert!(contains(&left_behind(*b"Not_a_real_1"), b"Not_a_real_1"));
}

#[test]
fn a_password_that_is_replaced() {
    let mut password = Password::<16>::generate(&HUAWEI, 16, &mut source()).expect("the source is good");
    let old = password.expose_secret_bytes().to_vec();
    password = Password::generate(&HUAWEI, 8, &mut source()).expect("the source is good");
    let memory = left_behind(password);
    assert!(!contains(&memory, &old[8..]));
}

/// Gives so many good words, and then what `then` does.
fn after(mut good: usize, then: fn() -> Result<u32, Unplugged>) -> impl TryCryptoRng<Error = Unplugged> {
    let mut words = source();
    Source(move || {
        if good == 0 {
            return then();
        }
        good -= 1;
        Ok(words.next_u32())
    })
}

fn explode() -> Result<u32, Unplugged> {
    panic!("the source panics, as it should in this test")
}

#[test]
fn a_failing_source() {
    for good in 0..4 {
        let mut buffer = [0xff; 16];
        let failed = HUAWEI.generate(&mut after(good, || Err(Unplugged)), &mut buffer);
        assert_eq!(failed.map(drop).unwrap_err().to_string(), "the random source failed: unplugged");
        assert_eq!(buffer, [0; 16], "after {good} words");
    }
}

#[test]
fn a_panicking_source() {
    for good in 0..4 {
        let mut buffer = [0xff; 16];
        let mut rng = after(good, explode);
        let panicked =
            catch_unwind(AssertUnwindSafe(|| drop(HUAWEI.generate(&mut rng, &mut buffer).map(drop))));
        assert!(panicked.is_err());
        assert_eq!(buffer, [0; 16], "after {good} words");
    }
}

/// The same without the guard: the first words of the candidate stay.
#[test]
fn a_panicking_source_without_wiping_is_caught() {
    let mut buffer = [0; 16];
    let mut rng = after(2, explode);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        for block in buffer.chunks_mut(4) {
            block.copy_from_slice(&rng.try_next_u32().expect("it panics").to_le_bytes());
        }
    }));
    assert!(panicked.is_err());
    assert_ne!(buffer, [0; 16]);
}

#[test]
fn refused_candidates() {
    let mut buffer = [0xff; 16];
    let refused = HUAWEI.generate(&mut Source(|| Ok(1 << 31)), &mut buffer);
    assert!(refused.is_err());
    assert_eq!(buffer, [0; 16]);
    // And where the length itself is refused.
    let mut buffer = [0xff; 20];
    assert!(HUAWEI.generate(&mut source(), &mut buffer).is_err());
    assert_eq!(buffer, [0; 20]);
}

#[cfg(feature = "chacha")]
#[test]
fn a_dropped_keystream() {
    use sip_password::{Keystream, Seed};

    const SEED: [u8; 32] = *b"a seed that is not a real secret";
    let mut rng = Keystream::new(&Seed::take(&mut SEED.clone()));
    let mut twin = ChaCha20Rng::from_seed(SEED);
    let mut words = [0; 64];
    let mut skip = [0; 16];
    rng.try_fill_bytes(&mut skip).expect("it cannot fail");
    // The first words of the four blocks that are made together, which stay buffered.
    twin.try_fill_bytes(&mut words).expect("it cannot fail");
    let memory = left_behind(rng);
    for secret in [&SEED[..], &words[16..32], &words[32..48]] {
        assert!(!contains(&memory, secret));
    }
    // The generator that it is made of leaves all of that behind.
    let mut bare = ChaCha20Rng::from_seed(SEED);
    bare.try_fill_bytes(&mut skip).expect("it cannot fail");
    let memory = left_behind(bare);
    for secret in [&SEED[..], &words[16..32], &words[32..48]] {
        assert!(contains(&memory, secret));
    }
}

#[test]
fn passwords_compare_and_say_nothing() {
    let of = |seed| {
        Password::<16>::generate(&HUAWEI, 16, &mut ChaCha20Rng::from_seed([seed; 32]))
            .expect("the source is good")
    };
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
    assert_eq!(format!("{:?} {:#?}", of(1), of(2)), "Password(redacted) Password(redacted)");
    let proof = HUAWEI.check("Not_a_real_1").expect("it is compliant");
    let owned = Password::<12>::try_from(proof).expect("there is room");
    assert_eq!(owned.expose_secret(), "Not_a_real_1");
    let error = Password::<11>::try_from(proof).unwrap_err();
    assert_eq!(error.to_string(), "expected at most 11 characters, found 12");
}
