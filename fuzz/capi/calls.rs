//! A call of each function, and what it must do.

use std::{ffi::CStr, mem::MaybeUninit, ptr};

use sip_password::{Natural, Policy, System};

use crate::{
    Both, check as c_check,
    described::c_string,
    generate as c_generate,
    memory::{Room, Text, all_zero},
    naive, policy,
    random::Parts,
    source::{Source, draw},
    status::{self, Status},
    wipe as c_wipe,
};

fn assert_is(status: Status, expected: Status) {
    assert_eq!(status as i32, expected as i32);
}

/// The outcome of a check: the status, the violations as bits, and the reasons as text.
fn expected(policy: &Policy, password: &[u8]) -> (Status, u16, String) {
    let verdict = policy.check(password);
    let kinds = match (str::from_utf8(password), &verdict) {
        (Ok(text), _) => naive::check(&policy.rules(), text).iter().map(|reason| reason.kind).collect(),
        (Err(_), Err(violations)) => violations.kinds().iter().collect(),
        (Err(_), Ok(_)) => Vec::new(),
    };
    let bits = kinds.into_iter().fold(0, |bits, kind| bits | 1 << kind as u16);
    match verdict {
        Ok(_) => (Status::Ok, bits, String::new()),
        Err(violations) => (Status::NotCompliant, bits, violations.to_string()),
    }
}

pub(crate) fn check(policy: Both<'_>, password: &Text, with_result: bool, parts: &Parts) {
    let text = password.memory(parts);
    let mut violations = MaybeUninit::new(u16::MAX);
    let result = with_result.then_some(&mut violations);
    // SAFETY: the text has as many bytes as stated, unless the length is impossible.
    let status = unsafe { c_check::sip_password_check(policy.c, text.pointer(), text.length, result) };
    let (expected, bits) = match (policy.rust, text.valid_bytes()) {
        (Some(policy), Some(password)) => {
            let (status, bits, _) = expected(policy, password);
            (status, bits)
        }
        _ => (Status::Null, 0),
    };
    assert_is(status, expected);
    // SAFETY: it was initialised above, and the function writes nothing but numbers.
    assert_eq!(unsafe { violations.assume_init() }, if with_result { bits } else { u16::MAX });
}

pub(crate) fn reasons(policy: Both<'_>, password: &Text, room: &Room, with_result: bool, parts: &Parts) {
    let text = password.memory(parts);
    let mut buffer = room.memory();
    let mut needed = MaybeUninit::new(usize::MAX);
    let result = with_result.then_some(&mut needed);
    let (pointer, size) = (buffer.pointer_mut(), buffer.length);
    // SAFETY: text and buffer have as many bytes as stated, unless the length is impossible.
    let status = unsafe {
        c_check::sip_password_reasons(policy.c, text.pointer(), text.length, pointer, size, result)
    };
    let (mut expected_status, mut expected_text, mut whole) = (Status::Null, String::new(), 0);
    if let (Some(policy), Some(password), true) = (policy.rust, text.valid_bytes(), buffer.is_valid) {
        (expected_status, _, expected_text) = expected(policy, password);
        whole = expected_text.len() + 1;
        if whole > size {
            expected_status = Status::ShortBuffer;
            expected_text.truncate(expected_text.floor_char_boundary(size.saturating_sub(1)));
        }
    }
    assert_is(status, expected_status);
    // SAFETY: it was initialised above, and the function writes nothing but numbers.
    assert_eq!(unsafe { needed.assume_init() }, if with_result { whole } else { usize::MAX });
    if let Some(buffer) = buffer.valid_bytes() {
        let (written, rest) = buffer.split_at(expected_text.len());
        assert_eq!(written, expected_text.as_bytes());
        assert!(all_zero(rest));
    }
}

/// A length that the policy allows, the next one on either side, or any.
pub(crate) fn length(length: u16, policy: Both<'_>) -> usize {
    let (min, max) = policy.rust.map_or((1, 1), |policy| policy.lengths().into_inner());
    match usize::from(length) {
        any @ 60_000.. => usize::MAX - (any - 60_000),
        usual => min - 1 + (usual + 1) % (max - min + 3),
    }
}

pub(crate) fn generate(policy: Both<'_>, source: &Source, room: &Room, length: usize) {
    let mut buffer = room.memory();
    let (mut source, mut reference) = (source.clone(), source.clone());
    let callback: c_generate::Source = if source.is_null { None } else { Some(draw) };
    let context = (&raw mut source).cast();
    let (pointer, size) = (buffer.pointer_mut(), buffer.length);
    // SAFETY: the context is the source that the callback expects, and the buffer has as many bytes as stated, unless the length
    // is impossible.
    let status =
        unsafe { c_generate::sip_password_generate(policy.c, callback, context, pointer, size, length) };
    let mut password = Vec::new();
    let expected = match policy.rust {
        Some(_) if source.is_null || !buffer.is_valid => Status::Null,
        Some(_) if size <= length => Status::ShortBuffer,
        Some(policy) => {
            password.resize(length, b'#');
            let generated = policy.generate(&mut reference, &mut password).map(drop);
            generated.err().map_or(Status::Ok, Status::from)
        }
        None => Status::Null,
    };
    assert_is(status, expected);
    assert_eq!(source.draws, reference.draws);
    if let Some(buffer) = buffer.valid_bytes() {
        let password = if matches!(expected, Status::Ok) { password.as_slice() } else { &[] };
        let (written, rest) = buffer.split_at(password.len());
        assert_eq!(written, password);
        assert!(all_zero(rest));
    }
}

pub(crate) fn entropy(policy: Both<'_>, length: usize, with_result: bool) {
    let mut bits = MaybeUninit::new(f64::NAN);
    let status = policy::sip_password_entropy(policy.c, length, with_result.then_some(&mut bits));
    let expected = match policy.rust.filter(|_| with_result) {
        None => (Status::Null, 0.0),
        Some(policy) if !policy.lengths().contains(&length) => (Status::LengthNotAllowed, 0.0),
        Some(_) if length > sip_password::MAX_LENGTH => (Status::LengthNotGenerated, 0.0),
        Some(policy) => {
            let counts = policy.counts();
            if counts.generated(length) == Natural::ZERO {
                (Status::LengthInfeasible, 0.0)
            } else if policy.tries(length).is_none() {
                (Status::LengthTooRare, 0.0)
            } else {
                (Status::Ok, counts.entropy(length))
            }
        }
    };
    assert_is(status, expected.0);
    // SAFETY: it was initialised above, and the function writes nothing but numbers.
    let bits = unsafe { bits.assume_init() };
    assert!(if with_result { bits == expected.1 } else { bits.is_nan() });
}

pub(crate) fn lengths(policy: Both<'_>) {
    let lengths = [
        policy::sip_password_min_length(policy.c),
        policy::sip_password_max_length(policy.c),
        policy::sip_password_default_length(policy.c),
    ];
    let expected = policy.rust.map_or([0; 3], |policy| {
        let rules = policy.rules();
        [rules.min_length().into(), rules.max_length(), rules.default_length().into()].map(usize::from)
    });
    assert_eq!(lengths, expected);
}

pub(crate) fn message(status: i32) {
    // SAFETY: the message is a constant that ends with a NUL.
    let text = unsafe { CStr::from_ptr(status::sip_password_status_message(status)) };
    let text = text.to_str().expect("the messages are English");
    assert!(!text.is_empty() && !text.ends_with('.') && !text.contains('\n'));
    let known = (0..=Status::LAST as i32).contains(&status);
    assert_eq!(known, text != "not a status");
}

pub(crate) fn preset(which: u8, more: &[u8]) {
    let names = ["", "exotel", "huawei", "nxcloud", "nxcloud-random", "Twilio", "asterisk", "zoom"];
    let mut name = names[usize::from(which) % names.len()].as_bytes().to_vec();
    name.extend_from_slice(more);
    let name = c_string(&name);
    // SAFETY: the name ends with a NUL.
    let found = unsafe { policy::sip_password_preset(name.as_ptr()) };
    let expected = match name.as_bytes() {
        b"exotel" => Some(policy::sip_password_exotel()),
        b"huawei" => Some(policy::sip_password_huawei()),
        b"nxcloud" => Some(policy::sip_password_nxcloud()),
        b"nxcloud-random" => Some(policy::sip_password_nxcloud_random()),
        _ => None,
    };
    assert_eq!(found.map(ptr::from_ref), expected.map(ptr::from_ref));
    let system = name.to_str().ok().and_then(System::named);
    let mut certainty = MaybeUninit::uninit();
    // SAFETY: the name ends with a NUL.
    let named = unsafe { policy::sip_password_named(name.as_ptr(), Some(&mut certainty)) };
    // SAFETY: the function sets it in any case.
    let certainty = unsafe { certainty.assume_init() } as i32;
    assert_eq!(named.is_none(), certainty == policy::Certainty::None as i32);
    match (expected, system) {
        (Some(vendor), _) => assert!(ptr::eq(named.expect("it is a vendor"), vendor)),
        (None, Some(system)) => assert!(ptr::eq(named.expect("it is a system"), system.preset.policy)),
        // A vendor's name in another case of letters.
        (None, None) => assert!(named.is_none_or(|_| certainty > 0 && !name.is_empty())),
    }
    // SAFETY: NULL is allowed.
    assert!(unsafe { policy::sip_password_preset(ptr::null()) }.is_none());
    // SAFETY: NULL is allowed.
    assert!(unsafe { policy::sip_password_named(ptr::null(), None) }.is_none());
}

pub(crate) fn wipe(room: &Room, left: u8) {
    let mut buffer = room.memory();
    if buffer.bytes.is_some() && !buffer.is_valid {
        // The function cannot know that the length is impossible.
        return;
    }
    let size = buffer.length.saturating_sub(left.into());
    // SAFETY: the pointer is NULL, or points to at least as many bytes.
    unsafe { c_wipe::sip_password_wipe(buffer.pointer_mut().cast(), size) };
    if let Some(buffer) = buffer.valid_bytes() {
        let (wiped, rest) = buffer.split_at(size);
        assert!(all_zero(wiped) && rest.iter().all(|&byte| byte == b'#'));
    }
}
