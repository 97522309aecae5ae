//! Anything that C may hand over: parts of rules, texts without UTF-8, NULL, impossible lengths, buffers that are too small, and a
//! random source that fails, repeats itself or is stuck. What comes back is what the library says of the same policy, described in
//! Rust, and the naive twin. Each text and buffer is an allocation of its own size, so that AddressSanitizer sees a byte too many; and
//! what the policy has copied is freed before it is used.
//!
//! The C face itself is a library that cannot panic, which its `run` shows. Here its source is compiled with all assertions.

#![no_main]

#[path = "../../bindings/c/src/check.rs"]
mod check;
#[path = "../../bindings/c/src/generate.rs"]
mod generate;
#[path = "../../tests/it/naive.rs"]
mod naive;
#[path = "../../bindings/c/src/pointer.rs"]
mod pointer;
#[path = "../../bindings/c/src/policy.rs"]
mod policy;
#[path = "../random.rs"]
mod random;
#[path = "../../bindings/c/src/rules.rs"]
mod rules;
#[path = "../../bindings/c/src/status.rs"]
mod status;
#[path = "../../bindings/c/src/wipe.rs"]
mod wipe;

use std::{
    ffi::{CStr, CString, c_char, c_int, c_void},
    ptr,
};

use arbitrary::Arbitrary;
use libfuzzer_sys::{Corpus, fuzz_target};
use random::RandomRules;
use sip_password::{
    CharSet, Class, ClassSet, MAX_CLASSES, Natural, PRESETS, Policy, Rules,
    rand_core::{TryCryptoRng, TryRng},
};
use status::Status;

#[derive(Arbitrary, Debug)]
struct Case {
    rules: RandomRules,
    /// Where it is not the greatest.
    default_length: Option<u8>,
    faults: Vec<Fault>,
    /// Which policy: see [`choose`].
    policy: u8,
    /// Which of the results that may be NULL are not.
    wanted: [bool; 3],
    /// See [`length`].
    length: u16,
    source: Source,
    room: Room,
    wiped: u8,
    status: i16,
    preset: (u8, Vec<u8>),
    text: Room,
    password: Text,
}

/// What is wrong with what C hands over, and what Rust has no word for.
#[derive(Arbitrary, Debug)]
enum Fault {
    NoStorage,
    NoRules,
    NoPolicy,
    NoClasses,
    ManyClasses(usize),
    /// Of the class at a place, if there is one.
    Name(u8, Option<Vec<u8>>),
    Characters(u8, Option<Vec<u8>>),
    Uncounted(Vec<u8>),
    NeverGenerated(Vec<u8>),
    Context(Vec<u8>),
}

/// What a pointer is to. Of both, 0 is the usual kind: bytes that are missing at the end of an input are 0.
#[derive(Arbitrary, Debug)]
struct Text {
    kind: u8,
    /// The bytes, or places as [`random::password`] has them.
    bytes: Vec<u8>,
}

#[derive(Arbitrary, Debug)]
struct Room {
    kind: u8,
    size: u16,
}

/// More than memory can have.
const IMPOSSIBLE: usize = isize::MAX as usize + 1;
/// More steps than this take milliseconds.
const MOST_STEPS: usize = 40_000;

/// A random source. C calls it, and the library by itself.
#[derive(Arbitrary, Clone, Debug)]
struct Source {
    kind: Kind,
    is_null: bool,
    /// How often it gives something before it fails, and what it returns then.
    good: u16,
    failure: c_int,
    #[arbitrary(value = 0)]
    draws: usize,
}

#[derive(Arbitrary, Clone, Debug)]
enum Kind {
    Random(u64),
    Constant(u8),
    Repeating(Vec<u8>),
}

impl Source {
    /// 0, and random bytes, or another number.
    fn draw(&mut self, bytes: &mut [u8]) -> c_int {
        assert_eq!(bytes.len(), 4, "as the header says");
        self.draws += 1;
        match &mut self.kind {
            Kind::Random(state) => bytes.fill_with(|| {
                // Knuth's generator.
                *state =
                    state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (*state >> 56) as u8
            }),
            Kind::Constant(byte) => bytes.fill(*byte),
            Kind::Repeating(period) => {
                bytes.fill(0);
                let period = period.iter().copied().cycle().skip(4 * self.draws);
                bytes.iter_mut().zip(period).for_each(|(byte, random)| *byte = random);
            }
        }
        if self.draws <= usize::from(self.good % 4096) { 0 } else { self.failure.max(1) }
    }
}

/// What a [`Source`] is for the library.
struct Twin<'a>(&'a mut Source);

#[derive(Debug)]
struct Failed;

impl std::fmt::Display for Failed {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Failed {}

impl TryRng for Twin<'_> {
    type Error = Failed;

    fn try_next_u32(&mut self) -> Result<u32, Failed> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Failed> {
        unreachable!("words of 32 bits are drawn")
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Failed> {
        if self.0.draw(bytes) == 0 { Ok(()) } else { Err(Failed) }
    }
}

impl TryCryptoRng for Twin<'_> {}

/// What C calls.
///
/// # Safety
///
/// `source` is a [`Source`] that nobody else uses, and `bytes` can be written.
unsafe extern "C" fn draw(source: *mut c_void, bytes: *mut u8, length: usize) -> c_int {
    // SAFETY: both as the caller promises.
    let (source, bytes) =
        unsafe { (&mut *source.cast::<Source>(), std::slice::from_raw_parts_mut(bytes, length)) };
    source.draw(bytes)
}

fn assert_is(status: Status, expected: Status) {
    assert_eq!(status as i32, expected as i32);
}

/// A string of C's, which ends before the first NUL.
fn c_string(bytes: &[u8]) -> CString {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    CString::new(&bytes[..end]).expect("there is no NUL")
}

fn pointer_to(string: Option<&CString>) -> *const c_char {
    string.map_or(ptr::null(), |string| string.as_ptr())
}

/// The rules, as C has them.
struct Described {
    names: Vec<Option<CString>>,
    characters: Vec<Option<CString>>,
    uncounted: Option<CString>,
    never_generated: Option<CString>,
    context: Option<CString>,
    class_count: usize,
    no_storage: bool,
    no_rules: bool,
    no_policy: bool,
    no_classes: bool,
}

impl Described {
    fn new(parts: &naive::Parts, faults: &[Fault]) -> Self {
        let some = |set: CharSet| Some(c_string(set.iter().collect::<String>().as_bytes()));
        let mut described = Self {
            names: parts.names.iter().map(|name| Some(c_string(name.as_bytes()))).collect(),
            characters: parts.sets.iter().map(|&set| some(set)).collect(),
            uncounted: some(parts.uncounted).filter(|string| !string.is_empty()),
            never_generated: some(parts.never_generated),
            context: parts.context.as_ref().map(|word| c_string(word.as_bytes())),
            class_count: parts.sets.len(),
            no_storage: false,
            no_rules: false,
            no_policy: false,
            no_classes: false,
        };
        for fault in faults {
            match fault {
                Fault::NoStorage => described.no_storage = true,
                Fault::NoRules => described.no_rules = true,
                Fault::NoPolicy => described.no_policy = true,
                Fault::NoClasses => described.no_classes = true,
                Fault::ManyClasses(count) => described.class_count = (*count).max(MAX_CLASSES + 1),
                Fault::Name(place, name) => {
                    if let Some(to) = described.names.get_mut(usize::from(*place % 8)) {
                        *to = name.as_deref().map(c_string);
                    }
                }
                Fault::Characters(place, characters) => {
                    if let Some(to) = described.characters.get_mut(usize::from(*place % 8)) {
                        *to = characters.as_deref().map(c_string);
                    }
                }
                Fault::Uncounted(characters) => described.uncounted = Some(c_string(characters)),
                Fault::NeverGenerated(characters) => described.never_generated = Some(c_string(characters)),
                Fault::Context(word) => described.context = Some(c_string(word)),
            }
        }
        described
    }

    /// What can be said of them before they are rules.
    fn wrong(&self) -> Vec<Status> {
        if self.no_storage || self.no_rules || self.no_policy {
            return vec![Status::Null];
        }
        if self.class_count > MAX_CLASSES {
            return vec![Status::RulesTooManyClasses];
        }
        let mut wrong = Vec::new();
        let mut check = |is_wrong: bool, status: Status| wrong.extend(is_wrong.then_some(status));
        check(self.no_classes && self.class_count > 0, Status::Null);
        for string in self.names.iter().chain(&self.characters) {
            check(string.is_none(), Status::Null);
        }
        for string in self.names.iter().chain([&self.context]).flatten() {
            check(string.to_str().is_err(), Status::RulesNotUtf8);
        }
        for string in self.characters.iter().chain([&self.uncounted, &self.never_generated]).flatten() {
            check(string.bytes().any(|byte| !(b' '..=b'~').contains(&byte)), Status::RulesNotPrintable);
        }
        wrong
    }
}

trait Bytes {
    fn bytes(&self) -> impl Iterator<Item = u8>;
}

impl Bytes for CString {
    fn bytes(&self) -> impl Iterator<Item = u8> {
        self.as_bytes().iter().copied()
    }
}

/// The characters of a string, which are printable ASCII.
fn set(string: Option<&CString>) -> CharSet {
    string.map_or(CharSet::EMPTY, |string| CharSet::of(string.to_str().expect("it is ASCII")))
}

/// The policy as C has it, and as Rust has it.
type Both<'a> = (*const policy::Policy, Option<&'a Policy<'a>>);

/// Calls the functions, after the rules were handed over.
fn with_policy(case: &Case, parts: &naive::Parts, calls: impl FnOnce(Both<'_>)) {
    let mut described = Described::new(parts, &case.faults);
    let default_length = case.default_length.unwrap_or(parts.lengths.1);
    let (longest_run, first) = (parts.longest_run.unwrap_or(0), parts.first.unwrap_or(0));
    let classes: Box<[rules::Class]> = (described.names.iter().zip(&described.characters).zip(&parts.minima))
        .map(|((name, characters), &minimum)| rules::Class {
            name: pointer_to(name.as_ref()),
            characters: pointer_to(characters.as_ref()),
            minimum,
        })
        .collect();
    let handed = Box::new(rules::Rules {
        min_length: parts.lengths.0,
        max_length: parts.lengths.1,
        default_length,
        classes: if described.no_classes { ptr::null() } else { classes.as_ptr() },
        class_count: described.class_count,
        required_classes: parts.required,
        uncounted: pointer_to(described.uncounted.as_ref()),
        never_generated: pointer_to(described.never_generated.as_ref()),
        longest_run,
        first,
        context: pointer_to(described.context.as_ref()),
    });
    let mut storage = Box::new(rules::Storage { words: [0xaaaa_aaaa_aaaa_aaaa; 128] });
    // Something that is not NULL.
    let mut made = policy::sip_password_huawei();
    // SAFETY: each pointer is NULL or to what it should be, and there are as many classes as it says, or too many.
    let status = unsafe {
        rules::sip_password_policy_new(
            if described.no_storage { ptr::null_mut() } else { &raw mut *storage },
            if described.no_rules { ptr::null() } else { &raw const *handed },
            if described.no_policy { ptr::null_mut() } else { &raw mut made },
        )
    };
    let wrong = described.wrong();
    if !wrong.is_empty() {
        assert!(wrong.iter().any(|&wrong| wrong as i32 == status as i32), "{}", status as i32);
        assert!(made.is_null() != described.no_policy);
        return calls((ptr::null(), None));
    }

    let names: Vec<String> = (described.names.iter().flatten())
        .map(|name| name.to_str().expect("it is UTF-8").to_owned())
        .collect();
    let twins: Vec<_> = (names.iter().zip(&described.characters).zip(&parts.minima))
        .map(|((name, characters), &minimum)| Class::new(name, set(characters.as_ref())).at_least(minimum))
        .collect();
    let context = described.context.as_ref().map(|word| word.to_str().expect("it is UTF-8").to_owned());
    let twin = Policy::new(Rules {
        min_length: parts.lengths.0,
        max_length: parts.lengths.1,
        default_length,
        classes: &twins,
        required_classes: parts.required,
        uncounted: set(described.uncounted.as_ref()),
        never_generated: set(described.never_generated.as_ref()),
        longest_run: (longest_run != 0).then_some(longest_run),
        first: (first != 0)
            .then(|| (0..8).filter(|place| first >> place & 1 == 1).fold(ClassSet::EMPTY, ClassSet::with)),
        context: context.as_deref(),
    });
    // All but the storage, the names and the word.
    drop((handed, classes));
    described.characters.clear();
    (described.uncounted, described.never_generated) = (None, None);
    match twin {
        Ok(twin) => {
            assert_is(status, Status::Ok);
            assert!(!made.is_null());
            calls((made, Some(&twin)));
        }
        Err(error) => {
            assert_is(status, Status::from(error));
            assert!(made.is_null());
            calls((ptr::null(), None));
        }
    }
}

/// The policy that was made, a preset, or NULL.
fn choose(which: u8, made: Both<'_>) -> Both<'_> {
    let presets = [
        policy::sip_password_exotel(),
        policy::sip_password_huawei(),
        policy::sip_password_nxcloud(),
        policy::sip_password_nxcloud_random(),
    ];
    match usize::from(which) {
        255 => (ptr::null(), None),
        which @ 192.. => (presets[which % 4], Some(PRESETS[which % 4].policy)),
        _ => made,
    }
}

/// A text of C's: what owns it, its length as C says it, and whether that is so.
fn text(text: &Text, parts: &naive::Parts) -> (Option<Box<[u8]>>, usize, bool) {
    let bytes = match text.kind {
        0..=127 => random::password(parts, &text.bytes).into_bytes(),
        _ => text.bytes.clone(),
    };
    let length = bytes.len();
    match text.kind {
        255 => (Some([0].into()), IMPOSSIBLE + length, false),
        254 => (None, length, false),
        _ => (Some(bytes.into()), length, true),
    }
}

/// A buffer of C's: what owns it, its size as C says it, and whether that is so.
fn room(room: &Room) -> (Option<Box<[u8]>>, usize, bool) {
    let size = usize::from(room.size);
    let filled = |size: usize| Some(vec![b'#'; size].into());
    match room.kind {
        255 => (filled(1), IMPOSSIBLE + size, false),
        254 => (None, size, false),
        128..=253 => (filled(size % 16), size % 16, true),
        _ => (filled((size + 80) % 700), (size + 80) % 700, true),
    }
}

/// One that the policy allows, one that is next to these, or any.
fn length(length: u16, (_, twin): Both<'_>) -> usize {
    let (min, max) = twin.map_or((1, 1), |twin| (twin.rules().min_length, twin.rules().max_length));
    match usize::from(length) {
        any @ 60_000.. => usize::MAX - (any - 60_000),
        usual => usize::from(min) - 1 + (usual + 1) % (usize::from(max - min) + 3),
    }
}

fn pointer_in(bytes: Option<&[u8]>) -> *const c_char {
    bytes.map_or(ptr::null(), |bytes| bytes.as_ptr().cast())
}

fn pointer_into(bytes: Option<&mut [u8]>) -> *mut c_char {
    bytes.map_or(ptr::null_mut(), |bytes| bytes.as_mut_ptr().cast())
}

fn all_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| byte == 0)
}

/// What is wrong with a password: the status, the bits, and the words.
fn expected(policy: &Policy<'_>, password: &[u8]) -> (Status, u16, String) {
    let verdict = policy.check(password);
    let bits = match str::from_utf8(password) {
        Ok(text) => naive::check(policy.rules(), text).iter().map(|reason| reason.code).collect(),
        Err(_) => verdict.err().map_or(Vec::new(), |violations| violations.codes().iter().collect()),
    };
    let bits = bits.into_iter().fold(0, |bits, code| bits | 1 << code as u16);
    match policy.check(password) {
        Ok(_) => (Status::Ok, bits, String::new()),
        Err(violations) => (Status::NotCompliant, bits, violations.to_string()),
    }
}

fn check((policy, twin): Both<'_>, password: &Text, wanted: bool, parts: &naive::Parts) {
    let (owner, length, is_text) = text(password, parts);
    let mut violations = u16::MAX;
    let to = if wanted { &raw mut violations } else { ptr::null_mut() };
    // SAFETY: the policy is one, the text is there unless its length is impossible, and the variable can be written.
    let status = unsafe { check::sip_password_check(policy, pointer_in(owner.as_deref()), length, to) };
    let (expected, bits) = match (twin, owner) {
        (Some(twin), Some(password)) if is_text => {
            let (status, bits, _) = expected(twin, &password);
            (status, bits)
        }
        _ => (Status::Null, 0),
    };
    assert_is(status, expected);
    assert_eq!(violations, if wanted { bits } else { u16::MAX });
}

fn reasons((policy, twin): Both<'_>, password: &Text, to: &Room, wanted: bool, parts: &naive::Parts) {
    let (owner, length, is_text) = text(password, parts);
    let (mut buffer, size, is_room) = room(to);
    let mut needed = usize::MAX;
    let needed_to = if wanted { &raw mut needed } else { ptr::null_mut() };
    // SAFETY: the policy is one, the text and the buffer are there unless they are impossible, and the variable can be written.
    let status = unsafe {
        let (password, text) = (pointer_in(owner.as_deref()), pointer_into(buffer.as_deref_mut()));
        check::sip_password_reasons(policy, password, length, text, size, needed_to)
    };
    let (mut expected_status, mut text, mut whole) = (Status::Null, String::new(), 0);
    if let (Some(twin), Some(password), true, true) = (twin, owner, is_text, is_room) {
        (expected_status, _, text) = expected(twin, &password);
        whole = text.len() + 1;
        if whole > size {
            expected_status = Status::ShortBuffer;
            text.truncate(text.floor_char_boundary(size.saturating_sub(1)));
        }
    }
    assert_is(status, expected_status);
    assert_eq!(needed, if wanted { whole } else { usize::MAX });
    if let (Some(buffer), true) = (buffer, is_room) {
        let (said, rest) = buffer.split_at(text.len());
        assert_eq!(said, text.as_bytes());
        assert!(all_zero(rest));
    }
}

fn generate((policy, twin): Both<'_>, source: &Source, to: &Room, length: usize) {
    let (mut buffer, size, is_room) = room(to);
    let (mut source, mut twins) = (source.clone(), source.clone());
    let callback: generate::Entropy = if source.is_null { None } else { Some(draw) };
    let context = (&raw mut source).cast();
    // SAFETY: the policy is one, the callback is handed its source, and the buffer is there unless it is impossible.
    let status = unsafe {
        let buffer = pointer_into(buffer.as_deref_mut());
        generate::sip_password_generate(policy, callback, context, buffer, size, length)
    };
    let mut password = Vec::new();
    let expected = match twin {
        Some(_) if source.is_null || !is_room => Status::Null,
        Some(_) if size <= length => Status::ShortBuffer,
        Some(twin) => {
            password.resize(length, b'#');
            let made = twin.generate(&mut Twin(&mut twins), &mut password).map(drop);
            made.err().map_or(Status::Ok, Status::from)
        }
        None => Status::Null,
    };
    assert_is(status, expected);
    assert_eq!(source.draws, twins.draws);
    if let (Some(buffer), true) = (buffer, is_room) {
        let made = if matches!(expected, Status::Ok) { password.as_slice() } else { &[] };
        let (said, rest) = buffer.split_at(made.len());
        assert_eq!(said, made);
        assert!(all_zero(rest));
    }
}

fn bits((policy, twin): Both<'_>, length: usize, wanted: bool) {
    let mut bits = f64::NAN;
    let to = if wanted { &raw mut bits } else { ptr::null_mut() };
    // SAFETY: the policy is one, and the variable can be written.
    let status = unsafe { policy::sip_password_bits(policy, length, to) };
    let expected = match twin.filter(|_| wanted) {
        None => (Status::Null, 0.0),
        Some(twin) => {
            let (min, max) = (twin.rules().min_length.into(), twin.rules().max_length.into());
            if !(min..=max).contains(&length) {
                (Status::Length, 0.0)
            } else if twin.count_generated(length) == Natural::ZERO {
                (Status::Infeasible, 0.0)
            } else if twin.tries(length).is_none() {
                (Status::TooRare, 0.0)
            } else {
                (Status::Ok, twin.bits(length))
            }
        }
    };
    assert_is(status, expected.0);
    assert!(!wanted || bits == expected.1);
}

fn lengths((policy, twin): Both<'_>) {
    // SAFETY: the policy is one.
    let lengths = unsafe {
        [
            policy::sip_password_min_length(policy),
            policy::sip_password_max_length(policy),
            policy::sip_password_default_length(policy),
        ]
    };
    let expected = twin.map_or([0; 3], |twin| {
        let rules = twin.rules();
        [rules.min_length, rules.max_length, rules.default_length].map(usize::from)
    });
    assert_eq!(lengths, expected);
}

fn message(status: i32) {
    let message = |status| {
        // SAFETY: it is a constant that ends with a NUL.
        unsafe { CStr::from_ptr(status::sip_password_status_message(status)) }
    };
    let text = message(status).to_str().expect("it is English");
    assert!(!text.is_empty() && !text.ends_with('.') && !text.contains('\n'));
    let known = (0..=Status::Unknown as i32).contains(&status);
    assert_eq!(known, text != "not a status");
}

fn preset(which: u8, more: &[u8]) {
    let names = ["", "exotel", "huawei", "nxcloud", "nxcloud-random"];
    let mut name = names[usize::from(which) % names.len()].as_bytes().to_vec();
    name.extend_from_slice(more);
    let name = c_string(&name);
    // SAFETY: it ends with a NUL.
    let found = unsafe { policy::sip_password_preset(name.as_ptr()) };
    let expected = match name.as_bytes() {
        b"exotel" => policy::sip_password_exotel(),
        b"huawei" => policy::sip_password_huawei(),
        b"nxcloud" => policy::sip_password_nxcloud(),
        b"nxcloud-random" => policy::sip_password_nxcloud_random(),
        _ => ptr::null(),
    };
    assert_eq!(found, expected);
    // SAFETY: NULL is allowed.
    assert!(unsafe { policy::sip_password_preset(ptr::null()) }.is_null());
}

fn wipe(to: &Room, left: u8) {
    let (mut buffer, size, is_room) = room(to);
    if buffer.is_some() && !is_room {
        // It would be believed.
        return;
    }
    let size = size.saturating_sub(left.into());
    // SAFETY: it is NULL, or has as many bytes or more.
    unsafe { wipe::sip_password_wipe(pointer_into(buffer.as_deref_mut()).cast(), size) };
    if let Some(buffer) = buffer {
        let (wiped, rest) = buffer.split_at(size);
        assert!(all_zero(wiped) && rest.iter().all(|&byte| byte == b'#'));
    }
}

fuzz_target!(|case: Case| -> Corpus {
    let mut parts = case.rules.parts();
    for fault in &case.faults {
        if let Fault::Context(word) = fault {
            parts.context = Some(String::from_utf8_lossy(word).into_owned());
        }
    }
    if random::cost(&parts) > MOST_STEPS {
        return Corpus::Reject;
    }
    with_policy(&case, &parts, |made| {
        let policy = choose(case.policy, made);
        let [violations, needed, worth] = case.wanted;
        check(policy, &case.password, violations, &parts);
        reasons(policy, &case.password, &case.text, needed, &parts);
        let length = length(case.length, policy);
        generate(policy, &case.source, &case.room, length);
        bits(policy, length, worth);
        lengths(policy);
        message(case.status.into());
        preset(case.preset.0, &case.preset.1);
        wipe(&case.room, case.wiped);
    });
    Corpus::Keep
});
