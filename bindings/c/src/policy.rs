//! The vendors' policies, and the questions that any policy answers.

use core::{ffi::c_char, mem::MaybeUninit};

use sip_password::{
    self as library, EXOTEL, HUAWEI, MAX_LENGTH, NXCLOUD, NXCLOUD_RANDOM, PRESETS, Policy, Preset, System,
};

use crate::{
    pointer::{self, set},
    status::Status,
};

/// The SIP phone passwords of Huawei Cloud CEC's default rule group: 8 to 16 characters of at least three of
/// these four classes: upper case, lower case, digits and ~@^*_+.?
#[unsafe(no_mangle)]
pub extern "C" fn sip_password_huawei() -> &'static Policy {
    &HUAWEI
}

/// The SIP passwords of Exotel CCM v2: 8 to 64 characters of at least three of these four classes: upper case,
/// lower case, digits and !@#$%^&*
#[unsafe(no_mangle)]
pub extern "C" fn sip_password_exotel() -> &'static Policy {
    &EXOTEL
}

/// Passwords chosen for NXCloud, which publishes no rule: 8 to 32 letters and digits, with at least one of each
/// of upper case, lower case and digits.
#[unsafe(no_mangle)]
pub extern "C" fn sip_password_nxcloud() -> &'static Policy {
    &NXCLOUD
}

/// The passwords that NXCloud's server makes: 6 digits. They are weak: prefer sip_password_nxcloud().
#[unsafe(no_mangle)]
pub extern "C" fn sip_password_nxcloud_random() -> &'static Policy {
    &NXCLOUD_RANDOM
}

/// The policy with this name: "exotel", "huawei", "nxcloud" or "nxcloud-random"; NULL if there is none, or if
/// `name` is NULL. A program that calls this links all four; each function above links one.
///
/// # Safety
///
/// `name` is NULL or ends with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sip_password_preset(name: *const c_char) -> Option<&'static Policy> {
    // SAFETY: as the caller promises.
    let name = unsafe { pointer::string(name) }?.to_str().ok()?;
    Preset::named(name).map(|preset| preset.policy)
}

/// How sure it is that a rule is the system's own. None was tested against a live service. Numbers keep their meaning; a higher one is
/// surer.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum Certainty {
    /// There is no rule of this name.
    None = 0,
    /// A guess, or a rule of this library where the vendor states none.
    Low,
    /// A strong inference, or the word of a community.
    Medium,
    /// The vendor's own text or source code was read.
    High,
}

/// The policy of a vendor or of a system of the catalogue, by its name or another name of it, in any case of letters:
/// "huawei", "twilio", "yealink". docs/CATALOGUE.md lists the names, with the source of each rule. NULL if there is none,
/// or if `name` is NULL.
///
/// `*certainty` is how sure the rule is. Tell the user unless it is SIP_PASSWORD_CERTAINTY_HIGH. `certainty` can be NULL.
///
/// A program that calls this links the whole catalogue, some 60 KiB of constants.
///
/// # Safety
///
/// `name` is NULL or ends with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sip_password_named(
    name: *const c_char,
    mut certainty: Option<&mut MaybeUninit<Certainty>>,
) -> Option<&'static Policy> {
    set(&mut certainty, Certainty::None);
    // SAFETY: as the caller promises.
    let name = unsafe { pointer::string(name) }?.to_str().ok()?;
    let vendor = PRESETS.iter().copied().find(|preset| preset.name.eq_ignore_ascii_case(name));
    let preset = vendor.or_else(|| System::named(name).map(|system| &system.preset))?;
    let known = match preset.certainty {
        library::Certainty::High => Certainty::High,
        library::Certainty::Medium => Certainty::Medium,
        _ => Certainty::Low,
    };
    set(&mut certainty, known);
    Some(preset.policy)
}

/// The shortest compliant password, in characters; 0 if the policy is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn sip_password_min_length(policy: Option<&Policy>) -> usize {
    policy.map_or(0, |policy| *policy.lengths().start())
}

/// The longest compliant password, in characters; 0 if the policy is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn sip_password_max_length(policy: Option<&Policy>) -> usize {
    policy.map_or(0, |policy| *policy.lengths().end())
}

/// The length to generate unless the user asks for another, in characters; 0 if the policy is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn sip_password_default_length(policy: Option<&Policy>) -> usize {
    policy.map_or(0, Policy::default_length)
}

/// The min-entropy of a generated password of `length` characters, in bits: the logarithm to base 2 of the
/// number of such passwords, since each has the same probability.
///
/// `*bits` is 0 if no password of this length can be generated: SIP_PASSWORD_STATUS_LENGTH_NOT_ALLOWED,
/// SIP_PASSWORD_STATUS_LENGTH_NOT_GENERATED, SIP_PASSWORD_STATUS_LENGTH_INFEASIBLE or
/// SIP_PASSWORD_STATUS_LENGTH_TOO_RARE; or if there are too many cases to count, as for some systems of the catalogue:
/// SIP_PASSWORD_STATUS_RULES_TOO_COMPLEX.
///
/// Cost: the compliant passwords of every length are counted, as in sip_password_policy_new.
#[unsafe(no_mangle)]
pub extern "C" fn sip_password_entropy(
    policy: Option<&Policy>,
    length: usize,
    mut bits: Option<&mut MaybeUninit<f64>>,
) -> Status {
    set(&mut bits, 0.0);
    let (Some(policy), Some(bits)) = (policy, bits) else { return Status::Null };
    if !policy.lengths().contains(&length) {
        return Status::LengthNotAllowed;
    }
    if length > MAX_LENGTH {
        return Status::LengthNotGenerated;
    }
    let entropy = policy.entropy(length);
    match (entropy.is_finite(), policy.tries(length)) {
        (false, None) => return Status::LengthInfeasible,
        // What is tried was counted: by whoever made the catalogue.
        (false, Some(_)) => return Status::RulesTooComplex,
        (true, None) => return Status::LengthTooRare,
        (true, Some(_)) => {}
    }
    bits.write(entropy);
    Status::Ok
}
