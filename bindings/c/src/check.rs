//! Whether a password is compliant, and if not, in which ways.

use core::{
    ffi::c_char,
    fmt::{self, Write},
    mem::MaybeUninit,
};

use sip_password::{Policy, ViolationKind, ViolationKinds};

use crate::{
    pointer::{self, set},
    status::Status,
};

/// A violation: the password has fewer characters than the policy requires.
pub const SIP_PASSWORD_TOO_SHORT: u16 = 1 << 1;
/// A violation: the password has more characters than the policy allows.
pub const SIP_PASSWORD_TOO_LONG: u16 = 1 << 2;
/// A violation: the password contains a character outside ASCII.
pub const SIP_PASSWORD_NOT_ASCII: u16 = 1 << 3;
/// A violation: the password contains an ASCII character that the policy does not allow.
pub const SIP_PASSWORD_NOT_ALLOWED: u16 = 1 << 4;
/// A violation: the password contains characters of fewer classes than the policy requires.
pub const SIP_PASSWORD_TOO_FEW_CLASSES: u16 = 1 << 5;
/// A violation: the password contains fewer characters of one class than the policy requires.
pub const SIP_PASSWORD_TOO_FEW_OF_CLASS: u16 = 1 << 6;
/// A violation: one character stands more often in a row than the policy allows.
pub const SIP_PASSWORD_TOO_MANY_REPEATS: u16 = 1 << 7;
/// A violation: the first character belongs to no class that the policy allows there.
pub const SIP_PASSWORD_WRONG_FIRST: u16 = 1 << 8;
/// A violation: the password contains a word of the context.
pub const SIP_PASSWORD_CONTAINS_CONTEXT: u16 = 1 << 9;
/// A violation: more characters of one class stand in a row than the policy allows.
pub const SIP_PASSWORD_TOO_LONG_RUN: u16 = 1 << 10;
/// A violation: more characters in a row ascend or descend one by one than the policy allows.
pub const SIP_PASSWORD_TOO_LONG_SEQUENCE: u16 = 1 << 11;
/// A violation: the password contains fewer different characters than the policy requires.
pub const SIP_PASSWORD_TOO_FEW_DISTINCT: u16 = 1 << 12;

const _: () = {
    let bits = [
        (ViolationKind::TooShort, SIP_PASSWORD_TOO_SHORT),
        (ViolationKind::TooLong, SIP_PASSWORD_TOO_LONG),
        (ViolationKind::NotAscii, SIP_PASSWORD_NOT_ASCII),
        (ViolationKind::NotAllowed, SIP_PASSWORD_NOT_ALLOWED),
        (ViolationKind::TooFewClasses, SIP_PASSWORD_TOO_FEW_CLASSES),
        (ViolationKind::TooFewOfClass, SIP_PASSWORD_TOO_FEW_OF_CLASS),
        (ViolationKind::TooManyRepeats, SIP_PASSWORD_TOO_MANY_REPEATS),
        (ViolationKind::WrongFirst, SIP_PASSWORD_WRONG_FIRST),
        (ViolationKind::ContainsContext, SIP_PASSWORD_CONTAINS_CONTEXT),
        (ViolationKind::TooLongRun, SIP_PASSWORD_TOO_LONG_RUN),
        (ViolationKind::TooLongSequence, SIP_PASSWORD_TOO_LONG_SEQUENCE),
        (ViolationKind::TooFewDistinct, SIP_PASSWORD_TOO_FEW_DISTINCT),
    ];
    assert!(bits.len() == ViolationKind::ALL.len());
    let mut at = 0;
    while at < bits.len() {
        assert!(bit(bits[at].0) == bits[at].1);
        at += 1;
    }
};

/// Whether the password of `length` bytes is compliant: SIP_PASSWORD_STATUS_OK or
/// SIP_PASSWORD_STATUS_NOT_COMPLIANT.
///
/// `*violations` becomes the sum of all violations, SIP_PASSWORD_TOO_SHORT and so on, or 0; `violations` may be
/// NULL. Lengths are counted in characters of UTF-8. A NUL among the bytes is a character that is not allowed.
///
/// In the source, no branch and no address depends on a character, apart from the verdict.
///
/// # Safety
///
/// `password` is NULL or has `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sip_password_check(
    policy: Option<&Policy>,
    password: *const c_char,
    length: usize,
    mut violations: Option<&mut MaybeUninit<u16>>,
) -> Status {
    set(&mut violations, 0);
    // SAFETY: as the caller promises.
    let password = unsafe { pointer::bytes(password, length) };
    let (Some(policy), Some(password)) = (policy, password) else { return Status::Null };
    match policy.check(password) {
        Ok(_) => Status::Ok,
        Err(found) => {
            set(&mut violations, bits(found.kinds()));
            Status::NotCompliant
        }
    }
}

/// Why the password of `length` bytes is not compliant, in English, with figures and without a character of the
/// password.
///
/// The text goes into `text`, which has `size` bytes, and ends with a NUL there; it is empty if the password is
/// compliant. 512 bytes are enough for the vendors' policies. `*needed` becomes the size of the whole text with
/// its NUL; `needed` may be NULL.
///
/// To ask for the size alone, give a `text` that is not NULL and a `size` of 0.
///
/// The status is that of sip_password_check, or SIP_PASSWORD_STATUS_SHORT_BUFFER if `size` is less than needed;
/// then the text is cut between two characters.
///
/// # Safety
///
/// `password` is NULL or has `length` bytes; `text` is NULL or has `size` bytes that can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sip_password_reasons(
    policy: Option<&Policy>,
    password: *const c_char,
    length: usize,
    text: *mut c_char,
    size: usize,
    mut needed: Option<&mut MaybeUninit<usize>>,
) -> Status {
    set(&mut needed, 0);
    // SAFETY: as the caller promises, for both.
    let (password, buffer) = unsafe { (pointer::bytes(password, length), pointer::zeroed(text, size)) };
    let (Some(policy), Some(password), Some(buffer)) = (policy, password, buffer) else {
        return Status::Null;
    };
    let mut text = Text { buffer, whole: 0 };
    let status = match policy.check(password) {
        Ok(_) => Status::Ok,
        Err(found) => {
            // A `Text` takes everything, so there is no error.
            let _ = write!(text, "{found}");
            Status::NotCompliant
        }
    };
    let whole = text.whole + 1;
    set(&mut needed, whole);
    if whole > size { Status::ShortBuffer } else { status }
}

/// As much of a text as fits in before the last byte of `buffer`, which stays NUL.
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

fn bits(kinds: ViolationKinds) -> u16 {
    kinds.iter().fold(0, |bits, kind| bits | bit(kind))
}

const fn bit(kind: ViolationKind) -> u16 {
    1 << kind as u16
}
