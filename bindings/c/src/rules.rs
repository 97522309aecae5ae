//! A policy described in C.

use core::{
    ffi::{CStr, c_char},
    mem::MaybeUninit,
    ptr,
};

use sip_password::{CharSet, ClassSet, MAX_CLASSES, MAX_LENGTH};

use crate::{pointer, policy::Policy, status::Status};

/// The longest password that a policy may allow, in characters.
pub const SIP_PASSWORD_MAX_LENGTH: usize = 64;
/// The most classes that a policy may have.
pub const SIP_PASSWORD_MAX_CLASSES: usize = 8;

/// The size of a sip_password_storage, in words of 64 bits.
pub const SIP_PASSWORD_STORAGE_WORDS: usize = 128;

/// A class of characters, of which a policy may ask for some.
#[repr(C)]
pub struct Class {
    /// What messages call it, in the plural: "digits". UTF-8.
    pub name: *const c_char,
    /// The characters that count for it: printable ASCII, and in no other class. SIP_PASSWORD_DIGITS and the
    /// like are the usual ones.
    pub characters: *const c_char,
    /// How many of them every password needs at the least. 0 asks for none; the class can still be one of
    /// those that `required_classes` asks for.
    pub minimum: u8,
}

/// The rules of a policy. From `required_classes` on, 0 or NULL is no such rule.
#[repr(C)]
pub struct Rules {
    /// The shortest compliant password, in characters, from 1.
    pub min_length: u8,
    /// The longest, in characters, up to SIP_PASSWORD_MAX_LENGTH.
    pub max_length: u8,
    /// The length to generate where nobody asks for another.
    pub default_length: u8,
    /// The classes of characters.
    pub classes: *const Class,
    /// How many classes, up to SIP_PASSWORD_MAX_CLASSES.
    pub class_count: usize,
    /// How many classes must have at least one character in a password: 3 for "3 of 4".
    pub required_classes: u8,
    /// Characters that may stand in a password and count for no class.
    pub uncounted: *const c_char,
    /// Characters that are accepted and never generated. One that is not accepted anyway does no harm here.
    pub never_generated: *const c_char,
    /// How often one character may stand in a row at the most. Upper and lower case are two characters.
    pub longest_run: u8,
    /// The classes that the first character must be of one of: 1 << 0 for the first class, 1 << 1 for the
    /// second.
    pub first: u8,
    /// A word that may not appear anywhere in a password, such as the account's name: 1 to
    /// SIP_PASSWORD_MAX_LENGTH bytes of UTF-8. Upper and lower case of ASCII are the same here.
    pub context: *const c_char,
}

/// Room for a policy, 1 KiB: a variable of the caller's.
#[repr(C)]
pub struct Storage {
    /// Not for use.
    pub words: [u64; SIP_PASSWORD_STORAGE_WORDS],
}

/// What stands in a [`Storage`]: the policy points at the classes.
struct Built {
    policy: MaybeUninit<sip_password::Policy<'static>>,
    classes: MaybeUninit<Classes>,
}

type Classes = [sip_password::Class<'static>; MAX_CLASSES];

const _: () = {
    assert!(SIP_PASSWORD_MAX_LENGTH == MAX_LENGTH && SIP_PASSWORD_MAX_CLASSES == MAX_CLASSES);
    assert!(size_of::<Built>() <= size_of::<Storage>() && align_of::<Built>() <= align_of::<Storage>());
};

/// Makes a policy of rules, in the caller's storage. `*policy` becomes the policy, or NULL where the rules
/// make no sense: a SIP_PASSWORD_STATUS_RULES_... names the one that cannot hold, and
/// SIP_PASSWORD_STATUS_NULL says that the classes, or the name or the characters of one, are missing.
///
/// The policy stands in `storage` and points into it, and at the names of the classes and the context word.
/// As long as it is used, they must stay where they are, unchanged; a copy of the storage is no policy. All
/// else of the rules is copied.
///
/// Cost: the compliant passwords of every length are counted, for rules like the vendors' in some 15
/// microseconds of a PC and on a stack of 32 KiB. Minima, the longest run and the context word are more to
/// count: up to 10 milliseconds, and 480 KiB.
///
/// # Safety
///
/// `storage` and `policy` are NULL or can be written, and nothing else uses them meanwhile. `rules` is NULL
/// or can be read; so are its classes, as many as it says. Every string is NULL or ends with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sip_password_policy_new(
    storage: *mut Storage,
    rules: *const Rules,
    policy: *mut *const Policy,
) -> Status {
    // SAFETY: both as the caller promises.
    let (policy, rules) = unsafe { (pointer::variable(policy, ptr::null()), rules.as_ref()) };
    let (Some(policy), Some(rules), false) = (policy, rules, storage.is_null()) else {
        return Status::Null;
    };
    // SAFETY: it is not NULL, a `Built` fits in by the assertion above and may be anything, and the caller
    // promises the rest: also that it stays as long as the policy is used, which is all of `'static` that matters.
    let Built { policy: room, classes } = unsafe { &mut *storage.cast::<Built>() };
    // SAFETY: as the caller promises.
    match unsafe { rules.read(classes) }.and_then(|rules| Ok(sip_password::Policy::new(rules)?)) {
        Ok(made) => {
            *policy = Policy::show(room.write(made));
            Status::Ok
        }
        Err(status) => status,
    }
}

impl Rules {
    /// The rules as Rust has them, with the classes in `room`.
    ///
    /// # Safety
    ///
    /// What [`sip_password_policy_new`] says of `rules`.
    unsafe fn read(
        &self,
        room: &'static mut MaybeUninit<Classes>,
    ) -> Result<sip_password::Rules<'static>, Status> {
        let room = room.write([sip_password::Class::new("", CharSet::EMPTY); MAX_CLASSES]);
        let room = room.get_mut(..self.class_count).ok_or(Status::RulesTooManyClasses)?;
        if !room.is_empty() && self.classes.is_null() {
            return Err(Status::Null);
        }
        for (place, to) in room.iter_mut().enumerate() {
            // SAFETY: there are as many as `room` is long; as the caller promises.
            *to = unsafe { (*self.classes.add(place)).read() }?;
        }
        // SAFETY: all as the caller promises.
        let (uncounted, never_generated, context) =
            unsafe { (characters(self.uncounted), characters(self.never_generated), text(self.context)) };
        Ok(sip_password::Rules {
            min_length: self.min_length,
            max_length: self.max_length,
            default_length: self.default_length,
            classes: room,
            required_classes: self.required_classes,
            uncounted: uncounted?.unwrap_or_default(),
            never_generated: never_generated?.unwrap_or_default(),
            longest_run: (self.longest_run != 0).then_some(self.longest_run),
            first: (self.first != 0).then(|| places(self.first)),
            context: context?,
        })
    }
}

impl Class {
    /// # Safety
    ///
    /// The strings are NULL or end with a NUL, and the name stays for as long as the policy is used.
    unsafe fn read(&self) -> Result<sip_password::Class<'static>, Status> {
        // SAFETY: both as the caller promises.
        let (name, characters) = unsafe { (text(self.name), characters(self.characters)) };
        let class = sip_password::Class::new(name?.ok_or(Status::Null)?, characters?.ok_or(Status::Null)?);
        Ok(class.at_least(self.minimum))
    }
}

/// The characters of a string; `None` for NULL.
///
/// # Safety
///
/// `string` is NULL or ends with a NUL.
unsafe fn characters(string: *const c_char) -> Result<Option<CharSet>, Status> {
    // SAFETY: as the caller promises.
    let Some(string) = (unsafe { pointer::string(string) }) else { return Ok(None) };
    let characters = string.to_bytes().iter().try_fold(CharSet::EMPTY, |set, &byte| {
        matches!(byte, b' '..=b'~').then(|| set.union(CharSet::range(byte, byte)))
    });
    characters.map(Some).ok_or(Status::RulesNotPrintable)
}

/// A string that the policy keeps; `None` for NULL.
///
/// # Safety
///
/// `string` is NULL or ends with a NUL, and stays for as long as the policy is used.
unsafe fn text(string: *const c_char) -> Result<Option<&'static str>, Status> {
    // SAFETY: as the caller promises.
    let string = unsafe { pointer::string(string) };
    string.map(CStr::to_str).transpose().map_err(|_| Status::RulesNotUtf8)
}

fn places(bits: u8) -> ClassSet {
    (0..MAX_CLASSES).filter(|place| bits >> place & 1 == 1).fold(ClassSet::EMPTY, ClassSet::with)
}
