//! Give me a password, each compliant one equally likely.

use core::{
    ffi::{c_char, c_int, c_void},
    fmt,
};

use sip_password::rand_core::{TryCryptoRng, TryRng};
use zeroize::Zeroizing;

use crate::{pointer, policy::Policy, status::Status};

/// The caller's random source: writes `length` random bytes to `bytes` and returns 0; any other number says
/// that it failed. `context` is what sip_password_generate was given.
///
/// It must be a cryptographic generator: the hardware's, say, or the operating system's. It is asked for 4
/// bytes at a time, which are wiped after use. They are taken as a little-endian number, so the same bytes
/// give the same passwords on every machine. It must return: no longjmp, no exception of C++.
pub type Entropy = Option<unsafe extern "C" fn(context: *mut c_void, bytes: *mut u8, length: usize) -> c_int>;

/// Fills `buffer` with a password of `length` characters and a NUL, each compliant one of this length (of the
/// characters that the policy generates) being equally likely. sip_password_default_length says a good
/// length.
///
/// `buffer` has `size` bytes, more than `length`; SIP_PASSWORD_MAX_LENGTH + 1 is enough for every policy. It
/// is the only place where candidates stand, and is zeroed whole after every outcome but
/// SIP_PASSWORD_STATUS_OK. After that one, wipe it by sip_password_wipe when the password has served.
///
/// SIP_PASSWORD_STATUS_SHORT_BUFFER, SIP_PASSWORD_STATUS_LENGTH, SIP_PASSWORD_STATUS_INFEASIBLE and
/// SIP_PASSWORD_STATUS_TOO_RARE come before anything is drawn; SIP_PASSWORD_STATUS_ENTROPY_FAILED as soon as
/// the callback fails. Never a hang: a source that is stuck is SIP_PASSWORD_STATUS_ENTROPY_STUCK after a
/// known number of tries, 25 for Huawei at 16 characters.
///
/// # Safety
///
/// `policy` is NULL or a policy; `entropy` is NULL or a function as its type says; `buffer` is NULL or has
/// `size` bytes that can be written, and that nothing else uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sip_password_generate(
    policy: *const Policy,
    entropy: Entropy,
    context: *mut c_void,
    buffer: *mut c_char,
    size: usize,
    length: usize,
) -> Status {
    // SAFETY: both as the caller promises.
    let (policy, buffer) = unsafe { (Policy::see(policy), pointer::zeroed(buffer, size)) };
    let (Some(policy), Some(draw), Some(buffer)) = (policy, entropy, buffer) else { return Status::Null };
    let Some((password, [_nul, ..])) = buffer.split_at_mut_checked(length) else {
        return Status::ShortBuffer;
    };
    match policy.generate(&mut Source { draw, context }, password) {
        Ok(_) => Status::Ok,
        Err(error) => error.into(),
    }
}

struct Source {
    draw: unsafe extern "C" fn(*mut c_void, *mut u8, usize) -> c_int,
    context: *mut c_void,
}

impl TryRng for Source {
    type Error = Failed;

    fn try_next_u32(&mut self) -> Result<u32, Failed> {
        let mut bytes = Zeroizing::new([0; 4]);
        self.try_fill_bytes(&mut *bytes)?;
        Ok(u32::from_le_bytes(*bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Failed> {
        let mut bytes = Zeroizing::new([0; 8]);
        self.try_fill_bytes(&mut *bytes)?;
        Ok(u64::from_le_bytes(*bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Failed> {
        // SAFETY: the bytes can be written, and the caller of `sip_password_generate` promises the rest.
        match unsafe { (self.draw)(self.context, bytes.as_mut_ptr(), bytes.len()) } {
            0 => Ok(()),
            _ => Err(Failed),
        }
    }
}

impl TryCryptoRng for Source {}

/// What C says by a number other than 0.
#[derive(Debug)]
struct Failed;

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the entropy callback failed")
    }
}

impl core::error::Error for Failed {}
