//! A compliant password, each with the same probability.

use core::{
    ffi::{c_char, c_int, c_void},
    fmt,
};

use sip_password::{
    Policy,
    rand_core::{TryCryptoRng, TryRng},
};
use zeroize::Zeroizing;

use crate::{pointer, status::Status};

/// The caller's random source: writes `length` random bytes to `bytes` and returns 0, or any other number if it
/// failed. `context` is that of sip_password_generate.
///
/// It must be a cryptographic generator, such as the hardware's or the operating system's. Each call asks for 4
/// bytes, which are wiped after use. They are read as a little-endian number, so the same bytes give the same
/// passwords on every machine. It must return: no longjmp, no exception of C++.
pub type Source = Option<unsafe extern "C" fn(context: *mut c_void, bytes: *mut u8, length: usize) -> c_int>;

/// Fills `buffer` with a password of `length` characters and a NUL. Every compliant password of this length (of
/// the characters that the policy generates) has the same probability. sip_password_default_length gives a good
/// length.
///
/// `buffer` has `size` bytes, more than `length`; SIP_PASSWORD_MAX_LENGTH + 1 is enough for every policy.
/// Candidates stand in the buffer alone, and unless the status is SIP_PASSWORD_STATUS_OK, all of it is zeroed.
/// Wipe it with sip_password_wipe when the password is no longer needed.
///
/// SIP_PASSWORD_STATUS_SHORT_BUFFER and SIP_PASSWORD_STATUS_LENGTH_... come before anything is drawn;
/// SIP_PASSWORD_STATUS_SOURCE_FAILED comes as soon as the random source fails. The function never hangs: a source
/// that always gives the same four bytes is SIP_PASSWORD_STATUS_SOURCE_STUCK, after a known number of tries (25 for
/// Huawei at 16 characters) if no password of them is compliant, and otherwise at once, provided that the password
/// takes at least three draws of four bytes, as it does from 9 of Huawei's characters on. In a password of one draw
/// (6 digits) or two, a repetition cannot be told from chance; and a source that repeats itself more slowly, or is
/// predictable, is never noticed.
///
/// # Safety
///
/// `source` is NULL or a function as its type describes; `buffer` is NULL or has `size` bytes that can be
/// written, and that nothing else uses during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sip_password_generate(
    policy: Option<&Policy>,
    source: Source,
    context: *mut c_void,
    buffer: *mut c_char,
    size: usize,
    length: usize,
) -> Status {
    // SAFETY: as the caller promises.
    let buffer = unsafe { pointer::zeroed(buffer, size) };
    let (Some(policy), Some(draw), Some(buffer)) = (policy, source, buffer) else { return Status::Null };
    let Some((password, [_nul, ..])) = buffer.split_at_mut_checked(length) else {
        return Status::ShortBuffer;
    };
    match policy.generate(&mut Callback { draw, context }, password) {
        Ok(_) => Status::Ok,
        Err(error) => error.into(),
    }
}

/// The caller's source as Rust has it. [`sip_password_generate`] alone makes one.
struct Callback {
    draw: unsafe extern "C" fn(*mut c_void, *mut u8, usize) -> c_int,
    context: *mut c_void,
}

impl TryRng for Callback {
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

impl TryCryptoRng for Callback {}

/// The source returned a number other than 0.
#[derive(Debug)]
struct Failed;

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the random source failed")
    }
}

impl core::error::Error for Failed {}
