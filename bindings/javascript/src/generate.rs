//! Passwords.

#[cfg(feature = "everything")]
use core::convert::Infallible;

#[cfg(not(feature = "everything"))]
use sip_password::Policy;
use sip_password::{GenerateError, LengthError, MAX_LENGTH};

#[cfg(not(feature = "everything"))]
use crate::source::{Exhausted, Pool};
use crate::{
    memory::{Shared, with_wiped_stack},
    policies::policy,
    source::{fill, is_ready, with_source},
};

/// There is a password.
const MADE: i32 = -1;
/// JavaScript is to write a seed, and to call `seeded`.
const SEED: i32 = -2;

/// How far down the stack traces of a seed and its words can reach, in bytes.
pub(crate) const SEED_TRACES: usize = 8192;

static PASSWORD: Shared<[u8; MAX_LENGTH]> = Shared::new([0; MAX_LENGTH]);

/// The address of the password, which JavaScript reads and wipes.
#[unsafe(no_mangle)]
extern "C" fn password() -> *mut [u8; MAX_LENGTH] {
    PASSWORD.get()
}

/// Takes the seed that JavaScript has written. Returns -1, or what [`broken`] does.
#[unsafe(no_mangle)]
extern "C" fn seeded() -> i32 {
    if with_wiped_stack::<SEED_TRACES, _>(fill) { MADE } else { broken(GenerateError::SourceRepeats) }
}

/// Makes one password. Returns -1 if it is made, -2 if a seed is needed first, or what [`broken`] does. `length` is one that the policy
/// allows.
#[unsafe(no_mangle)]
extern "C" fn generate(number: usize, length: usize) -> i32 {
    if !is_ready() {
        return SEED;
    }
    let policy = policy(number);
    // A password has no trace on the stack: it stays in registers and in its own room. `tests/memory.test.js` would find one.
    // SAFETY: nothing else has the password.
    unsafe {
        PASSWORD.with(|password| match password.get_mut(..length) {
            Some(password) => match with_source(|source| make(policy, source, password)) {
                Ok(()) => MADE,
                #[cfg(not(feature = "everything"))]
                Err(GenerateError::Source(Exhausted)) => SEED,
                Err(error) => broken(error),
            },
            None => broken(LengthError::NotGenerated { length }.into()),
        })
    }
}

#[cfg(feature = "everything")]
use sip_password_javascript_fast::generate as make;

/// The library itself, which the small module compiles for size.
#[cfg(not(feature = "everything"))]
fn make(policy: &Policy, pool: &mut Pool, password: &mut [u8]) -> Result<(), GenerateError<Exhausted>> {
    policy.generate(pool, password).map(drop)
}

/// Why there is no password: answers with the text, and returns -3 less twice its size if the length is wrong, and -4 less that if the
/// random source is.
#[cfg(feature = "everything")]
pub(crate) fn broken(error: GenerateError<Infallible>) -> i32 {
    let base = if matches!(error, GenerateError::Length(_)) { -3 } else { -4 };
    base - 2 * crate::answer::say(error)
}

/// The small module has no texts, and no length that a preset allows and that is not generated.
#[cfg(not(feature = "everything"))]
fn broken(_: GenerateError<Exhausted>) -> i32 {
    -4
}
