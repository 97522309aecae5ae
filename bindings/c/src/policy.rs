//! Policies: those of the vendors, and what can be asked about any.

use core::{ffi::c_char, ptr};

use sip_password::{EXOTEL, HUAWEI, NXCLOUD, NXCLOUD_RANDOM, Preset};

use crate::{pointer, status::Status};

/// A password policy: which passwords are compliant. It never changes, so threads may share it.
pub struct Policy {
    _opaque: [u8; 0],
}

/// The SIP phone passwords of Huawei Cloud CEC's default rule group: 8 to 16 characters of upper case, lower
/// case, digits and ~@^*_+.? of at least three of these four classes.
#[unsafe(no_mangle)]
pub extern "C" fn sip_password_huawei() -> *const Policy {
    Policy::show(&HUAWEI)
}

/// The SIP passwords of Exotel CCM v2: 8 to 64 characters of upper case, lower case, digits and !@#$%^&* of
/// at least three of these four classes.
#[unsafe(no_mangle)]
pub extern "C" fn sip_password_exotel() -> *const Policy {
    Policy::show(&EXOTEL)
}

/// A rule for passwords chosen for NXCloud, which states none: 8 to 32 letters and digits, with upper case,
/// lower case and a digit.
#[unsafe(no_mangle)]
pub extern "C" fn sip_password_nxcloud() -> *const Policy {
    Policy::show(&NXCLOUD)
}

/// The passwords that NXCloud's server makes: 6 digits. Weak: prefer sip_password_nxcloud().
#[unsafe(no_mangle)]
pub extern "C" fn sip_password_nxcloud_random() -> *const Policy {
    Policy::show(&NXCLOUD_RANDOM)
}

/// The policy of that name: "exotel", "huawei", "nxcloud" or "nxcloud-random"; NULL where there is none, or
/// where `name` is NULL. All of them are linked in then; each function above brings one.
///
/// # Safety
///
/// `name` is NULL or ends with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sip_password_preset(name: *const c_char) -> *const Policy {
    // SAFETY: as the caller promises.
    let name = unsafe { pointer::string(name) };
    let preset = name.and_then(|name| name.to_str().ok()).and_then(Preset::named);
    preset.map_or(ptr::null(), |preset| Policy::show(preset.policy))
}

/// The shortest compliant password, in characters; 0 where the policy is NULL.
///
/// # Safety
///
/// `policy` is NULL or a policy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sip_password_min_length(policy: *const Policy) -> usize {
    // SAFETY: as the caller promises.
    unsafe { Policy::see(policy) }.map_or(0, |policy| policy.rules().min_length.into())
}

/// The longest compliant password, in characters; 0 where the policy is NULL.
///
/// # Safety
///
/// `policy` is NULL or a policy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sip_password_max_length(policy: *const Policy) -> usize {
    // SAFETY: as the caller promises.
    unsafe { Policy::see(policy) }.map_or(0, |policy| policy.rules().max_length.into())
}

/// The length to generate where nobody asks for another, in characters; 0 where the policy is NULL.
///
/// # Safety
///
/// `policy` is NULL or a policy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sip_password_default_length(policy: *const Policy) -> usize {
    // SAFETY: as the caller promises.
    unsafe { Policy::see(policy) }.map_or(0, |policy| policy.rules().default_length.into())
}

/// How many bits a generated password of `length` characters is worth: its min-entropy, which is the
/// logarithm to base 2 of how many there are, since none is likelier than another.
///
/// `*bits` is 0 where none of this length is generated: SIP_PASSWORD_STATUS_LENGTH,
/// SIP_PASSWORD_STATUS_INFEASIBLE or SIP_PASSWORD_STATUS_TOO_RARE.
///
/// Cost: they are counted, for the vendors' policies in some 10 microseconds of a PC and on a stack of 32
/// KiB; for others see sip_password_policy_new.
///
/// # Safety
///
/// `policy` is NULL or a policy; `bits` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sip_password_bits(policy: *const Policy, length: usize, bits: *mut f64) -> Status {
    // SAFETY: both as the caller promises.
    let (policy, bits) = unsafe { (Policy::see(policy), pointer::variable(bits, 0.0)) };
    let (Some(policy), Some(bits)) = (policy, bits) else { return Status::Null };
    let rules = policy.rules();
    if length < rules.min_length.into() || length > rules.max_length.into() {
        return Status::Length;
    }
    let worth = policy.bits(length);
    if !worth.is_finite() {
        return Status::Infeasible;
    }
    if policy.tries(length).is_none() {
        return Status::TooRare;
    }
    *bits = worth;
    Status::Ok
}

impl Policy {
    /// As C is shown it: without what is inside.
    pub(crate) const fn show(policy: &sip_password::Policy<'_>) -> *const Self {
        ptr::from_ref(policy).cast()
    }

    /// The inverse of [`show`](Self::show); `None` for NULL.
    ///
    /// # Safety
    ///
    /// `policy` is NULL or comes from [`show`](Self::show), and what it shows is still there for `'a`.
    pub(crate) unsafe fn see<'a>(policy: *const Self) -> Option<&'a sip_password::Policy<'a>> {
        // SAFETY: as the caller promises.
        unsafe { policy.cast::<sip_password::Policy<'a>>().as_ref() }
    }
}
