//! Is this password compliant, and if not, what exactly is wrong?

use core::{
    ffi::c_char,
    fmt::{self, Write},
};

use sip_password::Code;

use crate::{pointer, policy::Policy, status::Status};

/// A violation: fewer characters than the policy wants.
pub const SIP_PASSWORD_TOO_SHORT: u16 = 1 << 1;
/// A violation: more characters than the policy allows.
pub const SIP_PASSWORD_TOO_LONG: u16 = 1 << 2;
/// A violation: a character outside ASCII.
pub const SIP_PASSWORD_NOT_ASCII: u16 = 1 << 3;
/// A violation: an ASCII character that the policy does not allow.
pub const SIP_PASSWORD_NOT_ALLOWED: u16 = 1 << 4;
/// A violation: fewer classes of characters than the policy wants.
pub const SIP_PASSWORD_TOO_FEW_CLASSES: u16 = 1 << 5;
/// A violation: fewer characters of one class than the policy wants.
pub const SIP_PASSWORD_TOO_FEW_OF_CLASS: u16 = 1 << 6;
/// A violation: one character more often in a row than the policy allows.
pub const SIP_PASSWORD_RUN_TOO_LONG: u16 = 1 << 7;
/// A violation: the first character is of a class that the policy does not allow there.
pub const SIP_PASSWORD_WRONG_FIRST: u16 = 1 << 8;
/// A violation: the context word appears.
pub const SIP_PASSWORD_CONTAINS_CONTEXT: u16 = 1 << 9;

const _: () = {
    let bits = [
        (Code::TooShort, SIP_PASSWORD_TOO_SHORT),
        (Code::TooLong, SIP_PASSWORD_TOO_LONG),
        (Code::NotAscii, SIP_PASSWORD_NOT_ASCII),
        (Code::NotAllowed, SIP_PASSWORD_NOT_ALLOWED),
        (Code::TooFewClasses, SIP_PASSWORD_TOO_FEW_CLASSES),
        (Code::TooFewOfClass, SIP_PASSWORD_TOO_FEW_OF_CLASS),
        (Code::RunTooLong, SIP_PASSWORD_RUN_TOO_LONG),
        (Code::WrongFirst, SIP_PASSWORD_WRONG_FIRST),
        (Code::ContainsContext, SIP_PASSWORD_CONTAINS_CONTEXT),
    ];
    assert!(bits.len() == Code::ALL.len());
    let mut at = 0;
    while at < bits.len() {
        assert!(bit(bits[at].0) == bits[at].1);
        at += 1;
    }
};

/// Whether the password of `length` bytes is compliant: SIP_PASSWORD_STATUS_OK or
/// SIP_PASSWORD_STATUS_NOT_COMPLIANT.
///
/// `*violations` becomes the sum of SIP_PASSWORD_TOO_SHORT and so on for all that is wrong, or 0;
/// `violations` may be NULL. Length is counted in characters of UTF-8. A NUL among the bytes is a character
/// that is not allowed.
///
/// No branch and no address depends on a character, in the source, but on the verdict.
///
/// # Safety
///
/// `policy` is NULL or a policy; `password` is NULL or has `length` bytes; `violations` is NULL or can be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sip_password_check(
    policy: *const Policy,
    password: *const c_char,
    length: usize,
    violations: *mut u16,
) -> Status {
    // SAFETY: all as the caller promises.
    let (policy, password, violations) =
        unsafe { (Policy::see(policy), pointer::bytes(password, length), pointer::variable(violations, 0)) };
    let (Some(policy), Some(password)) = (policy, password) else { return Status::Null };
    let Err(found) = policy.check(password) else { return Status::Ok };
    if let Some(violations) = violations {
        *violations = found.codes().iter().fold(0, |bits, code| bits | bit(code));
    }
    Status::NotCompliant
}

/// Why the password of `length` bytes is not compliant, in English, with the figures and without a character
/// of the password.
///
/// The text goes into `text`, which has `size` bytes, and ends with a NUL there; it is empty for a compliant
/// password. 512 bytes are enough for the vendors' policies. `*needed` becomes the size of the whole text
/// with its NUL; `needed` may be NULL.
///
/// To ask for the size alone, give a `text` that is not NULL and a `size` of 0.
///
/// The outcome is that of sip_password_check, or SIP_PASSWORD_STATUS_SHORT_BUFFER where `size` is less than
/// needed; then the text is cut between two characters.
///
/// # Safety
///
/// `policy` is NULL or a policy; `password` is NULL or has `length` bytes; `text` is NULL or has `size` bytes
/// that can be written, and none that is the password's; `needed` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sip_password_reasons(
    policy: *const Policy,
    password: *const c_char,
    length: usize,
    text: *mut c_char,
    size: usize,
    needed: *mut usize,
) -> Status {
    // SAFETY: all as the caller promises.
    let (policy, password, buffer, needed) = unsafe {
        (
            Policy::see(policy),
            pointer::bytes(password, length),
            pointer::zeroed(text, size),
            pointer::variable(needed, 0),
        )
    };
    let (Some(policy), Some(password), Some(buffer)) = (policy, password, buffer) else {
        return Status::Null;
    };
    let mut text = Text { buffer, whole: 0 };
    let status = match policy.check(password) {
        Ok(_) => Status::Ok,
        Err(found) => {
            // A `Text` takes everything, and so makes no error.
            let _ = write!(text, "{found}");
            Status::NotCompliant
        }
    };
    let whole = text.whole + 1;
    if let Some(needed) = needed {
        *needed = whole;
    }
    if whole > size { Status::ShortBuffer } else { status }
}

/// As much of a text as there is room for before the last byte of `buffer`, which stays NUL.
struct Text<'a> {
    buffer: &'a mut [u8],
    /// The length of the whole text.
    whole: usize,
}

impl Write for Text<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        if let Some([room @ .., _nul]) = self.buffer.get_mut(self.whole..) {
            let fits = part.floor_char_boundary(room.len());
            room.iter_mut().zip(part.bytes().take(fits)).for_each(|(to, byte)| *to = byte);
        }
        self.whole += part.len();
        Ok(())
    }
}

const fn bit(code: Code) -> u16 {
    1 << code as u16
}
